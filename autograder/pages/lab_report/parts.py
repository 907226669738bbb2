"""Tell which cell of a notebook is printed in which part of the lab report.

The source notebook says it by a tag of a cell, `report:PART`. Two kinds of cells need none: the functions that students
write are the steps, and their written answers are conclusions. Of code cells with a tag what they show is printed.
A student's own cells belong to the part of the cell that they stand below.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, get_args

from autograder.notebook.cell_names import functions_in
from autograder.notebook.regions import TEXT_STUB
from autograder.notebook.source import Source, SourceCell
from autograder.pages import words
from autograder.pages.autograded_notebook import text_of
from autograder.pages.stored_verdict import as_text
from autograder.pages.words import Part
from autograder.restore.matching import same_text

PARTS: tuple[Part, ...] = get_args(Part)
"""The parts, in the order of the report."""

TAG = "report:"
STUDENT = "student"
"""The tag of the table in which students write who they are."""

_LEADING = re.compile(r"\A\s*((?:#{1,6}[ \t\xa0][^\n]*(?:\n\s*|\Z))+)")
_HEADING = re.compile(r"^(#{1,6})[ \t\xa0]+(.+?)[ \t\xa0#]*$", re.MULTILINE)
_FENCED = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_NUMBER = re.compile(r"^\d+(?:\.\d+)*\s*[.·)、:]?\s+")
_MARKER = re.compile(r"^[ \t]*### (?:START|END) CODE HERE ###.*\n?", re.MULTILINE)
_DOCSTRING = re.compile(r'"""(?P<first>[^\n"]+)\n.*?"""', re.DOTALL)
MAX_OWN_CODE = 10_000
"""Characters of a student's own cell in which functions are looked for."""


@dataclass(frozen=True)
class Place:
    """Where a cell is printed.

    Attributes:
        part: the part of the report.
        group: the title of the section of the notebook that it stands in.
        heading: the nearest heading below that title; empty if there is none.
    """

    part: Part
    group: str = ""
    heading: str = ""


@dataclass(frozen=True)
class Piece:
    """A cell of a student's notebook, as it is printed.

    Attributes:
        place: where.
        text: Markdown; empty for a code cell.
        code: of a function; empty for other cells.
        function: the name of the function.
        attachments: pictures that the text names.
        outputs: what a code cell shows.
        empty: whether a function or an answer is as it was handed out.
    """

    place: Place
    text: str = ""
    code: str = ""
    function: str = ""
    attachments: Any = None
    outputs: tuple[Any, ...] = ()
    empty: bool = False


def places(source: Source) -> dict[str, Place]:
    """Read from the source notebook where its cells are printed: cell id → place."""
    found: dict[str, Place] = {}
    group = heading = ""
    for cell in source.cells:
        later = (group, heading)
        if cell.kind == "markdown" and not cell.written:
            leading = _LEADING.match(cell.released)
            group, heading = _under(leading[1] if leading else "", group, heading)
            later = _under(cell.released, group, heading)
        part = _part(cell)
        if part is not None:
            found[cell.cell["id"]] = Place(part, group, heading)
        group, heading = later
    return found


def _under(text: str, group: str, heading: str) -> tuple[str, str]:
    """Follow the headings of a text: the title of the section, and the last heading below it."""
    for marks, title in _HEADING.findall(_FENCED.sub("", text)):
        if len(marks) <= 2:
            group, heading = without_number(title), ""
        else:
            heading = without_number(title)
    return group, heading


def _part(cell: SourceCell) -> Part | None:
    if cell.is_test:
        return None
    for tag in tags_of(cell):
        for part in PARTS:
            if tag == TAG + part:
                return part
    if not cell.answer:
        return None
    return "conclusions" if cell.written else "steps"


def tags_of(cell: SourceCell) -> list[str]:
    """Return the tags that the instructor gave a cell."""
    tags = cell.cell["metadata"].get("tags")
    return [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []


def without_number(heading: str) -> str:
    """Leave the number of a heading out: the report has its own."""
    return _NUMBER.sub("", heading).strip()


def pieces(source: Source, cells: list[dict[str, Any]]) -> Iterator[Piece]:
    """Yield what of a student's notebook is printed, in its order.

    Args:
        source: the instructor's notebook.
        cells: the student's, restored: cells of the source under their ids, the student's own ones between them.
    """
    given = {cell.cell["id"]: cell for cell in source.cells}
    where = places(source)
    place = Place("results")
    for cell in cells:
        source_cell = given.get(as_text(cell.get("id")))
        if source_cell is None:
            piece = _own_piece(cell, place)
        else:
            place = where.get(source_cell.cell["id"], replace(place, group="", heading=""))
            piece = _piece(cell, source_cell, place) if source_cell.cell["id"] in where else None
        if piece is not None:
            yield piece


def _piece(cell: dict[str, Any], source_cell: SourceCell, place: Place) -> Piece | None:
    text = text_of(cell)
    if source_cell.fixed or text == source_cell.cell["source"] or same_text(text, source_cell.released):
        text = source_cell.released
    is_empty = source_cell.answer and text == source_cell.released
    if cell["cell_type"] == "code":
        if not source_cell.answer:
            return Piece(place, outputs=tuple(cell["outputs"]))
        if is_empty and source_cell.skipped:  # a step to practise, which nobody has to fill in
            return None
        code = "" if is_empty else _short(text, source_cell.released)
        return Piece(place, code=code, function=source_cell.grade_id, outputs=tuple(cell["outputs"]), empty=is_empty)
    gap = "" if is_empty else f"*{words.no_answer()}*"
    return Piece(place, text=_printed(text, gap), attachments=cell.get("attachments"), empty=is_empty)


def _own_piece(cell: dict[str, Any], place: Place) -> Piece | None:
    """Print a student's own cell: a text, what code shows, and functions."""
    text = text_of(cell)
    if cell["cell_type"] != "code":
        return Piece(place, text=_printed(text), attachments=cell.get("attachments")) if text.strip() else None
    has_function = len(text) <= MAX_OWN_CODE and place.part == "steps" and bool(functions_in(text))
    if not has_function and not cell["outputs"]:
        return None
    return Piece(place, code=text.strip("\n") if has_function else "", outputs=tuple(cell["outputs"]))


def _printed(text: str, gap: str = "") -> str:
    """Leave out the headings at the beginning, which the report prints itself, and put words in place of a gap."""
    text = _LEADING.sub("", text)
    text = _HEADING.sub(lambda match: f"{match[1]} {without_number(match[2])}", text)
    return "\n".join(gap if " ".join(line.split()) == TEXT_STUB else line for line in text.split("\n"))


def _short(code: str, released: str) -> str:
    """Leave out what everybody was given: the marks of the work, and of a long docstring all but its first line."""
    docstring = _DOCSTRING.search(released)
    if docstring:
        code = code.replace(docstring[0], f'"""{docstring["first"]}"""')
    return _MARKER.sub("", code).strip("\n")
