"""Wrong implementations of the L2 functions, each a right one with a slip."""

from __future__ import annotations

from autograder.assignments.regularization import l2_cost as l2
from autograder.assignments.regularization.hints import HINTS
from autograder.checking.catalogue import Catalogue
from labkit.regularization import network

CATALOGUE = Catalogue(HINTS, vars(network))

COST_SOURCE = """\
def compute_cost_with_regularization(A3, Y, parameters, lambd):
    m = Y.shape[1]
    W1 = parameters["W1"]
    W2 = parameters["W2"]
    W3 = parameters["W3"]
    cross_entropy_cost = compute_cost(A3, Y)
    squares = np.sum(np.square(W1)) + np.sum(np.square(W2)) + np.sum(np.square(W3))
    L2_regularization_cost = lambd / (2 * m) * squares
    return cross_entropy_cost + L2_regularization_cost
"""

BACKWARD_SOURCE = """\
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


def _cost(id: str, origin: str, *changes: tuple[str, str]) -> None:
    CATALOGUE.slip(l2.COST, f"l2-cost-{id}", origin, COST_SOURCE, *changes)


def _backward(id: str, origin: str, *changes: tuple[str, str]) -> None:
    CATALOGUE.slip(l2.BACKWARD, f"l2-backward-{id}", origin, BACKWARD_SOURCE, *changes)


def _layers(right: str, wrong: str, *layers: int) -> list[tuple[str, str]]:
    """The same change in several layers (all if none is named); # stands for the layer's number."""
    return [(right.replace("#", str(n)), wrong.replace("#", str(n))) for n in layers or (1, 2, 3)]


_SQUARES = "np.sum(np.square(W1)) + np.sum(np.square(W2)) + np.sum(np.square(W3))"
_BIASES = " + ".join([_SQUARES, *(f'np.sum(np.square(parameters["b{n}"]))' for n in (1, 2, 3))])
_HALF = ("lambd / (2 * m)", "lambd / m")
_LOOP_SQUARES = 'np.sum(np.square(parameters["W" + str(layer)]) for layer in (1, 2, 3))'
_OWN_ENTROPY = "-np.sum(Y * np.log(A3) + (1 - Y) * np.log(1 - A3))"

_cost("first-layer-only", "seen", (_SQUARES, "np.sum(np.square(W1))"))
_cost("last-layer-missing", "plausible", (_SQUARES, "np.sum(np.square(W1)) + np.sum(np.square(W2))"))
_cost("mean-of-squares", "seen", *_layers("np.sum(np.square(W#))", "np.mean(np.square(W#))"), ("(2 * m)", "2"))
_cost("half-missing", "seen", _HALF)
_cost("keepdims", "seen", *_layers("np.sum(np.square(W#))", "np.sum(np.square(W#), keepdims=True)"))
_cost("generator-sum", "reported", (_SQUARES, _LOOP_SQUARES))
_cost("norm-not-squared", "plausible", *_layers("np.sum(np.square(W#))", "np.linalg.norm(W#)"))
_cost("biases-included", "plausible", (_SQUARES, _BIASES))
_cost("m-lost", "plausible", ("(2 * m)", "2"))
_cost("m-multiplied", "plausible", ("lambd / (2 * m)", "lambd / 2 * m"))
_cost("brackets-missing", "plausible", ("lambd / (2 * m) * squares", f"lambd / (2 * m) * {_SQUARES}"))
_cost("m-wrong-axis", "plausible", ("Y.shape[1]", "Y.shape[0]"))
_cost("m-counts-weights", "plausible", ("m = Y.shape[1]", 'm = parameters["W1"].shape[0]'))
_cost("penalty-only", "plausible", ("return cross_entropy_cost + ", "return "))
_cost("no-penalty", "plausible", ("return cross_entropy_cost + L2_regularization_cost", "return cross_entropy_cost"))
_cost("lambda-missing", "plausible", ("lambd / (2 * m)", "1 / (2 * m)"))
_cost("subtracted", "plausible", ("cross_entropy_cost + L2", "cross_entropy_cost - L2"))
_cost("weights-not-squared", "plausible", *_layers("np.square(W#)", "W#"))
_cost("square-of-sum", "plausible", *_layers("np.sum(np.square(W#))", "np.square(np.sum(W#))"))
_cost("absolute-values", "plausible", *_layers("np.square(W#)", "np.abs(W#)"))
_cost("weights-changed", "plausible", *_layers("np.square(W#)", "np.square(W#, out=W#)"))
_cost("matrix-product", "plausible", *_layers("np.square(W#)", "np.dot(W#, W#.T)"))
_cost("cross-entropy-summed", "plausible", ("compute_cost(A3, Y)", _OWN_ENTROPY))
_cost("cross-entropy-sign", "plausible", ("compute_cost(A3, Y)", _OWN_ENTROPY.removeprefix("-") + " / m"))
_cost("half-and-biases", "plausible", _HALF, (_SQUARES, _BIASES))
_cost("half-and-first-layer", "plausible", _HALF, (_SQUARES, "np.sum(np.square(W1))"))
_cost("half-and-m", "plausible", ("lambd / (2 * m)", "lambd"))

