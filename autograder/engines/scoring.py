"""Read scores from outputs of cells by nbgrader's rules, for both engines and for nbgrader's own commands.

The rules are those of `nbgrader.utils.determine_grade`; the tests hold them against it. Both engines read scores with
`scores_of`; `nbgrader autograde` reads them with its own function from outputs that `as_nbgrader_scores` has prepared.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from autograder.checking.verdict import MIME
from autograder.engines import words
from autograder.engines.evidence import answers_of, criteria_of, take_behaviours
from autograder.engines.result import CellScore, Judged, JudgedNotebook
from autograder.notebook.format import Cell, Notebook, Output
from autograder.notebook.outputs import error, result
from autograder.notebook.roles import checksum, role
from autograder.restore.restore import Restored


def as_nbgrader_scores(outputs: Sequence[Output], points: float, source: str) -> list[Output]:
    """Make the outputs of a test cell say its score to nbgrader, which reads the first output that decides.

    Errors come first. Where the grader left a verdict, its points are the score, whatever else the cell showed. A test
    that calls the grader and has no verdict earns nothing; neither does one that prints more points than it is worth.

    Args:
        outputs: what running the cell gave.
        points: what the cell is worth.
        source: the test as the instructor wrote it.
    """
    errors = [output for output in outputs if output["output_type"] == "error"]
    if errors:
        return errors + [output for output in outputs if output["output_type"] != "error"]
    verdicts = [
        output["data"][MIME]
        for output in outputs
        if output["output_type"] in ("display_data", "execute_result") and MIME in output["data"]
    ]
    if verdicts:
        score = _score_in(verdicts[-1], points)
        if score is None:
            return [error("NoVerdict", words.bad_verdict(points)), *outputs]
        return with_score(outputs, score)
    if "autograder.grade(" in source:
        return [error("NoVerdict", words.no_verdict()), *outputs]
    value = _shown_number(outputs)
    if value is not None and value > points:
        return [error("TooManyPoints", words.too_many_points(value, points)), *outputs]
    return list(outputs)


def with_score(outputs: Sequence[Output], score: float, count: int | None = None) -> list[Output]:
    """Put a score into outputs: it is the only result, and warnings on stderr, which would cost it, are plain text.

    Args:
        outputs: what the cell showed, the verdict included.
        score: the verdict's points.
        count: the cell's execution count.
    """
    kept: list[Output] = []
    for output in outputs:
        if output["output_type"] == "stream":
            kept.append({**output, "name": "stdout"})
        elif output["output_type"] != "execute_result":
            kept.append(output)
    return [*kept, result(repr(score), count)]


def judged(restored: Mapping[str, Restored]) -> Judged:
    """Read the scores of a submission whose notebooks have run.

    Args:
        restored: name → the restored notebook with its outputs, and the notes on it.
    """
    named = {name: notebook.notebook for name, notebook in restored.items()}
    unanswered = frozenset(
        (name, role(cell).grade_id)
        for name, notebook in named.items()
        for cell in notebook["cells"]
        if is_unanswered(cell)
    )
    behaviours = take_behaviours(named, unanswered)  # before they are written
    return Judged(
        notebooks={name: JudgedNotebook.of(notebook) for name, notebook in named.items()},
        scores=tuple(score for name, notebook in named.items() for score in scores_of(name, notebook)),
        unanswered=unanswered,
        criteria=criteria_of(named),
        answers=answers_of(named),
        behaviours=behaviours,
        notes=tuple(note for notebook in restored.values() for note in notebook.notes),
        unreadable=" ".join(notebook.unreadable for notebook in restored.values() if notebook.unreadable),
    )


def mark_not_graded(notebook: Notebook, reason: str) -> None:
    """Write into every test of a notebook that was not run why it earns nothing."""
    for cell in notebook["cells"]:
        if is_test(cell):
            cell["outputs"] = [error("NotGraded", reason)]


def scores_of(name: str, notebook: Notebook) -> Iterator[CellScore]:
    """Yield the scores of a notebook that was run."""
    for cell in notebook["cells"]:
        own = role(cell)
        if is_test(cell):
            yield CellScore(name, own.grade_id, test_score(cell["outputs"], own.points), own.points, False)
        elif own.grade:
            yield CellScore(name, own.grade_id, manual_score(cell), own.points, True)


def is_test(cell: Cell) -> bool:
    """Tell whether a cell is graded by machine."""
    return cell["cell_type"] == "code" and role(cell).is_test


def test_score(outputs: Sequence[Output], points: float) -> float:
    """Score a test: 0 for an error or anything on stderr, a shown number for partial credit, else all.

    A result that is no number, not a number, or below zero counts as full marks, as in nbgrader; see `is_guess`.
    """
    if _failed(outputs):
        return 0.0
    value = _shown_number(outputs)
    return value if value is not None and value >= 0 else points


def is_guess(outputs: Sequence[Output]) -> bool:
    """Tell whether a test showed a result that is no score, so that full marks are a guess."""
    if _failed(outputs) or not any(output["output_type"] == "execute_result" for output in outputs):
        return False
    value = _shown_number(outputs)
    return value is None or math.isnan(value) or value < 0


def manual_score(cell: Cell) -> float | None:
    """Score a cell that a person grades: 0 where it is as it was given, else None."""
    return 0.0 if is_unanswered(cell) else None


def is_unanswered(cell: Cell) -> bool:
    """Tell whether a solution cell is as it was given."""
    own = role(cell)
    return own.solution and own.checksum == checksum(cell)


def _score_in(verdict: object, points: float) -> float | None:
    score = verdict.get("score") if isinstance(verdict, dict) else None
    if isinstance(score, bool) or not isinstance(score, int | float) or not 0 <= score <= points:
        return None
    return float(score)


def _failed(outputs: Sequence[Output]) -> bool:
    """Tell whether the first output that decides is an error or a text on stderr."""
    for output in outputs:
        if output["output_type"] == "execute_result":
            return False
        if output["output_type"] == "error" or (output["output_type"] == "stream" and output["name"] == "stderr"):
            return True
    return False


def _shown_number(outputs: Sequence[Output]) -> float | None:
    """Read the first result as a number; None if it is not."""
    for output in outputs:
        if output["output_type"] == "execute_result":
            try:
                return float(output["data"].get("text/plain", ""))
            except ValueError:
                return None
    return None
