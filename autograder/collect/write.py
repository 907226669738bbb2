"""Put a submission into the course, and keep what it replaces."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from autograder.course.course import Course
from autograder.course.timestamp import MAX_TIMESTAMP_BYTES, TIMESTAMP, parse_timestamp, read_timestamp
from autograder.course.versions import keep_version, version, versions
from autograder.files import read_plain, write_whole

State = Literal["new", "same", "changed", "older"]
"""Written; there already; written in the place of a version; left, for the course has a newer one."""


@dataclass(frozen=True)
class Written:
    """What became of a notebook.

    Attributes:
        state: what was done.
        before: when the version was handed in that the course had; empty if that is not known.
        now: the same for the notebook.
    """

    state: State
    before: str = ""
    now: str = ""


def write_submission(
    course: Course, place: tuple[str, str, str], data: bytes, time: str, *, take_older: bool
) -> Written:
    """Put a notebook and its time into the course, unless the course has something newer.

    Args:
        course: the course.
        place: student, assignment and name of the notebook.
        data: the notebook.
        time: when it was handed in; empty if that is not known.
        take_older: take it also if it was handed in before the version that the course has.

    Raises:
        OSError: it cannot be written; then the course has what it had.
    """
    student, assignment, name = place
    folder = course.submitted(student, assignment)
    target, stamp = folder / f"{name}.ipynb", folder / TIMESTAMP
    current = target.read_bytes() if target.is_file() and not target.is_symlink() else None
    before = _time(stamp)
    if current == data:
        if time and not before:
            write_whole(stamp, f"{time}\n".encode())
        return Written("same", before, time)
    if current is not None:
        known = (versions(course, student, assignment) / version(name, data)).exists()
        if not take_older and (known or _is_older(stamp, time)):
            return Written("older", before, time)
        keep_version(course, student, assignment, name, current, before)
    write_whole(target, data)
    if time:
        write_whole(stamp, f"{time}\n".encode())
    else:
        stamp.unlink(missing_ok=True)
    return Written("new" if current is None else "changed", before, time)


def _time(stamp: Path) -> str:
    try:
        return read_plain(stamp, MAX_TIMESTAMP_BYTES).decode(errors="replace").strip()
    except OSError:
        return ""


def _is_older(stamp: Path, time: str) -> bool:
    """Whether a time lies before the time in a file; no if either is not known."""
    known, moment = read_timestamp(stamp), parse_timestamp(time)
    return known is not None and moment is not None and moment < known
