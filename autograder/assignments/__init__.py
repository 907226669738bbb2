"""The answer keys, one folder an assignment. A folder's `ANSWER_KEY` is all that the rest of the autograder sees."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

from autograder.checking.check import AnswerKey, Check


@cache
def names() -> tuple[str, ...]:
    """List the assignments that have an answer key, sorted."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg))


@cache
def answer_key(assignment: str) -> AnswerKey:
    """Import the answer key of an assignment.

    Raises:
        KeyError: if no assignment of that name has an answer key.
    """
    if assignment not in names():
        raise KeyError(assignment)
    key: AnswerKey = importlib.import_module(f"{__name__}.{assignment}").ANSWER_KEY
    return key


def datasets_of(assignment: str) -> tuple[str, ...]:
    """Name the files of `datasets/` that an assignment reads; none if it has no answer key."""
    return answer_key(assignment).datasets if assignment in names() else ()


def ideas_of(assignment: str) -> Mapping[str, tuple[str, ...]]:
    """Return the ideas of an assignment, each with the mistakes that miss it; none if it has no answer key."""
    return answer_key(assignment).ideas if assignment in names() else {}


@cache
def find_check(name: str) -> tuple[AnswerKey, Check]:
    """Find a check by its name, which is unique over all assignments, and the answer key that it belongs to.

    Raises:
        KeyError: if no check has that name.
    """
    for assignment in names():
        key = answer_key(assignment)
        for check in key.checks:
            if check.name == name:
                return key, check
    raise KeyError(name)
