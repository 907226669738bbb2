"""Keep autograded notebooks in `autograded/`, with what tells later whether they still hold, and behaviours apart."""

import os
import shutil
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from msgspec import DecodeError, Struct, ValidationError
from msgspec.json import Decoder

from autograder.course.course import Course
from autograder.course.timestamp import MAX_TIMESTAMP_BYTES, TIMESTAMP
from autograder.engines.result import Judged
from autograder.engines.task import Task, fingerprint_of
from autograder.files import put, read_plain
from autograder.gradebook.behaviours import keep_behaviours, write_behaviours
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

_SHARED, _BEHAVIOURS = ".inputs", ".behaviours"
"""Folders beside those of students: for the files that they share, and for what their wrong functions did."""


@dataclass(frozen=True)
class Aside:
    """Where the files of a submission are prepared, on the disk of the course, by the process that judged it.

    Attributes:
        folder: of the run; `share_inputs` was called for it.
        course: the folder of the course.
        student: id of the student.
        assignment: name of the assignment.
        inputs: the files that lie beside the source notebooks, by relative path.
        causes: what the result depends on besides the submission, as `Task.causes`.
    """

    folder: str
    course: str
    student: str
    assignment: str
    inputs: tuple[str, ...]
    causes: Mapping[str, str]

    @property
    def files(self) -> str:
        """The folder that will be the student's."""
        return f"{self.folder}/{self.student}/{self.assignment}"

    @property
    def behaviours(self) -> str:
        """The file of what wrong functions did, until it goes elsewhere."""
        return f"{self.folder}/{_BEHAVIOURS}/{self.student}/{self.assignment}.json"

    def __call__(self, judged: Judged) -> Judged:
        """Write the files of a result, and return the rest; all of it where the disk refuses, and `keep` says why."""
        with suppress(OSError):
            return self.prepare(judged)
        return judged

    def prepare(self, judged: Judged) -> Judged:
        """Write the files of a result, where that is still to do, and return the rest.

        Raises:
            OSError: they cannot be written.
        """
        if not judged.notebooks:
            return judged
        files = Path(self.files)
        if files.exists():  # begun before, by a process that was killed or with a disk that was full
            shutil.rmtree(files)
        files.mkdir(parents=True)
        for name in self.inputs:
            _link_input(os.path.join(self.folder, _SHARED, name), files / name)  # noqa: PTH118
        if timestamp := _timestamp(Course(Path(self.course)).submitted(self.student, self.assignment)):
            (files / TIMESTAMP).write_bytes(timestamp)
        fingerprint = fingerprint_of({**self.causes, "submission": judged.submission})
        write_behaviours(Path(self.behaviours), judged.behaviours, fingerprint)
        for name, notebook in judged.notebooks.items():
            known = {"fingerprint": fingerprint, "score": judged.score, "max_score": judged.max_score}
            notebook.write(files / f"{name}.ipynb", **known)
        return judged.without_files


def keep(course: Course, judged: Judged, aside: Aside) -> None:
    """Put a student's autograded notebooks in place, in one move; what wrong functions computed goes elsewhere.

    Args:
        course: the course.
        judged: the result, which is in the gradebook already.
        aside: where its files are, or are prepared now.

    Raises:
        OSError: the files cannot be written.
    """
    aside.prepare(judged)
    keep_behaviours(course, aside.assignment, aside.student, aside.behaviours)
    put(aside.files, course.autograded(aside.student, aside.assignment))


def share_inputs(folder: Path, inputs: Mapping[str, bytes]) -> None:
    """Write the files that lie beside the source notebooks once for a run; submissions get links to them.

    They can only be read, since all students have the same.

    Raises:
        OSError: they cannot be written.
    """
    for name, data in inputs.items():
        path = folder / _SHARED / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        path.chmod(0o444)


def _link_input(shared: str, file: Path) -> None:
    if sys.platform == "win32":  # which could not remove a file again that can only be read
        shutil.copyfile(shared, file)
        return
    try:
        os.link(shared, file)
    except FileNotFoundError:
        file.parent.mkdir(parents=True)
        _link_input(shared, file)
    except OSError:  # it has all the links that it can have, or there are none here
        shutil.copy(shared, file)
        with suppress(OSError):  # from now on this is the file that has links
            draft = f"{shared}.{os.getpid()}"
            os.link(file, draft)
            os.replace(draft, shared)  # noqa: PTH105


def copy_timestamp(course: Course, student: str, assignment: str, folder: Path) -> None:
    """Put the time of a submission beside its autograded notebooks: nbgrader asks by it whether they still hold."""
    data = _timestamp(course.submitted(student, assignment))
    with suppress(OSError):
        if data and (not (folder / TIMESTAMP).is_file() or (folder / TIMESTAMP).read_bytes() != data):
            (folder / TIMESTAMP).write_bytes(data)


def _timestamp(submitted: Path) -> bytes:
    """Read the time beside a submission; nothing where there is none, or one that is a link."""
    try:
        return read_plain(submitted / TIMESTAMP, MAX_TIMESTAMP_BYTES)
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
