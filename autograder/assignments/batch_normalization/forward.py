"""The forward pass: its reference, and what the checks of both modes share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.assignments.batch_normalization import words
from autograder.assignments.batch_normalization.probes import BN_PARAM, Array, Cache, Case
from autograder.checking import words as checking_words
from autograder.checking.check import Criterion, Evidence, Finding, Trial
from autograder.checking.criteria import raised, value_finding
from labkit.calls.differences import RTOL, Difference, as_numbers, differences
from labkit.calls.plain import same

FUNCTION = "batchnorm_forward"
PARAMETERS = ("x", "gamma", "beta", "bn_param")
OUTPUTS = ("out", "cache")
STATISTICS = ("running_mean", "running_var")
DEFAULT_EPS = 1e-5
DEFAULT_MOMENTUM = 0.9
FLOAT32_RTOL = 1e-4
"""A float32 has seven digits; the mean of features a few deviations from zero costs one or two of them."""
LINEAR_RESIDUAL = 1e-6
"""Largest relative residual of numbers that count as a straight line."""


def batchnorm_forward(x: Array, gamma: Array, beta: Array, bn_param: dict[str, Any]) -> tuple[Array, Cache]:
    """Normalise each feature over the mini-batch, scale and shift it (Ioffe & Szegedy 2015, algorithm 1).

    Train mode also moves the running statistics in `bn_param`; test mode normalises with them and changes none.

    Args:
        x: (N, D) float64.
        gamma: (D,), the scale.
        beta: (D,), the shift.
        bn_param: `mode` "train" or "test"; `eps`, `momentum`, `running_mean` (D,), `running_var` (D,) where they are
            not the defaults 1e-5, 0.9, zeros, zeros.

    Returns:
        out (N, D), and the cache for a backward pass.

    Raises:
        ValueError: for another mode.
    """
    mode = bn_param["mode"]
    eps = bn_param.get("eps", DEFAULT_EPS)
    momentum = bn_param.get("momentum", DEFAULT_MOMENTUM)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1]))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1]))
    if mode == "train":
        mean = x.mean(axis=0)  # μ = 1/N Σ x
        var = ((x - mean) ** 2).mean(axis=0)  # σ² = 1/N Σ (x − μ)²
        bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
        bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    elif mode == "test":
        mean, var = running_mean, running_var
    else:
        raise ValueError(f"mode is {mode!r}; it must be 'train' or 'test'")
    x_hat = (x - mean) / np.sqrt(var + eps)  # x̂ = (x − μ) / √(σ² + ε)
    out = gamma * x_hat + beta  # y = γ x̂ + β
    return out, (x, mean, var, x_hat, gamma, eps)


def public_case(mode: str, label: str, **settings: object) -> Case:
    """Make a case whose numbers a student can follow by hand."""
    x = np.array([[1.0, 2.0], [3.0, -1.0], [2.0, 0.5], [6.0, 0.5]])
    gamma, beta = np.array([2.0, -1.0]), np.array([0.5, 3.0])
    return Case("value", label, x, gamma, beta, {"mode": mode, **settings})


def public_statistics() -> dict[str, np.ndarray]:
    """Make the running statistics that a public case starts with."""
    return {"running_mean": np.array([1.0, -2.0]), "running_var": np.array([4.0, 0.25])}


def rtol_of(trial: Trial) -> float:
    """Choose the relative tolerance by the type of x: a float32 has fewer digits."""
    return FLOAT32_RTOL if trial.call.args[0].dtype == np.float32 else RTOL


def normalises(trial: Trial) -> bool:
    """Whether `out` of one call is x, each feature (or each example) shifted and scaled by an amount of its own.

    All slips in normalising leave that; stubs, constants, numbers of nowhere, and x handed through do not have it. It
    depends on what the function computes, not on the numbers that are drawn.
    """
    x, gamma, beta = (as_numbers(arg) for arg in trial.call.args[:BN_PARAM])
    out = out_of(trial.actual.value)
    if x is None or out is None or out.size != x.size or not np.isfinite(out).all():
        return False
    out = out.reshape(x.shape)
    if _slope(x.ravel(), out.ravel(), 0) is not None:
        return False
    return slopes(x, out, 0) is not None or slopes(x, (out - beta) / gamma, 1) is not None


def slopes(x: Array, out: Array, axis: int) -> Array | None:
    """Find the factor by which each column (axis 0) or row (1) of x is multiplied in `out`, as an array like x.

    None if a column or row of `out` is no straight line in that of x, or does not depend on it.
    """
    slope = _slope(x, out, axis)
    return None if slope is None else slope * np.ones_like(x)


def _slope(x: Array, out: Array, axis: int) -> Array | None:
    x_centred, out_centred = (values - values.mean(axis=axis, keepdims=True) for values in (x, out))
    spread = (x_centred**2).sum(axis=axis, keepdims=True)
    if not (spread > 0).all():
        return None
    slope: Array = (x_centred * out_centred).sum(axis=axis, keepdims=True) / spread
    residual = np.abs(out_centred - slope * x_centred).max(axis=axis)
    straight = (residual <= LINEAR_RESIDUAL * np.abs(out_centred).max(axis=axis)).all()
    return slope if straight and (slope != 0).all() else None


def out_of(returned: object) -> np.ndarray | None:
    """Take the numbers of `out` from what a forward pass returned, None if there are none."""
    if not isinstance(returned, tuple | list) or not returned:
        return None
    out = as_numbers(returned[0])
    return None if out is None else out.astype(np.float64)


def statistics_differences(trial: Trial) -> Iterator[tuple[str, Difference | None]]:
    """Find the running statistics that are wrong after a call in train mode; None stands for a missing statistic."""
    right = trial.expected.changed[BN_PARAM]
    after = trial.actual.changed.get(BN_PARAM, trial.call.args[BN_PARAM])
    assert isinstance(right, dict)
    for name in STATISTICS:
        if not isinstance(after, dict) or after.get(name) is None:
            yield name, None
            continue
        for difference in differences(right[name], after[name], where=name, rtol=rtol_of(trial)):
            yield name, difference


def statistics_finding(trial: Trial) -> Finding | None:
    """Say what is wrong with the running statistics after a call in train mode, None if nothing is."""
    if trial.actual.error:
        return raised(trial)
    for name, difference in statistics_differences(trial):
        if difference is None:
            return Finding(words.not_stored(trial.call.label, name))
        if not difference.is_form_only:
            return Finding.of(difference, trial.call.label)
    return None


def edge_criterion(points: float) -> Criterion:
    """Require a right `out` with one example, a constant feature, a large offset, float32.

    In train mode, right running statistics too, unless they are wrong in the usual cases, which has cost its points.
    """

    def judge(evidence: Evidence) -> Finding | None:
        stores = next(evidence.of("value")).call.args[BN_PARAM]["mode"] == "train"
        stores = stores and first_finding(evidence, statistics_finding, "value") is None

        def finding(trial: Trial) -> Finding | None:
            result = value_finding(evidence, trial, rtol=rtol_of(trial))
            return result or (statistics_finding(trial) if stores else None)

        return first_finding(evidence, finding, "edge")

    return Criterion("edge cases", points, judge)


def first_finding(evidence: Evidence, finding: Callable[[Trial], Finding | None], *groups: str) -> Finding | None:
    """Look at the calls of these groups in order, up to the first that something is wrong with."""
    return next((result for trial in evidence.of(*groups) if (result := finding(trial))), None)


def once_normalising(criterion: Criterion) -> Criterion:
    """Let a function earn a criterion only if it does something like normalising."""

    def judge(evidence: Evidence) -> Finding | None:
        result = criterion.judge(evidence)
        if result is None and not normalises(next(evidence.of("value"))):
            return Finding(words.does_not_normalise())
        return result

    return replace(criterion, judge=judge)


def inputs_finding(trial: Trial) -> Finding | None:
    """x, gamma, beta and the settings in `bn_param` as they were."""
    for position, name in enumerate(PARAMETERS[:BN_PARAM]):
        if position in trial.actual.changed:
            return Finding(checking_words.changed(name), once=True)
    given = trial.call.args[BN_PARAM]
    after = trial.actual.changed.get(BN_PARAM, given)
    for name in given:
        if name not in STATISTICS and not (isinstance(after, dict) and same(given[name], after.get(name))):
            return Finding(words.setting_changed(name), once=True)
    return None
