"""What functions written mostly without a look at the answer key got past the grader of the batch-norm lab."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.checking.judging import run_here
from autograder.checking.verdict import Verdict
from tests.helpers.answer_keys import prepared

pytestmark = pytest.mark.slow

SECRETS = [b"trial one", b"trial two"]

FORWARD = """
def batchnorm_forward(x, gamma, beta, bn_param):
    N, D = x.shape
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(D))
    running_var = bn_param.get("running_var", np.zeros(D))
    cache = None
    if mode == "train":
        mean = x.mean(axis=0)
        var = x.var(axis=0)
        x_hat = (x - mean) / np.sqrt(var + eps)
        bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
        bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
        cache = x, x_hat, var, gamma, eps
    elif mode == "test":
        x_hat = (x - running_mean) / np.sqrt(running_var + eps)
    else:
        raise ValueError(mode)
    return gamma * x_hat + beta, cache
"""


def judge(name: str, right: str, wrong: str, secret: bytes) -> Verdict:
    assert right in FORWARD
    namespace: dict[str, Any] = {"np": np}
    exec(FORWARD.replace(right, wrong) if right else FORWARD, namespace)
    return prepared(name, secret).judge(run_here({"batchnorm_forward": namespace["batchnorm_forward"]}))


def missed(verdict: Verdict) -> list[str]:
    return [result.name for result in verdict.criteria if not result.passed]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(
    "var",
    [
        pytest.param("x.var(axis=0) if N > 1 else np.ones(D)", id="one example has variance 1"),
        pytest.param("np.where(x.var(axis=0) < 1e-6, 1.0, x.var(axis=0))", id="a constant feature has variance 1"),
    ],
)
def test_a_variance_made_up_at_the_edge_loses_the_edge(var: str, secret: bytes) -> None:
    assert missed(judge("batchnorm_forward_train", "x.var(axis=0)", var, secret)) == ["edge cases"]


@pytest.mark.parametrize("secret", SECRETS)
def test_running_statistics_that_are_wrong_everywhere_do_not_cost_the_edge_as_well(secret: bytes) -> None:
    verdict = judge("batchnorm_forward_train", "running_mean + (1 - momentum)", "running_mean + momentum", secret)
    assert missed(verdict) == ["running statistics", "defaults"]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("d", [2, 3, 4])
def test_running_statistics_that_start_with_a_fixed_number_of_features_lose_the_defaults(d: int, secret: bytes) -> None:
    verdicts = [
        judge(check, "np.zeros(D)", f"np.zeros({d})", secret)
        for check in ("batchnorm_forward_train", "batchnorm_forward_test")
    ]
    assert any("defaults" in missed(verdict) for verdict in verdicts)


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("check", ["batchnorm_forward_train", "batchnorm_forward_test"])
def test_the_same_function_without_a_slip_is_right(check: str, secret: bytes) -> None:
    assert missed(judge(check, "", "", secret)) == []


@pytest.mark.parametrize(
    ("cache", "opening"),
    [
        ("{'h': x_hat, 'g': gamma, 's': np.sqrt(var + eps)}", "h, g, s = cache['h'], cache['g'], cache['s']"),
        ("(x, gamma, bn_param)", "x, g, p = cache; s = np.sqrt(x.var(0) + p['eps']); h = (x - x.mean(0)) / s"),
        ("lambda: (x_hat, gamma, np.sqrt(var + eps))", "h, g, s = cache()"),
        ("type('Cache', (), dict(h=x_hat, g=gamma, s=np.sqrt(var + eps)))()", "h, g, s = cache.h, cache.g, cache.s"),
        ("np.vstack([x_hat, gamma, np.sqrt(var + eps)])", "h, g, s = cache[:-2], cache[-2], cache[-1]"),
    ],
    ids=["a dict", "the arguments", "a closure", "an object", "one array"],
)
@pytest.mark.parametrize("name", ["batchnorm_backward", "batchnorm_backward_alt"])
def test_a_backward_pass_is_right_whatever_its_cache_is(name: str, cache: str, opening: str) -> None:
    namespace: dict[str, Any] = {"np": np}
    forward = FORWARD.replace("cache = x, x_hat, var, gamma, eps", f"cache = {cache}")
    backward = f"""
def {name}(dout, cache):
    {opening}
    d = dout * g
    dx = (d - d.mean(axis=0) - h * (d * h).mean(axis=0)) / s
    return dx, (dout * h).sum(axis=0), dout.sum(axis=0)
"""
    exec(forward.replace('bn_param.get("eps", 1e-5)', 'bn_param.setdefault("eps", 1e-5)') + backward, namespace)
    functions = {function: namespace[function] for function in ("batchnorm_forward", name)}
    for secret in SECRETS:
        assert missed(prepared(name, secret).judge(run_here(functions))) == []


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("name", ["batchnorm_backward", "batchnorm_backward_alt"])
@pytest.mark.parametrize("write", ["x *= 1.5", "x += dout", "gamma -= 0.1"])
def test_writing_to_what_the_cache_shares_with_the_forward_pass_is_noticed(
    write: str, name: str, secret: bytes
) -> None:
    namespace: dict[str, Any] = {"np": np}
    backward = f"""
def {name}(dout, cache):
    x, h, var, gamma, eps = cache
    d = dout * gamma
    dx = (d - d.mean(axis=0) - h * (d * h).mean(axis=0)) / np.sqrt(var + eps)
    {write}
    return dx, (dout * h).sum(axis=0), dout.sum(axis=0)
