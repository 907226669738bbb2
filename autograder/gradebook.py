"""gradebook.db: nbgrader's database of a course. Manual scores and comments of graders are never touched here."""

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import parse_utc
from sqlalchemy.exc import SAWarning, SQLAlchemyError

from autograder import messages
from autograder.course import Course
from autograder.errors import CourseError
from autograder.grading import TIMESTAMP, Judged, Task
from autograder.nbgrader_app import generate, load_config, put_environment_on_path

NO_RESPONSE = "No response."
"""nbgrader's own automatic comment on a cell that was not filled in."""


@contextmanager
def opened(course: Course) -> Iterator[Any]:
    """The course's gradebook; made if there is none.

    Raises:
        CourseError: the file is not a gradebook, or something else holds it.
    """
    put_environment_on_path()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SAWarning)  # from nbgrader's own models
            with Gradebook(course.gradebook_url) as gradebook:
                yield gradebook
    except SQLAlchemyError as error:
        reason = str(error).split("\n")[0]
        raise CourseError(messages.gradebook_unusable(str(course.gradebook), reason)) from error


def register(course: Course, assignment: str) -> None:
    """Write the graded cells of the source into the gradebook, as nbgrader's generate_assignment does.

    Raises:
        CourseError: cells were added or removed since students were graded.
    """
    course.private.mkdir(mode=0o700, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=course.private) as folder:
        generate(course, assignment, into=Path(folder), register=True)


def has_submission(course: Course, assignment: str, student: str) -> bool:
    """Whether the gradebook holds a submission of this student."""
    with opened(course) as gradebook:
        try:
            gradebook.find_submission(assignment, student)
        except MissingEntry:
            return False
        return True


def record(course: Course, task: Task, judged: Judged) -> None:
    """Write the scores of one submission, in one transaction.

    A cell that was graded by hand before keeps its score and is marked for another look, as in nbgrader.

    Raises:
        CourseError: the gradebook cannot be written.
    """
    with opened(course) as gradebook:
        gradebook.update_or_create_student(task.student)
        gradebook.update_or_create_submission(
            task.assignment, task.student, **_timestamp(course.submitted(task.student, task.assignment) / TIMESTAMP)
        )
        for cell in judged.scores:
            grade = gradebook.find_grade(cell.grade_id, cell.notebook, task.assignment, task.student)
            grade.auto_score = cell.score
            grade.needs_manual_grade = grade.manual_score is not None or cell.score is None
        submission = gradebook.find_submission(task.assignment, task.student)
        for notebook in submission.notebooks:
            for comment in notebook.comments:
                unanswered = (notebook.name, comment.name) in judged.unanswered
                comment.auto_comment = NO_RESPONSE if unanswered else None
        gradebook.db.commit()
    for name, content in judged.notebooks.items():
        _assign_late_penalty(course, task, name, nbformat.from_dict(content))


def _assign_late_penalty(course: Course, task: Task, notebook: str, content: Any) -> None:
    """Nbgrader's own step, with the penalty that the course's configuration names."""
    names = {
        "assignment": task.assignment,
        "student": task.student,
        "notebook": notebook,
        "db_url": course.gradebook_url,
    }
    AssignLatePenalties(config=load_config(course)).preprocess(content, {"nbgrader": names})


def _timestamp(file: Path) -> dict[str, Any]:
    try:
        return {"timestamp": parse_utc(file.read_text(encoding="utf-8").strip())}
    except (OSError, ValueError, OverflowError):
        return {}
