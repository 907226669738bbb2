"""Read the marks of a class: a handful of queries for all students, where nbgrader takes one for each cell of each."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from autograder.course.course import Course
from autograder.course.database import reading
from autograder.gradebook.late import Lateness, LateRules, late_rules, times_of
from autograder.gradebook.tables import (
    CELL,
    COMMENT,
    GRADE,
    GRADE_CELL,
    NOTEBOOK,
    STUDENT,
    SUBMISSION,
    SUBMITTED_NOTEBOOK,
    TASK_CELL,
    assignment_id,
    of_assignment,
)


class Mark(NamedTuple):
    """The mark of one graded cell of one student.

    Attributes:
        cell: the cell's grade_id.
        max_score: points to be had.
        auto: points by machine, if it gave any.
        manual: points by hand, if there are any; they take the place of `auto`.
        extra: extra credit by hand.
        flagged: whether a person should look at it: it has no manual score yet, or was graded anew since.
        written: whether it is a text or a task, not code.
    """

    cell: str
    max_score: float
    auto: float | None = None
    manual: float | None = None
    extra: float = 0.0
    flagged: bool = False
    written: bool = False

    @property
    def open(self) -> bool:
        """Whether a person still has to grade it."""
        return self.flagged and self.manual is None

    @property
    def score(self) -> float:
        """The points that count, as nbgrader counts them."""
        base = self.auto if self.manual is None else self.manual
        return (base or 0.0) + (self.extra if base is not None else 0.0)


@dataclass
class NotebookMarks:
    """All marks of one notebook of one student.

    Attributes:
        marks: grade_id → mark.
        comments: grade_id → comment by hand.
        remarks: grade_id → comment by machine ("No response.").
        penalty: points taken for being late.
        stored_penalty: the same as it was when it was last written.
        timestamp: when it was handed in, as stored; empty if unknown.
    """

    marks: dict[str, Mark] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    remarks: dict[str, str] = field(default_factory=dict)
    penalty: float = 0.0
    stored_penalty: float = 0.0
    timestamp: str = ""

    @classmethod
    def of(cls, penalty: float | None, handed_in: datetime | None) -> NotebookMarks:
        """Take what the gradebook holds of a notebook besides its cells."""
        timestamp = handed_in.isoformat(" ", "seconds") if handed_in else ""
        return cls(penalty=penalty or 0.0, stored_penalty=penalty or 0.0, timestamp=timestamp)

    def add(
        self, cell: Cell, auto: float | None, manual: float | None, extra: float | None, flagged: bool | None
    ) -> None:
        """Take the mark that the gradebook holds of a cell."""
        mark = Mark(cell.name, cell.max_score, auto, manual, extra or 0.0, bool(flagged), cell.written)
        self.marks[cell.name] = mark

    @property
    def points(self) -> float:
        """Points in all, before any penalty."""
        return sum(mark.score for mark in self.marks.values())

    @property
    def score(self) -> float:
        """Points in all, the penalty taken off."""
        return self.points - self.penalty

    @property
    def max_score(self) -> float:
        """Points to be had in all."""
        return sum(mark.max_score for mark in self.marks.values())


@dataclass
class ClassMarks:
    """The marks of a class in one assignment.

    Attributes:
        names: student id → name, for all students of the course; the name may be empty.
        notebooks: student id → notebook → marks, for those who were graded.
        late: student id → how late, where the assignment has a due date.
    """

    names: dict[str, str] = field(default_factory=dict)
    notebooks: dict[str, dict[str, NotebookMarks]] = field(default_factory=dict)
    late: dict[str, Lateness] = field(default_factory=dict)


def read_marks(course: Course, assignment: str, students: Sequence[str] | None = None) -> ClassMarks:
    """Read the marks of an assignment.

    Args:
        course: the course, with nbgrader's gradebook.
        assignment: name of the assignment.
        students: ids, no more than a batch; None for all.

    Returns:
        The marks, students in order of their ids, cells in that of the source notebook.

    Raises:
        CourseError: there is no gradebook, or it is something else, or the plugin for late submissions does not work.
    """
    names = select(STUDENT.c.id, STUDENT.c.first_name, STUDENT.c.last_name)
    if students is not None:
        names = names.where(STUDENT.c.id.in_(students))
    with reading(course) as database:
        marks = read_in(database, late_rules(course, database), assignment, students, with_comments=True)
        for student, first, last in sorted(database.execute(names)):
            marks.names[student] = " ".join(part for part in (first, last) if part)
        return marks


class Cell(NamedTuple):
    """A cell of the assignment: what is the same for the whole class.

    Attributes:
        notebook: name of the notebook.
        name: the cell's grade_id.
        type: of its row in the gradebook.
        max_score: points to be had.
        written: whether it is a text or a task, not code.
    """

    notebook: str
    name: str
    type: str
    max_score: float
    written: bool


def cells_of(database: Connection, course: Course, assignment: str) -> dict[str, Cell]:
    """Look up the cells of an assignment by id, in the order of its source notebooks; a database keeps none."""
    places: dict[tuple[str, str], int] = {}
    for path in sorted(course.source(assignment).glob("*.ipynb")):
        with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):  # what needs the source says so
            for cell in json.loads(path.read_bytes())["cells"]:
                places[path.stem, cell["metadata"].get("nbgrader", {}).get("grade_id", "")] = len(places)
    query = (
        select(NOTEBOOK.c.name, CELL.c.id, CELL.c.name, CELL.c.type, GRADE_CELL.c.max_score)
        .add_columns(GRADE_CELL.c.cell_type, TASK_CELL.c.max_score)
        .join(NOTEBOOK, NOTEBOOK.c.id == CELL.c.notebook_id)
        .outerjoin(GRADE_CELL, GRADE_CELL.c.id == CELL.c.id)
        .outerjoin(TASK_CELL, TASK_CELL.c.id == CELL.c.id)
        .where(NOTEBOOK.c.assignment_id == assignment_id(assignment))
    )
    cells = {}
    for notebook, key, name, table, points, kind, task_points in database.execute(query):
        most = next((one for one in (points, task_points) if one is not None), 0.0)
        place = places.get((notebook, name), len(places))
        cells[notebook, place, name, key] = Cell(notebook, name, table, most, (kind or "task") != "code")
    return {key[3]: cells[key] for key in sorted(cells)}


def read_in(
    database: Connection,
    rules: LateRules,
    assignment: str,
    students: Sequence[str] | None = None,
    *,
    with_comments: bool = False,
) -> ClassMarks:
    """Read the marks of a batch of students, or of all, from an open gradebook; without their names."""
    cells = cells_of(database, rules.course, assignment)
    submitted = (
        select(SUBMISSION.c.student_id, NOTEBOOK.c.name, SUBMITTED_NOTEBOOK.c.id)
        .add_columns(SUBMITTED_NOTEBOOK.c.late_submission_penalty, SUBMISSION.c.timestamp)
        .join(SUBMITTED_NOTEBOOK, SUBMITTED_NOTEBOOK.c.assignment_id == SUBMISSION.c.id)
        .join(NOTEBOOK, NOTEBOOK.c.id == SUBMITTED_NOTEBOOK.c.notebook_id)
        .where(of_assignment(assignment))
    )
    grades = select(GRADE.c.notebook_id, GRADE.c.cell_id, GRADE.c.auto_score, GRADE.c.manual_score)
    grades = grades.add_columns(GRADE.c.extra_credit, GRADE.c.needs_manual_grade).where(GRADE.c.cell_id.in_(cells))
    comments = select(COMMENT.c.notebook_id, COMMENT.c.cell_id, COMMENT.c.manual_comment, COMMENT.c.auto_comment)
    comments = comments.where(COMMENT.c.cell_id.in_(cells))
    if students is not None:
        submitted = submitted.where(SUBMISSION.c.student_id.in_(students))
    marks = ClassMarks()
    by_id: dict[str, NotebookMarks] = {}
    for student, notebook, key, penalty, time in sorted(database.execute(submitted), key=itemgetter(0, 1)):
        by_id[key] = NotebookMarks.of(penalty, time)
        marks.notebooks.setdefault(student, {})[notebook] = by_id[key]
    if students is not None:
        grades = grades.where(GRADE.c.notebook_id.in_(by_id))
        comments = comments.where(COMMENT.c.notebook_id.in_(by_id))
    _add_marks(database.execute(grades).all(), cells, by_id)
    for key, cell, comment, remark in database.execute(comments).all() if with_comments else ():
        own = by_id.get(key)
        if own and comment:
            own.comments[cells[cell].name] = comment
        if own and remark:
            own.remarks[cells[cell].name] = remark
    add_lateness(database, rules, assignment, marks, students)
    return marks


def _add_marks(rows: Sequence[Any], cells: Mapping[str, Cell], by_id: Mapping[str, NotebookMarks]) -> None:
    """Sort grades into the notebooks that they belong to, cells in order.

    Somebody may add a submission between two queries; its grades are left for the next time.
    """
    places = {cell: place for place, cell in enumerate(cells)}
    for key, cell, auto, manual, extra, needs in sorted(rows, key=lambda row: places[row[1]]):
        if own := by_id.get(key):
            own.add(cells[cell], auto, manual, extra, needs)


def add_lateness(
    database: Connection, rules: LateRules, assignment: str, marks: ClassMarks, students: Sequence[str] | None
) -> None:
    """Work out how late submissions are and what that costs, from the points as they are now."""
    if assignment not in rules.rules:
        return
    for student, times in times_of(database, students).items():
        if late := rules.lateness(times).get(assignment):
            notebooks = marks.notebooks.get(student, {})
            marks.late[student] = late
            points = {name: own.points for name, own in notebooks.items()}
            for name, penalty in rules.penalties(assignment, student, late, points).items():
                notebooks[name].penalty = penalty


def max_score(course: Course, assignment: str) -> float:
    """Add up the points to be had in an assignment that is registered.

    Raises:
        CourseError: there is no gradebook.
    """
    with reading(course) as database:
        return sum(cell.max_score for cell in cells_of(database, course, assignment).values())
