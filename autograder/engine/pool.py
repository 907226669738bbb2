"""Many submissions at once: each grader is a process of its own with its own sandbox; one submission is one task.

`judge_task` is a pure function of its task (and the course's secret), so that any other way of spreading work over
machines can call it. Nothing depends on the number of processes, or on the order.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.util import Finalize
from pathlib import Path

from autograder import messages
from autograder.engine.limits import Limits
from autograder.engine.submission import Grader
from autograder.grading import Judged, Task

PER_PROCESS = 2
"""Tasks that are handed out at a time for each process: few, so that memory does not grow with the class."""
BREAKS = 3
"""How often the pool may break without any task done in between."""

_graders: dict[tuple[str, Limits], Grader] = {}


def judge_all(tasks: Sequence[Task], jobs: int, limits: Limits | None = None) -> Iterator[tuple[Task, Judged]]:
    """Judge tasks on `jobs` processes and yield each when it is done.

    Args:
        tasks: what to judge.
        jobs: processes.
        limits: what a submission may take.

    Raises:
        SandboxError: a layer that is needed is missing on this machine.
    """
    limits = limits or Limits()
    if jobs <= 1 or len(tasks) == 1:
        try:
            for task in tasks:
                yield task, judge_task(task, limits)
        finally:
            _close_all()
        return
    waiting = list(reversed(tasks))
    breaks = 0
    while waiting:
        before = len(waiting)
        suspects: list[Task] = []
        yield from _judge_in_pool(waiting, suspects, min(jobs, len(waiting)), limits)
        if not suspects:
            return
        breaks = breaks + 1 if len(waiting) + len(suspects) == before else 0
        if breaks < BREAKS:
            waiting += suspects
        else:
            for task in suspects:
                yield task, Judged(problem=messages.grader_killed())


def judge_task(task: Task, limits: Limits) -> Judged:
    """Judge one submission in this process; what graders of the course need is kept for the next one."""
    key = (task.course, limits)
    if key not in _graders:
        _close_all()
        _graders[key] = Grader(Path(task.course), limits)
    return _graders[key].judge(task)


def _judge_in_pool(
    waiting: list[Task], suspects: list[Task], jobs: int, limits: Limits
) -> Iterator[tuple[Task, Judged]]:
    """Take tasks off `waiting` and judge them; where the pool breaks, those that were in it become `suspects`."""
    running: dict[Future[Judged], Task] = {}
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, context, initializer=_start_process) as pool:
        try:
            while waiting or running:
                while waiting and len(running) < PER_PROCESS * jobs:
                    task = waiting.pop()
                    running[pool.submit(judge_task, task, limits)] = task
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    task = running.pop(future)
                    try:
                        judged = future.result()
                    except BrokenProcessPool:
                        suspects.append(task)
                        continue
                    yield task, judged
                if suspects:
                    suspects += running.values()
                    return
        except BrokenProcessPool:
            waiting.append(task)
            suspects += running.values()
        finally:
            pool.shutdown(cancel_futures=True)


def _start_process() -> None:
    """Ctrl-C reaches every process of the terminal: the first one stops the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Finalize(None, _close_all, exitpriority=0)


def _close_all() -> None:
    for grader in _graders.values():
        grader.close()
    _graders.clear()
