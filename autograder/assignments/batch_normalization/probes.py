"""Draw the cases of all checks: features with a known spread, gamma and beta far from 1 and 0, and the edges."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.calls.call import Call

Array = NDArray[np.float64]
Cache = tuple[Array, Array, Array, Array, Array, float]
"""The cache of the references: x, mean, var, x_hat, gamma, eps. A student's may be any object."""

BN_PARAM = 3
"""Position of `bn_param` among the arguments of the forward pass."""
CACHE = 1
"""Position of the cache in what the forward pass returns: it never leaves the student's process."""
LOW_SPREAD = 0.003
"""Spread of features that hardly vary: their variance is about as large as the default eps."""
LARGE_OFFSET = 1e6


# Labels of the cases: translated where they are shown.
USUAL = "eps = 1e-5, momentum = 0.9"
LARGE_EPS = "eps = 0.5, momentum = 0.5"
LOW_VARIANCE = "features that hardly vary"
SECOND_CALL = "the same call again"
DEFAULTS = "only the mode in bn_param"
ONE_EXAMPLE = "one example only"
CONSTANT = "a feature that is constant"
OFFSET = "one feature, near 1,000,000"
FLOAT32 = "float32 input, 40 examples"


@dataclass(frozen=True)
class Case:
    """The arguments of a call of `batchnorm_forward`, and what the call is for."""

    group: str
    label: str
    x: Array
    gamma: Array
    beta: Array
    bn_param: dict[str, Any]

    def forward(self) -> Call:
        """Make the call."""
        args = (self.x, self.gamma, self.beta, self.bn_param)
        return Call("batchnorm_forward", args, self.group, self.label, private=(CACHE,))


def draw(
    rng: np.random.Generator,
    n: int,
    d: int,
    label: str,
    *,
    group: str = "value",
    mode: str = "train",
    spread: float = 1.0,
    eps: float = 1e-5,
    momentum: float = 0.9,
) -> Case:
    """Draw a case with all settings given, and running statistics that start elsewhere than zero.

    Args:
        rng: where the numbers come from.
        n: examples.
        d: features.
        label: the case in words.
        group: what the call is for.
        mode: "train" or "test".
        spread: size of the features.
        eps: as in `bn_param`.
        momentum: as in `bn_param`.
    """
    bn_param = {
        "mode": mode,
        "eps": eps,
        "momentum": momentum,
        "running_mean": spread * rng.uniform(-2.0, 2.0, d),
        "running_var": spread**2 * rng.uniform(0.5, 2.0, d),
    }
    return Case(group, label, features(rng, n, d, spread), _scale(rng, d), _scale(rng, d), bn_param)


def edges(rng: np.random.Generator, mode: str = "train") -> list[Case]:
    """Draw the cases at the edge: one example, a constant feature, a large offset, float32; one feature, and many."""
    one = draw(rng, 1, 3, ONE_EXAMPLE, group="edge", mode=mode)
    constant = draw(rng, 4, 3, CONSTANT, group="edge", mode=mode)
    constant.x[:, 1] = constant.x[0, 1]
    constant.bn_param["running_var"][1] = 0.0
    far = draw(rng, 6, 1, OFFSET, group="edge", mode=mode)
    far.x[:] += LARGE_OFFSET
    far.bn_param["running_mean"] += LARGE_OFFSET
    single = draw(rng, 40, 9, FLOAT32, group="edge", mode=mode)
    small = {name: getattr(single, name).astype(np.float32) for name in ("x", "gamma", "beta")}
    return [one, constant, far, replace(single, **small)]


def features(rng: np.random.Generator, n: int, d: int, spread: float = 1.0) -> Array:
    """Draw x (N, D): each column has its own mean in ±3 · spread and a standard deviation in [0.5, 2] · spread.

    The deviation is exact (where N > 1), so that no secret draws a batch in which a mistake is too small to see.
    """
    x = rng.standard_normal((n, d))
    if n > 1:
        x = (x - x.mean(axis=0)) / x.std(axis=0)
    drawn: Array = spread * (x * rng.uniform(0.5, 2.0, d) + rng.uniform(-3.0, 3.0, d))
    return drawn


def _scale(rng: np.random.Generator, d: int) -> Array:
    """Draw gamma or beta (D,): 0.5 to 2 in size, of both signs."""
    signs = np.where(np.arange(d) % 2, -1.0, 1.0)
    drawn: Array = rng.permutation(signs) * rng.uniform(0.5, 2.0, d)
    return drawn
