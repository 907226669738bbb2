"""Wrong staged backward passes that students write."""

from __future__ import annotations

from functools import partial

from autograder.assignments.batch_normalization.backward import NAME
from autograder.assignments.batch_normalization.hints import HINTS
from autograder.checking.catalogue import Catalogue

SOURCE = """\
def batchnorm_backward(dout, cache):
    x, mean, var, x_hat, gamma, eps = cache
    N, D = dout.shape
    std = np.sqrt(var + eps)
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * x_hat, axis=0)
    dx_hat = dout * gamma
    dvar = np.sum(dx_hat * (x - mean) * -0.5 * (var + eps) ** -1.5, axis=0)
    dmean = -np.sum(dx_hat / std, axis=0)
    dx = dx_hat / std + dvar * 2 * (x - mean) / N + dmean / N
    return dx, dgamma, dbeta
"""

CATALOGUE = Catalogue(HINTS)
_mistake = partial(CATALOGUE.mistake_in, NAME, SOURCE)

_DVAR, _DX = "(var + eps) ** -1.5", "dx_hat / std + dvar * 2 * (x - mean) / N + dmean / N"
_LINE = f"    dx = {_DX}\n"

_mistake("bnb-n-from-features", "seen", ("N, D = dout.shape", "D, N = dout.shape"))
_mistake(
    "bnb-dmean-over-n-twice",
    "seen",
    ("dmean = -np.sum(dx_hat / std, axis=0)", "dmean = -np.mean(dx_hat / std, axis=0)"),
)
_mistake("bnb-dvar-without-upstream", "seen", ("np.sum(dx_hat * (x - mean) *", "np.sum((x - mean) *"))
_mistake("bnb-dvar-from-dout", "plausible", ("np.sum(dx_hat * (x - mean) *", "np.sum(dout * (x - mean) *"))
_mistake("bnb-dmean-from-dout", "plausible", ("np.sum(dx_hat / std", "np.sum(dout / std"))
_mistake("bnb-eps-fixed", "seen", ("gamma, eps = cache", "gamma, _ = cache\n    eps = 1e-5"))
_mistake("bnb-root-missing", "seen", ("std = np.sqrt(var + eps)", "std = var + eps"))
_mistake("bnb-root-missing-in-dmean", "seen", ("np.sum(dx_hat / std, axis=0)", "np.sum(dx_hat / std ** 2, axis=0)"))
_mistake(
    "bnb-keepdims",
    "seen",
    ("np.sum(dout, axis=0)", "np.sum(dout, axis=0, keepdims=True)"),
    ("np.sum(dout * x_hat, axis=0)", "np.sum(dout * x_hat, axis=0, keepdims=True)"),
)
_mistake("bnb-gamma-missing", "plausible", ("dx_hat = dout * gamma", "dx_hat = dout"))
_mistake("bnb-gamma-as-divisor", "plausible", ("dx_hat = dout * gamma", "dx_hat = dout / gamma"))
_mistake("bnb-half-missing", "plausible", ("* -0.5 *", "* -1.0 *"))
_mistake("bnb-dvar-sign", "plausible", ("* -0.5 *", "* 0.5 *"))
_mistake("bnb-dvar-power-half", "plausible", (_DVAR, "(var + eps) ** -0.5"))
_mistake("bnb-dvar-power-one", "plausible", (_DVAR, "(var + eps) ** -1.0"))
_mistake("bnb-dvar-power-of-deviation", "plausible", (_DVAR, "std ** -1.5"))
_mistake("bnb-dvar-not-centred", "plausible", ("dx_hat * (x - mean) *", "dx_hat * x *"))
_mistake("bnb-factor-two-missing", "reported", ("dvar * 2 * (x - mean) / N", "dvar * (x - mean) / N"))
_mistake("bnb-variance-path-missing", "plausible", (" + dvar * 2 * (x - mean) / N", ""))
_mistake("bnb-variance-path-not-centred", "plausible", ("dvar * 2 * (x - mean)", "dvar * 2 * x"))
_mistake("bnb-variance-path-not-averaged", "plausible", ("2 * (x - mean) / N", "2 * (x - mean)"))
_mistake("bnb-mean-path-missing", "plausible", (" + dmean / N", ""))
_mistake("bnb-mean-path-not-averaged", "plausible", ("dmean / N", "dmean"))
_mistake("bnb-dmean-sign", "plausible", ("dmean = -np.sum", "dmean = np.sum"))
_mistake("bnb-direct-path-only", "plausible", (_DX, "dx_hat / std"))
_mistake("bnb-eps-missing", "plausible", ("std = np.sqrt(var + eps)", "std = np.sqrt(var)"), (_DVAR, "var ** -1.5"))
_STD = "std = np.sqrt(var + eps)"
_SIMPLIFIED = "(dx_hat - np.mean(dx_hat, axis=0) - x_hat * np.mean(dx_hat * x_hat, axis=0)) / std"
for _id, _deviation, _power in (
    ("fixed", "std = np.sqrt(var + 1e-5)", "(var + 1e-5) ** -1.5"),
    ("missing", "std = np.sqrt(var)", "var ** -1.5"),
):
    _mistake(f"bnb-eps-{_id}-in-deviation", "plausible", (_STD, _deviation))
    _mistake(f"bnb-eps-{_id}-in-power", "plausible", (_DVAR, _power))
    _mistake(f"bnb-eps-{_id}-beside-x-hat", "plausible", (_STD, _deviation), (_DX, _SIMPLIFIED))
