"""A made-up class is the same for the same seed, and its students do everything that students do."""

from pathlib import Path

import pytest

from autograder.assignments import names
from autograder.course.course import Course
from autograder.demo.demo import copy_course
from autograder.demo.made_up_class import KINDS, simulate

REPOSITORY = Path(__file__).parents[2]


def submissions(course: Course) -> dict[Path, bytes]:
    folder = course.root / "submitted"
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("assignment", names())
def test_a_made_up_class_is_the_same_for_the_same_seed_and_has_every_kind(assignment: str, tmp_path: Path) -> None:
    classes = []
    for number, seed in enumerate((0, 0, 1)):
        course = copy_course(Course.at(REPOSITORY), tmp_path / str(number))
        kinds = simulate(course, assignment, 12, seed)
        assert set(kinds.values()) == set(KINDS)
        classes.append(submissions(course))
    assert classes[0] == classes[1] != classes[2]
    assert len(classes[0]) == 24
