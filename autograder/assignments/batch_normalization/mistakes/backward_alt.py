"""Wrong simplified backward passes that students write."""

from __future__ import annotations

from functools import partial

from autograder.assignments.batch_normalization.backward_alt import NAME
from autograder.assignments.batch_normalization.hints import HINTS
from autograder.checking.catalogue import Catalogue

SOURCE = """\
def batchnorm_backward_alt(dout, cache):
    x, mean, var, x_hat, gamma, eps = cache
    N, D = dout.shape
    std = np.sqrt(var + eps)
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * x_hat, axis=0)
    dx_hat = dout * gamma
    total = np.sum(dx_hat, axis=0)
    along = np.sum(dx_hat * x_hat, axis=0)
    dx = (N * dx_hat - total - x_hat * along) / (N * std)
    return dx, dgamma, dbeta
"""

CATALOGUE = Catalogue(HINTS)
_mistake = partial(CATALOGUE.mistake_in, NAME, SOURCE)

_DX = "(N * dx_hat - total - x_hat * along) / (N * std)"

_mistake("bna-diagonal-only", "seen", (_DX, "dx_hat * (N - 1 - x_hat ** 2) / (N * std)"))
_mistake("bna-upstream-missing", "seen", ("dx_hat = dout * gamma", "dx_hat = gamma * np.ones_like(dout)"))
_mistake(
    "bna-power-missing",
    "seen",
    (_DX, "(N * dx_hat - total - (x - mean) * np.sum(dx_hat * (x - mean), axis=0)) / (N * std)"),
)
_mistake(
    "bna-sum-over-features",
    "seen",
    ("np.sum(dx_hat, axis=0)", "np.sum(dx_hat, axis=1, keepdims=True)"),
    ("np.sum(dx_hat * x_hat, axis=0)", "np.sum(dx_hat * x_hat, axis=1, keepdims=True)"),
)
_mistake(
    "bna-sum-of-all",
    "plausible",
    ("np.sum(dx_hat, axis=0)", "np.sum(dx_hat)"),
    ("np.sum(dx_hat * x_hat, axis=0)", "np.sum(dx_hat * x_hat)"),
)
_mistake("bna-n-missing-inside", "plausible", ("(N * dx_hat - total", "(dx_hat - total"))
_mistake("bna-n-missing-outside", "plausible", ("/ (N * std)", "/ std"))
_mistake("bna-n-from-features", "seen", ("N, D = dout.shape", "D, N = dout.shape"))
_mistake("bna-gamma-missing", "plausible", ("dx_hat = dout * gamma", "dx_hat = dout"))
_mistake("bna-gamma-twice", "plausible", ("/ (N * std)", "* gamma / (N * std)"))
_mistake("bna-x-hat-before-sum-missing", "plausible", ("- x_hat * along", "- along"))
_mistake("bna-x-hat-in-sum-missing", "plausible", ("np.sum(dx_hat * x_hat, axis=0)", "np.sum(dx_hat, axis=0)"))
_mistake(
    "bna-product-of-sums",
    "plausible",
    ("np.sum(dx_hat * x_hat, axis=0)", "np.sum(dx_hat, axis=0) * np.sum(x_hat, axis=0)"),
)
_mistake("bna-x-hat-inside-sum", "plausible", ("x_hat * along", "np.sum(x_hat * dx_hat * x_hat, axis=0)"))
_mistake("bna-plus-mean", "plausible", ("- total -", "+ total -"))
_mistake("bna-plus-variance", "plausible", ("- x_hat * along", "+ x_hat * along"))
_mistake("bna-mean-term-missing", "plausible", (" - total", ""))
_mistake("bna-variance-term-missing", "plausible", (" - x_hat * along", ""))
_mistake("bna-deviation-missing", "plausible", ("/ (N * std)", "/ N"))
_mistake("bna-root-missing", "seen", ("std = np.sqrt(var + eps)", "std = var + eps"))
_mistake("bna-eps-missing", "plausible", ("std = np.sqrt(var + eps)", "std = np.sqrt(var)"))
_mistake("bna-eps-outside-root", "plausible", ("std = np.sqrt(var + eps)", "std = np.sqrt(var) + eps"))
_mistake("bna-eps-fixed", "seen", ("gamma, eps = cache", "gamma, _ = cache\n    eps = 1e-5"))
_mistake(
    "bna-dout-in-sums",
    "plausible",
    ("np.sum(dx_hat, axis=0)", "np.sum(dout, axis=0)"),
    ("np.sum(dx_hat * x_hat, axis=0)", "np.sum(dout * x_hat, axis=0)"),
)
_mistake("bna-dout-in-mean-term", "plausible", ("np.sum(dx_hat, axis=0)", "np.sum(dout, axis=0)"))
_mistake("bna-dout-in-variance-term", "plausible", ("np.sum(dx_hat * x_hat, axis=0)", "np.sum(dout * x_hat, axis=0)"))
_mistake("bna-x-for-x-hat", "plausible", ("np.sum(dx_hat * x_hat, axis=0)", "np.sum(dx_hat * x, axis=0)"))
_mistake("bna-x-for-x-hat-before-sum", "plausible", ("x_hat * along", "x * along"))
_mistake(
    "bna-means-for-sums",
    "plausible",
    ("np.sum(dx_hat, axis=0)", "np.mean(dx_hat, axis=0)"),
    ("np.sum(dx_hat * x_hat, axis=0)", "np.mean(dx_hat * x_hat, axis=0)"),
)
_mistake("bna-n-minus-one", "plausible", ("N, D = dout.shape", "N = max(len(dout) - 1, 1)"))
for _id, _deviation in (
    ("eps-fixed", "np.sqrt(var + 1e-5)"),
    ("eps-missing", "np.sqrt(var)"),
    ("eps-outside", "(np.sqrt(var) + eps)"),
    ("root-missing", "(var + eps)"),
):
    _own = f"std = {_deviation}\n    x_hat = (x - mean) / std"
    _mistake(f"bna-{_id}-in-x-hat", "plausible", ("std = np.sqrt(var + eps)", _own))
