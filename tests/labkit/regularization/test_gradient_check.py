"""The gradient check: right gradients agree, wrong ones do not, random forward passes are held still."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from labkit.arrays import Array, Gradients
from labkit.regularization.gradient_check import gradient_check, replayed
from labkit.regularization.network import Cache, backward_propagation, forward_propagation
from labkit.regularization.training import Recipe

GENERATOR = np.random.default_rng(11)


def test_the_plain_backward_pass_agrees(capsys: pytest.CaptureFixture[str]) -> None:
    check = gradient_check(Recipe("plain"))
    assert check.difference < 1e-8
    assert "is the slope" in capsys.readouterr().out


def test_a_wrong_gradient_is_found_and_its_arrays_are_pointed_at(capsys: pytest.CaptureFixture[str]) -> None:
    def wrong(X: Array, Y: Array, cache: Cache) -> Gradients:
        grads = backward_propagation(X, Y, cache)
        return grads | {"dW2": 1.01 * grads["dW2"]}

    check = gradient_check(Recipe("wrong", backward=wrong))
    pointed = [line.split(":")[0].strip() for line in capsys.readouterr().out.splitlines() if "←" in line]
    assert check.difference > 1e-4
    assert pointed == ["dW2"]


def test_the_check_belongs_to_the_cost_of_the_recipe() -> None:
    doubled = Recipe("double", cost=lambda A3, Y, _: float(-2 * np.mean(Y * np.log(A3) + (1 - Y) * np.log(1 - A3))))
    assert gradient_check(doubled).difference == pytest.approx(1 / 3, rel=1e-6)


def legacy(shape: tuple[int, ...]) -> Array:
    return np.random.rand(*shape)


def new_generator(shape: tuple[int, ...]) -> Array:
    return np.random.default_rng().random(shape)


def global_generator(shape: tuple[int, ...]) -> Array:
    return GENERATOR.random(shape)


@pytest.mark.parametrize("draw", [legacy, new_generator, global_generator])
def test_a_forward_pass_that_draws_is_held_still_whatever_it_draws_from(
    draw: Callable[[tuple[int, ...]], Array],
) -> None:
    def through(X: Array, Y: Array, cache: Cache) -> Gradients:
        return backward_propagation(cache[0], Y, cache[1])

    def forward(X: Array, parameters: Mapping[str, Array]) -> tuple[Array, Cache]:
        moved = X * (1 + draw(X.shape)) * (1 + GENERATOR.random(X.shape))
        A3, cache = forward_propagation(moved, parameters)
        return A3, (moved, cache)

    assert gradient_check(Recipe("shaken", forward=forward, backward=through)).difference < 1e-8


def test_holding_draws_still_leaves_numpy_as_it_was() -> None:
    before = np.random.default_rng
    replayed(forward_propagation)(np.ones((1, 1)), {n: np.ones((1, 1)) for n in ("W1", "b1", "W2", "b2", "W3", "b3")})
    assert np.random.default_rng is before


def test_draws_that_cannot_be_held_still_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    hidden = [np.random.default_rng()]

    def restless(X: Array, parameters: Mapping[str, Array]) -> tuple[Array, Cache]:
        return forward_propagation(X + hidden[0].random(X.shape), parameters)

    check = gradient_check(Recipe("restless", forward=restless))
    assert "different masks" in check.problem
    assert "restless" in capsys.readouterr().out


def test_an_empty_backward_pass_is_reported_kindly(capsys: pytest.CaptureFixture[str]) -> None:
    def empty(*_: Any) -> Any:
        return None

    check = gradient_check(Recipe("empty", backward=empty))
    assert check.problem
    assert "not checked" in capsys.readouterr().out
