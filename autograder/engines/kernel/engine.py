"""The nbgrader engine: a Jupyter kernel a notebook, run and scored by nbgrader's own steps as the course configures.

The hidden tests run in the same process as the student's code here, as everywhere with nbgrader: code that sets out
to cheat can. Each submission runs in an empty folder of its own.
"""

import multiprocessing
import signal
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cache
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, cast

import nbformat
import psutil
from nbgrader import utils
from nbgrader.preprocessors import SaveAutoGrades

from autograder.course.course import ENVIRONMENT_NAME, Course
from autograder.course.nbgrader_app import load_config
from autograder.engines import words
from autograder.engines.failures import engine_failure
from autograder.engines.interrupts import signals_blocked, unblock_interrupts
from autograder.engines.result import Judged
from autograder.engines.scoring import judged, mark_not_graded
from autograder.engines.task import Task, submission_hash
from autograder.errors import ENDS_ALL, CourseError
from autograder.language import speaking
from autograder.notebook.format import Notebook
from autograder.notebook.notes import Note
from autograder.notebook.source import parse_source
from autograder.restore.restore import Restored, restore_or_untouched
from autograder.scrub.threads import ONE_THREAD


def judge_all(
    tasks: Iterable[Task], jobs: int, limits: Sequence[str] = (), fewer_layers: bool = False
) -> Iterator[tuple[Task, Judged]]:
    """Judge tasks on `jobs` processes and yield each when it is done; there are no layers here that could be fewer.

    Raises:
        CourseError: there are limits: this engine has none but the time of a cell, in nbgrader_config.py.
    """
    if limits:
        raise CourseError(words.no_limits())
    print(words.nothing_protects(), file=sys.stderr)
    tasks = list(tasks)
    with _own_temporary_folder() as folder:
        if jobs <= 1 or len(tasks) < 2:
            for task in tasks:
                yield task, judge(task)
        else:
            yield from _judge_in_pool(tasks, min(jobs, len(tasks)), folder)


@contextmanager
def _own_temporary_folder() -> Iterator[str]:
    """A place for temporary files that goes when all is done, whatever a kernel leaves behind that was interrupted."""
    before = tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix="autograder-kernels-", ignore_cleanup_errors=True) as folder:
        tempfile.tempdir = folder
        try:
            yield folder
        finally:
            tempfile.tempdir = before


def _judge_in_pool(tasks: Sequence[Task], jobs: int, folder: str) -> Iterator[tuple[Task, Judged]]:
    retry: list[Task] = []
    with _pool(jobs, folder) as pool:
        with signals_blocked():
            running = {pool.submit(judge, task): task for task in tasks}
        for future in as_completed(running):
            try:
                result = future.result()
            except BrokenProcessPool:
                retry.append(running[future])
            else:
                yield running[future], result
    for task in retry:  # one of these broke the pool; alone, it can break only itself
        with _pool(1, folder) as pool:
            with signals_blocked():
                judging = pool.submit(judge, task)
            try:
                result = judging.result()
            except BrokenProcessPool:
                result = Judged(problem=words.grader_killed())
        yield task, result


@contextmanager
def _pool(jobs: int, folder: str) -> Iterator[ProcessPoolExecutor]:
    """Processes that end with their kernels at once on Ctrl-C, or when the caller has enough."""
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), _start_process, (folder,)) as pool:
        try:
            yield pool
        except BaseException:
            for process in multiprocessing.active_children():
                _kill(process)
            raise
        finally:
            pool.shutdown(cancel_futures=True)


def _kill(process: BaseProcess) -> None:
    """Kill a process and its kernels: one that is just starting would not notice that its parent has gone."""
    with suppress(psutil.Error):
        parent = psutil.Process(process.pid)
        parent.suspend()  # so that it starts no further kernel
        for kernel in parent.children(recursive=True):
            with suppress(psutil.Error):
                kernel.kill()
    process.kill()


def _start_process(folder: str) -> None:
    """Ctrl-C reaches every process of the terminal; the first one ends the others."""
    tempfile.tempdir = folder
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    unblock_interrupts()


def judge(task: Task) -> Judged:
    """Run one submission and score it. Never raises for what is in the submission."""
    restored: dict[str, Restored] = {}
    try:
        for notebook in task.notebooks:
            source = parse_source(notebook.source, notebook.name)
            with speaking(_language(task.course)):
                one = restore_or_untouched(source, notebook.handed.content, notebook.handed.missing)
            if one.unreadable:
                mark_not_graded(one.notebook, one.unreadable)
            else:
                executed = _execute(task, one.notebook)
                notes = tuple(Note(**note) for note in executed["metadata"]["autograder"]["notes"])
                one = replace(one, notebook=executed, notes=notes)
            restored[notebook.name] = one
        return replace(judged(restored), submission=submission_hash(task.submission))
    except ENDS_ALL:
        raise
    except BaseException as error:  # whatever a kernel can do to nbclient: this submission's failure, nobody else's
        return Judged(problem=engine_failure(error, Course(Path(task.course)).private))


def _execute(task: Task, notebook: Notebook) -> Notebook:
    """Run a notebook by the steps that the course's configuration has before the scores are saved."""
    content: Any = nbformat.from_dict(notebook)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        task.write_inputs(Path(folder))
        resources: Any = {"metadata": {"path": folder}, "nbgrader": {"student": task.student}}
        with utils.setenv(NBGRADER_EXECUTION="autograde", **{ENVIRONMENT_NAME: task.course}, **ONE_THREAD):
            for step in _steps(task.course):
                content, resources = step(content, resources)
    return cast(Notebook, dict(content))


def _steps(root: str) -> list[Any]:
    config = _config(root)
    classes = config.Autograde.autograde_preprocessors
    return [step(config=config) for step in classes[: classes.index(SaveAutoGrades)]]


@cache
def _language(root: str) -> str:
    return Course(Path(root)).language()


@cache
def _config(root: str) -> Any:
    return load_config(Course(Path(root)))
