"""What a verdict says about any function. How values differ is worded by `labkit.calls.words`."""

from __future__ import annotations

from collections.abc import Sequence

from autograder.language import _, translated
from labkit.calls.differences import Difference
from labkit.calls.words import describe, in_case, still_right, the_result


def points_of(function: str, points: float, most: float) -> str:
    """Say how many points a function earns."""
    return _("{function}: {points:g} of {most:g} points", function=function, points=points, most=most)


def hint(text: str) -> str:
    """Show the hint of a known mistake."""
    return _("Hint: {text}", text=translated(text))


def requires(criterion: str) -> str:
    """Say why a criterion earns nothing: an earlier criterion is not met."""
    return _("counts once '{criterion}' is met.", criterion=translated(criterion))


def partly(points: float, most: float, message: str) -> str:
    """Say how many points a known mistake keeps of a criterion, before what is wrong."""
    return _(
        "{points:g} of {most:g} points: known mistake, see the hint. {message}",
        points=points,
        most=most,
        message=message,
    )


def same_as(criterion: str) -> str:
    """Say that a criterion could not be judged, for the reason that an earlier criterion names."""
    return _("not judged, for the same reason as '{criterion}'.", criterion=translated(criterion))


def not_defined(function: str) -> str:
    """Say that a function does not exist."""
    return _(
        "{function} is not defined: its cell did not run to the definition, or has another name.", function=function
    )


def returns_none() -> str:
    """Say that a function returns None whatever it is given."""
    return _(
        "This function returns None. Is the part between START CODE HERE and END CODE HERE filled in, and is there a "
        "return line?"
    )


def computes_with_none() -> str:
    """Say that a function fails because it computes with a None."""
    return _(
        "This function computes with None: something between START CODE HERE and END CODE HERE is not filled in yet."
    )


def still_none(parts: Sequence[str]) -> str:
    """Name the outputs that are None."""
    return _("Still None, so not filled in yet: {parts}.", parts=", ".join(parts))


def differs(difference: Difference, case: str = "", right: Sequence[str] = ()) -> str:
    """Describe a difference on a hidden probe: where, of what kind and how far off, without the expected number.

    Args:
        difference: what differs.
        case: the case in words ("λ = 0").
        right: names of outputs that are still right.
    """
    if difference.kind not in ("value", "nan"):
        return describe(difference, case, right)
    where = difference.where or the_result()
    if difference.index:
        where += f"[{', '.join(map(str, difference.index))}]"
    if difference.kind == "nan":
        sentence = _("{where} is not a finite number", where=where)
    else:
        sentence = _("{where} is off by {amount}", where=where, amount=amount(difference.worst))
    return in_case(case, still_right(right, sentence) if right else sentence)


def amount(error: float) -> str:
    """Say how large an error is in one digit; small errors in two steps only, so that no number can be closed in on.

    Args:
        error: relative to the largest entry that is right.
    """
    if not error < 9.5:
        return _("more than ten times the right size")
    if error < 0.001:
        return _("less than 0.1 %")
    if error < 0.095:
        return _("less than 10 %")
    return _("about {percent:.0f} %", percent=100 * float(f"{error:.1g}"))


def changed(argument: str) -> str:
    """Say that a function writes into an argument."""
    return _("the function changes its argument {argument}; it should work on a copy.", argument=argument)


def charged_before(finding: str) -> str:
    """Say that a slip costs nothing here, as it has cost points in an earlier check."""
    return _("this has cost its points above, and costs none here: {finding}", finding=finding)


def note(text: str) -> str:
    """Show how a function was judged, where that is not plain from its points."""
    return _("Note: {text}", text=text)


def numeric(name: str, case: str, error: float) -> str:
    """Say how far a gradient is from the numeric gradient."""
    return _(
        "{case}: {name} differs from the numeric gradient by {amount}.",
        case=translated(case),
        name=name,
        amount=amount(error),
    )
