"""Plain data cannot lie, share memory, or cost more than its budget."""

from collections import OrderedDict
from enum import StrEnum
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from labkit.calls.plain import MAX_ITEMS, MAX_TEXT, TOO_MANY_PARTS, Listed, Opaque, plain, same

pytestmark = pytest.mark.slow

FLOATS = st.floats(allow_nan=True, allow_infinity=True)
SHAPES = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)
ARRAYS = st.one_of(
    hnp.arrays(np.float64, SHAPES),
    hnp.arrays(np.float32, SHAPES),
    hnp.arrays(np.int16, SHAPES),
    hnp.arrays(bool, SHAPES),
)
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(-(2**62), 2**62), FLOATS, st.text(max_size=20), ARRAYS)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.text(max_size=5), inner, max_size=3),
    ),
    max_leaves=8,
)


@given(VALUES)
def test_plain_values_come_through_equal_to_the_bit_and_a_second_time_unchanged(value: Any) -> None:
    once = plain(value)
    assert same(once, plain(once))
    assert same(once, value)


@given(ARRAYS.filter(lambda a: a.size > 0))
def test_the_copy_shares_no_memory_with_the_original(array: np.ndarray) -> None:
    copy = plain([array])
    assert isinstance(copy, list)
    assert not np.shares_memory(copy[0], array)


@given(hnp.arrays(np.float64, hnp.array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=5)))
def test_strided_fortran_and_foreign_endian_arrays_keep_their_numbers(array: np.ndarray) -> None:
    for view in (array.T, array[::-1], np.asfortranarray(array), array.astype(">f8")):
        copy = plain(view)
        assert isinstance(copy, np.ndarray)
        assert copy.flags.c_contiguous
        assert copy.dtype == np.float64
        np.testing.assert_array_equal(copy, view.astype(np.float64))


class LyingArray(np.ndarray):
    """Claims another shape, dtype, size and other numbers."""

    shape = (9,)  # type: ignore[override]
    dtype = np.dtype("int8")
    nbytes = 3

    def __array__(self, *_: Any, **__: Any) -> np.ndarray:  # type: ignore[override]
        return np.full(9, 99.0)

    def __array_function__(self, *_: Any) -> Any:
        return True

    def __array_ufunc__(self, *_: Any, **__: Any) -> Any:
        return True

    def __eq__(self, _: object) -> Any:
        return True

    __hash__ = None


class LyingFloat(float):
    def __float__(self) -> float:
        return 99.0

    def __eq__(self, _: object) -> bool:
        return True

    def __sub__(self, _: object) -> float:
        return 0.0

    __hash__ = float.__hash__


class LyingInt(int):
    def __int__(self) -> int:
        return 99

    def __index__(self) -> int:
        return 99


class LyingScalar(np.float64):
    __module__ = "numpy"

    def __array__(self, *_: Any, **__: Any) -> np.ndarray:  # type: ignore[override]
        return np.array(99.0)


class LyingDict(dict[str, Any]):
    def items(self) -> Any:
        return [("dW1", "whatever is wanted")]

    def __getitem__(self, _: str) -> Any:
        return 99


class LyingList(list[Any]):
    def __len__(self) -> int:
        return 0

    def __iter__(self) -> Any:
        return iter(())

    def __getitem__(self, _: Any) -> Any:
        return 99


class LyingTuple(tuple[Any, ...]):
    def __len__(self) -> int:
        return 14

    def __getitem__(self, _: Any) -> Any:
        return 99


class LyingText(str):
    def __str__(self) -> str:
        return "dW1"

    def __getitem__(self, _: Any) -> str:
        return "dW1"

    def __hash__(self) -> int:
        return 99

    def __eq__(self, _: object) -> bool:
        raise AssertionError("called")


class Key(StrEnum):
    A = "a"


class PretendsToBeAFloat:
    __class__ = float  # type: ignore[assignment]

    def __float__(self) -> float:
        return 99.0


class PretendsToBeAnArray:
    def __array__(self, *_: Any, **__: Any) -> np.ndarray:
        return np.array(99.0)


def test_a_subclass_gives_what_it_holds_not_what_it_claims() -> None:
    assert same(plain(np.arange(3.0).view(LyingArray)), np.arange(3.0))
    assert same(plain(LyingScalar(1.5)), np.array(1.5))
    lies = [LyingFloat(1.5), LyingInt(2), LyingDict(a=1), LyingList([1, 2]), LyingTuple((1, 2))]
    for value, held in zip(lies, [1.5, 2, {"a": 1}, [1, 2], (1, 2)], strict=True):
        copy = plain(value)
        assert type(copy) is type(held)
        assert copy == held
    assert same(plain(OrderedDict(b=1, a=2)), {"b": 1, "a": 2})


