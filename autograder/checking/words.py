"""What a verdict says about any function. How values differ is worded by `labkit.calls.words`."""

from __future__ import annotations

from autograder.language import _, translated


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
        "{case}: {name} differs from the numeric gradient (relative error {error:.1e}).",
        case=translated(case),
        name=name,
        error=error,
    )
