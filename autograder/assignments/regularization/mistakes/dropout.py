"""Wrong implementations of the dropout functions, each a right one with a slip."""

from __future__ import annotations

from autograder.assignments.regularization import dropout_forward as dropout
from autograder.assignments.regularization.hints import HINTS
from autograder.checking.catalogue import Catalogue
from labkit.regularization import network

CATALOGUE = Catalogue(HINTS, vars(network))

FORWARD_SOURCE = """\
def forward_propagation_with_dropout(X, parameters, keep_prob=0.5):
    W1 = parameters["W1"]
    b1 = parameters["b1"]
    W2 = parameters["W2"]
    b2 = parameters["b2"]
    W3 = parameters["W3"]
    b3 = parameters["b3"]
    Z1 = np.dot(W1, X) + b1
    A1 = relu(Z1)
    D1 = np.random.rand(A1.shape[0], A1.shape[1])
    D1 = (D1 < keep_prob).astype(int)
    A1 = A1 * D1
    A1 = A1 / keep_prob
    Z2 = np.dot(W2, A1) + b2
    A2 = relu(Z2)
    D2 = np.random.rand(A2.shape[0], A2.shape[1])
    D2 = (D2 < keep_prob).astype(int)
    A2 = A2 * D2
    A2 = A2 / keep_prob
    Z3 = np.dot(W3, A2) + b3
    A3 = sigmoid(Z3)
    cache = (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3)
    return A3, cache
"""

BACKWARD_SOURCE = """\
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


def _forward(id: str, origin: str, *changes: tuple[str, str]) -> None:
    CATALOGUE.slip(dropout.FORWARD, f"dropout-forward-{id}", origin, FORWARD_SOURCE, *changes)


def _backward(id: str, origin: str, *changes: tuple[str, str]) -> None:
    CATALOGUE.slip(dropout.BACKWARD, f"dropout-backward-{id}", origin, BACKWARD_SOURCE, *changes)


def _both(right: str, wrong: str) -> list[tuple[str, str]]:
    """The same change in both hidden layers; # stands for the layer's number."""
    return [(right.replace("#", n), wrong.replace("#", n)) for n in "12"]


_NORMAL = ("np.random.rand(", "np.random.randn(")
_GREATER = _both("(D# < keep_prob)", "(D# > keep_prob)")
_NO_SCALING = _both("    A# = A# / keep_prob\n", "")
_DRAW = "np.random.rand(A#.shape[0], A#.shape[1])"
_CACHE = "cache = (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3)"