_PENALTY = "lambd / m * W#"
_DATA = ("1.0 / m * np.dot(", "np.dot(")
_DB = "db# = 1.0 / m * np.sum(dZ#, axis=1, keepdims=True)"

_backward("weight-count", "seen", *_layers(_PENALTY, "lambd / W#.size * W#"))
_backward("data-m-lost", "seen", _DATA)
_backward("scalar", "reported", *_layers(_PENALTY, "lambd * np.sum(W#) / m"))
_backward("signature-more", "seen", ("(X, Y, cache, lambd)", "(X, Y, cache, parameters, lambd)"))
_backward("signature-fewer", "seen", ("(X, Y, cache, lambd)", "(X, Y, cache)"), ("lambd /", "0.7 /"))
_backward("extra-m", "reported", ("dZ3 = A3 - Y", "dZ3 = 1.0 / m * (A3 - Y)"))
_backward("data-m-twice", "plausible", *_layers("1.0 / m * np.dot(dZ#", "1.0 / m ** 2 * np.dot(dZ#"))
_backward("half-left", "plausible", *_layers(_PENALTY, "lambd / (2 * m) * W#"))
_backward("doubled", "plausible", *_layers(_PENALTY, "2 * lambd / m * W#"))
_backward("biases", "plausible", *_layers(_DB, _DB + " + lambd / m * b#"))
_backward("only-dw3", "plausible", *_layers(" + " + _PENALTY, "", 1, 2))
_backward("first-layer-missing", "plausible", *_layers(" + " + _PENALTY, "", 1))
_backward("m-lost", "plausible", *_layers(_PENALTY, "lambd * W#"))
_backward("all-m-lost", "plausible", _DATA, *_layers(_PENALTY, "lambd * W#"))
_backward("subtracted", "plausible", *_layers(" + " + _PENALTY, " - " + _PENALTY))
_backward("weights-squared", "plausible", *_layers(_PENALTY, "lambd / m * np.square(W#)"))
_backward("no-penalty", "plausible", *_layers(" + " + _PENALTY, ""))
_backward("lambda-missing", "plausible", *_layers(_PENALTY, "W# / m"))
_backward("sign-only", "plausible", *_layers(_PENALTY, "lambd / m * np.sign(W#)"))
_backward("wrong-axis", "plausible", ("X.shape[1]", "X.shape[0]"))
_backward(
    "weights-changed", "plausible", *_layers("    dW# =", "    W# *= lambd / m\n    dW# ="), *_layers(_PENALTY, "W#")
)
_backward("relu", "plausible", *_layers("np.multiply(dA#, np.int64(A# > 0))", "dA#", 1, 2))
_backward("dz3-sign", "plausible", ("A3 - Y", "Y - A3"))
_backward("answers-changed", "plausible", ("dZ3 = A3 - Y", "dZ3 = A3\n    dZ3 -= Y"))
_backward("db-flat", "plausible", (", keepdims=True", ""))
_backward("db-axis", "plausible", ("axis=1", "axis=0"))
_backward(
    "penalty-in-da",
    "plausible",
    *_layers(_PENALTY, _PENALTY),
    ("dA2 = np.dot(W3.T, dZ3)", "dA2 = np.dot(W3.T, dZ3 + lambd / m)"),
)
_backward(
    "half-left-and-biases",
    "plausible",
    *_layers(_PENALTY, "lambd / (2 * m) * W#"),
    *_layers(_DB, _DB + " + lambd / (2 * m) * b#"),
)
