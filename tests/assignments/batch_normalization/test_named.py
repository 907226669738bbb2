"""Mistakes in the usual template are named, by the grader and by the self-check, whatever the habits of storing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.assignments import answer_key
from autograder.assignments.batch_normalization.hints import HINTS
from autograder.checking.judging import run_here
from autograder.checking.verdict import Verdict
from labkit.selfcheck.check import judge as judge_publicly
from tests.helpers.answer_keys import prepared, public_case

KEY = answer_key("batch_normalization")
TRAIN, TEST = CHECKS = [check.name for check in KEY.checks[:2]]

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
STORE = '    bn_param["running_mean"], bn_param["running_var"] = rm, rv\n'
MOVE = "        rm, rv = m * rm + (1 - m) * mu, m * rv + (1 - m) * var\n"
STORES_IN_TRAIN_MODE = [(STORE, ""), (MOVE, MOVE + "    " + STORE)]
OTHER_WORDS = [("ValueError(mode)", 'ValueError("unknown mode")')]
HABITS = {
    "stores at the end": [],
    "stores in train mode": STORES_IN_TRAIN_MODE,
    "unknown mode": OTHER_WORDS,
    "stores in train mode, unknown mode": [*STORES_IN_TRAIN_MODE, *OTHER_WORDS],
}
SLIPS = {
    "ε missing": (TEST, "np.sqrt(rv + eps)", "np.sqrt(rv)", "bn-test-eps-missing"),
    "ε outside": (TEST, "np.sqrt(rv + eps)", "(np.sqrt(rv) + eps)", "bn-test-eps-outside-root"),
    "ε fixed": (TEST, "np.sqrt(rv + eps)", "np.sqrt(rv + 1e-5)", "bn-test-eps-fixed"),
    "ε subtracted": (TEST, "np.sqrt(rv + eps)", "np.sqrt(rv - eps)", "bn-test-eps-subtracted"),
    "no shift": (TEST, "np.sqrt(rv + eps) + beta", "np.sqrt(rv + eps)", "bn-test-beta-missing"),
    "the batch": (
        TEST,
        "(x - rm) / np.sqrt(rv + eps)",
        "(x - x.mean(0)) / np.sqrt(x.var(0) + eps)",
        "bn-test-uses-batch",
    ),
    "not moved": (TRAIN, MOVE, "        pass\n", "bn-running-not-stored"),
    "kept axis": (
        TRAIN,
        "x.mean(axis=0), x.var(axis=0)",
        "x.mean(0, keepdims=True), x.var(0, keepdims=True)",
        "bn-keepdims",
    ),
}
WRONG_MODES = {
    "another error": ("raise ValueError(mode)", 'raise KeyError("mode: " + mode)', "bn-mode-other-error"),
    "nothing": ("raise ValueError(mode)", "return None, None", "bn-mode-not-checked"),
    "a printed line": ("raise ValueError(mode)", "print(mode)", "bn-mode-not-checked"),
    "x": ("raise ValueError(mode)", "out = x", "bn-mode-not-checked"),
}

WRONG_IN_EVERY_CALL = {
    "the batch's weight missing": (MOVE, "        rm, rv = m * rm + mu, m * rv + var\n"),
    "momentum fixed": ('bn_param.get("momentum", 0.9)', "0.99"),
    "ε fixed": ('bn_param.get("eps", 1e-5)', "1e-8"),
}


def written(*changes: tuple[str, str]) -> dict[str, Any]:
    text = TEMPLATE
    for right, wrong in changes:
        assert text.count(right) == 1
        text = text.replace(right, wrong)
    namespace: dict[str, Any] = {"np": np}
    exec(text, namespace)
    return {"batchnorm_forward": namespace["batchnorm_forward"]}


def judge(functions: dict[str, Any]) -> dict[str, Verdict]:
    return {name: prepared(name, b"summer").judge(run_here(functions)) for name in CHECKS}


@pytest.mark.parametrize("habit", HABITS)
def test_the_template_is_right_with_every_habit(habit: str) -> None:
    functions = written(*HABITS[habit])
    assert all(verdict.score == verdict.max_score and not verdict.cause for verdict in judge(functions).values())
    for name in CHECKS:
        rows, _ = judge_publicly(public_case(name), functions)
        assert all(row.sign == "✓" for row in rows)  # that there is no cache in test mode is no gap


@pytest.mark.parametrize("habit", HABITS)
@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_in_the_template_is_named_and_nothing_else(slip: str, habit: str) -> None:
    check, right, wrong, id = SLIPS[slip]
    changes = HABITS[habit]
    if right == MOVE and changes[:2] == STORES_IN_TRAIN_MODE:
        right, wrong = MOVE + "    " + STORE, "        pass\n"
    functions = written(*changes, (right, wrong))
    verdicts = judge(functions)
    for name, verdict in verdicts.items():
        assert [hint.hint for hint in verdict.mistakes] == ([HINTS[id]] if name == check else [])
        assert verdict.cause == ""
    assert verdicts[check].score < verdicts[check].max_score
    assert judge_publicly(public_case(check), functions)[1] == [HINTS[id]]


@pytest.mark.parametrize("slip", WRONG_IN_EVERY_CALL)
def test_what_is_wrong_in_every_call_is_not_taken_for_a_wrong_default(slip: str) -> None:
    functions = written(WRONG_IN_EVERY_CALL[slip])
    of_defaults = {HINTS[id] for id in ("bn-first-batch-initialises", "bn-momentum-default", "bn-eps-default")}
    for name, verdict in judge(functions).items():
        assert of_defaults.isdisjoint(hint.hint for hint in verdict.mistakes)
        assert of_defaults.isdisjoint(judge_publicly(public_case(name), functions)[1])


@pytest.mark.parametrize(
    ("moved", "share"), [("(rm + mu) / 2, (rv + var) / 2", "0.5"), ("0.8 * rm + 0.2 * mu, 0.8 * rv + 0.2 * var", "0.2")]
)
def test_a_fixed_share_of_the_batch_is_said_to_be_that(moved: str, share: str) -> None:
    (hint,) = judge(written((MOVE, f"        rm, rv = {moved}\n")))[TRAIN].mistakes
    assert f"as if 1 − momentum were always {share}" in hint.hint


@pytest.mark.parametrize("wrong_mode", WRONG_MODES)
def test_what_is_done_with_a_wrong_mode_is_named_whatever_it_is(wrong_mode: str) -> None:
    *change, id = WRONG_MODES[wrong_mode]
    functions = written((change[0], change[1]))
    assert [hint.hint for hint in judge(functions)[TEST].mistakes] == [HINTS[id]]
    assert judge_publicly(public_case(TEST), functions)[1] == [HINTS[id]]


@pytest.mark.parametrize("cache", ["cache = None", "cache = {}"])
def test_a_known_mistake_keeps_its_share_with_and_without_a_cache_in_test_mode(cache: str) -> None:
    functions = written(
        ("cache = None", cache), ("np.sqrt(rv + eps)", "np.sqrt(rv * len(x) / max(len(x) - 1, 1) + eps)")
    )
    verdict = judge(functions)[TEST]
    assert [hint.id for hint in verdict.mistakes] == ["bn-test-bessel"]
    points = {result.name: result.points / result.max_points for result in verdict.criteria}
    assert points["value"] == KEY.shares["bn-test-bessel"]["value"]