_forward("normal-draws", "seen", _NORMAL)
_forward("greater-than", "seen", *_GREATER)
_forward("entry-an-example", "seen", *_both(_DRAW, "np.random.rand(1, A#.shape[1])"))
_forward("entry-a-unit", "seen", *_both(_DRAW, "np.random.rand(A#.shape[0], 1)"))
_forward(
    "repeated-over-units",
    "plausible",
    *_both(_DRAW, "np.repeat(np.random.rand(1, A#.shape[1]), A#.shape[0], axis=0)"),
)
_forward(
    "repeated-over-examples",
    "plausible",
    *_both(_DRAW, "np.repeat(np.random.rand(A#.shape[0], 1), A#.shape[1], axis=1)"),
)
_forward("cast-to-int", "seen", *_both("A# = A# / keep_prob", "A# = (A# / keep_prob).astype(int)"))
_forward("no-scaling", "plausible", *_NO_SCALING)
_forward("first-layer-scaled", "plausible", ("    A2 = A2 / keep_prob\n", ""))
_forward("multiplied", "plausible", *_both("A# / keep_prob", "A# * keep_prob"))
_forward("scaled-by-drop", "plausible", *_both("A# / keep_prob", "A# / (1 - keep_prob)"))
_forward(
    "output-mask",
    "plausible",
    ("A3 = sigmoid(Z3)", "A3 = sigmoid(Z3)\n    A3 = A3 * (np.random.rand(*A3.shape) < keep_prob) / keep_prob"),
)
_forward(
    "input-mask", "plausible", ("    Z1 =", "    X = X * (np.random.rand(*X.shape) < keep_prob) / keep_prob\n    Z1 =")
)
_forward("mask-not-cached", "plausible", (_CACHE, _CACHE.replace("D1, ", "").replace("D2, ", "")))
_forward(
    "plain",
    "plausible",
    *_both("    A# = A# * D#\n", ""),
    *_NO_SCALING,
    *_both("(D# < keep_prob).astype(int)", "np.ones(D#.shape)"),
)
_forward(
    "same-mask",
    "plausible",
    ("    D2 = np.random.rand(A2.shape[0], A2.shape[1])\n", ""),
    ("D2 = (D2 < keep_prob).astype(int)", "D2 = D1"),
)
_forward("seeded-twice", "plausible", *_both("    D# = np.random", "    np.random.seed(1)\n    D# = np.random"))
_forward("fixed-half", "plausible", *_both("D# < keep_prob", "D# < 0.5"))
_forward("rounded-draws", "plausible", *_both("D# < keep_prob", "np.round(D#) < keep_prob"))
_forward(
    "second-mask-missing",
    "plausible",
    ("(D2 < keep_prob).astype(int)", "np.ones(A2.shape)"),
    ("    A2 = A2 / keep_prob\n", ""),
)
_forward(
    "scaled-mask",
    "plausible",
    *_both("(D# < keep_prob).astype(int)", "(D# < keep_prob) / keep_prob"),
    *_NO_SCALING,
)
_forward(
    "cached-before-mask",
    "plausible",
    *_both("    A# = A# * D#\n    A# = A# / keep_prob\n", "    H# = A# * D# / keep_prob\n"),
    ("np.dot(W2, A1)", "np.dot(W2, H1)"),
    ("np.dot(W3, A2)", "np.dot(W3, H2)"),
)
_forward("z-overwritten", "plausible", *_both("A# = A# * D#", "Z# = Z# * D#\n    A# = relu(Z#)"))
_forward("no-cache", "plausible", ("return A3, cache", "return A3"))
_forward("greater-and-no-scaling", "plausible", *_GREATER, *_NO_SCALING)
_forward("normal-and-no-scaling", "plausible", _NORMAL, *_NO_SCALING)

_MASKED = "    dA# = dA# * D#\n"
_SCALED = "    dA# = dA# / keep_prob\n"
_NEW = "    dA# = dA# * (np.random.rand(D#.shape[0], D#.shape[1]) < keep_prob)\n"

_backward("mask-skipped", "seen", *_both(_MASKED, ""))
_backward("mask-skipped-z", "reported", *_both(_MASKED, ""), *_both("A# > 0", "Z# > 0"))
_backward("scale-skipped", "reported", *_both(_SCALED, ""))
_backward("plain", "reported", *_both(_MASKED + _SCALED, ""))
_backward("m-lost", "seen", ("1.0 / m * np.dot(", "np.dot("))
_backward("multiplied", "reported", *_both("dA# / keep_prob", "dA# * keep_prob"))
_backward("scaled-twice", "plausible", *_both("dA# / keep_prob", "dA# / keep_prob**2"))
_backward("scaled-by-drop", "plausible", *_both("dA# / keep_prob", "dA# / (1 - keep_prob)"))
_backward("new-mask", "plausible", *_both(_MASKED, _NEW))
_backward("new-seeded-mask", "plausible", *_both(_MASKED, _NEW), ("    m = ", "    np.random.seed(1)\n    m = "))
_backward("masks-swapped", "plausible", ("dA2 * D2", "dA2 * D1"), ("dA1 * D1", "dA1 * D2"))
_backward("second-layer-only", "plausible", ("    dA1 = dA1 * D1\n    dA1 = dA1 / keep_prob\n", ""))
_backward("first-layer-only", "plausible", ("    dA2 = dA2 * D2\n    dA2 = dA2 / keep_prob\n", ""))
_backward(
    "on-dz",
    "plausible",
    *_both(_MASKED + _SCALED, ""),
    *_both("np.int64(A# > 0))", "np.int64(A# > 0)) * D# / keep_prob"),
)
_backward("left-empty", "seen", *_both("dA# = dA# * D#", "dA# = None"))
_backward("relu", "plausible", *_both("np.multiply(dA#, np.int64(A# > 0))", "dA#"))
_backward("dz3-sign", "plausible", ("A3 - Y", "Y - A3"))
_backward("db-flat", "plausible", (", keepdims=True", ""))
_backward("answers-changed", "plausible", ("dZ3 = A3 - Y", "dZ3 = A3\n    dZ3 -= Y"))
_backward("wrong-axis", "plausible", ("X.shape[1]", "X.shape[0]"))
