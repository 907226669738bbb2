"""The stated probability of failing a right answer is an upper bound of the exact one."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.checking.chance import is_improbable


def exact_tail(draws: int, probability: float, alpha: float) -> float:
    """Probability that a right binomial count is called improbable, summed over all counts."""
    total = 0.0
    for count in range(draws + 1):
        if is_improbable(count, draws, probability, alpha):
            total += math.comb(draws, count) * probability**count * (1 - probability) ** (draws - count)
    return total


@pytest.mark.parametrize("draws", [1, 5, 30, 200])
@pytest.mark.parametrize("probability", [0.05, 0.3, 0.5, 0.8])
@pytest.mark.parametrize("alpha", [0.1, 1e-3, 1e-6])
def test_the_exact_probability_stays_below_alpha(draws: int, probability: float, alpha: float) -> None:
    assert exact_tail(draws, probability, alpha) <= alpha


def test_the_bound_is_not_so_loose_that_it_sees_nothing() -> None:
    assert exact_tail(200, 0.5, 1e-3) > 1e-5
    assert is_improbable(130, 200, 0.5, 1e-3)
    assert not is_improbable(115, 200, 0.5, 1e-3)


@given(st.integers(1, 10_000), st.floats(0.01, 0.99))
def test_the_mean_itself_is_never_improbable(draws: int, probability: float) -> None:
    assert not is_improbable(round(draws * probability), draws, probability, 1e-3) or draws < 10


@given(st.integers(0, 400), st.floats(0.05, 0.95))
def test_ones_and_zeros_are_treated_alike(count: int, probability: float) -> None:
    assert is_improbable(count, 400, probability, 1e-5) == is_improbable(400 - count, 400, 1 - probability, 1e-5)


def test_certain_events_and_no_draws() -> None:
    assert not is_improbable(7, 7, 1.0, 1e-9)
    assert is_improbable(6, 7, 1.0, 1e-9)
    assert not is_improbable(0, 7, 0.0, 1e-9)
    assert not is_improbable(0, 0, 0.5, 1e-9)
