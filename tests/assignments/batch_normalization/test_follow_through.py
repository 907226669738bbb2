"""How a backward pass is judged beside a forward pass that is wrong, or that gives no cache."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.assignments import answer_key
from autograder.assignments.batch_normalization.backward import batchnorm_backward
from autograder.assignments.batch_normalization.backward_alt import batchnorm_backward_alt
from autograder.assignments.batch_normalization.forward import batchnorm_forward
from autograder.checking.check import Function
from autograder.checking.judging import run_here
from autograder.checking.verdict import Verdict
from labkit.files import find_upward
from labkit.selfcheck import check as selfcheck
from labkit.selfcheck import public_cases
from tests.helpers.answer_keys import prepared

pytestmark = pytest.mark.slow

KEY = answer_key("batch_normalization")
TRAIN, TEST, BACKWARD, ALT = (check.name for check in KEY.checks)
FORWARD = "batchnorm_forward"
SOLUTION: dict[str, Function] = {FORWARD: batchnorm_forward, BACKWARD: batchnorm_backward, ALT: batchnorm_backward_alt}
BACKWARDS = (BACKWARD, ALT)

TEMPLATE = """
def batchnorm_forward(x, gamma, beta, bn_param):
    mode, eps, m = bn_param["mode"], bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    rm = bn_param.get("running_mean", np.zeros(x.shape[1]))
    rv = bn_param.get("running_var", np.zeros(x.shape[1]))
    cache = None
    if mode == "train":
        mu, var = x.mean(axis=0), x.var(axis=0)
        x_hat = (x - mu) / np.sqrt(var + eps)
        out, cache = gamma * x_hat + beta, (x, mu, var, x_hat, gamma, eps)
        rm, rv = m * rm + (1 - m) * mu, m * rv + (1 - m) * var
    elif mode == "test":
        out = gamma * (x - rm) / np.sqrt(rv + eps) + beta
    else:
        raise ValueError(mode)
    bn_param["running_mean"], bn_param["running_var"] = rm, rv
    return out, cache
