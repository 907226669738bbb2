"""Read the instructor's notebook: what grading puts into a submission, and what students were given."""

from __future__ import annotations

import builtins
import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any
from unicodedata import normalize

from autograder.errors import CourseError, SubmissionError
from autograder.language import ENGLISH, language
from autograder.notebook import words
from autograder.notebook.cell_names import functions_in, names_in
from autograder.notebook.edition import edition, editions
from autograder.notebook.format import Cell, CellType, StudentCell
from autograder.notebook.read import read_cells
from autograder.notebook.regions import TEXT_STUB, without_hidden_tests, without_solution
from autograder.notebook.roles import checksum, is_skipped, role

_HEADING = re.compile(r"^#{1,6}[ \t]*(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class SourceCell:
    """A cell of the instructor's notebook.

    Attributes:
        cell: what grading puts in its place: hidden tests in, solutions replaced by the stub, no outputs.
        released: its text as students get it.
        grade_id: its nbgrader id; empty for a plain cell.
        fixed: whether it is the instructor's (test, task or locked), so that the student's version never counts.
        answer: whether the student fills it: solution code or a written answer.
        functions: names of the functions that a solution cell defines.
    """

    cell: Cell
    released: str
    grade_id: str
    fixed: bool
    answer: bool
    functions: frozenset[str]

    @cached_property
    def kind(self) -> CellType:
        """The cell type."""
        return self.cell["cell_type"]

    @cached_property
    def written(self) -> bool:
        """Whether it is for a written answer. All their stubs look the same, so only ids and place identify them."""
        return self.answer and self.kind == "markdown"

    @cached_property
    def is_test(self) -> bool:
        """Whether it is a test cell, which is graded by machine."""
        return self.fixed and self.kind == "code" and role(self.cell).grade

    @cached_property
    def is_practice(self) -> bool:
        """Whether it is a step that students fill in and nobody grades."""
        return self.answer and self.kind == "code" and self.skipped

    @cached_property
    def has_work(self) -> bool:
        """Whether it belongs to one assignment alone: what a student fills, or the test of it."""
        return self.answer or self.is_test

    @cached_property
    def skipped(self) -> bool:
        """Whether the source tags this cell skip-execution. It still runs if a solution needs it, see `restore`."""
        return is_skipped(self.cell)


@dataclass(frozen=True)
class Source:
    """The instructor's notebook, ready to restore submissions from.

    Attributes:
        name: its file name without suffix.
        cells: its cells.
        metadata: its kernel and language of programming.
        language: the language of its words.
        others: the same notebook in the other languages that there are.
    """

    name: str
    cells: tuple[SourceCell, ...]
    metadata: dict[str, Any]
    language: str = ENGLISH
    others: tuple[Source, ...] = ()

    def edition_of(self, texts: Iterable[str]) -> Source:
        """Choose the edition that a notebook with these cells was made from: the one with most of its texts in it.

        Where editions fit alike, as they do to a notebook that is none of ours, it is that of the language of now.
        """
        if not self.others:
            return self
        given = frozenset(map(self._as_compared, texts))

        def fits(edition: Source) -> tuple[int, bool]:
            return len(edition._places.keys() & given), edition.language == language()

        return max((self, *self.others), key=fits)

    def in_language(self, name: str) -> Source:
        """Return the edition in a language; this one where there is none."""
        return next((edition for edition in self.others if edition.language == name), self)

    def as_given(self, texts: Iterable[str], edition: Source) -> list[str]:
        """Put the text of an edition in the place of each that is given, in any language, but for blanks and such.

        So a cell that was copied from another edition, or that an editor touched, is known for what it is.
        """
        places = {text: at for other in (*self.others, self, edition) for text, at in other._places.items()}
        found = ((text, places.get(self._as_compared(text))) for text in texts)
        return [text if at is None else edition.cells[at].released for text, at in found]

    def _as_compared(self, text: str) -> str:
        """Return a text without what editors change on their own; one that is too long to be given stays as it is."""
        return text if len(text) > self._longest else _as_compared(text)

    @cached_property
    def _longest(self) -> int:
        """Characters that a given text may have, with blanks that an editor added."""
        return 2 * max(len(cell.released) for edition in (self, *self.others) for cell in edition.cells) + 1000

    @cached_property
    def _places(self) -> dict[str, int]:
        """The texts as they are compared, with the first cell that has each."""
        return {_as_compared(cell.released): at for at, cell in reversed(list(enumerate(self.cells)))}

    @cached_property
    def tests(self) -> tuple[tuple[int, str], ...]:
        """Index and grade_id of its test cells."""
        return tuple((at, cell.grade_id) for at, cell in enumerate(self.cells) if cell.is_test)

    @cached_property
    def bound(self) -> frozenset[str]:
        """The names that the cells that run bind, and Python's own."""
        running = [cell.cell["source"] for cell in self.cells if cell.kind == "code" and not cell.skipped]
        return frozenset(dir(builtins)).union(*(names_in(text).bound for text in running))

    @cached_property
    def given_texts(self) -> frozenset[str]:
        """The texts of all cells as students get them."""
        return frozenset(cell.released for cell in self.cells)

    @cached_property
    def trimmed_texts(self) -> dict[str, tuple[str, ...]]:
        """The texts of all cells as students get them, each with what `trimmed` makes of it."""
        return {text: trimmed(text) for text in self.given_texts}

    @cached_property
    def unspaced_texts(self) -> frozenset[str]:
        """The texts of all cells, as given and as graded, and the empty one, without blank space."""
        texts = {text for cell in self.cells for text in ("", cell.released, cell.cell["source"])}
        return frozenset(map(unspaced, texts))

    @cached_property
    def given_lines(self) -> frozenset[str]:
        """The lines of all cells as students get them, stripped."""
        return frozenset(line.strip() for text in self.given_texts for line in text.split("\n"))

    @cached_property
    def written(self) -> tuple[int, ...]:
        """Indices of the cells for written answers."""
        return tuple(at for at, cell in enumerate(self.cells) if cell.written)

    @cached_property
    def _sections(self) -> tuple[int, ...]:
        """For each cell the index of the cell with the heading above it, or of itself; -1 above the first."""
        last, sections = -1, []
        for at, cell in enumerate(self.cells):
            if cell.kind == "markdown" and not cell.written and _HEADING.search(cell.released):
                last = at
            sections.append(last)
        return tuple(sections)

    def section(self, at: int) -> int:
        """Return the index of the cell with the heading that a cell stands under; -1 if there is none."""
        return self._sections[at] if at >= 0 else -1

    def title(self, at: int) -> str:
        """Return the heading that a cell stands under."""
        section = self.section(at)
        headings = _HEADING.findall(self.cells[section].released) if section >= 0 else []
        return headings[0] if headings else ""

    @cached_property
    def asked(self) -> dict[int, frozenset[str]]:
        """For each written answer the lines that only its cell has, such as its questions."""
        lines = {at: {line.strip() for line in self.cells[at].released.split("\n")} for at in self.written}
        times = Counter(line for own in lines.values() for line in own)
        return {at: frozenset(line for line in own if times[line] == 1) - {"", TEXT_STUB} for at, own in lines.items()}

    @cached_property
    def skipped_texts(self) -> frozenset[str]:
        """The texts of the skipped code cells."""
        return frozenset(cell.released for cell in self.cells if cell.kind == "code" and cell.skipped)

    @cached_property
    def skipped_names(self) -> frozenset[str]:
        """The names that the skipped code cells bind."""
        return frozenset[str]().union(*(names_in(text).bound for text in self.skipped_texts))


def trimmed(text: str) -> tuple[str, ...]:
    """Return the lines of a text without blank space around it and at line ends."""
    return tuple([line.rstrip() for line in text.strip().split("\n")])


def unspaced(text: str) -> str:
    """Return a text without blank space."""
    return "".join(text.split())


@lru_cache(1024)  # the given texts are the same for a class
def _as_compared(text: str) -> str:
    return "\n".join(line.rstrip() for line in normalize("NFKC", text).strip().split("\n"))


def read_source(path: Path) -> Source:
    """Read an instructor's notebook.

    Raises:
        CourseError: it is missing, is not a notebook, or has a solution region that is not closed.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CourseError(words.source_unreadable(str(path), error.strerror or str(error))) from None
    return parse_source(data, path.stem)


def parse_source(data: bytes, name: str) -> Source:
    """Read an instructor's notebook from its bytes, with its editions in other languages.

    Raises:
        CourseError: as `read_source`.
    """
    return replace(_parse(data, name, ENGLISH), others=_others(data, name))


@lru_cache(maxsize=8)
def _others(data: bytes, name: str) -> tuple[Source, ...]:
    """Make the editions in other languages, once for a class: each takes ten times as long as to read the English."""
    return tuple(_parse(edition(data, name, language), name, language) for language in editions(name))


def _parse(data: bytes, name: str, language: str) -> Source:
    try:
        content = json.loads(data)
        plain = read_cells(data)
        cells = tuple(
            _source_cell(cell, original["metadata"], index)
            for index, (cell, original) in enumerate(zip(plain, content["cells"], strict=True))
        )
    except (SubmissionError, ValueError, KeyError, TypeError) as error:
        raise CourseError(words.source_unreadable(name, str(error))) from None
    metadata = {key: content["metadata"][key] for key in ("kernelspec", "language_info") if key in content["metadata"]}
    return Source(name, cells, metadata, language)


def _source_cell(plain: StudentCell, metadata: dict[str, Any], index: int) -> SourceCell:
    kind = plain["cell_type"]
    cell: Cell = {
        "cell_type": kind,
        "id": plain["id"] or f"cell-{index}",
        "metadata": metadata,
        "source": plain["source"],
    }
    own = role(cell)
    grade_id = own.grade_id if own.is_fixed or own.solution else ""
    if own.solution:
        cell["source"] = without_solution(plain["source"], kind)
    if kind == "code":
        cell["execution_count"], cell["outputs"] = None, []
    if plain["attachments"]:
        cell["attachments"] = plain["attachments"]
    if grade_id:
        stored = {**metadata["nbgrader"], "cell_type": kind, "checksum": checksum(cell)}
        cell["metadata"] = {**metadata, "nbgrader": stored}
    functions = functions_in(cell["source"]) if own.solution and kind == "code" else frozenset[str]()
    return SourceCell(cell, without_hidden_tests(cell["source"]), grade_id, own.is_fixed, own.solution, functions)
