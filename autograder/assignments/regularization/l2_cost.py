"""The L2 cost: cross-entropy plus a penalty on the weights (Krogh & Hertz 1991)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from autograder.assignments.regularization import terms
from autograder.assignments.regularization.probes import EDGE, VALUE, WEIGHTS, cross_entropy, draw
from autograder.checking import criteria
from autograder.checking.check import Check
from labkit.calls.call import Call

NAME = "compute_cost_with_regularization"


def compute_cost_with_regularization(
    A3: np.ndarray, Y: np.ndarray, parameters: Mapping[str, np.ndarray], lambd: float
) -> float:
    """Reference: J = cross-entropy + λ/(2m) · Σ_l ‖W_l‖²_F, no biases (Krogh & Hertz 1991, eq. 1)."""
    m = Y.shape[1]
    squares = sum(float(np.sum(parameters[name] ** 2)) for name in WEIGHTS)
    return float(cross_entropy(A3, Y) + lambd / (2 * m) * squares)


def _call(
    rng: np.random.Generator, widths: list[int], m: int, lambd: float, group: str, label: str, sure: bool = False
) -> Call:
    """Make a call of the cost, with predictions at which a small number added inside a logarithm is harmless.

    Args:
        rng: where the draws come from.
        widths: units of each layer.
        m: number of examples.
        lambd: λ.
        group: group of the call.
        label: the case in words.
        sure: predictions within 0.001 of the labels; else anywhere in (0.1, 0.9).
    """
    parameters = draw(rng, widths, m).parameters
    A3 = rng.uniform(0.1, 0.9, (1, m))
    Y = np.zeros((1, m))
    Y[0, rng.permutation(m)[: (m + 1) // 2]] = 1.0
    if sure:
        A3 = np.abs(Y - rng.uniform(1e-4, 9e-4, (1, m)))
    return Call(NAME, (A3, Y, parameters, lambd), group, label)


def _probes(rng: np.random.Generator) -> list[Call]:
    """Draw three networks of general form, then the edges; one λ is used twice, so that a penalty kept by λ fails."""
    lambd = float(rng.uniform(0.3, 0.9))
    return [
        _call(rng, [3, 4, 2, 1], 5, lambd, VALUE, "5 examples"),
        _call(rng, [2, 5, 3, 1], 8, float(rng.uniform(1.2, 3.0)), VALUE, "8 examples, λ above 1"),
        _call(rng, [4, 3, 6, 1], 7, float(rng.uniform(0.05, 0.2)), VALUE, "7 examples, a small λ"),
        _call(rng, [3, 4, 2, 1], 6, 0.0, EDGE, "λ = 0"),
        _call(rng, [2, 3, 4, 1], 1, lambd, EDGE, "one example"),
        _call(rng, [5, 60, 40, 1], 4, 10.0, EDGE, "wide layers, λ = 10"),
        _call(rng, [4, 40, 30, 1], 6, 0.01, EDGE, "sure answers, λ = 0.01", sure=True),
    ]


def _public() -> list[Call]:
    """Draw two tiny networks with numbers that fit on a line."""
    rng = np.random.default_rng(2014)
    calls = [
        _call(rng, [2, 3, 2, 1], 5, 0.7, VALUE, "5 examples, λ = 0.7"),
        _call(rng, [2, 2, 2, 1], 3, 0.0, EDGE, "3 examples, λ = 0"),
    ]
    return [_rounded(call) for call in calls]


def _rounded(call: Call) -> Call:
    A3, Y, parameters, lambd = call.args
    short = {name: np.round(value, 2) for name, value in parameters.items()}
    return Call(call.function, (np.round(A3, 2), Y, short, lambd), call.group, call.label)


CHECK = Check(
    name=NAME,
    function=NAME,
    reference={NAME: compute_cost_with_regularization},
    probes=_probes,
    public=_public,
    criteria=(
        criteria.value(6, VALUE),
        criteria.shape(1, name="scalar", requires="value"),
        criteria.inputs_unchanged(1),
        criteria.value(2, EDGE, name="edge cases", requires="value"),
    ),
    parameters=("A3", "Y", "parameters", "lambd"),
    terms=terms.L2_COST,
)
