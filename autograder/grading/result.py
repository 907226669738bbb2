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
        is_old: whether an earlier run graded it, and said all this.
    """

    student: str
    state: State
    score: float = 0.0
    max_score: float = 0.0
    notes: tuple[str, ...] = ()
    is_old: bool = False

    @property
    def needs_look(self) -> bool:
        """Whether a person should look at this submission."""
        return self.state in ("unreadable", "failed") and not self.is_old
