"""The instructor's tool: release, collect, grade, feedback, report, export, verify.

`autograder.grade` is what hidden tests call; it is imported when first used, so that the command line starts fast.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["grade"]


def grade(check: str, *functions: Callable[..., Any]) -> float:
    """See `autograder.engines.kernel.in_kernel.grade`."""
    from autograder.engines.kernel.in_kernel import grade as grade_in_kernel

    return grade_in_kernel(check, *functions)
