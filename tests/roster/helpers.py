"""What a list of people left in a course."""

import sqlite3
from contextlib import closing
from pathlib import Path

from autograder.course.course import Course
from autograder.course.nbgrader_app import make_gradebook
from tests.helpers import small_course as small


def empty_gradebook(folder: Path) -> bytes:
    course = Course.at(small.make_course(folder / "course"))
    make_gradebook(course)
    return course.gradebook.read_bytes()


def students(course: Course) -> dict[str, tuple[str | None, ...]]:
    """The rows of nbgrader's table by id: first name, last name, address, number."""
    query = "SELECT id, first_name, last_name, email, lms_user_id FROM student"
    with closing(sqlite3.connect(course.gradebook)) as database:
        return {row[0]: row[1:] for row in database.execute(query)}


def state(course: Course) -> tuple[object, ...]:
    """All that a list can change."""
    path = course.private / "roster.json"
    return students(course), path.read_bytes() if path.exists() else None
