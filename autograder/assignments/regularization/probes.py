"""Shared by L2 and dropout: random networks for the probes, and the numeric gradient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from autograder.checking import words
from autograder.checking.check import Criterion, Evidence, Finding, Trial
from autograder.checking.criteria import raised
from autograder.checking.gradient import numeric_gradient
from autograder.checking.verdict import Picture
from labkit.calls.differences import differences

Parameters = dict[str, np.ndarray]
PARAMETERS = ("W1", "b1", "W2", "b2", "W3", "b3")
WEIGHTS = ("W1", "W2", "W3")
GRADIENTS = ("dZ3", "dW3", "db3", "dA2", "dZ2", "dW2", "db2", "dA1", "dZ1", "dW1", "db1")
CACHE = ("Z1", "D1", "A1", "W1", "b1", "Z2", "D2", "A2", "W2", "b2", "Z3", "A3", "W3", "b3")
"""Names of the entries of the cache with dropout; without dropout there are no D1 and D2."""

VALUE = "value"
EDGE = "edge"
NUMERIC = "gradient"
"""Group of the calls that are also compared with the numeric gradient: no ReLU input lies near its kink."""

MARGIN = 0.02
GRADIENT_RTOL = 1e-6


@dataclass(frozen=True)
class Example:
    """A network and its data.

    Attributes:
        X: (n0, m) float64.
        Y: (1, m) float64 of 0 and 1.
        parameters: W1, b1, …, b3 as in the lab.
    """

    X: np.ndarray
    Y: np.ndarray
    parameters: Parameters


def draw(rng: np.random.Generator, widths: Sequence[int], m: int) -> Example:
    """Draw a random network with biases that are not zero, activations of order 1, and predictions away from 0 and 1.

    Each hidden layer has active entries and, unless there is only one example, inactive entries.

    Args:
        rng: where the draws come from.
        widths: units of each layer, the input first; the last one is 1.
        m: number of examples.
    """
    while True:
        parameters: Parameters = {}
        for layer, (below, units) in enumerate(pairwise(widths), start=1):
            parameters[f"W{layer}"] = rng.normal(size=(units, below)) * np.sqrt(1.5 / below)
            parameters[f"b{layer}"] = rng.normal(size=(units, 1)) * 0.3
        X = rng.normal(size=(widths[0], m))
        Y = (rng.random((1, m)) < 0.5).astype(np.float64)
        Z1, _, _, _, Z2, _, _, _, _, A3, _, _ = forward(X, parameters)
        shares = [float(np.mean(Z > 0)) for Z in (Z1, Z2)]
        if A3.min() > 0.02 and A3.max() < 0.98 and all(0.2 < share < (0.8 if m > 1 else 1.1) for share in shares):
            return Example(X, Y, parameters)


def draw_smooth(rng: np.random.Generator, widths: Sequence[int], m: int) -> Example:
    """Draw as `draw` does, with every ReLU input at least MARGIN from zero, so that the cost is smooth there."""
    while True:
        example = draw(rng, widths, m)
        Z1, _, _, _, Z2 = forward(example.X, example.parameters)[:5]
        if min(np.abs(Z1).min(), np.abs(Z2).min()) > MARGIN:
            return example


def forward(X: np.ndarray, parameters: Mapping[str, np.ndarray]) -> tuple[np.ndarray, ...]:
    """Run the network without dropout: cache (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3)."""
    ones = (np.ones(1), np.ones(1))
    Z1, _, A1, W1, b1, Z2, _, A2, W2, b2, Z3, A3, W3, b3 = thinned_forward(X, parameters, ones, 1.0)
    return Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3


def thinned_forward(
    X: np.ndarray, parameters: Mapping[str, np.ndarray], masks: Sequence[np.ndarray], keep_prob: float
) -> tuple[np.ndarray, ...]:
    """Run the network with given masks, inverted dropout: A_l = ReLU(Z_l) · D_l / keep_prob.

    Srivastava et al. 2014, section 10.

    Args:
        X: (n0, m).
        parameters: W1 … b3.
        masks: D1, D2 of 0 and 1, of the shapes of A1 and A2 or such that broadcast to them.
        keep_prob: probability that a unit is kept.

    Returns:
        The cache (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3).
    """
    W1, b1, W2, b2, W3, b3 = (parameters[name] for name in PARAMETERS)
    D1, D2 = masks
    Z1 = W1 @ X + b1
    A1 = np.maximum(0.0, Z1) * D1 / keep_prob
    Z2 = W2 @ A1 + b2
    A2 = np.maximum(0.0, Z2) * D2 / keep_prob
    Z3 = W3 @ A2 + b3
    A3 = 1 / (1 + np.exp(-Z3))
    return Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3


def cross_entropy(A3: np.ndarray, Y: np.ndarray) -> float:
    """−1/m Σ ( y log a + (1 − y) log(1 − a) ) over the m columns."""
    return float(-np.sum(Y * np.log(A3) + (1 - Y) * np.log(1 - A3)) / Y.shape[1])


def numeric_gradients(
    X: np.ndarray,
    Y: np.ndarray,
    parameters: Mapping[str, np.ndarray],
    *,
    lambd: float = 0.0,
    masks: Sequence[np.ndarray] | None = None,
    keep_prob: float = 1.0,
) -> Parameters:
    """Compute the gradient of the cost with respect to every weight and bias, from values of the cost alone.

    Returns:
        dW1, db1, …, db3.
    """
    masks = masks if masks is not None else (np.ones(1), np.ones(1))

    def cost(name: str, value: np.ndarray) -> float:
        moved = {**parameters, name: value}
        A3 = thinned_forward(X, moved, masks, keep_prob)[11]
        penalty = lambd / (2 * Y.shape[1]) * sum(float(np.sum(moved[weight] ** 2)) for weight in WEIGHTS)
        return float(cross_entropy(A3, Y) + penalty)

    return {
        f"d{name}": numeric_gradient(lambda value, name=name: cost(name, value), parameters[name])  # type: ignore[misc]
        for name in PARAMETERS
    }


def numeric_criterion(points: float) -> Criterion:
    """Require that all dW and db agree with the numeric gradient of the cost at the calls of the group NUMERIC.

    The arguments of such a call are (X, Y, cache, λ) with a cache of 12 entries, or (X, Y, cache, keep_prob) with 14.
    """

    def judge(evidence: Evidence) -> Finding | None:
        for number, trial in enumerate(evidence.of(NUMERIC)):
            if trial.actual.error:
                return raised(trial)
            numeric = evidence.once(f"numeric gradient {number}", lambda trial=trial: _numeric_of(trial))  # type: ignore[misc]
            for name, gradient in numeric.items():
                first = next(iter(differences({name: gradient}, trial.actual.value, rtol=GRADIENT_RTOL)), None)
                if first is None or first.is_form_only:
                    continue
                if first.kind != "value":
                    return Finding.of(first, trial.call.label)
                message = words.numeric(name, trial.call.label, first.worst)
                return Finding(message, _picture(trial, name, gradient))
        return None

    return Criterion("numeric gradient", points, judge)


def _numeric_of(trial: Trial) -> Parameters:
    X, Y, cache, number = trial.call.args
    with_masks = len(cache) == len(CACHE)
    names = CACHE if with_masks else [name for name in CACHE if name not in ("D1", "D2")]
    entries = dict(zip(names, cache, strict=True))
    parameters = {name: entries[name] for name in PARAMETERS}
    if with_masks:
        return numeric_gradients(X, Y, parameters, masks=(entries["D1"], entries["D2"]), keep_prob=number)
    return numeric_gradients(X, Y, parameters, lambd=number)


def _picture(trial: Trial, name: str, expected: np.ndarray) -> Picture | None:
    value = trial.actual.value
    actual = value.get(name) if isinstance(value, dict) else None
    if not isinstance(actual, np.ndarray) or actual.shape != expected.shape or not np.isfinite(actual).all():
        return None
    return Picture.of(words.picture_title(name, trial.call.label), expected, actual.astype(np.float64))
