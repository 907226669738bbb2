"""The table has a row a student and a column a question, with the points of the gradebook."""

from pathlib import Path

from autograder.export.table import table
from tests.helpers.graded_course import ASSIGNMENT, QUESTIONS, enter, gradebook, make_course, notebook


def test_the_table_has_a_row_a_student_and_a_column_a_question(tmp_path: Path) -> None:
    course = make_course(tmp_path)
    enter(course, "ben", notebook(), scores={"test_area": 10.0}, manual={"conclusions": 21.5})
    with gradebook(course) as book:
        book.update_or_create_student("ann", first_name="Ann", last_name="Lee")
        book.db.commit()
    absent, row = table(course, ASSIGNMENT)
    assert list(row) == [
        *("student", "name", "submitted", "area", "area_gradient", "volume", "conclusions", "questions"),
        *("open", "late", "late_penalty", "total", "maximum"),
    ]
    assert (row["student"], row["submitted"]) == ("ben", "2026-03-01 12:00:00")
    assert (row["area"], row["volume"], row["conclusions"], row["questions"]) == (10, 0, 21.5, None)
    assert (row["open"], row["late_penalty"], row["total"], row["maximum"]) == (1, 0, 31.5, sum(QUESTIONS.values()))
    assert list(absent) == list(row)
    assert (absent["student"], absent["name"], absent["area"], absent["total"]) == ("ann", "Ann Lee", None, 0)
    assert absent["maximum"] == row["maximum"]


def test_a_late_penalty_is_taken_off_but_never_below_nothing(tmp_path: Path) -> None:
    course = make_course(tmp_path)
    enter(course, "ann", notebook(), scores={"test_area": 10.0})
    enter(course, "ben", notebook(), scores={"test_area": 2.0})
    with gradebook(course) as book:
        for student in ("ann", "ben"):
            book.find_submission_notebook(ASSIGNMENT, ASSIGNMENT, student).late_submission_penalty = 3.0
        book.db.commit()
    assert [(row["late_penalty"], row["total"]) for row in table(course, ASSIGNMENT)] == [(3, 7), (3, 0)]
