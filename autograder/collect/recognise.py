"""Recognise the layout of a download, once for all its files, and the folders that lie around the class."""

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from autograder.collect import words
from autograder.collect.layouts import DRAFTS, LAYOUTS, Context, Owner, Place, is_candidate
from autograder.collect.moments import local_time
from autograder.collect.names import CHECKPOINTS, has_notebook_name, is_zip, stem_of
from autograder.course.downloads import Downloaded
from autograder.course.roster import without_overrides
from autograder.course.timestamp import TIMESTAMP
from autograder.errors import ArchiveError


class Recognised(NamedTuple):
    """The layout of a whole download.

    Attributes:
        name: its key in `LAYOUTS`.
        around: the folders around the class.
        context: what the names have in common.
    """

    name: str
    around: PurePosixPath
    context: Context

    def owners(self, path: PurePosixPath) -> list[Owner]:
        """Tell whose a file of the download can be, by its outermost path."""
        if path == self.around or not path.is_relative_to(self.around):
            return []
        return LAYOUTS[self.name].parser(Place(path.relative_to(self.around), self.context))

    def is_own(self, path: PurePosixPath) -> bool:
        """Tell whether the platform put a file there, which is nothing to speak of."""
        if not path.is_relative_to(self.around):
            return False
        return bool(re.fullmatch(LAYOUTS[self.name].own, path.relative_to(self.around).as_posix(), re.IGNORECASE))

    def is_draft(self, path: PurePosixPath) -> bool:
        """Tell whether a file was not handed in."""
        return self.name == "teams" and DRAFTS in (part.lower() for part in path.parts)

    def outermost(self, path: PurePosixPath) -> str:
        """Return the outermost name of a file, as the platform wrote it."""
        inside = path.relative_to(self.around) if path.is_relative_to(self.around) else path
        return inside.parts[0]

    def downloaded(self, path: PurePosixPath) -> Downloaded:
        """Say what the platform called a file, and the student if its names hold that."""
        owners = self.owners(path)
        people = [one for owner in owners for one in owner.members or (owner.identity,)]
        is_name = LAYOUTS[self.name].has_names and len(people) == 1
        return Downloaded(
            self.name, self.outermost(path), str(path), without_overrides(people[0].name) if is_name else ""
        )

    @staticmethod
    def time(text: str) -> str:
        """Read a time as the platform writes it beside the files: Sakai's is one number."""
        return local_time(text[:14], "%Y%m%d%H%M%S") if re.fullmatch(r"\d{17}", text) else text

    def stamp(self, path: PurePosixPath) -> PurePosixPath | None:
        """Return where the time of a file is written: only where the platform, not a student, made the folders."""
        if self.name not in ("nbgrader", "sakai"):
            return None
        folder = self.around / self.outermost(path)
        return (folder / self.context.assignment if self.name == "nbgrader" else folder) / TIMESTAMP


def recognise(
    paths: Sequence[PurePosixPath],
    assignment: str,
    is_student: Callable[[str], bool] = lambda name: False,
    name: str | None = None,
    read: Callable[[PurePosixPath], bytes] = lambda path: b"",
) -> Recognised:
    """Recognise the layout of a download, once for all its files.

    A folder that is alone and holds several is a folder around the class, whatever files lie beside it; not so if it
    bears the name of a student whom the course knows.

    Args:
        paths: the outermost paths.
        assignment: name of the assignment.
        is_student: tells whether the course knows a student of this name.
        name: the layout, where it is known.
        read: reads a file that the platform put into the download.

    Raises:
        ArchiveError: it cannot be told which level of folders is the students', or there is no such layout.
    """
    if name is not None and name not in LAYOUTS:
        raise ArchiveError(words.no_layout(name, list(LAYOUTS)))
    around = PurePosixPath()
    particular = [key for key, layout in LAYOUTS.items() if layout.particular and name in (None, key)]
    while True:
        here = [path.relative_to(around) for path in paths if path.is_relative_to(around) and path != around]
        context = _context(assignment, around, here, read)
        if layout := _by_shape(context, particular):
            return Recognised(layout, around, context)
        candidates = [path for path in here if is_candidate(path)] or here
        top = {path.parts[0] for path in candidates if len(path.parts) > 1} - {CHECKPOINTS}
        if len(top) != 1 or all(map(is_student, top)):
            break
        (folder,) = top
        inner = [path.relative_to(folder) for path in candidates if path.parts[0] == folder and len(path.parts) > 1]
        below = [path.relative_to(folder) for path in here if path.parts[0] == folder and len(path.parts) > 1]
        if folder.lower() != assignment.lower() and not _by_shape(
            _context(assignment, around / folder, below, read), particular
        ):
            children = {path.parts[0] for path in inner if len(path.parts) > 1 or is_zip(path)} - {CHECKPOINTS}
            if assignment.lower() in (child.lower() for child in children):
                break
            if len(children) < 2:
                _refuse_doubt(folder, inner, children, assignment)
                break
        around /= folder
    return Recognised(name or _general(here, candidates, assignment), around, context)


def _context(
    assignment: str,
    around: PurePosixPath,
    paths: Sequence[PurePosixPath],
    read: Callable[[PurePosixPath], bytes],
) -> Context:
    return Context(assignment, around.name, paths, lambda path: read(around / path))


def _refuse_doubt(folder: str, inner: list[PurePosixPath], children: set[str], assignment: str) -> None:
    """Refuse a single folder that can be the student's as well as what it holds."""
    files = sorted(stem_of(path) for path in inner if len(path.parts) == 1 and has_notebook_name(path))
    of_assignment = any(assignment.lower() in file.lower() for file in files)
    in_doubt = sorted(children) if not files else files if len(files) > 1 and not of_assignment else []
    if in_doubt and not (len(children) == 1 and is_zip(PurePosixPath(in_doubt[0]))):
        raise ArchiveError(words.two_levels(folder, in_doubt[0], assignment))


def _by_shape(context: Context, layouts: Iterable[str]) -> str:
    """Return the layout whose shape most outermost names have, at least half of them; empty if there is none."""
    paths = [path for path in context.paths if len(path.parts) > 1 or is_candidate(path)] or context.paths
    units: dict[str, list[PurePosixPath]] = {}
    for path in paths:
        units.setdefault(path.parts[0], []).append(path)
    fits = {
        name: sum(any(LAYOUTS[name].parser(Place(path, context)) for path in inside) for inside in units.values())
        for name in layouts
    }
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
