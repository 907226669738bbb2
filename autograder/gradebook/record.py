"""Write scores to gradebook.db in batches: a transaction holds whole submissions only.

nbgrader's own objects take a query for each cell of each student. Manual scores and comments of graders are never
touched. What changed is kept in the same transaction (see `history`), with the penalty for being late.
"""

import sqlite3
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from autograder.course.course import Course
from autograder.engines.result import Judged
from autograder.engines.task import Task
from autograder.gradebook.history import Change, Entry, Facts, facts_of, keep_baseline, key, take_stock
from autograder.gradebook.late import LateRules, waiting_extension
from autograder.gradebook.students import name_students
from autograder.gradebook.tables import (
    COMMENT,
    GRADE,
    SUBMISSION,
    SUBMITTED_NOTEBOOK,
    WRITTEN,
    Table,
    from_datetime,
    notebook_ids,
    reading,
    submitters,
    to_datetime,
    transaction,
)

NO_RESPONSE = "No response."
"""nbgrader's own automatic comment on a cell that was not filled in."""

_GRADED, _COMMENTED = ("GradeCell", "TaskCell"), ("SolutionCell", "TaskCell")
"""Types of cells that have a grade, and a comment, for each submission."""


def recorded_students(course: Course, assignment: str) -> set[str]:
    """List the students whose submission the gradebook holds.

    Raises:
        CourseError: there is no gradebook, or it cannot be read.
    """
    with reading(course.gradebook) as database:
        return set(submitters(database, assignment))


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
        before = keep_baseline(database, course, assignment, students, moment)
        writer = _Writer(database, assignment)
        writer.add_students(students)
        name_students(database, course, assignment, students)
        for task, judged in batch:
            writer.add(task.student, judged, times.get(task.student), before.get(task.student), facts[task.student])
        writer.flush()
        return take_stock(database, course, assignment, students, moment, facts, rules)


def update_times(
    course: Course,
    assignment: str,
    *,
    moment: str,
    times: Mapping[str, datetime | None],
    rules: LateRules | None = None,
) -> list[Change]:
    """Write when submissions were handed in that need no grading, and what follows from it and from the late rules.

    Points that were given by hand since are kept in the history too. Arguments and result are as those of `record`.

    Raises:
        CourseError: as `record`.
    """
    known = [
        {"time": from_datetime(time), "assignment": assignment, "student": student}
        for student, time in times.items()
        if time
    ]
    update = """
        UPDATE submitted_assignment SET timestamp = :time
        WHERE assignment_id = (SELECT id FROM assignment WHERE name = :assignment)
            AND student_id = :student AND timestamp IS NOT :time
    """
    with transaction(course) as database:
        database.executemany(update, known)
        return take_stock(database, course, assignment, list(times), moment, rules=rules)


def _facts(task: Task, judged: Judged, causes: Mapping[str, str]) -> Facts:
    return facts_of(judged, causes, (notebook.name for notebook in task.notebooks if not notebook.absent))


class _Writer:
    """Collects the rows of submissions of one assignment, and writes them."""

    def __init__(self, database: sqlite3.Connection, assignment: str) -> None:
        self._database = database
        self._name = assignment
        ((self._assignment,),) = database.execute("SELECT id FROM assignment WHERE name = ?", (assignment,))
        self._notebooks = notebook_ids(database, assignment)
        query = "SELECT id, name, type FROM base_cell WHERE notebook_id = ?"
        self._cells = {key: database.execute(query, (key,)).fetchall() for key in self._notebooks.values()}
        self._rows: dict[Table, list[dict[str, Any]]] = {table: [] for table in WRITTEN}

    def add_students(self, students: Sequence[str]) -> None:
        """Add the students that the course does not have yet."""
        rows = [(student,) for student in sorted(set(students))]
        self._database.executemany("INSERT INTO student (id) VALUES (?) ON CONFLICT (id) DO NOTHING", rows)

    def add(self, student: str, judged: Judged, time: datetime | None, before: Entry | None, facts: Facts) -> None:
        """Collect what is to be written for a submission."""
        query = "SELECT id, timestamp FROM submitted_assignment WHERE assignment_id = ? AND student_id = ?"
        stored = self._database.execute(query, (self._assignment, student)).fetchone()
        submission, stored_time = stored or (_new_id(), None)
        extension = None if stored else waiting_extension(self._database, self._name, student)
        time = time or to_datetime(stored_time)
        self._rows[SUBMISSION].append(
            {
                "id": submission,
                "assignment_id": self._assignment,
                "student_id": student,
                "timestamp": from_datetime(time),
                "extension": extension,
            }
        )
        for name, notebook in self._notebooks.items():
            self._add_notebook(submission, name, notebook, judged, before, facts)

    def _add_notebook(
        self, submission: str, name: str, notebook: str, judged: Judged, last: Entry | None, facts: Facts
    ) -> None:
        query = "SELECT id FROM submitted_notebook WHERE notebook_id = ? AND assignment_id = ?"
        before = self._database.execute(query, (notebook, submission)).fetchone()
        (own,) = before or (_new_id(),)
        grades, by_hand, comments = self._rows_before(own, notebook) if before else ({}, {}, {})
        self._rows[SUBMITTED_NOTEBOOK].append(
            {
                "id": own,
                "assignment_id": submission,
                "notebook_id": notebook,
                "flagged": False,
            }
        )
        scores = {cell.grade_id: cell.score for cell in judged.scores if cell.notebook == name}
        for cell, grade_id, kind in self._cells[notebook]:
            links = {"notebook_id": own, "cell_id": cell}
            if kind in _GRADED:
                score = scores.get(grade_id)
                row = {"id": grades.get(cell) or _new_id(), **links, "auto_score": score}
                flag: bool = score is None
                if cell in by_hand:
                    flag = by_hand[cell] or _work_changed(key(name, grade_id), score, last, facts)
                self._rows[GRADE].append({**row, "needs_manual_grade": flag})
            if kind in _COMMENTED:
                text = NO_RESPONSE if (name, grade_id) in judged.unanswered else None
                self._rows[COMMENT].append({"id": comments.get(cell) or _new_id(), **links, "auto_comment": text})

    def _rows_before(self, own: str, notebook: str) -> tuple[dict[str, str], dict[str, bool], dict[str, str]]:
        """Look up the rows of a submitted notebook: cell → grade, cell graded by hand → its flag, cell → comment.

        The cells are named because nbgrader's tables have an index for a cell and a notebook, not for a notebook.
        """
        cells = [cell for cell, _, _ in self._cells[notebook]]
        rows_of = f"WHERE cell_id IN ({', '.join('?' * len(cells))}) AND notebook_id = ?"
        grades, by_hand = {}, {}
        query = f"SELECT cell_id, id, manual_score, needs_manual_grade FROM grade {rows_of}"
        for cell, grade, manual_score, flag in self._database.execute(query, (*cells, own)):
            grades[cell] = grade
            if manual_score is not None:
                by_hand[cell] = bool(flag)
        return (
            grades,
            by_hand,
            dict(self._database.execute(f"SELECT cell_id, id FROM comment {rows_of}", (*cells, own))),
        )

    def flush(self) -> None:
        """Write all rows."""
        for table, rows in self._rows.items():
            self._database.executemany(table.upsert, rows)


def _new_id() -> str:
    return uuid.uuid4().hex


def _work_changed(question: str, score: float | None, last: Entry | None, facts: Facts) -> bool:
    """Tell whether what a person graded is another work now, or earns other points by machine."""
    if last is None or question not in last.facts.answers:
        return True
    return last.facts.answers[question] != facts.answers.get(question) or last.machine.get(question) != score
