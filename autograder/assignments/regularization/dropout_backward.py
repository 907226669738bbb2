"""The backward pass of inverted dropout (Srivastava et al. 2014, JMLR 15, section 4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.assignments.regularization.probes import (
    CACHE,
    EDGE,
    GRADIENTS,
    MARGIN,
    NUMERIC,
    VALUE,
    draw,
    draw_smooth,
    numeric_criterion,
    thinned_forward,
)
from autograder.checking import criteria
from autograder.checking.check import Check, Criterion, Evidence, Finding, FollowUp
from labkit.calls.call import Call

NAME = "backward_propagation_with_dropout"


def backward_propagation_with_dropout(
    X: np.ndarray, Y: np.ndarray, cache: tuple[np.ndarray, ...], keep_prob: float
) -> dict[str, np.ndarray]:
    """Reference: the mask and the scaling of the forward pass act on the gradients too, dA_l · D_l / keep_prob."""
    m = X.shape[1]
    Z1, D1, A1, _, _, Z2, D2, A2, W2, _, _, A3, W3, _ = cache
    dZ3 = A3 - Y
    dW3 = dZ3 @ A2.T / m
    db3 = np.sum(dZ3, axis=1, keepdims=True) / m
    dA2 = W3.T @ dZ3 * D2 / keep_prob
    dZ2 = dA2 * (Z2 > 0)
    dW2 = dZ2 @ A1.T / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dA1 = W2.T @ dZ2 * D1 / keep_prob
    dZ1 = dA1 * (Z1 > 0)
    dW1 = dZ1 @ X.T / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    values = (dZ3, dW3, db3, dA2, dZ2, dW2, db2, dA1, dZ1, dW1, db1)
    return dict(zip(GRADIENTS, values, strict=True))


def _call(
    rng: np.random.Generator,
    widths: list[int],
    m: int,
    keep_prob: float,
    group: str,
    label: str,
    off: Callable[[np.ndarray, np.ndarray], None] = lambda D1, D2: None,
) -> Call:
    """Make a call of the backward pass, with masks of bool.

    Args:
        rng: where the draws come from.
        widths: units of each layer.
        m: number of examples.
        keep_prob: probability that a unit is kept.
        group: group of the call; in NUMERIC no ReLU input lies near its kink.
        label: the case in words.
        off: switches entries of the masks off, in place.
    """
    while True:
        example = draw_smooth(rng, widths, m) if group == NUMERIC else draw(rng, widths, m)
        D1, D2 = (rng.random((width, m)) < keep_prob for width in widths[1:3])
        off(D1, D2)
        cache = thinned_forward(example.X, example.parameters, (D1, D2), keep_prob)
        if group == EDGE or _is_telling(cache, MARGIN if group == NUMERIC else 0.0):
            break
    seed = int(rng.integers(2**31))
    return Call(NAME, (example.X, example.Y, cache, keep_prob), group, label, seed=seed)


def _is_telling(cache: tuple[np.ndarray, ...], margin: float) -> bool:
    """Whether no ReLU input is within the margin, and each mask drops an active entry and keeps another."""
    Z1, D1, _, _, _, Z2, D2 = cache[:7]
    far = min(np.abs(Z1).min(), np.abs(Z2).min()) > margin
    return far and all(len(np.unique(D[Z > 0])) == 2 for Z, D in ((Z1, D1), (Z2, D2)))


def _rows_off(D1: np.ndarray, D2: np.ndarray) -> None:
    """Drop a unit of each layer for all examples."""
    D1[0] = False
    D2[-1] = False


def _columns_off(D1: np.ndarray, D2: np.ndarray) -> None:
    """Drop all units for an example."""
    D1[:, 0] = False
    D2[:, -1] = False


def _probes(rng: np.random.Generator) -> list[Call]:
    """Draw a network small enough for the numeric gradient, two of general form, then the edges."""
    return [
        _call(rng, [2, 12, 8, 1], 10, 0.8, NUMERIC, "keep_prob = 0.8"),
        _call(rng, [3, 5, 5, 1], 6, float(rng.uniform(0.55, 0.7)), VALUE, "two layers of equal width"),
        _call(rng, [4, 6, 4, 1], 8, 0.5, VALUE, "keep_prob = 0.5"),
        _call(rng, [3, 4, 3, 1], 5, 1.0, EDGE, "keep_prob = 1"),
        _call(rng, [2, 5, 4, 1], 5, 0.7, EDGE, "a unit dropped for all examples", _rows_off),
        _call(rng, [2, 5, 4, 1], 5, 0.7, EDGE, "an example without any unit", _columns_off),
        _call(rng, [3, 5, 4, 1], 1, 0.8, EDGE, "one example"),
        _call(rng, [5, 40, 30, 1], 4, 0.2, EDGE, "wide layers, keep_prob = 0.2"),
    ]


def _public() -> list[Call]:
    """Draw two tiny networks."""
    rng = np.random.default_rng(10)
    return [
        _call(rng, [2, 3, 3, 1], 4, 0.7, NUMERIC, "4 examples, keep_prob = 0.7"),
        _call(rng, [2, 2, 1, 1], 2, 1.0, EDGE, "2 examples, keep_prob = 1"),
    ]


def _integer_masks(probes: Sequence[Call]) -> list[Call]:
    """Make the same calls with masks of integers, for functions that fail with masks of bool.

    The type of a mask is the student's choice: `dA2[~D2] = 0` is right for bool only, `dA2[D2 - 1 == -1] = 0` for
    numbers only.
    """
    return [replace(call, args=_with_integer_masks(call.args)) for call in probes]


def _goes_wrong(evidence: Evidence) -> bool:
    return any(_finding(criterion, evidence) is not None for criterion in _CRITERIA)


def _with_integer_masks(args: tuple[Any, ...]) -> tuple[Any, ...]:
    X, Y, cache, keep_prob = args
    names = zip(CACHE, cache, strict=True)
    return X, Y, tuple(value.astype(np.int64) if name in ("D1", "D2") else value for name, value in names), keep_prob


def _either(criterion: Criterion) -> Criterion:
    """Judge a criterion with masks of the type that the function does better with, the same type for all criteria."""
    return replace(
        criterion, judge=lambda evidence: _finding(criterion, evidence.noted("better", lambda: _better(evidence)))
    )


def _finding(criterion: Criterion, evidence: Evidence) -> Finding | None:
    return evidence.noted(f"finding of {criterion.name!r}", lambda: criterion.judge(evidence))


def _better(evidence: Evidence) -> Evidence:
    with_integers = replace(evidence, trials=evidence.follow_up)
    return with_integers if evidence.follow_up and _met(with_integers) > _met(evidence) else evidence


def _met(evidence: Evidence) -> float:
    return sum(criterion.points for criterion in _CRITERIA if _finding(criterion, evidence) is None)


_SECOND = ("dA2", "dZ2", "dW2", "db2")
_FIRST = ("dA1", "dZ1", "dW1", "db1")
_THIRD = ("dZ3", "dW3", "db3")
_CRITERIA = (
    criteria.value(5, NUMERIC, VALUE, name="second hidden layer", outputs=_SECOND),
    criteria.value(3, NUMERIC, VALUE, name="first hidden layer", outputs=_FIRST),
    criteria.value(1, NUMERIC, VALUE, name="output layer", outputs=_THIRD, requires="second hidden layer"),
    numeric_criterion(2),
    criteria.value(2, EDGE, name="edge cases", requires="first hidden layer"),
    criteria.shape(1, requires="first hidden layer"),
    criteria.inputs_unchanged(1, requires="first hidden layer"),
)

CHECK = Check(
    name=NAME,
    function=NAME,
    reference={NAME: backward_propagation_with_dropout},
    probes=_probes,
    public=_public,
    criteria=tuple(map(_either, _CRITERIA)),
    parameters=("X", "Y", "cache", "keep_prob"),
    follow_up=FollowUp(_integer_masks, _goes_wrong),
)
