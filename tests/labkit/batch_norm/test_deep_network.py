"""The deep network of the batch-normalization lab: its gradients, its shapes, and what it asks of the student."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from labkit.arrays import Array
from labkit.batch_norm.deep_network import DeepNetwork, softmax_loss


def forward(x: Array, gamma: Array, beta: Array, bn_param: dict[str, Any]) -> tuple[Array, Any]:
    """Batch normalization as a loop over the features, with a cache that no other code could read."""
    out, kept = np.empty_like(x), []
    for j in range(x.shape[1]):
        if bn_param["mode"] == "train":
            mean, var = sum(x[:, j]) / len(x), sum((x[:, j] - sum(x[:, j]) / len(x)) ** 2) / len(x)
            bn_param.setdefault("seen", {})[j] = (mean, var)
        else:
            mean, var = bn_param["seen"][j]
        root = (var + 1e-5) ** 0.5
        normal = (x[:, j] - mean) / root
        kept.append((normal, root, gamma[j]))
        out[:, j] = gamma[j] * normal + beta[j]
    return out, {"kept": kept}


def backward(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    """The gradient of `forward`, feature by feature, with the full N×N Jacobian."""
    count, width = dout.shape
    dx, dgamma = np.empty_like(dout), np.empty(width)
    for j, (normal, root, gain) in enumerate(cache["kept"]):
        jacobian = (np.eye(count) - 1 / count - np.outer(normal, normal) / count) / root
        dx[:, j] = jacobian @ dout[:, j] * gain
        dgamma[j] = normal @ dout[:, j]
    return dx, dgamma, dout.sum(axis=0)


def hidden_layer(x: Array, layer: int, parameters: Any, bn_params: Any, normalize: Any) -> tuple[Array, Any]:
    z = x @ parameters[f"W{layer}"] + parameters[f"b{layer}"]
    y, cache = normalize(z, parameters[f"gamma{layer}"], parameters[f"beta{layer}"], bn_params[layer - 1])
    return np.maximum(y, 0), cache


NORMALIZED = (hidden_layer, forward, backward)


def numeric(function: Callable[[], float], value: Array, step: float = 1e-6) -> Array:
    """Central differences of the function with respect to the array that it reads."""
    slope = np.empty_like(value)
    for index in np.ndindex(value.shape):
        here = value[index]
        value[index] = here + step
        above = function()
        value[index] = here - step
        below = function()
        value[index] = here
        slope[index] = (above - below) / (2 * step)
    return slope


@pytest.mark.parametrize("normalization", [None, NORMALIZED], ids=["plain", "batch-norm"])
@pytest.mark.parametrize("sizes", [[5, 3], [5, 4, 3], [5, 6, 4, 5, 3]], ids=["0-hidden", "1-hidden", "3-hidden"])
def test_every_gradient_agrees_with_central_differences(normalization: Any, sizes: list[int]) -> None:
    rng = np.random.default_rng(len(sizes))
    x, labels = rng.standard_normal((7, 5)), rng.integers(0, 3, 7)
    network = DeepNetwork(sizes, normalization=normalization, seed=4)
    for value in network.parameters.values():
        value += 0.3 * rng.standard_normal(value.shape)  # zeros and ones hide mistakes
    _, gradients = network.loss(x, labels)
    assert gradients.keys() == network.parameters.keys()
    for name, value in network.parameters.items():
        expected = numeric(lambda: network.loss(x, labels)[0], value)
        assert gradients[name].shape == value.shape
        np.testing.assert_allclose(gradients[name], expected, atol=2e-7 * max(1.0, np.abs(expected).max()))


def test_bias_before_batch_norm_has_no_gradient() -> None:
    rng = np.random.default_rng(0)
    network = DeepNetwork([5, 6, 6, 3], normalization=NORMALIZED)
    _, gradients = network.loss(rng.standard_normal((9, 5)), rng.integers(0, 3, 9))
    assert np.abs(gradients["b1"]).max() < 1e-14
    assert np.abs(gradients["b3"]).max() > 1e-3


def test_softmax_loss_agrees_with_a_loop_over_probabilities() -> None:
    scores, labels = np.array([[1.0, 2.0, 0.5], [0.1, -3.0, 4.0]]), np.array([2, 0])
    expected = 0.0
    for row, label in zip(scores, labels, strict=True):
        expected -= np.log(np.exp(row[label]) / sum(np.exp(value) for value in row)) / 2
    loss, gradient = softmax_loss(scores, labels)
    assert loss == pytest.approx(expected, rel=1e-14)
    assert gradient == pytest.approx(numeric(lambda: softmax_loss(scores, labels)[0], scores), abs=1e-9)


def test_softmax_loss_survives_huge_scores() -> None:
    loss, gradient = softmax_loss(np.array([[1e4, -1e4]]), np.array([1]))
    assert loss == pytest.approx(2e4)
    assert np.array_equal(gradient, [[1.0, -1.0]])


def test_same_seed_gives_the_same_weights_with_and_without_batch_norm() -> None:
    plain = DeepNetwork([5, 4, 3], seed=7)
    other = DeepNetwork([5, 4, 3], seed=7, normalization=NORMALIZED)
    assert all(np.array_equal(value, other.parameters[name]) for name, value in plain.parameters.items())


def test_weight_scale_is_the_standard_deviation_of_the_weights() -> None:
    assert DeepNetwork([400, 300, 2], weight_scale=0.07).parameters["W1"].std() == pytest.approx(0.07, rel=0.02)
    assert DeepNetwork([400, 300, 2]).parameters["W1"].std() == pytest.approx(np.sqrt(2 / 400), rel=0.02)


def test_batch_norm_gets_train_mode_for_activations_and_test_mode_for_answers() -> None:
    modes = []

    def watch(x: Array, gamma: Array, beta: Array, bn_param: dict[str, Any]) -> tuple[Array, None]:
        modes.append(bn_param["mode"])
        return x, None

    network = DeepNetwork([2, 4, 4, 2], normalization=(hidden_layer, watch, None))
    network.hidden(np.ones((3, 2)))
    network.accuracy(np.ones((3, 2)), np.array([0, 1, 0]))
    assert modes == ["train", "train", "test", "test"]


def test_hidden_gives_the_rectified_output_of_every_hidden_layer() -> None:
    x = np.random.default_rng(1).standard_normal((6, 5))
    network = DeepNetwork([5, 4, 8, 3])
    first, second = network.hidden(x)
    assert np.array_equal(first, np.maximum(x @ network.parameters["W1"], 0))
    assert np.array_equal(second, np.maximum(first @ network.parameters["W2"], 0))


def test_gradients_of_one_row_are_taken_as_vectors() -> None:
    def rows(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
        dx, dgamma, dbeta = backward(dout, cache)
        return dx, dgamma[None], dbeta[None]

    network = DeepNetwork([2, 4, 2], normalization=(hidden_layer, forward, rows))
    _, gradients = network.loss(np.arange(6.0).reshape(3, 2), np.array([0, 1, 0]))
    assert gradients["gamma1"].shape == gradients["beta1"].shape == (4,)
