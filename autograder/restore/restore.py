"""The one place where an untrusted submission becomes a trusted notebook; every engine starts from what this returns.

What is the instructor's comes from the source: the order, the tests, locked cells, points, ids, tags. What is the
student's comes from the submission: the text of solution cells, written answers, changed plain cells, own cells.
A student's cell is found by its nbgrader id; where an editor lost that, by its cell id, by the function it defines,
by its text, or by its place. Choices, each told in a note:

- Of several cells for one solution, the last above its test counts that defines the function and is not the untouched
  stub, or the last at all.
- A solution that is not there is graded as the untouched stub, unless another cell defines the function; a test that is
  not there is put back.
- An answer written below an untouched answer cell is taken into it.
- A student's own cell runs where it stands. One among the experiments (after a source cell that grading skips) is
  skipped too, unless it defines or imports something, or a solution needs what it binds.
- The source decides which cells are skipped; tags of a submission count for nothing. One that binds what a solution
  uses is run all the same.
- Of a locked cell that was changed, imports that were added run after it.
"""

import builtins
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from autograder.errors import CourseError, SubmissionError
from autograder.notebook.cell_names import (
    may_bind,
    may_need,
    names_in,
    needed,
)
from autograder.notebook.format import Cell, CellType, Notebook, Output, StudentCell
from autograder.notebook.notes import UNREADABLE, Note, NoteKind
from autograder.notebook.read import read_cells
from autograder.notebook.regions import without_hidden_tests, without_solution
from autograder.notebook.roles import SKIP_TAG, checksum, is_skipped, role
from autograder.notebook.write import write
from autograder.restore import words

SIMILAR = 0.5
"""Share of common lines from which two texts count as versions of one cell."""

MAX_LOOKED_AT = 300_000
"""Characters of code in which it is looked up what needs what; far more than a person writes in a notebook."""

_DEFINITION = re.compile(r"^(?:async[ \t]+)?def[ \t]+(\w+)[ \t]*\(", re.MULTILINE)
_IMPORT = re.compile(r"(?:import|from)[ \t]")
_Part = Literal["test", "locked", "answer"]
_MISSING: dict[_Part, NoteKind] = {"test": "test-missing", "locked": "locked-missing", "answer": "answer-missing"}
_DOUBLED: dict[_Part, NoteKind] = {"test": "test-doubled", "locked": "locked-doubled", "answer": "answer-doubled"}
_EDITED: dict[_Part, NoteKind] = {"test": "test-edited", "locked": "locked-edited"}
_NEEDED_LATER = re.compile(r"^(?:async[ \t]+def|def|class|import|from)[ \t]", re.MULTILINE)


@dataclass(frozen=True)
class SourceCell:
    """A cell of the instructor's notebook.

    Attributes:
        cell: what grading puts in its place: hidden tests in, solutions replaced by the stub, no outputs.
        released: its text as the student got it.
        grade_id: its nbgrader id; empty for a plain cell.
        fixed: the instructor's: test, task or locked. The student's version never counts.
        answer: the student's to fill: solution code or a written answer.
        functions: names of the functions that a solution cell defines.
    """

    cell: Cell
    released: str
    grade_id: str
    fixed: bool
    answer: bool
    functions: frozenset[str]

    @property
    def kind(self) -> CellType:
        """The cell type."""
        return self.cell["cell_type"]

    @property
    def written(self) -> bool:
        """Whether it is for an answer in words. All untouched ones look the same, so only ids and place tell."""
        return self.answer and self.kind == "markdown"

    @property
    def is_test(self) -> bool:
        """Whether it is graded by machine, when it is code."""
        return self.fixed and self.kind == "code" and role(self.cell).grade

    @property
    def skipped(self) -> bool:
        """Whether grading passes over this cell, as a rule."""
        return is_skipped(self.cell)


@dataclass(frozen=True)
class Source:
    """The instructor's notebook, ready to restore submissions from. `name` is its file name without suffix."""

    name: str
    cells: tuple[SourceCell, ...]
    metadata: dict[str, Any]

    @cached_property
    def tests(self) -> tuple[tuple[int, str], ...]:
        """Place and nbgrader id of its tests."""
        return tuple((at, cell.grade_id) for at, cell in enumerate(self.cells) if cell.is_test)

    @cached_property
    def bound(self) -> frozenset[str]:
        """The names that its running cells bind, and Python's own."""
        running = [cell.cell["source"] for cell in self.cells if cell.kind == "code" and not cell.skipped]
        return frozenset(dir(builtins)).union(*(names_in(text).bound for text in running))

    @cached_property
    def skipped_texts(self) -> frozenset[str]:
        """The text of the cells that grading passes over."""
        return frozenset(cell.released for cell in self.cells if cell.kind == "code" and cell.skipped)

    @cached_property
    def skipped_names(self) -> frozenset[str]:
        """The names that these bind."""
        return frozenset[str]().union(*(names_in(text).bound for text in self.skipped_texts))


