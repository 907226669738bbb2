"""An error of the grader itself keeps its traceback with the course, and the sentence names the file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest

from autograder.course.course import Course
from autograder.engines.kernel import engine
from autograder.engines.result import Judged
from autograder.engines.sandbox import grader
from autograder.engines.sandbox.shared import shared_for
from autograder.engines.task import Task
from autograder.grading.submissions import make_task
from tests.helpers import small_course as small


def judge_with_sandbox(task: Task) -> Judged:
    return grader.Grader(shared_for(task)).judge(task.submission)


class Panic(BaseException):
    """As pyo3's PanicException, which is no Exception either."""


@pytest.mark.parametrize("judge", [engine.judge, judge_with_sandbox])
def test_a_panic_of_a_native_library_costs_its_submission_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, judge: Callable[[Task], Judged]
) -> None:
    raised: list[BaseException] = []

    def break_down(*_: Any, **others: Any) -> NoReturn:
        raise raised[0]

    course = Course.at(small.make_course(tmp_path))
    small.hand_in(course.root, "ann", small.filled())
    task = make_task(course, small.ASSIGNMENT, "ann")
    monkeypatch.setattr(engine, "restore_or_untouched", break_down)
    monkeypatch.setattr(grader.Grader, "_judge", break_down)
    raised[:] = [Panic("index out of bounds")]
    assert "Panic: index out of bounds" in judge(task).problem
    for end in (KeyboardInterrupt(), SystemExit(3)):
        raised[:] = [end]
        with pytest.raises(type(end)):
            judge(task)


@pytest.mark.parametrize("judge", [engine.judge, judge_with_sandbox])
def test_an_unexpected_error_costs_its_submission_and_keeps_its_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, judge: Callable[[Task], Judged]
) -> None:
    def break_down(*_: Any, **others: Any) -> NoReturn:
        raise ZeroDivisionError("nobody thought of this\nand of this")

    course = Course.at(small.make_course(tmp_path))
    small.hand_in(course.root, "ann", small.filled())
    task = make_task(course, small.ASSIGNMENT, "ann")
    monkeypatch.setattr(engine, "restore_or_untouched", break_down)
    monkeypatch.setattr(grader.Grader, "_judge", break_down)
    judged = judge(task)
    assert judged.problem == (
        "The engine failed on this submission: ZeroDivisionError: nobody thought of this "
        "(traceback in .autograder/errors.log)"
    )
    assert "in break_down" in (course.private / "errors.log").read_text()


def test_the_nbgrader_engine_says_each_time_that_nothing_protects(capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        assert list(engine.judge_all([], 1)) == []
        assert "protects nothing" in capsys.readouterr().err
