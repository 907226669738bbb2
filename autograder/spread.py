"""Do the same for each student of a class on several processes, in order.

One process is started afresh and has everything imported; the others are its forks, so that many jobs cost little more
than few. Where this process holds nothing that a fork must not share, they are its own forks, which start at once. A
process that dies costs no student: what is left is done here.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from typing import Any, TypeVar

from autograder.scrub.memory import keep_freed_memory, limit_memory

Student = TypeVar("Student")
Result = TypeVar("Result")

WORTH = 12
"""Students for whom a further process is worth its start."""

_prepared: list[Any] = []


def on_processes(
    prepare: Callable[..., Any],
    arguments: tuple[Any, ...],
    work: Callable[[Any, Student], Result],
    students: Sequence[Student],
    jobs: int | None = None,
    *,
    forked: bool = False,
    on_start: Callable[[], object] = lambda: None,
) -> Iterator[Result]:
    """Yield `work(prepare(*arguments), student)` for each student, in order.

    Args:
        prepare: makes what the work of all students needs, once a process; a function or method of a module.
        arguments: for it.
        work: the work, a function of a module.
        students: the students: their ids, or what the work needs of each.
        jobs: how many processes to use at most; by default all cores.
        forked: whether they may be forks of this process: it has no connection, no helper of its own.
        on_start: called when the processes have started: from then on this one may have threads.
    """
    jobs = min(jobs or cores(), cores(), len(students) // WORTH)
    done = 0
    is_told = False
    if jobs > 1:
        pool = ProcessPoolExecutor(jobs, _context(prepare, forked=forked), _start, (prepare, arguments))
        try:
            with _no_ctrl_c():  # forks hear it until they say that they do not
                results = pool.map(_do, [work] * len(students), students, chunksize=4)
            on_start()
            is_told = True
            for result in results:
                yield result
                done += 1
        except BrokenProcessPool:
            pass
        finally:
            pool.shutdown(cancel_futures=True)
    if not is_told:  # there are none, or they died before all work was handed out
        on_start()
    if done < len(students):
        prepared = prepare(*arguments)
        for student in students[done:]:
            yield work(prepared, student)


def cores() -> int:
    """Count the cores that this process may use: more processes than these would only wait for each other."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextlib.contextmanager
def _no_ctrl_c() -> Iterator[None]:
    """Let Ctrl-C wait a moment."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows, which has no forks
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _context(prepare: Callable[..., Any], *, forked: bool = False) -> Any:
    if forked and sys.platform == "linux" and len(os.listdir("/proc/self/task")) == 1:  # noqa: PTH208  # no other holds a lock
        return multiprocessing.get_context("fork")
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([prepare.__module__])
    return context


def _start(prepare: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    """Prepare a process: only the main process hears Ctrl-C, and it ends with that one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit_memory()
    keep_freed_memory()
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    _prepared[:] = [prepare(*arguments)]


def _end_with(parent: int) -> None:
    wait([parent])
    os._exit(1)


def _do(work: Callable[[Any, Student], Result], student: Student) -> Result:
    return work(_prepared[0], student)
