"""Scores from what a cell showed, by nbgrader's rules (`nbgrader.utils.determine_grade`)."""

from __future__ import annotations

import math
from collections.abc import Sequence

from autograder.engines import words
from autograder.notebook.format import Cell, Output
from autograder.notebook.outputs import error
from autograder.notebook.roles import checksum, role


def settled(outputs: list[Output], points: float) -> list[Output]:
    """Outputs of a plain test so that the first one that says anything says the score, as nbgrader reads them.

    Errors come first; more points than there are is an error of the test.
    """
    errors: list[Output] = [output for output in outputs if output["output_type"] == "error"]
    others = [output for output in outputs if output["output_type"] != "error"]
    value = _printed_number(outputs)
    if not errors and value is not None and value > points:
        errors = [error("TooManyPoints", words.too_many_points(value, points))]
    return errors + others


def test_score(outputs: Sequence[Output], points: float) -> float:
    """The score of a plain test: 0 for an error or anything on stderr, a printed number for partial credit, else all.

    A result that is no number, not a number, or below zero counts as full marks, as in nbgrader; see `is_guess`.
    """
    if _failed(outputs):
        return 0.0
    value = _printed_number(outputs)
    return value if value is not None and value >= 0 else points


def is_guess(outputs: Sequence[Output]) -> bool:
    """Whether the cell showed a result that is no score, so that full marks are a guess."""
    results = [output for output in outputs if output["output_type"] == "execute_result"]
    if not results or _failed(outputs):
        return False
    value = _printed_number(outputs)
    return value is None or math.isnan(value) or value < 0


def manual_score(cell: Cell) -> float | None:
    """The score of a cell that a person grades: 0 where it is as it was given, else none yet."""
    return 0.0 if is_unanswered(cell) else None


def is_unanswered(cell: Cell) -> bool:
    """Whether a solution cell is as it was given."""
    return role(cell).solution and role(cell).checksum == checksum(cell)


def _failed(outputs: Sequence[Output]) -> bool:
    first = _first_that_decides(outputs)
    return first is not None and first["output_type"] != "execute_result"


def _first_that_decides(outputs: Sequence[Output]) -> Output | None:
    for output in outputs:
        if output["output_type"] in ("error", "execute_result"):
            return output
        if output["output_type"] == "stream" and output["name"] == "stderr":
            return output
    return None


def _printed_number(outputs: Sequence[Output]) -> float | None:
    for output in outputs:
        if output["output_type"] == "execute_result":
            try:
                return float(output["data"].get("text/plain", ""))
            except ValueError:
                return None
    return None
