"""What a grade depends on stands in the task, so that a change of it grades again and nothing else does."""

from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.engines.registry import Engine
from autograder.engines.task import fingerprint_of
from autograder.errors import CourseError, SubmissionError
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
    def now() -> str:
        return fingerprint_of(Engine("nbgrader").causes(make_task(course, "numbers", "anna"), b"secret"))

    def fingerprint(shares: str) -> str:
        (course.root / "shares.toml").write_text(shares)
        return now()

    before = fingerprint(HALF)
    assert fingerprint(SAME) == before
    assert fingerprint(HALF.replace("0.5", "0.6")) != before
    assert fingerprint("") == now() != before


def test_shares_that_are_not_right_stop_grading_before_anybody_is_graded(course: Course) -> None:
    (course.root / "shares.toml").write_text("[l2-cost-half-missing]\nvalue = 2\n")
    with pytest.raises(CourseError, match="from 0 to"):
        grade(course, "numbers", Engine("nbgrader"))
    assert not (course.root / "autograded").exists()


def test_a_folder_that_is_a_link_is_named_and_not_followed(tmp_path: Path) -> None:
    course = Course.at(small.make_course(tmp_path))
    small.hand_in(course.root, "ann", small.filled())
    (course.root / "submitted" / "bob").symlink_to("ann")
    (course.root / "submitted" / "cy").mkdir()
    (course.root / "submitted" / "cy" / small.ASSIGNMENT).symlink_to(f"../ann/{small.ASSIGNMENT}")
    assert make_task(course, small.ASSIGNMENT, "ann").notebooks[0].handed.content
    for student in ("bob", "cy"):
        with pytest.raises(SubmissionError, match=f"submitted/{student}.* links are not followed"):
            make_task(course, small.ASSIGNMENT, student)
