"""Wrong forward passes that students write."""

from __future__ import annotations

from functools import partial

from autograder.assignments.batch_normalization.backward import NAME as STAGED
from autograder.assignments.batch_normalization.backward_alt import NAME as SIMPLIFIED
from autograder.assignments.batch_normalization.forward import FUNCTION
from autograder.assignments.batch_normalization.forward_test import NAME as TEST_NAME
from autograder.assignments.batch_normalization.forward_train import NAME as TRAIN_NAME
from autograder.assignments.batch_normalization.hints import HINTS
from autograder.checking.catalogue import Catalogue

SOURCE = """\
def batchnorm_forward(x, gamma, beta, bn_param):
    mode = bn_param['mode']
    eps = bn_param.get('eps', 1e-5)
    momentum = bn_param.get('momentum', 0.9)
    N, D = x.shape
    running_mean = bn_param.get('running_mean', np.zeros(D))
    running_var = bn_param.get('running_var', np.zeros(D))
    if mode == 'train':
        mean = np.mean(x, axis=0)
        var = np.var(x, axis=0)
        x_hat = (x - mean) / np.sqrt(var + eps)
        out = gamma * x_hat + beta
        cache = (x, mean, var, x_hat, gamma, eps)
        bn_param['running_mean'] = momentum * running_mean + (1 - momentum) * mean
        bn_param['running_var'] = momentum * running_var + (1 - momentum) * var
    elif mode == 'test':
        x_test = (x - running_mean) / np.sqrt(running_var + eps)
        out = gamma * x_test + beta
        cache = (x, running_mean, running_var, x_test, gamma, eps)
    else:
        raise ValueError('unknown mode')
    return out, cache
"""

CATALOGUE = Catalogue(HINTS)
_mistake = partial(CATALOGUE.mistake_in, FUNCTION, SOURCE)

TRAIN = (TRAIN_NAME,)
WITH_BACKWARD = (*TRAIN, STAGED, SIMPLIFIED)
"""Where a statistic is not that of a feature, the textbook's backward pass is no numeric gradient of the forward."""
TEST = (TEST_NAME,)

# the deviation
_TRAIN_ROOT, _TEST_ROOT = "np.sqrt(var + eps)", "np.sqrt(running_var + eps)"
_mistake(
    "bn-eps-outside-root", "seen", (_TRAIN_ROOT, "(np.sqrt(var) + eps)"), (_TEST_ROOT, "(np.sqrt(running_var) + eps)")
)
_mistake("bn-train-eps-outside-root", "plausible", (_TRAIN_ROOT, "(np.sqrt(var) + eps)"), checks=TRAIN)
_mistake("bn-test-eps-outside-root", "seen", (_TEST_ROOT, "(np.sqrt(running_var) + eps)"), checks=TEST)
_mistake("bn-eps-missing", "plausible", (_TRAIN_ROOT, "np.sqrt(var)"), (_TEST_ROOT, "np.sqrt(running_var)"))
_mistake("bn-train-eps-missing", "plausible", (_TRAIN_ROOT, "np.sqrt(var)"), checks=TRAIN)
_mistake("bn-test-eps-missing", "seen", (_TEST_ROOT, "np.sqrt(running_var)"), checks=TEST)
_mistake("bn-root-missing", "seen", (_TRAIN_ROOT, "(var + eps)"), (_TEST_ROOT, "(running_var + eps)"))
_mistake("bn-train-root-missing", "plausible", (_TRAIN_ROOT, "(var + eps)"), checks=TRAIN)
_mistake("bn-test-root-missing", "plausible", (_TEST_ROOT, "(running_var + eps)"), checks=TEST)
_mistake(
    "bn-eps-squared", "plausible", (_TRAIN_ROOT, "np.sqrt(var + eps**2)"), (_TEST_ROOT, "np.sqrt(running_var + eps**2)")
)
_mistake("bn-eps-fixed", "plausible", ("bn_param.get('eps', 1e-5)", "1e-5"))
_mistake("bn-train-eps-fixed", "plausible", (_TRAIN_ROOT, "np.sqrt(var + 1e-5)"), checks=TRAIN)
_mistake("bn-test-eps-fixed", "plausible", (_TEST_ROOT, "np.sqrt(running_var + 1e-5)"), checks=TEST)
_mistake("bn-test-eps-subtracted", "plausible", (_TEST_ROOT, "np.sqrt(running_var - eps)"), checks=TEST)
_mistake("bn-train-multiplied", "plausible", (f"/ {_TRAIN_ROOT}", f"* {_TRAIN_ROOT}"), checks=TRAIN)
_mistake("bn-test-multiplied", "plausible", (f"/ {_TEST_ROOT}", f"* {_TEST_ROOT}"), checks=TEST)
_mistake("bn-eps-default", "plausible", ("bn_param.get('eps', 1e-5)", "bn_param.get('eps', 1e-8)"))

