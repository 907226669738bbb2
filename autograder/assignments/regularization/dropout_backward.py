"""The backward pass of inverted dropout (Srivastava et al. 2014, JMLR 15, section 4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.assignments.regularization import dropout_forward, l2_backward, terms
from autograder.assignments.regularization.masks import masks_of
from autograder.assignments.regularization.probes import (
    CACHE,
    EDGE,
    GRADIENT_RTOL,
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
from autograder.checking.check import Check, Criterion, Evidence, Finding, FollowUp, Trial
from labkit.calls.call import Call, Extended, Outcome, Result

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
    return far and all(len(np.unique(np.broadcast_to(D, Z.shape)[Z > 0])) == 2 for Z, D in ((Z1, D1), (Z2, D2)))


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
    """Draw two tiny networks; what a student's cache has behind the 14 parts comes from the own forward pass."""
    rng = np.random.default_rng(10)
    calls: list[Call] = []
    for call in (
        _call(rng, [2, 3, 3, 1], 4, 0.7, NUMERIC, "4 examples, keep_prob = 0.7"),
        _call(rng, [2, 2, 1, 1], 2, 1.0, EDGE, "2 examples, keep_prob = 1"),
    ):
        X, Y, cache, keep_prob = call.args
        parameters = {name: value for name, value in zip(CACHE, cache, strict=True) if name[0] in "Wb"}
        own = Extended(cache, Result(len(calls), (1,)))
        calls.append(Call(FORWARD, (X, parameters, keep_prob), label=call.label, seed=call.seed))
        calls.append(replace(call, args=(X, Y, own, keep_prob)))
    return calls


def _integer_masks(probes: Sequence[Call]) -> list[Call]:
    """Make the same calls with masks of integers, for functions that fail with masks of bool.

    The type of a mask is the student's choice: `dA2[~D2] = 0` is right for bool only, `dA2[D2 - 1 == -1] = 0` for
    numbers only.
    """
    return [replace(call, args=_with_integer_masks(call.args)) for call in probes]


def _goes_wrong(evidence: Evidence) -> bool:
    return any(_finding(criterion, evidence) is not None for criterion in _CRITERIA)


FORWARD = dropout_forward.NAME
OWN = (
    ([2, 12, 8, 1], 30, 0.6, NUMERIC, "your own cache, keep_prob = 0.6"),
    ([3, 12, 12, 1], 30, 0.5, VALUE, "your own cache, keep_prob = 0.5"),
    ([3, 4, 3, 1], 5, 1.0, EDGE, "your own cache, keep_prob = 1"),
    ([3, 5, 4, 1], 1, 0.8, EDGE, "your own cache, one example"),
    ([5, 40, 30, 1], 4, 0.2, EDGE, "your own cache, wide layers"),
)
"""The calls on caches of the student's own forward pass: widths, examples, keep_prob, group, the case in words."""


def _follow_up(probes: Sequence[Call]) -> list[Call]:
    """Make the calls for functions that do not do what they should with masks of bool.

    First the probes with masks of integers. Then, for each case of OWN, the student's own forward pass and two backward
    passes on what it returned: a cache may have more parts than the 14.
    """
    calls = _integer_masks(probes)
    rng = np.random.default_rng(probes[0].seed)
    for widths, m, keep_prob, group, label in OWN:
        example = draw(rng, widths, m)
        cache = Result(len(calls), (1,))
        calls.append(
            Call(FORWARD, (example.X, example.parameters, keep_prob), label=label, seed=int(rng.integers(2**31)))
        )
        calls += [Call(NAME, (example.X, example.Y, cache, keep_prob), group, label)] * 2
    return calls


def _on_own_caches(followed: Sequence[Trial]) -> tuple[Trial, ...]:
    """Put together what the backward pass made of the student's own caches, and what the reference makes of them.

    None of it counts unless each forward pass is right: what a cache holds must follow from its masks, and they must
    drop some of what is active and keep some. A right one fails that with probability 0.6⁷⁰ at most.
    """
    trials = []
    for first, once, again in zip(followed[0::3], followed[1::3], followed[2::3], strict=True):
        masks = masks_of(first)
        if isinstance(masks, Finding) or dropout_forward.value_finding(first):
            return ()
        X, parameters, keep_prob = first.call.args
        cache = thinned_forward(X, parameters, masks, keep_prob)
        if once.call.group != EDGE and not _is_telling(cache, 0.0):
            return ()
        Y = once.call.args[1]
        call = replace(once.call, args=(X, Y, cache, keep_prob))
        actual = once.actual if criteria.agree(once.actual, again.actual) else _with_changed_cache(once.actual)
        trials.append(Trial(call, Outcome(backward_propagation_with_dropout(X, Y, cache, keep_prob)), actual))
    return tuple(trials)


