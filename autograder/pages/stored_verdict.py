"""Parse the verdict that a notebook holds. A student's kernel wrote it, so only its form is believed."""

from __future__ import annotations

from typing import Any

from autograder.checking.verdict import LEVELS, CriterionResult, Hint, Picture, Verdict
from labkit.calls.call import CallError

MAX_WORDS = 2_000
"""Characters of one message of a verdict."""
MAX_PARTS = 50
"""Criteria, hints and lines of one verdict."""
MAX_SIDE = 32
"""Rows and columns that are drawn of a verdict's picture."""


def parse_verdict(data: dict[str, Any]) -> Verdict | None:
    """Read a verdict out of the output of a test cell; None if it has another form."""
    try:
        error, picture = data.get("error"), data.get("picture")
        return Verdict(
            check=as_text(data["check"]),
            function=as_text(data["function"]),
            criteria=tuple(
                CriterionResult(
                    as_text(result["name"]),
                    result["passed"] is True,
                    as_number(result["points"]),
                    as_number(result["max_points"]),
                    as_text(result["message"]),
                    result.get("judged") is not False,
                )
                for result in data["criteria"][:MAX_PARTS]
            ),
            mistakes=tuple(Hint(as_text(hint["id"]), as_text(hint["hint"])) for hint in data["mistakes"][:MAX_PARTS]),
            error=CallError(
                as_text(error["kind"]),
                as_text(error["message"]),
                tuple(as_text(line) for line in error["lines"][:MAX_PARTS]),
            )
            if error
            else None,
            picture=_picture(picture) if picture else None,
            cause=as_text(data.get("cause")),
            notes=tuple(as_text(note) for note in data.get("notes", ())[:MAX_PARTS]),
        )
    except (KeyError, TypeError, AttributeError):
        return None


def as_text(value: Any) -> str:
    """Cut a text to a sensible length; anything else is empty."""
    return value[:MAX_WORDS] if isinstance(value, str) else ""


def as_number(value: Any) -> float:
    """Read points; what is no sensible number is 0."""
    good = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9
    return float(value) if good else 0.0


def _picture(data: Any) -> Picture | None:
    """Read a picture; one that another version of the grader stored has numbers in place of levels, and is left out."""
    if "wrong" not in data:
        return None
    wrong = [[entry is True for entry in row[:MAX_SIDE]] for row in data["wrong"][:MAX_SIDE]]
    return Picture(as_text(data["title"]), _levels(data["expected"]), _levels(data["actual"]), wrong)


def _levels(rows: Any) -> list[list[int]]:
    """Read the levels of a picture; what is none becomes 0."""
    return [
        [value if type(value) is int and -LEVELS <= value <= LEVELS else 0 for value in row[:MAX_SIDE]]
        for row in rows[:MAX_SIDE]
    ]
