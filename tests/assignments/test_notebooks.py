"""The notebooks of our own assignments and their grading fit together."""

from pathlib import Path

import pytest

from autograder.assignments import names
from autograder.course.course import Course
from autograder.engines.registry import Engine
from autograder.grading.check_notebook import check_notebook

COURSE = Course.at(Path(__file__).parents[2])


def test_every_source_notebook_has_an_answer_key() -> None:
    assert sorted(names()) == COURSE.assignments()


@pytest.mark.kernel
@pytest.mark.parametrize("assignment", names())
def test_the_solution_gets_all_machine_points_and_the_released_stub_none(assignment: str) -> None:
    for notebook, points in (
        (COURSE.notebooks(assignment)[0], 60),
        (COURSE.release(assignment) / f"{assignment}.ipynb", 0),
    ):
        judged = check_notebook(COURSE, assignment, notebook, Engine("nbgrader"))
        assert (judged.score, judged.max_score) == (points, 60)
