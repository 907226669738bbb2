"""Wrong gradients of the L2 cost that students write."""

from __future__ import annotations

from functools import partial

from autograder.assignments.regularization.hints import HINTS
from autograder.assignments.regularization.l2_backward import NAME
from autograder.checking.catalogue import Catalogue, in_each
from labkit.regularization import network

SOURCE = """\
def backward_propagation_with_regularization(X, Y, cache, lambd):
    m = X.shape[1]
    (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3) = cache
    dZ3 = A3 - Y
    dW3 = 1.0 / m * np.dot(dZ3, A2.T) + lambd / m * W3
    db3 = 1.0 / m * np.sum(dZ3, axis=1, keepdims=True)
    dA2 = np.dot(W3.T, dZ3)
    dZ2 = np.multiply(dA2, np.int64(A2 > 0))
    dW2 = 1.0 / m * np.dot(dZ2, A1.T) + lambd / m * W2
    db2 = 1.0 / m * np.sum(dZ2, axis=1, keepdims=True)
    dA1 = np.dot(W2.T, dZ2)
    dZ1 = np.multiply(dA1, np.int64(A1 > 0))
    dW1 = 1.0 / m * np.dot(dZ1, X.T) + lambd / m * W1
    db1 = 1.0 / m * np.sum(dZ1, axis=1, keepdims=True)
    return {
        "dZ3": dZ3, "dW3": dW3, "db3": db3,
        "dA2": dA2, "dZ2": dZ2, "dW2": dW2, "db2": db2,
        "dA1": dA1, "dZ1": dZ1, "dW1": dW1, "db1": db1,
    }
"""

CATALOGUE = Catalogue(HINTS, vars(network))
_mistake = partial(CATALOGUE.mistake_in, NAME, SOURCE)
_PENALTY = "lambd / m * W#"
_DATA = in_each("123", "1.0 / m * np.dot(dZ#", "np.dot(dZ#")
_DB = "db# = 1.0 / m * np.sum(dZ#, axis=1, keepdims=True)"

_mistake("l2-backward-weight-count", "seen", *in_each("123", _PENALTY, "lambd / W#.size * W#"))
_mistake("l2-backward-data-m-lost", "seen", *_DATA)
_mistake("l2-backward-scalar", "reported", *in_each("123", _PENALTY, "lambd * np.sum(W#) / m"))
_mistake("l2-backward-signature-more", "seen", ("(X, Y, cache, lambd)", "(X, Y, cache, parameters, lambd)"))
_mistake(
    "l2-backward-signature-fewer",
    "seen",
    ("(X, Y, cache, lambd)", "(X, Y, cache)"),
    *in_each("123", _PENALTY, "0.7 / m * W#"),
)
_mistake("l2-backward-extra-m", "reported", ("dZ3 = A3 - Y", "dZ3 = 1.0 / m * (A3 - Y)"))
_mistake("l2-backward-data-m-twice", "plausible", *in_each("123", "1.0 / m * np.dot(dZ#", "1.0 / m ** 2 * np.dot(dZ#"))
_mistake("l2-backward-half-left", "plausible", *in_each("123", _PENALTY, "lambd / (2 * m) * W#"))
_mistake("l2-backward-doubled", "plausible", *in_each("123", _PENALTY, "2 * lambd / m * W#"))
_mistake("l2-backward-biases", "plausible", *in_each("123", _DB, _DB + " + lambd / m * b#"))
_mistake("l2-backward-only-dw3", "plausible", *in_each("12", " + " + _PENALTY, ""))
_mistake("l2-backward-first-layer-missing", "plausible", *in_each("1", " + " + _PENALTY, ""))
_mistake("l2-backward-m-lost", "plausible", *in_each("123", _PENALTY, "lambd * W#"))
_mistake("l2-backward-all-m-lost", "plausible", *_DATA, *in_each("123", _PENALTY, "lambd * W#"))
_mistake("l2-backward-subtracted", "plausible", *in_each("123", " + " + _PENALTY, " - " + _PENALTY))
_mistake("l2-backward-weights-squared", "plausible", *in_each("123", _PENALTY, "lambd / m * np.square(W#)"))
_mistake("l2-backward-no-penalty", "plausible", *in_each("123", " + " + _PENALTY, ""))
_mistake("l2-backward-lambda-missing", "plausible", *in_each("123", _PENALTY, "W# / m"))
_mistake("l2-backward-sign-only", "plausible", *in_each("123", _PENALTY, "lambd / m * np.sign(W#)"))
_mistake("l2-backward-wrong-axis", "plausible", ("X.shape[1]", "X.shape[0]"))
_mistake(
    "l2-backward-weights-changed",
    "plausible",
    *in_each("123", "    dW# =", "    W# *= lambd / m\n    dW# ="),
    *in_each("123", _PENALTY, "W#"),
)
_mistake("l2-backward-relu", "plausible", *in_each("12", "np.multiply(dA#, np.int64(A# > 0))", "dA#"))
_mistake("l2-backward-dz3-sign", "plausible", ("A3 - Y", "Y - A3"))
_mistake("l2-backward-answers-changed", "plausible", ("dZ3 = A3 - Y", "dZ3 = A3\n    dZ3 -= Y"))
_mistake("l2-backward-db-flat", "plausible", *in_each("123", "dZ#, axis=1, keepdims=True", "dZ#, axis=1"))
_mistake("l2-backward-db-axis", "plausible", *in_each("123", "dZ#, axis=1", "dZ#, axis=0"))
_mistake(
    "l2-backward-penalty-in-da",
    "plausible",
    ("dA2 = np.dot(W3.T, dZ3)", "dA2 = np.dot(W3.T, dZ3 + lambd / m)"),
)
_mistake("l2-backward-second-layer-missing", "plausible", *in_each("2", " + " + _PENALTY, ""))
_mistake("l2-backward-last-layer-missing", "plausible", *in_each("3", " + " + _PENALTY, ""))
_mistake("l2-backward-only-dw1", "plausible", *in_each("23", " + " + _PENALTY, ""))
_mistake("l2-backward-penalty-wrong-axis", "plausible", *in_each("123", _PENALTY, "lambd / X.shape[0] * W#"))
_mistake(
    "l2-backward-penalty-itself", "plausible", *in_each("123", _PENALTY, "lambd / (2 * m) * np.sum(np.square(W#))")
)
_mistake("l2-backward-penalty-m-twice", "plausible", *in_each("123", _PENALTY, "lambd / m ** 2 * W#"))
_mistake("l2-backward-db-m-lost", "plausible", *in_each("123", "1.0 / m * np.sum(dZ#", "np.sum(dZ#"))
_mistake("l2-backward-m-lost-everywhere", "plausible", *_DATA, *in_each("123", "1.0 / m * np.sum(dZ#", "np.sum(dZ#"))
