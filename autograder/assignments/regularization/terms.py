"""The words in which the numbers of a wrong function of this lab are described: m, λ, keep_prob, the arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.assignments.regularization.masks import MASKS, flat, holds_bits, keep_prob_of, masks_of
from autograder.assignments.regularization.probes import CACHE, NUMERIC, VALUE, WEIGHTS, cross_entropy, thinned_forward
from autograder.checking.check import Finding, Terms, Trial
from labkit.calls.call import Call
from labkit.calls.differences import Difference
from labkit.calls.plain import Plain

GROUPS = (NUMERIC, VALUE)
PENALTY = 3
"""Position of λ among the arguments, and of keep_prob in the backward pass."""
CROSS_ENTROPY = "−1/m · Σ (Y log A3 + (1 − Y) log(1 − A3))"
Calls = Sequence[Call]


def _examples(call: Call, position: int = 1) -> int:
    return int(call.args[position].shape[1])


def _with(position: int, value: Any) -> Callable[[Call], Call]:
    """Make the change of a call that puts a value at a position of its arguments."""
    return lambda call: replace(call, args=(*call.args[:position], value, *call.args[position + 1 :]))


def _without(weights: str) -> Callable[[Call], Call]:
    """Make the change of a call that sets weights to zero in a dict of parameters."""

    def change(call: Call) -> Call:
        parameters = {**call.args[2], weights: np.zeros_like(call.args[2][weights])}
        return _with(2, parameters)(call)

    return change


def _penalty_quantities(calls: Calls, call: Call) -> Mapping[str, float]:
    return {"m": _examples(call), "λ": call.args[PENALTY]}


def _cost_sums(calls: Calls, call: Call) -> Mapping[str, Mapping[str, Any]]:
    A3, Y, parameters, lambd = call.args
    share = lambd / (2 * Y.shape[1])
    penalties = {f"λ/(2m) · ‖{name}‖²": share * np.sum(parameters[name] ** 2) for name in WEIGHTS}
    return {"": {CROSS_ENTROPY: cross_entropy(A3, Y), **penalties}}


def _penalty_cases(calls: Calls, call: Call) -> Mapping[str, bool]:
    return {"λ = 0": call.args[PENALTY] == 0, "m = 1": _examples(call) == 1}


def _cache_arrays(calls: Calls, call: Call) -> Mapping[str, Any]:
    X, Y, cache = call.args[:3]
    names = CACHE if len(cache) == len(CACHE) else [name for name in CACHE if name not in ("D1", "D2")]
    return {"X": X, "Y": Y, **dict(zip(names, cache, strict=True))}


def _dropout_quantities(m: int, keep_prob: float) -> Mapping[str, float]:
    return {"m": m, "keep_prob": keep_prob, "1 − keep_prob": 1 - keep_prob}


def _kept(name: str) -> Callable[[Call], Call]:
    """Make the change of a call of the backward pass after which a mask drops nothing."""

    def change(call: Call) -> Call:
        cache = tuple(np.ones_like(v) if key == name else v for key, v in zip(CACHE, call.args[2], strict=True))
        return _with(2, cache)(call)

    return change


def _from_own_masks(trial: Trial) -> Mapping[str, tuple[Plain, Plain]]:
    """Pair what the forward pass returned with what follows from its own masks; nothing if they are no masks."""
    masks, given = masks_of(trial), flat(trial.actual.value)
    if isinstance(masks, Finding) or isinstance(given, Difference):
        return {}
    if not all(map(holds_bits, masks)):
        return {}
    X, parameters = trial.call.args[:2]
    right = dict(zip(CACHE, thinned_forward(X, parameters, masks, keep_prob_of(trial.call)), strict=True))
    actual = {**dict(zip(CACHE, given[1:], strict=True)), "A3": given[0]}
    return {name: (right[name], actual[name]) for name in CACHE if name not in ("D1", "D2")}


L2_COST = Terms(
    quantities=_penalty_quantities,
    sums=_cost_sums,
    neutral={("λ", "0"): _with(PENALTY, 0.0), **{(name, "0"): _without(name) for name in WEIGHTS}},
    cases=_penalty_cases,
    reduced=("λ = 0",),
)
L2_BACKWARD = Terms(
    groups=GROUPS,
    quantities=_penalty_quantities,
    arrays=_cache_arrays,
    neutral={("λ", "0"): _with(PENALTY, 0.0)},
    cases=_penalty_cases,
    reduced=("λ = 0",),
    in_order=True,
)
DROPOUT_FORWARD = Terms(
    groups=(MASKS,),
    quantities=lambda calls, call: _dropout_quantities(_examples(call, 0), keep_prob_of(call)),
    cases=lambda calls, call: {
        "keep_prob is left at its default": len(call.args) == 2,
        "keep_prob = 1": keep_prob_of(call) == 1,
        "m = 1": _examples(call, 0) == 1,
    },
    reduced=("keep_prob = 1",),
    pairs=_from_own_masks,
    in_order=True,
)
DROPOUT_BACKWARD = Terms(
    groups=GROUPS,
    quantities=lambda calls, call: _dropout_quantities(_examples(call), call.args[PENALTY]),
    arrays=_cache_arrays,
    neutral={
        ("keep_prob", "1"): _with(PENALTY, 1.0),
        **{(name, "1"): _kept(name) for name in ("D1", "D2")},
    },
    cases=lambda calls, call: {"keep_prob = 1": call.args[PENALTY] == 1, "m = 1": _examples(call) == 1},
    reduced=("keep_prob = 1",),
    in_order=True,
)
