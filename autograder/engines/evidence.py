"""Take from notebooks that have run what is kept besides points, in the process that judged them.

Who leads a class then never looks into a notebook: its time is what limits how many processes can judge.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from autograder.checking.behaviours import KeptBehaviour
from autograder.checking.verdict import BEHAVIOUR, MIME
from autograder.notebook.format import Cell, Notebook
from autograder.notebook.roles import role

MAX_CHECKS = 50
"""Checks of one submission whose behaviours are kept."""

Place = tuple[str, str]
"""A question: its notebook and grade_id."""


def take_behaviours(notebooks: Mapping[str, Notebook], unanswered: Collection[Place]) -> dict[str, KeptBehaviour]:
    """Take the behaviours out of the verdicts: name of the check → what the function did.

    Args:
        notebooks: the notebooks by name; their verdicts hold no behaviour after it.
        unanswered: (notebook, function) of stubs that are as they were given: what they do is nobody's mistake.
    """
    behaviours: dict[str, KeptBehaviour] = {}
    for name, notebook in notebooks.items():
        for cell in notebook["cells"]:
            for verdict in _verdicts(cell) if role(cell).is_test else ():
                if BEHAVIOUR in verdict:
                    kept = KeptBehaviour.from_json(verdict.pop(BEHAVIOUR))
                    is_own = (name, verdict.get("function")) not in unanswered
                    if kept and is_own and isinstance(verdict.get("check"), str) and len(behaviours) < MAX_CHECKS:
                        behaviours[verdict["check"]] = kept
    return behaviours


def criteria_of(notebooks: Mapping[str, Notebook]) -> dict[Place, dict[str, float]]:
    """Read the points of each criterion from the verdicts: question → criterion → points."""
    return {
        (name, role(cell).grade_id): points
        for name, notebook in notebooks.items()
        for cell in notebook["cells"]
        if role(cell).is_test and (points := _points(cell))
    }


def answers_of(notebooks: Mapping[str, Notebook]) -> dict[Place, str | None]:
    """Hash the work that is graded: question → hash; None for a task, whose answer may stand anywhere."""
    answers: dict[Place, str | None] = {}
    for name, notebook in notebooks.items():
        work = ""
        for cell in notebook["cells"]:
            own = role(cell)
            if own.solution or own.task:
                work = _hash_of(cell)
            if own.grade or own.task:
                answers[name, own.grade_id] = None if own.task else work
    return answers


def _points(cell: Cell) -> dict[str, float]:
    verdict = next(_verdicts(cell), {})
    return {str(result["name"]): float(result["points"]) for result in verdict.get("criteria", ())}


def _verdicts(cell: Cell) -> Iterator[dict[str, Any]]:
    for output in cell["outputs"] if cell["cell_type"] == "code" else ():
        verdict = output["data"].get(MIME) if output["output_type"] == "display_data" else None
        if isinstance(verdict, dict):
            yield verdict


def _hash_of(cell: Cell) -> str:
    attachments = json.dumps(cell.get("attachments") or {}, sort_keys=True)
    text = "\n".join(line.rstrip() for line in cell["source"].strip().splitlines())
    return hashlib.sha256(f"{text}\0{attachments}".encode(errors="surrogatepass")).hexdigest()[:16]
