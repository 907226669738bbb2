"""What of a student's result a person is asked to look at."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.engines.result import Judged
from autograder.engines.task import Task
from autograder.grading.result import GradedStudent
from autograder.notebook.notes import GRADER_ERROR, Note
from tests.helpers.stub_engine import StubEngine, hand_in, registered_course, run


@dataclass(frozen=True)
class Failing(StubEngine):
    """Fails in a check of each submission, and notices something else."""

    def judge_all(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Judged]]:
        notes = (Note("answer-empty", "questions", "Nothing was written."), Note(GRADER_ERROR, "square", "A slip."))
        for task, judged in super().judge_all(tasks):
            yield task, replace(judged, notes=notes)


def test_a_check_in_which_the_grader_itself_fails_is_to_look_at_once(tmp_path: Path) -> None:
    course = registered_course(tmp_path)
    hand_in(course, "ann")
    first, again = run(course, Failing())[0]["ann"], run(course, Failing())[0]["ann"]
    assert (first.state, first.to_look_at) == ("graded", ("A slip.",))
    assert (again.state, again.to_look_at) == ("unchanged", ())


def test_what_was_noticed_is_to_look_at_only_where_nothing_was_graded() -> None:
    assert GradedStudent("ann", "graded", notes=("A cell was moved.",)).to_look_at == ()
    assert GradedStudent("ann", "unreadable", notes=("No JSON.",)).to_look_at == ("No JSON.",)
    assert GradedStudent("ann", "failed", notes=("The disk is full.",)).to_look_at == ("The disk is full.",)
