"""Say that an engine failed on a submission, and keep the traceback where the course, or this machine, keeps it."""

from __future__ import annotations

from pathlib import Path

from autograder.engines import words
from autograder.errors import AutograderError, MachineError, keep_traceback


def engine_failure(error: BaseException, private: Path) -> str:
    """Say what stands in place of a score; keep the traceback of an error that nobody expected.

    Args:
        error: what was raised while a submission was judged.
        private: the folder that it is kept in.

    Returns:
        What is wrong; of an error that nobody expected, what was raised, and which file says more.
    """
    if isinstance(error, MachineError):
        return words.grade_stays(str(error))
    if isinstance(error, AutograderError):
        return str(error)
    file = keep_traceback(error, private)
    message = str(error).strip().split("\n")[0]
    return words.engine_failed(type(error).__name__, message, f"{private.name}/{file.name}" if file else "")
