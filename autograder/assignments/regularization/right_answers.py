"""Right implementations in the styles that students write; all must get full marks."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.assignments.regularization import dropout_backward, dropout_forward, l2_backward, l2_cost
from autograder.assignments.regularization.mistakes import dropout_backward as wrong_dropout_backward
from autograder.assignments.regularization.mistakes import dropout_forward as wrong_dropout_forward
from autograder.assignments.regularization.mistakes import l2_backward as wrong_l2_backward
from autograder.assignments.regularization.mistakes import l2_cost as wrong_l2_cost
from autograder.checking.catalogue import Catalogue
from labkit.regularization.network import (
    backward_propagation,
    compute_cost,
    relu,
    sigmoid,
)

Array = np.ndarray
Cache = Any
Parameters = dict[str, np.ndarray]
Gradients = dict[str, np.ndarray]

CATALOGUE = Catalogue()


# The L2 cost.


@CATALOGUE.right(l2_cost.NAME, "one line")
def _cost_one_line(A3: Array, Y: Array, parameters: Parameters, lambd: float) -> Any:
    return compute_cost(A3, Y) + lambd / (2 * Y.shape[1]) * sum(np.sum(parameters[f"W{i}"] ** 2) for i in (1, 2, 3))


@CATALOGUE.right(l2_cost.NAME, "loops over all entries")
def _cost_loops(A3: Array, Y: Array, parameters: Parameters, lambd: float) -> Any:
    m = Y.shape[1]
    total = 0.0
    for i in range(m):
        total -= Y[0, i] * np.log(A3[0, i]) + (1 - Y[0, i]) * np.log(1 - A3[0, i])
    squares = 0.0
    for name in ("W1", "W2", "W3"):
        rows, columns = parameters[name].shape
        for i in range(rows):
            for j in range(columns):
                squares += parameters[name][i, j] * parameters[name][i, j]
    return total / m + lambd * squares / (2 * m)


@CATALOGUE.right(l2_cost.NAME, "einsum")
def _cost_einsum(A3: Array, Y: Array, parameters: Parameters, lambd: float) -> Any:
    m = A3.shape[1]
    squares = [np.einsum("ij,ij->", parameters[name], parameters[name]) for name in ("W1", "W2", "W3")]
    return compute_cost(A3, Y) + 0.5 * lambd / m * np.sum(squares)


@CATALOGUE.right(l2_cost.NAME, "Frobenius norm")
def _cost_norm(A3: Array, Y: Array, parameters: Parameters, lambd: float) -> Any:
    m = Y.shape[1]
    penalty: Any = 0
    for name in ["W1", "W2", "W3"]:
        penalty = penalty + np.linalg.norm(parameters[name], "fro") ** 2
    return compute_cost(A3, Y) + (lambd * penalty) / (2.0 * m)


@CATALOGUE.right(l2_cost.NAME, "any number of layers")
def _cost_layers(A3: Array, Y: Array, parameters: Parameters, lambd: float) -> Any:
    m = Y.shape[1]
    layers = len(parameters) // 2
    penalty = 0.0
    for layer in range(1, layers + 1):
        penalty = penalty + np.sum(np.square(parameters["W" + str(layer)]))
    return compute_cost(A3, Y) + (1.0 / m) * (lambd / 2.0) * penalty


@CATALOGUE.right(l2_cost.NAME, "keys that start with W, flat dot products")
def _cost_flat(A3: Array, Y: Array, parameters: Parameters, lambd: float) -> Any:
    flat = np.concatenate([value.ravel() for key, value in parameters.items() if key.startswith("W")])
    return compute_cost(A3, Y) + flat @ flat * lambd / Y.size / 2


@CATALOGUE.right(l2_cost.NAME, "0-d array, small number in the logarithm")
def _cost_squeezed(A3: Array, Y: Array, parameters: Parameters, lambd: float) -> Any:
    m = Y.shape[1]
    tiny = 1e-8
    entropy = -(1 / m) * (np.dot(Y, np.log(A3 + tiny).T) + np.dot(1 - Y, np.log(1 - A3 + tiny).T))
    penalty = sum(np.trace(W @ W.T) for W in (parameters["W1"], parameters["W2"], parameters["W3"]))
    return np.squeeze(entropy + lambd / (2 * m) * penalty)


@CATALOGUE.right(l2_cost.NAME, "np.multiply, Python float")
def _cost_multiply(A3: Array, Y: Array, parameters: Parameters, lambd: float) -> Any:
    m = Y.shape[1]
    logs = np.multiply(-np.log(A3), Y) + np.multiply(-np.log(1 - A3), 1 - Y)
    W1, _, W2, _, W3, _ = (parameters[key] for key in sorted(parameters, key=lambda key: (key[1], key[0])))
    weights = [np.multiply(W, W).sum() for W in (W1, W2, W3)]
    return float(np.nansum(logs) / m + np.multiply(lambd / (2 * m), np.sum(weights)))


# The L2 backward pass.


@CATALOGUE.right(l2_backward.NAME, "@ and boolean slopes")
def _backward_matmul(X: Array, Y: Array, cache: Cache, lambd: float) -> Gradients:
    m = Y.shape[1]
    _, A1, W1, _, _, A2, W2, _, _, A3, W3, _ = cache
    dZ3 = A3 - Y
    dW3 = (dZ3 @ A2.T + lambd * W3) / m
    db3 = dZ3.mean(axis=1, keepdims=True)
    dA2 = W3.T @ dZ3
    dZ2 = dA2 * (A2 > 0)
    dW2 = (dZ2 @ A1.T + lambd * W2) / m
    db2 = dZ2.mean(axis=1, keepdims=True)
    dA1 = W2.T @ dZ2
    dZ1 = dA1 * (A1 > 0)
    dW1 = (dZ1 @ X.T + lambd * W1) / m
    db1 = dZ1.mean(axis=1, keepdims=True)
    return {
        "dZ3": dZ3, "dW3": dW3, "db3": db3, "dA2": dA2, "dZ2": dZ2, "dW2": dW2, "db2": db2,
        "dA1": dA1, "dZ1": dZ1, "dW1": dW1, "db1": db1,
    }  # fmt: skip


@CATALOGUE.right(l2_backward.NAME, "penalty added to the plain gradients")
def _backward_added(X: Array, Y: Array, cache: Cache, lambd: float) -> Gradients:
    gradients: Gradients = backward_propagation(X, Y, cache)
    m = X.shape[1]
    gradients["dW1"] = gradients["dW1"] + lambd / m * cache[2]
    gradients["dW2"] = gradients["dW2"] + lambd / m * cache[6]
    gradients["dW3"] = gradients["dW3"] + lambd / m * cache[10]
    return gradients


@CATALOGUE.right(l2_backward.NAME, "one loop over the layers")
def _backward_layers(X: Array, Y: Array, cache: Cache, lambd: float) -> Gradients:
    m = X.shape[1]
    gradients: dict[str, Array] = {}
    dZ = cache[9] - Y
    for layer in range(3, 0, -1):
        Z, W = cache[4 * (layer - 1)], cache[4 * (layer - 1) + 2]
        below = X if layer == 1 else cache[4 * (layer - 2) + 1]
        if layer < 3:
            dZ = np.where(Z > 0, gradients[f"dA{layer}"], 0.0)
        gradients[f"dZ{layer}"] = dZ
        gradients[f"dW{layer}"] = np.dot(dZ, below.T) / m + lambd * W / m
        gradients[f"db{layer}"] = np.sum(dZ, axis=1, keepdims=True) / m
        if layer > 1:
            gradients[f"dA{layer - 1}"] = np.dot(W.T, dZ)
    return gradients


@CATALOGUE.right(l2_backward.NAME, "einsum")
def _backward_einsum(X: Array, Y: Array, cache: Cache, lambd: float) -> Gradients:
    m = X.shape[1]
    Z1, A1, W1, _, Z2, A2, W2, _, _, A3, W3, _ = cache
    dZ3 = np.subtract(A3, Y)
    dW3 = np.einsum("im,jm->ij", dZ3, A2) / m + np.multiply(lambd / m, W3)
    db3 = np.einsum("im->i", dZ3)[:, None] / m
    dA2 = np.einsum("ij,im->jm", W3, dZ3)
    dZ2 = np.einsum("jm,jm->jm", dA2, np.heaviside(Z2, 0.0))
    dW2 = np.einsum("im,jm->ij", dZ2, A1) / m + np.multiply(lambd / m, W2)
    db2 = np.einsum("im->i", dZ2)[:, None] / m
    dA1 = np.einsum("ij,im->jm", W2, dZ2)
    dZ1 = np.einsum("jm,jm->jm", dA1, np.heaviside(Z1, 0.0))
    dW1 = np.einsum("im,jm->ij", dZ1, X) / m + np.multiply(lambd / m, W1)
    db1 = np.einsum("im->i", dZ1)[:, None] / m
    return {
        "dZ3": dZ3, "dW3": dW3, "db3": db3, "dA2": dA2, "dZ2": dZ2, "dW2": dW2, "db2": db2,
        "dA1": dA1, "dZ1": dZ1, "dW1": dW1, "db1": db1,
    }  # fmt: skip


@CATALOGUE.right(l2_backward.NAME, "in place on own copies, zeros by a mask")
def _backward_in_place(X: Array, Y: Array, cache: Cache, lambd: float) -> Gradients:
    m = float(X.shape[1])
    (Z1, A1, W1, _, Z2, A2, W2, _, _, A3, W3, _) = cache
    dZ3 = A3.copy()
    dZ3 -= Y
    dA2 = np.dot(W3.T, dZ3)
    dZ2 = np.array(dA2, copy=True)
    dZ2[Z2 <= 0] = 0
    dA1 = np.dot(W2.T, dZ2)
    dZ1 = np.array(dA1, copy=True)
    dZ1[Z1 <= 0] = 0
    gradients = {"dZ3": dZ3, "dZ2": dZ2, "dZ1": dZ1, "dA2": dA2, "dA1": dA1}
    for name, dZ, below, W in (("3", dZ3, A2, W3), ("2", dZ2, A1, W2), ("1", dZ1, X, W1)):
        dW = np.dot(dZ, below.T)
        dW += lambd * W
        dW /= m
        gradients["dW" + name] = dW
        gradients["db" + name] = np.sum(dZ, axis=1).reshape(-1, 1) / m
    return gradients


@CATALOGUE.right(l2_backward.NAME, "along the graph, sums as products with ones")
def _backward_graph(X: Array, Y: Array, cache: Cache, lambd: float) -> Gradients:
    m = X.shape[1]
    _, A1, W1, _, _, A2, W2, _, _, A3, W3, _ = cache
    ones = np.ones((m, 1))
    dA3 = -(np.divide(Y, A3) - np.divide(1 - Y, 1 - A3))
    dZ3 = dA3 * A3 * (1 - A3)
    dW3 = dZ3.dot(A2.T) / m + lambd / m * W3
    db3 = dZ3.dot(ones) / m
    dA2 = W3.T.dot(dZ3)
    dZ2 = dA2 * np.sign(A2)
    dW2 = dZ2.dot(A1.T) / m + lambd / m * W2
    db2 = dZ2.dot(ones) / m
    dA1 = W2.T.dot(dZ2)
    dZ1 = dA1 * np.sign(A1)
    dW1 = dZ1.dot(X.T) / m + lambd / m * W1
    db1 = dZ1.dot(ones) / m
    return {
        "dZ3": dZ3, "dW3": dW3, "db3": db3, "dA3": dA3, "dA2": dA2, "dZ2": dZ2, "dW2": dW2, "db2": db2,
        "dA1": dA1, "dZ1": dZ1, "dW1": dW1, "db1": db1,
    }  # fmt: skip


@CATALOGUE.right(l2_backward.NAME, "one example after the other")
def _backward_examples(X: Array, Y: Array, cache: Cache, lambd: float) -> Gradients:
    m = X.shape[1]
    Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3 = cache
    names = ("Z3", "A2", "Z2", "A1", "Z1")
    gradients = {"d" + name: np.zeros_like(value) for name, value in zip(names, (Z3, A2, Z2, A1, Z1), strict=True)}
    gradients.update(dW3=lambd * W3 / m, dW2=lambd * W2 / m, dW1=lambd * W1 / m)
    gradients.update(db3=np.zeros_like(b3), db2=np.zeros_like(b2), db1=np.zeros_like(b1))
    for i in range(m):
        dz3 = A3[:, i] - Y[:, i]
        da2 = W3.T @ dz3
        dz2 = np.array([d if z > 0 else 0.0 for d, z in zip(da2, Z2[:, i], strict=True)])
        da1 = W2.T @ dz2
        dz1 = np.array([d if z > 0 else 0.0 for d, z in zip(da1, Z1[:, i], strict=True)])
        for name, value in zip(names, (dz3, da2, dz2, da1, dz1), strict=True):
            gradients["d" + name][:, i] = value
        for name, dz, below in (("3", dz3, A2[:, i]), ("2", dz2, A1[:, i]), ("1", dz1, X[:, i])):
            gradients["dW" + name] = gradients["dW" + name] + np.outer(dz, below) / m
            gradients["db" + name] += dz[:, None] / m
    return gradients


# The dropout forward pass.


@CATALOGUE.right(dropout_forward.NAME, "boolean masks, seeded inside")
def _forward_seeded(X: Array, parameters: Parameters, keep_prob: float = 0.5) -> Any:
    np.random.seed(1)
    W1, b1, W2, b2, W3, b3 = (parameters[name] for name in ("W1", "b1", "W2", "b2", "W3", "b3"))
    Z1 = W1 @ X + b1
    A1 = relu(Z1)
    D1 = np.random.rand(*A1.shape) < keep_prob
    A1 = A1 * D1 / keep_prob
    Z2 = W2 @ A1 + b2
    A2 = relu(Z2)
    D2 = np.random.rand(*A2.shape) < keep_prob
    A2 = A2 * D2 / keep_prob
    Z3 = W3 @ A2 + b3
    A3 = sigmoid(Z3)
    return A3, (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3)


@CATALOGUE.right(dropout_forward.NAME, "a generator of its own, masks first, <=")
def _forward_generator(X: Array, parameters: Parameters, keep_prob: float = 0.5) -> Any:
    rng = np.random.default_rng()
    W1, b1, W2, b2, W3, b3 = (parameters[name] for name in ("W1", "b1", "W2", "b2", "W3", "b3"))
    m = X.shape[1]
    D2 = (rng.random((W2.shape[0], m)) <= keep_prob).astype(float)
    D1 = (rng.random((W1.shape[0], m)) <= keep_prob).astype(float)
    Z1 = np.dot(W1, X) + b1
    A1 = np.multiply(np.maximum(0, Z1), D1 / keep_prob)
    Z2 = np.dot(W2, A1) + b2
    A2 = np.multiply(np.maximum(0, Z2), D2 / keep_prob)
    Z3 = np.dot(W3, A2) + b3
    A3 = 1 / (1 + np.exp(-Z3))
    cache = (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3)
    return A3, cache


@CATALOGUE.right(dropout_forward.NAME, "binomial draws, in place on own arrays")
def _forward_binomial(X: Array, parameters: Parameters, keep_prob: float = 0.5) -> Any:
    W1, b1 = parameters["W1"], parameters["b1"]
    W2, b2 = parameters["W2"], parameters["b2"]
    W3, b3 = parameters["W3"], parameters["b3"]
    Z1 = np.dot(W1, X)
    Z1 += b1
    A1 = relu(Z1)
    D1 = np.random.binomial(1, keep_prob, size=A1.shape)
    A1 *= D1
    A1 /= keep_prob
    Z2 = np.dot(W2, A1)
    Z2 += b2
    A2 = relu(Z2)
    D2 = np.random.binomial(1, keep_prob, size=A2.shape)
    A2 *= D2
    A2 /= keep_prob
    Z3 = np.dot(W3, A2) + b3
    A3 = sigmoid(Z3)
    return A3, (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3)


@CATALOGUE.right(dropout_forward.NAME, "choice with probabilities, np.where")
def _forward_choice(X: Array, parameters: Parameters, keep_prob: float = 0.5) -> Any:
    Z1 = parameters["W1"].dot(X) + parameters["b1"]
    D1 = np.random.choice([0, 1], size=Z1.shape, p=[1 - keep_prob, keep_prob])
    A1 = np.where((D1 == 1) & (Z1 > 0), Z1 / keep_prob, 0.0)
    Z2 = parameters["W2"].dot(A1) + parameters["b2"]
    D2 = np.random.choice([0, 1], size=Z2.shape, p=[1 - keep_prob, keep_prob])
    A2 = np.where((D2 == 1) & (Z2 > 0), Z2 / keep_prob, 0.0)
    Z3 = parameters["W3"].dot(A2) + parameters["b3"]
    A3 = sigmoid(Z3)
    cache = (
        Z1, D1, A1, parameters["W1"], parameters["b1"], Z2, D2, A2, parameters["W2"], parameters["b2"],
        Z3, A3, parameters["W3"], parameters["b3"],
    )  # fmt: skip
    return A3, cache


@CATALOGUE.right(dropout_forward.NAME, "Python's own random numbers in loops")
def _forward_loops(X: Array, parameters: Parameters, keep_prob: float = 0.5) -> Any:
    import random

    W1, b1, W2, b2, W3, b3 = (parameters[name] for name in ("W1", "b1", "W2", "b2", "W3", "b3"))
    m = X.shape[1]

    def mask(units: int) -> np.ndarray:
        return np.array([[1 if random.random() < keep_prob else 0 for _ in range(m)] for _ in range(units)])

    Z1 = W1 @ X + b1
    D1 = mask(len(b1))
    A1 = relu(Z1) * D1 / keep_prob
    Z2 = W2 @ A1 + b2
    D2 = mask(len(b2))
    A2 = relu(Z2) * D2 / keep_prob
    Z3 = W3 @ A2 + b3
    A3 = sigmoid(Z3)
    return A3, (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3)


@CATALOGUE.right(dropout_forward.NAME, "one loop over the layers, > 1 - keep_prob")
def _forward_layers(X: Array, parameters: Parameters, keep_prob: float = 0.5) -> Any:
    A, cache = X, []
    for layer in range(1, 4):
        W, b = parameters[f"W{layer}"], parameters[f"b{layer}"]
        Z = np.matmul(W, A) + b
        if layer < 3:
            D = (np.random.random_sample(Z.shape) > 1 - keep_prob).astype(np.int8)
            A = np.maximum(Z, 0) * D
            A = A / keep_prob
            cache += [Z, D, A, W, b]
        else:
            A = sigmoid(Z)
            cache += [Z, A, W, b]
    return A, tuple(cache)


@CATALOGUE.right(dropout_forward.NAME, "zeros by a mask, uniform draws")
def _forward_assigned(X: Array, parameters: Parameters, keep_prob: float = 0.5) -> Any:
    W1, b1, W2, b2, W3, b3 = (parameters[name] for name in ("W1", "b1", "W2", "b2", "W3", "b3"))
    Z1 = np.add(np.dot(W1, X), b1)
    A1 = relu(Z1)
    D1 = np.random.uniform(0.0, 1.0, A1.shape) < keep_prob
    A1[~D1] = 0
    A1 = np.divide(A1, keep_prob)
    Z2 = np.add(np.dot(W2, A1), b2)
    A2 = relu(Z2)
    D2 = np.random.uniform(0.0, 1.0, A2.shape) < keep_prob
    A2[~D2] = 0
    A2 = np.divide(A2, keep_prob)
    Z3 = np.add(np.dot(W3, A2), b3)
    A3 = sigmoid(Z3)
    return A3, (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3)


# The dropout backward pass.


@CATALOGUE.right(dropout_backward.NAME, "@, scaled masks")
def _way_back_matmul(X: Array, Y: Array, cache: Cache, keep_prob: float) -> Gradients:
    m = Y.shape[1]
    _, D1, A1, _, _, _, D2, A2, W2, _, _, A3, W3, _ = cache
    dZ3 = A3 - Y
    dA2 = (W3.T @ dZ3) * (D2 / keep_prob)
    dZ2 = dA2 * (A2 > 0)
    dA1 = (W2.T @ dZ2) * (D1 / keep_prob)
    dZ1 = dA1 * (A1 > 0)
    return {
        "dZ3": dZ3, "dW3": dZ3 @ A2.T / m, "db3": dZ3.sum(axis=1, keepdims=True) / m,
        "dA2": dA2, "dZ2": dZ2, "dW2": dZ2 @ A1.T / m, "db2": dZ2.sum(axis=1, keepdims=True) / m,
        "dA1": dA1, "dZ1": dZ1, "dW1": dZ1 @ X.T / m, "db1": dZ1.sum(axis=1, keepdims=True) / m,
    }  # fmt: skip


@CATALOGUE.right(dropout_backward.NAME, "in place on own arrays")
def _way_back_in_place(X: Array, Y: Array, cache: Cache, keep_prob: float) -> Gradients:
    m = X.shape[1]
    (Z1, D1, A1, _, _, Z2, D2, A2, W2, _, _, A3, W3, _) = cache
    dZ3 = A3 - Y
    dW3 = 1.0 / m * np.dot(dZ3, A2.T)
    db3 = 1.0 / m * np.sum(dZ3, axis=1, keepdims=True)
    dA2 = np.dot(W3.T, dZ3)
    dA2 *= D2
    dA2 /= keep_prob
    dZ2 = dA2.copy()
    dZ2[Z2 <= 0] = 0
    dW2 = 1.0 / m * np.dot(dZ2, A1.T)
    db2 = 1.0 / m * np.sum(dZ2, axis=1, keepdims=True)
    dA1 = np.dot(W2.T, dZ2)
    dA1 *= D1
    dA1 /= keep_prob
    dZ1 = dA1.copy()
    dZ1[Z1 <= 0] = 0
    dW1 = 1.0 / m * np.dot(dZ1, X.T)
    db1 = 1.0 / m * np.sum(dZ1, axis=1, keepdims=True)
    return {
        "dZ3": dZ3, "dW3": dW3, "db3": db3, "dA2": dA2, "dZ2": dZ2, "dW2": dW2, "db2": db2,
        "dA1": dA1, "dZ1": dZ1, "dW1": dW1, "db1": db1,
    }  # fmt: skip


@CATALOGUE.right(dropout_backward.NAME, "zeros where a boolean mask is off")
def _way_back_boolean(X: Array, Y: Array, cache: Cache, keep_prob: float) -> Gradients:
    m = X.shape[1]
    Z1, D1, A1, _, _, Z2, D2, A2, W2, _, _, A3, W3, _ = cache
    dZ3 = A3 - Y
    dA2 = np.dot(W3.T, dZ3) / keep_prob
    dA2[~D2] = 0
    dZ2 = np.multiply(dA2, Z2 > 0)
    dA1 = np.dot(W2.T, dZ2) / keep_prob
    dA1[~D1] = 0
    dZ1 = np.multiply(dA1, Z1 > 0)
    gradients = {"dZ3": dZ3, "dA2": dA2, "dZ2": dZ2, "dA1": dA1, "dZ1": dZ1}
    for layer, dZ, below in ((3, dZ3, A2), (2, dZ2, A1), (1, dZ1, X)):
        gradients[f"dW{layer}"] = np.dot(dZ, below.T) / m
        gradients[f"db{layer}"] = np.mean(dZ, axis=1, keepdims=True)
    return gradients


@CATALOGUE.right(dropout_backward.NAME, "one loop over the layers")
def _way_back_layers(X: Array, Y: Array, cache: Cache, keep_prob: float) -> Gradients:
    m = X.shape[1]
    hidden = {1: cache[0:5], 2: cache[5:10]}
    dZ = cache[11] - Y
    W = cache[12]
    gradients = {"dZ3": dZ}
    for layer in (2, 1):
        Z, D, A, W_below, _ = hidden[layer]
        gradients[f"dW{layer + 1}"] = np.dot(dZ, A.T) / m
        gradients[f"db{layer + 1}"] = np.sum(dZ, axis=1, keepdims=True) / m
        dA = np.dot(W.T, dZ) * D / keep_prob
        dZ = np.where(Z > 0, dA, 0)
        gradients[f"dA{layer}"], gradients[f"dZ{layer}"] = dA, dZ
        W = W_below
    gradients["dW1"] = np.dot(dZ, X.T) / m
    gradients["db1"] = np.sum(dZ, axis=1, keepdims=True) / m
    return gradients


@CATALOGUE.right(dropout_backward.NAME, "einsum, np.where")
def _way_back_einsum(X: Array, Y: Array, cache: Cache, keep_prob: float) -> Gradients:
    m = X.shape[1]
    _, D1, A1, _, _, _, D2, A2, W2, _, _, A3, W3, _ = cache
    dZ3 = np.subtract(A3, Y)
    dA2 = np.where(D2, np.einsum("ij,im->jm", W3, dZ3) / keep_prob, 0.0)
    dZ2 = np.where(A2 > 0, dA2, 0.0)
    dA1 = np.where(D1, np.einsum("ij,im->jm", W2, dZ2) / keep_prob, 0.0)
    dZ1 = np.where(A1 > 0, dA1, 0.0)
    dW3, dW2, dW1 = (np.einsum("im,jm->ij", dZ, below) / m for dZ, below in ((dZ3, A2), (dZ2, A1), (dZ1, X)))
    db3, db2, db1 = (np.einsum("im->i", dZ).reshape(-1, 1) / m for dZ in (dZ3, dZ2, dZ1))
    return {
        "dZ3": dZ3, "dW3": dW3, "db3": db3, "dA2": dA2, "dZ2": dZ2, "dW2": dW2, "db2": db2,
        "dA1": dA1, "dZ1": dZ1, "dW1": dW1, "db1": db1,
    }  # fmt: skip


@CATALOGUE.right(dropout_backward.NAME, "along the graph, sums as products with ones")
def _way_back_graph(X: Array, Y: Array, cache: Cache, keep_prob: float) -> Gradients:
    m = X.shape[1]
    Z1, D1, A1, _, _, Z2, D2, A2, W2, _, _, A3, W3, _ = cache
    ones = np.ones((m, 1)) / m
    dA3 = (1 - Y) / (1 - A3) - Y / A3
    dZ3 = dA3 * A3 * (1 - A3)
    dW3, db3 = np.dot(dZ3, A2.T) / m, np.dot(dZ3, ones)
    dH2 = np.dot(W3.T, dZ3)
    dA2 = np.divide(np.multiply(dH2, D2), keep_prob)
    dZ2 = np.multiply(dA2, np.heaviside(Z2, 0))
    dW2, db2 = np.dot(dZ2, A1.T) / m, np.dot(dZ2, ones)
    dH1 = np.dot(W2.T, dZ2)
    dA1 = np.divide(np.multiply(dH1, D1), keep_prob)
    dZ1 = np.multiply(dA1, np.heaviside(Z1, 0))
    dW1, db1 = np.dot(dZ1, X.T) / m, np.dot(dZ1, ones)
    return {
        "dZ3": dZ3, "dW3": dW3, "db3": db3, "dA2": dA2, "dZ2": dZ2, "dW2": dW2, "db2": db2,
        "dA1": dA1, "dZ1": dZ1, "dW1": dW1, "db1": db1,
    }  # fmt: skip


@CATALOGUE.right(dropout_backward.NAME, "loops over all entries")
def _way_back_loops(X: Array, Y: Array, cache: Cache, keep_prob: float) -> Gradients:
    m = X.shape[1]
    Z1, D1, A1, _, _, Z2, D2, A2, W2, _, _, A3, W3, _ = cache
    dZ3 = A3 - Y

    def hidden(W: Array, dZ_above: Array, D: Array, Z: Array) -> Any:
        dA, dZ = np.zeros(Z.shape), np.zeros(Z.shape)
        for unit in range(Z.shape[0]):
            for i in range(m):
                if D[unit, i]:
                    dA[unit, i] = sum(W[k, unit] * dZ_above[k, i] for k in range(len(W))) / keep_prob
                if Z[unit, i] > 0:
                    dZ[unit, i] = dA[unit, i]
        return dA, dZ

    dA2, dZ2 = hidden(W3, dZ3, D2, Z2)
    dA1, dZ1 = hidden(W2, dZ2, D1, Z1)
    gradients = {"dZ3": dZ3, "dA2": dA2, "dZ2": dZ2, "dA1": dA1, "dZ1": dZ1}
    for name, dZ, below in (("3", dZ3, A2), ("2", dZ2, A1), ("1", dZ1, X)):
        gradients["dW" + name] = sum(np.outer(dZ[:, i], below[:, i]) for i in range(m)) / m
        gradients["db" + name] = np.array([[sum(row) / m] for row in dZ])
    return gradients


for _wrong in (wrong_l2_cost, wrong_l2_backward, wrong_dropout_forward, wrong_dropout_backward):
    CATALOGUE.right_answers[_wrong.NAME]["a name for each step"] = _wrong.SOURCE
