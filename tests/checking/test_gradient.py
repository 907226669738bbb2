"""The numeric gradient agrees with calculus."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.checking.gradient import gradient_from, numeric_gradient, perturbed

pytestmark = pytest.mark.slow

MATRICES = hnp.arrays(
    np.float64, hnp.array_shapes(min_dims=1, max_dims=2, max_side=3), elements=st.floats(-2, 2, allow_subnormal=False)
)


@given(MATRICES)
def test_polynomials_up_to_the_fourth_degree_have_no_error_but_rounding(x: np.ndarray) -> None:
    found = numeric_gradient(lambda v: float(np.sum(v**4 - 2 * v**3 + v)), x)
    np.testing.assert_allclose(found, 4 * x**3 - 6 * x**2 + 1, atol=1e-9)


@given(MATRICES)
def test_smooth_functions_agree_to_ten_digits(x: np.ndarray) -> None:
    found = numeric_gradient(lambda v: float(np.sum(np.sin(v) * np.exp(v / 2))), x)
    expected = (np.cos(x) + np.sin(x) / 2) * np.exp(x / 2)
    np.testing.assert_allclose(found, expected, atol=1e-10)


def test_entries_that_feel_one_another_are_told_apart() -> None:
    a = np.arange(6.0).reshape(2, 3)
    x = np.linspace(-1, 1, 6).reshape(3, 2)
    found = numeric_gradient(lambda v: float(np.sum((a @ v) ** 2)), x)
    np.testing.assert_allclose(found, 2 * a.T @ (a @ x), rtol=1e-9)


def test_the_points_are_four_an_entry_and_leave_x_alone() -> None:
    x = np.zeros((2, 3))
    points = perturbed(x)
    assert len(points) == 24
    assert not x.any()
    assert all(np.count_nonzero(point) == 1 for point in points)


def test_values_made_elsewhere_give_the_same_gradient() -> None:
    x = np.array([0.3, -1.2])
    values = [float(np.sum(point**3)) for point in perturbed(x)]
    np.testing.assert_allclose(gradient_from(values, x.shape), 3 * x**2, rtol=1e-9)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_function_that_is_not_finite_gives_a_gradient_that_is_not(value: float) -> None:
    with np.errstate(invalid="ignore"):
        assert not np.isfinite(gradient_from([value] * 8, (2,))).any()
