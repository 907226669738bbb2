"""gradebook.db, nbgrader's database of a course, written in batches: a transaction holds whole submissions only.

nbgrader's own objects take a query for each cell of each student and seconds of imports; here its tables are declared
again (a test compares them) and written to directly. Manual scores and comments of graders are never touched.
"""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    DateTime,
    Float,
    Interval,
    MetaData,
    Row,
    String,
    Table,
    Text,
    create_engine,
    select,
)
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import SQLAlchemyError

from autograder.course.course import Course
from autograder.course.timestamp import TIMESTAMP, read_timestamp
from autograder.engines.result import Judged
from autograder.engines.task import Task
from autograder.errors import CourseError
from autograder.gradebook import words
from autograder.notebook.autotests import with_autotests
from autograder.notebook.roles import role
from autograder.notebook.source import SourceCell, parse_source

NO_RESPONSE = "No response."
"""nbgrader's own automatic comment on a cell that was not filled in."""
LOCK_SECONDS = 60
"""How long to wait for another program that is writing."""

_TABLES = MetaData()


def _table(name: str, *columns: Column[Any]) -> Table:
    return Table(name, _TABLES, *columns)


ASSIGNMENT = _table("assignment", Column("id", String(32)), Column("name", String(128)), Column("duedate", DateTime()))
NOTEBOOK = _table(
    "notebook", Column("id", String(32)), Column("name", String(128)), Column("assignment_id", String(32))
)
BASE_CELL = _table(
    "base_cell",
    Column("id", String(32)),
    Column("name", String(128)),
    Column("notebook_id", String(32)),
    Column("type", String(50)),
)
GRADE_CELL = _table(
    "grade_cells", Column("id", String(32)), Column("max_score", Float()), Column("cell_type", String())
)
SOURCE_CELL = _table(
    "source_cell",
    Column("name", String(128)),
    Column("source", Text()),
    Column("checksum", String(128)),
    Column("notebook_id", String(32)),
)
STUDENT = _table("student", Column("id", String(128)))
SUBMISSION = _table(
    "submitted_assignment",
    Column("id", String(32)),
    Column("assignment_id", String(32)),
    Column("student_id", String(128)),
    Column("timestamp", DateTime()),
    Column("extension", Interval()),
)
SUBMITTED_NOTEBOOK = _table(
    "submitted_notebook",
    Column("id", String(32)),
    Column("assignment_id", String(32)),
    Column("notebook_id", String(32)),
    Column("flagged", Boolean()),
    Column("late_submission_penalty", Float()),
)
GRADE = _table(
    "grade",
    Column("id", String(32)),
    Column("notebook_id", String(32)),
    Column("cell_id", String(32)),
    Column("auto_score", Float()),
    Column("manual_score", Float()),
    Column("needs_manual_grade", Boolean()),
)
COMMENT = _table(
    "comment",
    Column("id", String(32)),
    Column("notebook_id", String(32)),
    Column("cell_id", String(32)),
    Column("auto_comment", Text()),
)

_GRADED, _COMMENTED = ("GradeCell", "TaskCell"), ("SolutionCell", "TaskCell")
"""Types of cells that have a grade, and a comment, for each submission."""
_CHANGED = {
    SUBMISSION: ("timestamp",),
    SUBMITTED_NOTEBOOK: ("late_submission_penalty",),
    GRADE: ("auto_score", "needs_manual_grade"),
    COMMENT: ("auto_comment",),
}
"""Tables that get rows for each submission, and what changes in a row that is there: the rest may be a person's."""


@contextmanager
def _writing(course: Course) -> Iterator[Connection]:
    """A transaction.

    Raises:
        CourseError: the file is not a gradebook, or something else holds it.
    """
    engine = create_engine(course.gradebook_url, connect_args={"timeout": LOCK_SECONDS})
    try:
        with engine.begin() as connection:
            yield connection
    except SQLAlchemyError as error:
        raise CourseError(words.gradebook_unusable(str(course.gradebook), str(error).split("\n")[0])) from error
    finally:
        engine.dispose()


def register(course: Course, assignment: str) -> None:
    """See that the graded cells of the source are in the gradebook, as nbgrader's generate_assignment writes them.

    Raises:
        CourseError: cells were added or removed since students were graded.
    """
    if _is_registered(course, assignment):
        return
    from autograder.course.nbgrader_app import generate

    course.private.mkdir(mode=0o700, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=course.private) as folder:
        generate(course, assignment, into=Path(folder), register=True)


