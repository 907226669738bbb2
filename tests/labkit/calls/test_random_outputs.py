"""A random function is known by what it can return and how often, not by one stream of random numbers."""

import numpy as np
import pytest

from labkit.calls.random_outputs import MAX_KINDS, MAX_UNITS, Profile, RandomOutputs, mismatches, profile

SPEC = RandomOutputs({"D": (1,), "A": (0,)}, masks=("D",))
EXAMPLES = 2000
KEEP = 0.65
ACTIVATIONS = np.array([[0.5], [2.0]])


def mask(seed: int, shape: tuple[int, int] = (2, EXAMPLES), keep: float = KEEP) -> np.ndarray:
    return np.random.default_rng(seed).random(shape) < keep


def of(D: np.ndarray, scale: float = KEEP) -> Profile:
    return profile((ACTIVATIONS * D / scale, D), SPEC, EXAMPLES)


RIGHT = of(mask(0))


@pytest.mark.parametrize("seed", range(1, 30))
def test_two_right_functions_match_whatever_their_random_numbers(seed: int) -> None:
    assert mismatches(RIGHT, of(mask(seed))) == []


@pytest.mark.parametrize("kind", [bool, int, float, np.int8])
def test_a_mask_of_any_type_of_number_is_the_same_mask(kind: type) -> None:
    D: np.ndarray = mask(1).astype(kind)
    assert mismatches(RIGHT, profile((ACTIVATIONS * D / KEEP, D), SPEC, EXAMPLES)) == []


def test_another_share_is_seen() -> None:
    assert ("share", "D") in mismatches(RIGHT, of(mask(1, keep=0.5)))
    assert ("share", "D") in mismatches(RIGHT, of(~mask(1)))


def test_a_value_that_a_right_function_cannot_return_is_seen() -> None:
    assert mismatches(RIGHT, of(mask(1), scale=1.0)) == [("value", "A")]


def test_units_that_go_together_never_take_all_values() -> None:
    assert ("variety", "D") in mismatches(RIGHT, of(np.repeat(mask(1, (1, EXAMPLES)), 2, axis=0)))


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ((np.ones((2, EXAMPLES)), np.ones((2, 1))), "shape (2, 1)"),
        ((np.ones((2, EXAMPLES)), np.ones((0, EXAMPLES))), "shape (0, m)"),
        ((np.ones((2, EXAMPLES)), np.ones((MAX_UNITS + 1, EXAMPLES))), f"shape ({MAX_UNITS + 1}, m)"),
        ((np.ones((2, EXAMPLES)), None), "missing"),
        ((np.ones((2, EXAMPLES)),), "missing"),
        (np.ones(3), "missing"),
        ("text", "missing"),
        (None, "missing"),
    ],
    ids=str,
)
def test_an_untrusted_value_of_the_wrong_form_is_named_and_does_no_harm(value: object, form: str) -> None:
    found = profile(value, SPEC, EXAMPLES)  # type: ignore[arg-type]
    assert found.forms["D"] == form
    assert ("form", "D") in mismatches(RIGHT, found)


def test_nan_and_infinity_match_nothing() -> None:
    for bad in (np.nan, np.inf):
        broken = profile((np.full((2, EXAMPLES), bad), mask(1)), SPEC, EXAMPLES)
        assert ("value", "A") in mismatches(RIGHT, broken)


def test_too_many_kinds_are_cut_off() -> None:
    noise = np.random.default_rng(0).normal(size=(2, EXAMPLES))
    assert len(profile((noise, mask(1)), SPEC, EXAMPLES).columns) == MAX_KINDS


def test_a_mask_for_each_unit_is_matched_by_its_form_whichever_units_it_keeps() -> None:
    def one_a_unit(seed: int) -> Profile:
        D = mask(seed, (2, 1))
        return profile((ACTIVATIONS * np.repeat(D, EXAMPLES, axis=1) / KEEP, D), SPEC, EXAMPLES)

    assert all(mismatches(one_a_unit(0), one_a_unit(seed)) == [] for seed in range(8))
    assert mismatches(RIGHT, one_a_unit(0)) != []


def repeated(column: list[int]) -> Profile:
    """A mask of full size that is the same for all examples."""
    return of(np.repeat(np.array(column)[:, None], EXAMPLES, axis=1))


def test_a_mask_that_is_the_same_for_all_examples_is_matched_whichever_units_it_keeps() -> None:
    assert mismatches(repeated([1, 0]), repeated([0, 1])) == []
    assert mismatches(repeated([1, 0]), RIGHT) == [("variety", "D")]
    assert mismatches(RIGHT, repeated([1, 0])) != []


@pytest.mark.parametrize("column", [[0, 0], [1, 1]])
def test_a_mask_that_keeps_all_or_nothing_is_not_taken_for_one_that_is_repeated(column: list[int]) -> None:
    assert mismatches(repeated([1, 0]), repeated(column)) != []
    assert mismatches(repeated(column), repeated([1, 0])) != []
