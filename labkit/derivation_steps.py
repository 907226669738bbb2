"""Check a step that nobody grades, in the notebook: by number, with a word about what went wrong."""

import sys
from collections.abc import Callable
from typing import Any

from labkit import words
from labkit.batch_norm.practice import STEPS as BATCH_NORM_STEPS
from labkit.regularization.derivation import STEPS as REGULARIZATION_STEPS
from labkit.selfcheck.report import Report, show
from labkit.selfcheck.source import is_stale
from labkit.selfcheck.words import stale

STEPS: dict[str, Callable[..., Report]] = {**REGULARIZATION_STEPS, **BATCH_NORM_STEPS}
"""Name of the student's function → what checks it."""


def practice(function: Callable[..., Any], *companions: Callable[..., Any]) -> None:
    """Check a step of the derivation, or a small function that earns no points, and show what is right.

    Args:
        function: yours, under the name that the notebook gives it.
        companions: other functions of yours that the step needs.

    Raises:
        LookupError: there is no step of that name.
    """
    name = getattr(function, "__name__", "")
    if name not in STEPS:
        raise LookupError(words.no_step(name, list(STEPS)))
    report = STEPS[name](function, *companions)
    if is_stale(name, function, sys._getframe(1).f_globals):
        report = Report(name, report.rows, report.hints, [stale(name), *report.causes], graded=False)
    show(report)
