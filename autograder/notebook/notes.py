"""What the student and the instructor should know about a submission."""

from dataclasses import dataclass
from typing import Literal

NoteKind = Literal[
    "unreadable",
    "id-lost",
    "type-changed",
    "retagged",
    "test-missing",
    "test-doubled",
    "test-edited",
    "locked-missing",
    "locked-doubled",
    "locked-edited",
    "answer-missing",
    "answer-doubled",
    "answer-below",
    "answer-elsewhere",
    "answer-found",
    "answer-shared",
    "answer-empty",
    "given-missing",
    "experiment-needed",
    "own-cells-skipped",
    "locked-extended",
    "cell-failed",
    "cell-lost",
    "output-cut",
    "guessed-score",
    "grader-error",
    "left-out",
    "newer-python",
]

UNREADABLE: NoteKind = "unreadable"
"""Kind of the note on a submission of which nothing could be used."""

GRADER_ERROR: NoteKind = "grader-error"
"""Kind of the note on a check in which the grader itself failed."""

NEWER_PYTHON: NoteKind = "newer-python"
"""Kind of the note on a notebook that was written with a newer Python than the grader's; it is said first."""


@dataclass(frozen=True)
class Note:
    """Something that was noticed in a submission.

    Attributes:
        kind: what happened; stable, for counting.
        cell: the grade_id of the cell it is about; empty for the whole notebook.
        message: the same in words.
    """

    kind: NoteKind
    cell: str
    message: str

    def to_json(self) -> dict[str, str]:
        """The note as the metadata of an autograded notebook holds it."""
        return {"kind": self.kind, "cell": self.cell, "message": self.message}
