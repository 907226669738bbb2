"""What nbgrader's metadata makes of a trusted cell: test, solution, written answer, task or locked text."""

import hashlib
from typing import NamedTuple

from autograder.notebook.format import Cell

SKIP_TAG = "skip-execution"
"""The tag of nbclient's own convention: such a cell is not run."""

TEST_PREFIX = "test_"
"""How the grade_id of a test cell begins by convention; the rest is the grade_id of the solution that it tests."""


class Role(NamedTuple):
    """The nbgrader metadata of a cell; all empty for a plain cell."""

    grade_id: str = ""
    grade: bool = False
    solution: bool = False
    locked: bool = False
    task: bool = False
    points: float = 0.0
    checksum: str = ""

    @property
    def is_fixed(self) -> bool:
        """Whether the cell belongs to the instructor: a test, a task, or locked text."""
        return not self.solution and (self.grade or self.locked or self.task)

    @property
    def is_test(self) -> bool:
        """Whether the cell is graded by machine, if it is code."""
        return self.grade and not self.solution


_PLAIN = Role()


def role(cell: Cell) -> Role:
    """Read the nbgrader metadata of a trusted cell.

    Raises:
        KeyError, TypeError, ValueError: a graded cell has no points, or points that are not a number.
    """
    metadata = cell["metadata"].get("nbgrader")
    if not metadata:
        return _PLAIN
    grade = bool(metadata.get("grade"))
    return Role(
        metadata.get("grade_id", ""),
        grade,
        bool(metadata.get("solution")),
        bool(metadata.get("locked")),
        bool(metadata.get("task")),
        float(metadata["points"] if grade else metadata.get("points") or 0),
        metadata.get("checksum", ""),
    )


def is_skipped(cell: Cell) -> bool:
    """Whether the cell is tagged to be skipped."""
    return SKIP_TAG in cell["metadata"].get("tags", ())


def checksum(cell: Cell) -> str:
    """The checksum that nbgrader stores for a cell with a role (`nbgrader.utils.compute_checksum`)."""
    own = role(cell)
    locked = not own.solution and (own.grade or own.locked)
    parts = [cell["source"], cell["cell_type"], str(own.grade), str(own.solution), str(locked), own.grade_id]
    if own.grade:
        parts.append(str(own.points))
    return hashlib.md5("".join(parts).encode(), usedforsecurity=False).hexdigest()
