"""Keep autograded notebooks in `autograded/`, with what tells later whether they still hold, and behaviours apart."""

import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path
from typing import Literal

from msgspec import DecodeError, Struct, ValidationError
from msgspec.json import Decoder

from autograder.course.course import Course
from autograder.course.timestamp import MAX_TIMESTAMP_BYTES, TIMESTAMP
from autograder.engines.result import Judged
from autograder.engines.task import Task
from autograder.files import read_plain
from autograder.gradebook.behaviours import keep_behaviours
from autograder.grading.result import GradedStudent, State
from autograder.notebook.notes import UNREADABLE


class _Kept(Struct):
    fingerprint: str
    score: float
    max_score: float
    notes: tuple[dict[Literal["kind", "cell", "message"], str], ...]


class _Metadata(Struct):
    autograder: _Kept


class _Graded(Struct):
    """As much of an autograded notebook as says whether it still holds: its cells are passed over."""

    metadata: _Metadata


_GRADED = Decoder(_Graded)


def keep(course: Course, task: Task, judged: Judged, aside: Path, fingerprint: str) -> None:
    """Put a student's autograded notebooks in place, in one move; what wrong functions computed goes elsewhere.

    Args:
        course: the course.
        task: the submission.
        judged: its result, which is in the gradebook already.
        aside: a folder on the same disk to prepare them in.
        fingerprint: the hash of everything that the result depends on.

    Raises:
        OSError: the files cannot be written.
    """
    fresh = aside / task.student
    target = course.autograded(task.student, task.assignment)
    keep_behaviours(course, task.assignment, task.student, judged.behaviours, fingerprint)
    fresh.mkdir(exist_ok=True)  # the notebooks may have begun in it
    _link_inputs(task, aside / ".inputs", fresh)
    if timestamp := _timestamp(course, task.student, task.assignment):
        (fresh / TIMESTAMP).write_bytes(timestamp)
    for name, notebook in judged.notebooks.items():
        known = {"fingerprint": fingerprint, "score": judged.score, "max_score": judged.max_score}
        notebook.complete(fresh / f"{name}.ipynb", **known)
    try:
        fresh.rename(target)
    except FileNotFoundError:  # the student's first
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh.rename(target)
    except OSError:  # graded before
        shutil.rmtree(target)
        fresh.rename(target)


def _link_inputs(task: Task, shared: Path, folder: Path) -> None:
    """Put the files that lie beside the source notebooks into a folder: links, so that a class needs them once.

    They can only be read, since all students have the same. Windows could not remove such files again.
    """
    if sys.platform == "win32":
        task.write_inputs(folder)
        return
    for name, data in task.inputs.items():
        one, link = os.path.join(shared, name), os.path.join(folder, name)  # noqa: PTH118  # a third of keep's time
        if "/" in name:
            Path(link).parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(one, link)
        except OSError:  # the first student's; or it has all the links that it can have, or there are none here
            Path(link).write_bytes(data)
            Path(link).chmod(0o444)
            with suppress(OSError):
                Path(one).parent.mkdir(parents=True, exist_ok=True)
                Path(one).unlink(missing_ok=True)
                os.link(link, one)


def copy_timestamp(course: Course, student: str, assignment: str, folder: Path) -> None:
    """Put the time of a submission beside its autograded notebooks: nbgrader asks by it whether they still hold."""
    data = _timestamp(course, student, assignment)
    with suppress(OSError):
        if data and (not (folder / TIMESTAMP).is_file() or (folder / TIMESTAMP).read_bytes() != data):
            (folder / TIMESTAMP).write_bytes(data)


def _timestamp(course: Course, student: str, assignment: str) -> bytes:
    """Read the time beside a submission; nothing where there is none, or one that is a link."""
    try:
        return read_plain(course.submitted(student, assignment) / TIMESTAMP, MAX_TIMESTAMP_BYTES)
    except OSError:
        return b""


def unchanged(course: Course, task: Task, fingerprint: str) -> GradedStudent | None:
    """Read how grading went before; None if it has not been graded, or something has changed since."""
    state: State = "unchanged"
    notes: list[str] = []
    score = max_score = 0.0
    for notebook in task.notebooks:
        path = course.autograded(task.student, task.assignment) / f"{notebook.name}.ipynb"
        try:
            kept = _GRADED.decode(path.read_bytes()).metadata.autograder
        except (OSError, DecodeError, ValidationError, UnicodeDecodeError):
            return None
        if kept.fingerprint != fingerprint:
            return None
        notes += [note["message"] for note in kept.notes]
        if any(note["kind"] == UNREADABLE for note in kept.notes):
            state = "unreadable"
        score, max_score = kept.score, kept.max_score
    return GradedStudent(task.student, state, score, max_score, tuple(notes), is_old=True)
