"""Write scores to the gradebook in batches: a transaction holds whole submissions only.

nbgrader's own objects take a query for each cell of each student. Manual scores and comments of graders are never
touched. What changed is kept in the same transaction (see `history`), with the penalty for being late.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, bindparam, select, update

from autograder.course.course import Course
from autograder.course.database import reading, transaction
from autograder.engines.result import Judged
from autograder.engines.task import Task
from autograder.gradebook.history import Change, Entry, Facts, Kept, facts_of, keep_baseline, key, take_stock
from autograder.gradebook.late import LateRules, waiting_extensions
from autograder.gradebook.students import name_students
from autograder.gradebook.tables import (
    ASSIGNMENT,
    CELL,
    COMMENT,
    GRADE,
    STUDENT,
    SUBMISSION,
    SUBMITTED_NOTEBOOK,
    make_own_tables,
    notebook_ids,
    of_assignment,
    submitters,
    upsert,
)

NO_RESPONSE = "No response."
"""nbgrader's own automatic comment on a cell that was not filled in."""

_GRADED, _COMMENTED = ("GradeCell", "TaskCell"), ("SolutionCell", "TaskCell")
"""Types of cells that have a grade, and a comment, for each submission."""


WRITTEN: dict[Table, tuple[str, ...]] = {
    SUBMISSION: ("timestamp",),
    SUBMITTED_NOTEBOOK: (),
    GRADE: ("auto_score", "needs_manual_grade"),
    COMMENT: ("auto_comment",),
}
"""The tables that get rows for each submission, and what changes in a row that is there: the rest may be a person's."""


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
        kept = keep_baseline(database, course, assignment, students, moment)
        upsert(database, STUDENT, [{"id": student} for student in sorted(students)])
        name_students(database, course, assignment, students)
        _Writer(database, assignment, times, kept, facts).write({task.student: judged for task, judged in batch})
        return take_stock(database, course, assignment, students, moment, facts, rules, kept)


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


Cells = dict[str, list[tuple[str, str, str]]]
"""Notebook → its cells: id, grade_id, type."""


class _Writer:
    """Writes a batch of submissions of one assignment: it asks for all rows that are there, then writes all rows."""

    def __init__(
        self,
        database: Connection,
        assignment: str,
        times: Mapping[str, datetime | None],
        kept: Mapping[str, Kept],
        facts: Mapping[str, Facts],
    ) -> None:
        self._database, self._name = database, assignment
        self._times, self._kept, self._facts = times, kept, facts
        self._assignment = database.scalar(select(ASSIGNMENT.c.id).where(ASSIGNMENT.c.name == assignment))
        self._notebooks = notebook_ids(database, assignment)
        self._cells: Cells = {key: [] for key in self._notebooks.values()}
        query = select(CELL.c.notebook_id, CELL.c.id, CELL.c.name, CELL.c.type)
        for notebook, *cell in database.execute(query.where(CELL.c.notebook_id.in_(self._cells))):
            self._cells[notebook].append((cell[0], cell[1], cell[2]))
        self._ids = _new_ids()
        self._rows: dict[Table, list[dict[str, Any]]] = {table: [] for table in WRITTEN}

    def write(self, batch: Mapping[str, Judged]) -> None:
        """Write submissions: student → result."""
        query = select(SUBMISSION.c.student_id, SUBMISSION.c.id, SUBMISSION.c.timestamp)
        query = query.where(SUBMISSION.c.assignment_id == self._assignment, SUBMISSION.c.student_id.in_(batch))
        known = {student: (key, time) for student, key, time in self._database.execute(query)}
        extensions = waiting_extensions(self._database, self._name, [one for one in batch if one not in known])
        before = _RowsBefore(self._database, [key for key, _ in known.values()], self._cells)
        for student, judged in batch.items():
            submission, stored_time = known.get(student) or (next(self._ids), None)
            self._rows[SUBMISSION].append(
                {
                    "id": submission,
                    "assignment_id": self._assignment,
                    "student_id": student,
                    "timestamp": self._times.get(student) or stored_time,
                    "extension": extensions.get(student),
                }
            )
            for name, notebook in self._notebooks.items():
                self._add_notebook(student, submission, name, notebook, judged, before)
        self.flush()

    def _add_notebook(
        self, student: str, submission: str, name: str, notebook: str, judged: Judged, before: _RowsBefore
    ) -> None:
        own = before.notebooks.get((submission, notebook)) or next(self._ids)
        links = {"id": own, "assignment_id": submission, "notebook_id": notebook, "flagged": False}
        self._rows[SUBMITTED_NOTEBOOK].append(links)
        scores = {cell.grade_id: cell.score for cell in judged.scores if cell.notebook == name}
        last = self._kept[student].entry if student in self._kept else None
        for cell, grade_id, kind in self._cells[notebook]:
            links = {"notebook_id": own, "cell_id": cell}
            if kind in _GRADED:
                score = scores.get(grade_id)
                row = {"id": before.grades.get((own, cell)) or next(self._ids), **links, "auto_score": score}
                flag: bool = score is None
                if (own, cell) in before.by_hand:
                    question = key(name, grade_id)
                    flag = before.by_hand[own, cell] or _work_changed(question, score, last, self._facts[student])
                self._rows[GRADE].append({**row, "needs_manual_grade": flag})
            if kind in _COMMENTED:
                text = NO_RESPONSE if (name, grade_id) in judged.unanswered else None
                row = {"id": before.comments.get((own, cell)) or next(self._ids), **links}
                self._rows[COMMENT].append({**row, "auto_comment": text})

    def flush(self) -> None:
        """Write all rows."""
        for table, changed in WRITTEN.items():
            upsert(self._database, table, self._rows[table], changed)


