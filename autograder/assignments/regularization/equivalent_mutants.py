"""Mutants of the solutions that are right as well, each with the reason: `autograder verify` accepts these only."""

from __future__ import annotations

ORDER = "a sum does not depend on the order of its terms"
ONE_ROW = "the output layer has one unit: an outer product is the same by broadcasting"
ONE_UNIT = "the output layer has one unit: the sum over all entries is the sum over its row"
SAME_M = "X and Y have the same number of columns"
SAME_COLUMNS = "all layers have a column for each example"
TIE = "a uniform draw equals keep_prob with probability zero; both forms are accepted"

EQUIVALENT_MUTANTS: dict[str, dict[str, str]] = {
    "compute_cost_with_regularization": {
        "line 13: `(parameters['W1'], parameters['W2'], parameters['W3'])` → `(parameters['W2'], parameters['W1'], parameters['W3'])`": ORDER,
        "line 13: `(parameters['W1'], parameters['W2'], parameters['W3'])` → `(parameters['W1'], parameters['W3'], parameters['W2'])`": ORDER,
    },
    "backward_propagation_with_regularization": {
        "line 22: `np.dot(W3.T, dZ3)` → `np.multiply(W3.T, dZ3)`": ONE_ROW,
        "line 20: `np.sum(dZ3, axis=1, keepdims=True)` → `np.sum(dZ3, keepdims=True)`": ONE_UNIT,
        "line 13: `X` → `Y`": SAME_M,
    },
    "forward_propagation_with_dropout": {
        "line 23: `D1 < keep_prob` → `D1 <= keep_prob`": TIE,
        "line 33: `D2 < keep_prob` → `D2 <= keep_prob`": TIE,
        "line 32: `A2` → `A1` (2)": SAME_COLUMNS,
    },
    "backward_propagation_with_dropout": {
        "line 20: `np.dot(W3.T, dZ3)` → `np.multiply(W3.T, dZ3)`": ONE_ROW,
        "line 18: `np.sum(dZ3, axis=1, keepdims=True)` → `np.sum(dZ3, keepdims=True)`": ONE_UNIT,
        "line 13: `X` → `Y`": SAME_M,
    },
}
