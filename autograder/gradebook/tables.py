"""Describe the tables of the gradebook: those columns of nbgrader's that are used (a test compares them), and our own.

To add a table of our own, describe it here with `OWN` as its metadata: `make_own_tables` makes it where it is missing.
Whoever reads asks `has_table` first, since an earlier version may have made the gradebook.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    DateTime,
    Float,
    Integer,
    Interval,
    MetaData,
    ScalarSelect,
    String,
    Table,
    Text,
    inspect,
    select,
)
from sqlalchemy.dialects import sqlite

BATCH = 256
"""Submissions that are read or written together: what is held in memory does not grow with the class."""

NAME_LENGTH = 128
"""Characters of names, ids and addresses of people; PostgreSQL takes no more."""

NBGRADER, OWN = MetaData(), MetaData()


def _id() -> Column[Any]:
    return Column("id", String(32), primary_key=True)


STUDENT = Table(
    "student",
    NBGRADER,
    Column("id", String(NAME_LENGTH), primary_key=True),
    *(Column(name, String(NAME_LENGTH)) for name in ("first_name", "last_name", "email", "lms_user_id")),
)
ASSIGNMENT = Table("assignment", NBGRADER, _id(), Column("name", String(NAME_LENGTH)), Column("duedate", DateTime))
NOTEBOOK = Table("notebook", NBGRADER, _id(), Column("name", String(NAME_LENGTH)), Column("assignment_id", String(32)))
CELL = Table(
    "base_cell",
    NBGRADER,
    _id(),
    Column("name", String(NAME_LENGTH)),
    Column("type", String(50)),
    Column("notebook_id", String(32)),
)
GRADE_CELL = Table("grade_cells", NBGRADER, _id(), Column("max_score", Float), Column("cell_type", String))
TASK_CELL = Table("task_cells", NBGRADER, _id(), Column("max_score", Float))
SOURCE_CELL = Table(
    "source_cell",
    NBGRADER,
    _id(),
    Column("name", String(NAME_LENGTH)),
    Column("source", Text),
    Column("checksum", String(NAME_LENGTH)),
    Column("notebook_id", String(32)),
)
SUBMISSION = Table(
    "submitted_assignment",
    NBGRADER,
    _id(),
    Column("assignment_id", String(32)),
    Column("student_id", String(NAME_LENGTH)),
    Column("timestamp", DateTime),
    Column("extension", Interval),
)
SUBMITTED_NOTEBOOK = Table(
    "submitted_notebook",
    NBGRADER,
    _id(),
    Column("assignment_id", String(32)),
    Column("notebook_id", String(32)),
    Column("flagged", Boolean),
    Column("late_submission_penalty", Float),
)
GRADE = Table(
    "grade",
    NBGRADER,
    _id(),
    Column("notebook_id", String(32)),
    Column("cell_id", String(32)),
    Column("auto_score", Float),
    Column("manual_score", Float),
    Column("extra_credit", Float),
    Column("needs_manual_grade", Boolean),
)
COMMENT = Table(
    "comment",
    NBGRADER,
    _id(),
    Column("notebook_id", String(32)),
    Column("cell_id", String(32)),
    Column("auto_comment", Text),
    Column("manual_comment", Text),
)

# What nbgrader's tables have no place for. `student` is always nbgrader's id of a student.
SETTING = Table(
    "autograder_setting", OWN, Column("name", Text, primary_key=True), Column("value", Text, nullable=False)
)
HISTORY = Table(
    "autograder_history",
    OWN,
    Column("assignment", Text, primary_key=True),
    Column("student", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("moment", Text, nullable=False),
    Column("entry", Text, nullable=False),
)
LATE = Table("autograder_late", OWN, Column("assignment", Text, primary_key=True), Column("rule", Text, nullable=False))
EXTENSION = Table(
    "autograder_extension",
    OWN,
    Column("assignment", Text, primary_key=True),
    Column("student", Text, primary_key=True),
    Column("seconds", Float, nullable=False),
)

_AS_THEY_ARE = (String, Float, Integer, Boolean)
"""Types whose values SQLite's driver takes as they are."""

