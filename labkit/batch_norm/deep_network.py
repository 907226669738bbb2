"""A fully connected network of any depth whose hidden layers, forward and backward, are the student's.

Each hidden layer is affine → (normalization) → ReLU; the last layer is affine, followed by softmax and
cross-entropy. Examples are rows.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from labkit.arrays import Array, Gradients, Labels, Parameters


class Normalization(NamedTuple):
    """The three functions that a network with normalization is built of.

    Attributes:
        hidden_layer: `hidden_layer(x, layer, parameters, bn_params, normalize)` → `(a, cache)`: affine, normalization,
            ReLU, where `normalize` is `forward`.
        forward: `forward(x, gamma, beta, bn_param)` → `(out, cache)`.
        backward: `backward(dout, cache)` → `(dx, dgamma, dbeta)`.
    """

    hidden_layer: Callable[..., tuple[Array, Any]]
    forward: Callable[[Array, Array, Array, dict[str, Any]], tuple[Array, Any]]
    backward: Callable[[Array, Any], tuple[Array, Array, Array]] | None


class _Step(NamedTuple):
    """What one hidden layer keeps for the backward pass: its input, where its ReLU is active, the student's cache."""

    x: Array
    active: NDArray[np.bool_]
    cache: Any


def softmax_loss(scores: Array, labels: Labels) -> tuple[float, Array]:
    """Return the mean cross-entropy of softmax(scores) and its gradient with respect to the scores.

    loss = −1/N Σ_n log p_n[label_n],  ∂loss/∂scores = (p − one_hot(labels)) / N

    Args:
        scores: (N, C).
        labels: (N,), integers in 0 … C − 1.

    Returns:
        The loss and its gradient, (N, C).
    """
    count = len(scores)
    shifted = scores - scores.max(axis=1, keepdims=True)  # exp cannot overflow
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    gradient = np.exp(log_p)
    gradient[np.arange(count), labels] -= 1.0
    return float(-log_p[np.arange(count), labels].mean()), gradient / count


class DeepNetwork:
    """A stack of fully connected layers with ReLU, with or without normalization.

    Attributes:
        parameters: `W1`, `b1`, … `WL`, `bL`, and with normalization `gamma1`, `beta1`, … for the hidden layers.
        bn_params: a `bn_param` dict for each hidden layer; the student's function keeps its running statistics there.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        *,
        normalization: Normalization | tuple[Any, Any, Any] | None = None,
        weight_scale: float | None = None,
        seed: int = 0,
    ) -> None:
        """Draw the first weights.

        Args:
            sizes: width of the input, of every hidden layer, and of the output: `[64, 50, 50, 10]`.
            normalization: `(hidden_layer, forward, backward)`, or None for a plain network; backward may be None where
                nothing goes backward.
            weight_scale: standard deviation of the weights; None takes √(2 / width of the layer before), the scale
                that keeps the signal alive through ReLU layers (He et al. 2015, arXiv 1502.01852).
            seed: of the weights. The same seed gives the same weights with and without normalization.
        """
        self.depth = len(sizes) - 1
        self.normalization = None if normalization is None else Normalization(*normalization)
        self.parameters: Parameters = {}
        self.bn_params: list[dict[str, Any]] = []
        rng = np.random.default_rng(seed)
        for layer, (before, after) in enumerate(pairwise(sizes), start=1):
            scale = np.sqrt(2.0 / before) if weight_scale is None else weight_scale
            self.parameters[f"W{layer}"] = scale * rng.standard_normal((before, after))
            self.parameters[f"b{layer}"] = np.zeros(after)
            if self.normalization is not None and layer < self.depth:
                self.parameters[f"gamma{layer}"] = np.ones(after)
                self.parameters[f"beta{layer}"] = np.zeros(after)
                self.bn_params.append({"mode": "train"})

    def scores(self, x: Array, mode: str = "test") -> Array:
        """Return the scores (N, C) of the images x (N, D); mode "test" uses the running statistics."""
        return self._forward(x, mode)[0]

    def hidden(self, x: Array, mode: str = "train") -> list[Array]:
        """Return the activations of each hidden layer for x (N, D): an array (N, width) a layer."""
        _, steps, last = self._forward(x, mode)
        return [*(step.x for step in steps[1:]), last]

    def accuracy(self, x: Array, labels: Labels) -> float:
        """Return the share of the images x (N, D) whose highest score is that of their label (N,)."""
        return float(np.mean(self.scores(x).argmax(axis=1) == labels))

    def loss(self, x: Array, labels: Labels) -> tuple[float, Gradients]:
        """Return the loss of one mini-batch in training mode, and its gradient.

        Args:
            x: (N, D).
            labels: (N,).

        Returns:
            The loss, and a dict with the keys and shapes of `parameters`.
        """
        scores, steps, last = self._forward(x, "train")
        loss, upstream = softmax_loss(scores, labels)
        gradients: Gradients = {}
        self._affine_backward(self.depth, upstream, last, gradients)
        for layer in range(self.depth - 1, 0, -1):
            step = steps[layer - 1]
            upstream = (upstream @ self.parameters[f"W{layer + 1}"].T) * step.active
            if self.normalization is not None:
                assert self.normalization.backward is not None, "a network without a backward pass cannot learn"
                upstream, dgamma, dbeta = self.normalization.backward(upstream, step.cache)
                gradients[f"gamma{layer}"] = np.reshape(dgamma, -1)
                gradients[f"beta{layer}"] = np.reshape(dbeta, -1)
            self._affine_backward(layer, upstream, step.x, gradients)
        return loss, gradients

    def _forward(self, x: Array, mode: str) -> tuple[Array, list[_Step], Array]:
        """Return the scores, what each hidden layer keeps for the backward pass, and the last layer's input."""
        steps: list[_Step] = []
        for layer in range(1, self.depth):
            cache = None
            if self.normalization is None:
                after = np.maximum(self._affine(layer, x), 0)
            else:
                self.bn_params[layer - 1]["mode"] = mode
                hidden_layer, normalize, _ = self.normalization
                after, cache = hidden_layer(x, layer, self.parameters, self.bn_params, normalize)
            steps.append(_Step(x, after > 0, cache))
            x = after
        return self._affine(self.depth, x), steps, x

    def _affine(self, layer: int, x: Array) -> Array:
        return x @ self.parameters[f"W{layer}"] + self.parameters[f"b{layer}"]

    def _affine_backward(self, layer: int, upstream: Array, x: Array, gradients: Gradients) -> None:
        gradients[f"W{layer}"] = x.T @ upstream
        gradients[f"b{layer}"] = upstream.sum(axis=0)
