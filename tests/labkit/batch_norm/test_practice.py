"""The steps that nobody grades: right ones pass, each usual slip is named."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.assignments.batch_normalization.backward import batchnorm_backward
from labkit.batch_norm import practice, words
from labkit.selfcheck.report import Report

FORWARD = """\
def batchnorm_forward(x, gamma, beta, bn_param):
    mean, variance, momentum = bn_param["running_mean"], bn_param["running_var"], bn_param["momentum"]
    eps = bn_param["eps"]
    mu = x.mean(axis=0)
    var = ((x - mu) ** 2).mean(axis=0)
    bn_param["running_mean"] = momentum * mean + (1 - momentum) * mu
    bn_param["running_var"] = momentum * variance + (1 - momentum) * var
    x_hat = (x - mu) / np.sqrt(var + eps)
    out = gamma * x_hat + beta
    return out, None
"""
LAYER = """\
def hidden_layer(x, layer, parameters, bn_params, normalize):
    W, b = parameters[f"W{layer}"], parameters[f"b{layer}"]
    gamma, beta = parameters[f"gamma{layer}"], parameters[f"beta{layer}"]
    z = x @ W + b
    y, cache = normalize(z, gamma, beta, bn_params[layer - 1])
    a = np.maximum(y, 0)
    return a, cache
"""
MEAN = """\
def gradient_of_mean(dx_hat, dvar, x, mu, var, eps):
    return -np.sum(dx_hat / np.sqrt(var + eps), axis=0) - 2 * dvar * (x - mu).mean(axis=0)
"""
BRACKET = """\
def bracket(g, x_hat):
    N = len(g)
    return N * g - g.sum(axis=0) - x_hat * (g * x_hat).sum(axis=0)
"""
LAYER_NORM = """\
def layernorm_forward(x, gamma, beta, ln_param):
    mean, var = x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)
    x_hat = (x - mean) / np.sqrt(var + 1e-5)
    inner = (x.T, mean.ravel(), var.ravel(), x_hat.T, np.ones(len(x)), 1e-5)
    return gamma * x_hat + beta, (x_hat, gamma, inner)