@dataclass(frozen=True)
class Restored:
    """A trusted notebook (nbformat 4.5) and what was noticed on the way.

    Attributes:
        notebook: cells in running order; its metadata holds the notes under `autograder`.
        notes: what the student and the instructor should know.
        unreadable: why nothing of the submission could be used; empty where it could.
    """

    notebook: Notebook
    notes: tuple[Note, ...]
    unreadable: str = ""

    def to_bytes(self) -> bytes:
        """The notebook as a file."""
        return write(self.notebook)


def read_source(path: Path) -> Source:
    """Read an instructor's notebook.

    Raises:
        CourseError: it is missing, is no notebook, or has a solution region that is not closed.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CourseError(words.source_unreadable(str(path), error.strerror or "cannot be read")) from None
    return parse_source(data, path.stem)


def parse_source(data: bytes, name: str) -> Source:
    """Read an instructor's notebook from its bytes.

    Raises:
        CourseError: as `read_source`.
    """
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
    return Source(name, cells, metadata)


def restore(source: Source, submission: bytes) -> Restored:
    """Make the trusted notebook of a submission.

    Args:
        source: the instructor's notebook.
        submission: the bytes of the file that the student handed in.

    Raises:
        SubmissionError: it is not a notebook, or the notebook of another assignment.
    """
    cells = read_cells(submission)
    matching = _Matching(source, cells)
    matching.run()
    _require_this_assignment(source, cells, matching)
    notes: list[Note] = []
    rebuilt = _rebuild(source, cells, matching, notes)
    lost = [cell.grade_id for at, cell in enumerate(source.cells) if cell.answer and matching.lost_id(at)]
    if lost:
        notes.append(Note("id-lost", lost[0] if len(lost) == 1 else "", words.id_lost(lost)))
    return Restored(_notebook(source, rebuilt, notes), tuple(notes))


def untouched(source: Source, reason: str) -> Restored:
    """The notebook for a submission that cannot be used: nothing filled in, the reason as its note."""
    note = Note(UNREADABLE, "", reason)
    cells: list[Cell] = [{**cell.cell} for cell in source.cells]
    return Restored(_notebook(source, cells, [note]), (note,), reason)


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
        cell["metadata"] = {
            **metadata,
            "nbgrader": {**metadata["nbgrader"], "cell_type": kind, "checksum": checksum(cell)},
        }
    text = cell["source"]
    functions = frozenset(_DEFINITION.findall(text)) if own.solution and kind == "code" else frozenset()
    return SourceCell(cell, without_hidden_tests(text), grade_id, own.is_fixed, own.solution, functions)


class _Matching:
    """Which student's cell is which source cell. `found` maps a source index to a student's index."""

    def __init__(self, source: Source, cells: list[StudentCell]) -> None:
        self.source = source
        self.cells = cells
        self.found: dict[int, int] = {}
        self.dropped: set[int] = set()  # further copies of the instructor's cells and of untouched stubs
        self.doubled: set[int] = set()  # source cells with more than one candidate
        self.by_name: set[int] = set()  # source cells that were found by id
        self.below: dict[int, list[int]] = {}  # written answers found beside their cell
        self.elsewhere: set[int] = set()  # missing solutions whose functions another cell defines
        self.named: dict[str, list[int]] = {}  # nbgrader's id → student's cells
        for index, cell in enumerate(cells):
            self.named.setdefault(cell["grade_id"], []).append(index)

    def run(self) -> None:
        self._by_grade_id()
        self.by_name = set(self.found)
        self._one_by_one(lambda cell, wanted: cell["id"] == wanted.cell["id"])
        self._by_function()
        self._one_by_one(lambda cell, wanted: not wanted.written and _same_text(cell["source"], wanted.released))
        self._by_likeness()
        self._answers_below()
        self._find_elsewhere()

    def lost_id(self, at: int) -> bool:
        """Whether a source cell was found, though not by its id."""
        return (at in self.found or at in self.below) and at not in self.by_name

    def free(self) -> Iterator[int]:
        taken = set(self.found.values()) | self.dropped
        return (index for index in range(len(self.cells)) if index not in taken)

    def _open(self) -> Iterator[tuple[int, SourceCell]]:
        return ((at, wanted) for at, wanted in enumerate(self.source.cells) if at not in self.found)

    def _by_grade_id(self) -> None:
        for at, wanted in enumerate(self.source.cells):
            if wanted.grade_id:
                self._choose(at, self.named.get(wanted.grade_id, []))

    def _by_function(self) -> None:
        for at, wanted in list(self._open()):
            if wanted.functions:
                self._choose(at, [i for i in self.free() if _defines(self.cells[i], wanted.functions)])

    def _choose(self, at: int, candidates: list[int]) -> None:
        """Take the last candidate above the test that has work in it, or the last one at all.

        The others are dropped where they are copies of what was given; else they are the student's own cells.
        """
        if not candidates:
            return
        wanted = self.source.cells[at]
        given = [i for i in candidates if _same_text(self.cells[i]["source"], wanted.released)]
        worked = [i for i in candidates if i not in given]
        defining = [i for i in worked if not wanted.functions or _defines(self.cells[i], wanted.functions)]
        test = self._first_test_after(at)
        among = defining or given or worked
        chosen = ([i for i in among if i < test] or among)[-1]
        self.found[at] = chosen
        self.dropped.update(i for i in (candidates if wanted.fixed else given) if i != chosen)
        if len(candidates) > 1:
            self.doubled.add(at)

    def _first_test_after(self, at: int) -> int:
        """Where the student has the next test; a solution below it is not the one that it tests."""
        name = next((grade_id for test, grade_id in self.source.tests if test > at), "")
        return self.named[name][0] if name in self.named else len(self.cells)

    def _one_by_one(self, same: Callable[[StudentCell, SourceCell], bool]) -> None:
        free = dict.fromkeys(self.free())
        for at, wanted in list(self._open()):
            for index in free:
                cell = self.cells[index]
                if cell["cell_type"] == wanted.kind and same(cell, wanted):
                    self.found[at] = index
                    del free[index]
                    break

    def _by_likeness(self) -> None:
        """For cells that lost their ids and were changed: the free cell that shares most of its lines."""
        lines = {index: _lines(self.cells[index]["source"]) for index in self.free()}
        for at, wanted in list(self._open()):
            if wanted.written:
                continue
            own = _lines(wanted.released)
            best, best_share = -1, 0.0
            for index, other in lines.items():
                share = len(own & other) / max(len(own | other), 1)
                if share >= SIMILAR and share > best_share and self.cells[index]["cell_type"] == wanted.kind:
                    best, best_share = index, share
            if best >= 0:
                self.found[at] = best
                del lines[best]

    def _answers_below(self) -> None:
        """Written answers: text cells that stand where the answer cell is missing, or below it, still untouched."""
        for at, wanted in enumerate(self.source.cells):
            here = self.found.get(at)
            if not wanted.written or (here is not None and not self._is_untouched(here, wanted)):
                continue
            below = list(self._free_texts_after(self._before(at) if here is None else here))
            answers = [index for index in below if not self._is_untouched(index, wanted)]
            if answers:
                self.below[at] = answers
                self.dropped.update(below)
            elif below and here is None:
                self.found[at] = below[0]

    def _find_elsewhere(self) -> None:
        kept = [cell for index, cell in enumerate(self.cells) if index not in self.dropped]
        for at, wanted in self._open():
            if wanted.functions and any(_defines(cell, wanted.functions) for cell in kept):
                self.elsewhere.add(at)

    def _is_untouched(self, index: int, wanted: SourceCell) -> bool:
        return _same_text(self.cells[index]["source"], wanted.released)

    def _free_texts_after(self, start: int) -> Iterator[int]:
        """The text cells that follow a student's cell up to the next one that is known."""
        free = set(self.free())
        for index in range(start + 1, len(self.cells)):
            if index not in free or self.cells[index]["cell_type"] != "markdown":
                return
            if self.cells[index]["source"].strip():
                yield index

    def _before(self, at: int) -> int:
        """The student's cell that stands for the nearest source cell above."""
        return next((self.found[above] for above in range(at - 1, -1, -1) if above in self.found), -1)


