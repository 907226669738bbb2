"""Say in words what an exception out of a student's function usually means: by its kind and its text, never the code.

The grader and the self-check use it where no known mistake explains the exception.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from labkit.calls import words
from labkit.calls.call import Call, CallError, NeededResultError, Outcome
from labkit.calls.plain import Plain
from labkit.calls.unfilled import computes_with_none

MIN_CLOSENESS = 0.7
"""How alike two names must be, from 0 to 1, for a name to be taken for a misspelling of the other."""
IMPORTS = ("np", "numpy", "plt", "math", "labkit")
"""Names that the first cells of a notebook import."""

FUNCTION = re.compile(r"function|method|ufunc|Dispatcher")
"""Kinds of functions: "function", "numpy.ufunc", "numpy._ArrayFunctionDispatcher"."""

Sentence = Callable[["_Case"], str]


@dataclass(frozen=True)
class _Case:
    """An exception whose text has been recognised.

    Attributes:
        groups: what the pattern took out of the text.
        known: names that the student may have meant.
        function: the function that was called.
    """

    groups: Sequence[str | None]
    known: Sequence[str]
    function: str

    @property
    def name(self) -> str:
        """The first thing that the pattern took out."""
        return self.groups[0] or ""

    def near(self, names: Iterable[str] = ()) -> str:
        """Return the name that is most like `name`, "" if none is."""
        candidates = [name for name in (*self.known, *names) if name != self.name]
        lower = {candidate.lower(): candidate for candidate in reversed(candidates)}
        close = difflib.get_close_matches(self.name.lower(), lower, 1, MIN_CLOSENESS)
        return lower[close[0]] if close else ""


def _undefined(case: _Case) -> str:
    if case.name in IMPORTS:
        return words.import_undefined(case.name)
    near = case.near(IMPORTS)
    if not near and case.name in dir(np):
        return words.of_numpy(case.name)
    return words.name_undefined(case.name, near)


def _arguments(case: _Case) -> str:
    return words.first_line_changed() if case.name.split(".")[-1] == case.function else words.wrong_arguments(case.name)


def _attribute(case: _Case) -> str:
    owner, attribute = case.name, case.groups[1] or ""
    if owner == "NoneType":
        return words.still_none()
    if owner in ("list", "tuple", "dict"):
        return words.no_array(owner)
    asked = _Case((attribute,), (), case.function)
    if owner == "numpy.ndarray":
        return words.no_such_attribute(attribute, asked.near(dir(np.ndarray)))
    return words.no_such_attribute(attribute, "")


def _module_attribute(case: _Case) -> str:
    asked = _Case((case.groups[1],), (), case.function)
    return words.no_such_attribute(case.groups[1] or "", asked.near(dir(np)) if case.name == "numpy" else "")


def _operands(case: _Case) -> str:
    kinds = {kind for kind in case.groups[1:] if kind}
    if "NoneType" in kinds:
        return words.still_none()
    if "str" in kinds:
        return words.text_for_number()
    if case.name == "^":
        return words.caret()
    listed = next((kind for kind in ("list", "tuple", "dict") if kind in kinds), "")
    if listed:
        return words.no_array(listed)
    return words.function_not_called() if any(FUNCTION.search(kind) for kind in kinds) else ""


def _not_callable(case: _Case) -> str:
    return words.still_none() if case.name == "NoneType" else words.not_callable(case.name)


def _of_none(case: _Case) -> str:
    return words.still_none() if case.name == "NoneType" else words.single_number(case.name)


def _index_kind(case: _Case) -> str:
    return words.sequence_by_name(case.name) if case.groups[1] == "str" else words.index_whole()


_PATTERNS: tuple[tuple[str, str, Sentence], ...] = (
    ("UnboundLocalError", r"local variable '([^']+)'", lambda case: words.unbound(case.name)),
    ("NameError", r"free variable '([^']+)'", lambda case: words.unbound(case.name)),
    ("NameError", r"name '([^']+)' is not defined", _undefined),
    ("ImportError", r"", lambda case: words.no_import()),
    ("AttributeError", r"module '([^']+)' has no attribute '([^']+)'", _module_attribute),
    ("AttributeError", r"'([^']+)' object has no attribute '([^']+)'", _attribute),
    ("KeyError", r"^'([^']*)'$", lambda case: words.no_entry(case.name, case.near())),
    ("RecursionError", r"", lambda case: words.recursion()),
    ("ZeroDivisionError", r"", lambda case: words.zero_division()),
    ("NotImplementedError", r"", lambda case: words.not_implemented()),
    ("AssertionError", r"", lambda case: words.assertion()),
    ("MemoryError", r"", lambda case: words.too_large()),
    ("Exception", r"axis -?\d+ is out of bounds for array of dimension", lambda case: words.no_axis()),
    ("IndexError", r"too many indices for array", lambda case: words.too_many_indices()),
    ("IndexError", r"tuple index out of range", lambda case: words.no_axis()),
    ("IndexError", r"only integers, slices", lambda case: words.index_whole()),
    ("IndexError", r"boolean index did not match", lambda case: words.mask_does_not_fit()),
    ("IndexError", r"invalid index to scalar", lambda case: words.single_number("float")),
    ("IndexError", r"out of (?:bounds|range)", lambda case: words.beyond_the_end()),
    ("ValueError", r"shapes .*\(\d+,\).* not aligned", lambda case: words.axis_lost()),
    ("ValueError", r"not aligned|mismatch in its core dimension", lambda case: words.not_aligned()),
    ("ValueError", r"could not be broadcast|could not broadcast", lambda case: words.no_broadcast()),
    ("ValueError", r"not enough values to unpack", lambda case: words.unpacking()),
    ("ValueError", r"too many values to unpack", lambda case: words.unpacking()),
    ("ValueError", r"truth value of an array", lambda case: words.truth_of_array()),
    ("ValueError", r"cannot reshape array", lambda case: words.no_reshape()),
    ("ValueError", r"setting an array element with a sequence|inhomogeneous", lambda case: words.uneven_list()),
    ("ValueError", r"math domain error|expected a nonnegative input", lambda case: words.domain()),
    ("TypeError", r"unsupported operand type\(s\) for (\S+?):? '([^']+)' and '([^']+)'", _operands),
    ("TypeError", r"bad operand type for unary (\S+?): '([^']+)'", _operands),
    ("TypeError", r"'(\S+)' not supported between instances of '([^']+)' and '([^']+)'", _operands),
    ("TypeError", r"cannot unpack non-iterable NoneType|argument of type 'NoneType'", lambda case: words.still_none()),
    ("TypeError", r"cannot unpack non-iterable|object is not iterable", lambda case: words.unpacking()),
    ("TypeError", r"'([^']+)' object is not subscriptable", _of_none),
    ("TypeError", r"object of type '([^']+)' has no len", _of_none),
    ("TypeError", r"'([^']+)' object does not support item assignment", lambda case: words.no_item(case.name)),
    ("TypeError", r"'([^']+)' object is not callable", _not_callable),
    ("TypeError", r"'tuple' object cannot be interpreted as an integer", lambda case: words.shape_as_tuple()),
    ("TypeError", r"'float' object cannot be interpreted as an integer", lambda case: words.size_whole()),
    ("TypeError", r"expected a sequence of integers or a single integer", lambda case: words.shape_as_tuple()),
    ("TypeError", r"(\S+)\(\) got an unexpected keyword argument '([^']+)'", _arguments),
    ("TypeError", r"(\S+)\(\) (?:missing \d+ required|takes .* positional argument)", _arguments),
    ("TypeError", r"(list|tuple) indices must be integers or slices, not (\w+)", _index_kind),
    ("TypeError", r"unhashable type", lambda case: words.unhashable()),
    ("TypeError", r"multiply sequence by non-int|can only concatenate", lambda case: words.no_array("list")),
    ("TypeError", r"converted to Python scalars|must be real number, not numpy|only (?:size-1|length-1) arrays",
     lambda case: words.one_number_only()),
    ("TypeError", r"Cannot cast ufunc", lambda case: words.in_place_type()),
    ("TypeError", r"numpy boolean (?:subtract|negative)", lambda case: words.boolean_minus()),
    ("TypeError", r"ufunc 'bitwise_xor'", lambda case: words.caret()),
    ("TypeError", r"ufunc 'bitwise_(?:and|or)'|ufunc 'invert'", lambda case: words.bitwise()),
    ("TypeError", r"NoneType", lambda case: words.still_none()),
)  # fmt: skip
"""Kind of the exception, a pattern in its text, what it usually means; the first that fits counts."""


def error_hint(error: CallError, function: str, known: Sequence[str] = ()) -> str:
    """Say what an exception usually means, "" if its own text is all that can be said.

    Args:
        error: the exception.
        function: name of the function that was called.
        known: names that the student may have meant: arguments, entries of dicts.
    """
    for kind, pattern, sentence in _PATTERNS:
        recognised = re.search(pattern, error.message) if kind == "Exception" or error.is_a(kind) else None
        if recognised:
            return sentence(_Case(recognised.groups(), known, function))
    return words.own_raise() if error.lines and re.search(r": raise\b", error.lines[-1]) else ""


def first_error_hint(
    function: str, calls: Sequence[Call], expected: Sequence[Outcome], actual: Sequence[Outcome], names: Sequence[str]
) -> str:
    """Say what the first exception of a function means that it should not raise.

    What is not filled in yet, so that each call computes with a None, is said elsewhere.

    Args:
        function: name of the function; the calls of others are left out.
        calls: what was called.
        expected: what a right function does.
        actual: what the function did.
        names: names of arguments and outputs.
    """
    trials = [trial for trial in zip(calls, expected, actual, strict=True) if trial[0].function == function]
    if computes_with_none([outcome for _, right, outcome in trials if not right.error]):
        return ""
    for call, right, outcome in trials:
        error = outcome.error
        if error and not right.error and error.kind != NeededResultError.__name__:
            known = dict.fromkeys((*names, *(key for value in (*call.args, right.value) for key in _keys(value))))
            return error_hint(error, function, list(known))
    return ""


def _keys(value: Plain) -> list[str]:
    return list(value) if isinstance(value, dict) else []
