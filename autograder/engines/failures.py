"""Say that an engine failed on a submission, and keep the traceback where the course, or this machine, keeps it."""

from __future__ import annotations

from pathlib import Path

from autograder.engines import words
from autograder.errors import keep_traceback


def engine_failure(error: BaseException, private: Path) -> str:
    """Keep the traceback of an error that nobody expected.

    Args:
        error: what was raised while a submission was judged.
        private: the folder that it is kept in.

    Returns:
        The sentence that stands in place of the score: what was raised, and which file says more.
    """
    file = keep_traceback(error, private)
    message = str(error).strip().split("\n")[0]
    return words.engine_failed(type(error).__name__, message, f"{private.name}/{file.name}" if file else "")
