"""What a student reads about a call: where a result differs, and which exception came out of the function."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from labkit.calls.call import CallError, NeededResultError
from labkit.calls.plain import TOO_MANY_PARTS
from labkit.language import _, ngettext, translated

if TYPE_CHECKING:
    from labkit.calls.differences import Difference


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
    sentence = _template(difference).format(where=where, expected=difference.expected, actual=difference.actual)
    if right:
        sentence = still_right(right, sentence)
    return in_case(case, sentence)


def _template(difference: Difference) -> str:
    if difference.kind == "none":
        return _("{where} is None; expected {expected}")
    if difference.kind == "nan":
        return _("{where} is not a finite number; expected {expected}")
    if difference.kind == "shape":
        return _("{where} has the right numbers in the wrong shape: expected {expected}, got {actual}")
    if difference.kind == "list":
        return _("{where} is {actual}, expected {expected}")
    if difference.kind == "missing" and not difference.actual:
        return _("expected {expected}, there is none")
    return _("{where}: expected {expected}, got {actual}")


def in_case(case: str, problem: str) -> str:
    """Say in which case something is wrong; a text without a case stays as it is."""
    return _("{case}: {problem}", case=translated(case), problem=problem) if case else problem


def a_number() -> str:
    """Name a single number, as what a function should return."""
    return _("a number")


def a_dict() -> str:
    """Name a dict, as what a function should return."""
    return _("a dict")


def an_entry(key: str) -> str:
    """Name an entry of a dict."""
    return _("an entry {key!r}", key=key)


def an_array(shape: tuple[int, ...]) -> str:
    """Name an array of a shape."""
    return _("an array of shape {shape}", shape=shape)


def a_shape(shape: tuple[int, ...]) -> str:
    """Name a shape; that of a single number is none to a student."""
    if not shape:
        return a_number()
    return _("shape {shape}", shape=shape)


def listed(kind: str) -> str:
    """Name a list or a tuple that stands in the place of an array."""
    return _("a {kind}", kind=kind)


def some_values(count: int) -> str:
    """Count the values that a function returns."""
    return ngettext("{count} value", "{count} values", count)


def not_plain(kind: str) -> str:
    """Describe a value that is not plain data, from the kind of its stand-in: a phrase, or the name of a type."""
    if kind == TOO_MANY_PARTS:
        return _("more parts than can be looked at (lists in place of arrays, perhaps)")
    return translated(kind)


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
    return in_case(case, text)