"""
CHECKS: dict[str, Callable[[Callable[..., Any]], Report]] = {
    FORWARD: practice.stages,
    LAYER: practice.hidden_layer,
    MEAN: practice.mean_gradient,
    BRACKET: practice.bracket,
    LAYER_NORM: practice.layer_norm,
}


def checked(source: str, *changes: tuple[str, str]) -> Report:
    """Check a right function with a few pieces of its text exchanged."""
    text = source
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    namespace: dict[str, Any] = {"np": np}
    exec(text, namespace)
    function = namespace[text[4 : text.index("(")]]
    return CHECKS[source](function)


def wrong_rows(report: Report) -> list[str]:
    return [row.name for row in report.rows if row.problem]


@pytest.mark.parametrize("source", CHECKS)
def test_a_right_step_passes_and_says_that_it_earns_nothing(source: str) -> None:
    report = checked(source)
    assert report.passed and not report.hints and "no points" in report.closing


@pytest.mark.parametrize(
    ("old", "new", "stage", "hint"),
    [
        ("x.mean(axis=0)", "x.mean(axis=1)[:, None]", "mu", None),
        ("x.mean(axis=0)", "x.sum(axis=0)", "mu", words.sum_only),
        (".mean(axis=0)\n    bn", ".sum(axis=0) / 2\n    bn", "var", words.unbiased),
        ("((x - mu) ** 2).mean(axis=0)", "x.std(axis=0)", "var", words.deviation_for_variance),
        ("momentum * mean + (1 - momentum) * mu", "(1 - momentum) * mean + momentum * mu", "running_mean",
         words.momentum_turned),
        ("momentum * variance + (1 - momentum) * var", "var", "running_var", words.forgets_the_past),
        ("np.sqrt(var + eps)", "(var + eps)", "x_hat", words.no_root),
        ("np.sqrt(var + eps)", "(np.sqrt(var) + eps)", "x_hat", words.eps_outside_the_root),
        ("np.sqrt(var + eps)", "np.sqrt(var)", "x_hat", words.no_eps),
        ("gamma * x_hat + beta", "beta * x_hat + gamma", "out", words.gamma_for_beta),
    ],
)  # fmt: skip
def test_the_first_wrong_stage_of_the_forward_pass_is_named(
    old: str, new: str, stage: str, hint: Callable[[], str] | None
) -> None:
    report = checked(FORWARD, (old, new))
    assert wrong_rows(report) == [words.stage(stage)], "what builds on it is not judged"
    assert list(report.hints) == ([hint()] if hint else [])


def test_stages_before_an_exception_are_judged_and_the_exception_is_told() -> None:
    report = checked(FORWARD, ("gamma * x_hat + beta", "gamma @ x_hat + beta"))
    assert [row.sign for row in report.rows] == ["✓", "✓", "✓", "✓", "✓", "✗"]
    assert "ValueError" in report.causes[0]


def test_a_step_that_stops_with_an_exception_is_never_right() -> None:
    def stops(*values: Any) -> Any:
        return undefined  # type: ignore[name-defined]  # noqa: F821

    for step in practice.STEPS.values():
        report = step(stops)
        assert "NameError" in report.causes[0]
        assert not report.passed and "Not right" in report.closing
        assert "✓" not in [row.sign for row in report.rows]


def test_running_averages_that_are_not_stored_are_told() -> None:
    report = checked(FORWARD, ('bn_param["running_var"] = momentum', "_ = momentum"))
    assert wrong_rows(report) == [words.stage("running_var")]


def test_other_names_of_variables_cost_nothing_but_a_look_at_these_stages() -> None:
    source = FORWARD.replace("x_hat", "normal")
    namespace: dict[str, Any] = {"np": np}
    exec(source, namespace)
    report = practice.stages(namespace["batchnorm_forward"])
    assert not wrong_rows(report) and "x_hat" in report.causes[0]


def test_an_empty_stub_is_still_none() -> None:
    def gradient_of_mean(*values: Any) -> None:
        return None

    report = practice.mean_gradient(gradient_of_mean)
    assert [row.problem for row in report.rows] == [words.still_nothing()]
    assert practice.hidden_layer(gradient_of_mean).rows[0].problem == words.layer_empty()
    assert not practice.layer_norm(gradient_of_mean).passed


@pytest.mark.parametrize(
    ("old", "new", "hint"),
    [
        ("-np.sum(dx_hat", "np.sum(dx_hat", words.sign_of_mean_gradient),
        ("dx_hat / np.sqrt(var + eps)", "dx_hat", words.derivative_of_x_hat_missing),
        ("np.sqrt(var + eps)", "(var + eps)", words.no_root),
        ("np.sqrt(var + eps)", "np.sqrt(var)", words.no_eps),
        ("-np.sum(dx_hat / np.sqrt(var + eps), axis=0)", "-(dx_hat / np.sqrt(var + eps))", words.sum_over_rows_missing),
    ],
)
def test_a_slip_in_the_gradient_of_the_mean_is_named(old: str, new: str, hint: Callable[[], str]) -> None:
    assert list(checked(MEAN, (old, new)).hints) == [hint()]


@pytest.mark.parametrize(
    ("old", "new", "hint"),
    [
        ("N * g - g.sum", "g - g.sum", words.factor_n_missing),
        ("- x_hat *", "+ x_hat *", words.sign_of_last_sum),
        ("- x_hat * (g", "- (g", words.x_hat_before_last_sum),
        ("- x_hat *", "- x_hat / 2 *", words.half_left),
        (" - g.sum(axis=0)", "", words.first_sum_missing),
        (" - x_hat * (g * x_hat).sum(axis=0)", "", words.last_sum_missing),
    ],
)
def test_a_slip_in_the_bracket_is_named(old: str, new: str, hint: Callable[[], str]) -> None:
    assert list(checked(BRACKET, (old, new)).hints) == [hint()]


@pytest.mark.parametrize(
    ("changes", "row", "said"),
    [
        ([("normalize(z,", "normalize(np.maximum(z, 0),")], "affine", words.relu_before_normalization),
        ([("normalize(z,", "normalize(x,")], "affine", words.affine_missing),
        ([("x @ W + b", "x @ W")], "affine", words.bias_missing),
        ([('parameters[f"W{layer}"], parameters[f"b{layer}"]', 'parameters["W1"], parameters["b1"]')], "affine",
         words.weights_of_another_layer),
        ([("x @ W + b", "x @ W.T + b")], "affine", words.affine_wrong),
        ([("gamma, beta, bn", "beta, gamma, bn")], "gamma and beta", words.scale_and_shift_swapped),
        ([('f"gamma{layer}"', '"gamma1"')], "gamma and beta", words.scale_of_another_layer),
        ([("gamma, beta, bn", "np.ones(3), np.zeros(3), bn")], "gamma and beta", words.scale_wrong),
        ([("bn_params[layer - 1]", "bn_params[0]")], "bn_param", words.settings_shared),
        ([("bn_params[layer - 1]", "bn_params[layer - 2]")], "bn_param", words.settings_of_another_layer),
        ([("bn_params[layer - 1]", "bn_params")], "bn_param", words.whole_list_of_settings),
        ([("bn_params[layer - 1]", "dict(bn_params[layer - 1])")], "bn_param", words.settings_copied),
        ([("bn_params[layer - 1]", '{"mode": "train"}')], "bn_param", words.settings_copied),
        ([("np.maximum(y, 0)", "y")], "ReLU", words.relu_forgotten),
        ([("np.maximum(y, 0)", "np.maximum(z, 0)")], "ReLU", words.normalized_not_used),
        ([("np.maximum(y, 0)", "np.abs(y)")], "ReLU", words.layer_output_wrong),
        ([("return a, cache", "return a, z")], "cache", words.layer_cache),
    ],
)  # fmt: skip
def test_a_slip_in_the_hidden_layer_is_named(changes: list[tuple[str, str]], row: str, said: Callable[[], str]) -> None:
    report = checked(LAYER, *changes)
    problems = {found.name: found.problem for found in report.rows if found.problem}
    assert problems == {words.layer_row(row): said()}


def test_a_hidden_layer_that_does_not_call_normalize_once_is_told() -> None:
    plain = checked(LAYER, ("y, cache = normalize(z, gamma, beta, bn_params[layer - 1])", "y, cache = z, None"))
    assert wrong_rows(plain) == [words.layer_row("normalize")] and "never called" in plain.rows[0].problem
    short = checked(LAYER, (", bn_params[layer - 1])", ")"))
    assert short.rows[0].problem == words.normalize_arguments()


def test_layer_norm_that_normalizes_columns_or_looks_at_the_batch_is_told() -> None:
    columns = LAYER_NORM.replace("axis=1, keepdims=True", "axis=0")
    namespace: dict[str, Any] = {"np": np}
    exec(columns, namespace)
    report = practice.layer_norm(namespace["layernorm_forward"])
    assert report.rows[0].problem == words.columns_normalized()
    assert words.layer_norm_row("alone") in wrong_rows(report)
    assert wrong_rows(checked(LAYER_NORM, ("gamma * x_hat + beta", "x_hat"))) == [words.layer_norm_row("scale")]


def test_the_backward_pass_of_layer_norm_is_measured() -> None:
    def backward(dout: Any, cache: Any, factor: float = 1.0) -> Any:
        x_hat, gamma, inner = cache
        dx = batchnorm_backward((dout * gamma).T, inner)[0].T
        return factor * dx, np.sum(dout * x_hat, axis=0), dout.sum(axis=0)

    namespace: dict[str, Any] = {"np": np}
    exec(LAYER_NORM, namespace)
    forward = namespace["layernorm_forward"]
    assert practice.layer_norm(forward, backward).passed
    report = practice.layer_norm(forward, lambda dout, cache: backward(dout, cache, 0.9))
    assert wrong_rows(report) == [words.layer_norm_row("gradient")]
