"""Marks are read as nbgrader itself counts them."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.gradebook.read_marks import ClassMarks, Mark, read_marks
from tests.helpers.graded_course import ASSIGNMENT, MANUAL, QUESTIONS, enter, gradebook, make_course, notebook

pytestmark = pytest.mark.xdist_group("read_marks")

CASES: list[dict[str, float | bool | None]] = [
    {"auto_score": 3.0},
    {"manual_score": 2.0},
    {"auto_score": 3.0, "manual_score": 2.0, "needs_manual_grade": True},
    {"auto_score": 0.0, "extra_credit": 1.5},
    {"auto_score": None, "manual_score": None, "extra_credit": 1.0, "needs_manual_grade": True},
]


@pytest.fixture(scope="module")
def marks(tmp_path_factory: pytest.TempPathFactory) -> tuple[ClassMarks, dict[str, float], dict[str, float]]:
    """What is read, and what nbgrader says: student → score, and cell → score of one student."""
    course = make_course(tmp_path_factory.mktemp("marks"))
    for student in ("zoe", "ann"):
        enter(course, student, notebook(), scores={"test_area": 10.0}, comments={"conclusions": "Good.", "area": ""})
    with gradebook(course) as book:
        book.update_or_create_student("nil", first_name="Nil", last_name="Made-Up")
        for name, values in zip(QUESTIONS, CASES, strict=True):
            grade = book.find_grade(name, ASSIGNMENT, ASSIGNMENT, "ann")
            grade.needs_manual_grade, grade.auto_score = False, None
            for attribute, value in values.items():
                setattr(grade, attribute, value)
        book.find_submission_notebook(ASSIGNMENT, ASSIGNMENT, "zoe").late_submission_penalty = 2.5
        book.find_comment("questions", ASSIGNMENT, ASSIGNMENT, "ann").auto_comment = "No response."
        book.add_assignment("other")
        book.add_submission("other", "nil")
        book.db.commit()
        totals = {one.student.id: one.score for one in book.assignment_submissions(ASSIGNMENT)}
        cells = {name: book.find_grade(name, ASSIGNMENT, ASSIGNMENT, "ann").score for name in QUESTIONS}
    return read_marks(course, ASSIGNMENT), totals, cells


def test_points_are_counted_as_nbgrader_counts_them(
    marks: tuple[ClassMarks, dict[str, float], dict[str, float]],
) -> None:
    found, totals, cells = marks
    assert {name: mark.score for name, mark in found.notebooks["ann"][ASSIGNMENT].marks.items()} == cells
    assert {name: own[ASSIGNMENT].score + own[ASSIGNMENT].penalty for name, own in found.notebooks.items()} == totals
    assert found.notebooks["zoe"][ASSIGNMENT].score == 7.5


def test_cells_come_in_the_order_of_the_assignment_with_their_points(
    marks: tuple[ClassMarks, dict[str, float], dict[str, float]],
) -> None:
    own = marks[0].notebooks["zoe"][ASSIGNMENT]
    assert {name: mark.max_score for name, mark in own.marks.items()} == QUESTIONS
    assert list(own.marks) == list(QUESTIONS)
    assert [name for name, mark in own.marks.items() if mark.written] == list(MANUAL)
    assert own.max_score == sum(QUESTIONS.values())
    assert own.timestamp == "2026-03-01 12:00:00"


def test_what_a_person_must_still_grade_is_known(
    marks: tuple[ClassMarks, dict[str, float], dict[str, float]],
) -> None:
    own = marks[0].notebooks
    assert [name for name, mark in own["zoe"][ASSIGNMENT].marks.items() if mark.open] == list(MANUAL)
    again = own["ann"][ASSIGNMENT].marks["test_volume"]
    assert again.flagged and not again.open


def test_comments_by_hand_and_by_machine_are_kept_apart(
    marks: tuple[ClassMarks, dict[str, float], dict[str, float]],
) -> None:
    own = marks[0].notebooks["ann"][ASSIGNMENT]
    assert own.comments == {"conclusions": "Good."} and own.remarks == {"questions": "No response."}


def test_students_without_a_submission_are_known_by_name_only(
    marks: tuple[ClassMarks, dict[str, float], dict[str, float]],
) -> None:
    assert marks[0].names == {"ann": "", "nil": "Nil Made-Up", "zoe": ""}
    assert list(marks[0].notebooks) == ["ann", "zoe"]


def test_reading_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "gradebook.db"
    with closing(sqlite3.connect(path)) as database:
        for statement in (
            "CREATE TABLE student (id, first_name, last_name)",
            "CREATE TABLE assignment (id, name, duedate)",
            "CREATE TABLE notebook (id, name, assignment_id)",
            "CREATE TABLE base_cell (id, name, type, notebook_id)",
            "CREATE TABLE grade_cells (id, max_score, cell_type)",
            "CREATE TABLE task_cells (id, max_score, cell_type)",
            "CREATE TABLE submitted_assignment (id, assignment_id, student_id, timestamp)",
            "CREATE TABLE submitted_notebook (id, assignment_id, notebook_id, late_submission_penalty)",
            "CREATE TABLE grade (notebook_id, cell_id, auto_score, manual_score, extra_credit, needs_manual_grade)",
            "CREATE TABLE comment (notebook_id, cell_id, auto_comment, manual_comment)",
        ):
            database.execute(statement)
    before = path.read_bytes()
    assert read_marks(Course(tmp_path), "nothing") == ClassMarks()
    assert path.read_bytes() == before and [file.name for file in tmp_path.iterdir()] == ["gradebook.db"]


def test_extra_credit_counts_only_where_there_is_a_score() -> None:
    assert Mark("a", 5.0, extra=1.0).score == 0.0
    assert Mark("a", 5.0, auto=2.0, extra=1.0).score == 3.0
