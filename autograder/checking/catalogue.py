"""Collect known mistakes and right answers as functions, and keep their source for the made-up class."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections import UserDict
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np

from autograder.checking.check import Function, Mistake

F = TypeVar("F", bound=Function)


class _Styles(UserDict[str, Any]):
    """Style → source of a right answer, written out when it is asked for: grading does without, and begins sooner.

    Args:
        of: the function's own name.
    """

    def __init__(self, of: str) -> None:
        super().__init__()
        self._of = of

    def __getitem__(self, style: str) -> str:
        answer: str | Function = self.data[style]
        if not isinstance(answer, str):
            answer = self.data[style] = source_as(answer, self._of)
        return answer


class Catalogue:
    """Collects wrong and right implementations.

    An implementation is a function that uses only its arguments, `np`, and the names that the notebook gives a student,
    so that its source, renamed, can stand in a student's stub.

    Args:
        hints: mistake id → hint; every mistake must have one.
        names: what the notebook gives a student besides `np`, for implementations written as text.
    """

    def __init__(self, hints: Mapping[str, str] | None = None, names: Mapping[str, Any] | None = None) -> None:
        self._hints = hints or {}
        self._names = {"np": np, **(names or {})}
        self.mistakes: list[Mistake] = []
        self.right_answers: dict[str, _Styles] = {}
        self.right_functions: dict[str, dict[str, Function]] = {}

    def mistake(self, of: str, id: str, origin: str, *checks: str) -> Callable[[F], F]:
        """Record the decorated function as a wrong implementation of `of`.

        Args:
            of: name of the function that it stands for.
            id: stable name; `hints[id]` is its hint.
            origin: "seen", "reported" or "plausible".
            checks: the checks in which it loses points, if not all of the function.

        Raises:
            KeyError: if the id has no hint.
        """

        def record(function: F) -> F:
            self.mistakes.append(
                Mistake(id, (of,), {of: function}, self._hints[id], origin, source_as(function, of), checks)
            )
            return function

        return record

    def mistake_in(
        self, of: str, source: str, id: str, origin: str, *changes: tuple[str, str], checks: tuple[str, ...] = ()
    ) -> None:
        """Record a right answer with a few pieces of its text changed as a wrong implementation of `of`.

        Args:
            of: name of the function.
            source: Python source of a right implementation under its own name.
            id: as for `mistake`.
            origin: as for `mistake`.
            changes: (right, wrong) pieces of text, made in order; each right one stands in the source exactly once.
            checks: as for `mistake`.

        Raises:
            ValueError: if a piece does not stand there exactly once.
            KeyError: if the id has no hint.
        """
        text = source
        for right, wrong in changes:
            if text.count(right) != 1:
                raise ValueError(f"{id}: {right!r} stands {text.count(right)} times in the source")
            text = text.replace(right, wrong)
        namespace = dict(self._names)
        exec(compile(text, id, "exec"), namespace)
        self.mistakes.append(Mistake(id, (of,), {of: namespace[of]}, self._hints[id], origin, text, checks))

    def right(self, of: str, style: str) -> Callable[[F], F]:
        """Record the decorated function as a right implementation of `of`, written in the named style."""

        def record(function: F) -> F:
            self.right_answers.setdefault(of, _Styles(of))[style] = function
            self.right_functions.setdefault(of, {})[style] = function
            return function

        return record


def in_each(places: str, right: str, wrong: str) -> list[tuple[str, str]]:
    """Write a change for `Catalogue.mistake_in` once for several places: # stands for each character of `places`."""
    return [(right.replace("#", place), wrong.replace("#", place)) for place in places]


def source_as(function: Function, name: str) -> str:
    """Give the source of a function under another name, without decorators and annotations."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    definition = tree.body[0]
    assert isinstance(definition, ast.FunctionDef)
    definition.name = name
    definition.decorator_list = []
    for node in ast.walk(definition):  # those of helpers inside, too: the notebook does not have their names
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        elif isinstance(node, ast.arg):
            node.annotation = None
    return ast.unparse(definition) + "\n"
