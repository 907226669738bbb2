"""Put numbers into cells of an xlsx file and change nothing else in it.

A library that reads a workbook and writes it anew loses what it does not know: pictures, forms, marks of the program
that wrote it. So the cells are exchanged in the text of their sheet, and all other parts of the file are copied.
"""

import io
import re
import zipfile
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from xml.etree import ElementTree
from xml.parsers import expat

from autograder.errors import CourseError
from autograder.export import words
from autograder.roster.people import Listing
from autograder.roster.tables import Rows, read_sheets

_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_DAMAGED = (zipfile.BadZipFile, KeyError, ValueError, OSError, RuntimeError, expat.ExpatError, ElementTree.ParseError)


class _Cell(NamedTuple):
    """Where a cell stands in the text of its sheet; `style` is the attribute as it is written there."""

    start: int
    end: int
    style: str
    has_formula: bool


class Spreadsheet:
    """A sheet of an xlsx file, with the same methods as `Sheet`.

    Args:
        path: the file.
        listing: how its people were read; it says which sheet they are in.

    Raises:
        CourseError: it is an xls file, or its parts are not where they belong.
    """

    def __init__(self, path: Path, listing: Listing) -> None:
        self._path, self._number = path, listing.table
        self._written: dict[tuple[int, int], str] = {}
        try:
            self._data = path.read_bytes()
            self._rows = list(read_sheets(path, self._data))[listing.table]
            with zipfile.ZipFile(io.BytesIO(self._data)) as archive:
                self._part = _sheet_part(archive, listing.table)
                self._text = archive.read(self._part)
            self._cells, self._row_ends, self._prefix = _places(self._text)
        except _DAMAGED as error:
            raise CourseError(words.no_xlsx(str(path))) from error

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def has_formulas(self) -> bool:
        """Whether other cells may be computed from the grades; their values are from before."""
        return any(cell.has_formula for cell in self._cells.values())

    def value(self, row: int, column: int) -> str:
        """Return what a cell says; nothing where the row has no such cell."""
        cells = self._rows[row]
        return cells[column].strip() if column < len(cells) else ""

    def values(self, row: int) -> list[str]:
        """Return what the cells of a row say."""
        return [cell.strip() for cell in self._rows[row]]

    def write(self, row: int, column: int, text: str) -> None:
        """Write a number into a cell, which keeps its format.

        Raises:
            CourseError: the cell is computed by a formula.
        """
        cell = self._cells.get((row, column))
        if cell and cell.has_formula:
            raise CourseError(words.formula(str(self._path), _name(row, column)))
        self._written[row, column] = text

    def to_bytes(self) -> bytes:
        """Write the file, and read it again to see that only those cells differ.

        Raises:
            CourseError: it cannot be filled without changing something else.
        """
        text = self._text
        for (row, column), number in sorted(self._written.items(), reverse=True):
            start, end, style = self._place(row, column)
            tag = f"{self._prefix}c"
            value = f"<{self._prefix}v>{number}</{self._prefix}v>"
            cell = f'<{tag} r="{_name(row, column)}"{style}>{value}</{tag}>'
            text = text[:start] + cell.encode() + text[end:]
        data = self._with_part(text)
        expected = [list(row) for row in self._rows]
        for (row, column), number in self._written.items():
            expected[row] += [""] * (column + 1 - len(expected[row]))
            expected[row][column] = number
        if not _same(list(read_sheets(self._path, data))[self._number], expected):
            raise CourseError(words.no_xlsx(str(self._path)))
        return data

    def _place(self, row: int, column: int) -> tuple[int, int, str]:
        """Return the bytes that a cell takes, or the place where a new cell belongs, and its format."""
        if cell := self._cells.get((row, column)):
            return cell.start, cell.end, cell.style
        after = [cell.start for (r, c), cell in self._cells.items() if r == row and c > column]
        place = min(after) if after else self._row_ends.get(row)
        if place is None:
            raise CourseError(words.no_xlsx(str(self._path)))
        return place, place, ""

    def _with_part(self, text: bytes) -> bytes:
        """Copy the file with another text of the sheet; programs compute formulas anew when they open it."""
        file = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(self._data)) as archive, zipfile.ZipFile(file, "w") as copy:
            copy.comment = archive.comment
            for info in archive.infolist():
                part = text if info.filename == self._part else archive.read(info)
                if info.filename == _WORKBOOK:
                    part = _CALCULATION.sub(rb'\1 fullCalcOnLoad="1"', part, count=1)
                copy.writestr(info, part, info.compress_type)
        return file.getvalue()


