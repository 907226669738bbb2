"""Compare an actual value with the expected value: first the numbers, then the shape in which they come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from labkit.calls import words
from labkit.calls.plain import Listed, Opaque, Plain

RTOL = 1e-6
ATOL = 1e-9

Kind = Literal["none", "missing", "type", "size", "nan", "value", "shape", "list"]
Names = Sequence["str | tuple[str, Sequence[str]]"]
"""Names of the parts of a tuple, in order; a part that has parts of its own is a pair of its name and their names."""


@dataclass(frozen=True)
class Difference:
    """One place where two values differ.

    Attributes:
        where: the output, as a student names it: "dW1", "result 2", "" for the whole result.
        kind: "none" (nothing was returned), "missing" (no such entry), "type" (not numbers), "size" (another number of
            entries), "nan", "value", "shape" (the numbers are right, their shape is not) or "list" (they are right,
            but no array).
        expected: the expected shape, or the number at `index`.
        actual: the actual shape, type or number; "" for an entry of a dict that is missing.
        index: the first entry that differs, for kinds "nan" and "value".
        worst: largest error relative to the largest expected entry.
    """

    where: str
    kind: Kind
    expected: str = ""
    actual: str = ""
    index: tuple[int, ...] = ()
    worst: float = float("inf")

    @property
    def is_form_only(self) -> bool:
        """Whether the numbers are right and only their shape is not."""
        return self.kind in ("shape", "list")


def differences(
    expected: Plain,
    actual: Plain,
    *,
    names: Names = (),
    where: str = "",
    rtol: float = RTOL,
    atol: float = ATOL,
) -> list[Difference]:
    """Compare two plain values, part by part in the expected order.

    Numbers are equal when |actual − expected| <= atol + rtol · (largest finite |expected| of that array), or both are
    NaN, or the same infinity (a known mistake may bring them). A result with the
    right numbers with axes of length 1 added or dropped differs in "shape" only. Extra dict entries are not looked at.

    Args:
        expected: nested tuples, lists and dicts of numbers and arrays. None stands for "not compared".
        actual: what the function returned.
        names: names for the parts of a tuple, in order.
        where: name of the value itself.
        rtol: relative tolerance.
        atol: absolute tolerance.

    Returns:
        The first difference of each part; empty when all are equal.
    """
    return list(each_difference(expected, actual, names=names, where=where, rtol=rtol, atol=atol))


def each_difference(
    expected: Plain,
    actual: Plain,
    *,
    names: Names = (),
    where: str = "",
    rtol: float = RTOL,
    atol: float = ATOL,
) -> Iterator[Difference]:
    """Compare lazily, so that finding out whether values differ costs no more than the first difference."""
    if expected is None or isinstance(expected, Opaque) or _is_near(expected, actual, atol):
        return
    if isinstance(expected, dict):
        if not isinstance(actual, dict):
            yield unlike(where, words.a_dict(), actual)
            return
        for key, part in expected.items():
            if key not in actual:
                yield Difference(key, "missing", words.an_entry(key))
            elif not _is_near(part, actual[key], atol):
                yield from each_difference(part, actual[key], where=key, rtol=rtol, atol=atol)
    elif isinstance(expected, tuple) or (isinstance(expected, list) and as_numbers(expected) is None):
        if not isinstance(actual, tuple | list):
            yield unlike(where, words.some_values(len(expected)), actual)
            return
        if len(actual) != len(expected):
            yield Difference(where, "missing", words.some_values(len(expected)), words.some_values(len(actual)))
            return
        for i, (part, actual_part) in enumerate(zip(expected, actual, strict=True)):
            if _is_near(part, actual_part, atol):
                continue
            own = names[i] if i < len(names) else f"{where}[{i}]" if where else f"result {i + 1}"
            name, inner = (own, ()) if isinstance(own, str) else own
            yield from each_difference(part, actual_part, names=inner, where=name, rtol=rtol, atol=atol)
    elif isinstance(expected, str):
        if not (isinstance(actual, str) and expected == actual):
            yield unlike(where, repr(expected), actual)
    else:
        yield from _compare_numbers(np.asarray(expected), actual, where, rtol, atol)


def clearly_differ(first: Plain, second: Plain) -> bool:
    """Tell at a glance, by one number of each array, that two values differ; False says nothing.

    Known mistakes differ from most functions in every number, so that this spares nearly all full comparisons.
    """
    if isinstance(first, dict) and isinstance(second, dict):
        return any(key in second and clearly_differ(part, second[key]) for key, part in first.items())
    if isinstance(first, tuple) and isinstance(second, tuple) and len(first) == len(second):
        return any(map(clearly_differ, first, second))
    if not (isinstance(first, np.ndarray) and isinstance(second, np.ndarray)):
        return False
    if first.shape != second.shape or first.dtype.kind != "f" or second.dtype.kind != "f" or not first.size:
        return False
    at = first.size // 2
    off = abs(float(first.item(at)) - float(second.item(at)))
    return off > ATOL and off > ATOL + RTOL * float(max(np.abs(first).max(), np.abs(second).max()))


def right_before(first: Difference, wrong: Sequence[Difference], expected: Plain, names: Names) -> list[str]:
    """List the outputs before the first wrong output that are right.

    Args:
        first: the first wrong output.
        wrong: all wrong outputs.
        expected: the expected value; a single output has none before it.
        names: names for the parts of a tuple, in order.
    """
    plain_names = [name if isinstance(name, str) else name[0] for name in names]
    outputs = list(expected) if isinstance(expected, dict) else plain_names if isinstance(expected, tuple) else []
    if first.where not in outputs:
        return []
    bad = {difference.where for difference in wrong}
    return [name for name in outputs[: outputs.index(first.where)] if name not in bad]


def _is_near(expected: Plain, actual: Plain, atol: float) -> bool:
    """Tell quickly whether two arrays of the same shape and type are equal within `atol`, as most in a class are."""
    if not (isinstance(expected, np.ndarray) and isinstance(actual, np.ndarray)):
        return False
    if actual.shape != expected.shape or actual.dtype != expected.dtype:
        return False
    if actual.tobytes() == expected.tobytes():
        return True
    if actual.dtype.kind != "f" or actual.size == 0:
        return False
    with np.errstate(all="ignore"):
        return bool(np.abs(actual - expected).max() <= atol)


def _compare_numbers(expected: np.ndarray, actual: Plain, where: str, rtol: float, atol: float) -> list[Difference]:
    numbers = as_numbers(actual)
    if numbers is None:
        return [unlike(where, _form(expected), actual)]
    if numbers.size != expected.size or _squeezed(numbers) != _squeezed(expected):
        return [Difference(where, "size", words.a_shape(expected.shape), words.a_shape(numbers.shape))]
    difference = _first_difference(expected, numbers.reshape(expected.shape), where, rtol, atol)
    if difference:
        return [difference]
    if expected.ndim and (kind := list_kind(actual)):
        return [listed(where, expected.shape, kind)]
    if numbers.shape != expected.shape:
        return [Difference(where, "shape", words.a_shape(expected.shape), words.a_shape(numbers.shape), worst=0.0)]
    return []


def list_kind(value: Plain) -> str:
    """Name the type of a list or tuple; "" for anything else."""
    if isinstance(value, Listed):
        return "list"
    return type(value).__name__ if isinstance(value, list | tuple) else ""


def listed(where: str, shape: tuple[int, ...], kind: str) -> Difference:
    """Describe right numbers that come as a list or a tuple."""
    return Difference(where, "list", words.an_array(shape), words.listed(kind), worst=0.0)


def _first_difference(
    expected: np.ndarray, actual: np.ndarray, where: str, rtol: float, atol: float
) -> Difference | None:
    if expected.size == 0:
        return None
    right, given = expected.astype(np.float64), actual.astype(np.float64)
    scale = float(np.max(np.abs(right), where=np.isfinite(right), initial=0.0))
    with np.errstate(all="ignore"):
        error = np.abs(given - right)
        wrong = ~((error <= atol + rtol * scale) | (given == right) | (np.isnan(given) & np.isnan(right)))
    if not wrong.any():
        return None
    with np.errstate(all="ignore"):
        worst = float(np.max(error / (scale or 1.0)))
    index = tuple(int(i) for i in np.argwhere(wrong)[0])
    finite = bool(np.isfinite(given).all())
    return Difference(
        where,
        "value" if finite else "nan",
        *_distinguishable(float(right[index]) + 0.0, float(given[index]) + 0.0),  # + 0.0: no "-0" for people
        index,
        worst if finite else float("inf"),
    )


def _distinguishable(first: float, second: float) -> tuple[str, str]:
    """Write two different numbers with as many digits as it takes to see that they differ, four at least."""
    for digits in (4, 6, 8, 11):
        texts = f"{first:.{digits}g}", f"{second:.{digits}g}"
        if texts[0] != texts[1]:
            return texts
    return repr(first), repr(second)


def as_numbers(value: Plain) -> np.ndarray | None:
    """Return a value, nested lists too, as an array of numbers; None if it is not made of numbers."""
    if isinstance(value, Listed):
        return value.numbers
    if isinstance(value, list | tuple):
        try:
            value = np.array(value)
        except (ValueError, TypeError):
            return None
    if isinstance(value, bool | int | float):
        value = np.asarray(value)
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        return value
    return None


def _squeezed(array: np.ndarray) -> tuple[int, ...]:
    return tuple(n for n in array.shape if n != 1)


def _form(expected: np.ndarray) -> str:
    return words.an_array(expected.shape) if expected.ndim else words.a_number()


def unlike(where: str, expected: str, actual: Plain) -> Difference:
    """Describe a value that is not of the expected kind at all.

    Args:
        where: the output, as a student names it.
        expected: what it should be, in words.
        actual: what the function returned.
    """
    if actual is None:
        return Difference(where, "none", expected, "None")
    kind = words.not_plain(actual.kind) if isinstance(actual, Opaque) else list_kind(actual) or type(actual).__name__
    return Difference(where, "type", expected, kind)
