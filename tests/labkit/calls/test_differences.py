"""Numbers are compared before the form they come in, and the first difference is named as a student names it."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from labkit.calls.differences import RTOL, differences, each_difference
from labkit.calls.plain import Opaque, plain
from labkit.calls.words import describe

ORDINARY = st.floats(-1e6, 1e6)
MATRICES = hnp.arrays(np.float64, hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=4), elements=ORDINARY)


@given(MATRICES)
def test_equal_numbers_have_no_difference_in_any_precision_or_type_of_the_same_value(array: np.ndarray) -> None:
    assert differences(array, array.copy()) == []
    whole = np.round(array)
    assert differences(whole, whole.astype(np.int64)) == []


@given(MATRICES, st.data())
def test_one_entry_that_is_off_is_found_where_it_is(array: np.ndarray, data: st.DataObject) -> None:
    index = tuple(data.draw(st.integers(0, n - 1)) for n in array.shape)
    wrong = array.copy()
    wrong[index] += 10 * RTOL * max(1.0, float(np.abs(array).max()))
    (difference,) = differences(array, wrong, where="dW1")
    assert (difference.where, difference.kind, difference.index) == ("dW1", "value", index)
    assert difference.worst > 5 * RTOL


@given(MATRICES)
def test_rounding_within_a_tenth_of_the_tolerance_is_no_difference(array: np.ndarray) -> None:
    assert differences(array, array + 0.1 * RTOL * np.abs(array).max()) == []


@given(MATRICES)
def test_right_numbers_in_another_shape_differ_in_form_only(array: np.ndarray) -> None:
    for other in (array[None], array[..., None]):
        (difference,) = differences(array, other)
        assert difference.is_form_only


@pytest.mark.parametrize(
    "scalar", [0.7, np.array(0.7), pytest.param(np.float64(0.7), id="np.float64")], ids=["float", "0-d", ""]
)
def test_a_scalar_may_be_a_float_or_a_zero_dimensional_array(scalar: Any) -> None:
    assert differences(0.7, scalar) == []


def test_a_scalar_in_a_box_differs_in_form_only() -> None:
    for boxed in (np.array([[0.7]]), [0.7]):
        assert [d.kind for d in differences(0.7, boxed)] == ["shape"]


def test_a_transposed_matrix_is_another_size_and_a_transposed_square_has_other_numbers() -> None:
    matrix = np.arange(6.0).reshape(2, 3)
    assert [d.kind for d in differences(matrix, matrix.T)] == ["size"]
    assert [d.kind for d in differences(matrix[:, :2], matrix[:, :2].T)] == ["value"]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_nan_and_infinity_never_pass_for_a_number(bad: float) -> None:
    (difference,) = differences(np.zeros(3), np.array([0.0, bad, 0.0]))
    assert (difference.kind, difference.index) == ("nan", (1,))


def test_where_a_known_mistake_gives_nan_or_infinity_the_same_is_equal() -> None:
    broken = np.array([np.nan, np.inf, 1.0])
    assert differences(broken, broken * 1.0) == []
    assert differences(broken, np.array([np.nan, -np.inf, 1.0])) != []
    assert differences(broken, np.array([np.nan, np.inf, 2.0])) != []


@pytest.mark.parametrize(
    ("actual", "kind"),
    [
        (None, "none"),
        ("0.7", "type"),
        (Opaque("complex"), "type"),
        ({}, "type"),
        ([1, "a"], "type"),
        ([[1], [1, 2]], "type"),
        (np.zeros((0,)), "size"),
        ([Opaque("object")], "type"),
    ],
)
def test_what_is_not_a_number_is_named_as_what_it_is(actual: Any, kind: str) -> None:
    assert [d.kind for d in differences(0.7, actual)] == [kind]


def test_the_parts_of_a_dict_and_a_tuple_are_named_in_order() -> None:
    expected = {"dW2": np.ones(2), "dW1": np.ones(2), "db1": np.ones(1)}
    found = differences(expected, {"db1": np.zeros(1), "dW2": np.zeros(2)})
    assert [(d.where, d.kind) for d in found] == [("dW2", "value"), ("dW1", "missing"), ("db1", "value")]
    assert [d.where for d in differences((1.0, (2.0,)), (0.0, (0.0,)), names=("out", "cache"))] == ["out", "cache[0]"]
    assert [d.where for d in differences((1.0, 2.0), [1.0, 0.0])] == ["result 2"]
    assert [d.kind for d in differences((1.0, 2.0), (1.0,))] == ["missing"]


def test_a_missing_entry_of_a_dict_and_a_missing_part_of_a_tuple_each_read_well() -> None:
    (entry,) = differences({"db1": np.ones(1)}, {"dW1": np.ones(1)})
    assert describe(entry, "one example") == "one example: expected an entry 'db1', there is none"
    (part,) = differences((1.0, 2.0), (1.0,), where="cache")
    assert describe(part) == "cache: expected 2 values, got 1 value"


def test_an_output_of_too_many_parts_is_said_to_be_that() -> None:
    many = plain((1.0, [[None] * 40] * 40))
    (difference,) = differences((1.0, np.zeros((40, 40))), many, names=("cost", "grid"))
    assert describe(difference) == (
        "grid: expected an array of shape (40, 40), "
        "got more parts than can be looked at (lists in place of arrays, perhaps)"
    )


def test_additional_entries_and_what_is_not_compared_are_left_alone() -> None:
    assert differences({"a": 1.0}, {"a": 1.0, "b": object()}) == []
    assert differences((None, Opaque("cache"), 1.0), ("anything", 3, 1.0)) == []


def test_the_first_difference_costs_no_more_than_the_first() -> None:
    walk = each_difference((1.0, {"never": "reached"}), (2.0, None))
    assert next(walk).where == "result 1"


def test_wrong_in_float32_is_not_hidden_by_the_precision_and_right_in_float32_is_near() -> None:
    array = np.linspace(-1, 1, 7)
    assert differences(array, array.astype(np.float32)) == []
    assert differences(array, (array * 1.00001).astype(np.float32)) != []


def test_right_numbers_in_a_list_are_said_to_be_a_list_by_the_names_of_nested_parts() -> None:
    right = (1.0, (np.zeros((2, 3)), np.zeros(200)))
    names = ("A3", ("the cache", ("D1", "D2")))
    first, second = differences(right, plain((1.0, ([[0.0] * 3] * 2, [0.0] * 200))), names=names)
    assert (first.is_form_only, second.is_form_only) == (True, True)
    assert describe(first) == "D1 is a list, expected an array of shape (2, 3)"
    assert describe(second) == "D2 is a list, expected an array of shape (200,)"
    (missing,) = differences(right, (1.0, (np.zeros((2, 3)),)), names=names)
    assert describe(missing) == "the cache: expected 2 values, got 1 value"
