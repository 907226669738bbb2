"""Wrong L2 costs that students write."""

from __future__ import annotations

from functools import partial

from autograder.assignments.regularization.hints import HINTS
from autograder.assignments.regularization.l2_cost import NAME
from autograder.checking.catalogue import Catalogue, in_each
from labkit.regularization import network

SOURCE = """\
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

CATALOGUE = Catalogue(HINTS, vars(network))
_mistake = partial(CATALOGUE.mistake_in, NAME, SOURCE)
_SQUARES = "np.sum(np.square(W1)) + np.sum(np.square(W2)) + np.sum(np.square(W3))"
_BIASES = " + ".join([_SQUARES, *(f'np.sum(np.square(parameters["b{n}"]))' for n in (1, 2, 3))])
_HALF = ("lambd / (2 * m)", "lambd / m")
_LOOP_SQUARES = 'np.sum(np.square(parameters["W" + str(layer)]) for layer in (1, 2, 3))'
_OWN_ENTROPY = "-np.sum(Y * np.log(A3) + (1 - Y) * np.log(1 - A3))"

_mistake("l2-cost-first-layer-only", "seen", (_SQUARES, "np.sum(np.square(W1))"))
_mistake("l2-cost-last-layer-missing", "plausible", (_SQUARES, "np.sum(np.square(W1)) + np.sum(np.square(W2))"))
_mistake(
    "l2-cost-mean-of-squares",
    "seen",
    *in_each("123", "np.sum(np.square(W#))", "np.mean(np.square(W#))"),
    ("(2 * m)", "2"),
)
_mistake("l2-cost-half-missing", "seen", _HALF)
_mistake("l2-cost-keepdims", "seen", *in_each("123", "np.sum(np.square(W#))", "np.sum(np.square(W#), keepdims=True)"))
_mistake("l2-cost-generator-sum", "reported", (_SQUARES, _LOOP_SQUARES))
_mistake("l2-cost-norm-not-squared", "plausible", *in_each("123", "np.sum(np.square(W#))", "np.linalg.norm(W#)"))
_mistake("l2-cost-biases-included", "plausible", (_SQUARES, _BIASES))
_mistake("l2-cost-m-lost", "plausible", ("(2 * m)", "2"))
_mistake("l2-cost-m-multiplied", "plausible", ("lambd / (2 * m)", "lambd / 2 * m"))
_mistake("l2-cost-brackets-missing", "plausible", ("lambd / (2 * m) * squares", f"lambd / (2 * m) * {_SQUARES}"))
_mistake("l2-cost-m-wrong-axis", "plausible", ("Y.shape[1]", "Y.shape[0]"))
_mistake("l2-cost-m-counts-weights", "plausible", ("m = Y.shape[1]", 'm = parameters["W1"].shape[0]'))
_mistake("l2-cost-penalty-only", "plausible", ("return cross_entropy_cost + ", "return "))
_mistake(
    "l2-cost-no-penalty",
    "plausible",
    ("return cross_entropy_cost + L2_regularization_cost", "return cross_entropy_cost"),
)
_mistake("l2-cost-lambda-missing", "plausible", ("lambd / (2 * m)", "1 / (2 * m)"))
_mistake("l2-cost-subtracted", "plausible", ("cross_entropy_cost + L2", "cross_entropy_cost - L2"))
_mistake("l2-cost-weights-not-squared", "plausible", *in_each("123", "np.square(W#)", "W#"))
_mistake("l2-cost-square-of-sum", "plausible", *in_each("123", "np.sum(np.square(W#))", "np.square(np.sum(W#))"))
_mistake("l2-cost-absolute-values", "plausible", *in_each("123", "np.square(W#)", "np.abs(W#)"))
_mistake("l2-cost-weights-changed", "plausible", *in_each("123", "np.square(W#)", "np.square(W#, out=W#)"))
_mistake("l2-cost-matrix-product", "plausible", *in_each("123", "np.square(W#)", "np.dot(W#, W#.T)"))
_mistake("l2-cost-cross-entropy-summed", "plausible", ("compute_cost(A3, Y)", _OWN_ENTROPY))
_mistake("l2-cost-cross-entropy-sign", "plausible", ("compute_cost(A3, Y)", _OWN_ENTROPY.removeprefix("-") + " / m"))
_mistake("l2-cost-half-and-m", "plausible", ("lambd / (2 * m)", "lambd"))
_mistake("l2-cost-quarter", "plausible", ("(2 * m)", "(4 * m)"))
_mistake("l2-cost-two-above", "plausible", ("lambd / (2 * m)", "2 * lambd / m"))
_mistake("l2-cost-all-over-m", "plausible", ("return cross_entropy_cost + ", "return cross_entropy_cost / m + "))
_mistake("l2-cost-m-twice", "plausible", ("(2 * m)", "(2 * m ** 2)"))
_mistake("l2-cost-middle-layer-missing", "plausible", (_SQUARES, "np.sum(np.square(W1)) + np.sum(np.square(W3))"))
_mistake("l2-cost-first-layer-missing", "plausible", (_SQUARES, "np.sum(np.square(W2)) + np.sum(np.square(W3))"))
_mistake("l2-cost-last-layer-only", "plausible", (_SQUARES, "np.sum(np.square(W3))"))
_mistake("l2-cost-biases-instead", "plausible", *in_each("123", 'parameters["W#"]', 'parameters["b#"]'))
_mistake(
    "l2-cost-largest-singular-value",
    "plausible",
    *in_each("123", "np.sum(np.square(W#))", "np.linalg.norm(W#, 2) ** 2"),
)
_mistake("l2-cost-product-with-itself", "plausible", *in_each("123", "np.square(W#)", "np.dot(W#, W#)"))
_mistake("l2-cost-matmul-with-itself", "plausible", *in_each("123", "np.square(W#)", "W# @ W#"))
_mistake("l2-cost-not-summed", "seen", *in_each("123", "np.sum(np.square(W#))", "np.square(W#)"))
_mistake("l2-cost-first-layer-not-summed", "plausible", (_SQUARES, "np.square(W1)"))
