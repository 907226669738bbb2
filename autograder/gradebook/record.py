"""Write scores to the gradebook in batches: a transaction holds whole submissions only.

nbgrader's own objects take a query for each cell of each student. Manual scores and comments of graders are never
touched. What changed is kept in the same transaction (see `history`), with the penalty for being late.
"""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, bindparam, select, update

from autograder.course.course import Course
from autograder.course.database import reading, transaction
from autograder.engines.result import Judged
from autograder.engines.task import Task
from autograder.gradebook.history import Change, Entry, Facts, Kept, facts_of, keep_baseline, take_stock
from autograder.gradebook.history import key as question_name
from autograder.gradebook.late import LateRules, waiting_extensions
from autograder.gradebook.read_marks import Cell, ClassMarks, NotebookMarks, cells_of
from autograder.gradebook.students import name_students
from autograder.gradebook.tables import (
    ASSIGNMENT,
    COMMENT,
    GRADE,
    STUDENT,
    SUBMISSION,
    SUBMITTED_NOTEBOOK,
    make_own_tables,
    notebook_ids,
    of_assignment,
    submitters,
    upsert_tuples,
)

NO_RESPONSE = "No response."
"""nbgrader's own automatic comment on a cell that was not filled in."""

_GRADED, _COMMENTED = ("GradeCell", "TaskCell"), ("SolutionCell", "TaskCell")
"""Types of cells that have a grade, and a comment, for each submission."""


WRITTEN: dict[Table, tuple[tuple[str, ...], tuple[str, ...]]] = {
    SUBMISSION: (("id", "assignment_id", "student_id", "extension"), ("timestamp",)),
    SUBMITTED_NOTEBOOK: (("id", "assignment_id", "notebook_id", "flagged"), ()),
    GRADE: (("id", "notebook_id", "cell_id"), ("auto_score", "needs_manual_grade")),
    COMMENT: (("id", "notebook_id", "cell_id"), ("auto_comment",)),
}
"""The tables that get rows for each submission, with their columns: what a row has, and what changes in one that is
there; the rest may be a person's."""


def recorded_students(course: Course, assignment: str, students: Sequence[str] | None = None) -> set[str]:
    """Return those of a batch of students, or of all, whose submission the gradebook holds.

    Raises:
        CourseError: there is no gradebook, or it cannot be read.
    """
    with reading(course) as database:
        return set(submitters(database, assignment, students))


def record(
    course: Course,
    batch: Sequence[tuple[Task, Judged]],
    *,
    moment: str,
    times: Mapping[str, datetime | None],
    causes: Mapping[str, Mapping[str, str]],
    rules: LateRules | None = None,
) -> list[Change]:
    """Write the scores of submissions of one assignment, all in one transaction.

    A cell that was graded by hand before keeps its score, and is marked for another look where the work changed.

    Args:
        course: the course.
        batch: the submissions with their results.
        moment: of the run.
        times: student → when it was handed in; a stored time stays where it is not known.
        causes: student → what the result depends on, as `Task.causes`.
        rules: the course's late rules, where they are known.

    Returns:
        What changed, for each submission.

    Raises:
        CourseError: the gradebook cannot be written, or the plugin for late submissions does not work; then nothing of
            the batch is in it.
    """
    assignment = batch[0][0].assignment
    students = [task.student for task, _ in batch]
    facts = {task.student: _facts(task, judged, causes.get(task.student, {})) for task, judged in batch}
    with transaction(course) as database:
        make_own_tables(database)
        query = select(SUBMISSION.c.student_id, SUBMISSION.c.id, SUBMISSION.c.timestamp)
        query = query.where(of_assignment(assignment), SUBMISSION.c.student_id.in_(students))
        known = {student: (key, time) for student, key, time in database.execute(query)}
        kept = keep_baseline(database, course, assignment, students, list(known), moment)
        upsert_tuples(database, STUDENT, ("id",), [(student,) for student in sorted(students)])
        name_students(database, course, assignment, students)
        writer = _Writer(database, course, assignment, times, known, kept, facts)
        written = writer.write({task.student: judged for task, judged in batch})
        return take_stock(database, course, assignment, students, moment, facts, rules, kept, written)


