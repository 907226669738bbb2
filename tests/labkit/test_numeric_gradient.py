"""A measured gradient is the slope; two gradients are compared as arrows."""

import numpy as np
import pytest

from labkit.numeric_gradient import numeric_gradient, relative_difference


def test_numeric_gradient_measures_a_gradient_known_by_hand() -> None:
    W = np.array([[1.0, -2.0], [0.5, 3.0]])
    slopes = numeric_gradient(lambda p: float(np.sum(p["W1"] ** 3) + p["b1"][0, 0]), {"W1": W, "b1": np.ones((1, 1))})
    np.testing.assert_allclose(slopes["dW1"], 3 * W**2, rtol=1e-8)
    np.testing.assert_allclose(slopes["db1"], [[1.0]], rtol=1e-8)


def test_numeric_gradient_leaves_the_parameters_alone() -> None:
    parameters = {"W1": np.array([[1.0, 2.0]])}
    numeric_gradient(lambda p: float(np.sum(p["W1"])), parameters)
    np.testing.assert_array_equal(parameters["W1"], [[1.0, 2.0]])


@pytest.mark.parametrize(("one", "other", "expected"), [([3, 4], [3, 4], 0), ([3, 4], [0, 0], 1), ([0], [0], 0)])
def test_relative_difference_is_zero_for_equal_arrows_and_one_beside_a_zero(
    one: list[float], other: list[float], expected: float
) -> None:
    assert relative_difference(np.array(one, dtype=float), np.array(other, dtype=float)) == expected