# scale and shift
_mistake(
    "bn-gamma-beta-swapped",
    "plausible",
    ("gamma * x_hat + beta", "beta * x_hat + gamma"),
    ("gamma * x_test + beta", "beta * x_test + gamma"),
)
_mistake("bn-train-gamma-missing", "plausible", ("gamma * x_hat + beta", "x_hat + beta"), checks=TRAIN)
_mistake("bn-train-beta-missing", "plausible", ("gamma * x_hat + beta", "gamma * x_hat"), checks=TRAIN)
_mistake("bn-train-scale-and-shift-missing", "plausible", ("gamma * x_hat + beta", "x_hat"), checks=TRAIN)
_mistake("bn-test-gamma-missing", "seen", ("gamma * x_test + beta", "x_test + beta"), checks=TEST)
_mistake("bn-test-beta-missing", "seen", ("gamma * x_test + beta", "gamma * x_test"), checks=TEST)
_mistake("bn-test-scale-and-shift-missing", "seen", ("gamma * x_test + beta", "x_test"), checks=TEST)
_mistake(
    "bn-shift-before-scale",
    "plausible",
    ("gamma * x_hat + beta", "gamma * (x_hat + beta)"),
    ("gamma * x_test + beta", "gamma * (x_test + beta)"),
)

_mistake("bn-train-not-normalised", "plausible", ("gamma * x_hat + beta", "gamma * x + beta"), checks=TRAIN)
_mistake("bn-test-not-normalised", "plausible", ("gamma * x_test + beta", "gamma * x + beta"), checks=TEST)

# the statistics of the batch
_mistake("bn-unbiased-variance", "plausible", ("np.var(x, axis=0)", "np.var(x, axis=0, ddof=1)"), checks=TRAIN)
_mistake("bn-sum-for-variance", "plausible", ("np.var(x, axis=0)", "np.sum((x - mean) ** 2, axis=0)"), checks=TRAIN)
_mistake("bn-deviation-for-variance", "plausible", ("np.var(x, axis=0)", "np.std(x, axis=0)"), checks=TRAIN)
_mistake(
    "bn-variance-of-squares",
    "plausible",
    ("np.var(x, axis=0)", "np.mean(x ** 2, axis=0) - mean ** 2"),
    checks=TRAIN,
)
_mistake("bn-variance-not-centred", "plausible", ("np.var(x, axis=0)", "np.mean(x ** 2, axis=0)"), checks=TRAIN)
_mistake("bn-train-mean-not-subtracted", "plausible", ("(x - mean) / np", "x / np"), checks=TRAIN)
_mistake(
    "bn-axis-of-features",
    "plausible",
    ("np.mean(x, axis=0)", "np.mean(x, axis=1, keepdims=True)"),
    ("np.var(x, axis=0)", "np.var(x, axis=1, keepdims=True)"),
    checks=WITH_BACKWARD,
)
_mistake(
    "bn-axis-not-examples",
    "seen",
    ("np.mean(x, axis=0)", "np.mean(x, axis=1)"),
    ("np.var(x, axis=0)", "np.var(x, axis=1)"),
    checks=WITH_BACKWARD,
)
_mistake(
    "bn-no-axis",
    "plausible",
    ("np.mean(x, axis=0)", "np.mean(x)"),
    ("np.var(x, axis=0)", "np.var(x)"),
    checks=WITH_BACKWARD,
)
_mistake(
    "bn-keepdims",
    "seen",
    ("np.mean(x, axis=0)", "np.mean(x, axis=0, keepdims=True)"),
    ("np.var(x, axis=0)", "np.var(x, axis=0, keepdims=True)"),
    checks=TRAIN,
)

