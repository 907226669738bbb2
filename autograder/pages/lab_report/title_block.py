"""Read who wrote a lab report: from the table in the notebook, and from the roster, which is surer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from unicodedata import normalize

from autograder.course.roster import Person, squash
from autograder.notebook.source import Source
from autograder.pages import words
from autograder.pages.autograded_notebook import text_of
from autograder.pages.lab_report.parts import STUDENT, TAG, tags_of
from autograder.pages.sanitize.text import plain_text
from autograder.pages.stored_verdict import as_text
from autograder.roster.columns import field_of, plain

MAX_VALUE = 120
"""Characters of a value."""
MAX_TABLE, MAX_LINE = 10_000, 500
"""Characters of the table, and of a row, that are read."""

MIN_ROWS = 3
"""Rows by which a table is known that has lost its id."""

_ROW = re.compile(r"\|?([^|:：]+)[|:：](.*)")
_MARKS = re.compile(r"[*_`~]+|<[^<>]{0,200}>|\\(?=[*_`~|])")
_DATES = frozenset(("date", "datum", "fecha", "data", "дата", "日期", "실험일", "実験日", "tarih"))


@dataclass(frozen=True)
class TitleBlock:
    """Who wrote a report, and when; empty where nobody says it."""

    student: str = ""
    name: str = ""
    section: str = ""
    email: str = ""
    date: str = ""


def find_table(source: Source, cells: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Find the cell in which a student says who wrote the report.

    Where an editor lost the ids of cells, a table that is filled in has little in common with the given one.

    Args:
        source: the instructor's notebook, which marks it by a tag.
        cells: the student's, restored.
    """
    given = {cell.cell["id"] for cell in source.cells}
    tables = {cell.cell["id"] for cell in source.cells if TAG + STUDENT in tags_of(cell)}
    if not tables:
        return None
    named = next((cell for cell in cells if as_text(cell.get("id")) in tables), None)
    own = (cell for cell in cells if as_text(cell.get("id")) not in given and cell["cell_type"] != "code")
    return named or next((cell for cell in own if says_who(text_of(cell))), None)


def says_who(text: str) -> bool:
    """Tell whether a text is a filled-in table of who wrote the report."""
    return len(dict(_rows(text))) >= MIN_ROWS


def title_block(table: str, student: str, person: Person | None, name: str, handed_in: str) -> TitleBlock:
    """Bring together what notebook and course say; where they differ, the course is right.

    Args:
        table: the cell of the notebook in which the student says it.
        student: the id in the course.
        person: the student in the roster, if there.
        name: the name in the gradebook.
        handed_in: when the notebook was handed in: the date, where the student gives none.
    """
    own = dict(_rows(table))
    known = person or Person(student)
    number = own.get("student", "")
    if person is not None and number and squash(number) != squash(student):
        number = words.other_number(student, number)
    elif person is not None or not number:
        number = student
    return TitleBlock(
        student=number,
        name=known.name or name or own.get("name", ""),
        section=known.section or own.get("section", ""),
        email=known.email or own.get("email", ""),
        date=own.get("date", "") or handed_in,
    )


def _rows(table: str) -> Iterator[tuple[str, str]]:
    """Read the rows of a Markdown table, or lines of the form `Name: Ada`; gaps that were left are none."""
    for line in table[:MAX_TABLE].split("\n"):
        row = _ROW.fullmatch(line.strip()[:MAX_LINE])
        if row is None:
            continue
        label, value = (" ".join(plain_text(_MARKS.sub("", part)).replace("|", " ").split()) for part in row.groups())
        label, value = normalize("NFC", label), normalize("NFC", value.removeprefix(": "))
        field = "date" if plain(label) in _DATES else field_of(plain(label))
        if field and any(sign.isalnum() for sign in value):
            yield field, value[:MAX_VALUE]
