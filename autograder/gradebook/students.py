"""Keep the people of a course in nbgrader's table of students, so that names show in its pages and in ours."""

import json
import sqlite3
from collections.abc import Sequence

from autograder.course.course import Course
from autograder.course.downloads import downloaded
from autograder.course.roster import Person, Roster, parted
from autograder.errors import CourseError
from autograder.gradebook import words
from autograder.gradebook.tables import reading, transaction

WITHOUT_NAME = "first_name IS NULL AND last_name IS NULL AND email IS NULL AND lms_user_id IS NULL"
"""The condition for a student of whom nothing but the id is known."""

_UPSERT = """
    INSERT INTO student (id, first_name, last_name, email, lms_user_id)
    VALUES (:id, :first_name, :last_name, :email, :lms_user_id)
    ON CONFLICT (id) DO UPDATE SET
        first_name = coalesce(excluded.first_name, first_name), last_name = coalesce(excluded.last_name, last_name),
        email = coalesce(excluded.email, email), lms_user_id = coalesce(excluded.lms_user_id, lms_user_id)
"""


def keep_people(course: Course, roster: Roster) -> None:
    """Write the roster and the gradebook's students, both or neither; what the roster does not say stays.

    Raises:
        CourseError: one of them cannot be written.
    """
    if not course.gradebook.is_file():
        from autograder.course.nbgrader_app import make_gradebook  # seconds of imports

        make_gradebook(course)
    with transaction(course) as database:
        database.executemany(_UPSERT, [_row(person) for person in roster.people.values()])
        roster.write(course)


def _row(person: Person) -> dict[str, str | None]:
    named = bool(person.name)  # nbgrader's pages show a missing part as "None"
    return {
        "id": person.student,
        "first_name": person.first_name if named else None,
        "last_name": person.last_name if named else None,
        "email": person.email or None,
        "lms_user_id": person.lms_id or None,
    }


def name_students(database: sqlite3.Connection, course: Course, assignment: str, students: Sequence[str]) -> None:
    """Name the students of whom the gradebook has no name as the download did that their submissions came in."""
    query = f"SELECT id FROM student WHERE {WITHOUT_NAME} AND id IN (SELECT value FROM json_each(?))"
    bare = [student for (student,) in database.execute(query, (json.dumps(students),))]
    names = downloaded(course, assignment) if bare else {}
    rows = [(*parted(names[student].person), student) for student in bare if student in names and names[student].person]
    database.executemany("UPDATE student SET first_name = ?, last_name = ? WHERE id = ?", rows)


def students_known(course: Course) -> dict[str, bool]:
    """List the students of the gradebook, each with whether it knows a name or an address of theirs.

    Raises:
        CourseError: the gradebook cannot be read.
    """
    if not course.gradebook.is_file():
        return {}
    with reading(course.gradebook) as database:
        return {student: not bare for student, bare in database.execute(f"SELECT id, {WITHOUT_NAME} FROM student")}


def require_known(course: Course, assignment: str, students: Sequence[str]) -> None:
    """Refuse an id that nobody has: a slip of the pen would give somebody else's time away, or nobody's.

    Raises:
        CourseError: a student is in neither the roster nor the gradebook and has not handed in.
    """
    known = {*students_known(course), *course.students(assignment), *Roster.read(course).people}
    for student in students:
        if student not in known:
            raise CourseError(words.no_such_student(student))