# the running statistics
_MEAN_LINE = "        bn_param['running_mean'] = momentum * running_mean + (1 - momentum) * mean\n"
_VAR_LINE = "        bn_param['running_var'] = momentum * running_var + (1 - momentum) * var\n"
_SWAPPED = (
    ("momentum * running_mean + (1 - momentum) * mean", "(1 - momentum) * running_mean + momentum * mean"),
    ("momentum * running_var + (1 - momentum) * var", "(1 - momentum) * running_var + momentum * var"),
)
_mistake("bn-running-not-stored", "seen", (_MEAN_LINE, ""), (_VAR_LINE, ""), checks=TRAIN)
_mistake("bn-running-mean-not-stored", "plausible", (_MEAN_LINE, ""), checks=TRAIN)
_mistake("bn-running-var-not-stored", "plausible", (_VAR_LINE, ""), checks=TRAIN)
_mistake("bn-momentum-swapped", "plausible", *_SWAPPED, checks=TRAIN)
_mistake("bn-momentum-fixed", "plausible", ("bn_param.get('momentum', 0.9)", "0.9"), checks=TRAIN)
_mistake(
    "bn-momentum-default",
    "reported",
    ("bn_param.get('momentum', 0.9)", "bn_param.get('momentum', 0.99)"),
    checks=TRAIN,
)
_mistake("bn-running-var-with-eps", "seen", ("(1 - momentum) * var", "(1 - momentum) * (var + eps)"), checks=TRAIN)
_mistake("bn-running-deviation", "plausible", ("(1 - momentum) * var", "(1 - momentum) * np.sqrt(var)"), checks=TRAIN)
_mistake(
    "bn-running-var-unbiased",
    "reported",
    ("(1 - momentum) * var", "(1 - momentum) * var * N / max(N - 1, 1)"),
    checks=TRAIN,
)
_mistake(
    "bn-first-batch-initialises",
    "seen",
    ("bn_param.get('running_mean', np.zeros(D))", "bn_param.get('running_mean', np.mean(x, axis=0))"),
    ("bn_param.get('running_var', np.zeros(D))", "bn_param.get('running_var', np.var(x, axis=0))"),
)
_mistake("bn-running-var-starts-at-one", "reported", ("'running_var', np.zeros(D)", "'running_var', np.ones(D)"))
_mistake(
    "bn-running-replaced",
    "plausible",
    ("momentum * running_mean + (1 - momentum) * mean", "mean"),
    ("momentum * running_var + (1 - momentum) * var", "var"),
    checks=TRAIN,
)
_mistake(
    "bn-running-sum",
    "plausible",
    ("momentum * running_mean + (1 - momentum) * mean", "running_mean + (1 - momentum) * mean"),
    ("momentum * running_var + (1 - momentum) * var", "running_var + (1 - momentum) * var"),
    checks=TRAIN,
)
_mistake(
    "bn-train-uses-running",
    "plausible",
    (
        "x_hat = (x - mean) / np.sqrt(var + eps)",
        "x_hat = (x - mean) / np.sqrt(var + eps)\n        x_run = (x - running_mean) / np.sqrt(running_var + eps)",
    ),
    ("gamma * x_hat + beta", "gamma * x_run + beta"),
    checks=TRAIN,
)

_mistake(
    "bn-train-uses-moved",
    "plausible",
    (_MEAN_LINE + _VAR_LINE, ""),
    (
        "        x_hat = (x - mean) /",
        _MEAN_LINE + _VAR_LINE + "        mean, var = bn_param['running_mean'], bn_param['running_var']\n"
        "        x_hat = (x - mean) /",
    ),
    checks=TRAIN,
)

# test mode
_mistake(
    "bn-test-uses-batch",
    "seen",
    (
        "x_test = (x - running_mean) / np.sqrt(running_var + eps)",
        "x_test = (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps)",
    ),
    checks=TEST,
)
_mistake("bn-test-batch-mean", "plausible", ("(x - running_mean)", "(x - x.mean(axis=0))"), checks=TEST)
_mistake("bn-test-batch-variance", "plausible", (_TEST_ROOT, "np.sqrt(x.var(axis=0) + eps)"), checks=TEST)
_mistake("bn-test-mean-not-subtracted", "plausible", ("(x - running_mean)", "x"), checks=TEST)
_mistake(
    "bn-test-updates-running",
    "seen",
    (
        "    else:\n",
        (_MEAN_LINE + _VAR_LINE).replace("* mean", "* np.mean(x, axis=0)").replace("* var", "* np.var(x, axis=0)")
        + "    else:\n",
    ),
    checks=TEST,
)
_mistake(
    "bn-test-uses-moved",
    "plausible",
    (
        "        x_test =",
        "        running_mean = momentum * running_mean + (1 - momentum) * x.mean(axis=0)\n"
        "        running_var = momentum * running_var + (1 - momentum) * x.var(axis=0)\n"
        "        x_test =",
    ),
    checks=TEST,
)
_mistake("bn-test-bessel", "plausible", (_TEST_ROOT, "np.sqrt(running_var * N / max(N - 1, 1) + eps)"), checks=TEST)
_mistake("bn-test-empty", "seen", ("out = gamma * x_test + beta", "out = None"), checks=TEST)
_mistake(
    "bn-mode-not-checked",
    "plausible",
    ("    else:\n        raise ValueError('unknown mode')\n", ""),
    ("elif mode == 'test':", "else:"),
    checks=TEST,
)
_mistake(
    "bn-mode-other-error",
    "plausible",
    ("raise ValueError('unknown mode')", "raise Exception('unknown mode')"),
    checks=TEST,
)
_mistake("bn-mode-unbound", "plausible", ("raise ValueError('unknown mode')", "pass"), checks=TEST)
_mistake(
    "bn-mode-printed",
    "plausible",
    ("raise ValueError('unknown mode')", "print('unknown mode')\n        out, cache = x, None"),
    checks=TEST,
)

# writing where nothing is to be written
_mistake(
    "bn-x-overwritten",
    "plausible",
    ("    N, D = x.shape\n", "    N, D = x.shape\n    x0 = x\n    x = x * 1.0\n"),
    ("        cache = (x, mean", "        x0 -= mean\n        cache = (x, mean"),
    checks=TRAIN,
)
