"""Make up a class: right answers in several styles, known mistakes, stubs left empty, and broken files."""

import ast
import random
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any, Literal

from autograder.assignments import answer_key, names
from autograder.checking.check import AnswerKey
from autograder.course.course import Course
from autograder.course.timestamp import TIMESTAMP
from autograder.errors import CourseError
from autograder.demo import words
from autograder.notebook.format import Cell, Notebook
from autograder.notebook.roles import role
from autograder.notebook.write import write
from autograder.notebook.source import Source, read_source

Kind = Literal[
    "right",
    "mistake",
    "two mistakes",
    "lost ids",
    "unfinished",
    "untouched",
    "test deleted",
    "syntax error",
    "broken file",
]
_ORDINARY: tuple[Kind, ...] = ("right", "mistake", "right", "two mistakes")
_ODD: tuple[Kind, ...] = ("lost ids", "unfinished", "untouched", "test deleted", "syntax error", "broken file")

KINDS: tuple[Kind, ...] = (*_ORDINARY, *_ODD, *_ORDINARY, *_ORDINARY, "mistake", "mistake")
"""What students do, in turn; a class of twelve has every kind."""


def simulate(course: Course, assignment: str, students: int, seed: int = 0) -> dict[str, Kind]:
    """Write a made-up class into submitted/. The same arguments give the same files.

    Args:
        course: the course.
        assignment: name of an assignment with an answer key.
        students: how many.
        seed: of the random choices; another seed gives another class.

    Returns:
        Student id → what the student did.

    Raises:
        CourseError: there is no such assignment, or it has no answer key.
    """
    (path, *_) = course.notebooks(assignment)
    if assignment not in names():
        raise CourseError(words.no_answer_key(assignment))
    source, key = read_source(path), answer_key(assignment)
    written: dict[str, Kind] = {}
    for number in range(1, students + 1):
        student = f"student-{number:04}"
        chance = random.Random(f"{seed} {assignment} {number}")
        kind = KINDS[(number - 1) % len(KINDS)]
        data = _SPOIL.get(kind, write)(_filled(source, key, kind, chance))
        folder = course.submitted(student, assignment)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{path.stem}.ipynb").write_bytes(data)
        time = f"2026-03-{1 + number % 28:02} {8 + number % 12:02}:{number % 60:02}:00 UTC\n"
        (folder / TIMESTAMP).write_text(time, encoding="ascii")
        written[student] = kind
    return written


def _filled(source: Source, key: AnswerKey, kind: Kind, chance: random.Random) -> Notebook:
    """Fill the released notebook with a student's work."""
    work = {} if kind == "untouched" else dict(_answers(key, kind, chance))
    cells = []
    for given in source.cells:
        cell: Cell = {**deepcopy(given.cell), "source": given.released}
        own = [work[name] for name in sorted(given.functions) if name in work]
        if own:
            cell["source"] = "\n\n".join(own)
        elif given.answer and given.kind == "markdown" and kind != "untouched":
            cell["source"] = " ".join(chance.sample(words.answers(), 3))
        cells.append(cell)
    return {"cells": cells, "metadata": dict(source.metadata), "nbformat": 4, "nbformat_minor": 5}


def _answers(key: AnswerKey, kind: Kind, chance: random.Random) -> Iterator[tuple[str, str]]:
    """Yield each function and what the student wrote; a later entry replaces an earlier."""
    functions = sorted(key.right_answers)
    for name in functions:
        yield name, chance.choice(sorted(key.right_answers[name].values()))
    count = {"mistake": 1, "two mistakes": 2}.get(kind, 0)
    wrong = [mistake for mistake in key.mistakes if mistake.source]
    for mistake in chance.sample(wrong, min(count, len(wrong))):
        yield from _definitions(mistake.source).items()
    for name in chance.sample(functions, len(functions) // 2) if kind == "unfinished" else ():
        yield name, f"def {name}(*given, **named):\n    return None\n"
    if kind == "syntax error":
        yield functions[0], f"def {functions[0]}(:\n    return 1\n"


def _definitions(text: str) -> Mapping[str, str]:
    """Split a source text into its functions by name."""
    nodes = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    return {node.name: ast.get_source_segment(text, node) or "" for node in nodes}


def _without_ids(notebook: Notebook) -> bytes:
    """Drop cell ids and metadata, as some editors do."""
    cells: list[Any] = [{**cell, "metadata": {}} for cell in notebook["cells"]]
    for cell in cells:
        del cell["id"]
    return write({**notebook, "cells": cells, "nbformat_minor": 2})


def _without_a_test(notebook: Notebook) -> bytes:
    """Drop the first test cell."""
    first = next(cell for cell in notebook["cells"] if role(cell).is_test)
    return write({**notebook, "cells": [cell for cell in notebook["cells"] if cell is not first]})


def _cut_off(notebook: Notebook) -> bytes:
    """Write half of the file, as a broken upload does."""
    data = write(notebook)
    return data[: len(data) // 2]


_SPOIL: dict[Kind, Callable[[Notebook], bytes]] = {
    "lost ids": _without_ids,
    "test deleted": _without_a_test,
    "broken file": _cut_off,
}
