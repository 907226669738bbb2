"""Many submissions at once: each grader is a process of its own with its own sandbox, and takes a few at a time.

Nothing depends on the number of processes, or on the order: `judge_chunk` is a pure function.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, cycle, islice
from multiprocessing.queues import SimpleQueue
from multiprocessing.util import Finalize
from typing import TypeVar

from autograder.engines import words
from autograder.engines.interrupts import signals_blocked, unblock_interrupts
from autograder.engines.result import Judged
from autograder.engines.result_json import read_result
from autograder.engines.sandbox import cgroup
from autograder.engines.sandbox import words as sandbox_words
from autograder.engines.sandbox.chunk import close, judge_chunk
from autograder.engines.sandbox.inside import system
from autograder.engines.sandbox.limits import Limits
from autograder.engines.sandbox.shared import Shared, with_shared
from autograder.engines.sandbox.zygote_client import no_namespaces
from autograder.engines.task import PutAside, Submission, Task
from autograder.errors import SandboxError
from autograder.scrub.memory import limit_memory

CHUNK = 8
"""Submissions that a process takes at a time; one by one towards the end, so that no process waits for another."""
PER_PROCESS = 2
"""Chunks that are handed out for each process: few, so that memory does not grow with the class."""
BREAKS = 3
"""How often the pool may break without any task done in between."""
STOP = signal.SIGUSR1
"""Sent by the main process to its workers on Ctrl-C.

