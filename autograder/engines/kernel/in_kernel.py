"""Grade one function inside a notebook's kernel: what the hidden part of a test cell calls."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from typing import Any

from autograder.assignments import find_check
from autograder.checking.judging import PreparedCheck, run_here
from autograder.checking.verdict import MIME, Verdict
from autograder.course.course import Course
from autograder.engines.shares import course_shares


def grade(check: str, *functions: Callable[..., Any]) -> float:
    """Judge a student's function on the hidden probes; print the verdict and return the points.

    nbgrader takes the points from the cell's printed result, so they are a plain Python float within [0, points].

    Args:
        check: name of the check.
        functions: the graded function; its companions are those of the notebook, or follow in the answer key's order.

    Returns:
        The points earned.

    Raises:
        KeyError: if there is no check of that name.
    """
    prepared = _prepare(check)
    names = prepared.check.functions
    notebook = sys._getframe(1).f_globals
    own = {name: notebook[name] for name in names[1:] if name in notebook}
    _judged[check] = None
    verdict = prepared.judge(run_here({**own, **dict(zip(names, functions, strict=False))}), _judged)
    _judged[check] = verdict
    present(verdict)
    return verdict.score


_judged: dict[str, Verdict | None] = {}
"""The verdicts of this kernel's notebook so far; None on a check that is not finished."""


@cache
def _prepare(check: str) -> PreparedCheck:
    course = Course.find()
    key, found = find_check(check)
    return PreparedCheck(key.with_shares(course_shares(course)), found, course.secret())


def present(verdict: Verdict) -> None:
    """Print the verdict, and leave it as data in the cell's output where there is a kernel."""
    print(verdict)
    try:
        from IPython import get_ipython
        from IPython.display import publish_display_data
    except ImportError:
        return
    if get_ipython() is not None:
        publish_display_data({MIME: verdict.to_json()})
