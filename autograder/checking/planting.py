"""Plant known mistakes into right answers of any style, and put functions into the guises that students give them.

A mistake of the catalogue is a change of the catalogue's own text. Students write other texts, raise errors with other
words, store and return in other forms. `verify` proves with these that a mistake is named in all of them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Slip:
    """A known mistake as rules that rewrite a right answer, in whatever style it is written.

    Attributes:
        of: name of the function.
        ids: the mistake, or a mistake for each check of the function.
        changes: regular expressions and what takes their place, for the canonical text (`ast.unparse`) of a function.
            All are made; where none fits, the slip cannot be made in that style.
    """

    of: str
    ids: tuple[str, ...]
    changes: tuple[tuple[str, str], ...]

    def plant(self, source: str) -> str | None:
        """Write the mistake into a right answer; None if it does not apply to it."""
        text = ast.unparse(ast.parse(source))
        wrong = text
        for right, replacement in self.changes:
            wrong = re.sub(right, replacement, wrong)
        return None if wrong == text else wrong


@dataclass(frozen=True)
class Guise:
    """A habit that changes nothing in what is right or wrong with a function, or adds a mistake of form.

    Attributes:
        wrap: gives a function the habit.
        adds: the mistakes of form that the habit is.
    """

    wrap: Callable[[Callable[..., Any]], Callable[..., Any]]
    adds: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name the habit, for messages."""
        return self.wrap.__name__.strip("_").replace("_", " ")


def at_the_start(statement: str) -> tuple[str, str]:
    """Make a change that puts a statement before the first of a function, whatever its style."""
    return r"\A(def [^\n]*:\n)", rf"\1    {statement}\n"


def slips_of(function: str) -> Callable[..., Slip]:
    """Make the slips of a function from the ids of their mistakes, with spaces between them, and the changes."""

    def slip(ids: str, *changes: tuple[str, str]) -> Slip:
        return Slip(function, tuple(ids.split()), changes)

    return slip
