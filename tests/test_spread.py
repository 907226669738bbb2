"""Work for a class on several processes gives what one process gives, in order."""

import multiprocessing
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import active_children
from typing import Any, NoReturn

import pytest

from autograder import spread
from autograder.errors import CourseError
from autograder.spread import WORTH, on_processes

STUDENTS = [f"s{number:02}" for number in range(3 * WORTH)]


def is_a_further_process() -> bool:
    """Whether this runs in one of the processes that do not hear Ctrl-C; the main process may not hear it either."""
    return multiprocessing.parent_process() is not None and signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def prepare(text: str) -> tuple[str, int]:
    return text, os.getpid()


def work(prepared: tuple[str, int], student: str) -> tuple[str, bool]:
    text, process = prepared
    return f"{text} {student}", process == os.getpid() and is_a_further_process()


def refuse(_prepared: tuple[str, int], student: str) -> None:
    if student == STUDENTS[5]:
        raise CourseError("The disk is full.")


def die(prepared: tuple[str, int], student: str) -> str:
    if student == STUDENTS[8] and is_a_further_process():
        os.kill(os.getpid(), signal.SIGKILL)
    return f"{prepared[0]} {student}"


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spread, "cores", lambda: 2)


def test_results_come_in_order_from_processes_that_do_not_hear_ctrl_c() -> None:
    results = list(on_processes(prepare, ("hello",), work, STUDENTS, 2))
    assert results == [(f"hello {student}", True) for student in STUDENTS]


def test_a_small_class_is_done_here() -> None:
    assert list(on_processes(prepare, ("hello",), work, STUDENTS[:WORTH], 8)) == [
        (f"hello {student}", False) for student in STUDENTS[:WORTH]
    ]


@pytest.mark.parametrize("students", [[], STUDENTS[:WORTH], STUDENTS])
def test_whoever_asks_is_told_once_that_the_processes_have_started(students: list[str]) -> None:
    told: list[int] = []
    results = on_processes(prepare, ("hello",), work, students, 2, on_start=lambda: told.append(len(active_children())))
    for _ in results:
        assert len(told) == 1
    assert told == [2 if students == STUDENTS else 0]


def test_whoever_asks_is_told_where_processes_die_before_all_work_is_handed_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Broken(ProcessPoolExecutor):
        def map(self, *_: Any, **__: Any) -> NoReturn:
            raise BrokenProcessPool

    monkeypatch.setattr(spread, "ProcessPoolExecutor", Broken)
    told: list[int] = []
    results = list(on_processes(prepare, ("hello",), work, STUDENTS, 2, on_start=lambda: told.append(1)))
    assert told == [1] and len(results) == len(STUDENTS)


def test_an_error_that_is_true_for_all_ends_the_work() -> None:
    with pytest.raises(CourseError, match="disk is full"):
        list(on_processes(prepare, ("hello",), refuse, STUDENTS, 2))


def test_a_process_that_dies_costs_no_student() -> None:
    assert list(on_processes(prepare, ("hello",), die, STUDENTS, 2)) == [f"hello {student}" for student in STUDENTS]


def test_a_process_with_threads_is_not_forked() -> None:
    release = threading.Event()
    thread = threading.Thread(target=release.wait)
    thread.start()
    try:
        assert spread._context(prepare, forked=True).get_start_method() != "fork"
    finally:
        release.set()
        thread.join()


def test_the_main_process_names_what_the_others_import() -> None:
    assert spread._context(prepare).get_start_method() in ("forkserver", "spawn")