_mistake("bnb-root-missing-in-direct-path", "plausible", (_DX, _DX.replace("dx_hat / std", "dx_hat / (var + eps)")))
_mistake("bnb-direct-from-dout", "plausible", (_DX, _DX.replace("dx_hat / std", "dout / std")))
_mistake("bnb-direct-path-missing", "plausible", (_DX, _DX.replace("dx_hat / std + ", "")))
_mistake(
    "bnb-dvar-not-summed",
    "plausible",
    (f"np.sum(dx_hat * (x - mean) * -0.5 * {_DVAR}, axis=0)", f"dx_hat * (x - mean) * -0.5 * {_DVAR}"),
)
_mistake("bnb-dmean-not-summed", "plausible", ("-np.sum(dx_hat / std, axis=0)", "-dx_hat / std"))
_mistake("bnb-dvar-with-x-hat", "plausible", ("dx_hat * (x - mean) *", "dx_hat * x_hat *"))
_mistake("bnb-n-minus-one", "plausible", (_DX, _DX.replace("/ N", "/ max(N - 1, 1)")))
_mistake("bnb-dbeta-with-dx-hat", "plausible", ("np.sum(dout, axis=0)", "np.sum(dout * gamma, axis=0)"))
_mistake("bnb-dgamma-with-x", "plausible", ("np.sum(dout * x_hat, axis=0)", "np.sum(dout * x, axis=0)"))
_mistake(
    "bnb-dgamma-with-dx-hat", "plausible", ("np.sum(dout * x_hat, axis=0)", "np.sum(dout * gamma * x_hat, axis=0)")
)
_mistake("bnb-dgamma-dbeta-swapped", "plausible", ("return dx, dgamma, dbeta", "return dx, dbeta, dgamma"))
_mistake("bnb-order", "plausible", ("return dx, dgamma, dbeta", "return dgamma, dbeta, dx"))
_mistake(
    "bnb-means-for-sums",
    "plausible",
    ("np.sum(dout, axis=0)", "np.mean(dout, axis=0)"),
    ("np.sum(dout * x_hat, axis=0)", "np.mean(dout * x_hat, axis=0)"),
)
_mistake(
    "bnb-not-summed",
    "plausible",
    ("np.sum(dout, axis=0)", "dout"),
    ("np.sum(dout * x_hat, axis=0)", "dout * x_hat"),
)
_mistake(
    "bnb-sum-over-features",
    "plausible",
    ("np.sum(dout, axis=0)", "np.sum(dout, axis=1)"),
    ("np.sum(dout * x_hat, axis=0)", "np.sum(dout * x_hat, axis=1)"),
)
_mistake("bnb-dx-empty", "plausible", (_LINE, "    dx = None\n"))
_mistake("bnb-dout-overwritten", "plausible", ("dx_hat = dout * gamma", "dout *= gamma\n    dx_hat = dout"))
_mistake(
    "bnb-cache-overwritten",
    "plausible",
    ("dgamma = np.sum(dout * x_hat, axis=0)", "x_hat *= dout\n    dgamma = np.sum(x_hat, axis=0)"),
)
