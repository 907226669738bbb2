"""Wrong backward passes of dropout that students write."""

from __future__ import annotations

from functools import partial

from autograder.assignments.regularization.dropout_backward import NAME
from autograder.assignments.regularization.hints import HINTS
from autograder.checking.catalogue import Catalogue, in_each
from labkit.regularization import network

SOURCE = """\
def backward_propagation_with_dropout(X, Y, cache, keep_prob):
    m = X.shape[1]
    (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3) = cache
    dZ3 = A3 - Y
    dW3 = 1.0 / m * np.dot(dZ3, A2.T)
    db3 = 1.0 / m * np.sum(dZ3, axis=1, keepdims=True)
    dA2 = np.dot(W3.T, dZ3)
    dA2 = dA2 * D2
    dA2 = dA2 / keep_prob
    dZ2 = np.multiply(dA2, np.int64(A2 > 0))
    dW2 = 1.0 / m * np.dot(dZ2, A1.T)
    db2 = 1.0 / m * np.sum(dZ2, axis=1, keepdims=True)
    dA1 = np.dot(W2.T, dZ2)
    dA1 = dA1 * D1
    dA1 = dA1 / keep_prob
    dZ1 = np.multiply(dA1, np.int64(A1 > 0))
    dW1 = 1.0 / m * np.dot(dZ1, X.T)
    db1 = 1.0 / m * np.sum(dZ1, axis=1, keepdims=True)
    return {
        "dZ3": dZ3, "dW3": dW3, "db3": db3,
        "dA2": dA2, "dZ2": dZ2, "dW2": dW2, "db2": db2,
        "dA1": dA1, "dZ1": dZ1, "dW1": dW1, "db1": db1,
    }
"""

CATALOGUE = Catalogue(HINTS, vars(network))
_mistake = partial(CATALOGUE.mistake_in, NAME, SOURCE)
_MASKED = "    dA# = dA# * D#\n"
_SCALED = "    dA# = dA# / keep_prob\n"
_NEW = "    dA# = dA# * (np.random.rand(D#.shape[0], D#.shape[1]) < keep_prob)\n"

_mistake("dropout-backward-mask-skipped", "seen", *in_each("12", _MASKED, ""))
_mistake("dropout-backward-mask-skipped-z", "reported", *in_each("12", _MASKED, ""), *in_each("12", "A# > 0", "Z# > 0"))
_mistake("dropout-backward-scale-skipped", "reported", *in_each("12", _SCALED, ""))
_mistake("dropout-backward-plain", "reported", *in_each("12", _MASKED + _SCALED, ""))
_mistake("dropout-backward-m-lost", "seen", *in_each("123", "1.0 / m * np.dot(dZ#", "np.dot(dZ#"))
_mistake("dropout-backward-multiplied", "reported", *in_each("12", "dA# / keep_prob", "dA# * keep_prob"))
_mistake("dropout-backward-scaled-twice", "plausible", *in_each("12", "dA# / keep_prob", "dA# / keep_prob**2"))
_mistake("dropout-backward-scaled-by-drop", "plausible", *in_each("12", "dA# / keep_prob", "dA# / (1 - keep_prob)"))
_mistake("dropout-backward-new-mask", "plausible", *in_each("12", _MASKED, _NEW))
_mistake(
    "dropout-backward-new-seeded-mask",
    "plausible",
    *in_each("12", _MASKED, _NEW),
    ("    m = ", "    np.random.seed(1)\n    m = "),
)
_mistake("dropout-backward-masks-swapped", "plausible", ("dA2 * D2", "dA2 * D1"), ("dA1 * D1", "dA1 * D2"))
_mistake("dropout-backward-second-layer-only", "plausible", ("    dA1 = dA1 * D1\n    dA1 = dA1 / keep_prob\n", ""))
_mistake("dropout-backward-first-layer-only", "plausible", ("    dA2 = dA2 * D2\n    dA2 = dA2 / keep_prob\n", ""))
_mistake(
    "dropout-backward-on-dz",
    "plausible",
    *in_each("12", _MASKED + _SCALED, ""),
    *in_each("12", "np.int64(A# > 0))", "np.int64(A# > 0)) * D# / keep_prob"),
)
_mistake("dropout-backward-left-empty", "seen", *in_each("12", "dA# = dA# * D#", "dA# = None"))
_mistake("dropout-backward-relu", "plausible", *in_each("12", "np.multiply(dA#, np.int64(A# > 0))", "dA#"))
_mistake("dropout-backward-dz3-sign", "plausible", ("A3 - Y", "Y - A3"))
_mistake("dropout-backward-db-flat", "plausible", *in_each("123", "dZ#, axis=1, keepdims=True", "dZ#, axis=1"))
_mistake("dropout-backward-answers-changed", "plausible", ("dZ3 = A3 - Y", "dZ3 = A3\n    dZ3 -= Y"))
_mistake("dropout-backward-wrong-axis", "plausible", ("X.shape[1]", "X.shape[0]"))
_mistake("dropout-backward-first-mask-skipped", "plausible", *in_each("1", _MASKED, ""))
_mistake("dropout-backward-first-scale-skipped", "plausible", *in_each("1", _SCALED, ""))
_mistake("dropout-backward-first-multiplied", "plausible", *in_each("1", "dA# / keep_prob", "dA# * keep_prob"))
_mistake("dropout-backward-second-mask-skipped", "plausible", *in_each("2", _MASKED, ""))
_mistake("dropout-backward-second-scale-skipped", "plausible", *in_each("2", _SCALED, ""))
_mistake("dropout-backward-second-multiplied", "plausible", *in_each("2", "dA# / keep_prob", "dA# * keep_prob"))
_mistake("dropout-backward-mask-turned", "plausible", *in_each("12", "dA# = dA# * D#", "dA# = dA# * (1 - D#)"))
_mistake("dropout-backward-db-m-lost", "plausible", *in_each("123", "1.0 / m * np.sum(dZ#", "np.sum(dZ#"))
_mistake(
    "dropout-backward-m-lost-everywhere",
    "plausible",
    *in_each("123", "1.0 / m * np.dot(dZ#", "np.dot(dZ#"),
    *in_each("123", "1.0 / m * np.sum(dZ#", "np.sum(dZ#"),
)
_mistake("dropout-backward-extra-m", "plausible", ("dZ3 = A3 - Y", "dZ3 = 1.0 / m * (A3 - Y)"))