def update_times(
    course: Course,
    assignment: str,
    *,
    moment: str,
    times: Mapping[str, datetime | None],
    rules: LateRules | None = None,
) -> list[Change]:
    """Write when a batch of submissions was handed in that need no grading, and what follows from it.

    Points that were given by hand since are kept in the history too. Arguments and result are as those of `record`.

    Raises:
        CourseError: as `record`.
    """
    known = [{"who": student, "time": time} for student, time in times.items() if time]
    changed = SUBMISSION.c.timestamp.is_distinct_from(bindparam("time"))
    change = update(SUBMISSION).where(of_assignment(assignment), SUBMISSION.c.student_id == bindparam("who"), changed)
    with transaction(course) as database:
        make_own_tables(database)
        if known:
            database.execute(change.values(timestamp=bindparam("time")), known)
        return take_stock(database, course, assignment, list(times), moment, rules=rules)


def _facts(task: Task, judged: Judged, causes: Mapping[str, str]) -> Facts:
    return facts_of(judged, causes, (notebook.name for notebook in task.notebooks if not notebook.absent))


Cells = dict[str, list[tuple[str, Cell]]]
"""Notebook → its cells with their ids, in order."""


class _Writer:
    """Writes a batch of submissions of one assignment: it asks for all rows that are there, then writes."""

    def __init__(
        self,
        database: Connection,
        course: Course,
        assignment: str,
        times: Mapping[str, datetime | None],
        known: Mapping[str, tuple[str, datetime | None]],
        kept: Mapping[str, Kept],
        facts: Mapping[str, Facts],
    ) -> None:
        self._database, self._name = database, assignment
        self._times, self._known, self._kept, self._facts = times, known, kept, facts
        self._assignment = database.scalar(select(ASSIGNMENT.c.id).where(ASSIGNMENT.c.name == assignment))
        self._notebooks = notebook_ids(database, assignment)
        self._cells: Cells = {key: [] for key in self._notebooks.values()}
        for key, cell in cells_of(database, course, assignment).items():
            self._cells[self._notebooks[cell.notebook]].append((key, cell))
        self._graded = _of_types(self._cells, _GRADED)
        self._commented = _of_types(self._cells, _COMMENTED)
        self._ids = _new_ids()
        self._rows: dict[Table, list[tuple[Any, ...]]] = {table: [] for table in WRITTEN}

    def write(self, batch: Mapping[str, Judged]) -> ClassMarks:
        """Write submissions: student → result; return their marks as they are in the gradebook then."""
        known = self._known
        extensions = waiting_extensions(self._database, self._name, [one for one in batch if one not in known])
        before = _RowsBefore(self._database, [key for key, _ in known.values()], self._cells)
        marks = ClassMarks()
        for student in sorted(batch):
            submission, stored_time = known.get(student) or (next(self._ids), None)
            time = self._times.get(student) or stored_time
            self._rows[SUBMISSION].append((submission, self._assignment, student, extensions.get(student), time))
            marks.notebooks[student] = {
                name: self._add_notebook(student, submission, time, name, batch[student], before)
                for name in sorted(self._notebooks)
            }
        for table, (own, changed) in WRITTEN.items():
            upsert_tuples(self._database, table, (*own, *changed), self._rows[table], changed)
        return marks

    def _add_notebook(
        self, student: str, submission: str, time: datetime | None, name: str, judged: Judged, before: _RowsBefore
    ) -> NotebookMarks:
        notebook = self._notebooks[name]
        own, penalty = before.notebooks.get((submission, notebook)) or (next(self._ids), None)
        self._rows[SUBMITTED_NOTEBOOK].append((own, submission, notebook, False))
        marks = NotebookMarks.of(penalty, time)
        scores = {cell.grade_id: cell.score for cell in judged.scores if cell.notebook == name}
        last = self._kept[student].entry if student in self._kept else None
        grades, comments = self._rows[GRADE], self._rows[COMMENT]
        for key, cell in self._graded[notebook]:
            score = scores.get(cell.name)
            row, *stored, by_hand, extra = before.grades.get((own, key), _NO_GRADE)
            flag = score is None
            if by_hand is not None:
                question = question_name(name, cell.name)
                flag = bool(stored[1]) or _work_changed(question, score, last, self._facts[student])
            if row is None or stored != [score, flag]:
                grades.append((row or next(self._ids), own, key, score, flag))
            marks.add(cell, score, by_hand, extra, flag)
        for key, cell in self._commented[notebook]:
            text = NO_RESPONSE if (name, cell.name) in judged.unanswered else None
            row, remark = before.comments.get((own, key), _NO_COMMENT)
            if row is None or remark != text:
                comments.append((row or next(self._ids), own, key, text))
        return marks