def _require_this_assignment(source: Source, cells: list[StudentCell], matching: _Matching) -> None:
    graded = [at for at, cell in enumerate(source.cells) if cell.grade_id]
    code = [at for at in graded if source.cells[at].kind == "code"]
    known = {cell.grade_id for cell in source.cells}
    foreign = any(cell["grade_id"] and cell["grade_id"] not in known for cell in cells)
    hit = set(matching.found) | set(matching.below)
    if (graded and not hit.intersection(graded)) or (foreign and code and not hit.intersection(code)):
        raise SubmissionError(words.another_assignment(source.name))


def _rebuild(source: Source, cells: list[StudentCell], matching: _Matching, notes: list[Note]) -> list[Cell]:
    """The cells in the source's order, the student's own ones after the cell that they followed."""
    own: dict[int, list[int]] = {}
    position = {index: at for at, index in matching.found.items()}
    free = set(matching.free())
    at = -1
    for index in range(len(cells)):
        at = position.get(index, at)
        if index in free and cells[index]["source"].strip():
            own.setdefault(at, []).append(index)
    ids = {cell.cell["id"] for cell in source.cells}
    rebuilt: list[Cell] = []
    given: list[tuple[SourceCell, Cell]] = []
    theirs: list[_OwnCode] = []
    skipping = False
    for at, wanted in enumerate((None, *source.cells), start=-1):
        if wanted is not None:
            restored = _restored_cell(at, wanted, cells, matching, notes)
            if restored is not None:
                rebuilt.append(restored)
                given.append((wanted, restored))
            if wanted.kind == "code":
                skipping = wanted.skipped
            added = _added_imports(wanted, cells[matching.found[at]]) if at in matching.found else None
            if added is not None:
                rebuilt.append(_own_cell(added, ids))
        for index in own.get(at, ()):
            cell = _own_cell(cells[index], ids)
            rebuilt.append(cell)
            if cell["cell_type"] == "code":
                theirs.append(_OwnCode(cell, cells[index]["outputs"], skipping))
    _pass_over(source, given, theirs, notes)
    return rebuilt


