"""What a verdict says about dropout masks: another language replaces this file."""

from __future__ import annotations

LAYERS = "D1 and D2"
UNITS = "units"
EXAMPLES = "examples"
ALWAYS_EXACT = (
    "all masks keep exactly the expected number of entries; if each entry is drawn on its own, the number varies."
)


def _case(label: str) -> str:
    return f"{label}: " if label else ""


def not_zero_or_one(name: str, label: str) -> str:
    """For a mask with other entries than 0 and 1."""
    return f"{_case(label)}{name} holds other numbers than 0 and 1; a mask only says who is kept."


def share(name: str, label: str, actual: float, expected: float) -> str:
    """For a mask that keeps too many or too few."""
    return f"{_case(label)}{name} keeps {actual:.1%} of the entries, expected about {expected:.1%}."


def repeated(name: str, along: str, label: str) -> str:
    """For a mask that is the same for all units, or for all examples: `along` is UNITS or EXAMPLES."""
    return f"{_case(label)}{name} is the same for all {along}; each unit draws for itself, anew for each example."


def constant(name: str, label: str) -> str:
    """For a mask that drops nothing, or all."""
    return f"{_case(label)}all entries of {name} are equal, so nothing can be seen of dropout."


def exact_lines(name: str, label: str) -> str:
    """For a mask that keeps the same number of entries in every row, or in every column."""
    return (
        f"{_case(label)}all rows or all columns of {name} keep exactly the expected number of entries; "
        "if each entry is drawn on its own, the number varies."
    )


def entries_of(name: str, along: str) -> str:
    """Names the entries of a mask that belong together: `along` is UNITS or EXAMPLES."""
    return f"the entries of {name} for different {along}"


def dependent(what: str, label: str) -> str:
    """For entries that agree more or less often than independent ones."""
    return f"{_case(label)}{what} are not independent of each other."
