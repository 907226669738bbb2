"""The references agree with oracles that share no code with them."""

import cmath
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.assignments.regularization import dropout_backward, dropout_forward, l2_backward, l2_cost
from autograder.assignments.regularization.probes import (
    PARAMETERS,
    draw,
    draw_smooth,
    forward,
    numeric_gradients,
    thinned_forward,
)

Parameters = dict[str, np.ndarray]

TORCH = json.loads((Path(__file__).parent / "pytorch_gradients.json").read_text(encoding="utf-8"))["cases"]


def complex_cost(
    X: np.ndarray,
    Y: np.ndarray,
    parameters: Parameters,
    lambd: float,
    masks: list[np.ndarray],
    keep_prob: float,
) -> complex:
    """The cost entry by entry, in complex numbers: for the complex step (Squire & Trapp 1998)."""
    W1, b1, W2, b2, W3, b3 = (parameters[name] for name in PARAMETERS)
    m = X.shape[1]
    total = 0j
    for i in range(m):
        below = [complex(x) for x in X[:, i]]
        for W, b, D in ((W1, b1, masks[0]), (W2, b2, masks[1])):
            sums = [sum(W[j, k] * below[k] for k in range(len(below))) + b[j, 0] for j in range(len(W))]
            below = [z * D[j, i] / keep_prob if z.real > 0 else 0j for j, z in enumerate(sums)]
        z = sum(W3[0, k] * below[k] for k in range(len(below))) + b3[0, 0]
        a = 1 / (1 + cmath.exp(-z))
        total -= Y[0, i] * cmath.log(a) + (1 - Y[0, i]) * cmath.log(1 - a)
    squares = sum(w * w for W in (W1, W2, W3) for w in W.ravel())
    return complex(total / m + lambd / (2 * m) * squares)


def complex_step(name: str, parameters: Parameters, cost: Callable[[Parameters], complex]) -> np.ndarray:
    gradient = np.zeros(parameters[name].shape)
    for index in np.ndindex(gradient.shape):
        moved = {key: value.astype(complex) for key, value in parameters.items()}
        moved[name][index] += 1e-30j
        gradient[index] = cost(moved).imag / 1e-30
    return gradient


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("lambd", [0.0, 0.8])
def test_the_l2_gradients_agree_with_the_complex_step(seed: int, lambd: float) -> None:
    example = draw(np.random.default_rng(seed), [3, 4, 3, 1], 5)
    masks = [np.ones((4, 5)), np.ones((3, 5))]
    cache = forward(example.X, example.parameters)
    found = l2_backward.backward_propagation_with_regularization(example.X, example.Y, cache, lambd)
    for name in PARAMETERS:
        expected = complex_step(
            name, example.parameters, lambda p: complex_cost(example.X, example.Y, p, lambd, masks, 1.0)
        )
        np.testing.assert_allclose(found[f"d{name}"], expected, atol=1e-14)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("keep_prob", [0.5, 0.8, 1.0])
def test_the_dropout_gradients_agree_with_the_complex_step(seed: int, keep_prob: float) -> None:
    rng = np.random.default_rng(seed)
    example = draw(rng, [3, 4, 3, 1], 5)
    masks = [(rng.random((n, 5)) < keep_prob).astype(int) for n in (4, 3)]
    cache = thinned_forward(example.X, example.parameters, masks, keep_prob)
    found = dropout_backward.backward_propagation_with_dropout(example.X, example.Y, cache, keep_prob)
    for name in PARAMETERS:
        expected = complex_step(
            name, example.parameters, lambda p: complex_cost(example.X, example.Y, p, 0.0, masks, keep_prob)
        )
        np.testing.assert_allclose(found[f"d{name}"], expected, atol=1e-14)


def test_the_l2_cost_agrees_with_the_same_sum_in_complex_numbers() -> None:
    example = draw(np.random.default_rng(5), [2, 3, 2, 1], 4)
    A3 = forward(example.X, example.parameters)[9]
    found = l2_cost.compute_cost_with_regularization(A3, example.Y, example.parameters, 0.7)
    masks = [np.ones((3, 4)), np.ones((2, 4))]
    expected = complex_cost(example.X, example.Y, example.parameters, 0.7, masks, 1.0)
    assert isinstance(found, float)
    assert found == pytest.approx(expected.real, rel=1e-13)


@pytest.mark.parametrize("case", TORCH, ids=lambda case: case["label"])
def test_cost_and_gradients_agree_with_the_recorded_values_of_pytorch(case: dict[str, Any]) -> None:
    X, Y = np.array(case["X"]), np.array(case["Y"])
    parameters = {name: np.array(case[name]) for name in PARAMETERS}
    lambd, keep_prob = case["lambd"], case["keep_prob"]
    masks = [np.array(case["D1"]), np.array(case["D2"])]
    cache = thinned_forward(X, parameters, masks, keep_prob)
    cost = l2_cost.compute_cost_with_regularization(cache[11], Y, parameters, lambd)
    assert cost == pytest.approx(case["cost"], rel=1e-12)
    if keep_prob == 1.0:
        plain = forward(X, parameters)
        found = l2_backward.backward_propagation_with_regularization(X, Y, plain, lambd)
    else:
        found = dropout_backward.backward_propagation_with_dropout(X, Y, cache, keep_prob)
    for name in (*PARAMETERS, "Z1", "Z2", "Z3", "A1", "A2"):
        np.testing.assert_allclose(found[f"d{name}"], np.array(case[f"d{name}"]), atol=1e-12, err_msg=name)


@pytest.mark.parametrize("seed", range(4))
def test_the_numeric_gradient_that_students_are_judged_by_has_ten_digits(seed: int) -> None:
    rng = np.random.default_rng(seed)
    example = draw_smooth(rng, [2, 3, 2, 1], 4)
    exact = l2_backward.backward_propagation_with_regularization(
        example.X, example.Y, forward(example.X, example.parameters), 0.6
    )
    numeric = numeric_gradients(example.X, example.Y, example.parameters, lambd=0.6)
    for name, gradient in numeric.items():
        np.testing.assert_allclose(gradient, exact[name], atol=1e-10 * max(1.0, np.abs(exact[name]).max()))


def test_the_forward_reference_drops_the_share_it_is_asked_to() -> None:
    np.random.seed(0)
    example = draw(np.random.default_rng(0), [3, 30, 20, 1], 200)
    A3, cache = dropout_forward.forward_propagation_with_dropout(example.X, example.parameters, 0.8)
    assert A3 is cache[11]
    assert len(cache) == 14
    for mask in (cache[1], cache[6]):
        assert abs(mask.mean() - 0.8) < 0.03