def _of_types(cells: Cells, types: Collection[str]) -> Cells:
    return {notebook: [(key, cell) for key, cell in own if cell.type in types] for notebook, own in cells.items()}


_NO_GRADE: tuple[Any, ...] = (None, None, None, None, None)
_NO_COMMENT: tuple[Any, ...] = (None, None)


class _RowsBefore:
    """The rows that a batch of submissions has in the gradebook.

    The cells are named because nbgrader's tables have an index for a cell and a notebook, not for a notebook. Grades
    are locked: somebody may be giving points by hand at this moment.

    Attributes:
        notebooks: (submission, notebook) → submitted notebook, and its penalty.
        grades: (submitted notebook, cell) → grade, points by machine, whether a person should look at it, points by
            hand, extra credit.
        comments: (submitted notebook, cell) → comment, text by machine.
    """

    def __init__(self, database: Connection, submissions: Sequence[str], notebooks: Cells) -> None:
        self.notebooks: dict[tuple[str, str], tuple[str, float | None]] = {}
        self.grades: dict[tuple[str, str], Sequence[Any]] = {}
        self.comments: dict[tuple[str, str], Sequence[Any]] = {}
        if not submissions:
            return
        own = SUBMITTED_NOTEBOOK.c
        query = select(own.assignment_id, own.notebook_id, own.id, own.late_submission_penalty)
        query = query.where(own.notebook_id.in_(notebooks), own.assignment_id.in_(submissions))
        for submission, notebook, row, penalty in database.execute(query).all():
            self.notebooks[submission, notebook] = row, penalty
        cells = [key for cells in notebooks.values() for key, _ in cells]
        own = GRADE.c
        grades = select(own.notebook_id, own.cell_id, own.id, own.auto_score, own.needs_manual_grade)
        grades = grades.add_columns(own.manual_score, own.extra_credit).where(self._of(GRADE, cells)).with_for_update()
        for row in database.execute(grades).all():
            self.grades[row[0], row[1]] = row[2:]
        comments = select(COMMENT.c.notebook_id, COMMENT.c.cell_id, COMMENT.c.id, COMMENT.c.auto_comment)
        for row in database.execute(comments.where(self._of(COMMENT, cells))).all():
            self.comments[row[0], row[1]] = row[2:]

    def _of(self, table: Table, cells: Sequence[str]) -> ColumnElement[bool]:
        return and_(table.c.cell_id.in_(cells), table.c.notebook_id.in_([row for row, _ in self.notebooks.values()]))


def _new_ids() -> Iterator[str]:
    """Yield ids as long as nbgrader's that follow each other, later ones too: rows go to the end of an index."""
    return map(f"{time.time_ns() // 1_000_000:012x}{os.urandom(5).hex()}{{:010x}}".format, count())


def _work_changed(question: str, score: float | None, last: Entry | None, facts: Facts) -> bool:
    """Tell whether what a person graded is another work now, or earns other points by machine."""
    if last is None or question not in last.facts.answers:
        return True
    return last.facts.answers[question] != facts.answers.get(question) or last.machine.get(question) != score
