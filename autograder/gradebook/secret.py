"""Know the course secret again: the gradebook holds a keyed hash of the one that its grades were drawn with."""

from __future__ import annotations

from sqlalchemy import select

from autograder.course.course import Course
from autograder.course.database import has_gradebook, reading, transaction
from autograder.engines.task import secret_id
from autograder.errors import CourseError
from autograder.gradebook import words
from autograder.gradebook.tables import SETTING, has_table, make_own_tables, upsert


def known_secret(course: Course, *, renew: bool = False) -> bytes:
    """Return the course secret if it is that of the grades; make it for a course that has no grades yet.

    Args:
        course: the course.
        renew: take whatever secret there is, or a new one.

    Raises:
        CourseError: as `confirm_secret`.
    """
    if not renew:
        confirm_secret(course)
    return course.secret()


def confirm_secret(course: Course) -> None:
    """Refuse to go on with another secret than that of the grades; one is not made here.

    Raises:
        CourseError: the secret is lost, or is another one than the grades were drawn with.
    """
    kept = _kept(course)
    if kept and not course.secret_file.is_file():
        raise CourseError(words.secret_lost(str(course.secret_file)))
    if kept and kept != secret_id(course.secret()):
        raise CourseError(words.secret_exchanged(str(course.secret_file)))


def keep_secret_id(course: Course, secret: bytes) -> None:
    """Write down by which secret the gradebook's grades are drawn from now on.

    Raises:
        CourseError: the gradebook cannot be written.
    """
    if _kept(course) == secret_id(secret):
        return
    with transaction(course) as database:
        make_own_tables(database)
        upsert(database, SETTING, [{"name": "secret", "value": secret_id(secret)}])


def _kept(course: Course) -> str:
    if not has_gradebook(course):
        return ""
    with reading(course) as database:
        if not has_table(database, SETTING):
            return ""
        return database.scalar(select(SETTING.c.value).where(SETTING.c.name == "secret")) or ""
