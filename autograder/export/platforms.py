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
from autograder.export.spreadsheet import Spreadsheet
from autograder.roster.columns import Header

Table = Sheet | Spreadsheet

_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


@dataclass(frozen=True)
class GradeColumn:
    """A column that takes grades.

    Attributes:
        place: its number in the table.
        title: what people call it.
        maximum: the platform's maximum; None if the file does not say it.
        locked: whether the platform takes nothing for it.
        usual: whether it takes the grades of whatever assignment the file is of.
    """

    place: int
    title: str
    maximum: float | None = None
    locked: bool = False
    usual: bool = False


@dataclass(frozen=True)
class PlatformFile:
    """The file of a platform that takes grades.

    Attributes:
        columns: finds the columns that take grades; the second argument is the header.
        source: says where the platform gives the file.
        keeps: whether a grade does not replace what a cell says.
        spreadsheet: whether it may be an xlsx file.
        bounded: whether the platform skips points above its maximum without a word.
    """

    columns: Callable[[Table, Header], Iterator[GradeColumn]]
    source: Callable[[], str]
    keeps: Callable[[str], bool] = lambda value: False
    spreadsheet: bool = False
    bounded: bool = False


def number(text: str) -> float | None:
    """Read a number with either decimal sign."""
    return float(text.strip().replace(",", ".")) if _NUMBER.fullmatch(text.strip()) else None


def _moodle(sheet: Table, header: Header) -> Iterator[GradeColumn]:
    """Find the grade by its place, for headers are translated: left of the maximum, the same number in each row."""
    rows = [row for row in range(header.row + 1, len(sheet)) if any(sheet.values(row))]
    for place in range(2, len(sheet.values(header.row))):
        most = {number(sheet.value(row, place)) for row in rows}
        grades = [sheet.value(row, place - 1).strip() for row in rows]
        maximum = most.pop() if len(most) == 1 else None
        if maximum and all(grade in ("", "-") or number(grade) is not None for grade in grades):
            yield GradeColumn(place - 1, sheet.value(header.row, place - 1), maximum, usual=True)


_CANVAS = re.compile(r"(?P<title>.+) \(\d+\)")


def _canvas(sheet: Table, header: Header) -> Iterator[GradeColumn]:
    titles = sheet.values(header.row)
    if titles[:2] != ["Student", "ID"] and titles[2:3] != ["ID"]:
        return
    points = [row for row in range(header.row + 1, len(sheet)) if "Points Possible" in sheet.value(row, 0)]
    for place, title in enumerate(titles):
        if match := _CANVAS.fullmatch(title.strip()):
            most = sheet.value(points[0], place) if points else ""
            yield GradeColumn(place, match["title"], number(most), "(read only)" in most)


_BLACKBOARD = re.compile(r"(?P<title>.+?) \[(?P<kind>[^\]]*)\][^|]*\|\d+")


def _blackboard(sheet: Table, header: Header) -> Iterator[GradeColumn]:
    for place, title in enumerate(sheet.values(header.row)):
        if match := _BLACKBOARD.fullmatch(title.strip()):
            most = _NUMBER.search(match["kind"])
            yield GradeColumn(place, match["title"], number(most[0]) if most else None)


_BRIGHTSPACE = re.compile(r"(?P<title>.+) Points Grade(?: <(?P<kind>[^>]*)>)?")
_MAX_POINTS = re.compile(r"MaxPoints:\s*([\d.]+)")


def _brightspace(sheet: Table, header: Header) -> Iterator[GradeColumn]:
    for place, title in enumerate(sheet.values(header.row)):
        if match := _BRIGHTSPACE.fullmatch(title.strip()):
            most = _MAX_POINTS.search(match["kind"] or "")
            yield GradeColumn(place, match["title"], number(most[1]) if most else None)


def _sakai(sheet: Table, header: Header) -> Iterator[GradeColumn]:
    if "Display ID" in sheet.values(header.row):
        yield GradeColumn(4, sheet.value(0, 0), usual=True)


_GRADE_TITLE = re.compile(
    r"成绩|分数|得分|评分|成績|점수|\b(?:grade|score|points|mark|note|punkte|nota)s?\b", re.IGNORECASE
)
_FULL_MARKS = re.compile(r"满分\D{0,3}(\d+(?:\.\d+)?)")


def _table(sheet: Table, header: Header) -> Iterator[GradeColumn]:
    """Take any column that says nothing of who people are; its title may say that it is the usual one."""
    people = {place for places in header.columns.values() for place in places}
    for place, title in enumerate(sheet.values(header.row)):
        if title and place not in people:
            most = _FULL_MARKS.search(title)
            usual = bool(_GRADE_TITLE.search(title))
            yield GradeColumn(place, title, number(most[1]) if most else None, usual=usual)


def _is_word(value: str) -> bool:
    """Whether a cell says that somebody was ill, absent or excused."""
    return value not in ("", "-") and number(value) is None


PLATFORMS = {
    "moodle": PlatformFile(_moodle, words.moodle_file, bounded=True),
    "canvas": PlatformFile(_canvas, words.canvas_file, keeps=lambda value: value.upper() == "EX"),
    "blackboard": PlatformFile(_blackboard, words.blackboard_file),
    "brightspace": PlatformFile(_brightspace, words.brightspace_file),
    "sakai": PlatformFile(_sakai, words.sakai_file),
    "table": PlatformFile(_table, words.table_file, keeps=_is_word, spreadsheet=True),
}
"""The files that can be filled."""


def choose(columns: list[GradeColumn], assignment: str, named: str | None) -> list[GradeColumn]:
    """Choose the column of an assignment: the one that is named, the one of its title, or the usual one."""
    if named is not None:
        return [column for column in columns if squash(named) == squash(column.title)]
    same = [column for column in columns if squash(assignment) == squash(column.title)]
    return same or [column for column in columns if column.usual]
