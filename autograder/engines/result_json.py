"""Write results as JSON, and read them as what comes from outside: from another process, or another machine.

A result is a line for the verdict, then one for the cells of each notebook, as they are written in the end: whoever
leads a class never rewrites them. Where its processes write to the same disk, there is the verdict only.
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


class _Verdict(Struct, forbid_unknown_fields=True):
    """All of a result but cells; where `Judged` has a pair for a key, the two stand before the value."""

    notebooks: dict[str, dict[str, Any]]
    scores: tuple[CellScore, ...]
    unanswered: tuple[tuple[str, str], ...]
    criteria: tuple[tuple[str, str, dict[str, float]], ...]
    answers: tuple[tuple[str, str, str | None], ...]
    behaviours: dict[str, Any]
    notes: tuple[Note, ...]
    submission: str
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


_VERDICT = Decoder(_Verdict)
_CELLS = Decoder(tuple[_Cell, ...])


def result_to_json(judged: Judged) -> bytes:
    """Write a result as lines of JSON, always the same way byte for byte."""
    verdict = {
        "notebooks": {name: Raw(write_compact(notebook.rest)) for name, notebook in judged.notebooks.items()},
        "scores": judged.scores,
        "unanswered": sorted(judged.unanswered),
        "criteria": [(*place, points) for place, points in judged.criteria.items()],
        "answers": [(*place, answer) for place, answer in judged.answers.items()],
        "behaviours": {name: kept.to_json() for name, kept in judged.behaviours.items()},
        "notes": judged.notes,
        "submission": judged.submission,
        "unreadable": judged.unreadable,
        "problem": judged.problem,
    }
    return b"\n".join([encode(verdict), *(notebook.cells for notebook in judged.notebooks.values())])


def result_from_json(data: bytes, notebooks: Collection[str], is_aside: bool = False) -> Judged:
    """Read a result.

    Args:
        data: what claims to be one.
        notebooks: names of the notebooks of the assignment, which it must be about.
        is_aside: whether its files may have been put aside.

    Raises:
        ResultError: it is none.
    """
    verdict, *lines = data.split(b"\n")
    try:
        read = _VERDICT.decode(verdict)
        for line in lines:
            _CELLS.decode(line)
    except (DecodeError, ValidationError, UnicodeDecodeError, RecursionError) as error:
        raise ResultError(words.no_result(str(error))) from None
    if read.problem:
        return Judged(problem=read.problem)
    names = set() if is_aside and not read.notebooks else set(notebooks)
    if read.notebooks.keys() != names or not {score.notebook for score in read.scores} <= set(notebooks):
        raise ResultError(words.no_result(f"notebooks {sorted(read.notebooks)}"))
    if len(lines) != len(read.notebooks):
        raise ResultError(words.no_result(f"{len(lines)} / {len(read.notebooks)} notebooks"))
    for score in read.scores:
        if not 0 <= (score.score or 0) <= score.max_score:
            raise ResultError(words.no_result(f"{score.grade_id}: {score.score} / {score.max_score}"))
    if not all(isinstance(rest.get("metadata"), dict) for rest in read.notebooks.values()):
        raise ResultError(words.no_result("metadata"))
    kept = {name: KeptBehaviour.from_json(behaviour) for name, behaviour in read.behaviours.items()}
    whole = zip(read.notebooks.items(), lines, strict=True)
    return Judged(
        notebooks={name: JudgedNotebook(cells, rest) for (name, rest), cells in whole},
        scores=read.scores,
        unanswered=frozenset(read.unanswered),
        criteria={(notebook, name): points for notebook, name, points in read.criteria},
        answers={(notebook, name): answer for notebook, name, answer in read.answers},
        behaviours={name: behaviour for name, behaviour in kept.items() if behaviour},
        notes=read.notes,
        submission=read.submission,
        unreadable=read.unreadable,
    )


def read_result(data: bytes, notebooks: Collection[str], is_aside: bool = False) -> Judged:
    """Read what came back for a submission; where it is no result, that is the problem of this submission."""
    try:
        return result_from_json(data, notebooks, is_aside)
    except ResultError as error:
        return Judged(problem=str(error))
