"""Thinned networks are the full one without the units that the student's masks drop."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from labkit.arrays import Array
from labkit.regularization.crowd import answers_of, thinned_networks
from labkit.regularization.network import Cache, forward_propagation, initialize_parameters, relu, sigmoid
from labkit.regularization.training import Recipe, Run

PARAMETERS = initialize_parameters((2, 6, 4, 1), 5)
RUN = Run("trained", [0], [0.5], [PARAMETERS])
D1, D2 = np.array([[1, 0, 1, 1, 0, 1]]).T, np.array([[0, 1, 1, 1]]).T
X = np.random.default_rng(0).standard_normal((2, 30))


def fixed(X: Array, parameters: Mapping[str, Array]) -> tuple[Array, Cache]:
    """A forward pass whose cache holds always the same masks."""
    A3, (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, _, W3, b3) = forward_propagation(X, parameters)
    return A3, (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3)


def test_a_thinned_network_answers_as_the_full_one_with_its_masks() -> None:
    networks = thinned_networks(Recipe("fixed", forward=fixed), RUN, keep_prob=0.5, count=2)
    W1, b1, W2, b2, W3, b3 = PARAMETERS.values()
    A1 = relu(W1 @ X + b1) * D1 / 0.5
    A2 = relu(W2 @ A1 + b2) * D2 / 0.5
    np.testing.assert_allclose(answers_of(networks, X), np.repeat(sigmoid(W3 @ A2 + b3), 2, axis=0))


def test_a_training_or_a_function_that_is_not_ready_is_named_and_there_is_no_crowd(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def still_empty(X: Array, parameters: Mapping[str, Array]) -> Any:
        return None

    assert thinned_networks(Recipe("fixed", forward=fixed), Run("later", problem="nothing yet"), keep_prob=0.5) == []
    assert "later: not trained. nothing yet" in capsys.readouterr().out
    assert thinned_networks(Recipe("empty", forward=still_empty), RUN, keep_prob=0.5) == []
    assert "still_empty" in capsys.readouterr().out
