"""Write scores to gradebook.db in batches: a transaction holds whole submissions only.

nbgrader's own objects take a query for each cell of each student. Manual scores and comments of graders are never
touched.
"""

import sqlite3
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from autograder.course.course import Course
from autograder.course.timestamp import TIMESTAMP, read_timestamp
from autograder.engines.result import Judged
from autograder.engines.task import Task
from autograder.gradebook.tables import (
    COMMENT,
    GRADE,
    SUBMISSION,
    SUBMITTED_NOTEBOOK,
    WRITTEN,
    Table,
    from_datetime,
    notebook_ids,
    to_datetime,
    to_timedelta,
    transaction,
)

NO_RESPONSE = "No response."
"""nbgrader's own automatic comment on a cell that was not filled in."""

_GRADED, _COMMENTED = ("GradeCell", "TaskCell"), ("SolutionCell", "TaskCell")
"""Types of cells that have a grade, and a comment, for each submission."""


def recorded_students(course: Course, assignment: str) -> set[str]:
    """List the students whose submission the gradebook holds."""
    query = """
        SELECT submission.student_id
        FROM submitted_assignment AS submission JOIN assignment ON assignment.id = submission.assignment_id
        WHERE assignment.name = ?
    """
    with transaction(course) as database:
        return {student for (student,) in database.execute(query, (assignment,))}


def record(course: Course, batch: Sequence[tuple[Task, Judged]]) -> None:
    """Write the scores of submissions of one assignment, all in one transaction.

    A cell that was graded by hand before keeps its score and is marked for another look, as in nbgrader.

    Raises:
        CourseError: the gradebook cannot be written; then nothing of the batch is in it.
    """
    late: list[tuple[Task, Judged]] = []
    with transaction(course) as database:
        writer = _Writer(database, batch[0][0].assignment)
        writer.add_students([task.student for task, _ in batch])
        for task, judged in batch:
            time = read_timestamp(course.submitted(task.student, task.assignment) / TIMESTAMP)
            if writer.add(task.student, judged, time):
                late.append((task, judged))
        writer.flush()
    for task, judged in late:
        _assign_late_penalty(course, task, judged)


class _Writer:
    """Collects the rows of submissions of one assignment, and writes them."""

    def __init__(self, database: sqlite3.Connection, assignment: str) -> None:
        self._database = database
        query = "SELECT id, duedate FROM assignment WHERE name = ?"
        ((self._assignment, due),) = database.execute(query, (assignment,))
        self._due = to_datetime(due)
        self._notebooks = notebook_ids(database, assignment)
        query = "SELECT id, name, type FROM base_cell WHERE notebook_id = ?"
        self._cells = {key: database.execute(query, (key,)).fetchall() for key in self._notebooks.values()}
        self._rows: dict[Table, list[dict[str, Any]]] = {table: [] for table in WRITTEN}

    def add_students(self, students: Sequence[str]) -> None:
        """Add the students that the course does not have yet."""
        rows = [(student,) for student in sorted(set(students))]
        self._database.executemany("INSERT INTO student (id) VALUES (?) ON CONFLICT (id) DO NOTHING", rows)

    def add(self, student: str, judged: Judged, time: datetime | None) -> bool:
        """Collect what is to be written for a submission; return whether it is late."""
        query = "SELECT id, timestamp, extension FROM submitted_assignment WHERE assignment_id = ? AND student_id = ?"
        before = self._database.execute(query, (self._assignment, student)).fetchone()
        submission, stored_time, extension = before or (_new_id(), None, None)
        time = time or to_datetime(stored_time)
        self._rows[SUBMISSION].append(
            {
                "id": submission,
                "assignment_id": self._assignment,
                "student_id": student,
                "timestamp": from_datetime(time),
            }
        )
        for name, notebook in self._notebooks.items():
            self._add_notebook(submission, name, notebook, judged)
        return time is not None and self._due is not None and time > self._due + to_timedelta(extension)

    def _add_notebook(self, submission: str, name: str, notebook: str, judged: Judged) -> None:
        query = "SELECT id FROM submitted_notebook WHERE notebook_id = ? AND assignment_id = ?"
        before = self._database.execute(query, (notebook, submission)).fetchone()
        (own,) = before or (_new_id(),)
        grades, by_hand, comments = self._rows_before(own, notebook) if before else ({}, set(), {})
        self._rows[SUBMITTED_NOTEBOOK].append(
            {
                "id": own,
                "assignment_id": submission,
                "notebook_id": notebook,
                "flagged": False,
                "late_submission_penalty": None,
            }
        )
        scores = {cell.grade_id: cell.score for cell in judged.scores if cell.notebook == name}
        for cell, grade_id, kind in self._cells[notebook]:
            links = {"notebook_id": own, "cell_id": cell}
            if kind in _GRADED:
                score = scores.get(grade_id)
                row = {"id": grades.get(cell) or _new_id(), **links, "auto_score": score}
                self._rows[GRADE].append({**row, "needs_manual_grade": score is None or cell in by_hand})
            if kind in _COMMENTED:
                text = NO_RESPONSE if (name, grade_id) in judged.unanswered else None
                self._rows[COMMENT].append({"id": comments.get(cell) or _new_id(), **links, "auto_comment": text})

    def _rows_before(self, own: str, notebook: str) -> tuple[dict[str, str], set[str], dict[str, str]]:
        """Look up the rows of a submitted notebook: cell → grade, the cells graded by hand, cell → comment.

        The cells are named because nbgrader's tables have an index for a cell and a notebook, not for a notebook.
        """
        cells = [cell for cell, _, _ in self._cells[notebook]]
        rows_of = f"WHERE cell_id IN ({', '.join('?' * len(cells))}) AND notebook_id = ?"
        grades, by_hand = {}, set()
        query = f"SELECT cell_id, id, manual_score FROM grade {rows_of}"
        for cell, grade, manual_score in self._database.execute(query, (*cells, own)):
            grades[cell] = grade
            if manual_score is not None:
                by_hand.add(cell)
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


def _assign_late_penalty(course: Course, task: Task, judged: Judged) -> None:
    """Take nbgrader's own step, with the penalty that the course's configuration names."""
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
