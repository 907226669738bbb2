"""Tell from the names in a download whose each file is. To add a platform, write its function and list it in LAYOUTS.

Only the outermost name of a file tells its owner: what the platform or the instructor wrote. What lies inside a
student's folder or zip was named by the student, and so names nobody.
"""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from autograder.collect import words
from autograder.collect.names import CHECKPOINTS, has_notebook_name, is_zip, stem_of
from autograder.course.timestamp import TIMESTAMP
from autograder.errors import ArchiveError


class Place(NamedTuple):
    """Where a file is in a download.

    Attributes:
        path: the path below the folders around the class; what is inside an archive has the archive's path.
        assignment: name of the assignment.
    """

    path: PurePosixPath
    assignment: str

    @property
    def unit(self) -> str:
        """The outermost name, without the ending of a file."""
        return stem_of(self.path) if len(self.path.parts) == 1 else self.path.parts[0]


class Owner(NamedTuple):
    """Whose file it is.

    Attributes:
        student: the student's id, as the platform wrote it.
        stem: the file's own name, without its ending and without what the platform put before it.
    """

    student: str
    stem: str


Layout = Callable[[Place], list[Owner]]
"""Reads whose a file can be; nobody if the name does not look like this layout, several if it names several."""

# A student may hand in a file with a platform's mark in its name: the mark that comes first is the platform's.
_MOODLE = re.compile(r"_(?P<id>[^_]+)_assignsubmission_(?:file|onlinetext)(?:_|$)")
_CANVAS = re.compile(r"(?P<name>.+?)_(?P<id>\d+)_\d+_(?P<file>.+)", re.DOTALL)


def moodle(place: Place) -> list[Owner]:
    """Read `NAME_ID_assignsubmission_file_/FILE`, and `NAME_ID_assignsubmission_file_FILE` without folders."""
    found = list(_MOODLE.finditer(place.unit))
    if not found:
        return []
    if len(place.path.parts) > 1:
        return [Owner(match["id"].strip(), stem_of(place.path)) for match in found]
    return [*canvas(place), *(Owner(match["id"].strip(), place.unit[match.end() :]) for match in found)]


def canvas(place: Place) -> list[Owner]:
    """Read `NAME_ID_SUBMISSION_FILE`, with `_LATE` after the name of a late student; numbers in FILE mean nothing."""
    match = _CANVAS.fullmatch(place.unit) if len(place.path.parts) == 1 else None
    return [Owner(match["id"], match["file"])] if match and not _MOODLE.search(match["name"] + "_") else []


def folders(place: Place) -> list[Owner]:
    """Read a folder or a zip a student: nbgrader's `STUDENT/ASSIGNMENT/FILE` and the like."""
    if len(place.path.parts) == 1 and not is_zip(place.path):
        return []
    return [] if place.unit.lower() in _nobody(place.assignment) else [Owner(place.unit.strip(), stem_of(place.path))]


def flat(place: Place) -> list[Owner]:
    """Read `STUDENT.ipynb` and `STUDENT.zip`; a name with the assignment's in it is a file's, not a student's."""
    if not _is_candidate(place.path) or len(place.path.parts) > 1 or place.assignment.lower() in place.unit.lower():
        return []
    return [Owner(place.unit.strip(), place.assignment)]


LAYOUTS: dict[str, Layout] = {
    "moodle": moodle,
    "canvas": canvas,
    "nbgrader": folders,
    "folders": folders,
    "flat": flat,
}
"""The known layouts by name, the particular before the general."""

_PARTICULAR = ("moodle", "canvas")
"""What is known by the shape of its names."""


class Recognised(NamedTuple):
    """The layout of a whole download.

    Attributes:
        name: its key in `LAYOUTS`.
        around: the folders around the class.
        assignment: name of the assignment.
    """

    name: str
    around: PurePosixPath
    assignment: str

    def owners(self, path: PurePosixPath) -> list[Owner]:
        """Tell whose a file of the download can be, by its outermost path."""
        if path == self.around or not path.is_relative_to(self.around):
            return []
        return LAYOUTS[self.name](Place(path.relative_to(self.around), self.assignment))

    def stamp(self, path: PurePosixPath) -> PurePosixPath | None:
        """Return where the time of a file is written: only where nbgrader, not a student, made the folders."""
        if self.name != "nbgrader":
            return None
        return self.around / path.relative_to(self.around).parts[0] / self.assignment / TIMESTAMP


