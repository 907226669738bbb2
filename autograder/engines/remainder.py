"""Read what became of the rest of a cell that failed, as code beside the student's reports it; put it into notes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from autograder.engines import words
from autograder.engines.sandbox.inside.remainder import EVERYTHING as EVERYTHING
from autograder.engines.sandbox.inside.remainder import MIME as MIME
from autograder.engines.sandbox.inside.remainder import finish_last
from autograder.notebook.format import Cell
from autograder.notebook.notes import Note
from autograder.notebook.roles import role

_MODULE = f"__import__('importlib').import_module({finish_last.__module__!r})"
FINISH = f"{_MODULE}.finish_last()"
"""What a kernel runs after a cell that failed."""
DEFINE = f"{_MODULE}.define({{!r}})"
"""What a new kernel runs in place of a cell that ended the one before; the cell is to be put in."""

_MOST_LINES = 20
"""Lines that a note names."""
_HIGHEST = 10**6


@dataclass(frozen=True)
class Remainder:
    """What became of the rest of a cell.

    Attributes:
        failed: index of the statement that failed; EVERYTHING where nothing of the cell could run as it stands.
        line: line at which it failed.
        rest: whether anything of the cell was left then.
        left_out: further lines at which a statement begins that did not run.
    """

    failed: int
    line: int
    rest: bool
    left_out: tuple[int, ...]


def read_remainder(data: Any) -> Remainder | None:
    """Read a report, which is the student's to forge; None where it makes no sense."""
    if not isinstance(data, dict):
        return None
    lines = data.get("left_out")
    failed, line, *left_out = list[Any](
        (data.get("failed"), data.get("line"), *(lines if isinstance(lines, list) else ()))
    )
    if not all(type(value) is int and EVERYTHING <= value < _HIGHEST for value in (failed, line, *left_out)):
        return None
    return Remainder(failed, line, data.get("rest") is True, tuple(left_out[:_MOST_LINES]))


def notes_on_run(cell: Cell, remainder: Remainder | None, lost: bool = False, cut: str = "") -> Iterator[Note]:
    """Note what running a cell left out.

    Args:
        cell: the cell.
        remainder: what became of its rest, where it failed.
        lost: whether it was stopped, or ended its process.
        cut: why a part of its outputs was left out.
    """
    grade_id = role(cell).grade_id
    name = grade_id or cell["id"]
    if remainder is not None and remainder.rest:
        yield Note("cell-failed", grade_id, words.cell_failed(name, remainder.line, remainder.left_out))
    if lost:
        yield Note("cell-lost", grade_id, words.cell_lost(name))
    if cut:
        yield Note("output-cut", grade_id, words.output_cut(name, cut))
