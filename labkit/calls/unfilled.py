"""Tell a function that is not filled in yet from a wrong function: what it returns is None, or is made of None."""

from __future__ import annotations

from collections.abc import Sequence

from labkit.calls.call import Outcome
from labkit.calls.differences import Names
from labkit.calls.plain import Opaque, Plain


def returns_nothing(outcomes: Sequence[Outcome]) -> bool:
    """Tell whether every call returned None, or a tuple of nothing but None."""
    return bool(outcomes) and all(outcome.error is None and _is_empty(outcome.value) for outcome in outcomes)


def computes_with_none(outcomes: Sequence[Outcome]) -> bool:
    """Tell whether every call failed, or returned nothing, because something to be filled in is still None."""
    return bool(outcomes) and all(
        (outcome.error is None and _is_empty(outcome.value))
        or (outcome.error is not None and outcome.error.kind == "TypeError" and "NoneType" in outcome.error.message)
        for outcome in outcomes
    )


def none_parts(expected: Plain, values: Sequence[Plain], names: Names) -> list[str]:
    """Name the parts of a result that are None in every call and should not be.

    What is free in form (a cache) is left out: in a mode that needs none, most right functions return None there.

    Args:
        expected: what a right function returns in one of the calls.
        values: what the calls returned.
        names: names for the parts of a tuple, in order; a part that is a tuple may name its own.
    """
    if not values:
        return []
    if isinstance(expected, dict):
        dicts = [value for value in values if isinstance(value, dict)]
        keys = [key for key, part in expected.items() if part is not None]
        return [key for key in keys if len(dicts) == len(values) and all(v.get(key, ...) is None for v in dicts)]
    if not isinstance(expected, tuple):
        return []
    rows = [value for value in values if isinstance(value, tuple | list) and len(value) == len(expected)]
    parts: list[str] = []
    for at, (name, part) in enumerate(zip(names, expected, strict=False)) if len(rows) == len(values) else ():
        label, inner = (name, ()) if isinstance(name, str) else name
        if part is not None and not isinstance(part, Opaque) and all(row[at] is None for row in rows):
            parts.append(label)
        else:
            parts += none_parts(part, [row[at] for row in rows], inner)
    return parts


def _is_empty(value: Plain) -> bool:
    return value is None or (isinstance(value, tuple | list) and all(part is None for part in value))