def _is_registered(course: Course, assignment: str) -> bool:
    if not course.gradebook.exists():
        return False
    try:
        with _writing(course) as connection:
            notebooks = _notebooks(connection, assignment)
            stored = _stored_sources(connection, notebooks)
            sources = {path.stem: path.read_bytes() for path in course.notebooks(assignment)}
            if set(notebooks) != set(sources):
                return False
            for name, source in sources.items():
                parsed = parse_source(with_autotests(source, stored[name]), name)
                if not _same_cells(connection, notebooks[name], [cell for cell in parsed.cells if cell.grade_id]):
                    return False
            return True
    except CourseError:
        return False  # nbgrader makes the gradebook, or says what is wrong with it


def _same_cells(connection: Connection, notebook: str, cells: Sequence[SourceCell]) -> bool:
    rows = connection.execute(
        select(SOURCE_CELL.c.name, SOURCE_CELL.c.source, SOURCE_CELL.c.checksum).where(
            SOURCE_CELL.c.notebook_id == notebook
        )
    )
    stored = {row.name: (row.source, row.checksum) for row in rows}
    wanted = {cell.grade_id: (cell.cell["source"], role(cell.cell).checksum) for cell in cells}
    points = connection.execute(
        select(BASE_CELL.c.name, GRADE_CELL.c.max_score, GRADE_CELL.c.cell_type)
        .join(GRADE_CELL, GRADE_CELL.c.id == BASE_CELL.c.id)
        .where(BASE_CELL.c.notebook_id == notebook)
    )
    graded = {cell.grade_id: (role(cell.cell).points, cell.kind) for cell in cells if role(cell.cell).grade}
    return stored == wanted and {row.name: (row.max_score, row.cell_type) for row in points} == graded


def stored_sources(course: Course, assignment: str) -> dict[str, dict[str, str]]:
    """The texts of graded cells as nbgrader stored them when the assignment was made: notebook → grade_id → text."""
    if not course.gradebook.exists():
        return {}
    with _writing(course) as connection:
        return _stored_sources(connection, _notebooks(connection, assignment))


def _stored_sources(connection: Connection, notebooks: Mapping[str, str]) -> dict[str, dict[str, str]]:
    stored: dict[str, dict[str, str]] = {}
    for name, key in notebooks.items():
        rows = connection.execute(
            select(SOURCE_CELL.c.name, SOURCE_CELL.c.source).where(SOURCE_CELL.c.notebook_id == key)
        )
        stored[name] = {row.name: row.source for row in rows}
    return stored


def recorded_students(course: Course, assignment: str) -> set[str]:
    """The students whose submission the gradebook holds."""
    with _writing(course) as connection:
        rows = connection.execute(
            select(SUBMISSION.c.student_id)
            .join(ASSIGNMENT, ASSIGNMENT.c.id == SUBMISSION.c.assignment_id)
            .where(ASSIGNMENT.c.name == assignment)
        )
        return {row.student_id for row in rows}


def record(course: Course, batch: Sequence[tuple[Task, Judged]]) -> None:
    """Write the scores of submissions of one assignment, all in one transaction.

    A cell that was graded by hand before keeps its score and is marked for another look, as in nbgrader.

    Raises:
        CourseError: the gradebook cannot be written; then nothing of the batch is in it.
    """
    late: list[tuple[Task, Judged]] = []
    with _writing(course) as connection:
        writer = _Writer(connection, batch[0][0].assignment)
        writer.add_students([task.student for task, _ in batch])
        for task, judged in batch:
            stamp = read_timestamp(course.submitted(task.student, task.assignment) / TIMESTAMP)
            if writer.write(task, judged, stamp):
                late.append((task, judged))
        writer.flush()
    for task, judged in late:
        _assign_late_penalty(course, task, judged)