A worker finishes sending its result first; a partial message would block the queue.
"""


Item = TypeVar("Item")
Work = tuple[Task, Shared]
"""A submission, and what it shares with its class."""
Place = tuple[set[int], Shared]
"""The cores that a process of the pool may run on, and what submissions share that come without it."""

_usual: list[Shared] = []
"""What the first submission of the run shares; most others share the same, and then it is not sent again."""
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
    waiting = with_shared(tasks, Limits().with_values(limits), fewer_layers)
    first = list(islice(waiting, 2))
    waiting = chain(first, waiting)
    missing = no_namespaces(first[0][1].home.hidden) if first else ""
    if missing and not fewer_layers:
        raise SandboxError(sandbox_words.layer_missing("namespaces", sandbox_words.how_to_get("namespaces"), missing))
    if missing:
        print(sandbox_words.no_namespaces(missing), file=sys.stderr)
    with contextlib.suppress(cgroup.NoGroupError):
        cgroup.prepare()  # so that the processes of the pool start in it
    if jobs <= 1 or len(first) < 2:
        try:
            for task, shared in waiting:
                (result,) = judge_chunk(shared, [task.submission])
                yield task, read_result(result, shared.material.sources)
        finally:
            close()
        return
    usual = first[0][1]
    chunks = in_chunks(waiting, jobs)
    breaks = 0
    while True:
        suspects: list[Work] = []
        done = 0
        for task_and_result in _judge_in_pool(chunks, suspects, jobs, usual):
            done += 1
            yield task_and_result
        if not suspects:
            return
        breaks = 0 if done else breaks + 1
        if breaks < BREAKS:
            chunks = chain([[work] for work in suspects], chunks)
            continue
        for task, _ in suspects:
            yield task, Judged(problem=words.grader_killed())


def in_chunks(waiting: Iterator[Item], jobs: int) -> Iterator[list[Item]]:
    """Part what waits into chunks, one by one where no more is left than the processes take at a time."""
    ahead: deque[Item] = deque()
    most = CHUNK * PER_PROCESS * jobs
    while True:
        ahead.extend(islice(waiting, most - len(ahead)))
        if not ahead:
            return
        yield [ahead.popleft() for _ in range(CHUNK if len(ahead) == most else 1)]


def _judge_in_pool(
    chunks: Iterator[list[Work]], suspects: list[Work], jobs: int, usual: Shared
) -> Iterator[tuple[Task, Judged]]:
    """Take chunks off `chunks` and judge them; where the pool breaks, the submissions in it become `suspects`."""
    running: dict[Future[list[bytes]], list[Work]] = {}
    with _processes(jobs, usual) as pool:
        try:
            while True:
                for chunk in islice(chunks, PER_PROCESS * jobs - len(running)):
                    suspects += chunk
                    sent = [(task.submission, task.put_aside, None if own is usual else own) for task, own in chunk]
                    try:
                        with signals_blocked(STOP):
                            running[pool.submit(_judge_in_process, sent)] = chunk
                    except (OSError, ValueError) as error:  # it broke, and closed pipes, while a process was started
                        raise BrokenProcessPool from error
                    suspects.clear()
                if not running:
                    return
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    results = future.result()
                    for (task, shared), result in zip(running.pop(future), results, strict=True):
                        yield task, read_result(result, shared.material.sources, task.put_aside is not None)
        except BrokenProcessPool:
            suspects += chain.from_iterable(running.values())
        except BaseException:  # Ctrl-C, or the caller has enough: nobody waits for what is running
            for process in multiprocessing.active_children():
                if process.pid:
                    os.kill(process.pid, STOP)
            raise
        finally:
            pool.shutdown(cancel_futures=True)


def _processes(jobs: int, usual: Shared, pinned: bool = True) -> ProcessPoolExecutor:
    """Make the processes of a pool.

    Fast path "pinned": where there is a process for each core, it keeps to that core, with its sandbox and all workers.
    They take turns all the time, and waking another core takes longer than most of what they have to do. Measured: a
    tenth of the time of a class on four cores (docs/benchmarks.md, "Engine").
    """
    cores = sorted(os.sched_getaffinity(0))
    context = multiprocessing.get_context("spawn")
    places = context.SimpleQueue()
    sets = [{core} if pinned and jobs >= len(cores) else set(cores) for core in islice(cycle(cores), jobs)]
    threading.Thread(target=_hand_out, args=(places, sets, usual), daemon=True).start()
    return ProcessPoolExecutor(jobs, context, initializer=_start_process, initargs=(os.getpid(), places))


def _hand_out(places: SimpleQueue[Place], sets: list[set[int]], usual: Shared) -> None:
    """Hand out a place for each process: it is more than a pipe holds, and waits for a process that may have died."""
    for cores in sets:
        places.put((cores, usual))


def _start_process(main: int, places: SimpleQueue[Place]) -> None:
    """Prepare a process of the pool: only the main process hears Ctrl-C, and stops it; it ends with the main process.

    Args:
        main: the process that started this one.
        places: an entry for each process of the pool.
    """
    system.prctl(system.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != main:
        os._exit(1)
    cores, usual = places.get()
    with contextlib.suppress(OSError):  # some containers refuse; then grading goes on
        os.sched_setaffinity(0, cores)
    _usual.append(usual)
    limit_memory()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    unblock_interrupts()
    signal.signal(STOP, _stop)
    signal.signal(signal.SIGTERM, _end)
    Finalize(None, close, exitpriority=0)


def _judge_in_process(chunk: Sequence[tuple[Submission, PutAside | None, Shared | None]]) -> list[bytes]:
    """Judge in a process of the pool; STOP interrupts only this, never the sending of results."""
    if _stopped:
        raise KeyboardInterrupt
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (STOP,))
    try:
        return [judge_chunk(shared or _usual[0], [one], put_aside)[0] for one, put_aside, shared in chunk]
    finally:
        signal.pthread_sigmask(signal.SIG_BLOCK, (STOP,))


def _stop(*_: object) -> None:
    """Leave what is being judged, and begin nothing that is handed out already."""
    global _stopped
    _stopped = True
    raise KeyboardInterrupt


def _end(*_: object) -> None:
    """End this process at once, whatever it is doing: the pool is broken, and nobody takes its results."""
    close()
    os._exit(0)
