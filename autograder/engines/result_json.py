"""Write results as JSON, and read them as what comes from outside: from another process, or another machine.

A notebook stands in its result as it is written in the end, so that who leads a class copies it and never rewrites it.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Literal

from msgspec import DecodeError, Raw, Struct, ValidationError
from msgspec.json import Decoder, encode

from autograder.checking.behaviours import KeptBehaviour
from autograder.engines import words
from autograder.engines.result import CellScore, Judged, JudgedNotebook
from autograder.errors import AutograderError
from autograder.notebook.notes import Note
from autograder.notebook.write import write_compact


class ResultError(AutograderError):
    """What should be a result is none; the text says why."""


class _Notebook(Struct, forbid_unknown_fields=True):
    cells: Raw
    rest: dict[str, Any]


class _Result(Struct, forbid_unknown_fields=True):
    """A result; where `Judged` has a pair for a key, the two stand before the value."""

    notebooks: dict[str, _Notebook]
    scores: tuple[CellScore, ...]
    unanswered: tuple[tuple[str, str], ...]
    criteria: tuple[tuple[str, str, dict[str, float]], ...]
    answers: tuple[tuple[str, str, str | None], ...]
    behaviours: dict[str, Any]
    notes: tuple[Note, ...]
    unreadable: str
    problem: str


class _Output(Struct):
    output_type: Literal["stream", "display_data", "execute_result", "error"]


class _Cell(Struct):
    """As much of a cell as whoever reads an autograded notebook relies on."""

    cell_type: Literal["code", "markdown", "raw"]
    id: str
    source: str
    metadata: dict[str, Raw]
    outputs: tuple[_Output, ...] = ()


_RESULT = Decoder(_Result)
_CELLS = Decoder(tuple[_Cell, ...])


def result_to_json(judged: Judged) -> bytes:
    """Write a result as JSON on one line, always the same way byte for byte."""
    return encode(
        {
            "notebooks": {
                name: {"cells": Raw(notebook.cells), "rest": Raw(write_compact(notebook.rest))}
                for name, notebook in judged.notebooks.items()
            },
            "scores": judged.scores,
            "unanswered": sorted(judged.unanswered),
            "criteria": [(*place, points) for place, points in judged.criteria.items()],
            "answers": [(*place, answer) for place, answer in judged.answers.items()],
            "behaviours": {name: kept.to_json() for name, kept in judged.behaviours.items()},
            "notes": judged.notes,
            "unreadable": judged.unreadable,
            "problem": judged.problem,
        }
    )


def result_from_json(data: bytes, notebooks: Collection[str]) -> Judged:
    """Read a result.

    Args:
        data: what claims to be one.
        notebooks: names of the notebooks of the assignment, which it must be about.

    Raises:
        ResultError: it is none.
    """
    try:
        read = _RESULT.decode(data)
        for notebook in read.notebooks.values():
            _CELLS.decode(notebook.cells)
    except (DecodeError, ValidationError, UnicodeDecodeError, RecursionError) as error:
        raise ResultError(words.no_result(str(error))) from None
    if read.problem:
        return Judged(problem=read.problem)
    if read.notebooks.keys() != set(notebooks) or not {score.notebook for score in read.scores} <= set(notebooks):
        raise ResultError(words.no_result(f"notebooks {sorted(read.notebooks)}"))
    for score in read.scores:
        if not 0 <= (score.score or 0) <= score.max_score:
            raise ResultError(words.no_result(f"{score.grade_id}: {score.score} / {score.max_score}"))
    if not all(isinstance(notebook.rest.get("metadata"), dict) for notebook in read.notebooks.values()):
        raise ResultError(words.no_result("metadata"))
    kept = {name: KeptBehaviour.from_json(behaviour) for name, behaviour in read.behaviours.items()}
    return Judged(
        notebooks={name: JudgedNotebook(bytes(one.cells), one.rest) for name, one in read.notebooks.items()},
        scores=read.scores,
        unanswered=frozenset(read.unanswered),
        criteria={(notebook, name): points for notebook, name, points in read.criteria},
        answers={(notebook, name): answer for notebook, name, answer in read.answers},
        behaviours={name: behaviour for name, behaviour in kept.items() if behaviour},
        notes=read.notes,
        unreadable=read.unreadable,
    )


def read_result(data: bytes, notebooks: Collection[str]) -> Judged:
    """Read what came back for a submission; where it is no result, that is the problem of this submission."""
    try:
        return result_from_json(data, notebooks)
    except ResultError as error:
        return Judged(problem=str(error))
