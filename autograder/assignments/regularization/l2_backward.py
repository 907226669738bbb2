"""The gradient of the L2 cost (Krogh & Hertz 1991)."""

from __future__ import annotations

import numpy as np

from autograder.assignments.regularization import terms
from autograder.assignments.regularization.probes import (
    EDGE,
    GRADIENTS,
    NUMERIC,
    VALUE,
    draw,
    draw_smooth,
    forward,
    numeric_criterion,
)
from autograder.checking import criteria
from autograder.checking.check import Check
from labkit.calls.call import Call

NAME = "backward_propagation_with_regularization"
OTHERS = tuple(name for name in GRADIENTS if not name.startswith("dW"))


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


def _call(
    rng: np.random.Generator, widths: list[int], m: int, lambd: float, group: str, label: str, dead: str = ""
) -> Call:
    """Make a call of the backward pass.

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
    return Call(NAME, (example.X, example.Y, forward(example.X, parameters), lambd), group, label)


def _probes(rng: np.random.Generator) -> list[Call]:
    """Draw a network small enough for the numeric gradient, two of general form, then the edges; one λ comes twice."""
    lambd = float(rng.uniform(0.3, 0.9))
    return [
        _call(rng, [2, 3, 2, 1], 4, lambd, NUMERIC, "4 examples"),
        _call(rng, [3, 4, 4, 1], 6, float(rng.uniform(1.2, 3.0)), VALUE, "6 examples, λ above 1"),
        _call(rng, [3, 5, 3, 1], 8, float(rng.uniform(0.1, 0.2)), VALUE, "8 examples, a small λ"),
        _call(rng, [3, 4, 2, 1], 5, 0.0, EDGE, "λ = 0"),
        _call(rng, [2, 3, 2, 1], 1, lambd, EDGE, "one example"),
        _call(rng, [3, 4, 3, 1], 5, 0.01, EDGE, "a dead unit, λ = 0.01", "b1"),
        _call(rng, [3, 4, 3, 1], 5, float(rng.uniform(0.3, 0.9)), EDGE, "a dead layer", "b2"),
        _call(rng, [5, 40, 30, 1], 4, 10.0, EDGE, "wide layers, λ = 10"),
    ]


def _public() -> list[Call]:
    """Draw two tiny networks."""
    rng = np.random.default_rng(1991)
    return [
        _call(rng, [3, 2, 2, 1], 4, 0.7, NUMERIC, "4 examples, λ = 0.7"),
        _call(rng, [2, 2, 1, 1], 2, 0.0, EDGE, "2 examples, λ = 0"),
    ]


CHECK = Check(
    name=NAME,
    function=NAME,
    reference={NAME: backward_propagation_with_regularization},
    probes=_probes,
    public=_public,
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
    terms=terms.L2_BACKWARD,
)
