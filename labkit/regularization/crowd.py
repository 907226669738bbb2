"""Take a network that was trained with dropout apart into thinned networks, each without the units of a mask."""

from collections.abc import Sequence

import numpy as np

from labkit.arrays import Array, Parameters
from labkit.regularization import words
from labkit.regularization.network import forward_propagation
from labkit.regularization.training import NotReadyError, Recipe, Run, use_forward
from labkit.say import say


def thinned_networks(recipe: Recipe, run: Run, keep_prob: float, count: int = 100) -> list[Parameters]:
    """Draw thinned networks with the masks of your own forward pass.

    A unit is dropped for good when the weights that lead away from it are 0; those of the others grow by 1 / keep_prob.

    Args:
        recipe: A recipe with dropout, its cache as the lab has it.
        run: A training with it.
        keep_prob: The probability of keeping a unit.
        count: How many networks to draw.

    Returns:
        Their parameters, for the plain forward pass; none where the training or the function is not ready.
    """
    if run.problem:
        say(words.untrained(name=run.name, problem=run.problem))
        return []
    one_example = np.zeros((run.parameters["W1"].shape[1], 1))
    networks = []
    for _ in range(count):
        try:
            cache = use_forward(recipe, one_example, run.parameters)[1]
        except NotReadyError as problem:
            print(problem)
            return []
        D1, D2 = (np.reshape(cache[place], (1, -1)) for place in (1, 6))
        W2, W3 = run.parameters["W2"] * D1 / keep_prob, run.parameters["W3"] * D2 / keep_prob
        networks.append({**run.parameters, "W2": W2, "W3": W3})
    return networks


def answers_of(networks: Sequence[Parameters], X: Array) -> Array:
    """Ask each network about each example.

    Args:
        networks: Parameters ``W1`` … ``b3``.
        X: (n0, m), the examples as columns.

    Returns:
        (networks, m), the answers between 0 and 1.
    """
    return np.array([forward_propagation(X, network)[0][0] for network in networks])