class _RowsBefore:
    """The rows that a batch of submissions has in the gradebook.

    The cells are named because nbgrader's tables have an index for a cell and a notebook, not for a notebook. Grades
    are locked: somebody may be giving points by hand at this moment.

    Attributes:
        notebooks: (submission, notebook) → submitted notebook.
        grades: (submitted notebook, cell) → grade.
        by_hand: (submitted notebook, cell) that has points by hand → whether a person should look at it.
        comments: (submitted notebook, cell) → comment.
    """

    def __init__(self, database: Connection, submissions: Sequence[str], notebooks: Cells) -> None:
        self.notebooks: dict[tuple[str, str], str] = {}
        self.grades: dict[tuple[str, str], str] = {}
        self.by_hand: dict[tuple[str, str], bool] = {}
        self.comments: dict[tuple[str, str], str] = {}
        if not submissions:
            return
        own = SUBMITTED_NOTEBOOK.c
        query = select(own.assignment_id, own.notebook_id, own.id)
        query = query.where(own.notebook_id.in_(notebooks), own.assignment_id.in_(submissions))
        for submission, notebook, row in database.execute(query).all():
            self.notebooks[submission, notebook] = row
        cells = [cell for cells in notebooks.values() for cell, _, _ in cells]
        own = GRADE.c
        grades = select(own.notebook_id, own.cell_id, own.id, own.manual_score, own.needs_manual_grade)
        grades = grades.where(self._of(GRADE, cells)).with_for_update()
        for notebook, cell, row, points, flag in database.execute(grades).all():
            self.grades[notebook, cell] = row
            if points is not None:
                self.by_hand[notebook, cell] = bool(flag)
        comments = select(COMMENT.c.notebook_id, COMMENT.c.cell_id, COMMENT.c.id)
        for notebook, cell, row in database.execute(comments.where(self._of(COMMENT, cells))).all():
            self.comments[notebook, cell] = row

    def _of(self, table: Table, cells: Sequence[str]) -> ColumnElement[bool]:
        return and_(table.c.cell_id.in_(cells), table.c.notebook_id.in_(self.notebooks.values()))


def _new_ids() -> Iterator[str]:
    """Yield ids as long as nbgrader's that follow each other, later ones too: rows go to the end of an index."""
    return map(f"{time.time_ns() // 1_000_000:012x}{os.urandom(5).hex()}{{:010x}}".format, count())


def _work_changed(question: str, score: float | None, last: Entry | None, facts: Facts) -> bool:
    """Tell whether what a person graded is another work now, or earns other points by machine."""
    if last is None or question not in last.facts.answers:
        return True
    return last.facts.answers[question] != facts.answers.get(question) or last.machine.get(question) != score