class _Writer:
    """Writes submissions of one assignment in one transaction."""

    def __init__(self, connection: Connection, assignment: str) -> None:
        self._connection = connection
        found = connection.execute(
            select(ASSIGNMENT.c.id, ASSIGNMENT.c.duedate).where(ASSIGNMENT.c.name == assignment)
        ).one()
        self._assignment, self._due = found.id, found.duedate
        self._notebooks = _notebooks(connection, assignment)
        self._cells: dict[str, list[tuple[str, str, str]]] = {key: [] for key in self._notebooks.values()}
        rows = connection.execute(select(BASE_CELL).where(BASE_CELL.c.notebook_id.in_(self._notebooks.values())))
        for row in rows:
            self._cells[row.notebook_id].append((row.id, row.name, row.type))
        self._rows: dict[Table, list[dict[str, Any]]] = {table: [] for table in _CHANGED}

    def add_students(self, students: Sequence[str]) -> None:
        known = {row.id for row in self._connection.execute(select(STUDENT.c.id))}
        missing = sorted(set(students) - known)
        if missing:
            self._connection.execute(insert(STUDENT), [{"id": student} for student in missing])

    def write(self, task: Task, judged: Judged, stamp: datetime | None) -> bool:
        """Collect what is to be written for one submission; whether it is late."""
        found = self._connection.execute(
            select(SUBMISSION.c.id, SUBMISSION.c.extension, SUBMISSION.c.timestamp).where(
                SUBMISSION.c.assignment_id == self._assignment, SUBMISSION.c.student_id == task.student
            )
        ).one_or_none()
        submission = found.id if found else _new_id()
        stamp = stamp or (found.timestamp if found else None)
        self._rows[SUBMISSION].append(
            {"id": submission, "assignment_id": self._assignment, "student_id": task.student, "timestamp": stamp}
        )
        self._write_notebooks(submission, judged, self._known_rows(submission) if found else {})
        due = self._due + (found.extension if found and found.extension else timedelta()) if self._due else None
        return stamp is not None and due is not None and stamp > due

    def _known_rows(self, submission: str) -> dict[tuple[Table, str], Row[Any]]:
        """The rows of a submission that is in the gradebook, by table and id of the notebook or cell they are of.

        They are asked for in the way that nbgrader's tables have an index for.
        """
        known: dict[tuple[Table, str], Row[Any]] = {}
        books = SUBMITTED_NOTEBOOK.c
        for notebook, cells in self._cells.items():
            of_notebook = select(SUBMITTED_NOTEBOOK).where(books.notebook_id == notebook)
            for own in self._connection.execute(of_notebook.where(books.assignment_id == submission)):
                known[SUBMITTED_NOTEBOOK, notebook] = own
                for table in (GRADE, COMMENT):
                    of_cells = select(table).where(table.c.cell_id.in_([cell for cell, _, _ in cells]))
                    for row in self._connection.execute(of_cells.where(table.c.notebook_id == own.id)):
                        known[table, row.cell_id] = row
        return known

    def _write_notebooks(self, submission: str, judged: Judged, known: Mapping[tuple[Table, str], Row[Any]]) -> None:
        scores = {(cell.notebook, cell.grade_id): cell.score for cell in judged.scores}

        def key(table: Table, of: str) -> str:
            return known[table, of].id if (table, of) in known else _new_id()

        for name, notebook in self._notebooks.items():
            own = key(SUBMITTED_NOTEBOOK, notebook)
            links = {"id": own, "assignment_id": submission, "notebook_id": notebook}
            self._rows[SUBMITTED_NOTEBOOK].append({**links, "flagged": False, "late_submission_penalty": None})
            for cell, cell_name, kind in self._cells[notebook]:
                links = {"notebook_id": own, "cell_id": cell}
                if kind in _GRADED:
                    score = scores.get((name, cell_name))
                    by_hand = (GRADE, cell) in known and known[GRADE, cell].manual_score is not None
                    row = {"id": key(GRADE, cell), **links, "auto_score": score}
                    self._rows[GRADE].append({**row, "needs_manual_grade": score is None or by_hand})
                if kind in _COMMENTED:
                    text = NO_RESPONSE if (name, cell_name) in judged.unanswered else None
                    self._rows[COMMENT].append({"id": key(COMMENT, cell), **links, "auto_comment": text})

    def flush(self) -> None:
        for table, columns in _CHANGED.items():
            row = insert(table)
            change = row.on_conflict_do_update(["id"], set_={name: row.excluded[name] for name in columns})
            if self._rows[table]:
                self._connection.execute(change, self._rows[table])


def _notebooks(connection: Connection, assignment: str) -> dict[str, str]:
    rows = connection.execute(
        select(NOTEBOOK.c.name, NOTEBOOK.c.id)
        .join(ASSIGNMENT, ASSIGNMENT.c.id == NOTEBOOK.c.assignment_id)
        .where(ASSIGNMENT.c.name == assignment)
    )
    return {row.name: row.id for row in rows}


def _new_id() -> str:
    return uuid.uuid4().hex


def _assign_late_penalty(course: Course, task: Task, judged: Judged) -> None:
    """Nbgrader's own step, with the penalty that the course's configuration names."""
    import nbformat
    from nbgrader.preprocessors import AssignLatePenalties

    from autograder.course.nbgrader_app import load_config

    for name, content in judged.notebooks.items():
        names = {
            "assignment": task.assignment,
            "student": task.student,
            "notebook": name,
            "db_url": course.gradebook_url,
        }
        step = AssignLatePenalties(config=load_config(course))
        step.preprocess(nbformat.from_dict(content), {"nbgrader": names})