_DBETA, _DGAMMA = "np.sum(dout, axis=0)", "np.sum(dout * x_hat, axis=0)"
_mistake("bna-gradients-over-features", "plausible", *((r, r.replace("axis=0", "axis=1")) for r in (_DBETA, _DGAMMA)))
_mistake("bna-gradients-averaged", "plausible", *((r, r.replace("sum", "mean")) for r in (_DBETA, _DGAMMA)))
_mistake("bna-not-summed", "plausible", (_DBETA, "dout"), (_DGAMMA, "dout * x_hat"))
_mistake("bna-dbeta-with-dx-hat", "plausible", (_DBETA, "np.sum(dout * gamma, axis=0)"))
_mistake("bna-dgamma-with-dx-hat", "plausible", (_DGAMMA, "np.sum(dout * gamma * x_hat, axis=0)"))
_mistake(
    "bna-dgamma-with-x", "plausible", ("dgamma = np.sum(dout * x_hat, axis=0)", "dgamma = np.sum(dout * x, axis=0)")
)
_mistake("bna-dgamma-dbeta-swapped", "plausible", ("return dx, dgamma, dbeta", "return dx, dbeta, dgamma"))
_mistake(
    "bna-keepdims",
    "seen",
    ("np.sum(dout, axis=0)", "np.sum(dout, axis=0, keepdims=True)"),
    ("np.sum(dout * x_hat, axis=0)", "np.sum(dout * x_hat, axis=0, keepdims=True)"),
)
_mistake("bna-dout-overwritten", "plausible", ("dx_hat = dout * gamma", "dout *= gamma\n    dx_hat = dout"))
