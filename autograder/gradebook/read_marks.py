"""Read the marks of a class: a handful of queries for all students, where nbgrader takes one for each cell of each."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from autograder.course.course import Course
from autograder.gradebook.late import Lateness, LateRules, late_rules, times_of
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
        stored_penalty: the same as it was when it was last written.
        timestamp: when it was handed in, as stored; empty if unknown.
    """

    marks: dict[str, Mark] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    remarks: dict[str, str] = field(default_factory=dict)
    penalty: float = 0.0
    stored_penalty: float = 0.0
    timestamp: str = ""

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


def read_marks(course: Course, assignment: str) -> ClassMarks:
    """Read all marks of an assignment.

    Args:
        course: the course, with nbgrader's `gradebook.db`.
        assignment: name of the assignment.

    Returns:
        The marks, cells in the order in which the assignment was registered.

    Raises:
        CourseError: there is no gradebook, or it is something else, or the plugin for late submissions does not work.
    """
    with reading(course.gradebook) as database:
        marks = read_in(database, late_rules(course, database), assignment)
        for student, first, last in database.execute(_STUDENTS):
            marks.names[student] = " ".join(part for part in (first, last) if part)
        return marks


_STUDENTS = "SELECT id, first_name, last_name FROM student ORDER BY id"

# CROSS JOIN keeps the order: from the submissions that are asked for, each by an index, to their cells.
_SUBMISSIONS = """
FROM assignment
CROSS JOIN submitted_assignment AS submission ON submission.assignment_id = assignment.id
CROSS JOIN notebook ON notebook.assignment_id = assignment.id
CROSS JOIN submitted_notebook AS submitted
    ON submitted.notebook_id = notebook.id AND submitted.assignment_id = submission.id
"""
_WHERE = "WHERE assignment.name = :assignment AND (:students IS NULL OR submission.student_id IN"
_WHERE += " (SELECT value FROM json_each(:students)))"

_NOTEBOOKS = f"""
SELECT submission.student_id, notebook.name, submitted.id, submitted.late_submission_penalty, submission.timestamp
{_SUBMISSIONS}
{_WHERE}
ORDER BY submission.student_id, notebook.name
"""

_CELLS = f"""
{_SUBMISSIONS}
CROSS JOIN base_cell AS cell ON cell.notebook_id = notebook.id
"""

_GRADES = f"""
SELECT grade.notebook_id, cell.name, coalesce(grade_cells.max_score, task_cells.max_score, 0),
       grade.auto_score, grade.manual_score, coalesce(grade.extra_credit, 0), grade.needs_manual_grade,
       coalesce(grade_cells.cell_type, 'task') != 'code'
{_CELLS}
CROSS JOIN grade ON grade.cell_id = cell.id AND grade.notebook_id = submitted.id
LEFT JOIN grade_cells ON grade_cells.id = cell.id
LEFT JOIN task_cells ON task_cells.id = cell.id
{_WHERE}
ORDER BY cell.rowid
"""

_COMMENTS = f"""
SELECT comment.notebook_id, cell.name, coalesce(comment.manual_comment, ''), coalesce(comment.auto_comment, '')
{_CELLS}
CROSS JOIN comment ON comment.cell_id = cell.id AND comment.notebook_id = submitted.id
{_WHERE}
"""


def read_in(
    database: sqlite3.Connection, rules: LateRules, assignment: str, students: Sequence[str] | None = None
) -> ClassMarks:
    """Read the marks of some students, or of all, from an open gradebook; without their names."""
    chosen = {"assignment": assignment, "students": None if students is None else json.dumps(list(students))}
    marks = ClassMarks()
    by_id: dict[str, NotebookMarks] = {}
    for student, notebook, key, penalty, timestamp in database.execute(_NOTEBOOKS, chosen):
        time = (timestamp or "").partition(".")[0]
        by_id[key] = NotebookMarks(penalty=penalty or 0.0, stored_penalty=penalty or 0.0, timestamp=time)
        marks.notebooks.setdefault(student, {})[notebook] = by_id[key]
    for key, mark in _marks(database, chosen):
        by_id[key].marks[mark.cell] = mark
    for key, cell, comment, remark in database.execute(_COMMENTS, chosen):
        if comment:
            by_id[key].comments[cell] = comment
        if remark:
            by_id[key].remarks[cell] = remark
    if assignment in rules.rules:
        _add_lateness(database, rules, assignment, marks, chosen["students"])
    return marks


def _add_lateness(
    database: sqlite3.Connection, rules: LateRules, assignment: str, marks: ClassMarks, students: str | None
) -> None:
    """Work out how late submissions are and what that costs, from the points as they are now."""
    for student, times in times_of(database, students).items():
        if late := rules.lateness(times).get(assignment):
            notebooks = marks.notebooks.get(student, {})
            marks.late[student] = late
            points = {name: own.points for name, own in notebooks.items()}
            for name, penalty in rules.penalties(assignment, student, late, points).items():
                notebooks[name].penalty = penalty


def _marks(database: sqlite3.Connection, chosen: dict[str, str | None]) -> Iterator[tuple[str, Mark]]:
    for key, cell, maximum, auto, manual, extra, needs, written in database.execute(_GRADES, chosen):
        yield key, Mark(cell, maximum, auto, manual, extra, bool(needs), bool(written))


def max_score(course: Course, assignment: str) -> float:
    """Add up the points to be had in an assignment that is registered.

    Raises:
        CourseError: there is no gradebook.
    """
    query = """
        SELECT coalesce(sum(coalesce(grade_cells.max_score, task_cells.max_score, 0)), 0)
        FROM base_cell AS cell
        JOIN notebook ON notebook.id = cell.notebook_id
        JOIN assignment ON assignment.id = notebook.assignment_id
        LEFT JOIN grade_cells ON grade_cells.id = cell.id
        LEFT JOIN task_cells ON task_cells.id = cell.id
        WHERE assignment.name = ?
    """
    with reading(course.gradebook) as database:
        ((points,),) = database.execute(query, (assignment,))
    return float(points)
