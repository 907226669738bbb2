"""Give a student's rows in the gradebook to another id."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, delete, func, select, update

from autograder.course.course import Course
from autograder.course.database import has_gradebook, reading, transaction
from autograder.gradebook.remove import drop_submissions
from autograder.gradebook.rubric_tables import OF_STUDENTS, has_mark_tables
from autograder.gradebook.students import join_people
from autograder.gradebook.tables import (
    ASSIGNMENT,
    EXTENSION,
    GRADE,
    HISTORY,
    STUDENT,
    SUBMISSION,
    SUBMITTED_NOTEBOOK,
    make_own_tables,
)

_NOBODY = ""
"""Holds a history while two are exchanged."""


def graded_assignments(course: Course, student: str) -> dict[str, float]:
    """Return the assignments for which the gradebook has a submission of a student, each with its points."""
    points = func.coalesce(GRADE.c.manual_score, GRADE.c.auto_score, 0) + func.coalesce(GRADE.c.extra_credit, 0)
    query = (
        select(ASSIGNMENT.c.name, func.coalesce(func.sum(points), 0).label("points"))
        .join(SUBMISSION, SUBMISSION.c.assignment_id == ASSIGNMENT.c.id)
        .outerjoin(SUBMITTED_NOTEBOOK, SUBMITTED_NOTEBOOK.c.assignment_id == SUBMISSION.c.id)
        .outerjoin(GRADE, GRADE.c.notebook_id == SUBMITTED_NOTEBOOK.c.id)
        .where(SUBMISSION.c.student_id == student)
        .group_by(ASSIGNMENT.c.name)
    )
    if not has_gradebook(course):
        return {}
    with reading(course) as database:
        return {row.name: row.points for row in database.execute(query)}


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
    if not has_gradebook(course):
        yield
        return
    with transaction(course) as database:
        make_own_tables(database)
        for assignment, student in dropped.items():
            drop_submissions(database, assignment, [student])
            if student == new:
                _exchange_history(database, assignment, old, new)
        join_people(database, old, new)
        database.execute(update(SUBMISSION).where(SUBMISSION.c.student_id == old).values(student_id=new))
        for table in (HISTORY, EXTENSION, *(OF_STUDENTS if has_mark_tables(database) else ())):
            kept = select(table.c.assignment).where(table.c.student == new)
            moved = update(table).where(table.c.student == old, table.c.assignment.not_in(kept))
            database.execute(moved.values(student=new))
        database.execute(delete(EXTENSION).where(EXTENSION.c.student == old))
        database.execute(delete(STUDENT).where(STUDENT.c.id == old))
        yield


def _exchange_history(database: Connection, assignment: str, old: str, new: str) -> None:
    for of, to in ((new, _NOBODY), (old, new), (_NOBODY, old)):
        one = update(HISTORY).where(HISTORY.c.assignment == assignment, HISTORY.c.student == of)
        database.execute(one.values(student=to))
