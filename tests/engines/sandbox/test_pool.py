"""The pool: who runs where."""

import os
import time
from multiprocessing import resource_tracker, spawn, util
from pathlib import Path

import pytest

from autograder.engines import words
from autograder.engines.sandbox import pool
from autograder.engines.sandbox.limits import Limits
from autograder.engines.sandbox.shared import Home, Material, Shared
from autograder.engines.task import Task

pytestmark = pytest.mark.slow


def cores_here() -> tuple[int, frozenset[int]]:
    time.sleep(0.2)  # so that each process of the pool gets one of these
    return os.getpid(), frozenset(os.sched_getaffinity(0))


def places_of(jobs: int) -> list[frozenset[int]]:
    """The cores of each process of a pool."""
    nothing = Shared(Material({}, {}, {}, "en", Limits(), False), Home(Path(), Path(), Path()))
    with pool._processes(jobs, nothing) as processes:
        futures = [processes.submit(cores_here) for _ in range(4 * jobs)]
        return list(dict(future.result() for future in futures).values())


def test_as_many_processes_as_cores_keep_to_one_core_each() -> None:
    cores = os.sched_getaffinity(0)
    places = places_of(len(cores))
    assert len(places) > len(cores) / 2  # a slow start may leave one without work
    assert all(len(place) == 1 for place in places)
    assert len(set(places)) == len(places)


def test_fewer_processes_than_cores_may_go_anywhere() -> None:
    cores = os.sched_getaffinity(0)
    assert set(places_of(len(cores) - 1) if len(cores) > 1 else [frozenset(cores)]) == {frozenset(cores)}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # the executor's own, now and then
def test_processes_that_die_before_they_have_read_anything_end_the_run_and_do_not_hold_it_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What a class shares is more than a pipe holds; who writes it to a dead process waits for ever."""
    resource_tracker.ensure_running()  # is started in the same way
    monkeypatch.setattr(spawn, "_python_exe", b"/bin/false")
    assert problems(monkeypatch) == [words.grader_killed()] * 2


@pytest.mark.parametrize("error", [OSError("handle is closed"), ValueError("bad value(s) in fds_to_keep")])
def test_a_pool_that_breaks_while_a_process_is_started_is_begun_again(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """The executor closes its pipes then; the pipe of the new process may get the number of one of them."""

    def fail(*_: object) -> int:
        raise error

    resource_tracker.ensure_running()
    monkeypatch.setattr(util, "spawnv_passfds", fail)
    assert problems(monkeypatch) == [words.grader_killed()] * 2


def problems(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Why two tasks that share much could not be judged."""
    tasks = [Task("lab", name, (), {}, ".") for name in "ab"]
    large = Shared(Material({"lab": b"x" * 1_000_000}, {}, {}, "en", Limits(), False), Home(Path(), Path(), Path()))
    monkeypatch.setattr(pool, "with_shared", lambda *given: ((task, large) for task in tasks))
    return [judged.problem for _, judged in pool.judge_all(tasks, 2)]
