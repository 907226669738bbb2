"""Plain data: what crosses from a student's function to a judge, in exact Python and numpy types that cannot lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

MAX_DEPTH = 8
MAX_ITEMS = 1_000
MAX_BYTES = 256 * 2**20
MAX_TEXT = 2_000


@dataclass(frozen=True)
class Opaque:
    """Stands for a value that is not plain data; `kind` is the name of its type."""

    kind: str


Plain: TypeAlias = (
    "bool | int | float | str | np.ndarray | list[Any] | tuple[Any, ...] | dict[str, Any] | Opaque | None"
)


class _Budget:
    """What one value may still take, counted down over all its parts."""

    def __init__(self) -> None:
        self.items = MAX_ITEMS
        self.bytes = MAX_BYTES


def plain(value: Any) -> Plain:
    """Copy a value into plain data, whatever its class claims about itself.

    Arrays become C-ordered `np.ndarray` of bool, int, uint, float32 or float64 (wider floats are narrowed, float16 is
    widened); numpy scalars become 0-d arrays; lists, tuples and dicts with string keys are copied. All else
    (objects, object arrays, complex numbers, what is too deep or too large) becomes `Opaque`; a value of too many
    parts becomes one `Opaque` as a whole, so that lists of lists of lists cost no more than short ones.

    Args:
        value: any Python object. Methods that its class overrides are not called.

    Returns:
        An independent copy that shares no memory with `value`.
    """
    try:
        return _copy(value, MAX_DEPTH, _Budget())
    except _TooManyPartsError:
        return Opaque("too many parts")


class _TooManyPartsError(Exception):
    """The value has more than MAX_ITEMS parts."""


def _copy(value: Any, depth: int, budget: _Budget) -> Plain:
    kind = type(value)
    budget.items -= 1
    if budget.items < 0:
        raise _TooManyPartsError
    if depth < 0:
        return Opaque("too deep")
    if value is None:
        return None
    if kind is bool:
        return bool(value)
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
        return str.__getitem__(value, slice(0, MAX_TEXT))
    if issubclass(kind, list):
        length = list.__len__(value)
        items = [list.__getitem__(value, i) for i in range(min(length, MAX_ITEMS + 1))]
        return [_copy(item, depth - 1, budget) for item in items] if length <= MAX_ITEMS else Opaque("a long list")
    if issubclass(kind, tuple):
        length = tuple.__len__(value)
        if length > MAX_ITEMS:
            return Opaque("a long tuple")
        return tuple(_copy(tuple.__getitem__(value, i), depth - 1, budget) for i in range(length))
    if issubclass(kind, dict):
        return _copy_dict(list(dict.items(value)), depth, budget)
    return Opaque(_type_name(kind))


def _copy_dict(entries: list[tuple[object, object]], depth: int, budget: _Budget) -> Plain:
    if len(entries) > MAX_ITEMS or any(type(key) is not str for key, _ in entries):
        return Opaque("a dict whose keys are not all strings, or too long")
    return {str(key): _copy(item, depth - 1, budget) for key, item in entries}


def _copy_array(array: np.ndarray, budget: _Budget) -> Plain:
    budget.bytes -= array.nbytes
    if budget.bytes < 0:
        return Opaque("more data than a result may have")
    if array.dtype.kind in "biu":
        return np.array(array, dtype=array.dtype.newbyteorder("="), order="C")
    if array.dtype.kind == "f":
        return np.array(array, dtype=np.float32 if array.dtype.itemsize == 4 else np.float64, order="C")
    return Opaque(f"array of {array.dtype.name}")


def _type_name(kind: type) -> str:
    name = type.__dict__["__name__"].__get__(kind)
    return str(name)[:80]


def same(first: Plain, second: Plain) -> bool:
    """Whether two plain values are equal to the bit (NaN equals NaN), types and shapes included."""
    if isinstance(first, np.ndarray) and isinstance(second, np.ndarray):
        return first.dtype == second.dtype and first.shape == second.shape and first.tobytes() == second.tobytes()
    if type(first) is not type(second):
        return False
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        return first.keys() == second.keys() and all(same(first[key], second[key]) for key in first)
    if isinstance(first, list | tuple) and isinstance(second, list | tuple):
        return len(first) == len(second) and all(map(same, first, second))
    if isinstance(first, float) and isinstance(second, float):
        return first == second or (first != first and second != second)
    return bool(first == second)
