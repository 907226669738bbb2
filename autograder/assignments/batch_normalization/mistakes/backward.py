"""Wrong backward passes that students write: step by step, and simplified."""

from __future__ import annotations

from autograder.assignments.batch_normalization.slips import Slips

STAGED = Slips(
    "batchnorm_backward",
    """\
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
""",
)

_add = STAGED.add
_DVAR, _DX = "(var + eps) ** -1.5", "dx_hat / std + dvar * 2 * (x - mean) / N + dmean / N"
_LINE = f"    dx = {_DX}\n"

_add("bnb-n-from-features", "seen", ("N, D = dout.shape", "D, N = dout.shape"))
_add(
    "bnb-dmean-over-n-twice",
    "seen",
    ("dmean = -np.sum(dx_hat / std, axis=0)", "dmean = -np.mean(dx_hat / std, axis=0)"),
)
_add("bnb-dvar-without-upstream", "seen", ("np.sum(dx_hat * (x - mean) *", "np.sum((x - mean) *"))
_add("bnb-dvar-from-dout", "plausible", ("np.sum(dx_hat * (x - mean) *", "np.sum(dout * (x - mean) *"))
_add("bnb-dmean-from-dout", "plausible", ("np.sum(dx_hat / std", "np.sum(dout / std"))
_add("bnb-eps-fixed", "seen", ("gamma, eps = cache", "gamma, _ = cache\n    eps = 1e-5"))
_add("bnb-root-missing", "seen", ("std = np.sqrt(var + eps)", "std = var + eps"))
_add("bnb-root-missing-in-dmean", "seen", ("np.sum(dx_hat / std, axis=0)", "np.sum(dx_hat / std ** 2, axis=0)"))
_add(
    "bnb-keepdims",
    "seen",
    ("np.sum(dout, axis=0)", "np.sum(dout, axis=0, keepdims=True)"),
    ("np.sum(dout * x_hat, axis=0)", "np.sum(dout * x_hat, axis=0, keepdims=True)"),
)
_add("bnb-gamma-missing", "plausible", ("dx_hat = dout * gamma", "dx_hat = dout"))
_add("bnb-gamma-as-divisor", "plausible", ("dx_hat = dout * gamma", "dx_hat = dout / gamma"))
_add("bnb-half-missing", "plausible", ("* -0.5 *", "* -1.0 *"))
_add("bnb-dvar-sign", "plausible", ("* -0.5 *", "* 0.5 *"))
_add("bnb-dvar-power-half", "plausible", (_DVAR, "(var + eps) ** -0.5"))
_add("bnb-dvar-power-one", "plausible", (_DVAR, "(var + eps) ** -1.0"))
_add("bnb-dvar-power-of-deviation", "plausible", (_DVAR, "std ** -1.5"))
_add("bnb-dvar-not-centred", "plausible", ("dx_hat * (x - mean) *", "dx_hat * x *"))
_add("bnb-factor-two-missing", "reported", ("dvar * 2 * (x - mean) / N", "dvar * (x - mean) / N"))
_add("bnb-variance-path-missing", "plausible", (" + dvar * 2 * (x - mean) / N", ""))
_add("bnb-variance-path-not-centred", "plausible", ("dvar * 2 * (x - mean)", "dvar * 2 * x"))
_add("bnb-variance-path-not-averaged", "plausible", ("2 * (x - mean) / N", "2 * (x - mean)"))
_add("bnb-mean-path-missing", "plausible", (" + dmean / N", ""))
_add("bnb-mean-path-not-averaged", "plausible", ("dmean / N", "dmean"))
_add("bnb-dmean-sign", "plausible", ("dmean = -np.sum", "dmean = np.sum"))
_add("bnb-direct-path-only", "plausible", (_DX, "dx_hat / std"))
_add("bnb-eps-missing", "plausible", ("std = np.sqrt(var + eps)", "std = np.sqrt(var)"), (_DVAR, "var ** -1.5"))
_add("bnb-dgamma-with-x", "plausible", ("np.sum(dout * x_hat, axis=0)", "np.sum(dout * x, axis=0)"))
_add("bnb-dgamma-with-dx-hat", "plausible", ("np.sum(dout * x_hat, axis=0)", "np.sum(dout * gamma * x_hat, axis=0)"))
_add("bnb-dgamma-dbeta-swapped", "plausible", ("return dx, dgamma, dbeta", "return dx, dbeta, dgamma"))
_add("bnb-order", "plausible", ("return dx, dgamma, dbeta", "return dgamma, dbeta, dx"))
_add(
    "bnb-means-for-sums",
    "plausible",
    ("np.sum(dout, axis=0)", "np.mean(dout, axis=0)"),
    ("np.sum(dout * x_hat, axis=0)", "np.mean(dout * x_hat, axis=0)"),
)
_add(
    "bnb-not-summed",
    "plausible",
    ("np.sum(dout, axis=0)", "dout"),
    ("np.sum(dout * x_hat, axis=0)", "dout * x_hat"),
)
_add(
    "bnb-sum-over-features",
    "plausible",
    ("np.sum(dout, axis=0)", "np.sum(dout, axis=1)"),
    ("np.sum(dout * x_hat, axis=0)", "np.sum(dout * x_hat, axis=1)"),
)
_add("bnb-empty", "seen", (_LINE, ""), ("return dx, dgamma, dbeta", "return None, None, None"))
_add("bnb-dx-empty", "plausible", (_LINE, "    dx = None\n"))
_add("bnb-dout-overwritten", "plausible", ("dx_hat = dout * gamma", "dout *= gamma\n    dx_hat = dout"))
_add(
    "bnb-cache-overwritten",
    "plausible",
    ("dgamma = np.sum(dout * x_hat, axis=0)", "x_hat *= dout\n    dgamma = np.sum(x_hat, axis=0)"),
)
_add("bnb-gamma-and-mean-path-missing", "plausible", ("dx_hat = dout * gamma", "dx_hat = dout"), (" + dmean / N", ""))
_add(
    "bnb-two-missing-dmean-root",
    "reported",
    ("dvar * 2 *", "dvar *"),
    ("dx_hat / std, axis=0", "dx_hat / std ** 2, axis=0"),
)
_add(
    "bnb-keepdims-n-from-features",
    "plausible",
    ("N, D = dout.shape", "D, N = dout.shape"),
    ("np.sum(dout, axis=0)", "np.sum(dout, axis=0, keepdims=True)"),
    ("np.sum(dout * x_hat, axis=0)", "np.sum(dout * x_hat, axis=0, keepdims=True)"),
)

