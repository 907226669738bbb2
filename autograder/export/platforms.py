"""Know where grades go in the files that platforms export. To add a platform, list its file in PLATFORMS.

Headers are translated, ids are needed, and the order of columns is checked by those who read the file again. So a file
is never built: the platform's own one is filled.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from autograder.course.roster import squash
from autograder.export import words
from autograder.export.sheet import Sheet

_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


@dataclass(frozen=True)
class GradeColumn:
    """A column that takes grades.

    Attributes:
        place: its number in the table.
        title: what people call it.
        maximum: the platform's maximum; None if the file does not say it.
        locked: whether the platform takes nothing for it.
    """

    place: int
    title: str
    maximum: float | None = None
    locked: bool = False


@dataclass(frozen=True)
class PlatformFile:
    """The file of a platform that takes grades.

    Attributes:
        columns: finds the columns that take grades; the second argument is the row of the header.
        of_one: whether the file is of one assignment, so that its only column is the right one.
        source: says where the platform gives the file.
        keeps: values of a cell that grades do not replace.
        bounded: whether the platform skips points above its maximum without a word.
    """

    columns: Callable[[Sheet, int], Iterator[GradeColumn]]
    source: Callable[[], str]
    of_one: bool = False
    keeps: tuple[str, ...] = ()
    bounded: bool = False


def number(text: str) -> float | None:
    """Read a number with either decimal sign."""
    return float(text.strip().replace(",", ".")) if _NUMBER.fullmatch(text.strip()) else None


def _moodle(sheet: Sheet, header: int) -> Iterator[GradeColumn]:
    """Find the grade by its place, for headers are translated: left of the maximum, the same number in each row."""
    rows = [row for row in range(header + 1, len(sheet)) if any(sheet.values(row))]
    for place in range(2, len(sheet.values(header))):
        most = {number(sheet.value(row, place)) for row in rows}
        grades = [sheet.value(row, place - 1).strip() for row in rows]
        maximum = most.pop() if len(most) == 1 else None
        if maximum and all(grade in ("", "-") or number(grade) is not None for grade in grades):
            yield GradeColumn(place - 1, sheet.value(header, place - 1), maximum)


_CANVAS = re.compile(r"(?P<title>.+) \(\d+\)")


def _canvas(sheet: Sheet, header: int) -> Iterator[GradeColumn]:
    titles = sheet.values(header)
    if titles[:2] != ["Student", "ID"] and titles[2:3] != ["ID"]:
        return
    points = [row for row in range(header + 1, len(sheet)) if "Points Possible" in sheet.value(row, 0)]
    for place, title in enumerate(titles):
        if match := _CANVAS.fullmatch(title.strip()):
            most = sheet.value(points[0], place) if points else ""
            yield GradeColumn(place, match["title"], number(most), "(read only)" in most)


_BLACKBOARD = re.compile(r"(?P<title>.+?) \[(?P<kind>[^\]]*)\][^|]*\|\d+")


def _blackboard(sheet: Sheet, header: int) -> Iterator[GradeColumn]:
    for place, title in enumerate(sheet.values(header)):
        if match := _BLACKBOARD.fullmatch(title.strip()):
            most = _NUMBER.search(match["kind"])
            yield GradeColumn(place, match["title"], number(most[0]) if most else None)


_BRIGHTSPACE = re.compile(r"(?P<title>.+) Points Grade(?: <(?P<kind>[^>]*)>)?")
_MAX_POINTS = re.compile(r"MaxPoints:\s*([\d.]+)")


def _brightspace(sheet: Sheet, header: int) -> Iterator[GradeColumn]:
    for place, title in enumerate(sheet.values(header)):
        if match := _BRIGHTSPACE.fullmatch(title.strip()):
            most = _MAX_POINTS.search(match["kind"] or "")
            yield GradeColumn(place, match["title"], number(most[1]) if most else None)


def _sakai(sheet: Sheet, header: int) -> Iterator[GradeColumn]:
    if "Display ID" in sheet.values(header):
        yield GradeColumn(4, sheet.value(0, 0))


PLATFORMS = {
    "moodle": PlatformFile(_moodle, words.moodle_file, of_one=True, bounded=True),
    "canvas": PlatformFile(_canvas, words.canvas_file, keeps=("EX",)),
    "blackboard": PlatformFile(_blackboard, words.blackboard_file),
    "brightspace": PlatformFile(_brightspace, words.brightspace_file),
    "sakai": PlatformFile(_sakai, words.sakai_file, of_one=True),
}
"""The files that can be filled."""


def choose(columns: list[GradeColumn], assignment: str, named: str | None, of_one: bool) -> list[GradeColumn]:
    """Choose the column of an assignment: the one that is named, the only one, or the one of its title."""
    if named is not None:
        return [column for column in columns if squash(named) == squash(column.title)]
    same = [column for column in columns if squash(assignment) == squash(column.title)]
    return same or (columns if of_one else [])
