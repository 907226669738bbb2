"""Train a network by gradient descent with a recipe: forward pass, cost and backward pass."""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import numpy as np

from labkit.arrays import Array, Gradients, Parameters
from labkit.palette import DROPOUT, L2, PLAIN, Look
from labkit.regularization import words
from labkit.regularization.network import (
    Cache,
    backward_propagation,
    compute_cost,
    forward_propagation,
    initialize_parameters,
    update_parameters,
)
from labkit.say import say
from labkit.selfcheck import words as selfcheck_words
from labkit.selfcheck.check import unproven

T = TypeVar("T")


def plain_cost(A3: Array, Y: Array, parameters: Mapping[str, Array]) -> float:
    """Call ``compute_cost`` with the arguments that a recipe gives.

    Args:
        A3: (1, m), the network's answers.
        Y: (1, m), the labels.
        parameters: Not used.
    """
    return compute_cost(A3, Y)


@dataclass(frozen=True)
class Recipe:
    """A way of learning, put together from three functions; by default they are those of the plain network.

    Attributes:
        name: How tables and pictures call it.
        forward: Called as ``forward(X, parameters)``, returns ``(A3, cache)``.
        cost: Called as ``cost(A3, Y, parameters)``, returns a number.
        backward: Called as ``backward(X, Y, cache)``, returns the dictionary of gradients.
        look: How pictures draw it; by default, as its functions say: plain, with another cost, or another forward pass.
    """

    name: str
    forward: Callable[[Array, Mapping[str, Array]], tuple[Array, Cache]] = forward_propagation
    cost: Callable[[Array, Array, Mapping[str, Array]], float] = plain_cost
    backward: Callable[[Array, Array, Cache], Gradients] = backward_propagation
    look: Look | None = None

    def drawn(self) -> Look:
        """Return how pictures draw the recipe."""
        if self.look is not None:
            return self.look
        if self.forward is not forward_propagation:
            return DROPOUT
        return PLAIN if self.cost is plain_cost else L2


class NotReadyError(Exception):
    """A function of the student cannot be used yet; the message says which and why, in one sentence."""


@dataclass
class Run:
    """The course of a training.

    Attributes:
        name: The name of the recipe.
        steps: The steps at which costs and parameters were noted; the first is 0.
        costs: The cost at each of these steps.
        history: The parameters at each of these steps.
        problem: Why there is no result, in a sentence; empty when there is a result.
        look: How pictures draw it.
    """

    name: str
    steps: list[int] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)
    history: list[Parameters] = field(default_factory=list)
    problem: str = ""
    look: Look = PLAIN

    @property
    def parameters(self) -> Parameters:
        """The parameters at the end of the training."""
        return self.history[-1]


