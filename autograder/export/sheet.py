"""Change cells of a text table and nothing else: every other byte stays as the platform wrote it."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import CourseError
from autograder.export import words
from autograder.roster.people import Listing
from autograder.roster.tables import DELIMITERS, read_text


@dataclass
class _Row:
    cells: list[str]
    end: str


class Sheet:
    """A table as text; cells are kept as they were written, quotes included.

    Args:
        path: the file.
        listing: how its people were read; it says where the header is, and so which sign parts columns.

    Raises:
        CourseError: it is a spreadsheet, or cannot be read as one table.
    """

    def __init__(self, path: Path, listing: Listing) -> None:
        self._text = read_text(path)
        content = self._text.content
        header = listing.header
        for self._delimiter in DELIMITERS:
            self._rows = list(_split(content, self._delimiter))
            rows = [[_value(cell) for cell in row.cells] for row in self._rows]
            if len(rows) > header.row and [cell.strip() for cell in rows[header.row]] == header.titles:
                break
        else:
            raise CourseError(words.no_table(str(path)))
        read = csv.reader(io.StringIO(content, ""), delimiter=self._delimiter)
        longest = max(len(rows[one.row - 1]) for one in listing.people)
        if [row or [""] for row in read] != rows or longest > len(header.titles):  # as where a quote is not closed
            raise CourseError(words.no_table(str(path)))

    def __len__(self) -> int:
        return len(self._rows)

    def value(self, row: int, column: int) -> str:
        """Return what a cell says; nothing where the row has no such cell."""
        cells = self._rows[row].cells
        return _value(cells[column]) if column < len(cells) else ""

    def values(self, row: int) -> list[str]:
        """Return what the cells of a row say."""
        return [_value(cell) for cell in self._rows[row].cells]

    def write(self, row: int, column: int, text: str) -> None:
        """Write a cell, in quotes where it had some or needs them."""
        cells = self._rows[row].cells
        cells += [""] * (column + 1 - len(cells))
        quoted = cells[column].startswith('"') or any(sign in text for sign in (self._delimiter, '"', "\n", "\r"))
        cells[column] = '"' + text.replace('"', '""') + '"' if quoted else text

    def to_bytes(self) -> bytes:
        """Write the table as it was written, the encoding and the mark of it included."""
        content = "".join(self._delimiter.join(row.cells) + row.end for row in self._rows)
        return self._text.mark + content.encode(self._text.encoding)


def _split(text: str, delimiter: str) -> Iterator[_Row]:
    cell = re.compile(rf'"(?:[^"]|"")*"[^{delimiter}\r\n]*|[^{delimiter}\r\n]*')
    place, cells = 0, []
    while place < len(text):
        match = cell.match(text, place)
        assert match is not None, "the second branch takes anything"
        cells.append(match[0])
        place = match.end()
        if text[place : place + 1] == delimiter:
            place += 1
            if place == len(text):
                cells.append("")
            continue
        end = text[place : place + 2] if text[place : place + 2] == "\r\n" else text[place : place + 1]
        place += len(end)
        yield _Row(cells, end)
        cells = []
    if cells:
        yield _Row(cells, "")


def _value(cell: str) -> str:
    if not cell.startswith('"'):
        return cell
    inner, _, rest = cell[1:].replace('""', "\0").partition('"')
    return inner.replace("\0", '"') + rest
