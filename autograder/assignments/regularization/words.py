"""What a verdict says about dropout masks, besides `autograder.checking.words`."""

from __future__ import annotations

from typing import Literal

from autograder.language import _, ngettext, translated

Along = Literal["units", "examples"]
"""Which entries of a mask are compared: those of different units, or of different examples."""


def a3_and_cache() -> str:
    """Name what the forward pass with dropout returns."""
    return _("A3 and the cache")


def the_cache() -> str:
    """Name the cache as an output."""
    return _("the cache")


def tuple_of(count: int) -> str:
    """Name a tuple of a length."""
    return ngettext("a tuple of {count} value", "a tuple of {count} values", count)


def not_zero_or_one(name: str, case: str) -> str:
    """Say that a mask holds other numbers than 0 and 1."""
    return _(
        "{case}: {name} holds other numbers than 0 and 1; a mask says only which units are kept.",
        case=translated(case),
        name=name,
    )


def share(name: str, case: str, actual: float, expected: float) -> str:
    """Say that a mask keeps too many or too few."""
    return _(
        "{case}: {name} keeps {actual:.1%} of the entries, expected about {expected:.1%}.",
        case=translated(case),
        name=name,
        actual=actual,
        expected=expected,
    )


def repeated(name: str, along: Along, case: str) -> str:
    """Say that a mask is the same for all units, or for all examples."""
    if along == "units":
        text = _("{case}: {name} is the same for all units; draw a number for each unit and each example.")
    else:
        text = _("{case}: {name} is the same for all examples; draw a number for each unit and each example.")
    return text.format(case=translated(case), name=name)


def constant(name: str, case: str) -> str:
    """Say that a mask drops nothing, or all."""
    return _(
        "{case}: all entries of {name} are equal, so dropout has no visible effect.", case=translated(case), name=name
    )


def exact_lines(name: str, case: str) -> str:
    """Say that a mask keeps the same number of entries in every row, or in every column."""
    return _(
        "{case}: all rows or all columns of {name} keep exactly the expected number of entries; "
        "if each entry is drawn on its own, the number varies.",
        case=translated(case),
        name=name,
    )


def always_exact() -> str:
    """Say that all masks keep the expected number of entries."""
    return _(
        "all masks keep exactly the expected number of entries; if each entry is drawn on its own, the number varies."
    )


def dependent(name: str, along: Along, case: str) -> str:
    """Say that entries of a mask agree more or less often than independent entries."""
    if along == "units":
        text = _("{case}: the entries of {name} for different units are not independent of each other.")
    else:
        text = _("{case}: the entries of {name} for different examples are not independent of each other.")
    return text.format(case=translated(case), name=name)


def dependent_masks(case: str) -> str:
    """Say that the two masks agree more or less often than independent masks."""
    return _("{case}: D1 and D2 are not independent of each other.", case=translated(case))
