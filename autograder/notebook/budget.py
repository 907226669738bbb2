"""What looking through one submission may take: processor time, and characters that are parsed as Python.

The second is the same on every machine, so that a grade does not depend on how fast one is; the first is a backstop.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from autograder.errors import SubmissionError
from autograder.notebook import words

SECONDS = 60.0
"""Processor seconds for reading and restoring a notebook; less than a submission has for running."""
MAX_PARSED = 100_000
"""Characters of a notebook's code that are parsed; both assignments have a tenth of it."""


@dataclass
class Budget:
    """What is left for one submission.

    Attributes:
        until: processor time of this process at which it is over.
        characters: still to be parsed.
        memo: what parsing gave, by text, so that each is parsed once.
    """

    until: float
    characters: int = MAX_PARSED
    memo: dict[tuple[str, str], Any] = field(default_factory=dict)


_current: ContextVar[Budget | None] = ContextVar("budget", default=None)


@contextmanager
def limited() -> Iterator[Budget]:
    """Let `check` and `may_parse` count for one submission; within another `limited` nothing changes."""
    budget = _current.get()
    if budget is not None:
        yield budget
        return
    budget = Budget(time.process_time() + SECONDS)
    token = _current.set(budget)
    try:
        yield budget
    finally:
        _current.reset(token)


def check() -> None:
    """Go on if there is time left.

    Raises:
        SubmissionError: there is not.
    """
    budget = _current.get()
    if budget is not None and time.process_time() > budget.until:
        raise SubmissionError(words.takes_too_long())


def may_parse(text: str) -> bool:
    """Take a text from what may be parsed; False if too much has been.

    Raises:
        SubmissionError: as `check`.
    """
    check()
    budget = _current.get()
    if budget is None:
        return True
    budget.characters -= len(text)
    return budget.characters >= 0


def memo() -> dict[tuple[str, str], Any] | None:
    """Return what is kept while one submission is looked through; None while none is."""
    budget = _current.get()
    return budget.memo if budget is not None else None
