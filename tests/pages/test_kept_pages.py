"""A feedback page is written again only if it would come out another way, or is not as it was written."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.course.roster import Person, Roster
from autograder.gradebook.students import keep_people
from autograder.pages import feedback, kept_pages
from autograder.pages.feedback import write_feedback
from tests.helpers.graded_course import ASSIGNMENT, enter, gradebook, make_course, notebook

pytestmark = pytest.mark.xdist_group("kept pages")


@pytest.fixture
def course(tmp_path: Path) -> Course:
    course = make_course(tmp_path)
    for student in ("ann", "ben"):
        enter(course, student, notebook(), scores={"test_area": 10.0})
    written(course)
    return course


def written(course: Course, students: Sequence[str] | None = None) -> list[str]:
    """Write the feedback, and return whose page was written."""
    before = {path: path.stat().st_mtime_ns for path in (course.root / "feedback").glob("*/*/*.html")}
    results = list(write_feedback(course, ASSIGNMENT, students))
    assert all(result.pages and not result.problem for result in results)
    return [result.student for result in results if before.get(result.pages[0]) != result.pages[0].stat().st_mtime_ns]


def page(course: Course, student: str) -> Path:
    return course.feedback(student, ASSIGNMENT) / f"{ASSIGNMENT}.html"


def test_nothing_is_written_where_nothing_changed(course: Course) -> None:
    assert written(course) == []


def test_a_mark_a_name_or_another_notebook_writes_the_page_of_that_student(course: Course) -> None:
    with gradebook(course) as book:
        book.find_grade("conclusions", ASSIGNMENT, ASSIGNMENT, "ann").manual_score = 20.0
        book.db.commit()
    assert written(course) == ["ann"] and "20" in page(course, "ann").read_text(encoding="utf-8")
    keep_people(course, Roster([Person("ben", "Ben", "Berg")]))
    assert written(course) == ["ben"]
    graded = course.autograded("ann", ASSIGNMENT) / f"{ASSIGNMENT}.ipynb"
    graded.write_bytes(graded.read_bytes().replace(b"grows", b"shrinks"))
    assert written(course, ["ann"]) == ["ann"] and written(course) == []


def test_what_release_feedback_needs_is_new_beside_a_page_that_stays(course: Course) -> None:
    stamp = course.feedback("ann", ASSIGNMENT) / "timestamp.txt"
    (course.autograded("ann", ASSIGNMENT) / stamp.name).write_text("2026-03-01 10:00:00\n")
    assert written(course) == [] and stamp.read_text() == "2026-03-01 10:00:00\n"


def test_a_page_that_was_changed_or_removed_is_written_again(course: Course) -> None:
    page(course, "ann").write_text("<p>mine</p>")
    page(course, "ben").unlink()
    assert written(course) == ["ann", "ben"] and "mine" not in page(course, "ann").read_text(encoding="utf-8")


def test_another_version_of_the_program_writes_all_pages(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feedback, "program_hash", lambda: b"another")
    assert written(course) == ["ann", "ben"]
    kept_pages.program_hash.cache_clear()
    assert kept_pages.program_hash() == kept_pages.program_hash.__wrapped__()


@pytest.mark.parametrize("damaged", [b"", b"[]", b'{"ann/shapes": 7}', b'{"ann/shapes": ["a"]}'])
def test_a_damaged_record_writes_all_pages(course: Course, damaged: bytes) -> None:
    record = course.private / "feedback" / f"{ASSIGNMENT}.json"
    assert set(json.loads(record.read_bytes())) == {f"ann/{ASSIGNMENT}", f"ben/{ASSIGNMENT}"}
    record.write_bytes(damaged)
    assert written(course) == ["ann", "ben"] and written(course) == []
