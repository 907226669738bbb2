"""The verdict on one check: points a criterion, hints, and how it is shown and stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.checking import words
from autograder.checking.behaviours import KeptBehaviour
from autograder.language import translated
from labkit.calls.call import CallError
from labkit.calls.differences import RTOL
from labkit.calls.words import own_line

MIME = "application/vnd.autograder.verdict+json"
"""The output type under which a verdict stands in an autograded notebook."""
BEHAVIOUR = "behaviour"
"""The part of a stored verdict that `autograder grade` moves to `.autograder/`."""


LEVELS = 3
"""Steps of size in which a picture holds numbers, on either side of zero."""


@dataclass(frozen=True)
class Picture:
    """The expected gradient and the student's, to be shown side by side.

    Both are held in a few levels, from which the numbers that are expected of a hidden probe cannot be told.

    Attributes:
        title: what is shown ("dW1, λ = 0.7").
        expected: 2-D list of levels: LEVELS stands for the largest expected entry.
        actual: 2-D list of levels, the same shape and scale; what is beyond it is cut.
        wrong: for each entry whether it differs.
    """

    title: str
    expected: list[list[int]]
    actual: list[list[int]]
    wrong: list[list[bool]]

    @classmethod
    def of(cls, title: str, expected: np.ndarray, actual: np.ndarray) -> Picture:
        """Make the picture of two finite 2-D arrays of the same shape."""
        scale = float(np.abs(expected).max(initial=0.0)) or 1.0
        with np.errstate(all="ignore"):
            right, own = (np.clip(np.rint(LEVELS * array / scale), -LEVELS, LEVELS) for array in (expected, actual))
            wrong = ~(np.abs(actual - expected) <= RTOL * scale)
        return cls(title, right.astype(int).tolist(), own.astype(int).tolist(), wrong.tolist())


@dataclass(frozen=True)
class CriterionResult:
    """How a function did in one criterion.

    Attributes:
        name: the criterion's name.
        passed: whether it is met.
        points: points earned.
        max_points: points to be had.
        message: why it is not met.
        judged: False where it could not be looked at, as something before it failed.
    """

    name: str
    passed: bool
    points: float
    max_points: float
    message: str = ""
    judged: bool = True

    @property
    def mark(self) -> str:
        """A sign for it: met, missed, or not judged."""
        return "✓" if self.passed else "✗" if self.judged else "–"


ERROR_HINT = "error"
"""Id of the hint for an exception."""
RELATION_HINT = "relation-"
"""What ids of relations begin with."""


@dataclass(frozen=True)
class Hint:
    """A known mistake that the function behaves like, or what its numbers or its exception say."""

    id: str
    hint: str

    @property
    def is_known_mistake(self) -> bool:
        """Whether the catalogue has it; else it is a relation, or the hint for an exception."""
        return self.id != ERROR_HINT and not self.id.startswith(RELATION_HINT)


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
        cause: why nothing or little could be judged, in a sentence that stands before all else.
        notes: how the function was judged, where that is not plain from its points.
        behaviour: what a wrong function computed, to find those that computed the same; not a part of the judgement.
    """

    check: str
    function: str
    criteria: tuple[CriterionResult, ...]
    mistakes: tuple[Hint, ...] = ()
    error: CallError | None = None
    picture: Picture | None = None
    cause: str = ""
    notes: tuple[str, ...] = ()
    behaviour: KeptBehaviour | None = field(default=None, compare=False)

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
            "cause": self.cause,
            "notes": self.notes,
        } | ({BEHAVIOUR: self.behaviour.to_json()} if self.behaviour else {})

    def __str__(self) -> str:
        """Show the verdict as a short table in plain text."""
        lines = [words.points_of(self.function, self.score, self.max_score)]
        lines += [f"  {self.cause}"] if self.cause else []
        if self.error:
            lines.append(f"  {self.error.kind}: {self.error.message}")
            lines += [f"    {own_line(line)}" for line in self.error.lines]
        for result in self.criteria:
            text = f"  {result.mark} {translated(result.name):<24} {result.points:g}/{result.max_points:g}"
            lines.append(f"{text}  {result.message}" if result.message else text)
        lines += [f"  {words.hint(hint.hint)}" for hint in self.mistakes]
        lines += [f"  {words.note(text)}" for text in self.notes]
        return "\n".join(lines)
