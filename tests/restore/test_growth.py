"""Hostile notebooks cost what they are long: twice as long, twice the work; and no more than a notebook may take."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from autograder.errors import SubmissionError
from autograder.notebook import budget, cell_names
from autograder.restore.restore import restore
from tests.helpers import small_course as small
from tests.helpers.restoring import SOURCE, with_cells

pytestmark = pytest.mark.slow

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
WIDER = 4.0
"""How much longer the longer notebook is; quadratic work would take four times as long again."""


def code(text: str, number: int = 0, **more: Any) -> dict[str, Any]:
    cell = {"cell_type": "code", "id": f"c{number}", "metadata": {}, "source": text, "outputs": []}
    return cell | {"execution_count": None} | more


def markdown(text: str, number: int = 0) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": f"c{number}", "metadata": {}, "source": text}


def printed(text: str) -> list[dict[str, Any]]:
    return [{"output_type": "stream", "name": "stdout", "text": text}]


def short_lines(count: int) -> str:
    return "\n".join(a + b + c + d for a in LETTERS for b in LETTERS for c in LETTERS for d in LETTERS)[: 5 * count]


HOSTILE: dict[str, Callable[[int], list[dict[str, Any]]]] = {
    "cells that name the functions": lambda n: [
        code(f"# double square\nv{i} = 1\n" + "a[b]=c;" * 100, i) for i in range(n // 4)
    ],
    "short lines of code": lambda n: [code(short_lines(100 * n))],
    "short lines of text": lambda n: [markdown(short_lines(100 * n))],
    "names": lambda n: [code("\n".join(f"name{i} = name{i + 1}" for i in range(5 * n)))],
    "a chain of cells": lambda n: [code(f"name{i} = name{i + 1}", i) for i in reversed(range(n))],
    "blank cells": lambda n: [code(" " * 5_000, i) for i in range(n)],
    "quotes in braces": lambda n: [code("f'{" + "{'" * 400 + "\n(", i) for i in range(n // 4)],
    "half an f-string": lambda n: [code("f'{'" * 25 * n + "\n(")],
    "brackets": lambda n: [code("(" * 1_000, i) for i in range(n)],
    "prints that do not end": lambda n: [code("print('" + "1" * 1_000, i) for i in range(n)],
    "codes of terminals": lambda n: [code("", 0, outputs=printed("\x1b[1A\x1b[1000C\rx" * 100 * n))],
    "progress bars": lambda n: [code("", 0, outputs=printed("\r" + "x" * 10) * n) for _ in range(20)],
}


def seconds(cells: list[dict[str, Any]]) -> float:
    data = small.to_bytes(with_cells("double", *cells))
    began = time.process_time()
    restore(SOURCE, data)
    return time.process_time() - began


@pytest.mark.parametrize("kind", HOSTILE)
def test_the_work_grows_with_the_notebook_and_no_faster(kind: str) -> None:
    seconds(HOSTILE[kind](10))
    short = min(seconds(HOSTILE[kind](100)) for _ in range(2))
    long = min(seconds(HOSTILE[kind](round(WIDER * 100))) for _ in range(2))
    assert long < 2.5 * WIDER * short + 0.1


def test_each_text_is_parsed_once_and_no_more_in_all_than_a_person_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    parse = cell_names._parsed.__wrapped__

    def counted(source: str) -> Any:
        parsed.append(source)
        return parse(source)

    monkeypatch.setattr(cell_names, "_parsed", counted)
    cells = [code(f"# double square\nv{i} = 1\n" + "a[b]=c;" * 1_000, i) for i in range(600)]
    restore(SOURCE, small.to_bytes(with_cells("double", *cells)))
    assert len(parsed) == len(set(parsed))
    assert sum(map(len, parsed)) <= budget.MAX_PARSED


def test_one_line_of_many_statements_added_to_a_locked_cell_stands_there_once() -> None:
    notebook = small.filled()
    small.cell(notebook, "test_double")["source"] += "\n" + "x = 1; " * 1_000
    rebuilt = restore(SOURCE, small.to_bytes(notebook)).notebook["cells"]
    assert sum(len(cell["source"]) for cell in rebuilt) < 20_000


def test_a_notebook_that_takes_too_long_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "SECONDS", -1.0)
    with pytest.raises(SubmissionError, match="takes too long"):
        restore(SOURCE, small.to_bytes(small.filled()))
    with budget.limited(), pytest.raises(SubmissionError):
        budget.check()
    budget.check()  # outside of a submission nothing is counted