SIMPLIFIED = Slips(
    "batchnorm_backward_alt",
    """\
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
""",
)

_add = SIMPLIFIED.add
_DX = "(N * dx_hat - total - x_hat * along) / (N * std)"

_add("bna-diagonal-only", "seen", (_DX, "dx_hat * (N - 1 - x_hat ** 2) / (N * std)"))
_add("bna-upstream-missing", "seen", ("dx_hat = dout * gamma", "dx_hat = gamma * np.ones_like(dout)"))
_add(
    "bna-power-missing",
    "seen",
    (_DX, "(N * dx_hat - total - (x - mean) * np.sum(dx_hat * (x - mean), axis=0)) / (N * std)"),
)
_add(
    "bna-sum-over-features",
    "seen",
    ("np.sum(dx_hat, axis=0)", "np.sum(dx_hat, axis=1, keepdims=True)"),
    ("np.sum(dx_hat * x_hat, axis=0)", "np.sum(dx_hat * x_hat, axis=1, keepdims=True)"),
)
_add(
    "bna-sum-of-all",
    "plausible",
    ("np.sum(dx_hat, axis=0)", "np.sum(dx_hat)"),
    ("np.sum(dx_hat * x_hat, axis=0)", "np.sum(dx_hat * x_hat)"),
)
_add("bna-empty", "seen", ("return dx, dgamma, dbeta", "return None, None, None"))
_add("bna-n-missing-inside", "plausible", ("(N * dx_hat - total", "(dx_hat - total"))
_add("bna-n-missing-outside", "plausible", ("/ (N * std)", "/ std"))
_add("bna-n-from-features", "seen", ("N, D = dout.shape", "D, N = dout.shape"))
_add("bna-gamma-missing", "plausible", ("dx_hat = dout * gamma", "dx_hat = dout"))
_add("bna-gamma-twice", "plausible", ("/ (N * std)", "* gamma / (N * std)"))
_add("bna-x-hat-before-sum-missing", "plausible", ("- x_hat * along", "- along"))
_add("bna-x-hat-in-sum-missing", "plausible", ("np.sum(dx_hat * x_hat, axis=0)", "np.sum(dx_hat, axis=0)"))
_add(
    "bna-product-of-sums",
    "plausible",
    ("np.sum(dx_hat * x_hat, axis=0)", "np.sum(dx_hat, axis=0) * np.sum(x_hat, axis=0)"),
)
_add("bna-x-hat-inside-sum", "plausible", ("x_hat * along", "np.sum(x_hat * dx_hat * x_hat, axis=0)"))
_add("bna-plus-mean", "plausible", ("- total -", "+ total -"))
_add("bna-plus-variance", "plausible", ("- x_hat * along", "+ x_hat * along"))
_add("bna-mean-term-missing", "plausible", (" - total", ""))
_add("bna-variance-term-missing", "plausible", (" - x_hat * along", ""))
_add("bna-deviation-missing", "plausible", ("/ (N * std)", "/ N"))
_add("bna-root-missing", "seen", ("std = np.sqrt(var + eps)", "std = var + eps"))
_add("bna-eps-missing", "plausible", ("std = np.sqrt(var + eps)", "std = np.sqrt(var)"))
_add("bna-eps-outside-root", "plausible", ("std = np.sqrt(var + eps)", "std = np.sqrt(var) + eps"))
_add("bna-eps-fixed", "seen", ("gamma, eps = cache", "gamma, _ = cache\n    eps = 1e-5"))
_add(
    "bna-dout-in-sums",
    "plausible",
    ("np.sum(dx_hat, axis=0)", "np.sum(dout, axis=0)"),
    ("np.sum(dx_hat * x_hat, axis=0)", "np.sum(dout * x_hat, axis=0)"),
)
_add("bna-dout-in-mean-term", "plausible", ("np.sum(dx_hat, axis=0)", "np.sum(dout, axis=0)"))
_add("bna-dout-in-variance-term", "plausible", ("np.sum(dx_hat * x_hat, axis=0)", "np.sum(dout * x_hat, axis=0)"))
_add("bna-x-for-x-hat", "plausible", ("np.sum(dx_hat * x_hat, axis=0)", "np.sum(dx_hat * x, axis=0)"))
_add("bna-dgamma-with-x", "plausible", ("dgamma = np.sum(dout * x_hat, axis=0)", "dgamma = np.sum(dout * x, axis=0)"))
_add("bna-dgamma-dbeta-swapped", "plausible", ("return dx, dgamma, dbeta", "return dx, dbeta, dgamma"))
_add(
    "bna-keepdims",
    "seen",
    ("np.sum(dout, axis=0)", "np.sum(dout, axis=0, keepdims=True)"),
    ("np.sum(dout * x_hat, axis=0)", "np.sum(dout * x_hat, axis=0, keepdims=True)"),
)
_add("bna-dout-overwritten", "plausible", ("dx_hat = dout * gamma", "dout *= gamma\n    dx_hat = dout"))
_add("bna-gamma-and-mean-term-missing", "plausible", ("dx_hat = dout * gamma", "dx_hat = dout"), (" - total", ""))
