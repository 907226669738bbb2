"""Give a student's rows in the gradebook to another id."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from autograder.course.course import Course
from autograder.gradebook.tables import make_own_tables, reading, transaction

_SUBMISSION = """
    SELECT submission.id FROM submitted_assignment AS submission
    JOIN assignment ON assignment.id = submission.assignment_id
    WHERE assignment.name = :assignment AND student_id = :dropped
"""
_NOTEBOOKS = f"SELECT id FROM submitted_notebook WHERE assignment_id IN ({_SUBMISSION})"

_DROP = (
    f"DELETE FROM grade WHERE notebook_id IN ({_NOTEBOOKS})",
    f"DELETE FROM comment WHERE notebook_id IN ({_NOTEBOOKS})",
    f"DELETE FROM submitted_notebook WHERE id IN ({_NOTEBOOKS})",
    f"DELETE FROM submitted_assignment WHERE id IN ({_SUBMISSION})",
)
_MOVE_HISTORY = "UPDATE autograder_history SET student = :to WHERE assignment = :assignment AND student = :of"
_NOBODY = ""
"""Holds a history while two are exchanged."""

_RENAME = (
    """
    INSERT INTO student (id, first_name, last_name, email, lms_user_id)
    SELECT :new, first_name, last_name, email, lms_user_id FROM student WHERE id = :old
    ON CONFLICT (id) DO UPDATE SET
        first_name = coalesce(first_name, excluded.first_name), last_name = coalesce(last_name, excluded.last_name),
        email = coalesce(email, excluded.email), lms_user_id = coalesce(lms_user_id, excluded.lms_user_id)
    """,
    "UPDATE submitted_assignment SET student_id = :new WHERE student_id = :old",
    """
    UPDATE autograder_history SET student = :new
    WHERE student = :old AND assignment NOT IN (SELECT assignment FROM autograder_history WHERE student = :new)
    """,
    "UPDATE OR IGNORE autograder_extension SET student = :new WHERE student = :old",
    "DELETE FROM autograder_extension WHERE student = :old",
    "DELETE FROM student WHERE id = :old",
)


def graded_assignments(course: Course, student: str) -> dict[str, float]:
    """Return the assignments for which the gradebook has a submission of a student, each with its points."""
    query = """
        SELECT assignment.name, coalesce(sum(coalesce(manual_score, auto_score, 0) + coalesce(extra_credit, 0)), 0)
        FROM submitted_assignment AS submission JOIN assignment ON assignment.id = submission.assignment_id
        LEFT JOIN submitted_notebook ON submitted_notebook.assignment_id = submission.id
        LEFT JOIN grade ON grade.notebook_id = submitted_notebook.id
        WHERE student_id = ? GROUP BY assignment.name
    """
    if not course.gradebook.is_file():
        return {}
    with reading(course.gradebook) as database:
        return dict(database.execute(query, (student,)))


@contextmanager
def renaming(course: Course, old: str, new: str, dropped: dict[str, str]) -> Iterator[None]:
    """Give a student's rows to another id, all if what is done meanwhile succeeds, else none.

    The history of a submission that is dropped stays under the old id.

    Args:
        course: the course.
        old: id that the student had.
        new: id that the student gets.
        dropped: whose submission is dropped, old or new, in assignments for which both have one.

    Raises:
        CourseError: the gradebook cannot be written.
    """
    if not course.gradebook.is_file():
        yield
        return
    with transaction(course) as database:
        make_own_tables(database)
        for assignment, student in dropped.items():
            _drop(database, {"assignment": assignment, "dropped": student, "old": old, "new": new})
        for statement in _RENAME:
            database.execute(statement, {"old": old, "new": new})
        yield


def _drop(database: sqlite3.Connection, values: dict[str, str]) -> None:
    for statement in _DROP:
        database.execute(statement, values)
    if values["dropped"] == values["new"]:
        for of, to in ((values["new"], _NOBODY), (values["old"], values["new"]), (_NOBODY, values["old"])):
            database.execute(_MOVE_HISTORY, {"assignment": values["assignment"], "of": of, "to": to})