@pytest.mark.parametrize(
    "value",
    [
        PretendsToBeAFloat(),
        PretendsToBeAnArray(),
        1 + 2j,
        np.array([1 + 2j]),
        np.array([1, None], dtype=object),
        np.array(["text"]),
        np.zeros(2, dtype=[("a", float)]),
        np.datetime64("2020"),
        2**70,
        dict.fromkeys(map(str, range(MAX_ITEMS + 1))),
        {1, 2},
        b"bytes",
        lambda: 1,
        iter([1]),
        np.broadcast_to(np.float64(1), (10**10,)),
        [None] * (MAX_ITEMS + 1),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_not_plain_is_opaque(value: Any) -> None:
    assert isinstance(plain(value), Opaque)


def test_objects_inside_a_tuple_leave_the_rest_readable() -> None:
    assert plain((1.0, object())) == (1.0, Opaque("object"))


@pytest.mark.parametrize("key", [np.str_("a"), Key.A, LyingText("a")], ids=lambda key: type(key).__name__)
def test_a_key_of_a_kind_of_string_is_the_text_that_it_holds(key: str) -> None:
    copy = plain({key: 1.0})
    assert copy == {"a": 1.0}
    assert isinstance(copy, dict)
    assert [type(key) for key in copy] == [str]


@pytest.mark.parametrize("key", [1, ("a", 1), None, b"a", LyingInt(1)], ids=lambda key: type(key).__name__)
def test_an_entry_whose_key_is_no_string_is_left_out_and_the_rest_is_readable(key: object) -> None:
    assert plain({"a": 1.0, key: 2.0, "b": 3.0}) == {"a": 1.0, "b": 3.0}


@pytest.mark.parametrize(
    "large", [[["text"] * 30] * 60, dict.fromkeys(map(str, range(2000))), (None,) * 2000], ids=["list", "dict", "tuple"]
)
def test_a_part_that_is_too_large_leaves_the_rest_readable(large: Any) -> None:
    unfit = Opaque(TOO_MANY_PARTS)
    assert plain({"large": large, "a": 1.0}) == {"large": unfit, "a": 1.0}
    assert plain((large, 1.0)) == (unfit, 1.0)


def test_lists_that_hold_one_another_many_times_cost_no_more_than_the_budget() -> None:
    value: list[Any] = [0]
    for _ in range(7):
        value = [value] * 900
    assert isinstance(plain(value), Opaque)  # copied in full it would be 900⁷ parts


def test_a_list_that_holds_itself_ends() -> None:
    value: list[Any] = []
    value.append(value)
    copy: Any = plain(value)
    while isinstance(copy, list):
        copy = copy[0]
    assert isinstance(copy, Opaque)


def test_text_is_bounded() -> None:
    copy = plain("x" * 10 * MAX_TEXT)
    assert copy == "x" * MAX_TEXT


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (1, 1.0),
        (1, True),
        (0.0, None),
        ((1,), [1]),
        (np.zeros(2), np.zeros((1, 2))),
        (np.zeros(2), np.zeros(2, dtype=np.float32)),
        (np.zeros(2), [0.0, 0.0]),
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": np.zeros(1)}, {"a": np.ones(1)}),
        ("a", "b"),
    ],
)
def test_same_sees_type_shape_and_entries(first: Any, second: Any) -> None:
    assert not same(first, second)
    assert same(first, first)


@pytest.mark.parametrize(
    ("kind", "name"), [(object, "objects"), (str, "strings"), (bytes, "bytes"), (complex, "complex numbers")]
)
def test_an_array_of_what_is_no_number_is_named_in_words(kind: type, name: str) -> None:
    assert plain(np.zeros((2, 3)).astype(kind)) == Opaque(f"an array of {name}")


@pytest.mark.parametrize("kind", [bool, int, float, np.bool_, np.float64])
def test_a_long_list_of_numbers_is_one_part_and_says_that_it_is_a_list(kind: type) -> None:
    rows = [[kind(i % 2) for i in range(2000)] for _ in range(3)]
    copied = plain((1.0, rows, [tuple(row) for row in rows], rows[0]))
    assert isinstance(copied, tuple)
    for part, shape in zip(copied[1:], [(3, 2000), (3, 2000), (2000,)], strict=True):
        assert isinstance(part, Listed)
        assert part.numbers.shape == shape
        assert (part.numbers == np.arange(2000) % 2).all()


@pytest.mark.parametrize(
    "value",
    [
        [1.0] * 3,
        [[1, 2], [3, 4]],
        [[1.0] * 200, [1.0] * 199],
        [*[1] * 200, "text"],
        [*[1] * 200, 2**70],
        [[None] * 200],
    ],
    ids=lambda value: repr(value)[:20],
)
def test_a_list_that_is_short_or_ragged_or_of_other_things_stays_a_list(value: list[Any]) -> None:
    assert isinstance(plain(value), list)


def test_a_list_with_methods_of_its_own_is_not_asked_for_its_numbers() -> None:
    class Liar(list[float]):
        def __iter__(self) -> Any:
            raise AssertionError("called")

    assert isinstance(plain(Liar([1.0] * 200)), list)
    assert isinstance(plain([Liar([1.0] * 200)]), list)
