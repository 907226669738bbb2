"""The notebooks of our own assignments and their grading fit together."""

from contextlib import nullcontext
from pathlib import Path

import pytest

from autograder.assignments import names
from autograder.course.course import Course
from autograder.engines.registry import Engine
from autograder.errors import SubmissionError
from autograder.grading.check_notebook import check_notebook
from autograder.notebook.source import read_source
from autograder.restore.restore import restore

COURSE = Course.at(Path(__file__).parents[2])


def test_every_source_notebook_has_an_answer_key() -> None:
    assert sorted(names()) == COURSE.assignments()


@pytest.mark.parametrize("other", names())
@pytest.mark.parametrize("assignment", names())
def test_the_notebook_of_another_assignment_is_refused_filled_in_or_not(assignment: str, other: str) -> None:
    source = read_source(COURSE.notebooks(assignment)[0])
    for path in (COURSE.notebooks(other)[0], COURSE.release(other) / f"{other}.ipynb"):
        with (
            nullcontext() if other == assignment else pytest.raises(SubmissionError, match=f"notebook of {assignment}")
        ):
            restore(source, path.read_bytes())


@pytest.mark.kernel
@pytest.mark.parametrize("assignment", names())
def test_the_solution_gets_all_machine_points_and_the_released_stub_none(assignment: str) -> None:
    for notebook, points in (
        (COURSE.notebooks(assignment)[0], 60),
        (COURSE.release(assignment) / f"{assignment}.ipynb", 0),
    ):
        judged = check_notebook(COURSE, assignment, notebook, Engine("nbgrader"))
        assert (judged.score, judged.max_score) == (points, 60)
