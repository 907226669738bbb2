"""The words that a student reads from the self-check, in one place: another language replaces this file."""

from __future__ import annotations

from collections.abc import Sequence

from labkit.calls.call import CallError
from labkit.calls.differences import Difference
from labkit.calls.plain import TOO_MANY_PARTS

PUBLIC_PASSED = "Public checks passed; the hidden ones use other numbers."
PUBLIC_FAILED = "Public checks; the hidden ones use other numbers."
NOT_FINISHED = "There is still a None in it. Fill in the part between START CODE HERE and END CODE HERE, run the cell."
NOT_A_FUNCTION = "This is not a function. Run the cell that defines it first."
NO_CASES = (
    "The public cases (public_cases.json) are not beside this notebook. "
    "Keep the notebook, labkit/ and datasets/ together as they came."
)
UNKNOWN_CHECK = "There is no self-check of the name {name!r} here. Known: {known}."
HINT = "Hint: {hint}"
VALUES = "values"
SHAPES = "shapes"
ARGUMENTS = "arguments after the call"
EXPECTED_ERROR = "a {kind} was expected here; the function returned instead"
CHANGED_INPUT = "the function changes its argument {name}; work on a copy."
NOT_CHANGED_INPUT = "{name} should be updated by the call, and is not."

_KINDS = {
    "none": "{where} is None; expected {expected}",
    "missing": "expected {expected}, got {actual}{of}",
    "type": "{where}: expected {expected}, got {actual}",
    "size": "{where}: expected {expected}, got {actual}",
    "nan": "{where}{index} is not a finite number; expected {expected}",
    "value": "{where}{index}: expected {expected}, got {actual}",
    "shape": "{where} has the right numbers in the wrong shape: expected {expected}, got {actual}",
}

_NO_ENTRY = "expected {expected}, there is none"
_NOT_LOOKED_AT = {TOO_MANY_PARTS: "more parts than can be looked at (lists in place of arrays, perhaps)"}


def describe(difference: Difference, case: str = "", right: Sequence[str] = ()) -> str:
    """A sentence for a difference.

    Args:
        difference: what differs.
        case: the case in words ("λ = 0").
        right: names of outputs that are still right.
    """
    where = difference.where or "the result"
    absent = difference.kind == "missing" and not difference.actual
    sentence = (_NO_ENTRY if absent else _KINDS[difference.kind]).format(
        where=where,
        expected=difference.expected,
        actual=_NOT_LOOKED_AT.get(difference.actual, difference.actual),
        index=f"[{', '.join(map(str, difference.index))}]" if difference.index else "",
        of=f" in {difference.where}" if difference.where else "",
    )
    if right:
        sentence = f"{', '.join(right)} right; then {sentence}"
    return f"{case}: {sentence}" if case else sentence


def describe_error(error: CallError, case: str = "") -> str:
    """A sentence for an exception out of the student's function."""
    if error.kind == "NeededResultError":
        return f"cannot be judged, because {error.message} did not return what is needed here"
    where = f" ({error.lines[-1]})" if error.lines else ""
    sentence = f"{error.kind}: {error.message}{where}" if error.message else f"{error.kind}{where}"
    return f"{case}: {sentence}" if case else sentence


_PROFILE = {
    "form": "{name} has another form than it should ({form})",
    "value": "{name} takes values that it should not",
    "variety": "{name} never takes some of the values that it should: is every entry drawn on its own?",
    "share": "{name} keeps {actual:.0%} of the entries, expected about {expected:.0%}",
}


def describe_mismatch(what: str, name: str, *, form: str = "", expected: float = 0.0, actual: float = 0.0) -> str:
    """A sentence for a random function that behaves otherwise than it should."""
    return _PROFILE[what].format(
        name=name or "the result", form=form or "not of the right size", expected=expected, actual=actual
    )
