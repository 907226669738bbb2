"""Wrong forward passes of dropout that students write."""

from __future__ import annotations

from functools import partial

from autograder.assignments.regularization.dropout_forward import NAME
from autograder.assignments.regularization.hints import HINTS
from autograder.checking.catalogue import Catalogue, in_each
from labkit.regularization import network

SOURCE = """\
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

CATALOGUE = Catalogue(HINTS, vars(network))
_mistake = partial(CATALOGUE.mistake_in, NAME, SOURCE)
_NORMAL = in_each("12", "np.random.rand(A#", "np.random.randn(A#")
_GREATER = in_each("12", "(D# < keep_prob)", "(D# > keep_prob)")
_NO_SCALING = in_each("12", "    A# = A# / keep_prob\n", "")
_DRAW = "np.random.rand(A#.shape[0], A#.shape[1])"
_CACHE = "cache = (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3)"

_mistake("dropout-forward-normal-draws", "seen", *_NORMAL)
_mistake("dropout-forward-normal-and-greater", "seen", *_NORMAL, *_GREATER)
_mistake("dropout-forward-first-greater-than", "seen", *in_each("1", "(D# < keep_prob)", "(D# > keep_prob)"))
_mistake("dropout-forward-second-greater-than", "seen", *in_each("2", "(D# < keep_prob)", "(D# > keep_prob)"))
_mistake("dropout-forward-greater-than", "seen", *_GREATER)
_mistake("dropout-forward-entry-an-example", "seen", *in_each("12", _DRAW, "np.random.rand(1, A#.shape[1])"))
_mistake("dropout-forward-entry-a-unit", "seen", *in_each("12", _DRAW, "np.random.rand(A#.shape[0], 1)"))
_mistake(
    "dropout-forward-repeated-over-units",
    "plausible",
    *in_each("12", _DRAW, "np.repeat(np.random.rand(1, A#.shape[1]), A#.shape[0], axis=0)"),
)
_mistake(
    "dropout-forward-repeated-over-examples",
    "plausible",
    *in_each("12", _DRAW, "np.repeat(np.random.rand(A#.shape[0], 1), A#.shape[1], axis=1)"),
)
_mistake(
    "dropout-forward-cast-to-int", "seen", *in_each("12", "A# = A# / keep_prob", "A# = (A# / keep_prob).astype(int)")
)
_mistake("dropout-forward-no-scaling", "plausible", *_NO_SCALING)
_mistake("dropout-forward-first-layer-scaled", "plausible", ("    A2 = A2 / keep_prob\n", ""))
_mistake("dropout-forward-second-layer-scaled", "plausible", ("    A1 = A1 / keep_prob\n", ""))
_mistake("dropout-forward-mask-not-applied", "plausible", *in_each("12", "    A# = A# * D#\n", ""))
_mistake("dropout-forward-only-cached", "plausible", *in_each("12", "    A# = A# * D#\n", ""), *_NO_SCALING)
_mistake("dropout-forward-mask-turned", "plausible", *in_each("12", "A# = A# * D#", "A# = A# * (1 - D#)"))
_mistake("dropout-forward-scaled-twice", "plausible", *in_each("12", "A# / keep_prob", "A# / keep_prob ** 2"))
_mistake("dropout-forward-scaled-by-two", "plausible", *in_each("12", "A# / keep_prob", "A# / 0.5"))
_mistake("dropout-forward-multiplied", "plausible", *in_each("12", "A# / keep_prob", "A# * keep_prob"))
_mistake("dropout-forward-scaled-by-drop", "plausible", *in_each("12", "A# / keep_prob", "A# / (1 - keep_prob)"))
_mistake(
    "dropout-forward-output-mask",
    "plausible",
    ("A3 = sigmoid(Z3)", "A3 = sigmoid(Z3)\n    A3 = A3 * (np.random.rand(*A3.shape) < keep_prob) / keep_prob"),
)
_mistake(
    "dropout-forward-input-mask",
    "plausible",
    ("    Z1 =", "    X = X * (np.random.rand(*X.shape) < keep_prob) / keep_prob\n    Z1 ="),
)
_mistake("dropout-forward-mask-not-cached", "plausible", (_CACHE, _CACHE.replace("D1, ", "").replace("D2, ", "")))
_mistake(
    "dropout-forward-plain",
    "plausible",
    *in_each("12", "    A# = A# * D#\n", ""),
    *_NO_SCALING,
    *in_each("12", "(D# < keep_prob).astype(int)", "np.ones(D#.shape)"),
)
_mistake(
    "dropout-forward-same-mask",
    "plausible",
    ("    D2 = np.random.rand(A2.shape[0], A2.shape[1])\n", ""),
    ("D2 = (D2 < keep_prob).astype(int)", "D2 = D1"),
)
_mistake(
    "dropout-forward-seeded-twice",
    "plausible",
    *in_each("12", "    D# = np.random", "    np.random.seed(1)\n    D# = np.random"),
)
_mistake("dropout-forward-fixed-half", "plausible", *in_each("12", "D# < keep_prob", "D# < 0.5"))
_mistake("dropout-forward-rounded-draws", "plausible", *in_each("12", "D# < keep_prob", "np.round(D#) < keep_prob"))
_mistake(
    "dropout-forward-second-mask-missing",
    "plausible",
    ("(D2 < keep_prob).astype(int)", "np.ones(A2.shape)"),
    ("    A2 = A2 / keep_prob\n", ""),
)
_mistake(
    "dropout-forward-scaled-mask",
    "plausible",
    *in_each("12", "(D# < keep_prob).astype(int)", "(D# < keep_prob) / keep_prob"),
    *_NO_SCALING,
)
_mistake(
    "dropout-forward-cached-before-mask",
    "plausible",
    *in_each("12", "    A# = A# * D#\n    A# = A# / keep_prob\n", "    H# = A# * D# / keep_prob\n"),
    ("np.dot(W2, A1)", "np.dot(W2, H1)"),
    ("np.dot(W3, A2)", "np.dot(W3, H2)"),
)
_mistake(
    "dropout-forward-z-overwritten", "plausible", *in_each("12", "A# = A# * D#", "Z# = Z# * D#\n    A# = relu(Z#)")
)
_mistake("dropout-forward-no-default", "seen", ("keep_prob=0.5", "keep_prob"))
_mistake("dropout-forward-no-cache", "plausible", ("return A3, cache", "return A3"))
_mistake("dropout-forward-greater-and-no-scaling", "plausible", *_GREATER, *_NO_SCALING)
_mistake("dropout-forward-normal-and-no-scaling", "plausible", *_NORMAL, *_NO_SCALING)
