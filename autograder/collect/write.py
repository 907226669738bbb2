"""Put a submission into the course, and keep what it replaces."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from autograder.collect.archives import File
from autograder.course.course import Course
from autograder.course.timestamp import TIMESTAMP, parse_timestamp, stored_time
from autograder.course.versions import keep_version, version, versions
from autograder.files import write_whole

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
    course: Course, student: str, assignment: str, notebooks: Mapping[str, File], *, take_older: bool
) -> dict[str, Written]:
    """Put a student's notebooks and their time into the course, unless the course has something newer.

    Args:
        course: the course.
        student: id of the student.
        assignment: name of the assignment.
        notebooks: by the name that each gets.
        take_older: take also what was handed in before the version that the course has.

    Returns:
        What became of each notebook.

    Raises:
        OSError: something cannot be written; then the course has what it had.
    """
    folder = course.submitted(student, assignment)
    stamp = folder / TIMESTAMP
    before = stored_time(folder)
    results = {}
    for name, file in notebooks.items():
        target = folder / f"{name}.ipynb"
        current = target.read_bytes() if target.is_file() and not target.is_symlink() else None
        state: State = "new" if current is None else "changed"
        if current == file.data:
            state = "same"
        elif current is not None:
            was_replaced = (versions(course, student, assignment) / version(name, file.data)).exists()
            if not take_older and _is_older(before, file.time, was_replaced):
                state = "older"
            else:
                keep_version(course, student, assignment, name, current, before)
        if state in ("new", "changed"):
            write_whole(target, file.data)
        results[name] = Written(state, before, file.time)
    _write_time(stamp, [one for one in results.values() if one.state != "older"])
    return results


def _write_time(stamp: Path, results: Sequence[Written]) -> None:
    """Write the latest time of what was written; of what was there already only if no time was known."""
    is_written = any(one.state != "same" for one in results)
    times = [one.now for one in results if one.now]
    if times and (is_written or not results[0].before):
        write_whole(stamp, f"{max(times, key=_moment)}\n".encode())
    elif is_written:
        stamp.unlink(missing_ok=True)


def _moment(text: str) -> datetime:
    return parse_timestamp(text) or datetime.min


def _is_older(before: str, time: str, was_replaced: bool) -> bool:
    """Whether a time lies before another; where one is not known, whether the course has replaced the version."""
    known, moment = parse_timestamp(before), parse_timestamp(time)
    return was_replaced if known is None or moment is None else moment < known