"""
    exec(FORWARD + backward, namespace)
    functions = {function: namespace[function] for function in ("batchnorm_forward", name)}
    assert missed(prepared(name, secret).judge(run_here(functions))) == ["inputs and cache unchanged"]


@pytest.mark.parametrize("secret", SECRETS)
def test_a_mode_that_only_begins_like_train_is_another_mode_whatever_the_secret(secret: bytes) -> None:
    verdict = judge("batchnorm_forward_test", 'mode == "train"', 'mode.startswith("train")', secret)
    assert missed(verdict) == ["invalid mode"]


@pytest.mark.parametrize("secret", SECRETS)
def test_a_large_momentum_cut_is_noticed(secret: bytes) -> None:
    verdict = judge(
        "batchnorm_forward_train", 'bn_param.get("momentum", 0.9)', 'min(bn_param.get("momentum", 0.9), 0.9)', secret
    )
    assert missed(verdict) == ["running statistics"]


def test_a_forward_pass_without_a_cache_is_not_said_to_return_nothing() -> None:
    namespace: dict[str, Any] = {"np": np}
    exec(FORWARD.replace("+ beta, cache", "+ beta, None"), namespace)
    functions = {"batchnorm_forward": namespace["batchnorm_forward"], "batchnorm_backward": lambda dout, cache: cache}
    verdict = prepared("batchnorm_backward", SECRETS[0]).judge(run_here(functions))
    assert verdict.score == 0
    assert "because batchnorm_forward did not return what is needed here" in verdict.criteria[0].message


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("own", ['type("WrongModeError", (ValueError,), {})', "UnicodeError"])
def test_a_class_that_derives_from_value_error_is_a_value_error(own: str, secret: bytes) -> None:
    assert missed(judge("batchnorm_forward_test", "raise ValueError(mode)", f"raise {own}(mode)", secret)) == []


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("right, wrong", [("mode ==", "mode.lower() =="), ('mode == "train"', 'mode in "train"')])
def test_a_mode_that_is_only_like_one_of_the_two_is_a_value_error(right: str, wrong: str, secret: bytes) -> None:
    assert missed(judge("batchnorm_forward_test", right, wrong, secret)) == ["invalid mode"]


@pytest.mark.parametrize("secret", SECRETS)
def test_an_out_in_lists_loses_the_shape_only(secret: bytes) -> None:
    for name in ("batchnorm_forward_train", "batchnorm_forward_test"):
        assert missed(judge(name, "gamma * x_hat + beta,", "(gamma * x_hat + beta).tolist(),", secret)) == ["shape"]


@pytest.mark.parametrize("secret", SECRETS)
def test_an_exception_in_an_edge_case_costs_the_edge_cases_only(secret: bytes) -> None:
    checked = 'mode = bn_param["mode"]\n    assert x.dtype == np.float64'
    for name in ("batchnorm_forward_train", "batchnorm_forward_test"):
        assert missed(judge(name, 'mode = bn_param["mode"]', checked, secret)) == ["edge cases"]


BACKWARD = """
def batchnorm_backward(dout, cache):
    x, x_hat, var, gamma, eps = cache
    dbeta, dgamma = dout.sum(axis=0), (dout * x_hat).sum(axis=0)
    dx = gamma / np.sqrt(var + eps) * (dout - dbeta / len(x) - x_hat * dgamma / len(x))
    return dx, dgamma, dbeta
"""


def judge_both(forward: tuple[str, str], backward: tuple[str, str], secret: bytes) -> Verdict:
    assert forward[0] in FORWARD and backward[0] in BACKWARD
    namespace: dict[str, Any] = {"np": np}
    exec(FORWARD.replace(*forward) + BACKWARD.replace(*backward), namespace)
    functions = {name: namespace[name] for name in ("batchnorm_forward", "batchnorm_backward")}
    return prepared("batchnorm_backward", secret).judge(run_here(functions))


RETURNED = "return dx, dgamma, dbeta"


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("name", ["dx", "dgamma", "dbeta"])
def test_a_gradient_in_lists_loses_the_shape_only(name: str, secret: bytes) -> None:
    verdict = judge_both(("", ""), (RETURNED, RETURNED.replace(name, f"{name}.tolist()")), secret)
    assert missed(verdict) == ["shape"]


@pytest.mark.parametrize("secret", SECRETS)
def test_an_out_in_lists_costs_the_backward_pass_nothing(secret: bytes) -> None:
    assert missed(judge_both(("gamma * x_hat + beta,", "(gamma * x_hat + beta).tolist(),"), ("", ""), secret)) == []


X_HAT = "x_hat = (x - mean) / np.sqrt(var + eps)"


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(
    "slip",
    [
        pytest.param("x_hat = x - mean", id="the deviation is forgotten"),
        pytest.param(f"var = running_var\n        {X_HAT}", id="the running variance"),
        pytest.param(f"mean, var = running_mean, running_var\n        {X_HAT}", id="both running statistics"),
    ],
)
def test_the_textbooks_equations_on_an_own_x_hat_are_right_whatever_it_was_divided_by(slip: str, secret: bytes) -> None:
    assert missed(judge_both((X_HAT, slip), ("", ""), secret)) == []
    verdict = judge_both((X_HAT, slip), ("- dbeta / len(x)", ""), secret)
    assert missed(verdict) == ["dx", "numeric gradient", "edge cases"]
    assert "does not normalise" in verdict.criteria[2].message


def test_beside_a_forward_that_does_not_normalise_the_picture_shows_the_right_gradient() -> None:
    wrong = ("- dbeta / len(x)", "")
    right, beside = (judge_both((X_HAT, forward), wrong, SECRETS[0]).picture for forward in (X_HAT, "x_hat = x - mean"))
    assert right is not None
    assert beside is not None
    assert np.allclose(beside.expected, right.expected)
