"""An exception says what it usually means, in words, whatever version of Python and numpy raised it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from labkit.calls import words
from labkit.calls.call import Call, Outcome, perform
from labkit.calls.error_hints import first_error_hint

CALLS = [Call("f", (np.ones((2, 3)), {"W1": np.ones(3), "b1": np.zeros(3)}))]
RIGHT = [Outcome({"dW1": np.ones(3)})]


def hint_of(function: Callable[..., Any], known: tuple[str, ...] = ("X", "parameters", "keep_prob")) -> str:
    return first_error_hint("f", CALLS, RIGHT, perform(CALLS, {"f": function}), known)


def _unbound(X: Any, parameters: Any) -> Any:
    if X is None:
        out = 1
    return out


def _endless(X: Any, parameters: Any) -> Any:
    return _endless(X, parameters)


def _in_place(X: Any, parameters: Any) -> Any:
    mask = X > 0
    mask /= 0.5
    return mask


def _asserts(X: Any, parameters: Any) -> Any:
    assert X.shape == (5, 5)


def _raises(X: Any, parameters: Any) -> Any:
    raise ValueError("mode is neither")


def helper(first: Any, second: Any) -> Any:
    return first, second


def _other_arguments(X: Any) -> Any:
    return X


_other_arguments.__name__ = _other_arguments.__qualname__ = "f"

HINTS: dict[str, tuple[str | Callable[..., Any], str]] = {
    "misspelt": ("keep_prb", words.name_undefined("keep_prb", "keep_prob")),
    "never defined": ("zzz", words.name_undefined("zzz", "")),
    "numpy's, without np": ("random.rand(2, 3)", words.of_numpy("random")),
    "an axis is lost": ("np.dot(X, X[X > 0])", words.axis_lost()),
    "no import": ("plt", words.import_undefined("plt")),
    "unbound": (_unbound, words.unbound("out")),
    "an entry": ('p["w1"]', words.no_entry("w1", "W1")),
    "an entry that is nowhere": ('p["zzz"]', words.no_entry("zzz", "")),
    "broadcast": ("X + np.ones(2)", words.no_broadcast()),
    "not aligned": ("np.dot(X, X)", words.not_aligned()),
    "not aligned, matmul": ("X @ X", words.not_aligned()),
    "a shape as one argument": ("np.random.rand(X.shape)", words.shape_as_tuple()),
    "too few to unpack": ("[a for a, b, c in [(1, 2)]]", words.unpacking()),
    "too many to unpack": ("[a for a, b in [(1, 2, 3)]]", words.unpacking()),
    "beyond the end": ("X[5]", words.beyond_the_end()),
    "too many indices": ("X[0, 0, 0]", words.too_many_indices()),
    "no such axis": ("X.sum(axis=2)", words.no_axis()),
    "no such axis of a shape": ("X.shape[2]", words.no_axis()),
    "an attribute of none": ("None.T", words.still_none()),
    "a list": ("[1.0, 2.0] / 2.0", words.no_array("list")),
    "a list without a shape": ("[1.0].shape", words.no_array("list")),
    "an array called": ("X(2)", words.not_callable("numpy.ndarray")),
    "a number called": ("(p and 2)(3)", words.not_callable("int")),
    "endless": (_endless, words.recursion()),
    "an attribute of arrays": ("X.sums()", words.no_such_attribute("sums", "sum")),
    "an attribute of numpy": ("np.multipy(X, X)", words.no_such_attribute("multipy", "multiply")),
    "zero": ("1 / 0", words.zero_division()),
    "other arguments": (_other_arguments, words.first_line_changed()),
    "arguments of a helper": ("helper()", words.wrong_arguments("helper")),
    "in place on truth values": (_in_place, words.in_place_type()),
    "minus of truth values": ("-(X > 0)", words.boolean_minus()),
    "a power": ("X ^ 2", words.caret()),
    "if on an array": ("1 if X > 0 else 0", words.truth_of_array()),
    "a function of one number": ("math.sqrt(X)", words.one_number_only()),
    "names of a tuple": ('(p and (1, 2))["W1"]', words.sequence_by_name("tuple")),
    "a fraction as an index": ("X[0.5]", words.index_whole()),
    "a reshape": ("X.reshape(7)", words.no_reshape()),
    "a function not called": ("np.sum - 1", words.function_not_called()),
    "a text": ('1 - "mode"', words.text_for_number()),
    "an import": ('__import__("torch_is_not_here")', words.no_import()),
    "an assert": (_asserts, words.assertion()),
    "an own raise": (_raises, words.own_raise()),
}


@pytest.mark.parametrize("name", HINTS)
def test_an_exception_says_what_it_usually_means(name: str) -> None:
    function, hint = HINTS[name]
    if isinstance(function, str):
        function = eval(f"lambda X, p: {function}", {"np": np, "math": math, "helper": helper})
    assert hint_of(function) == hint


def test_an_exception_that_a_right_function_raises_too_has_no_hint() -> None:
    right = perform(CALLS, {"f": lambda X, p: 1 / 0})
    assert first_error_hint("f", CALLS, right, right, ()) == ""


def test_what_is_not_filled_in_is_said_elsewhere() -> None:
    outcomes = perform(CALLS, {"f": lambda X, p: X * p.get("mask")})
    assert first_error_hint("f", CALLS, RIGHT, outcomes, ()) == ""


def test_an_unknown_exception_speaks_for_itself() -> None:
    class OddError(Exception):
        pass

    def odd(X: Any, p: Any) -> Any:
        error = OddError("odd")
        raise error

    assert hint_of(odd) in ("", words.own_raise())
