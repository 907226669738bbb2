"""Judge a backward pass against the student's own forward pass, so that a mistake in the forward costs its marks once.

Where the own `out` is not the right one, three backward passes are accepted: the right one (the cache may be right
although `out` is not), the numeric gradient of the own forward, and the textbook's equations on what the own forward
computed. The last is what a student has who differentiates rightly and normalises a little wrongly: with √σ² + ε for
√(σ² + ε), say, x̂ and the deviation are the student's, the equations the right ones, and the result is neither of the
first two.

For a forward that no longer normalises (it returns its input, a constant, a scaled or a centred input), its own ∂x
would be too easy, and is not accepted; the textbook's equations on its x̂ are, and its own ∂γ and ∂β where γ and β
count at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from autograder.assignments.batch_normalization.forward import out_of
from autograder.assignments.batch_normalization.probes import Array, Case
from autograder.checking.check import Trial
from autograder.checking.gradient import gradient_from, perturbed
from labkit.calls.call import Call

Gradients = dict[str, list[Array]]
"""Output → the values that are accepted for it."""


@dataclass(frozen=True)
class Allowed:
    """What an own forward allows in one case.

    Attributes:
        accepted: what is accepted besides the right result.
        own_gradient: whether its own ∂x is, then the first of them.
    """

    accepted: Gradients
    own_gradient: bool


NOTHING = Allowed({}, own_gradient=False)

_MOVES = [float(point[0]) for point in perturbed(np.zeros(1))]
LINEAR_RESIDUAL = 1e-6
"""Largest relative residual of a column that counts as a straight line in x."""
MIN_CURVATURE = 1e-9
"""Smallest second difference, relative to `out`, of a forward that depends on x otherwise than linearly."""


@dataclass(frozen=True)
class OwnForward:
    """The calls around one case that show what the student's own forward does there.

    Attributes:
        case: the case; its group names the calls.
        dout: (N, D), the upstream gradient of the case.
        step: h of the numeric gradient, in the size of the features.
    """

    case: Case
    dout: Array
    step: float

    def calls(self) -> list[Call]:
        """Make the calls: the case itself, with gamma 1 and beta 0, with each number of x, gamma, or beta moved.

        Each feature has its own gamma and beta: all may move at once, and each feature of `out` tells of its own.
        """
        case = self.case
        ones, zeros = np.ones_like(case.gamma), np.zeros_like(case.beta)
        moved = [replace(case, gamma=ones, beta=zeros)]
        moved += [replace(case, x=x) for x in perturbed(case.x, self.step)]
        moved += [replace(case, gamma=case.gamma + move) for move in _MOVES]
        moved += [replace(case, beta=case.beta + move) for move in _MOVES]
        return [item.forward() for item in (case, *moved)]

    def allows(self, trials: Sequence[Trial]) -> Allowed:
        """Compute what a backward pass may return besides the right result.

        Args:
            trials: how the `calls` went.

        Returns:
            Nothing, if the own forward does not return numbers everywhere.
        """
        outs = self._outs(trials)
        if not outs:
            return NOTHING
        here, normalised, *around = outs
        accepted: Gradients = {"dx": [], "dgamma": [], "dbeta": []}
        weighted = np.array([self.dout * out for out in around])
        normalises = _normalises(here, np.array(around[:-8]))
        if normalises:
            accepted["dx"].append(gradient_from(weighted[:-8].sum(axis=(1, 2)), self.case.x.shape, self.step))
        for name, moved in (("dgamma", slice(-8, -4)), ("dbeta", slice(-4, None))):
            if np.ptp(around[moved], axis=0).any(axis=0).all():
                values = weighted[moved].sum(axis=1).T.ravel()
                accepted[name].append(gradient_from(values, self.case.gamma.shape))
        scale = _inverse_deviation(self.case.x, normalised)
        if scale is not None:
            accepted["dgamma"].append((self.dout * normalised).sum(axis=0))
            accepted["dx"] += self._textbook(normalised, scale)
        return Allowed(accepted, normalises)

    def _outs(self, trials: Sequence[Trial]) -> list[Array]:
        """Take what the own forward returned for the `calls`; nothing unless all are arrays of finite numbers."""
        outs = [out_of(trial.actual.value) for trial in trials]
        arrays = [out.reshape(self.case.x.shape) for out in outs if out is not None and out.size == self.case.x.size]
        return arrays if len(arrays) == len(outs) and np.isfinite(arrays).all() else []

    def _textbook(self, x_hat: Array, scale: Array) -> Iterator[Array]:
        """∂x by the right equations, simplified and staged, on the own x̂ and 1/√(σ²+ε) ("scale").

        A cache may hold the own deviation, or the variance from which the right one is computed again, or mix them;
        and the way from σ² to μ, which comes to zero where x̂ is centred, may be written out or left out.
        """
        var, eps = self.case.x.var(axis=0), self.case.bn_param["eps"]
        right = 1 / np.sqrt(var + eps) * np.ones_like(scale)
        centred = x_hat / scale
        dx_hat = self.dout * self.case.gamma
        for first in (scale, right):
            yield first * (dx_hat - dx_hat.mean(axis=0) - x_hat * (dx_hat * x_hat).mean(axis=0))
            mean_path = first * dx_hat - (first * dx_hat).mean(axis=0)
            for cube in (scale**3, right**3, right * scale**2, right**2 * scale):
                along = (dx_hat * centred * cube).mean(axis=0)
                yield mean_path - centred * along
                yield mean_path - (centred - centred.mean(axis=0)) * along


def _normalises(here: Array, moved: Array) -> bool:
    """Whether `out` depends on x otherwise than linearly, and each of its numbers on other numbers of x.

    Args:
        here: (N, D), `out`.
        moved: (4 N D, N, D), `out` with each number of x moved by +h, −h, +h/2, −h/2.
    """
    n, d = here.shape
    moves = moved.reshape(n, d, 4, n, d)
    bend = np.abs(moves[:, :, 0] + moves[:, :, 1] - 2 * here)
    change = np.abs(moves[:, :, 0] - moves[:, :, 1])
    change[np.arange(n)[:, None], np.arange(d), np.arange(n)[:, None], np.arange(d)] = 0.0
    least = MIN_CURVATURE * np.abs(here).max()
    return bool(bend.max() > least and change.max() > least)


def _inverse_deviation(x: Array, x_hat: Array) -> Array | None:
    """Find the factor by which the own forward multiplies x in each column (or row), if x̂ is linear in x there."""
    for axis in (0, 1):
        centred = x - x.mean(axis=axis, keepdims=True)
        x_hat_centred = x_hat - x_hat.mean(axis=axis, keepdims=True)
        spread = (centred**2).sum(axis=axis, keepdims=True)
        if not (spread > 0).all():
            continue
        slope: Array = (centred * x_hat_centred).sum(axis=axis, keepdims=True) / spread
        if (
            np.abs(x_hat_centred - slope * centred).max() <= LINEAR_RESIDUAL * np.abs(x_hat_centred).max()
            and (slope != 0).all()
        ):
            return slope * np.ones_like(x)
    return None
