"""Tell from a path in a download whose notebook it is. To add a platform, write its function and list it in LAYOUTS."""

import re
from collections.abc import Callable, Collection
from pathlib import PurePosixPath
from typing import NamedTuple

from autograder.collect.names import CHECKPOINTS, stem_of


class Place(NamedTuple):
    """Where a notebook is in a download.

    Attributes:
        path: the path; an archive inside the download counts as a folder of its name.
        shared: the number of folders at the start of the path that all notebooks of the download have in common.
        assignment: name of the assignment.
    """

    path: PurePosixPath
    shared: int
    assignment: str


class Owner(NamedTuple):
    """Whose notebook it is.

    Attributes:
        student: the student's id.
        stem: the notebook's own name, without its ending and without what the platform put before it.
    """

    student: str
    stem: str


Layout = Callable[[Place], Owner | None]
"""Reads the owner from a place; None if the place does not look like this layout."""

_MOODLE = re.compile(r".*_(?P<id>[^_]+)_assignsubmission_file(?:_(?P<file>.*))?", re.DOTALL)
_CANVAS = re.compile(r"[^_]+(?:_LATE)?_(?P<id>\d+)_\d+_(?P<file>.+)", re.DOTALL)


def moodle(place: Place) -> Owner | None:
    """Read `NAME_ID_assignsubmission_file_/FILE`, and `NAME_ID_assignsubmission_file_FILE` without folders."""
    for folder in place.path.parts[:-1]:
        if match := _MOODLE.fullmatch(folder):
            return Owner(match["id"].strip(), stem_of(place.path))
    match = _MOODLE.fullmatch(stem_of(place.path))
    return Owner(match["id"].strip(), match["file"] or "") if match else None


def canvas(place: Place) -> Owner | None:
    """Read `NAME_ID_SUBMISSION_FILE`, with `_LATE` after the name of a late student."""
    match = _CANVAS.fullmatch(stem_of(place.path))
    return Owner(match["id"], match["file"]) if match else None


def folders(place: Place) -> Owner | None:
    """Read a folder a student, around the assignment's or alone: nbgrader's `STUDENT/ASSIGNMENT/FILE`."""
    names = place.path.parts[:-1]
    for name in (*names[place.shared :], *reversed(names[: place.shared])):
        if name.lower() not in (place.assignment.lower(), CHECKPOINTS):
            return Owner(name.strip(), stem_of(place.path))
    return None


def flat(place: Place) -> Owner | None:
    """Read `STUDENT.ipynb`."""
    stem = stem_of(place.path)
    return Owner(stem.strip(), place.assignment) if stem.lower() != place.assignment.lower() else None


LAYOUTS: dict[str, Layout] = {"moodle": moodle, "canvas": canvas, "nbgrader": folders, "flat": flat}
"""The known layouts by name; the first that gives an owner counts, so the particular ones stand before the general."""


def owner_of(place: Place, without: Collection[str] = ()) -> Owner | None:
    """Tell whose notebook it is; None if no layout fits, leaving out those named in `without`."""
    layouts = (layout for name, layout in LAYOUTS.items() if name not in without)
    return next((owner for layout in layouts if (owner := layout(place))), None)
