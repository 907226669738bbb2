"""Training by a recipe: it learns, notes what it did, and stays kind to a function that is not ready."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NoReturn

import numpy as np
import pytest

from labkit.arrays import Array
from labkit.palette import DROPOUT, L2, OWN
from labkit.regularization.network import (
    Cache,
    accuracy,
    backward_propagation,
    compute_cost,
    forward_propagation,
    initialize_parameters,
    update_parameters,
)
from labkit.regularization.training import Recipe, Run, stop_early, train
from labkit.selfcheck import words
from tests.test_architecture import REPOSITORY

X = np.random.default_rng(0).standard_normal((2, 40))
Y = (X[:1] + X[1:] > 0).astype(np.float64)
PLAIN = Recipe("plain")


def short(recipe: Recipe, **options: Any) -> Run:
    return train(X, Y, recipe, layer_dims=(2, 8, 4, 1), steps=40, **{"learning_rate": 0.3, "momentum": 0.0, **options})


def test_a_plain_training_learns_and_notes_costs_and_parameters() -> None:
    run = short(PLAIN)
    assert run.problem == ""
    assert run.steps == list(range(41))
    assert run.costs[-1] < run.costs[0] / 2
    assert accuracy(X, Y, run.parameters) > 0.8
    assert run.costs[7] == pytest.approx(compute_cost(forward_propagation(X, run.history[7])[0], Y))


def test_the_last_step_is_noted_even_when_it_is_not_due() -> None:
    run = train(X, Y, PLAIN, layer_dims=(2, 8, 4, 1), steps=401)
    assert run.steps[:3] == [0, 2, 4]
    assert run.steps[-1] == 401


def test_momentum_adds_up_the_gradients() -> None:
    parameters = initialize_parameters((2, 8, 4, 1), 1)
    run = short(PLAIN, learning_rate=0.1, momentum=0.5)
    movement = {f"d{name}": np.zeros_like(value) for name, value in parameters.items()}
    for expected in run.history[:4]:
        for name, value in parameters.items():
            np.testing.assert_allclose(expected[name], value)
        grads = backward_propagation(X, Y, forward_propagation(X, parameters)[1])
        movement = {name: 0.5 * past + grads[name] for name, past in movement.items()}
        parameters = update_parameters(parameters, movement, 0.1)


def test_stopping_early_keeps_the_step_that_does_best_on_other_examples(capsys: pytest.CaptureFixture[str]) -> None:
    run = short(PLAIN)
    costs = [compute_cost(forward_propagation(X[:, :7], past)[0], 1 - Y[:, :7]) for past in run.history]
    stopped = stop_early(run, X[:, :7], 1 - Y[:, :7])
    best = int(np.argmin(costs))
    assert stopped.steps == list(range(best + 1)) and stopped.parameters is run.history[best]
    assert stopped.name == f"plain, stopped at step {best}" and stopped.name in capsys.readouterr().out
    assert len(run.steps) == 41
    waiting = Run("later", problem="nothing yet")
    assert stop_early(waiting, X, Y) is waiting


def test_a_run_is_drawn_as_its_functions_say_unless_the_recipe_names_a_look() -> None:
    assert short(Recipe("r", cost=returning(1.0))).look == L2
    assert short(Recipe("r", forward=lambda X, parameters: forward_propagation(X, parameters))).look == DROPOUT
    assert short(Recipe("r", cost=returning(1.0), look=OWN)).look == OWN


def test_the_same_seed_gives_the_same_run_also_for_functions_that_use_numpy_random() -> None:
    def noisy(X: Array, parameters: Mapping[str, Array]) -> tuple[Array, Cache]:
        A3, cache = forward_propagation(X + 0.01 * np.random.rand(*X.shape), parameters)
        return A3, cache

    one, two, other = (short(Recipe("noisy", forward=noisy), seed=seed) for seed in (1, 1, 2))
    assert one.costs == two.costs
    assert one.costs != other.costs


def test_the_cost_of_the_recipe_is_the_one_noted_and_may_be_a_one_by_one_array() -> None:
    run = short(Recipe("own cost", cost=returning(np.array([[7.0]]))))
    assert set(run.costs) == {7.0}


def returning(value: Any) -> Callable[..., Any]:
    return lambda *_: value


def explode(*_: Any) -> NoReturn:
    raise ValueError("shapes do not fit")


def unfilled(*_: Any, **__: Any) -> Any:
    return None


@pytest.mark.parametrize(
    ("recipe", "words"),
    [
        (Recipe("r", forward=unfilled), ["unfilled", "nothing usable"]),
        (Recipe("r", cost=partial(unfilled, lambd=1.0)), ["unfilled", "nothing usable"]),
        (Recipe("r", backward=unfilled), ["unfilled", "nothing usable"]),
        (Recipe("r", forward=explode), ["explode", "ValueError", "shapes do not fit"]),
        (Recipe("r", cost=returning(np.ones(3))), ["nothing usable"]),
        (Recipe("r", cost=returning(float("nan"))), ["finite"]),
        (Recipe("r", backward=lambda *a: backward_propagation(*a) | {"dW2": None}), ["dW2", "empty"]),
        (Recipe("r", backward=lambda *a: backward_propagation(*a) | {"dW2": 1.0}), ["dW2", "(4, 8)"]),
    ],
)
def test_a_function_that_is_not_ready_is_named_and_raises_nothing(
    recipe: Recipe, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    run = short(recipe)
    printed = " ".join(capsys.readouterr().out.split())
    assert printed.startswith("r: not trained. ") and printed.endswith(" ".join(run.problem.split()))
    for word in words:
        assert word in run.problem
        assert word in printed


def test_training_with_a_function_that_fails_its_self_check_says_so_in_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def compute_cost_with_regularization(A3: Any, Y: Any, parameters: Any, lambd: float) -> float:
        return compute_cost(A3, Y)

    monkeypatch.chdir(REPOSITORY / "source" / "regularization")
    wrong = Recipe("L2", cost=partial(compute_cost_with_regularization, lambd=0.1))
    short(wrong)
    assert words.unproven("compute_cost_with_regularization") in " ".join(capsys.readouterr().out.split())
    short(PLAIN)
    assert "self-check" not in capsys.readouterr().out
