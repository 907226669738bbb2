"""The words in which the numbers of a wrong function of this lab are described: N, D, eps, momentum, the statistics."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.assignments.batch_normalization.probes import BN_PARAM, Array
from autograder.checking.check import Terms
from labkit.calls.call import Call

GAMMA, BETA = 1, 2
"""Positions among the arguments of the forward pass."""
DEFAULT_EPS, DEFAULT_MOMENTUM = 1e-5, 0.9
Calls = Sequence[Call]
Change = Callable[[Call], Call]


def _sizes(x: Array) -> dict[str, float]:
    n, d = x.shape
    return {"N": n, "D": d, "N − 1": n - 1, "N/(N − 1)": n / (n - 1) if n > 1 else np.inf}


def _forward_quantities(calls: Calls, call: Call) -> Mapping[str, float]:
    settings = call.args[BN_PARAM]
    eps, momentum = settings.get("eps", DEFAULT_EPS), settings.get("momentum", DEFAULT_MOMENTUM)
    return {**_sizes(call.args[0]), "eps": eps, "momentum": momentum, "1 − momentum": 1 - momentum}


def _forward_arrays(calls: Calls, call: Call) -> Mapping[str, Any]:
    x, gamma, beta, settings = call.args
    given = {name: settings[name] for name in ("running_mean", "running_var") if name in settings}
    return {"x": x, "gamma": gamma, "beta": beta, "μ": x.mean(axis=0), "σ²": x.var(axis=0), "σ": x.std(axis=0), **given}


def _forward_cases(calls: Calls, call: Call) -> Mapping[str, bool]:
    settings = call.args[BN_PARAM]
    return {
        "eps = 1e-5": settings.get("eps", DEFAULT_EPS) == DEFAULT_EPS,
        "momentum = 0.9": settings.get("momentum", DEFAULT_MOMENTUM) == DEFAULT_MOMENTUM,
        "bn_param holds the mode only": len(settings) == 1,
    }


def _array(position: int, make: Callable[[Array], Array]) -> Change:
    """Make the change of a forward call that replaces an array; other calls stay as they are."""

    def change(call: Call) -> Call:
        if len(call.args) <= BN_PARAM or not isinstance(call.args[position], np.ndarray):
            return call
        return replace(call, args=(*call.args[:position], make(call.args[position]), *call.args[position + 1 :]))

    return change


def _setting(name: str, make: Callable[[Any], Any]) -> Change:
    """Make the change of a forward call that replaces a setting in `bn_param`; other calls stay as they are."""

    def change(call: Call) -> Call:
        if len(call.args) <= BN_PARAM or name not in call.args[BN_PARAM]:
            return call
        settings = dict(call.args[BN_PARAM])
        settings[name] = make(settings[name])
        return replace(call, args=(*call.args[:BN_PARAM], settings))

    return change


def forward_terms(other_mode: str) -> Terms:
    """Make the terms of a forward check.

    Args:
        other_mode: the mode that the check does not call.
    """
    return Terms(
        quantities=_forward_quantities,
        arrays=_forward_arrays,
        neutral={
            ("gamma", "1"): _array(GAMMA, np.ones_like),
            ("beta", "0"): _array(BETA, np.zeros_like),
            ("eps", "0"): _setting("eps", lambda eps: 0.0),
            ("eps", "1e-5"): _setting("eps", lambda eps: DEFAULT_EPS),
            ("1 − momentum", "0"): _setting("momentum", lambda momentum: 1.0),
            ("momentum", "0.9"): _setting("momentum", lambda momentum: DEFAULT_MOMENTUM),
            ("running_mean", "0"): _setting("running_mean", np.zeros_like),
            ("running_var", "0"): _setting("running_var", np.zeros_like),
            ("mode", repr(other_mode)): _setting("mode", lambda mode: other_mode),
        },
        cases=_forward_cases,
        reduced=("eps = 1e-5", "momentum = 0.9"),
    )


def _backward_quantities(calls: Calls, call: Call) -> Mapping[str, float]:
    return {**_sizes(call.args[0]), "eps": call.args[1].otherwise[5]}


def _backward_arrays(calls: Calls, call: Call) -> Mapping[str, Any]:
    dout = call.args[0]
    x, mean, var, x_hat, gamma, eps = call.args[1].otherwise
    return {
        "dout": dout,
        "x": x,
        "x̂": x_hat,
        "gamma": gamma,
        "μ": mean,
        "σ²": var,
        "√(σ² + eps)": np.sqrt(var + eps),
        "σ² + eps": var + eps,
        "dout · x̂": dout * x_hat,
    }


def _backward_sums(calls: Calls, call: Call) -> Mapping[str, Mapping[str, Any]]:
    dout = call.args[0]
    _, _, var, x_hat, gamma, eps = call.args[1].otherwise
    upstream, deviation = dout * gamma, np.sqrt(var + eps)
    return {
        "dx": {
            "∂x̂/√(σ² + ε)": upstream / deviation,
            "∂σ² · 2(x − μ)/N": -x_hat * (upstream * x_hat).mean(axis=0) / deviation,
            "∂μ/N": -upstream.mean(axis=0) / deviation,
        }
    }


def _backward_cases(calls: Calls, call: Call) -> Mapping[str, bool]:
    return {"eps = 1e-5": call.args[1].otherwise[5] == DEFAULT_EPS}


BACKWARD = Terms(
    quantities=_backward_quantities,
    arrays=_backward_arrays,
    sums=_backward_sums,
    neutral={
        ("gamma", "1"): _array(GAMMA, np.ones_like),
        ("eps", "0"): _setting("eps", lambda eps: 0.0),
        ("eps", "1e-5"): _setting("eps", lambda eps: DEFAULT_EPS),
    },
    cases=_backward_cases,
    reduced=("eps = 1e-5",),
)
