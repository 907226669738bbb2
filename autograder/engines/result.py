"""What an engine gives back about one submission."""

from __future__ import annotations

from dataclasses import dataclass, field

from autograder.notebook.format import Notebook
from autograder.notebook.notes import Note


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
class Judged:
    """The autograded notebooks of a submission with their scores, or why there are none.

    Attributes:
        notebooks: the autograded notebooks by name, outputs included.
        scores: the graded cells in order.
        unanswered: (notebook, grade_id) of solution cells that are as they were given.
        notes: what restoring and running noticed.
        unreadable: why nothing of a notebook could be used; empty where it could.
        problem: why the engine could not judge; then there is nothing else.
    """

    notebooks: dict[str, Notebook] = field(default_factory=dict)
    scores: tuple[CellScore, ...] = ()
    unanswered: frozenset[tuple[str, str]] = frozenset()
    notes: tuple[Note, ...] = ()
    unreadable: str = ""
    problem: str = ""

    @property
    def score(self) -> float:
        """The points given by machine."""
        return sum(cell.score for cell in self.scores if not cell.manual and cell.score is not None)

    @property
    def max_score(self) -> float:
        """The points that the machine could give."""
        return sum(cell.max_score for cell in self.scores if not cell.manual)
