"""Check that the gradient of a backward pass is the measured slope of the cost."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from unittest import mock

import numpy as np

from labkit.arrays import Array, Gradients, Parameters
from labkit.numeric_gradient import numeric_gradient, relative_difference
from labkit.regularization import words
from labkit.regularization.network import Cache, initialize_parameters
from labkit.regularization.training import NotReadyError, Recipe, name_of, use_backward, use_cost, use_forward
from labkit.say import say

AGREES = 1e-7
SEED = 7


@dataclass
class GradientCheck:
    """The two gradients of a small network, side by side.

    Attributes:
        name: The name of the recipe.
        yours: ``dW1`` … ``db3`` as the backward pass gives them.
        numeric: The same, measured.
        problem: Why there is no result, in a sentence; empty when there is a result.
    """

    name: str
    yours: Gradients = field(default_factory=dict)
    numeric: Gradients = field(default_factory=dict)
    problem: str = ""

    @property
    def difference(self) -> float:
        """The relative difference of all gradients joined into one long vector."""
        return relative_difference(_joined(self.yours), _joined(self.numeric))


def gradient_check(recipe: Recipe) -> GradientCheck:
    """Compare the backward pass of a recipe with the measured slope of its cost, and print the outcome.

    The network is small, [3, 5, 4, 1] with six examples, so that each of its parameters can be moved. A forward
    pass that draws random numbers draws the same numbers in each call: a cost whose masks change has no slope.

    Args:
        recipe: The functions to use.

    Returns:
        Both gradients.
    """
    check = GradientCheck(recipe.name)
    rng = np.random.default_rng(SEED)
    X = rng.standard_normal((3, 6))
    Y = (rng.random((1, 6)) > 0.5).astype(np.float64)
    parameters = initialize_parameters([3, 5, 4, 1], SEED)
    parameters = {name: value + 0.1 * rng.standard_normal(value.shape) for name, value in parameters.items()}
    still = Recipe(recipe.name, replayed(recipe.forward), recipe.cost, recipe.backward)

    def cost_of(moved: Parameters) -> float:
        return use_cost(still, use_forward(still, X, moved)[0], Y, moved)

    try:
        A3, cache = use_forward(still, X, parameters)
        if not np.array_equal(A3, use_forward(still, X, parameters)[0]):
            raise NotReadyError(words.draws_not_still(function=name_of(recipe.forward)))
        check.yours = {
            name: np.array(gradient, dtype=np.float64)
            for name, gradient in use_backward(still, X, Y, cache, parameters).items()
            if name[1:] in parameters
        }
        check.numeric = numeric_gradient(cost_of, parameters)
    except NotReadyError as problem:
        check.problem = str(problem)
        say(words.unchecked(name=check.name, problem=check.problem))
    else:
        _report(check)
    return check


def replayed(
    forward: Callable[[Array, Mapping[str, Array]], tuple[Array, Cache]],
) -> Callable[[Array, Mapping[str, Array]], tuple[Array, Cache]]:
    """Make a function draw the same random numbers each time it is called.

    It repeats ``np.random`` itself, ``np.random.default_rng()`` called inside the function, and generators that are
    global variables of the notebook.

    Args:
        forward: A forward pass, with or without draws.

    Returns:
        The same function, repeatable.
    """
    inner = forward
    while isinstance(inner, functools.partial):
        inner = inner.func
    places = getattr(inner, "__globals__", {}).values()
    generators = [value for value in places if isinstance(value, np.random.Generator)]
    states = [generator.bit_generator.state for generator in generators]
    fresh = np.random.default_rng

    @functools.wraps(inner)
    def again(X: Array, parameters: Mapping[str, Array]) -> tuple[Array, Cache]:
        np.random.seed(SEED)
        for generator, state in zip(generators, states, strict=True):
            generator.bit_generator.state = state
        with mock.patch.object(np.random, "default_rng", lambda seed=SEED: fresh(seed)):
            return forward(X, parameters)

    return again


def _joined(gradients: Gradients) -> Array:
    return np.concatenate([gradients[name].ravel() for name in sorted(gradients)])


def _report(check: GradientCheck) -> None:
    if check.difference < AGREES:
        print(words.gradient_agrees(check.name, check.difference))
        return
    say(words.gradient_differs(check.name, check.difference, AGREES))
    for name, numeric in check.numeric.items():
        difference = relative_difference(check.yours[name], numeric)
        print(f"  {name}: {difference:.1e}{'' if difference < AGREES else '   ←'}")
