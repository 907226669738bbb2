"""Say that an engine failed on a submission, and keep the traceback with the course."""

from __future__ import annotations

from pathlib import Path

from autograder.course.course import Course
from autograder.engines import words
from autograder.errors import keep_traceback


def engine_failure(error: BaseException, course: Path) -> str:
    """Keep the traceback of an error that nobody expected.

    Args:
        error: what was raised while a submission was judged.
        course: the course's folder.

    Returns:
        The sentence that stands in place of the score: what was raised, and which file of the course says more.
    """
    file = keep_traceback(error, Course(course).private)
    message = str(error).strip().split("\n")[0]
    return words.engine_failed(type(error).__name__, message, str(file.relative_to(course)) if file else "")