_CALCULATION = re.compile(rb"(<(?:\w+:)?calcPr\b(?![^>]*fullCalcOnLoad))")


def _sheet_part(archive: zipfile.ZipFile, number: int) -> str:
    """Name the part of the file that holds a sheet, by its place in the workbook."""
    sheets = [one for one in ElementTree.fromstring(archive.read(_WORKBOOK)).iter() if _local(one.tag) == "sheet"]
    id = next(value for key, value in sheets[number].attrib.items() if _local(key) == "id" and key != "id")
    relations = ElementTree.fromstring(archive.read(_RELATIONS)).iter()
    target = next(one.attrib["Target"] for one in relations if one.attrib.get("Id") == id)
    return target.removeprefix("/") if target.startswith("/") else str(PurePosixPath("xl", target))


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _places(text: bytes) -> tuple[dict[tuple[int, int], _Cell], dict[int, int], str]:
    """Find the cells of a sheet, the ends of its rows, and the prefix of its tags."""
    cells: dict[tuple[int, int], _Cell] = {}
    ends: dict[int, int] = {}
    parser = expat.ParserCreate()
    row, column, start, style, formula, prefix = -1, -1, 0, "", False, ""

    def on_start(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, start, style, formula, prefix
        local = name.rpartition(":")[2]
        if local == "row":
            row, column = int(attributes.get("r", row + 2)) - 1, -1
        elif local == "c":
            row, column = _numbers(attributes["r"]) if "r" in attributes else (row, column + 1)
            start, formula = parser.CurrentByteIndex, False
            style = f' s="{int(attributes["s"])}"' if "s" in attributes else ""
            prefix = name[: -len(local)]
        elif local == "f":
            formula = True

    def on_end(name: str) -> None:
        local, at = name.rpartition(":")[2], parser.CurrentByteIndex
        if local == "c":
            end = text.index(b">", start) + 1
            if text[end - 2 : end] != b"/>":
                end = text.index(b">", at) + 1
            cells[row, column] = _Cell(start, end, style, formula)
        elif local == "row" and column >= 0:
            ends[row] = at

    parser.StartElementHandler, parser.EndElementHandler = on_start, on_end
    if not text.lstrip(b"\xef\xbb\xbf").startswith((b"<?xml", b"<")) or b"\0" in text[:100]:
        raise ValueError("not UTF-8")
    parser.Parse(text, True)
    return cells, ends, prefix


_LETTERS = re.compile(r"([A-Z]+)(\d+)")


def _numbers(name: str) -> tuple[int, int]:
    """Turn `B3` into row and column, from 0."""
    match = _LETTERS.fullmatch(name)
    if not match:
        raise ValueError(name)
    column = 0
    for letter in match[1]:
        column = 26 * column + ord(letter) - ord("A") + 1
    return int(match[2]) - 1, column - 1


def _name(row: int, column: int) -> str:
    """Turn row and column, from 0, into `B3`."""
    letters, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


def _same(table: Rows, expected: Rows) -> bool:
    """Compare tables; cells at the end of a row that say nothing do not count."""
    return [_trimmed(row) for row in table] == [_trimmed(row) for row in expected]


def _trimmed(row: list[str]) -> list[str]:
    cells = [cell.strip() for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return cells
