"""What an engine gives back about one submission."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from autograder.checking.behaviours import KeptBehaviour
from autograder.notebook.format import Notebook
from autograder.notebook.notes import Note
from autograder.notebook.write import write_compact


@dataclass(frozen=True)
class CellScore:
    """The score of one graded cell.

    Attributes:
        notebook: name of the notebook.
        grade_id: nbgrader's id of the cell.
        score: points; None where a person has yet to give them.
        max_score: points to be had.
        manual: whether a person grades this cell; 0 points where it was not filled in.
    """

    notebook: str
    grade_id: str
    score: float | None
    max_score: float
    manual: bool


@dataclass(frozen=True)
class JudgedNotebook:
    """An autograded notebook, written by the process that judged it: who leads a class only puts it in its place.

    Attributes:
        cells: its cells as JSON, outputs included.
        rest: all but its cells.
    """

    cells: bytes
    rest: dict[str, Any]

    @classmethod
    def of(cls, notebook: Notebook) -> JudgedNotebook:
        """Write the cells of a notebook."""
        rest = {key: value for key, value in notebook.items() if key != "cells"}
        return cls(write_compact(notebook["cells"]), rest)

    def write(self, file: Path, **known: object) -> None:
        """Write the notebook on one line, with what is known of it by now in its metadata.

        Raises:
            OSError: the file cannot be written.
        """
        metadata = {**self.rest["metadata"], "autograder": {**self.rest["metadata"].get("autograder", {}), **known}}
        with file.open("wb") as to:
            to.writelines((b'{"cells":', self.cells, b",", write_compact({**self.rest, "metadata": metadata})[1:]))

    def read(self) -> Notebook:
        """Read the notebook."""
        return cast(Notebook, {"cells": json.loads(self.cells), **self.rest})


@dataclass(frozen=True)
class Judged:
    """The autograded notebooks of a submission with their scores, or why there are none.

    Attributes:
        notebooks: the autograded notebooks by name, outputs included; none where they were put aside with behaviours.
        scores: the graded cells in order.
        unanswered: (notebook, grade_id) of solution cells that are as they were given.
        criteria: (notebook, grade_id) → criterion → points.
        answers: (notebook, grade_id) → hash of the work that is graded there; None where it may stand anywhere.
        behaviours: name of a check → what the wrong function did.
        notes: what restoring and running noticed.
        submission: hash of what was judged, see `submission_hash`.
        unreadable: why nothing of a notebook could be used; empty where it could.
        problem: why the engine could not judge; then there is nothing else.
    """

    notebooks: dict[str, JudgedNotebook] = field(default_factory=dict)
    scores: tuple[CellScore, ...] = ()
    unanswered: frozenset[tuple[str, str]] = frozenset()
    criteria: dict[tuple[str, str], dict[str, float]] = field(default_factory=dict)
    answers: dict[tuple[str, str], str | None] = field(default_factory=dict)
    behaviours: dict[str, KeptBehaviour] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    submission: str = ""
    unreadable: str = ""
    problem: str = ""

    @property
    def without_files(self) -> Judged:
        """What is left when the notebooks and behaviours are put aside."""
        return replace(self, notebooks={}, behaviours={})

    @property
    def score(self) -> float:
        """The points given by machine."""
        return sum(cell.score for cell in self.scores if not cell.manual and cell.score is not None)

    @property
    def max_score(self) -> float:
        """The points that the machine could give."""
        return sum(cell.max_score for cell in self.scores if not cell.manual)
