"""The format of what crosses between the grader and a worker: a JSON header, then raw arrays of number types.

A frame is two little-endian lengths (32 bits for the header, 64 for the arrays), the header in UTF-8, and the arrays
one after the other, each padded to 8 bytes, in the order in which the header names them. Nothing in a frame is a
program, a reference to a class, or an offset that could point elsewhere. A reader trusts nothing: every length is
bounded before memory is taken, and anything odd is a `FrameError`.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from labkit.calls.call import MAX_BASES, Argument, Call, CallError, Outcome, Result
from labkit.calls.plain import MAX_DEPTH, MAX_ITEMS, MAX_TEXT, Listed, Opaque, Plain

PREFIX = struct.Struct("<IQ")
MAX_HEADER = 32 * 2**20
MAX_SIGNS = 2**21
"""Brackets and commas of a header, those in texts included: each may become an object of a hundred bytes in memory."""
MAX_ARRAYS = 256 * 2**20
MAX_NAME = 100
MAX_MESSAGE = 500
MAX_LINES = 3
MAX_DIMENSIONS = 32

_TYPES = {code: np.dtype(code) for code in ("?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f4", "f8")}
_CODES = {dtype: code for code, dtype in _TYPES.items()}
_BOOL = _TYPES["?"]
_PAD = 8

Json = dict[str, Any]


class FrameError(Exception):
    """A frame that is not of this format; its text says where."""


class Writer:
    """Collects the arrays of one frame while its header is built."""

    def __init__(self) -> None:
        self._arrays: list[bytes] = []

    def value(self, value: Any) -> Any:
        """The header's form of plain data or an argument of a call."""
        kind = type(value)
        if kind is Listed:
            return {"l": self.value(value.numbers)["a"]}
        if kind is np.ndarray:
            data = value.tobytes()
            self._arrays.append(data)
            if len(data) % _PAD:
                self._arrays.append(bytes(-len(data) % _PAD))
            return {"a": [_CODES[value.dtype], *value.shape]}
        if kind is float or kind is str or value is None or kind is int or kind is bool:
            return value
        if kind is tuple:
            return {"t": [self.value(item) for item in value]}
        if kind is list:
            return [self.value(item) for item in value]
        if kind is dict:
            return {"d": {key: self.value(item) for key, item in value.items()}}
        if kind is Result:
            return {
                "r": [value.call, *value.path],
                **({} if value.otherwise is None else {"e": self.value(value.otherwise)}),
            }
        if kind is Argument:
            return {"g": [value.call, value.position]}
        return {"o": value.kind if kind is Opaque else "object"}

    def calls(self, calls: Sequence[Call]) -> list[Any]:
        """The header's form of calls; labels and groups stay where they are."""
        return [[c.function, [self.value(arg) for arg in c.args], c.seed, list(c.private)] for c in calls]

    def outcomes(self, outcomes: Iterable[Outcome]) -> list[Any]:
        """The header's form of outcomes; each may be forgotten before the next one is made."""
        return [self._outcome(outcome) for outcome in outcomes]

    def _outcome(self, outcome: Outcome) -> list[Any]:
        error = outcome.error
        return [
            self.value(outcome.value),
            [[position, self.value(value)] for position, value in outcome.changed.items()],
            [error.kind, error.message, list(error.lines), list(error.bases)] if error else None,
        ]

    def pieces(self, header: Json) -> list[bytes]:
        """The finished frame, in pieces."""
        text = json.dumps(header, separators=(",", ":")).encode("utf-8", "replace")
        return [PREFIX.pack(len(text), sum(map(len, self._arrays))), text, *self._arrays]

    def frame(self, header: Json) -> bytes:
        """The finished frame."""
        return b"".join(self.pieces(header))

    def template(self, header: Json) -> Callable[[int], bytes]:
        """Makes the finished frame for any `id`, which the header is still without."""
        _, text, *arrays = self.pieces(header)
        body = b"".join(arrays)

        def frame(number: int) -> bytes:
            numbered = b'{"id":%d,%b' % (number, text[1:])
            return PREFIX.pack(len(numbered), len(body)) + numbered + body

        return frame


def lengths(prefix: bytes, max_header: int = MAX_HEADER, max_arrays: int = MAX_ARRAYS) -> tuple[int, int]:
    """Lengths of the header and the arrays of a frame that is about to be read.

    Raises:
        FrameError: they are more than a frame may have.
    """
    header, arrays = PREFIX.unpack(prefix)
    if header > max_header or arrays > max_arrays:
        raise FrameError("a frame that is too large")
    return header, arrays


def parse_header(text: bytes) -> Json:
    """The header of a frame.

    Raises:
        FrameError: it is not a JSON object, or has too many parts.
    """
    if len(text) > MAX_SIGNS and sum(map(text.count, (b"[", b"{", b","))) > MAX_SIGNS:
        raise FrameError("a header of too many parts")
    try:
        header = json.loads(text)
    except (ValueError, RecursionError, MemoryError):
        raise FrameError("a header that is not JSON") from None
    if type(header) is not dict:
        raise FrameError("a header that is not an object")
    return header


