"""Measure gradients by central differences, and how far two gradients are apart; both labs check with them."""

from collections.abc import Callable, Mapping

import numpy as np

from labkit.arrays import Array, Gradients, Parameters

STEP = 1e-5


def numeric_gradient(
    cost_of: Callable[[Parameters], float], parameters: Mapping[str, Array], step: float = STEP
) -> Gradients:
    """Measure the slope of a cost at each parameter: (J(θ + h) − J(θ − h)) / 2h, the central difference.

    Args:
        cost_of: The cost as a function of all parameters.
        parameters: ``W1``, ``b1``, …, float64. They stay as they are.
        step: h.

    Returns:
        ``dW1``, ``db1``, … with the shapes of the parameters.
    """
    moved = {name: value.copy() for name, value in parameters.items()}
    slopes: Gradients = {}
    for name, value in moved.items():
        slope = np.zeros_like(value)
        for index in np.ndindex(value.shape):
            middle = value[index]
            value[index] = middle + step
            above = cost_of(moved)
            value[index] = middle - step
            below = cost_of(moved)
            value[index] = middle
            slope[index] = (above - below) / (2 * step)
        slopes["d" + name] = slope
    return slopes


def relative_difference(first: Array, second: Array) -> float:
    """Compare two arrays of the same shape as arrows: ‖first − second‖ / (‖first‖ + ‖second‖), 0 when both are zero.

    Args:
        first: Any shape, float64.
        second: The same shape.
    """
    size = float(np.linalg.norm(first) + np.linalg.norm(second))
    return float(np.linalg.norm(first - second)) / size if size else 0.0
