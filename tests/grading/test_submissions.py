"""What a grade depends on stands in the task, so that a change of it grades again and nothing else does."""

from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.engines.registry import Engine
from autograder.errors import CourseError
from autograder.grading.grade_class import grade
from autograder.grading.submissions import make_task
from tests.helpers import small_course as small

HALF = "[l2-cost-half-missing]\nvalue = 0.5\n\n[l2-cost-m-lost]\nvalue = 0.25\n"
SAME = "# in another order\n[l2-cost-m-lost]\nvalue = 0.25\n[l2-cost-half-missing]\nvalue = 0.5\n"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    course = Course.at(small.make_course(tmp_path))
    folder = course.submitted("anna", "numbers")
    folder.mkdir(parents=True)
    (folder / "numbers.ipynb").write_bytes(small.to_bytes(small.filled()))
    return course


def test_changed_shares_grade_again_and_another_order_of_the_file_does_not(course: Course) -> None:
    def fingerprint(shares: str) -> str:
        (course.root / "shares.toml").write_text(shares)
        return Engine("nbgrader").fingerprint(make_task(course, "numbers", "anna"), b"secret")

    before = fingerprint(HALF)
    assert fingerprint(SAME) == before
    assert fingerprint(HALF.replace("0.5", "0.6")) != before
    assert fingerprint("") == Engine("nbgrader").fingerprint(make_task(course, "numbers", "anna"), b"secret") != before


def test_shares_that_are_not_right_stop_grading_before_anybody_is_graded(course: Course) -> None:
    (course.root / "shares.toml").write_text("[l2-cost-half-missing]\nvalue = 2\n")
    with pytest.raises(CourseError, match="from 0 to"):
        grade(course, "numbers", Engine("nbgrader"))
    assert not (course.root / "autograded").exists()
