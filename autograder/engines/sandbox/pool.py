"""Many submissions at once: each grader is a process of its own with its own sandbox; one submission is one task.

`judge_task` is a pure function of its task (and the course's secret), so that any other way of spreading work over
machines can call it. Nothing depends on the number of processes, or on the order.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, cycle, islice
from multiprocessing.queues import SimpleQueue
from multiprocessing.util import Finalize
from pathlib import Path
from typing import NamedTuple

from autograder.engines import words
from autograder.engines.interrupts import signals_blocked, unblock_interrupts
from autograder.engines.result import Judged
from autograder.engines.sandbox import cgroup
from autograder.engines.sandbox import words as sandbox_words
from autograder.engines.sandbox.grader import Grader
from autograder.engines.sandbox.inside import system
from autograder.engines.sandbox.limits import Limits
from autograder.engines.sandbox.zygote_client import no_namespaces
from autograder.engines.task import Task
from autograder.errors import SandboxError
from autograder.scrub.memory import limit_memory

PER_PROCESS = 2
"""Tasks that are handed out at a time for each process: few, so that memory does not grow with the class."""
BREAKS = 3
"""How often the pool may break without any task done in between."""
STOP = signal.SIGUSR1
"""Sent by the main process to its workers on Ctrl-C.

A worker finishes sending its result first; a partial message would block the queue.
"""


class Conditions(NamedTuple):
    """What holds for all submissions of a run: limits, and whether namespaces may be missing."""

    limits: Limits
    fewer_layers: bool = False


_graders: dict[tuple[str, Conditions], Grader] = {}
_stopped = False
"""Whether the main process has sent STOP to this one."""


def judge_all(
    tasks: Iterable[Task], jobs: int, limits: Sequence[str] = (), fewer_layers: bool = False
) -> Iterator[tuple[Task, Judged]]:
    """Judge tasks on `jobs` processes and yield each when it is done.

    Args:
        tasks: what to judge; taken as they are needed.
        jobs: processes.
        limits: limits that differ from the defaults, "NAME=VALUE".
        fewer_layers: whether the instructor chooses to go on where there are no namespaces.

    Raises:
        CourseError: there is no such limit.
        SandboxError: a layer is missing on this machine.
    """
    conditions = Conditions(Limits().with_values(limits), fewer_layers)
    waiting = iter(tasks)
    first = list(islice(waiting, 2))
    waiting = chain(first, waiting)
    missing = no_namespaces(Path(first[0].course)) if first else ""
    if missing and not fewer_layers:
        raise SandboxError(sandbox_words.layer_missing("namespaces", sandbox_words.how_to_get("namespaces"), missing))
    if missing:
        print(sandbox_words.no_namespaces(missing), file=sys.stderr)
    with contextlib.suppress(cgroup.NoGroupError):
        cgroup.prepare()  # so that the processes of the pool start in it
    if jobs <= 1 or len(first) < 2:
        try:
            for task in waiting:
                yield task, judge_task(task, conditions)
        finally:
            _close_all()
        return
    breaks = 0
    while True:
        suspects: list[Task] = []
        done = 0
        for task_and_result in _judge_in_pool(waiting, suspects, jobs, conditions):
            done += 1
            yield task_and_result
        if not suspects:
            return
        breaks = 0 if done else breaks + 1
        if breaks < BREAKS:
            waiting = chain(suspects, waiting)
            continue
        for task in suspects:
            yield task, Judged(problem=words.grader_killed())


def judge_task(task: Task, conditions: Conditions) -> Judged:
    """Judge one submission in this process; what graders of the course need is kept for the next one."""
    key = (task.course, conditions)
    if key not in _graders:
        _close_all()
        _graders[key] = Grader(Path(task.course), conditions.limits, fewer_layers=conditions.fewer_layers)
    return _graders[key].judge(task)


def _judge_in_pool(
    waiting: Iterator[Task], suspects: list[Task], jobs: int, conditions: Conditions
) -> Iterator[tuple[Task, Judged]]:
    """Take tasks off `waiting` and judge them; where the pool breaks, those that were in it become `suspects`."""
    running: dict[Future[Judged], Task] = {}
    with _processes(jobs) as pool:
        try:
            while True:
                for task in islice(waiting, PER_PROCESS * jobs - len(running)):
                    suspects.append(task)
                    with signals_blocked(STOP):
                        running[pool.submit(_judge_in_process, task, conditions)] = task
                    suspects.pop()
                if not running:
                    return
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    judged = future.result()
                    yield running.pop(future), judged
        except BrokenProcessPool:
            suspects += running.values()
        except BaseException:  # Ctrl-C, or the caller has enough: nobody waits for what is running
            for process in multiprocessing.active_children():
                if process.pid:
                    os.kill(process.pid, STOP)
            raise
        finally:
            pool.shutdown(cancel_futures=True)


def _processes(jobs: int, pinned: bool = True) -> ProcessPoolExecutor:
    """Make the processes of a pool.

    Fast path "pinned": where there is a process for each core, it keeps to that core, with its sandbox and all workers.
    They take turns all the time, and waking another core takes longer than most of what they have to do. Measured: a
    tenth of the time of a class on four cores (docs/benchmarks.md, "Engine").
    """
    cores = sorted(os.sched_getaffinity(0))
    context = multiprocessing.get_context("spawn")
    places = context.SimpleQueue()
    for _, core in zip(range(jobs), cycle(cores), strict=False):
        places.put({core} if pinned and jobs >= len(cores) else set(cores))
    return ProcessPoolExecutor(jobs, context, initializer=_start_process, initargs=(os.getpid(), places))


def _start_process(main: int, places: SimpleQueue[set[int]]) -> None:
    """Prepare a process of the pool: only the main process hears Ctrl-C, and stops it; it ends with the main process.

    Args:
        main: the process that started this one.
        places: the cores that this one may run on, an entry for each process of the pool.
    """
    system.prctl(system.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != main:
        os._exit(1)
    with contextlib.suppress(OSError):  # some containers refuse; then grading goes on
        os.sched_setaffinity(0, places.get())
    limit_memory()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    unblock_interrupts()
    signal.signal(STOP, _stop)
    signal.signal(signal.SIGTERM, _end)
    Finalize(None, _close_all, exitpriority=0)


def _judge_in_process(task: Task, conditions: Conditions) -> Judged:
    """Call `judge_task` in a process of the pool; STOP interrupts only this, never the sending of a result."""
    if _stopped:
        raise KeyboardInterrupt
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (STOP,))
    try:
        return judge_task(task, conditions)
    finally:
        signal.pthread_sigmask(signal.SIG_BLOCK, (STOP,))


def _stop(*_: object) -> None:
    """Leave what is being judged, and begin nothing that is handed out already."""
    global _stopped
    _stopped = True
    raise KeyboardInterrupt


def _end(*_: object) -> None:
    """End this process at once, whatever it is doing: the pool is broken, and nobody takes its results."""
    _close_all()
    os._exit(0)


def _close_all() -> None:
    for grader in _graders.values():
        grader.close()
    _graders.clear()
