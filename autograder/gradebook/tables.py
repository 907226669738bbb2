"""Open gradebook.db, and describe the tables that get rows for each submission.

The columns are nbgrader's (a test compares them). As it does, times are text with microseconds, and an extension is
stored as a time after the epoch.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from autograder.course import words as course_words
from autograder.course.course import Course
from autograder.errors import CourseError
from autograder.gradebook import words

LOCK_SECONDS = 60
"""How long to wait for another program that is writing."""


@dataclass(frozen=True)
class Table:
    """A table with rows for each submission.

    Attributes:
        name: the table's name.
        columns: what a new row gets, `id` first; the other columns stay empty.
        changed: what changes in a row that is there. The rest may be a person's.
    """

    name: str
    columns: tuple[str, ...]
    changed: tuple[str, ...]

    @property
    def upsert(self) -> str:
        """The statement that inserts a row, or changes the row of the same id."""
        columns, places = ", ".join(self.columns), ", ".join(f":{column}" for column in self.columns)
        change = ", ".join(f"{column} = excluded.{column}" for column in self.changed)
        conflict = f"DO UPDATE SET {change}" if change else "DO NOTHING"
        return f"INSERT INTO {self.name} ({columns}) VALUES ({places}) ON CONFLICT (id) {conflict}"


SUBMISSION = Table(
    "submitted_assignment", ("id", "assignment_id", "student_id", "timestamp", "extension"), ("timestamp",)
)
SUBMITTED_NOTEBOOK = Table("submitted_notebook", ("id", "assignment_id", "notebook_id", "flagged"), ())
GRADE = Table(
    "grade",
    ("id", "notebook_id", "cell_id", "auto_score", "needs_manual_grade"),
    ("auto_score", "needs_manual_grade"),
)
COMMENT = Table("comment", ("id", "notebook_id", "cell_id", "auto_comment"), ("auto_comment",))
WRITTEN = (SUBMISSION, SUBMITTED_NOTEBOOK, GRADE, COMMENT)

OWN_TABLES = {
    "autograder_setting": "name TEXT PRIMARY KEY, value TEXT NOT NULL",
    "autograder_history": (
        "assignment TEXT, student TEXT, number INTEGER, moment TEXT NOT NULL, entry TEXT NOT NULL, "
        "PRIMARY KEY (assignment, student, number)"
    ),
    "autograder_late": "assignment TEXT PRIMARY KEY, rule TEXT NOT NULL",
    "autograder_extension": "assignment TEXT, student TEXT, seconds REAL NOT NULL, PRIMARY KEY (assignment, student)",
}
"""What nbgrader's tables have no place for: name → columns. `student` is always nbgrader's id of a student."""


@contextmanager
def transaction(course: Course) -> Iterator[sqlite3.Connection]:
    """Open the gradebook to write all of it or nothing.

    Raises:
        CourseError: the file is not a gradebook, or something else holds it.
    """
    try:
        with closing(sqlite3.connect(course.gradebook, timeout=LOCK_SECONDS)) as database, database:
            yield database
    except sqlite3.Error as error:
        raise CourseError(course_words.gradebook_unusable(str(course.gradebook), str(error))) from error


@contextmanager
def reading(gradebook: Path) -> Iterator[sqlite3.Connection]:
    """Open a gradebook that nothing may change.

    Raises:
        CourseError: there is none, or it cannot be read.
    """
    if not gradebook.is_file():
        raise CourseError(words.no_gradebook(str(gradebook)))
    try:
        with closing(sqlite3.connect(f"{gradebook.resolve().as_uri()}?mode=ro", uri=True)) as database:
            yield database
    except sqlite3.Error as error:
        raise CourseError(words.bad_gradebook(str(gradebook), str(error))) from None


def make_own_tables(database: sqlite3.Connection) -> None:
    """Add the tables of our own to a gradebook that nbgrader has made."""
    for name, columns in OWN_TABLES.items():
        database.execute(f"CREATE TABLE IF NOT EXISTS {name} ({columns})")


def has_own_tables(database: sqlite3.Connection) -> bool:
    """Tell whether a gradebook has all tables of our own."""
    names = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return OWN_TABLES.keys() <= names


def submitters(database: sqlite3.Connection, assignment: str) -> list[str]:
    """List the students whose submission the gradebook holds."""
    query = """
        SELECT submission.student_id
        FROM submitted_assignment AS submission JOIN assignment ON assignment.id = submission.assignment_id
        WHERE assignment.name = ?
    """
    return [student for (student,) in database.execute(query, (assignment,))]


def notebook_ids(database: sqlite3.Connection, assignment: str) -> Mapping[str, str]:
    """Look up the notebooks of an assignment: name → id."""
    query = """
        SELECT notebook.name, notebook.id
        FROM notebook JOIN assignment ON assignment.id = notebook.assignment_id
        WHERE assignment.name = ?
    """
    return dict(database.execute(query, (assignment,)))


def from_datetime(value: datetime | None) -> str | None:
    """Write a time as SQLAlchemy, and so nbgrader, stores it."""
    return value.isoformat(" ", "microseconds") if value else None


def to_datetime(value: str | None) -> datetime | None:
    """Read a stored time."""
    return datetime.fromisoformat(value) if value else None


def from_timedelta(value: timedelta) -> str | None:
    """Write an extension as nbgrader stores it; none of no length."""
    return from_datetime(datetime(1970, 1, 1) + value) if value else None


def to_timedelta(value: str | None) -> timedelta:
    """Read a stored extension; none is of no length."""
    return datetime.fromisoformat(value) - datetime(1970, 1, 1) if value else timedelta()
