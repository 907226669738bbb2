"""What a grade depends on stands in the task, so that a change of it grades again and nothing else does."""

import os
import sys
from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.course.timestamp import TIMESTAMP, read_timestamp
from autograder.engines.registry import Engine
from autograder.engines.result import Judged
from autograder.engines.task import fingerprint_of
from autograder.errors import CourseError, SubmissionError
from autograder.grading.autograded import keep
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


def test_a_timestamp_that_is_a_link_is_not_copied_and_gives_no_time(tmp_path: Path) -> None:
    course = Course.at(small.make_course(tmp_path))
    small.hand_in(course.root, "ann", small.filled())
    timestamp = course.submitted("ann", small.ASSIGNMENT) / TIMESTAMP
    (tmp_path / "aside").mkdir()
    task = make_task(course, small.ASSIGNMENT, "ann")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("2026-03-02 10:00:00 UTC")
    timestamp.symlink_to(elsewhere)
    keep(course, task, Judged(), tmp_path / "aside", "")
    assert not (course.autograded("ann", small.ASSIGNMENT) / TIMESTAMP).exists()
    assert read_timestamp(timestamp) is None
    timestamp.unlink()
    timestamp.write_text("x" * 2_000)
    keep(course, task, Judged(), tmp_path / "aside", "")
    assert not (course.autograded("ann", small.ASSIGNMENT) / TIMESTAMP).exists()
    timestamp.write_text("2026-03-02 10:00:00 UTC")
    keep(course, task, Judged(), tmp_path / "aside", "")
    assert (course.autograded("ann", small.ASSIGNMENT) / TIMESTAMP).read_text() == "2026-03-02 10:00:00 UTC"


def test_the_files_beside_the_notebooks_are_the_same_for_all_students_and_there_once(tmp_path: Path) -> None:
    course = Course.at(small.make_course(tmp_path))
    for name in ("cases.json", "pictures/one.png"):
        path = course.source(small.ASSIGNMENT) / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"content of {name}")
    (tmp_path / "aside").mkdir()
    kept = {}
    for student in ("ann", "bob", "ann"):
        if not course.submitted(student, small.ASSIGNMENT).exists():
            small.hand_in(course.root, student, small.filled())
        keep(course, make_task(course, small.ASSIGNMENT, student), Judged(), tmp_path / "aside", "")
        kept[student] = course.autograded(student, small.ASSIGNMENT)
    for name in ("cases.json", "pictures/one.png"):
        assert [(folder / name).read_text() for folder in kept.values()] == [f"content of {name}"] * 2
        if sys.platform != "win32":
            assert (kept["ann"] / name).samefile(kept["bob"] / name)
            assert (kept["ann"] / name).stat().st_mode & 0o222 == 0


def test_where_there_are_no_links_each_student_gets_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(31, "too many links")

    course = Course.at(small.make_course(tmp_path))
    (course.source(small.ASSIGNMENT) / "cases.json").write_text("cases")
    (tmp_path / "aside").mkdir()
    monkeypatch.setattr(os, "link", refuse)
    for student in ("ann", "bob"):
        small.hand_in(course.root, student, small.filled())
        keep(course, make_task(course, small.ASSIGNMENT, student), Judged(), tmp_path / "aside", "")
        assert (course.autograded(student, small.ASSIGNMENT) / "cases.json").read_text() == "cases"