class Reader:
    """Takes apart one frame.

    Args:
        header: from `parse_header`.
        arrays: the bytes after it; arrays of the frame are views of them, and writable if they are.
    """

    def __init__(self, header: Json, arrays: bytes | bytearray) -> None:
        self.header = header
        self._arrays = arrays
        self._at = 0
        self._items = MAX_ITEMS

    def value(self, form: Any) -> Any:
        """Plain data, in exact types.

        Raises:
            FrameError: it is of no known form, too deep, or has too many parts.
        """
        self._items = MAX_ITEMS + MAX_DEPTH
        return self._value(form, MAX_DEPTH + 1)

    def calls(self, forms: Any) -> list[Call]:
        """Calls, as `Writer.calls` wrote them.

        Raises:
            FrameError: they are not of that form.
        """
        calls = []
        for function, args, seed, private in _list(forms):
            calls.append(Call(function, tuple(map(self._argument, args)), seed=seed, private=tuple(private)))
        return calls

    def _argument(self, form: Any) -> Any:
        """Plain data, or a reference to what another call gave or was given."""
        if type(form) is dict and "r" in form:
            call, *path = _list(form["r"])
            return Result(_integer(call, 0, 2**31), tuple(path), self.value(form["e"]) if "e" in form else None)
        if type(form) is dict and "g" in form:
            call, position = _list(form["g"], 2)
            return Argument(_integer(call, 0, 2**31), _integer(position, 0, 2**31))
        return self.value(form)

    def outcomes(self, forms: Any, calls: Sequence[Call]) -> list[Outcome]:
        """Outcomes of these calls, as `Writer.outcomes` wrote them.

        Raises:
            FrameError: they are not of that form, or not one a call.
        """
        rows = _list(forms)
        if len(rows) != len(calls):
            raise FrameError("not one outcome a call")
        outcomes = [self._outcome(row, len(call.args)) for row, call in zip(rows, calls, strict=True)]
        if self._at < len(self._arrays):
            raise FrameError("more data than the outcomes name")
        return outcomes

    def _outcome(self, row: Any, arguments: int) -> Outcome:
        value, changes, error = _list(row, 3)
        changed: dict[int, Plain] = {}
        result = self.value(value)
        for change in _list(changes):
            position, new = _list(change, 2)
            if _integer(position, 0, arguments - 1) in changed:
                raise FrameError("an argument that changed twice")
            changed[position] = self.value(new)
        return Outcome(result, changed, None if error is None else _error(error))

    def _value(self, form: Any, depth: int) -> Any:
        self._items -= 1
        if depth < 0 or self._items < 0:
            raise FrameError("a value with too many parts")
        kind = type(form)
        if kind is dict:
            if len(form) != 1:
                raise FrameError("a value of no known form")
            ((tag, content),) = form.items()
            if tag == "a":
                return self._array(content)
            if tag == "l":
                return Listed(self._array(content))
            return self._tagged(tag, content, depth)
        if form is None or kind is bool or kind is float:
            return form
        if kind is int:
            return _integer(form, -(2**63) + 1, 2**63 - 1)
        if kind is str:
            return _text(form, MAX_TEXT)
        if kind is list:
            return [self._value(item, depth - 1) for item in form]
        raise FrameError("a value of no known form")

    def _tagged(self, tag: str, content: Any, depth: int) -> Any:
        if tag == "t":
            return tuple([self._value(item, depth - 1) for item in _list(content)])
        if tag == "d" and type(content) is dict:
            return {_text(key, MAX_TEXT): self._value(item, depth - 1) for key, item in content.items()}
        if tag == "o":
            return Opaque(_text(content, MAX_NAME))
        raise FrameError("a value of no known form")

    def _array(self, form: Any) -> np.ndarray:
        try:
            dtype, shape, size = _layout(*_list(form))
        except TypeError:
            raise FrameError("an array of no known type") from None
        if self._at + size > len(self._arrays):
            raise FrameError("an array that is not there")
        array: np.ndarray = np.ndarray(shape, dtype, self._arrays, self._at)
        self._at += size + -size % _PAD
        if dtype is _BOOL:  # a byte of a bool may be 0 or 1 only
            bits: np.ndarray = np.not_equal(array.view(np.uint8), 0, out=np.empty(array.shape, bool))
            return bits
        return array


def _error(form: Any) -> CallError:
    kind, message, lines, bases = _list(form, 4)
    texts = tuple([_text(line, MAX_MESSAGE) for line in _list(lines)[:MAX_LINES]])
    return CallError(
        _text(kind, MAX_NAME),
        _text(message, MAX_MESSAGE),
        texts,
        tuple([_text(base, MAX_NAME) for base in _list(bases)[:MAX_BASES]]),
    )


@lru_cache(1024, typed=True)
def _layout(code: object, *shape: object) -> tuple[np.dtype, tuple[int, ...], int]:
    """Type, shape and bytes of an array.

    Raises:
        FrameError: they are not what an array may have.
        TypeError: a part is missing, or is no number or text.
    """
    if type(code) is not str or code not in _TYPES or len(shape) > MAX_DIMENSIONS:
        raise FrameError("an array of no known type")
    size = _TYPES[code].itemsize
    lengths = tuple([_integer(length, 0, MAX_ARRAYS) for length in shape])
    for length in lengths:
        size *= max(length, 1)
        if size > MAX_ARRAYS:
            raise FrameError("an array that is too large")
    return _TYPES[code], lengths, 0 if 0 in lengths else size


def _list(form: Any, length: int | None = None) -> list[Any]:
    if type(form) is not list or (length is not None and len(form) != length):
        raise FrameError("a list is missing")
    return form


def _integer(form: Any, low: int, high: int) -> int:
    if type(form) is not int or not low <= form <= high:
        raise FrameError("a number that is out of range")
    return form


def _text(form: Any, length: int) -> str:
    if type(form) is not str:
        raise FrameError("a text is missing")
    text = form[:length]
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