def train(
    X: Array,
    Y: Array,
    recipe: Recipe,
    *,
    layer_dims: Sequence[int] = (2, 64, 32, 1),
    learning_rate: float = 0.01,
    momentum: float = 0.96,
    steps: int = 4000,
    seed: int = 1,
) -> Run:
    """Learn by gradient descent with momentum on all examples at once, and print one line about it.

    A function that is still empty, or that stops with an error, is reported in that line and in ``Run.problem``; one
    that fails its self-check in a line before it.

    Args:
        X: (n0, m), the examples as columns.
        Y: (1, m), the labels.
        recipe: The functions to use.
        layer_dims: The number of units of each layer.
        learning_rate: The size of a step.
        momentum: The share of its last movement that a parameter keeps; 0 is plain gradient descent.
        steps: The number of steps.
        seed: Of the first weights, and of ``np.random`` for functions that draw from it.

    Returns:
        The run. The cost and the parameters are noted at the start, 160 times on the way, and at the end.
    """
    for name in unproven({name_of(part): _inner(part) for part in (recipe.forward, recipe.cost, recipe.backward)}):
        say(selfcheck_words.unproven(name))
    run = Run(recipe.name, look=recipe.drawn())
    parameters = initialize_parameters(layer_dims, seed)
    movement: Gradients = {f"d{name}": np.zeros_like(value) for name, value in parameters.items()}
    np.random.seed(seed)
    every = max(1, steps // 160)
    try:
        for step in range(steps + 1):
            A3, cache = use_forward(recipe, X, parameters)
            if step % every == 0 or step == steps:
                cost = use_cost(recipe, A3, Y, parameters)
                if not np.isfinite(cost):
                    raise NotReadyError(words.cost_not_finite(step=step))
                run.steps.append(step)
                run.costs.append(cost)
                run.history.append(parameters)
            if step < steps:
                grads = use_backward(recipe, X, Y, cache, parameters)
                movement = {name: momentum * past + grads[name] for name, past in movement.items()}
                parameters = update_parameters(parameters, movement, learning_rate)
    except NotReadyError as problem:
        run.problem = str(problem)
        say(words.untrained(name=run.name, problem=run.problem))
    else:
        print(words.trained(name=run.name, steps=steps, cost=run.costs[-1]))
    return run


def stop_early(run: Run, X: Array, Y: Array) -> Run:
    """Cut a run off where its network does best on other examples, all units at work, and say at which step.

    Args:
        run: A training.
        X: (n0, m), examples that the training has not seen: the validation part.
        Y: (1, m), their labels.

    Returns:
        The run as far as the noted step with the lowest cross-entropy on these examples.
    """
    if run.problem:
        say(words.untrained(name=run.name, problem=run.problem))
        return run
    best = int(np.argmin([compute_cost(forward_propagation(X, past)[0], Y) for past in run.history]))
    name = words.stopped_early(name=run.name, step=run.steps[best])
    print(name)
    end = best + 1
    return replace(run, name=name, steps=run.steps[:end], costs=run.costs[:end], history=run.history[:end])


def use_forward(recipe: Recipe, X: Array, parameters: Mapping[str, Array]) -> tuple[Array, Cache]:
    """Call the forward pass of a recipe.

    Raises:
        NotReadyError: It stops with an error, or returns anything but an array and a tuple without a None.
    """
    result = _call(recipe.forward, X, parameters)
    good = isinstance(result, tuple) and len(result) == 2 and _filled(result[0]) and isinstance(result[1], tuple)
    if not good or any(entry is None for entry in result[1]):
        raise NotReadyError(words.still_empty(function=name_of(recipe.forward)))
    return result


def use_cost(recipe: Recipe, A3: Array, Y: Array, parameters: Mapping[str, Array]) -> float:
    """Call the cost of a recipe.

    Raises:
        NotReadyError: It stops with an error, or returns anything but one number.
    """
    result = _call(recipe.cost, A3, Y, parameters)
    if not _filled(result) or np.size(result) != 1:
        raise NotReadyError(words.still_empty(function=name_of(recipe.cost)))
    return float(np.asarray(result, dtype=np.float64).item())


def use_backward(recipe: Recipe, X: Array, Y: Array, cache: Cache, parameters: Mapping[str, Array]) -> Gradients:
    """Call the backward pass of a recipe.

    Raises:
        NotReadyError: It stops with an error, or a gradient of a parameter is missing or has the wrong shape.
    """
    grads = _call(recipe.backward, X, Y, cache)
    function = name_of(recipe.backward)
    if not isinstance(grads, Mapping):
        raise NotReadyError(words.still_empty(function=function))
    for name, value in parameters.items():
        gradient = grads.get("d" + name)
        if gradient is None or not _filled(gradient):
            raise NotReadyError(words.gradient_empty(function=function, gradient="d" + name))
        if np.shape(gradient) != value.shape:
            raise NotReadyError(
                words.gradient_shape(
                    function=function, gradient="d" + name, actual=np.shape(gradient), expected=value.shape
                )
            )
    return dict(grads)


def _inner(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function itself where ``functools.partial`` filled in some of its arguments, or it is wrapped."""
    while (inner := getattr(function, "func", None) or getattr(function, "__wrapped__", None)) is not None:
        function = inner
    return function


def name_of(function: Callable[..., object]) -> str:
    """Return the name of a function, also when ``functools.partial`` filled in some of its arguments."""
    if isinstance(function, functools.partial):
        return name_of(function.func)
    return getattr(function, "__name__", "function")


def _call(function: Callable[..., T], *args: object) -> T:
    """Call a student's function, and turn whatever goes wrong inside into one sentence.

    A calculation with a None is what an empty stub leads to.
    """
    try:
        return function(*args)
    except Exception as error:
        name = name_of(function)
        if "NoneType" in str(error):
            raise NotReadyError(words.still_empty(function=name)) from error
        raise NotReadyError(words.stopped(name, type(error).__name__, error)) from error


def _filled(value: object) -> bool:
    """Tell whether a value is a number or an array of numbers."""
    return np.asarray(value).dtype.kind in "biuf"
