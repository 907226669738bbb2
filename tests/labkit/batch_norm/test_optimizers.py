"""SGD with momentum and Adam against the written-out formulas, number by number."""

import math

import numpy as np
import pytest

from labkit.batch_norm.optimizers import Adam, SGDMomentum

GRADIENTS = (0.5, -2.0, 3.0)


def test_sgd_with_momentum_follows_its_formula() -> None:
    weight, velocity = 1.0, 0.0
    parameters = {"w": np.array([1.0])}
    optimizer = SGDMomentum(0.1, momentum=0.8)
    for gradient in GRADIENTS:
        velocity = 0.8 * velocity - 0.1 * gradient
        weight += velocity
        optimizer.step(parameters, {"w": np.array([gradient])})
        assert parameters["w"][0] == pytest.approx(weight, rel=1e-14)


def test_adam_follows_its_formula() -> None:
    weight, first, second = 1.0, 0.0, 0.0
    parameters = {"w": np.array([1.0])}
    optimizer = Adam(0.01)
    for step, gradient in enumerate(GRADIENTS, start=1):
        first = 0.9 * first + 0.1 * gradient
        second = 0.999 * second + 0.001 * gradient**2
        weight -= 0.01 * (first / (1 - 0.9**step)) / (math.sqrt(second / (1 - 0.999**step)) + 1e-8)
        optimizer.step(parameters, {"w": np.array([gradient])})
        assert parameters["w"][0] == pytest.approx(weight, rel=1e-12)


@pytest.mark.parametrize("optimizer", [SGDMomentum(0.05), Adam(0.1)], ids=["sgd", "adam"])
def test_both_find_the_bottom_of_a_bowl_and_keep_the_gradients_as_they_are(optimizer: SGDMomentum | Adam) -> None:
    parameters = {"a": np.array([3.0, -4.0]), "b": np.array([[2.0]])}
    for _ in range(400):
        gradients = {name: 2 * value for name, value in parameters.items()}
        kept = {name: value.copy() for name, value in gradients.items()}
        optimizer.step(parameters, gradients)
        assert all(np.array_equal(kept[name], gradients[name]) for name in kept)
    assert max(np.abs(value).max() for value in parameters.values()) < 1e-3