@dataclass(frozen=True)
class _OwnCode:
    """A code cell that the student added.

    Attributes:
        cell: as it is in the trusted notebook.
        outputs: what it showed.
        skipping: whether it stands among the experiments.
    """

    cell: Cell
    outputs: list[Output]
    skipping: bool

    @property
    def is_doubtful(self) -> bool:
        """Whether it runs only if something needs it."""
        return self.skipping and not _NEEDED_LATER.search(self.cell["source"])


def _pass_over(source: Source, given: list[tuple[SourceCell, Cell]], own: list[_OwnCode], notes: list[Note]) -> None:
    """Settle which of the cells are run that stand among the experiments: those that the solutions need."""
    code = [(wanted, cell) for wanted, cell in given if wanted.kind == "code"]
    roots = [cell["source"] for wanted, cell in code if wanted.answer or wanted.is_test]
    experiments = [cell for wanted, cell in code if wanted.skipped]
    texts = [cell["source"] for cell in experiments]
    names = source.skipped_names.union(*(may_bind(text) for text in texts if text not in source.skipped_texts))
    unsure = names - source.bound
    mine = [one.cell["source"] for one in own]
    small = sum(map(len, (*roots, *mine, *texts))) <= MAX_LOOKED_AT
    if small and (any(one.is_doubtful for one in own) or any(may_need(text, unsure) for text in (*roots, *mine))):
        own_needed, experiments_needed = needed(roots, mine, texts, source.bound)
    else:
        own_needed, experiments_needed = set(), set()
    for place, one in enumerate(own):
        if one.is_doubtful and place not in own_needed:
            one.cell["outputs"] = one.outputs
            one.cell["metadata"] = {"tags": [SKIP_TAG]}
    for place in sorted(experiments_needed):
        cell = experiments[place]
        cell["metadata"]["tags"] = [tag for tag in cell["metadata"]["tags"] if tag != SKIP_TAG]
        cell["outputs"] = []
        notes.append(Note("experiment-needed", "", words.experiment_needed(cell["id"])))


def _added_imports(wanted: SourceCell, theirs: StudentCell) -> StudentCell | None:
    """The lines that import something and that the student added to a locked cell, as a cell of their own."""
    if not wanted.fixed or wanted.is_test or wanted.kind != "code" or theirs["cell_type"] != "code":
        return None
    if _same_text(theirs["source"], wanted.released):
        return None
    given = _lines(wanted.released)
    added = [line for line in theirs["source"].split("\n") if _IMPORT.match(line) and line.strip() not in given]
    return {**theirs, "id": "", "source": "\n".join(added)} if added else None


