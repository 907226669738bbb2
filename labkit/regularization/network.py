"""The small network of the regularization lab, plain: LINEAR → ReLU → LINEAR → ReLU → LINEAR → sigmoid.

Examples are columns: ``X`` is (n0, m), ``Y`` is (1, m), ``Wl`` is (nl, nl-1), ``bl`` is (nl, 1), all float64.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.arrays import Array, Gradients, Parameters

Cache = tuple[Any, ...]


def sigmoid(Z: Array) -> Array:
    """Squash numbers into (0, 1): 1 / (1 + exp(−Z)), without overflow for a large |Z|.

    Args:
        Z: Any shape, float64.

    Returns:
        The same shape, float64.
    """
    shrink = np.exp(-np.abs(Z))
    return np.asarray(np.where(Z >= 0, 1.0, shrink) / (1.0 + shrink))


def relu(Z: Array) -> Array:
    """Keep what is positive: max(0, Z), any shape.

    Args:
        Z: Any shape, float64.

    Returns:
        The same shape, float64.
    """
    return np.maximum(0.0, Z)


def compute_cost(A3: Array, Y: Array) -> float:
    """Compute the binary cross-entropy, the mean over the examples: −(1/m) Σ ( y log a + (1 − y) log(1 − a) ).

    Args:
        A3: (1, m), the network's answers between 0 and 1.
        Y: (1, m), the labels 0 or 1.

    Returns:
        The cost, a Python float. An answer of exactly 0 or 1 counts as the smallest positive number away from
        it, so that the logarithm stays finite.
    """
    tiny = np.finfo(np.float64).tiny
    m = Y.shape[1]
    logs = Y * np.log(np.maximum(A3, tiny)) + (1 - Y) * np.log(np.maximum(1 - A3, tiny))
    return float(-np.sum(logs) / m)


def initialize_parameters(layer_dims: Sequence[int], seed: int = 1) -> Parameters:
    """Draw the first weights, normal with variance 2 / (units below) (He et al. 2015); biases start at zero.

    Args:
        layer_dims: The number of units of each layer, the input first, as in ``[2, 64, 32, 1]``.
        seed: Where the draws start. The same seed gives the same weights.

    Returns:
        ``W1``, ``b1``, ``W2``, … with shapes (nl, nl-1) and (nl, 1).
    """
    rng = np.random.default_rng(seed)
    parameters: Parameters = {}
    for layer, (below, units) in enumerate(pairwise(layer_dims), start=1):
        parameters[f"W{layer}"] = rng.standard_normal((units, below)) * np.sqrt(2.0 / below)
        parameters[f"b{layer}"] = np.zeros((units, 1))
    return parameters


def forward_propagation(X: Array, parameters: Mapping[str, Array]) -> tuple[Array, Cache]:
    """Send examples through the three layers, all units at work.

    Args:
        X: (n0, m), the examples as columns.
        parameters: ``W1``, ``b1``, ``W2``, ``b2``, ``W3``, ``b3``.

    Returns:
        ``A3`` (1, m) and the cache (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3) for the way back.
    """
    W1, b1, W2, b2, W3, b3 = (parameters[name] for name in ("W1", "b1", "W2", "b2", "W3", "b3"))
    Z1 = W1 @ X + b1
    A1 = relu(Z1)
    Z2 = W2 @ A1 + b2
    A2 = relu(Z2)
    Z3 = W3 @ A2 + b3
    A3 = sigmoid(Z3)
    return A3, (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3)


def backward_propagation(X: Array, Y: Array, cache: Cache) -> Gradients:
    """Derive the plain cross-entropy with respect to everything in the network, by the chain rule.

    Args:
        X: (n0, m), the examples as columns.
        Y: (1, m), the labels.
        cache: What ``forward_propagation`` returned beside ``A3``.

    Returns:
        ``dZ3 dW3 db3 dA2 dZ2 dW2 db2 dA1 dZ1 dW1 db1``, each with the shape of what it is the gradient of.
        ``dW`` and ``db`` are means over the examples, ``dZ`` and ``dA`` belong to one example each.
    """
    m = X.shape[1]
    _Z1, A1, _W1, _b1, _Z2, A2, W2, _b2, _Z3, A3, W3, _b3 = cache

    dZ3 = A3 - Y
    dW3 = dZ3 @ A2.T / m
    db3 = np.sum(dZ3, axis=1, keepdims=True) / m

    dA2 = W3.T @ dZ3
    dZ2 = dA2 * (A2 > 0)
    dW2 = dZ2 @ A1.T / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m

    dA1 = W2.T @ dZ2
    dZ1 = dA1 * (A1 > 0)
    dW1 = dZ1 @ X.T / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m

    return {
        "dZ3": dZ3, "dW3": dW3, "db3": db3,
        "dA2": dA2, "dZ2": dZ2, "dW2": dW2, "db2": db2,
        "dA1": dA1, "dZ1": dZ1, "dW1": dW1, "db1": db1,
    }  # fmt: skip


def update_parameters(parameters: Mapping[str, Array], grads: Mapping[str, Array], learning_rate: float) -> Parameters:
    """Take one step of gradient descent: every parameter minus the learning rate times its gradient.

    Args:
        parameters: ``W1``, ``b1``, …
        grads: ``dW1``, ``db1``, … with the same shapes; other entries are not used.
        learning_rate: The size of the step.

    Returns:
        New parameters; the old ones stay as they are.
    """
    return {name: value - learning_rate * grads["d" + name] for name, value in parameters.items()}


def predict(X: Array, parameters: Mapping[str, Array]) -> NDArray[np.int64]:
    """Answer 1 where the network gives more than one half, else 0. All units are at work.

    Args:
        X: (n0, m), the examples as columns.
        parameters: ``W1`` … ``b3``.

    Returns:
        (1, m) of 0 and 1, int64.
    """
    A3, _ = forward_propagation(X, parameters)
    return (A3 > 0.5).astype(np.int64)


def accuracy(X: Array, Y: Array, parameters: Mapping[str, Array]) -> float:
    """Count how often ``predict`` is right.

    Args:
        X: (n0, m), the examples as columns.
        Y: (1, m), the labels.
        parameters: ``W1`` … ``b3``.

    Returns:
        The share of right answers, from 0 to 1.
    """
    return float(np.mean(predict(X, parameters) == Y))
