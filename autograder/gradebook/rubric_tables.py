"""The tables of marking by hand, in nbgrader's database: rubrics, what was given to whom by whom, and a log of it.

They are described with SQLAlchemy Core, so that SQLite and PostgreSQL hold them alike. `question` is the key that the
history uses too (`notebook/grade_id`), `student` nbgrader's id of a student.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    delete,
    inspect,
)

from autograder.course import words
from autograder.course.course import Course
from autograder.course.database import has_gradebook, name_of, reading, transaction
from autograder.errors import CourseError

METADATA = MetaData()


def _question() -> tuple[Column[str], Column[str]]:
    return Column("assignment", String(255), primary_key=True), Column("question", String(255), primary_key=True)


ITEM = Table(
    "autograder_rubric_item",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("assignment", String(255), nullable=False),
    Column("question", String(255), nullable=False),
    Column("position", Integer, nullable=False),
    Column("points", Float, nullable=False),
    Column("words", Text, nullable=False),
    Column("origin", Text, nullable=False),  # the item as the source notebook has it; empty if it was added here
    Column("retired", Boolean, nullable=False),
)
MARK = Table(
    "autograder_hand_mark",
    METADATA,
    *_question(),
    Column("student", String(255), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("marker", Text, nullable=False),
    Column("moment", String(32), nullable=False),
    Column("adjustment", Float, nullable=False),
    Column("comment", Text, nullable=False),
    Column("done", Boolean, nullable=False),
    Column("score", Float),  # what went into nbgrader's manual_score; empty if the mark was taken back
    Column("text", Text, nullable=False),  # what went into its manual_comment
)
GIVEN = Table(
    "autograder_hand_item",
    METADATA,
    *_question(),
    Column("student", String(255), primary_key=True),
    Column("item", String(32), primary_key=True),
)
SECOND = Table(
    "autograder_second_mark",
    METADATA,
    *_question(),
    Column("student", String(255), primary_key=True),
    Column("marker", String(255), primary_key=True),
    Column("moment", String(32), nullable=False),
    Column("mark", Text, nullable=False),
    Column("score", Float, nullable=False),
)
CLAIM = Table(
    "autograder_claim",
    METADATA,
    *_question(),
    Column("part", Integer, primary_key=True),
    Column("parts", Integer, primary_key=True),
    Column("marker", Text, nullable=False),
    Column("moment", String(32), nullable=False),
)
LOG = Table(
    "autograder_mark_log",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("assignment", String(255), nullable=False),
    Column("question", String(255), nullable=False),
    Column("student", String(255), nullable=False),  # empty where the rubric changed
    Column("batch", String(64), nullable=False),  # names what a marker did at once; sent twice, it is done once
    Column("undoes", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("marker", Text, nullable=False),
    Column("moment", String(32), nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Index("autograder_mark_log_batch", "batch"),
    Index("autograder_mark_log_question", "assignment", "question", "student"),
)
"""Rows are only ever added."""

OF_STUDENTS = (GIVEN, MARK, SECOND, LOG)
"""The tables with rows of a student."""


@contextmanager
def marking(course: Course, *, writes: bool = False) -> Iterator[Connection]:
    """Open the gradebook with the tables of marking, for one transaction.

    Raises:
        CourseError: there is none, or it cannot be used.
    """
    if not has_gradebook(course):
        raise CourseError(words.no_gradebook(name_of(course)))
    with transaction(course) if writes else reading(course) as database:
        yield database


def make_mark_tables(course: Course) -> None:
    """Add the tables of marking to a gradebook that has none.

    Raises:
        CourseError: as `marking`.
    """
    with marking(course, writes=True) as database:
        METADATA.create_all(database)


def has_mark_tables(database: Connection) -> bool:
    """Tell whether a gradebook has ever been marked by hand with `autograder mark`."""
    return inspect(database).has_table(LOG.name)


def drop_marks(database: Connection, assignment: str, students: Collection[str]) -> None:
    """Forget what students were given in an assignment. The log stays."""
    if has_mark_tables(database):
        for table in (GIVEN, MARK, SECOND):
            rows = (table.c.assignment == assignment) & table.c.student.in_(students)
            database.execute(delete(table).where(rows))
