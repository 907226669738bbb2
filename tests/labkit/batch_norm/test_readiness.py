"""An experiment says in a sentence what is missing."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.assignments.batch_normalization.backward import batchnorm_backward as right_backward
from autograder.assignments.batch_normalization.forward import batchnorm_forward as right_forward
from labkit.batch_norm.readiness import batch_norm_ready
from labkit.selfcheck import words
from tests.test_architecture import REPOSITORY


def batchnorm_forward(x: Any, gamma: Any, beta: Any, bn_param: Any) -> Any:
    return x * gamma + beta, "anything"


def batchnorm_backward(dout: Any, cache: Any) -> Any:
    return dout, dout.sum(axis=0), dout.sum(axis=0)


def test_functions_of_the_right_form_are_ready_whatever_their_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    def rows(dout: Any, cache: Any) -> Any:
        return dout, dout[:1], dout[:1]

    assert batch_norm_ready(batchnorm_forward)
    assert batch_norm_ready(batchnorm_forward, batchnorm_backward, rows)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("empty", [None, (None, None)])
def test_an_empty_forward_is_named(empty: Any, capsys: pytest.CaptureFixture[str]) -> None:
    def my_forward(*arguments: Any) -> Any:
        return empty

    assert not batch_norm_ready(my_forward, batchnorm_backward)
    assert "my_forward still returns nothing" in capsys.readouterr().out


def test_an_empty_backward_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    def my_backward(dout: Any, cache: Any) -> Any:
        return None, None, None

    assert not batch_norm_ready(batchnorm_forward, batchnorm_backward, my_backward)
    assert "my_backward still returns nothing" in capsys.readouterr().out


@pytest.mark.parametrize(
    "odd",
    [lambda dout, cache: dout, lambda dout, cache: (dout[0], dout, dout), lambda dout, cache: (dout, dout[0])],
    ids=["one array", "swapped", "two arrays"],
)
def test_a_backward_of_another_form_is_told_what_to_return(
    odd: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert not batch_norm_ready(batchnorm_forward, odd)
    assert "should return (dx, dgamma, dbeta)" in capsys.readouterr().out


def test_a_forward_of_another_form_is_told_what_to_return(capsys: pytest.CaptureFixture[str]) -> None:
    def out_only(x: Any, gamma: Any, beta: Any, bn_param: Any) -> Any:
        return x

    assert not batch_norm_ready(out_only)
    assert "should return (out, cache)" in capsys.readouterr().out


def test_an_exception_becomes_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    def broken(x: Any, gamma: Any, beta: Any, bn_param: Any) -> Any:
        raise KeyError("momentum")

    assert not batch_norm_ready(broken)
    assert "broken stopped with KeyError: 'momentum'" in capsys.readouterr().out


def test_tiny_batch_of_the_readiness_check_is_not_degenerate() -> None:
    seen: list[Any] = []

    def forward(x: Any, gamma: Any, beta: Any, bn_param: Any) -> Any:
        seen.append((x, bn_param["mode"]))
        return x, None

    assert batch_norm_ready(forward)
    assert seen[0][1] == "train"
    assert np.var(seen[0][0], axis=0).min() > 1


def test_an_experiment_with_a_function_that_fails_its_self_check_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(REPOSITORY / "source" / "batch_normalization")
    np.random.seed(3)
    drawn = np.random.rand()
    np.random.seed(3)
    assert batch_norm_ready(batchnorm_forward, batchnorm_backward)
    shown = " ".join(capsys.readouterr().out.split())
    assert shown == f"{words.unproven('batchnorm_forward')} {words.unproven('batchnorm_backward')}"
    assert batch_norm_ready(right_forward, right_backward)
    assert capsys.readouterr().out == ""
    assert np.random.rand() == drawn


def layer_without_relu(x: Any, layer: int, parameters: Any, bn_params: Any, normalize: Any) -> Any:
    z = x @ parameters[f"W{layer}"] + parameters[f"b{layer}"]
    return normalize(z, parameters[f"gamma{layer}"], parameters[f"beta{layer}"], bn_params[layer - 1])


def test_an_experiment_with_a_hidden_layer_in_the_wrong_order_says_so_and_goes_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert batch_norm_ready(batchnorm_forward, layer=layer_without_relu)
    assert words.unproven("layer_without_relu") in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("result", "said"), [(None, "still returns nothing"), ((None, None), "still returns nothing"), (3, "(a, cache)")]
)
def test_a_hidden_layer_that_is_empty_or_of_another_form_stops_an_experiment(
    result: Any, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def hidden_layer(*arguments: Any) -> Any:
        return result

    assert not batch_norm_ready(batchnorm_forward, layer=hidden_layer)
    assert "hidden_layer" in (printed := capsys.readouterr().out) and said in printed