"""
"""The template that most students have: what is stored is stored at the end, in both modes."""


def forward_with(*changes: tuple[str, str]) -> Function:
    text = TEMPLATE
    for right, wrong in changes:
        assert right in text
        text = text.replace(right, wrong)
    namespace: dict[str, Any] = {"np": np}
    exec(text, namespace)
    function: Function = namespace[FORWARD]
    return function


def judge(functions: dict[str, Function], then: dict[str, Function] | None = None) -> dict[str, Verdict]:
    """Judge a notebook as the engines do, check by check; `then` are defined once the forward pass was judged."""
    verdicts: dict[str, Verdict | None] = {}
    for check in KEY.checks:
        own = {**functions, **(then or {})} if check.name in BACKWARDS else functions
        verdicts[check.name] = prepared(check.name, b"notebook").judge(run_here(own), verdicts)
    return {name: verdict for name, verdict in verdicts.items() if verdict}


def missed(verdict: Verdict) -> list[str]:
    return [result.name for result in verdict.criteria if not result.passed]


def easy_forward(x: Any, gamma: Any, beta: Any, bn_param: Any) -> Any:
    u = 1e6 * x**2 + 1e3 * x.mean(axis=0)
    return gamma * u + beta, (x, gamma, u)


def easy_backward(dout: Any, cache: Any) -> Any:
    x, gamma, u = cache
    dx = dout * gamma * 2e6 * x + (1e3 * dout * gamma).mean(axis=0)
    return dx, (dout * u).sum(axis=0), dout.sum(axis=0)


def test_a_forward_pass_that_takes_the_place_of_the_judged_one_earns_its_own_gradient_nothing() -> None:
    easy: dict[str, Function] = {FORWARD: easy_forward, BACKWARD: easy_backward, ALT: easy_backward}
    for verdicts in (judge(SOLUTION, easy), judge({**SOLUTION, FORWARD: forward_with(("+ eps", ""))}, easy)):
        for name in BACKWARDS:
            assert verdicts[name].score <= 0.4 * verdicts[name].max_score
            assert "dx" in missed(verdicts[name]) and "dgamma" in missed(verdicts[name])
            assert any("defined twice" in note for note in verdicts[name].notes)


def test_a_forward_pass_that_does_not_normalise_earns_its_own_gradient_nothing_from_the_start() -> None:
    verdicts = judge({FORWARD: easy_forward, BACKWARD: easy_backward, ALT: easy_backward})
    for name in BACKWARDS:
        assert verdicts[name].score <= 0.4 * verdicts[name].max_score


def test_a_judged_slip_in_the_forward_pass_costs_once_and_the_verdict_says_so() -> None:
    def own_gradient(dout: Any, cache: Any) -> Any:
        x, mu, var, x_hat, gamma, eps = cache
        n, root, d = len(x), np.sqrt(var) + eps, dout * gamma
        dvar = (d * (x - mu)).sum(axis=0) * -0.5 / (root**2 * np.sqrt(var))
        return d / root + dvar * 2 * (x - mu) / n - (d / root).mean(axis=0), (dout * x_hat).sum(0), dout.sum(0)

    slip = forward_with(("np.sqrt(var + eps)", "(np.sqrt(var) + eps)"))
    verdicts = judge({FORWARD: slip, BACKWARD: own_gradient, ALT: own_gradient})
    for name in BACKWARDS:
        assert missed(verdicts[name]) == []
        assert any("lost its points above" in note for note in verdicts[name].notes)
    assert all(not verdict.notes for verdict in judge(SOLUTION).values())


def test_one_deviation_for_all_features_earns_the_numeric_gradient_only_where_it_is_that_of_the_own_forward() -> None:
    def own_gradient(dout: Any, cache: Any) -> Any:
        x, mu, var, x_hat, gamma, eps = cache
        root, d = np.sqrt(var + eps), dout * gamma
        dx = (d - d.mean(axis=0)) / root - (x - x.mean()) / (x.size * root**3) * (d * (x - mu)).sum()
        return dx, (dout * x_hat).sum(axis=0), dout.sum(axis=0)

    forward = forward_with(("x.var(axis=0)", "x.var()"))
    textbook = judge({**SOLUTION, FORWARD: forward})
    true = judge({FORWARD: forward, BACKWARD: own_gradient, ALT: own_gradient})
    for name in BACKWARDS:
        assert missed(textbook[name]) == ["numeric gradient"]
        assert missed(true[name]) == []


def no_forward(kind: str) -> dict[str, Function]:
    def raises(*_: Any) -> Any:
        raise NotImplementedError

    def forgets_the_cache(x: Any, gamma: Any, beta: Any, bn_param: Any) -> Any:
        return batchnorm_forward(x, gamma, beta, bn_param)[0], None

    def returns_out_only(x: Any, gamma: Any, beta: Any, bn_param: Any) -> Any:
        return batchnorm_forward(x, gamma, beta, bn_param)[0]

    kinds: dict[str, Function] = {
        "raises": raises,
        "returns nothing": lambda *_: None,
        "forgets the cache": forgets_the_cache,
        "returns out only": returns_out_only,
    }
    return {FORWARD: kinds[kind]} if kind in kinds else {}


@pytest.mark.parametrize(
    "kind", ["is not defined", "raises", "returns nothing", "forgets the cache", "returns out only"]
)
def test_a_right_backward_pass_is_judged_with_the_recommended_cache_where_the_forward_gives_none(kind: str) -> None:
    functions = {name: SOLUTION[name] for name in BACKWARDS} | no_forward(kind)
    verdicts = judge(functions)
    cases = public_cases.read(find_upward("source/batch_normalization/public_cases.json"))["checks"]  # type: ignore[arg-type]
    for name in BACKWARDS:
        assert missed(verdicts[name]) == []
        assert any("docstring recommends" in note for note in verdicts[name].notes)
        rows, hints = selfcheck.judge(cases[name], functions)
        assert not any(row.problem for row in rows)
        assert any("docstring recommends" in hint for hint in hints)


def test_a_backward_pass_that_needs_another_cache_is_told_why_it_cannot_be_judged() -> None:
    def backward(dout: Any, cache: Any) -> Any:
        return batchnorm_backward(dout, cache["all"])

    verdict = judge({BACKWARD: backward})[BACKWARD]
    assert verdict.score == 0
    assert verdict.error is None
    assert "because batchnorm_forward did not return what is needed here" in verdict.criteria[0].message


@pytest.mark.slow
def test_a_wrong_backward_pass_loses_its_marks_with_the_recommended_cache_too() -> None:
    for mistake in KEY.mistakes:
        if mistake.of[0] == BACKWARD:
            beside = judge(dict(mistake.functions))[BACKWARD]
            assert missed(beside) == missed(judge({**SOLUTION, **mistake.functions})[BACKWARD]), mistake.id


def test_a_forward_pass_that_could_not_be_judged_is_not_called_again() -> None:
    def never_ends(*_: Any) -> Any:
        raise AssertionError("called")

    functions = {**SOLUTION, FORWARD: never_ends}
    for name in BACKWARDS:
        verdict = prepared(name, b"notebook").judge(run_here(functions), {TRAIN: None})
        assert missed(verdict) == []
        assert verdict.notes


@pytest.mark.parametrize(
    "write",
    [
        ("cache = None", "cache = None; original = x; x = x.copy(); original -= 1"),
        ("cache = None", "cache = None; original = gamma; gamma = gamma.copy(); original *= 2"),
        ("cache = None", "cache = None; bn_param['eps'] = 1.0"),
    ],
    ids=["x", "gamma", "a setting"],
)
def test_an_argument_written_to_in_both_modes_costs_once(write: tuple[str, str]) -> None:
    verdicts = judge({**SOLUTION, FORWARD: forward_with(write)})
    assert missed(verdicts[TRAIN]) == ["inputs unchanged"]
    assert missed(verdicts[TEST]) == []
    assert any("costs none here" in note for note in verdicts[TEST].notes)


def test_functions_that_are_missing_or_empty_earn_nothing_in_a_whole_notebook() -> None:
    empty = {name: lambda *_: None for name in SOLUTION}
    assert {verdict.score for functions in ({}, empty) for verdict in judge(functions).values()} == {0.0}


@pytest.mark.parametrize("write", ["dout *= 2", "cache[3][:] = 0", "cache[0][:] = 0"])
def test_what_both_backward_passes_write_to_costs_once(write: str) -> None:
    def writes(function: Function) -> Function:
        def backward(dout: Any, cache: Any) -> Any:
            gradients = function(dout.copy(), tuple(np.copy(part) for part in cache))
            exec(write)
            return gradients

        return backward

    verdicts = judge({**SOLUTION, **{name: writes(SOLUTION[name]) for name in BACKWARDS}})
    assert missed(verdicts[BACKWARD]) == ["inputs and cache unchanged"]
    assert missed(verdicts[ALT]) == []


def test_statistics_with_a_kept_axis_lose_the_shape_only_and_get_a_hint() -> None:
    kept = (
        ("mu, var = x.mean(axis=0), x.var(axis=0)", "mu, var = (f(axis=0, keepdims=True) for f in (x.mean, x.var))"),
    )
    verdicts = judge({**SOLUTION, FORWARD: forward_with(*kept)})
    assert missed(verdicts[TRAIN]) == ["shape"]
    assert ["keep an axis" in hint.hint for hint in verdicts[TRAIN].mistakes] == [True]
    assert all(missed(verdicts[name]) == [] for name in (TEST, *BACKWARDS))
