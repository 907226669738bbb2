"""Take submissions out of the gradebook again."""

import json
from collections.abc import Collection

from autograder.course.course import Course
from autograder.gradebook.students import WITHOUT_NAME
from autograder.gradebook.tables import make_own_tables, transaction

_SUBMISSIONS = """
    SELECT submitted_assignment.id
    FROM submitted_assignment JOIN assignment ON assignment.id = submitted_assignment.assignment_id
    WHERE assignment.name = :assignment AND student_id IN (SELECT value FROM json_each(:students))
"""
_NOTEBOOKS = f"SELECT id FROM submitted_notebook WHERE assignment_id IN ({_SUBMISSIONS})"

_STATEMENTS = (
    f"DELETE FROM grade WHERE notebook_id IN ({_NOTEBOOKS})",
    f"DELETE FROM comment WHERE notebook_id IN ({_NOTEBOOKS})",
    """
    DELETE FROM autograder_history
    WHERE assignment = :assignment AND student IN (SELECT value FROM json_each(:students))
    """,
    f"DELETE FROM submitted_notebook WHERE id IN ({_NOTEBOOKS})",
    f"DELETE FROM submitted_assignment WHERE id IN ({_SUBMISSIONS})",
    f"""
    DELETE FROM student
    WHERE id IN (SELECT value FROM json_each(:students)) AND {WITHOUT_NAME}
        AND id NOT IN (SELECT student_id FROM submitted_assignment)
    """,
)


def remove_submissions(course: Course, assignment: str, students: Collection[str]) -> None:
    """Remove the submissions of some students to an assignment, and students of whom nothing else is known.

    Raises:
        CourseError: the gradebook cannot be written; then nothing of it has changed.
    """
    if not course.gradebook.is_file():
        return
    values = {"assignment": assignment, "students": json.dumps(sorted(students))}
    with transaction(course) as database:
        make_own_tables(database)
        for statement in _STATEMENTS:
            database.execute(statement, values)
