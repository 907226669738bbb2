"""L2 regularization: the cost with its penalty, and its gradient (Krogh & Hertz 1991)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from autograder.assignments.regularization.probes import (
    GRADIENTS,
    NUMERIC,
    WEIGHTS,
    cross_entropy,
    draw,
    draw_smooth,
    forward,
    numeric_criterion,
)
from autograder.checking import criteria
from autograder.checking.check import Check
from labkit.calls.call import Call

COST = "compute_cost_with_regularization"
BACKWARD = "backward_propagation_with_regularization"

VALUE = "value"
EDGE = "edge"
OTHERS = tuple(name for name in GRADIENTS if not name.startswith("dW"))


def compute_cost_with_regularization(
    A3: np.ndarray, Y: np.ndarray, parameters: Mapping[str, np.ndarray], lambd: float
) -> float:
    """Reference: J = cross-entropy + λ/(2m) · Σ_l ‖W_l‖²_F, biases left alone (Krogh & Hertz 1991, eq. 1)."""
    m = Y.shape[1]
    squares = sum(float(np.sum(parameters[name] ** 2)) for name in WEIGHTS)
    return float(cross_entropy(A3, Y) + lambd / (2 * m) * squares)


def backward_propagation_with_regularization(
    X: np.ndarray, Y: np.ndarray, cache: tuple[np.ndarray, ...], lambd: float
) -> dict[str, np.ndarray]:
    """Reference: dW_l = 1/m · dZ_l A_{l−1}ᵀ + λ/m · W_l; all else as without the penalty."""
    m = X.shape[1]
    Z1, A1, W1, _, Z2, A2, W2, _, _, A3, W3, _ = cache
    dZ3 = A3 - Y
    dW3 = dZ3 @ A2.T / m + lambd / m * W3
    db3 = np.sum(dZ3, axis=1, keepdims=True) / m
    dA2 = W3.T @ dZ3
    dZ2 = dA2 * (Z2 > 0)
    dW2 = dZ2 @ A1.T / m + lambd / m * W2
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dA1 = W2.T @ dZ2
    dZ1 = dA1 * (Z1 > 0)
    dW1 = dZ1 @ X.T / m + lambd / m * W1
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    values = (dZ3, dW3, db3, dA2, dZ2, dW2, db2, dA1, dZ1, dW1, db1)
    return dict(zip(GRADIENTS, values, strict=True))


def _cost_call(
    rng: np.random.Generator, widths: list[int], m: int, lambd: float, group: str, label: str, sure: bool = False
) -> Call:
    """A call of the cost, with answers at which a small number added inside a logarithm is harmless.

    Args:
        rng: where the draws come from.
        widths: units of each layer.
        m: number of examples.
        lambd: λ.
        group: group of the call.
        label: the case in words.
        sure: answers right and within 0.001 of the truth; else anywhere in (0.1, 0.9).
    """
    parameters = draw(rng, widths, m).parameters
    A3 = rng.uniform(0.1, 0.9, (1, m))
    Y = np.zeros((1, m))
    Y[0, rng.permutation(m)[: (m + 1) // 2]] = 1.0
    if sure:
        A3 = np.abs(Y - rng.uniform(1e-4, 9e-4, (1, m)))
    return Call(COST, (A3, Y, parameters, lambd), group, label)


def cost_probes(rng: np.random.Generator) -> list[Call]:
    """Three networks of general form, then the edges; one λ comes back with other weights, so nothing can be kept."""
    lambd = float(rng.uniform(0.3, 0.9))
    return [
        _cost_call(rng, [3, 4, 2, 1], 5, lambd, VALUE, "5 examples"),
        _cost_call(rng, [2, 5, 3, 1], 8, float(rng.uniform(1.2, 3.0)), VALUE, "8 examples, λ above 1"),
        _cost_call(rng, [4, 3, 6, 1], 7, float(rng.uniform(0.05, 0.2)), VALUE, "7 examples, a small λ"),
        _cost_call(rng, [3, 4, 2, 1], 6, 0.0, EDGE, "λ = 0"),
        _cost_call(rng, [2, 3, 4, 1], 1, lambd, EDGE, "one example"),
        _cost_call(rng, [5, 60, 40, 1], 4, 10.0, EDGE, "wide layers, λ = 10"),
        _cost_call(rng, [4, 40, 30, 1], 6, 0.01, EDGE, "sure answers, λ = 0.01", sure=True),
    ]


def cost_public() -> list[Call]:
    """Two tiny networks with numbers that fit on a line."""
    rng = np.random.default_rng(2014)
    calls = [
        _cost_call(rng, [2, 3, 2, 1], 4, 0.7, VALUE, "4 examples, λ = 0.7"),
        _cost_call(rng, [2, 2, 2, 1], 3, 0.0, EDGE, "3 examples, λ = 0"),
    ]
    return [_rounded(call) for call in calls]


def _rounded(call: Call) -> Call:
    A3, Y, parameters, lambd = call.args
    short = {name: np.round(value, 2) for name, value in parameters.items()}
    return Call(call.function, (np.round(A3, 2), Y, short, lambd), call.group, call.label)


def _backward_call(
    rng: np.random.Generator, widths: list[int], m: int, lambd: float, group: str, label: str, dead: str = ""
) -> Call:
    """A call of the backward pass.

    Args:
        rng: where the draws come from.
        widths: units of each layer.
        m: number of examples.
        lambd: λ.
        group: group of the call; in NUMERIC no ReLU input lies near its kink.
        label: the case in words.
        dead: name of a bias whose units are dead: "b1" (its first unit) or "b2" (all of its units).
    """
    example = (draw_smooth if group == NUMERIC else draw)(rng, widths, m)
    parameters = dict(example.parameters)
    if dead:
        below_zero = np.array(parameters[dead])
        below_zero[: 1 if dead == "b1" else None] = -20.0
        parameters[dead] = below_zero
    return Call(BACKWARD, (example.X, example.Y, forward(example.X, parameters), lambd), group, label)


def backward_probes(rng: np.random.Generator) -> list[Call]:
    """A network small enough for the numeric gradient, two of general form, then the edges; one λ comes back."""
    lambd = float(rng.uniform(0.3, 0.9))
    return [
        _backward_call(rng, [2, 3, 2, 1], 4, lambd, NUMERIC, "4 examples"),
        _backward_call(rng, [3, 4, 4, 1], 6, float(rng.uniform(1.2, 3.0)), VALUE, "6 examples, λ above 1"),
        _backward_call(rng, [4, 5, 3, 1], 8, float(rng.uniform(0.1, 0.2)), VALUE, "8 examples, a small λ"),
        _backward_call(rng, [3, 4, 2, 1], 5, 0.0, EDGE, "λ = 0"),
        _backward_call(rng, [2, 3, 2, 1], 1, lambd, EDGE, "one example"),
        _backward_call(rng, [3, 4, 3, 1], 5, 0.01, EDGE, "a dead unit, λ = 0.01", "b1"),
        _backward_call(rng, [3, 4, 3, 1], 5, float(rng.uniform(0.3, 0.9)), EDGE, "a dead layer", "b2"),
        _backward_call(rng, [5, 40, 30, 1], 4, 10.0, EDGE, "wide layers, λ = 10"),
    ]


def backward_public() -> list[Call]:
    """Two tiny networks."""
    rng = np.random.default_rng(1991)
    return [
        _backward_call(rng, [3, 2, 2, 1], 4, 0.7, NUMERIC, "4 examples, λ = 0.7"),
        _backward_call(rng, [2, 2, 1, 1], 2, 0.0, EDGE, "2 examples, λ = 0"),
    ]


COST_CHECK = Check(
    name=COST,
    function=COST,
    reference={COST: compute_cost_with_regularization},
    probes=cost_probes,
    public=cost_public,
    criteria=(
        criteria.value(6, VALUE),
        criteria.shape(1, name="scalar", requires="value"),
        criteria.inputs_unchanged(1),
        criteria.value(2, EDGE, name="edge cases", requires="value"),
    ),
    parameters=("A3", "Y", "parameters", "lambd"),
)

BACKWARD_CHECK = Check(
    name=BACKWARD,
    function=BACKWARD,
    reference={BACKWARD: backward_propagation_with_regularization},
    probes=backward_probes,
    public=backward_public,
    criteria=(
        criteria.value(3, NUMERIC, VALUE, name="dW3", outputs=("dW3",)),
        criteria.value(4, NUMERIC, VALUE, name="dW2 and dW1", outputs=("dW2", "dW1")),
        criteria.value(2, NUMERIC, VALUE, name="all other gradients", outputs=OTHERS, requires="dW2 and dW1"),
        numeric_criterion(2),
        criteria.value(2, EDGE, name="edge cases", requires="dW2 and dW1"),
        criteria.shape(1, requires="dW2 and dW1"),
        criteria.inputs_unchanged(1, requires="dW2 and dW1"),
    ),
    parameters=("X", "Y", "cache", "lambd"),
)
