"""A result written as JSON is read as it was; what is no result is refused with the reason."""

import json
import math
from collections.abc import Callable
from typing import Any, cast

import pytest

from autograder.checking.behaviours import KeptBehaviour
from autograder.engines.result import CellScore, Judged, JudgedNotebook
from autograder.engines.result_json import ResultError, read_result, result_from_json, result_to_json
from autograder.notebook.format import Notebook
from autograder.notebook.notes import Note
from tests.helpers import small_course as small

NAME = small.ASSIGNMENT


def whole_result() -> Judged:
    """A result that has something everywhere."""
    notebook = small.filled()
    notebook["metadata"]["autograder"] = {"notes": [{"kind": "left-out", "cell": "", "message": "“ü”\u2028"}]}
    small.cell(notebook, "double")["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "1\n"}]
    return Judged(
        notebooks={NAME: JudgedNotebook.of(cast(Notebook, notebook))},
        scores=(CellScore(NAME, "test_double", 4.0, 4.0, False), CellScore(NAME, "conclusions", None, 5.0, True)),
        unanswered=frozenset({(NAME, "square"), (NAME, "double")}),
        criteria={(NAME, "test_square"): {"value": 4.0, "negative": 0.5}},
        answers={(NAME, "test_square"): "0a", (NAME, "essay"): None},
        behaviours={"square": KeptBehaviour("t", ("value",), {"result": ((0, "()", (1.0, 0.1, -0.0, 3.5, 0.0)),)})},
        notes=(Note("left-out", "", "“ü”\u2028"),),
        submission="0b",
    )


def changed(change: Callable[[dict[str, Any]], object]) -> bytes:
    """The result with a change in the verdict, or in the cells, which are `cells` here."""
    verdict, cells = result_to_json(whole_result()).split(b"\n")
    data = {**json.loads(verdict), "cells": json.loads(cells)}
    change(data)
    lines = [data.pop("cells"), data][::-1]
    return b"\n".join(json.dumps(line).encode() for line in lines)


def test_a_result_is_read_as_it_was_written() -> None:
    for judged in (whole_result(), Judged(problem="The engine failed."), Judged(notebooks=whole_result().notebooks)):
        data = result_to_json(judged)
        assert b"\n\n" not in data and data.count(b"\n") == len(judged.notebooks)
        assert result_from_json(data, [NAME]) == judged
        assert result_to_json(result_from_json(data, [NAME])) == data


def test_a_result_without_its_files_is_read_only_where_files_may_have_been_put_aside() -> None:
    rest = whole_result().without_files
    data = result_to_json(rest)
    assert b"\n" not in data and b"cell_type" not in data
    assert result_from_json(data, [NAME], is_aside=True) == rest
    assert result_from_json(result_to_json(whole_result()), [NAME], is_aside=True) == whole_result()
    with pytest.raises(ResultError):
        result_from_json(data, [NAME])  # from another machine, which put nothing aside here


NONSENSE: dict[str, bytes | Callable[[dict[str, Any]], object]] = {
    "nothing": b"",
    "no JSON": b"\x80\x04pickled",
    "no cells": result_to_json(whole_result()).split(b"\n")[0],
    "cells twice": result_to_json(whole_result()) + b"\n[]",
    "cut off": result_to_json(whole_result())[:-9],
    "two": result_to_json(whole_result()) * 2,
    "not UTF-8": result_to_json(whole_result()).replace("“".encode(), b"\xff"),
    "a list": b"[]",
    "very deep": b"[" * 100_000,
    "something missing": lambda data: data.pop("scores"),
    "something more": lambda data: data.update(secret="?"),
    "points as text": lambda data: data["scores"][0].update(score="4"),
    "points beyond the full ones": lambda data: data["scores"][0].update(score=4.5),
    "points below zero": lambda data: data["scores"][0].update(score=-1),
    "no number": lambda data: data["scores"][0].update(score=math.nan),
    "points as truth": lambda data: data["scores"][0].update(score=True),
    "a note of no known kind": lambda data: data["notes"][0].update(kind="praise"),
    "cells as text": lambda data: data.update(cells="[]"),
    "a cell of no kind": lambda data: data["cells"][0].update(cell_type="video"),
    "a cell without text": lambda data: data["cells"][0].pop("source"),
    "an output of no kind": lambda data: small.cell(data, "double")["outputs"][0].clear(),
    "a notebook without metadata": lambda data: data["notebooks"][NAME].pop("metadata"),
    "an assignment's other name": lambda data: data["notebooks"].update(other=data["notebooks"].pop(NAME)),
    "no notebook": lambda data: data["notebooks"].clear(),
    "scores of another notebook": lambda data: data["scores"][0].update(notebook="other"),
    "a place that is no pair": lambda data: data["unanswered"][0].pop(),
}


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_what_is_no_result_is_refused_and_costs_its_submission_only(nonsense: str) -> None:
    made = NONSENSE[nonsense]
    data = made if isinstance(made, bytes) else changed(made)
    with pytest.raises(ResultError, match=r"was not recorded: .") as error:
        result_from_json(data, [NAME])
    assert read_result(data, [NAME]) == Judged(problem=str(error.value))
