"""How grading went for a student."""

from dataclasses import dataclass
from typing import Literal

State = Literal["graded", "unchanged", "unreadable", "failed"]
"""An unreadable submission is graded as not filled in; a failed one is not graded."""


@dataclass(frozen=True, slots=True)
class GradedStudent:
    """How grading went for a student.

    Attributes:
        student: the student's id.
        state: what happened.
        score: points by machine.
        max_score: points by machine to be had.
        notes: what the instructor should know, one line each.
        faults: those of the notes that say where the grader itself failed.
        is_old: whether an earlier run graded it, and said all this.
    """

    student: str
    state: State
    score: float = 0.0
    max_score: float = 0.0
    notes: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    is_old: bool = False

    @property
    def to_look_at(self) -> tuple[str, ...]:
        """The notes for which a person should look at this submission; none where an earlier run has said them."""
        if self.is_old:
            return ()
        return self.notes if self.state in ("unreadable", "failed") else self.faults
