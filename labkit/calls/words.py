"""What a student reads about a call: where a result differs, and which exception came out of the function."""

from __future__ import annotations

from collections.abc import Sequence

from labkit.calls.call import CallError, NeededResultError
from labkit.calls.differences import Difference
from labkit.calls.plain import TOO_MANY_PARTS
from labkit.language import _, ngettext


def the_result() -> str:
    """Name what a function returns where it has no name of its own."""
    return _("the result")


def describe(difference: Difference, case: str = "", right: Sequence[str] = ()) -> str:
    """Describe a difference.

    Args:
        difference: what differs.
        case: the case in words ("λ = 0").
        right: names of outputs that are still right.
    """
    where = difference.where or the_result()
    if difference.index:
        where += f"[{', '.join(map(str, difference.index))}]"
    actual = too_many_parts() if difference.actual == TOO_MANY_PARTS else difference.actual
    sentence = _template(difference).format(where=where, expected=difference.expected, actual=actual)
    if right:
        sentence = still_right(right, sentence)
    return f"{case}: {sentence}" if case else sentence


def _template(difference: Difference) -> str:
    if difference.kind == "none":
        return _("{where} is None; expected {expected}")
    if difference.kind == "nan":
        return _("{where} is not a finite number; expected {expected}")
    if difference.kind == "shape":
        return _("{where} has the right numbers in the wrong shape: expected {expected}, got {actual}")
    if difference.kind == "missing" and not difference.actual:
        return _("expected {expected}, there is none")
    return _("{where}: expected {expected}, got {actual}")


def too_many_parts() -> str:
    """Describe a value that has too many parts to compare."""
    return _("more parts than can be looked at (lists in place of arrays, perhaps)")


def still_right(outputs: Sequence[str], problem: str) -> str:
    """Name the outputs that are right before the first wrong one."""
    return ngettext(
        "{outputs} is right; then {problem}",
        "{outputs} are right; then {problem}",
        len(outputs),
        outputs=", ".join(outputs),
        problem=problem,
    )


def describe_error(error: CallError, case: str = "") -> str:
    """Describe an exception out of the student's function."""
    if error.kind == NeededResultError.__name__:
        return _("cannot be judged, because {function} did not return what is needed here", function=error.message)
    text = f"{error.kind}: {error.message}" if error.message else error.kind
    if error.lines:
        text += f" ({error.lines[-1]})"
    return f"{case}: {text}" if case else text