def _restored_cell(
    at: int, wanted: SourceCell, cells: list[StudentCell], matching: _Matching, notes: list[Note]
) -> Cell | None:
    index = matching.found.get(at)
    theirs = cells[index] if index is not None else None
    cell: Cell = {**wanted.cell, "metadata": dict(wanted.cell["metadata"])}
    notes.extend(_notes(at, wanted, theirs, matching))
    if wanted.fixed:
        return cell
    if at in matching.below:
        cell["source"] = "\n\n".join(cells[i]["source"] for i in matching.below[at])
        pictures = [cells[i]["attachments"] for i in matching.below[at] if cells[i]["attachments"]]
        if pictures:
            cell["attachments"] = {name: bundle for group in pictures for name, bundle in group.items()}
        return cell
    if theirs is None:
        if at in matching.elsewhere:
            cell["source"] = words.elsewhere(wanted.grade_id)
        return cell if wanted.grade_id or wanted.kind == "code" else None
    cell["source"] = theirs["source"]
    if theirs["attachments"] and wanted.kind == "markdown":
        cell["attachments"] = theirs["attachments"]
    if wanted.skipped and wanted.kind == "code":
        cell["outputs"] = theirs["outputs"]
    return cell


def _notes(at: int, wanted: SourceCell, theirs: StudentCell | None, matching: _Matching) -> Iterator[Note]:
    """What is worth telling about one cell of the source."""
    name = wanted.grade_id
    if not name:
        if theirs is None and wanted.kind == "code":
            yield Note("given-missing", "", words.given_missing(wanted.cell["id"]))
        return
    what: _Part = "test" if wanted.is_test else "locked" if wanted.fixed else "answer"
    if at in matching.below:
        if at in matching.found:
            yield Note("answer-below", name, words.answer_below(name))
    elif at in matching.elsewhere:
        yield Note("answer-elsewhere", name, words.answer_elsewhere(name))
    elif theirs is None:
        yield Note(_MISSING[what], name, words.cell_missing(what, name))
    else:
        if at in matching.doubled:
            yield Note(_DOUBLED[what], name, words.cell_doubled(what, name))
        if wanted.fixed and not _same_text(theirs["source"], wanted.released):
            yield Note(_EDITED[what], name, words.cell_edited(what, name))
        if theirs["cell_type"] != wanted.kind:
            yield Note("type-changed", name, words.type_changed(name, wanted.kind))
        if SKIP_TAG in theirs["tags"] and not wanted.skipped:
            yield Note("retagged", name, words.retagged(name))


def _own_cell(theirs: StudentCell, ids: set[str]) -> Cell:
    """A cell that the student added, without any of its metadata."""
    name = theirs["id"] if theirs["id"] and theirs["id"] not in ids else f"own-{len(ids)}"
    while name in ids:
        name += "-"
    ids.add(name)
    cell: Cell = {"cell_type": theirs["cell_type"], "id": name, "metadata": {}, "source": theirs["source"]}
    if theirs["cell_type"] == "code":
        cell["execution_count"], cell["outputs"] = None, []
    elif theirs["attachments"]:
        cell["attachments"] = theirs["attachments"]
    return cell


def _notebook(source: Source, cells: Iterable[Cell], notes: Iterable[Note]) -> Notebook:
    told = [note.to_json() for note in notes]
    return {
        "cells": list(cells),
        "metadata": {**source.metadata, "autograder": {"notes": told}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _defines(cell: StudentCell, functions: frozenset[str]) -> bool:
    """Whether a cell binds these names, by `def` or otherwise."""
    text = cell["source"]
    if cell["cell_type"] != "code" or not all(name in text for name in functions):
        return False
    return functions <= set(_DEFINITION.findall(text)) or functions <= names_in(text).bound


def _same_text(one: str, other: str) -> bool:
    """Whether two texts differ in blank space at line ends and around only."""
    return one == other or [s.rstrip() for s in one.strip().split("\n")] == [
        s.rstrip() for s in other.strip().split("\n")
    ]


def _lines(text: str) -> frozenset[str]:
    return frozenset(line.strip() for line in text.split("\n") if line.strip())
