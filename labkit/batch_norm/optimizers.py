"""Optimizers: SGD with momentum, and Adam. Both change the parameters in place."""

from typing import Protocol

import numpy as np

from labkit.arrays import Array, Gradients, Parameters


class Optimizer(Protocol):
    """Whatever moves parameters along their gradients."""

    def step(self, parameters: Parameters, gradients: Gradients) -> None:
        """Move each parameter, in place, along its gradient of the same key and shape."""


class SGDMomentum:
    """Stochastic gradient descent with momentum: v ← momentum · v − learning_rate · g,  w ← w + v."""

    def __init__(self, learning_rate: float, momentum: float = 0.9) -> None:
        self.learning_rate = learning_rate
        self.momentum = momentum
        self._velocity: Parameters = {}

    def step(self, parameters: Parameters, gradients: Gradients) -> None:
        """Move each parameter, in place, along its gradient of the same key and shape."""
        for name, gradient in gradients.items():
            velocity = self._velocity.setdefault(name, np.zeros_like(parameters[name]))
            velocity *= self.momentum
            velocity -= self.learning_rate * gradient
            parameters[name] += velocity


class Adam:
    """Adam (Kingma & Ba 2015, arXiv 1412.6980): an own step size for every weight.

    m ← β1·m + (1 − β1)·g,  v ← β2·v + (1 − β2)·g²,  w ← w − learning_rate · m̂ / (√v̂ + 1e-8),
    with m̂ = m / (1 − β1ᵗ) and v̂ = v / (1 − β2ᵗ) in step t; β1 = 0.9, β2 = 0.999.
    """

    def __init__(self, learning_rate: float = 1e-3) -> None:
        self.learning_rate = learning_rate
        self._steps = 0
        self._moments: dict[str, tuple[Array, Array]] = {}

    def step(self, parameters: Parameters, gradients: Gradients) -> None:
        """Move each parameter, in place, along its gradient of the same key and shape."""
        beta1, beta2 = 0.9, 0.999
        self._steps += 1
        for name, gradient in gradients.items():
            zeros = np.zeros_like(parameters[name])
            first, second = self._moments.get(name, (zeros, zeros))
            first = beta1 * first + (1 - beta1) * gradient
            second = beta2 * second + (1 - beta2) * gradient**2
            self._moments[name] = first, second
            unbiased_first = first / (1 - beta1**self._steps)
            unbiased_second = second / (1 - beta2**self._steps)
            parameters[name] -= self.learning_rate * unbiased_first / (np.sqrt(unbiased_second) + 1e-8)