def _with_changed_cache(actual: Outcome) -> Outcome:
    """Say that a backward pass changed its cache, where a second pass on the same cache gives something else."""
    return actual if actual.error else replace(actual, changed={**actual.changed, 2: None})


def _with_integer_masks(args: tuple[Any, ...]) -> tuple[Any, ...]:
    X, Y, cache, keep_prob = args
    names = zip(CACHE, cache, strict=True)
    return X, Y, tuple(value.astype(np.int64) if name in ("D1", "D2") else value for name, value in names), keep_prob


def _in_the_best_case(criterion: Criterion) -> Criterion:
    """Judge a criterion in the case in which the function does best, the same case for all criteria.

    The cases: masks of bool, masks of integers, caches of the student's own forward pass.
    """

    def judge(evidence: Evidence) -> Finding | None:
        return evidence.noted("best", lambda: _best(evidence))[criterion.name]

    charged_in = (l2_backward.NAME, criterion.name) if criterion.name == _UNCHANGED else None
    return replace(criterion, judge=judge, charged_in=charged_in)


def _finding(criterion: Criterion, evidence: Evidence) -> Finding | None:
    return evidence.noted(f"finding of {criterion.name!r}", lambda: criterion.judge(evidence))


def _best(evidence: Evidence) -> dict[str, Finding | None]:
    cases = [{criterion.name: _finding(criterion, evidence) for criterion in _CRITERIA}]
    if evidence.follow_up:
        count = len(evidence.trials)
        cases.append(_judged(_CRITERIA, evidence, evidence.follow_up[:count]))
        if on_own := _on_own_caches(evidence.follow_up[count:]):
            cases.append(_judged(_CRITERIA_ON_OWN_CACHES, evidence, on_own))
    for case in cases:
        if finding := case[_UNCHANGED]:
            case[_UNCHANGED] = replace(finding, once=True)
    return max(cases, key=_points)


def _judged(judges: Sequence[Criterion], evidence: Evidence, trials: tuple[Trial, ...]) -> dict[str, Finding | None]:
    """Judge criteria by other trials than the evidence's own."""
    other = replace(evidence, trials=trials)
    return {criterion.name: criterion.judge(other) for criterion in judges}


def _points(findings: Mapping[str, Finding | None]) -> float:
    return sum(criterion.points for criterion in _CRITERIA if findings[criterion.name] is None)


_SECOND = ("dA2", "dZ2", "dW2", "db2")
_FIRST = ("dA1", "dZ1", "dW1", "db1")
_THIRD = ("dZ3", "dW3", "db3")
_LAST = ("dW3", "db3", "dW2", "db2", "dW1", "db1")
_NUMERIC, _UNCHANGED = "numeric gradient", "inputs unchanged"
_CRITERIA = (
    criteria.value(5, NUMERIC, VALUE, name="second hidden layer", outputs=_SECOND),
    criteria.value(3, NUMERIC, VALUE, name="first hidden layer", outputs=_FIRST),
    criteria.value(1, NUMERIC, VALUE, name="output layer", outputs=_THIRD, requires="second hidden layer"),
    numeric_criterion(2),
    criteria.value(2, EDGE, name="edge cases", requires="first hidden layer"),
    criteria.shape(1, requires="first hidden layer"),
    criteria.inputs_unchanged(1, name=_UNCHANGED, requires="first hidden layer"),
)
_CRITERIA_ON_OWN_CACHES = tuple(
    criteria.value(2, NUMERIC, name=_NUMERIC, outputs=_LAST, rtol=GRADIENT_RTOL) if c.name == _NUMERIC else c
    for c in _CRITERIA
)
"""With masks that a student's function draws a ReLU input may lie at its kink: the reference is the gradient there."""

CHECK = Check(
    name=NAME,
    function=NAME,
    companions=(FORWARD,),
    reference={
        NAME: backward_propagation_with_dropout,
        FORWARD: dropout_forward.forward_propagation_with_dropout,
    },
    probes=_probes,
    public=_public,
    criteria=tuple(map(_in_the_best_case, _CRITERIA)),
    parameters=("X", "Y", "cache", "keep_prob"),
    terms=terms.DROPOUT_BACKWARD,
    follow_up=FollowUp(_follow_up, _goes_wrong),
)
