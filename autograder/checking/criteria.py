"""Make the criteria that several answer keys share; an answer key adds criteria of its own."""

from __future__ import annotations

from autograder.checking import words
from autograder.checking.check import Criterion, Evidence, Finding, Trial
from labkit.calls.call import Outcome
from labkit.calls.differences import (
    RTOL,
    differences,
    right_before,
)
from labkit.calls.words import describe_error


def value(
    points: float,
    *groups: str,
    name: str = "value",
    outputs: tuple[str, ...] = (),
    requires: str = "",
    rtol: float = RTOL,
) -> Criterion:
    """Require every number to be right, in whatever shape of the same entries.

    Args:
        points: what it is worth.
        groups: groups of calls to look at; all if none is named.
        name: name of the criterion.
        outputs: look at these outputs only (dict keys or names of tuple parts).
        requires: see `Criterion`.
        rtol: relative tolerance.
    """

    def judge(evidence: Evidence) -> Finding | None:
        for trial in evidence.of(*groups):
            finding = value_finding(evidence, trial, outputs=outputs, rtol=rtol)
            if finding:
                return finding
        return None

    return Criterion(name, points, judge, requires)


def value_finding(
    evidence: Evidence,
    trial: Trial,
    *,
    outputs: tuple[str, ...] = (),
    rtol: float = RTOL,
) -> Finding | None:
    """Compare what one call returned with what the reference returned; shapes do not matter."""
    if trial.actual.error:
        return raised(trial)
    right = trial.expected.value
    if rtol == RTOL:
        all_differences = trial.differences
    else:
        all_differences = differences(right, trial.actual.value, names=evidence.check.outputs, rtol=rtol)
    wrong = [d for d in all_differences if not d.is_form_only]
    first = next((d for d in wrong if not outputs or d.where in outputs or d.where == ""), None)
    if first is None:
        return None
    return Finding.of(first, trial.call.label, right_before(first, wrong, right, evidence.check.outputs))


def raised(trial: Trial) -> Finding:
    """Say that a call raised an exception."""
    assert trial.actual.error is not None
    return Finding(describe_error(trial.actual.error, trial.call.label), error=trial.actual.error)


def shape(points: float, *groups: str, name: str = "shape", requires: str = "") -> Criterion:
    """Require every output in the shape of the reference's; exceptions are left to the criteria about numbers."""

    def judge(evidence: Evidence) -> Finding | None:
        for trial in evidence.of(*groups):
            if trial.actual.error:
                continue
            form = [d for d in trial.differences if d.kind not in ("value", "nan")]
            if form:
                return Finding.of(form[0], trial.call.label)
        return None

    return Criterion(name, points, judge, requires)


def inputs_unchanged(points: float, *groups: str, name: str = "inputs unchanged", requires: str = "value") -> Criterion:
    """Require that no argument is written to, but for those that the reference writes to as well."""

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
    """Whether two outcomes of the student's own function are the same numbers, as a second call should give."""
    if first.error or second.error:
        return False
    return all(difference.is_form_only for difference in differences(first.value, second.value, rtol=rtol))