Item = TypeVar("Item")


def batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Part items into lists that a statement can take."""
    rest = iter(items)
    while batch := list(islice(rest, BATCH)):
        yield batch


def upsert(
    database: Connection, table: Table, rows: Sequence[Mapping[str, Any]], changed: Collection[str] | None = None
) -> None:
    """Insert rows; of a row that is there with the same primary key, change some columns.

    Args:
        database: the gradebook, in a transaction.
        table: the table.
        rows: the rows, all with the same columns; the other columns stay empty.
        changed: what changes in a row that is there, and may be a person's for the rest; None for all that is given.
    """
    if rows:
        names = tuple(rows[0])
        upsert_tuples(database, table, names, [tuple(row[name] for name in names) for row in rows], changed)


def upsert_tuples(
    database: Connection,
    table: Table,
    names: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    changed: Collection[str] | None = None,
) -> None:
    """Insert rows as `upsert`, each a tuple of the named columns."""
    if not rows:
        return
    insert: Any
    is_sqlite = database.dialect.name == "sqlite"
    if is_sqlite:
        insert = sqlite.insert(table)
    else:
        from sqlalchemy.dialects import postgresql  # a tenth of a second, for those who have a server

        insert = postgresql.insert(table)
    keys = [column.name for column in table.primary_key]
    changed = set(names) - set(keys) if changed is None else changed
    values = {name: insert.excluded[name] for name in sorted(changed)}
    statement = (
        insert.on_conflict_do_update(index_elements=keys, set_=values)
        if values
        else insert.on_conflict_do_nothing(index_elements=keys)
    )
    if is_sqlite and all(isinstance(table.c[name].type, _AS_THEY_ARE) for name in names):
        # A third of the time: no row needs SQLAlchemy's conversions.
        compiled = statement.compile(dialect=database.dialect, column_keys=list(names))
        order = tuple(compiled.positiontup or ())
        if order != tuple(names):
            rows = [tuple(row[names.index(name)] for name in order) for row in rows]
        database.exec_driver_sql(str(compiled), list(rows))
        return
    database.execute(statement, [dict(zip(names, row, strict=True)) for row in rows])


def make_own_tables(database: Connection) -> None:
    """Add the tables of our own to a gradebook that nbgrader has made."""
    if not OWN.tables.keys() <= set(inspect(database).get_table_names()):
        OWN.create_all(database)


def has_table(database: Connection, table: Table) -> bool:
    """Tell whether a gradebook has a table of our own."""
    return inspect(database).has_table(table.name)


def assignment_id(assignment: str) -> ScalarSelect[str]:
    """Select the id of an assignment."""
    return select(ASSIGNMENT.c.id).where(ASSIGNMENT.c.name == assignment).scalar_subquery()


def of_assignment(assignment: str) -> ColumnElement[bool]:
    """Make the condition for submissions of an assignment."""
    return assignment_id(assignment) == SUBMISSION.c.assignment_id


def submitters(database: Connection, assignment: str, students: Sequence[str] | None = None) -> list[str]:
    """List those of a batch of students, or of all, whose submission the gradebook holds."""
    query = select(SUBMISSION.c.student_id).where(of_assignment(assignment))
    if students is not None:
        query = query.where(SUBMISSION.c.student_id.in_(students))
    return list(database.scalars(query))


def notebook_ids(database: Connection, assignment: str) -> dict[str, str]:
    """Look up the notebooks of an assignment: name → id."""
    query = select(NOTEBOOK.c.name, NOTEBOOK.c.id).where(NOTEBOOK.c.assignment_id == assignment_id(assignment))
    return {row.name: row.id for row in database.execute(query)}
