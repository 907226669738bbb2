"""Copy what a student's function returned into plain data: exact Python and numpy types, whose methods cannot lie."""

from __future__ import annotations

from collections.abc import Sized
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

MAX_DEPTH = 8
MAX_ITEMS = 1_000
MAX_BYTES = 256 * 2**20
MAX_TEXT = 2_000
SHORT_LIST = 100
"""Numbers that a list may have and stay a list; a longer list is kept as `Listed`."""
TOO_MANY_PARTS = "too many parts"
"""Kind of the `Opaque` that stands for what no longer fits into the MAX_ITEMS parts of a value."""


@dataclass(frozen=True)
class Opaque:
    """Stand-in for a value that is not plain data; `kind` is the name of its type."""

    kind: str


@dataclass(frozen=True, eq=False)
class Listed:
    """A long list of numbers, or of lists of numbers of one length: one part, whatever its length."""

    numbers: np.ndarray


_TOO_MANY = Opaque(TOO_MANY_PARTS)

Plain: TypeAlias = (
    "bool | int | float | str | np.ndarray | list[Any] | tuple[Any, ...] | dict[str, Any] | Listed | Opaque | None"
)

_NUMBERS = frozenset({bool, int, float, np.bool_, np.int64, np.int32, np.int8, np.float64, np.float32})


class _Budget:
    """The parts and bytes that a value may still have, counted down while it is copied."""

    def __init__(self) -> None:
        self.items = MAX_ITEMS
        self.bytes = MAX_BYTES

    def takes(self, parts: Sized) -> bool:
        """Count all these parts down, before any of them is copied, if there are still as many."""
        fits = len(parts) <= self.items
        self.items -= len(parts) * fits
        return fits


def plain(value: Any) -> Plain:
    """Copy a value into plain data, whatever its class claims about itself.

    Arrays become C-ordered `np.ndarray` of bool, int, uint, float32 or float64 (wider floats are narrowed, float16 is
    widened); numpy scalars become 0-d arrays; lists, tuples and dicts are copied, but of a dict only what has a string
    as its key, for no contract asks for anything else. All else (objects, object arrays, complex numbers, what is too
    deep or too large) becomes `Opaque`. What would make a value of too many parts becomes it as a whole, and leaves
    the rest readable: lists of lists of lists cost no more than short ones.

    Args:
        value: any Python object. Methods that its class overrides are not called.

    Returns:
        An independent copy that shares no memory with `value`.
    """
    return _copy(value, MAX_DEPTH, _Budget())


def _copy(value: Any, depth: int, budget: _Budget) -> Plain:
    kind = type(value)
    if depth < 0:
        return Opaque("too deep")
    if kind is np.ndarray:
        return _copy_array(value, budget)
    if value is None or kind is bool or kind is float:
        return value  # type: ignore[no-any-return]
    if issubclass(kind, np.ndarray):
        return _copy_array(np.ndarray.view(value, np.ndarray), budget)
    if issubclass(kind, np.generic):
        if kind.__module__ != "numpy":
            return Opaque(kind.__name__)
        return _copy_array(np.asarray(value), budget)
    if issubclass(kind, int):
        number = int.__int__(value)
        return number if abs(number) < 2**63 else Opaque("a huge int")
    if issubclass(kind, float):
        return float.__float__(value)
    if issubclass(kind, str):
        return _text(value)
    if kind is list and (listed := _listed(value, budget)):
        return listed
    if issubclass(kind, list):
        return _copy_list(list.__getitem__(value, slice(0, MAX_ITEMS + 1)), depth, budget)
    if issubclass(kind, tuple):
        parts = tuple.__getitem__(value, slice(0, MAX_ITEMS + 1))
        return tuple([_copy(part, depth - 1, budget) for part in parts]) if budget.takes(parts) else _TOO_MANY
    if issubclass(kind, dict):
        entries = {_text(key): item for key, item in dict.items(value) if issubclass(type(key), str)}
        return (
            {k: _copy(item, depth - 1, budget) for k, item in entries.items()} if budget.takes(entries) else _TOO_MANY
        )
    return Opaque(_type_name(kind))


def _listed(value: list[Any], budget: _Budget) -> Listed | None:
    """Copy a long list of numbers into an array; None if it is short, or holds anything else."""
    rows = value if value and all(type(row) is list or type(row) is tuple for row in value) else [value]
    count = sum(map(len, rows))
    if count <= SHORT_LIST or any(len(row) != len(rows[0]) for row in rows):
        return None
    if budget.bytes < 8 * count or not all(_NUMBERS.issuperset(map(type, row)) for row in rows):
        return None
    try:
        numbers = np.array(value)
    except OverflowError:
        return None
    copied = _copy_array(numbers, budget)
    return Listed(copied) if isinstance(copied, np.ndarray) else None


def _copy_list(items: list[Any], depth: int, budget: _Budget) -> Plain:
    """Copy a list; rows that no longer fit make it one that does not fit either."""
    copied = [_copy(item, depth - 1, budget) for item in items] if budget.takes(items) else [_TOO_MANY]
    return _TOO_MANY if any(item is _TOO_MANY for item in copied) else copied


def _text(value: str) -> str:
    return str.__getitem__(value, slice(0, MAX_TEXT))


_KEPT = "?bBhHiIlLqQfd"
"""Codes of the dtypes that are plain as they are."""

_ENTRIES = {"O": "objects", "U": "strings", "S": "bytes", "c": "complex numbers"}


def _copy_array(array: np.ndarray, budget: _Budget) -> Plain:
    budget.bytes -= array.nbytes
    if budget.bytes < 0:
        return Opaque("more data than a result may have")
    dtype = array.dtype
    if dtype.char in _KEPT and dtype.isnative:
        return array.copy()
    if dtype.kind in "biu":
        return np.array(array, dtype=dtype.newbyteorder("="), order="C")
    if dtype.kind == "f":
        return np.array(array, dtype=np.float32 if dtype.itemsize == 4 else np.float64, order="C")
    return Opaque(f"an array of {_ENTRIES.get(dtype.kind, dtype.name)}")


def _type_name(kind: type) -> str:
    name = type.__dict__["__name__"].__get__(kind)
    return str(name)[:80]


def fresh(value: Any) -> Any:
    """Copy plain data, sharing no memory; quicker than `plain`, which trusts nothing."""
    kind = type(value)
    if kind is np.ndarray:
        return value.copy()
    if kind is dict:
        return {key: fresh(part) for key, part in value.items()}
    if kind is tuple:
        return tuple([fresh(part) for part in value])
    if kind is list:
        return [fresh(part) for part in value]
    return value


def same(first: Any, second: Any) -> bool:
    """Tell whether a value equals plain data to the bit (NaN equals NaN), types and shapes included.

    Args:
        first: plain data.
        second: any value; an instance of a subclass is never the same.
    """
    kind = type(first)
    if kind is not type(second):
        return False
    if kind is np.ndarray:
        alike = first.shape == second.shape and first.dtype == second.dtype
        return bool(alike and first.tobytes() == second.tobytes())
    if kind is dict:
        return first.keys() == second.keys() and all(same(part, second[key]) for key, part in first.items())
    if kind is list or kind is tuple:
        return len(first) == len(second) and all(map(same, first, second))
    if kind is float:
        return bool(first == second or (first != first and second != second))
    return bool(first == second)
