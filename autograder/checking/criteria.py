"""Criteria that several answer keys share. Each returns a `Criterion`; topics add their own."""

from __future__ import annotations

from autograder.checking import words
from autograder.checking.check import Criterion, Evidence, Finding, Trial
from labkit.calls.call import Outcome
from labkit.calls.differences import (
    ATOL,
    RTOL,
    differences,
    right_before,
)
from labkit.calls.plain import Plain
from labkit.calls.words import describe, describe_error


def value(
    points: float,
    *groups: str,
    name: str = "value",
    outputs: tuple[str, ...] = (),
    requires: str = "",
    rtol: float = RTOL,
    atol: float = ATOL,
) -> Criterion:
    """Every number right, in whatever shape of the same entries it comes.

    Args:
        points: what it is worth.
        groups: groups of calls to look at; all if none is named.
        name: name of the criterion.
        outputs: look at these outputs only (dict keys or names of tuple parts).
        requires: see `Criterion`.
        rtol: relative tolerance.
        atol: absolute tolerance.
    """

    def judge(evidence: Evidence) -> Finding | None:
        for trial in evidence.of(*groups):
            finding = value_finding(evidence, trial, outputs=outputs, rtol=rtol, atol=atol)
            if finding:
                return finding
        return None

    return Criterion(name, points, judge, requires)


def value_finding(
    evidence: Evidence,
    trial: Trial,
    *,
    expected: Plain = None,
    outputs: tuple[str, ...] = (),
    rtol: float = RTOL,
    atol: float = ATOL,
) -> Finding | None:
    """Compare what one call returned with `expected` (the reference's value if None); shapes are not looked at."""
    error = trial.actual.error
    if error:
        return Finding(describe_error(error, trial.call.label))
    wanted = trial.expected.value if expected is None else expected
    if expected is None and (rtol, atol) == (RTOL, ATOL):
        found = trial.differences
    else:
        found = differences(wanted, trial.actual.value, names=evidence.check.outputs, rtol=rtol, atol=atol)
    wrong = [d for d in found if not d.is_form_only]
    first = next((d for d in wrong if not outputs or d.where in outputs or d.where == ""), None)
    if first is None:
        return None
    return Finding(describe(first, trial.call.label, right_before(first, wrong, wanted, evidence.check.outputs)))


def shape(points: float, *groups: str, name: str = "shape", requires: str = "") -> Criterion:
    """Every output in the shape that the contract names; an exception is left to the criteria about numbers."""

    def judge(evidence: Evidence) -> Finding | None:
        for trial in evidence.of(*groups):
            if trial.actual.error:
                continue
            form = [d for d in trial.differences if d.kind not in ("value", "nan")]
            if form:
                return Finding(describe(form[0], trial.call.label))
        return None

    return Criterion(name, points, judge, requires)


def inputs_unchanged(points: float, *groups: str, name: str = "inputs unchanged", requires: str = "value") -> Criterion:
    """No argument is written to, but for what the reference writes to as well."""

    def judge(evidence: Evidence) -> Finding | None:
        for trial in evidence.of(*groups):
            extra = trial.actual.changed.keys() - trial.expected.changed.keys()
            if extra:
                names = evidence.check.parameters
                position = min(extra)
                return Finding(words.changed(names[position] if position < len(names) else str(position + 1)))
        return None

    return Criterion(name, points, judge, requires)


def agree(first: Outcome, second: Outcome, rtol: float = RTOL) -> bool:
    """Whether two outcomes of the student's own function are the same numbers: those of a second call, say."""
    if first.error or second.error:
        return False
    return all(difference.is_form_only for difference in differences(first.value, second.value, rtol=rtol))
