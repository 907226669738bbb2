"""The verdict on one check: points a criterion, hints, and how it is shown and stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from autograder.checking import words
from autograder.language import translated
from labkit.calls.call import CallError

MIME = "application/vnd.autograder.verdict+json"
"""The output type under which a verdict stands in an autograded notebook."""


@dataclass(frozen=True)
class Picture:
    """The expected gradient and the student's, to be shown side by side.

    Attributes:
        title: what is shown ("dW1, λ = 0.7").
        expected: 2-D list of floats.
        actual: 2-D list of floats, the same shape.
    """

    title: str
    expected: list[list[float]]
    actual: list[list[float]]


@dataclass(frozen=True)
class CriterionResult:
    """How a function did in one criterion: `points` earned, out of `max_points`."""

    name: str
    passed: bool
    points: float
    max_points: float
    message: str = ""


@dataclass(frozen=True)
class Hint:
    """A known mistake that the function behaves like."""

    id: str
    hint: str


@dataclass(frozen=True)
class Verdict:
    """How a function did in a check.

    Attributes:
        check: name of the check.
        function: name of the graded function.
        criteria: the criteria in order.
        mistakes: known mistakes that behave the same on every probe.
        error: the student's own exception, where the function raised one.
        picture: expected and actual gradient, where that helps.
        notes: how the function was judged, where that is not plain from its points.
    """

    check: str
    function: str
    criteria: tuple[CriterionResult, ...]
    mistakes: tuple[Hint, ...] = ()
    error: CallError | None = None
    picture: Picture | None = None
    notes: tuple[str, ...] = ()

    @property
    def score(self) -> float:
        """Add up the points earned, rounded to a thousandth so that sums of tenths stay within the maximum."""
        return round(float(sum(result.points for result in self.criteria)), 3)

    @property
    def max_score(self) -> float:
        """Add up the points of all criteria."""
        return round(float(sum(result.max_points for result in self.criteria)), 3)

    def to_json(self) -> dict[str, Any]:
        """Turn the verdict into JSON-ready data, `score` and `max_score` included."""
        return {
            "check": self.check,
            "score": self.score,
            "max_score": self.max_score,
            "function": self.function,
            "criteria": tuple(dict(vars(result)) for result in self.criteria),
            "mistakes": tuple(dict(vars(hint)) for hint in self.mistakes),
            "error": dict(vars(self.error)) if self.error else None,
            "picture": dict(vars(self.picture)) if self.picture else None,
            "notes": self.notes,
        }

    def __str__(self) -> str:
        """Show the verdict as a short table in plain text."""
        lines = [words.points_of(self.function, self.score, self.max_score)]
        for result in self.criteria:
            mark = "✓" if result.passed else "✗"
            text = f"  {mark} {translated(result.name):<24} {result.points:g}/{result.max_points:g}"
            lines.append(f"{text}  {result.message}" if result.message else text)
        if self.error:
            lines.append(f"  {self.error.kind}: {self.error.message}")
            lines += [f"    {line}" for line in self.error.lines]
        lines += [f"  {words.hint(hint.hint)}" for hint in self.mistakes]
        lines += [f"  {words.note(text)}" for text in self.notes]
        return "\n".join(lines)
