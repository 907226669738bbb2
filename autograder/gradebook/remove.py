"""Take submissions out of the gradebook again."""

from collections.abc import Collection

from sqlalchemy import Connection, delete, select

from autograder.course.course import Course
from autograder.course.database import has_gradebook, transaction
from autograder.gradebook.rubric_tables import drop_marks
from autograder.gradebook.students import WITHOUT_NAME
from autograder.gradebook.tables import (
    COMMENT,
    GRADE,
    HISTORY,
    STUDENT,
    SUBMISSION,
    SUBMITTED_NOTEBOOK,
    batches,
    make_own_tables,
    of_assignment,
)


def remove_submissions(course: Course, assignment: str, students: Collection[str]) -> None:
    """Remove the submissions of some students to an assignment, and students of whom nothing else is known.

    Raises:
        CourseError: the gradebook cannot be written; then nothing of it has changed.
    """
    if not has_gradebook(course):
        return
    with transaction(course) as database:
        make_own_tables(database)
        for batch in batches(sorted(students)):
            drop_submissions(database, assignment, batch)
            database.execute(delete(HISTORY).where(HISTORY.c.assignment == assignment, HISTORY.c.student.in_(batch)))
            others = select(SUBMISSION.c.student_id).where(SUBMISSION.c.student_id.in_(batch))
            database.execute(delete(STUDENT).where(STUDENT.c.id.in_(batch), WITHOUT_NAME, STUDENT.c.id.not_in(others)))


def drop_submissions(database: Connection, assignment: str, students: Collection[str]) -> None:
    """Remove submissions with all that was given for them."""
    drop_marks(database, assignment, students)
    submissions = select(SUBMISSION.c.id).where(of_assignment(assignment), SUBMISSION.c.student_id.in_(students))
    notebooks = select(SUBMITTED_NOTEBOOK.c.id).where(SUBMITTED_NOTEBOOK.c.assignment_id.in_(submissions))
    for table, condition in (
        (GRADE, GRADE.c.notebook_id.in_(notebooks)),
        (COMMENT, COMMENT.c.notebook_id.in_(notebooks)),
        (SUBMITTED_NOTEBOOK, SUBMITTED_NOTEBOOK.c.assignment_id.in_(submissions)),
        (SUBMISSION, SUBMISSION.c.id.in_(submissions)),
    ):
        database.execute(delete(table).where(condition))
