"""The sandbox and nbgrader give the same scores; `python -m tests.engines.parity` compares more of the same."""

from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.demo.demo import copy_course
from autograder.demo.habits import HABITS
from autograder.demo.made_up_class import KINDS, simulate
from autograder.engines.kernel import engine
from autograder.engines.sandbox import pool
from autograder.grading.submissions import make_task
from tests.engines import parity

pytestmark = [pytest.mark.slow, pytest.mark.kernel]

PROJECT = Path(__file__).parents[2]


def test_both_engines_give_every_kind_of_student_the_same_scores(tmp_path: Path) -> None:
    """One assignment here; `python -m tests.engines.parity` compares fifty students of both."""
    assignment = "batch_normalization"
    course = copy_course(Course.at(PROJECT), tmp_path / "course")
    kinds = simulate(course, assignment, students=12, seed=7)
    one_each = {kind: student for student, kind in kinds.items()}
    assert set(one_each) == set(KINDS)
    compared = parity.compare_class(course, assignment, sorted(one_each.values()), jobs=1)
    assert compared.cells == 12 * len(one_each)  # four tests, seven conclusions, the questions
    assert compared.unexplained == {}


def test_both_engines_give_right_work_all_points_whatever_the_habits(tmp_path: Path) -> None:
    """Some habits here; the others in the module's run, and in the sandbox's test of made-up classes."""
    assignment = "regularization"
    course = copy_course(Course.at(PROJECT), tmp_path / "course")
    students = [*simulate(course, assignment, len(HABITS), kinds=("right",))][::15]
    tasks = [make_task(course, assignment, student) for student in students]
    for judge_all in (pool.judge_all, engine.judge_all):
        assert {judged.score for _, judged in judge_all(tasks, 1)} == {60}


def test_nbgrader_as_it_comes_gives_the_same_scores_but_where_a_reason_stands(tmp_path: Path) -> None:
    """On its example assignment, on notebooks of its own tests, and on tests that show all kinds of things."""
    fixtures = {
        "ps1": parity.quickstart(["problem1"], ("partial", "test-deleted")),
        "submitted": parity.submitted("changed", "cheat-attempt"),
        "autotest": parity.autotest("hidden", "changed-wrong"),
        "environment": parity.itself(parity.APPS / "validating-environment-variable.ipynb"),
        "file": parity.itself(parity.APPS / "open_relative_file.ipynb"),
        "old": parity.itself(parity.APPS / "test-v2.ipynb", refused=True),
        "blank": parity.itself(parity.STEPS / "blank-points.ipynb", refused=True),
        "printed": parity.printed(),
        "too-much": parity.stopping("4.5", parity.TOO_MUCH),
    }
    differing = {}
    for compared in parity.compare_fixtures(fixtures, tmp_path):
        assert compared.unexplained == {}, compared.name
        assert compared.refused == fixtures[compared.name].refused
        assert compared.cells or compared.refused
        if compared.explained:
            differing[compared.name] = set(compared.explained)
    assert differing == {
        "ps1": {("test-deleted", "problem1/correct_squares")},
        "too-much": {("same", "p1/stops"), ("same", "p1/other")},
    }