def recognise(
    paths: Sequence[PurePosixPath], assignment: str, students: Collection[str], name: str | None = None
) -> Recognised:
    """Recognise the layout of a download, once for all its files.

    A folder that is alone and holds several is a folder around the class, whatever files lie beside it; not so if it
    bears the name of a student whom the course knows.

    Args:
        paths: the outermost paths.
        assignment: name of the assignment.
        students: ids that the course knows.
        name: the layout, where it is known.

    Raises:
        ArchiveError: it cannot be told which level of folders is the students', or there is no such layout.
    """
    if name is not None and name not in LAYOUTS:
        raise ArchiveError(words.no_layout(name, list(LAYOUTS)))
    around = PurePosixPath()
    particular = [key for key in _PARTICULAR if name in (None, key)]
    while True:
        here = [path.relative_to(around) for path in paths if path.is_relative_to(around) and path != around]
        if layout := _by_shape(here, assignment, particular):
            return Recognised(layout, around, assignment)
        candidates = [path for path in here if _is_candidate(path)] or here
        top = {path.parts[0] for path in candidates if len(path.parts) > 1} - {CHECKPOINTS}
        if len(top) != 1 or top <= set(students):
            break
        (folder,) = top
        inner = [path.relative_to(folder) for path in candidates if path.parts[0] == folder and len(path.parts) > 1]
        if folder.lower() != assignment.lower() and not _by_shape(inner, assignment, particular):
            children = {path.parts[0] for path in inner if len(path.parts) > 1 or is_zip(path)} - {CHECKPOINTS}
            if assignment.lower() in (child.lower() for child in children):
                break
            if len(children) < 2:
                _refuse_doubt(folder, inner, children, assignment)
                break
        around /= folder
    return Recognised(name or _general(here, candidates, assignment), around, assignment)


def _refuse_doubt(folder: str, inner: list[PurePosixPath], children: set[str], assignment: str) -> None:
    """Refuse a single folder that can be the student's as well as what it holds."""
    files = sorted(stem_of(path) for path in inner if len(path.parts) == 1 and has_notebook_name(path))
    of_assignment = any(assignment.lower() in file.lower() for file in files)
    in_doubt = sorted(children) if not files else files if len(files) > 1 and not of_assignment else []
    if in_doubt and not (len(children) == 1 and is_zip(PurePosixPath(in_doubt[0]))):
        raise ArchiveError(words.two_levels(folder, in_doubt[0], assignment))


def _by_shape(paths: Iterable[PurePosixPath], assignment: str, layouts: Iterable[str]) -> str:
    """Return the layout whose shape most outermost names have, at least half of them; empty if there is none."""
    candidates = [path for path in paths if len(path.parts) > 1 or _is_candidate(path)] or list(paths)
    units = {path.parts[0]: path for path in candidates}.values()
    fits = {name: sum(bool(LAYOUTS[name](Place(path, assignment))) for path in units) for name in layouts}
    most = max(fits, key=lambda name: fits[name], default="")
    return most if units and most and 2 * fits[most] >= len(units) else ""


def _general(paths: Iterable[PurePosixPath], candidates: Sequence[PurePosixPath], assignment: str) -> str:
    """Tell nbgrader's folders, which have a time each, from others, and folders from files."""
    inside = {path.parts[0] for path in candidates if len(path.parts) > 1}
    files = [path for path in candidates if len(path.parts) == 1 and not is_zip(path)]
    if len(files) > len(inside):
        return "flat"
    stamped = {path.parts[0] for path in paths if path.parts[1:] == (assignment, TIMESTAMP)}
    return "nbgrader" if stamped and 2 * len(stamped) >= len(inside) else "folders"


def _is_candidate(path: PurePosixPath) -> bool:
    return has_notebook_name(path) or is_zip(path)


def _nobody(assignment: str) -> tuple[str, str]:
    return assignment.lower(), CHECKPOINTS
