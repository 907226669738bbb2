"""Open the gradebook, wherever it lies: in SQLite's file in the course folder, or on a PostgreSQL server.

Importing this takes a third of a second (SQLAlchemy). A connection is opened for each use and closed after it: an open
one would keep a file that is exchanged, and be inherited by other processes. What SQLAlchemy has compiled is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, func, inspect, make_url, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from autograder.course import words
from autograder.course.course import Course
from autograder.errors import CourseError

LOCK_SECONDS = 60
"""How long to wait for another program that is writing."""
CONNECT_SECONDS = 10
"""How long to wait for a server."""
_GRADING = 0x67726164
"""The advisory lock of the one run that grades; a number of our own, of which each database has its own lock."""


@contextmanager
def transaction(course: Course) -> Iterator[Connection]:
    """Open the gradebook to write all of it or nothing.

    Raises:
        CourseError: it is no gradebook, cannot be reached, or something else holds it.
    """
    with _reported(course), _engine(course).execution_options(writes=True).begin() as database:
        if database.dialect.name == "postgresql":
            database.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
        yield database


@contextmanager
def reading(course: Course) -> Iterator[Connection]:
    """Open the gradebook to read it as it is at one moment, whoever is writing.

    Raises:
        CourseError: there is none, or it cannot be read.
    """
    with _reported(course, reading=True), _reader(course) as database:
        if database is None:
            raise CourseError(words.no_gradebook(name_of(course)))
        yield database


def has_gradebook(course: Course) -> bool:
    """Tell whether the course has a gradebook with nbgrader's tables.

    Raises:
        CourseError: the server cannot be reached.
    """
    with _reported(course), _reader(course) as database:
        return database is not None


@contextmanager
def only_grader(course: Course) -> Iterator[None]:
    """Refuse a second run that grades into the gradebook of a server: each would overwrite what the other writes.

    Raises:
        CourseError: another run does, or the server cannot be reached.
    """
    if not course.has_server:
        yield
        return
    with _reported(course):
        database = _engine(course).connect()
    with database:
        with _reported(course):
            is_ours = database.scalar(select(func.pg_try_advisory_lock(_GRADING)))
            database.commit()
        if not is_ours:
            raise CourseError(words.already_graded_into(name_of(course)))
        yield


def name_of(course: Course) -> str:
    """Name the gradebook for people: its file, or the server without a password."""
    if not course.has_server:
        return str(course.gradebook)
    url = _parsed(course.gradebook_url)
    place = ",".join(_as_tuple(url.query.get("host", url.host or ""))) + (f":{url.port}" if url.port else "")
    user = f"{url.username}@" if url.username else ""
    return f"postgresql://{user}{place}/{url.database or ''}"


@contextmanager
def _reader(course: Course) -> Iterator[Connection | None]:
    """Open the gradebook to read; None if there is none."""
    if not course.has_server and not course.gradebook.is_file():
        yield None
        return
    with _engine(course).connect() as database:
        if course.has_server:
            database = database.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        is_made = not course.has_server or inspect(database).has_table("submitted_assignment")
        yield database if is_made else None


@contextmanager
def _reported(course: Course, *, reading: bool = False) -> Iterator[None]:
    """Say in one line what is wrong with the gradebook."""
    try:
        yield
    except SQLAlchemyError as error:
        name, reason = name_of(course), _reason(course, error)
        if reading and not course.has_server:
            raise CourseError(words.bad_gradebook(name, reason)) from error
        raise CourseError(words.gradebook_unusable(name, reason)) from error


def _reason(course: Course, error: SQLAlchemyError) -> str:
    """Take the sentence of a driver or server that says why, without a password that may stand in it."""
    said = str(error.orig if isinstance(error, DBAPIError) else error).strip()
    lines = [line.strip() for line in said.splitlines() if line.strip()] or [type(error).__name__]
    line = next((line for line in lines if "FATAL" in line), lines[0])
    password = _parsed(course.gradebook_url).password if course.has_server else None
    return line.replace(str(password), "***") if password else line


def _engine(course: Course) -> Engine:
    if not course.has_server:
        return _sqlite(str(course.gradebook))
    try:
        return _postgresql(_parsed(course.gradebook_url))
    except ImportError:
        raise CourseError(words.no_driver()) from None


@lru_cache(maxsize=8)
def _sqlite(path: str) -> Engine:
    """Make the engine of a file. A writer takes the lock when it begins: it never finds itself overtaken later."""
    url = URL.create("sqlite", database=path)
    engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": LOCK_SECONDS})

    @event.listens_for(engine, "connect")
    def leave_transactions_to_us(connection: object, _record: object) -> None:
        connection.isolation_level = None  # type: ignore[attr-defined]

    @event.listens_for(engine, "begin")
    def begin(database: Connection) -> None:
        writes = database.get_execution_options().get("writes")
        database.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@lru_cache(maxsize=8)
def _postgresql(url: URL) -> Engine:
    return create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": CONNECT_SECONDS})


def _parsed(text: str) -> URL:
    """Read the URL of a server.

    Raises:
        CourseError: it is none; nothing of it is shown, since a password may stand anywhere in it.
    """
    try:
        url = make_url(text)
    except (SQLAlchemyError, ValueError):
        raise CourseError(words.bad_url()) from None
    if text.partition("?")[0].count("@") > 1:
        raise CourseError(words.bad_url())
    return url.set(drivername="postgresql+psycopg")


def _as_tuple(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value
