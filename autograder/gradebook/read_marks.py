"""Read the marks of a class: a handful of queries for all students, where nbgrader takes one for each cell of each."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from autograder.gradebook.tables import reading


@dataclass(frozen=True)
class Mark:
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
        timestamp: when it was handed in, as stored; empty if unknown.
    """

    marks: dict[str, Mark] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    remarks: dict[str, str] = field(default_factory=dict)
    penalty: float = 0.0
    timestamp: str = ""

    @property
    def score(self) -> float:
        """Points in all, the penalty taken off."""
        return sum(mark.score for mark in self.marks.values()) - self.penalty

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
    """

    names: dict[str, str] = field(default_factory=dict)
    notebooks: dict[str, dict[str, NotebookMarks]] = field(default_factory=dict)


def read_marks(gradebook: Path, assignment: str) -> ClassMarks:
    """Read all marks of an assignment.

    Args:
        gradebook: nbgrader's `gradebook.db`.
        assignment: name of the assignment.

    Returns:
        The marks, cells in the order in which the assignment was registered.

    Raises:
        CourseError: there is no gradebook, or it is something else.
    """
    with reading(gradebook) as database:
        return _read(database, assignment)


_STUDENTS = "SELECT id, first_name, last_name FROM student ORDER BY id"

_NOTEBOOKS = """
SELECT submission.student_id, notebook.name, submitted.id, submitted.late_submission_penalty, submission.timestamp
FROM submitted_notebook AS submitted
JOIN notebook ON notebook.id = submitted.notebook_id
JOIN submitted_assignment AS submission ON submission.id = submitted.assignment_id
JOIN assignment ON assignment.id = submission.assignment_id
WHERE assignment.name = ?
ORDER BY submission.student_id, notebook.name
"""

_CELLS = """
FROM base_cell AS cell
JOIN notebook ON notebook.id = cell.notebook_id
JOIN assignment ON assignment.id = notebook.assignment_id
"""

_GRADES = f"""
SELECT grade.notebook_id, cell.name, coalesce(grade_cells.max_score, task_cells.max_score, 0),
       grade.auto_score, grade.manual_score, coalesce(grade.extra_credit, 0), grade.needs_manual_grade,
       coalesce(grade_cells.cell_type, 'task') != 'code'
{_CELLS}
JOIN grade ON grade.cell_id = cell.id
LEFT JOIN grade_cells ON grade_cells.id = cell.id
LEFT JOIN task_cells ON task_cells.id = cell.id
WHERE assignment.name = ?
ORDER BY cell.rowid
"""

_COMMENTS = f"""
SELECT comment.notebook_id, cell.name, coalesce(comment.manual_comment, ''), coalesce(comment.auto_comment, '')
{_CELLS}
JOIN comment ON comment.cell_id = cell.id
WHERE assignment.name = ?
"""


def _read(database: sqlite3.Connection, assignment: str) -> ClassMarks:
    marks = ClassMarks()
    for student, first, last in database.execute(_STUDENTS):
        marks.names[student] = " ".join(part for part in (first, last) if part)
    by_id: dict[str, NotebookMarks] = {}
    for student, notebook, key, penalty, timestamp in database.execute(_NOTEBOOKS, (assignment,)):
        by_id[key] = NotebookMarks(penalty=penalty or 0.0, timestamp=(timestamp or "").partition(".")[0])
        marks.notebooks.setdefault(student, {})[notebook] = by_id[key]
    for key, mark in _marks(database, assignment):
        if key in by_id:
            by_id[key].marks[mark.cell] = mark
    for key, cell, comment, remark in database.execute(_COMMENTS, (assignment,)):
        if key in by_id and comment:
            by_id[key].comments[cell] = comment
        if key in by_id and remark:
            by_id[key].remarks[cell] = remark
    return marks


def _marks(database: sqlite3.Connection, assignment: str) -> Iterator[tuple[str, Mark]]:
    for key, cell, maximum, auto, manual, extra, needs, written in database.execute(_GRADES, (assignment,)):
        yield key, Mark(cell, maximum, auto, manual, extra, bool(needs), bool(written))
