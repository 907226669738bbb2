"""Sort a platform's download into `submitted/STUDENT/ASSIGNMENT/`: one notebook a name, under a name of our own."""

import os
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from autograder.collect import words
from autograder.collect.archives import Download, File
from autograder.collect.layouts import Owner, Place, owner_of
from autograder.course.course import Course, is_plain_name
from autograder.course.files import write_whole
from autograder.course.timestamp import TIMESTAMP

MAX_ID = 100
"""Characters of a student's id."""

_COPY = re.compile(r"(?:-| ?\()(\d+)\)?$")
"""What platforms and browsers put after the name of a further copy: "-2", " (2)"."""


@dataclass(frozen=True)
class Collected:
    """What `collect` did.

    Attributes:
        students: ids whose submission was written.
        unchanged: ids whose submission was there already, the same byte for byte.
        skipped: what was not taken, and why, one line each.
    """

    students: tuple[str, ...]
    unchanged: tuple[str, ...]
    skipped: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Submitted:
    """A notebook whose owner is known."""

    file: File
    owner: Owner

    @property
    def version(self) -> tuple[int, str, str]:
        """What orders the notebooks of a student: the number of the copy, the time, the path."""
        copy = _COPY.search(self.owner.stem)
        return int(copy[1][:9]) if copy else 0, self.file.time, str(self.file.path)


def collect(course: Course, assignment: str, path: Path) -> Collected:
    """Sort a download into the course.

    Args:
        course: the course.
        assignment: name of the assignment.
        path: a folder or a zip archive in one of the layouts of `layouts.LAYOUTS`.

    Raises:
        ArchiveError: it is neither, cannot be read, or unpacks to more than is reasonable.
        CourseError: there is no such assignment.
    """
    names = [source.stem for source in course.notebooks(assignment)]
    download = Download(path)
    files = sorted(download.notebooks(), key=lambda file: file.path)
    skipped = download.skipped
    written: list[str] = []
    unchanged: list[str] = []
    for student, notebooks in sorted(_by_student(files, assignment, skipped).items()):
        chosen = _choose(notebooks, names, skipped)
        if chosen:
            changed = [_write(course, assignment, student, name, file) for name, file in chosen.items()]
            (written if any(changed) else unchanged).append(student)
    return Collected(tuple(written), tuple(unchanged), tuple(skipped))


def _by_student(files: list[File], assignment: str, skipped: list[str]) -> dict[str, list[_Submitted]]:
    """Group notebooks by their owners' ids; add those without a usable id to `skipped`."""
    common = os.path.commonpath([file.path.parent for file in files]) if files else ""
    shared = len(PurePosixPath(common).parts)
    students: dict[str, list[_Submitted]] = {}
    for file in files:
        owner = owner_of(Place(file.path, shared, assignment))
        if owner and is_plain_name(owner.student) and len(owner.student) <= MAX_ID and owner.student.isprintable():
            students.setdefault(owner.student, []).append(_Submitted(file, owner))
        else:
            skipped.append(words.no_student(str(file.path)))
    return students


def _choose(notebooks: list[_Submitted], names: list[str], skipped: list[str]) -> dict[str, File]:
    """Choose a notebook for each name: those of that name, else the only one there can be; of several the latest.

    The others are added to `skipped`.
    """
    chosen: dict[str, _Submitted] = {}
    older: list[_Submitted] = []
    for name in names:
        named = [notebook for notebook in notebooks if _COPY.sub("", notebook.owner.stem).lower() == name.lower()]
        candidates = named or (notebooks if len(names) == 1 else [])
        if candidates:
            chosen[name], *earlier = sorted(candidates, key=lambda notebook: notebook.version, reverse=True)
            older += earlier
    for notebook in notebooks:
        place = str(notebook.file.path)
        if notebook in older:
            skipped.append(words.newer_was_used(place, notebook.owner.student))
        elif notebook not in chosen.values():
            skipped.append(words.wrong_name(place))
    return {name: notebook.file for name, notebook in chosen.items()}


def _write(course: Course, assignment: str, student: str, name: str, file: File) -> bool:
    """Put a notebook and its time into the course; return False if the notebook was there already."""
    folder = course.submitted(student, assignment)
    target = folder / f"{name}.ipynb"
    if target.is_file() and not target.is_symlink() and target.read_bytes() == file.data:
        return False
    write_whole(target, file.data)
    if file.time:
        (folder / TIMESTAMP).write_text(file.time + "\n", encoding="utf-8")
    else:
        (folder / TIMESTAMP).unlink(missing_ok=True)
    return True
