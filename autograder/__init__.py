"""The instructor's tool: release, collect, grade, feedback, report, export, verify.

`autograder.grade` is what hidden tests call; it is imported when first used, so that the command line starts fast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograder.engines.kernel.in_kernel import grade

__all__ = ["grade"]


def __getattr__(name: str) -> Any:
    """Give `grade` itself, not a function around it: it looks for the student's other functions where it is called."""
    if name != "grade":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from autograder.engines.kernel.in_kernel import grade

    return grade
