"""Keep the people of a course in nbgrader's table of students, so that names show in its pages and in ours."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, select, update

from autograder.course.course import Course
from autograder.course.database import has_gradebook, reading, transaction
from autograder.course.downloads import downloaded
from autograder.course.roster import Person, Roster, parted
from autograder.errors import CourseError
from autograder.gradebook import words
from autograder.gradebook.tables import NAME_LENGTH, STUDENT, batches, upsert

_NAMES = ("first_name", "last_name", "email", "lms_user_id")

WITHOUT_NAME = and_(*(STUDENT.c[name].is_(None) for name in _NAMES))
"""The condition for a student of whom nothing but the id is known."""


def keep_people(course: Course, roster: Roster) -> None:
    """Write the roster and the gradebook's students, both or neither; what the roster does not say stays.

    Raises:
        CourseError: one of them cannot be written.
    """
    if not has_gradebook(course):
        from autograder.course.nbgrader_app import make_gradebook  # seconds of imports

        make_gradebook(course)
    with transaction(course) as database:
        for people in batches(roster.people.values()):
            _keep(database, [_row(person) for person in people])
        roster.write(course)


def join_people(database: Connection, old: str, new: str) -> None:
    """Give the names of one id to another, which keeps its own."""
    rows = {row["id"]: row for row in _known(database, [old, new])}
    if old in rows:
        _keep(database, [{**rows[old], "id": new, **_said(rows.get(new, {}))}])


def _keep(database: Connection, rows: Sequence[dict[str, str | None]]) -> None:
    """Write people; what is empty in their rows stays as it is."""
    known = {row["id"]: row for row in _known(database, [str(row["id"]) for row in rows])}
    upsert(database, STUDENT, [dict(known.get(row["id"], row)) | _said(row) for row in rows])


def _said(row: Mapping[str, Any] | RowMapping) -> dict[str, Any]:
    return {key: value for key, value in row.items() if value is not None}


def _known(database: Connection, students: Sequence[str]) -> Sequence[RowMapping]:
    return database.execute(select(STUDENT).where(STUDENT.c.id.in_(students))).mappings().all()


def _row(person: Person) -> dict[str, str | None]:
    named = bool(person.name)  # nbgrader's pages show a missing part as "None"
    return {
        "id": person.student,
        "first_name": _cut(person.first_name) if named else None,
        "last_name": _cut(person.last_name) if named else None,
        "email": _whole(person.email),
        "lms_user_id": _whole(person.lms_id),
    }


def _cut(name: str) -> str:
    return name.replace("\0", "")[:NAME_LENGTH]


def _whole(text: str) -> str | None:
    """Return an address or a number, None if it is empty or has no place: a part of it would be another one."""
    return text if text and len(text) <= NAME_LENGTH and "\0" not in text else None


def name_students(database: Connection, course: Course, assignment: str, students: Sequence[str]) -> None:
    """Name the students of whom the gradebook has no name as the download did that their submissions came in."""
    bare = list(database.scalars(select(STUDENT.c.id).where(WITHOUT_NAME, STUDENT.c.id.in_(students))))
    names = downloaded(course, assignment) if bare else {}
    for student in bare:
        if student in names and names[student].person:
            first, last = map(_cut, parted(names[student].person))
            database.execute(update(STUDENT).where(STUDENT.c.id == student).values(first_name=first, last_name=last))


def students_known(course: Course) -> dict[str, bool]:
    """List the students of the gradebook, each with whether it knows a name or an address of theirs.

    Raises:
        CourseError: the gradebook cannot be read.
    """
    if not has_gradebook(course):
        return {}
    with reading(course) as database:
        return {student: not bare for student, bare in database.execute(select(STUDENT.c.id, WITHOUT_NAME))}


def require_known(course: Course, assignment: str, students: Sequence[str]) -> None:
    """Refuse an id that nobody has: a slip of the pen would give somebody else's time away, or nobody's.

    Raises:
        CourseError: a student is in neither the roster nor the gradebook and has not handed in.
    """
    known = {*students_known(course), *course.students(assignment), *Roster.read(course).people}
    for student in students:
        if student not in known:
            raise CourseError(words.no_such_student(student))
