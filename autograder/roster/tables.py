"""Read a text file or a spreadsheet as rows of text, whatever wrote it."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from autograder.errors import CourseError
from autograder.roster import words

Rows = list[list[str]]
"""The rows of a table, each cell as text."""

MAX_BYTES = 50_000_000
DELIMITERS = ",;\t|"

_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How xlsx and xls begin, whatever the file is called: some platforms call a text `.xls`."""

_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_COMMON_HANZI = re.compile(rb"[\xb0-\xd7][\xa1-\xfe]")
"""The characters of everyday Chinese in GB18030."""

_EXACT = 2**53
"""From here on a spreadsheet's numbers have lost digits."""


def read_tables(path: Path) -> Iterator[Rows]:
    """Yield what a file can be read as: each sheet, or the text parted at each sign that parts columns.

    Raises:
        CourseError: it cannot be read, or its encoding cannot be told.
    """
    data = _read(path)
    if data.startswith(_SPREADSHEETS):
        yield from read_sheets(path, data)
        return
    text = _decode(path, data).content
    if text.lstrip()[:1] == "<":
        raise CourseError(words.web_page(str(path)))
    for delimiter in DELIMITERS:
        try:
            yield [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text, ""), delimiter=delimiter)]
        except csv.Error as error:
            raise CourseError(words.unreadable(str(path), str(error))) from error


class Text(NamedTuple):
    """A text file, and how it can be written again byte for byte.

    Attributes:
        content: the text.
        encoding: its encoding.
        mark: the bytes before it that say which.
    """

    content: str
    encoding: str
    mark: bytes


def read_text(path: Path) -> Text:
    """Read a text file whole.

    Raises:
        CourseError: it cannot be read, or its encoding cannot be told.
    """
    data = _read(path)
    return _decode(path, data)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise CourseError(words.unreadable(str(path), error.strerror or "")) from error
    if len(data) > MAX_BYTES:
        raise CourseError(words.too_large(str(path), MAX_BYTES))
    return data


def is_spreadsheet(path: Path) -> bool:
    """Tell whether a file is an xls or xlsx file, whatever it is called.

    Raises:
        CourseError: it cannot be read.
    """
    return _read(path).startswith(_SPREADSHEETS)


def read_sheets(path: Path, data: bytes) -> Iterator[Rows]:
    """Yield the sheets of an xls or xlsx file.

    Raises:
        CourseError: it cannot be read.
    """
    from python_calamine import CalamineError, load_workbook

    try:
        book = load_workbook(io.BytesIO(data))
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            yield [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    except CalamineError as error:
        raise CourseError(words.unreadable(str(path), str(error))) from error


def _text(cell: object) -> str:
    """Write a cell as people see it: a number without the point that the spreadsheet's arithmetic gives it."""
    if isinstance(cell, float):
        if cell.is_integer():
            return str(int(cell)) if abs(cell) < _EXACT else f"{cell:e}"
        return repr(cell)
    return str(cell).strip()


def _decode(path: Path, data: bytes) -> Text:
    """Tell the encoding of a text; one that could be several is refused, for names would be written wrong.

    Raises:
        CourseError: it is neither Unicode nor Chinese.
    """
    mark = next((mark for mark in _MARKS if data.startswith(mark)), b"")
    data = data[len(mark) :]
    encodings = [_MARKS[mark]] if mark else []
    if not encodings and (zeros := data[:1000].count(0)):
        encodings = ["utf-16-le" if data[1:1000:2].count(0) * 2 >= zeros else "utf-16-be"]
    encodings = encodings or ["utf-8", "gb18030"]
    for encoding in encodings:
        if encoding == "gb18030" and 4 * len(_COMMON_HANZI.findall(data)) <= sum(byte >= 0x80 for byte in data):
            continue
        try:
            return Text(data.decode(encoding), encoding, mark)
        except UnicodeDecodeError:
            continue
    raise CourseError(words.unknown_encoding(str(path)))
