"""The plain network: against loops over single examples, numeric gradients and closed forms."""

import math
from collections.abc import Mapping

import numpy as np
import pytest

from labkit.arrays import Array, Parameters
from labkit.regularization.network import (
    accuracy,
    backward_propagation,
    compute_cost,
    forward_propagation,
    initialize_parameters,
    predict,
    relu,
    sigmoid,
    update_parameters,
)


@pytest.fixture
def problem() -> tuple[Array, Array, Parameters]:
    rng = np.random.default_rng(3)
    X = rng.standard_normal((3, 5))
    Y = np.array([[0.0, 1.0, 1.0, 0.0, 1.0]])
    parameters = initialize_parameters([3, 4, 2, 1], seed=5)
    return X, Y, {name: value + 0.3 * rng.standard_normal(value.shape) for name, value in parameters.items()}


def one_answer(x: Array, parameters: Mapping[str, Array]) -> float:
    """The network's answer to one example, with lists and loops."""
    values: list[float] = list(x)
    for layer in (1, 2, 3):
        W, b = parameters[f"W{layer}"], parameters[f"b{layer}"]
        sums = [sum(w * v for w, v in zip(row, values, strict=True)) + b[i, 0] for i, row in enumerate(W)]
        values = [max(0.0, s) for s in sums] if layer < 3 else [1 / (1 + math.exp(-s)) for s in sums]
    return values[0]


def test_forward_propagation_answers_as_a_loop_over_units_does(problem: tuple[Array, Array, Parameters]) -> None:
    X, _, parameters = problem
    A3, cache = forward_propagation(X, parameters)
    np.testing.assert_allclose(A3[0], [one_answer(x, parameters) for x in X.T], rtol=1e-12)
    assert len(cache) == 12
    assert cache[9] is A3


def test_backward_propagation_is_the_slope_of_the_cost(problem: tuple[Array, Array, Parameters]) -> None:
    X, Y, parameters = problem
    grads = backward_propagation(X, Y, forward_propagation(X, parameters)[1])
    for name, value in parameters.items():
        for index in np.ndindex(value.shape):
            costs = []
            for step in (1e-5, -1e-5):
                moved = {key: array.copy() for key, array in parameters.items()}
                moved[name][index] += step
                answers = [one_answer(x, moved) for x in X.T]
                costs.append(
                    -sum(math.log(a if y else 1 - a) for a, y in zip(answers, Y[0], strict=True)) / len(answers)
                )
            assert grads["d" + name][index] == pytest.approx((costs[0] - costs[1]) / 2e-5, abs=1e-9)


def test_backward_propagation_returns_the_eleven_gradients_in_the_shape_of_their_variables(
    problem: tuple[Array, Array, Parameters],
) -> None:
    X, Y, parameters = problem
    _, cache = forward_propagation(X, parameters)
    Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, _, W3, b3 = cache
    grads = backward_propagation(X, Y, cache)
    variables = {"Z3": Z3, "W3": W3, "b3": b3, "A2": A2, "Z2": Z2, "W2": W2, "b2": b2}
    variables |= {"A1": A1, "Z1": Z1, "W1": W1, "b1": b1}
    assert {name: grad.shape for name, grad in grads.items()} == {
        f"d{name}": value.shape for name, value in variables.items()
    }


def test_compute_cost_of_a_coin_toss_is_log_two() -> None:
    assert compute_cost(np.full((1, 4), 0.5), np.array([[0.0, 1.0, 1.0, 0.0]])) == pytest.approx(math.log(2))


def test_compute_cost_stays_finite_when_the_network_is_certain_and_wrong() -> None:
    assert math.isfinite(compute_cost(np.array([[0.0, 1.0]]), np.array([[1.0, 0.0]])))


def test_compute_cost_is_zero_when_the_network_is_certain_and_right() -> None:
    assert compute_cost(np.array([[1.0, 0.0]]), np.array([[1.0, 0.0]])) == 0.0


def test_sigmoid_neither_overflows_nor_loses_small_answers() -> None:
    with np.errstate(all="raise", under="ignore"):
        answers = sigmoid(np.array([[-800.0, -40.0, 0.0, 2.0, 800.0]]))
    np.testing.assert_allclose(answers, [[0.0, math.exp(-40.0), 0.5, 1 / (1 + math.exp(-2)), 1.0]], rtol=1e-12)


def test_relu_keeps_what_is_positive() -> None:
    np.testing.assert_array_equal(relu(np.array([[-2.0, 0.0, 3.0]])), [[0.0, 0.0, 3.0]])


def test_initialize_parameters_repeats_with_its_seed_and_starts_biases_at_zero() -> None:
    first, again, other = (initialize_parameters([2, 300, 200, 1], seed) for seed in (1, 1, 2))
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert not np.array_equal(first["W1"], other["W1"])
    assert not any(first[name].any() for name in ("b1", "b2", "b3"))
    assert np.var(first["W2"]) == pytest.approx(2 / 300, rel=0.05)


def test_update_parameters_steps_against_the_gradient_and_leaves_the_old_ones_alone() -> None:
    old = {"W1": np.array([[1.0, 2.0]]), "b1": np.array([[3.0]])}
    grads = {"dW1": np.array([[10.0, -10.0]]), "db1": np.array([[1.0]]), "dZ1": np.array([[9.0]])}
    new = update_parameters(old, grads, 0.1)
    np.testing.assert_allclose(new["W1"], [[0.0, 3.0]])
    np.testing.assert_allclose(new["b1"], [[2.9]])
    np.testing.assert_array_equal(old["W1"], [[1.0, 2.0]])


def test_predict_and_accuracy_count_the_right_side_of_one_half(problem: tuple[Array, Array, Parameters]) -> None:
    X, _, parameters = problem
    expected = np.array([[one_answer(x, parameters) > 0.5 for x in X.T]])
    np.testing.assert_array_equal(predict(X, parameters), expected)
    wrong_once = expected.astype(float)
    wrong_once[0, 0] = 1 - wrong_once[0, 0]
    assert accuracy(X, wrong_once, parameters) == pytest.approx(0.8)
