"""Write a known mistake as a right answer with one or two places changed: what is wrong is what is read."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.assignments.batch_normalization.hints import HINTS
from autograder.checking.check import Mistake


class Slips:
    """Collects the mistakes of one function.

    Args:
        function: name of the function.
        right: source of a right answer, as a student would write it.
    """

    def __init__(self, function: str, right: str) -> None:
        self._function = function
        self._right = right
        self.mistakes: list[Mistake] = []

    def add(self, id: str, origin: str, *edits: tuple[str, str], checks: tuple[str, ...] = ()) -> None:
        """Record a mistake.

        Args:
            id: stable name; `HINTS[id]` is its hint.
            origin: "seen", "reported" or "plausible".
            edits: pairs (text of the right answer, found there exactly once; what stands there instead).
            checks: the checks in which it loses points, if not all of the function.

        Raises:
            ValueError: if a text is not found exactly once.
            KeyError: if there is no hint.
        """
        source = self._right
        for old, new in edits:
            if source.count(old) != 1:
                raise ValueError(f"{id}: {old!r} is there {source.count(old)} times")
            source = source.replace(old, new)
        namespace: dict[str, Any] = {"np": np}
        exec(compile(source, f"<{id}>", "exec"), namespace)
        functions = {self._function: namespace[self._function]}
        self.mistakes.append(Mistake(id, (self._function,), functions, HINTS[id], origin, source, checks))
