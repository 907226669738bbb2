"""Mistakes of a single layer, or of two kinds at once, are named by the grader and by the self-check."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.assignments import answer_key
from autograder.assignments.regularization.hints import HINTS
from autograder.checking import words
from autograder.checking.catalogue import in_each
from autograder.checking.judging import run_here
from labkit.regularization import network
from labkit.selfcheck.check import judge as judge_publicly
from tests.helpers.answer_keys import prepared, public_case

KEY = answer_key("regularization")
COST, L2, FORWARD, BACKWARD = CHECKS = [check.name for check in KEY.checks]
PLAIN = {name: KEY.right_answers[name]["a name for each step"] for name in CHECKS}
SECRET = b"summer"
Changes = list[tuple[str, str]]

_LESS, _PENALTY, _DATA = "(D# < keep_prob)", "lambd / m * W#", "1.0 / m * np.dot(dZ#"
_SCALED, _BACK = "    A# = A# / keep_prob\n", "    dA# = dA# / keep_prob\n"
DRAWN = "np.random.rand(A#.shape[0], A#.shape[1])"
ONE_LAYER: dict[str, tuple[str, Changes, str]] = {
    "> in the first layer": (FORWARD, in_each("1", _LESS, "(D# > keep_prob)"), "dropout-forward-first-greater-than"),
    "> in the second layer": (FORWARD, in_each("2", _LESS, "(D# > keep_prob)"), "dropout-forward-first-greater-than"),
    "only the first layer scaled": (FORWARD, in_each("2", _SCALED, ""), "dropout-forward-first-layer-scaled"),
    "only the second layer scaled": (FORWARD, in_each("1", _SCALED, ""), "dropout-forward-second-layer-scaled"),
    "an entry a unit": (FORWARD, in_each("12", DRAWN, "np.random.rand(len(A#), 1)"), "dropout-forward-entry-a-unit"),
    "an entry an example": (
        FORWARD,
        in_each("12", DRAWN, "np.random.rand(1, A#.shape[1])"),
        "dropout-forward-entry-an-example",
    ),
    "no default": (FORWARD, [("keep_prob=0.5", "keep_prob")], "dropout-forward-no-default"),
    "no scale in the first layer": (BACKWARD, in_each("1", _BACK, ""), "dropout-backward-first-scale-skipped"),
    "no scale in the second layer": (BACKWARD, in_each("2", _BACK, ""), "dropout-backward-second-scale-skipped"),
    "no m in two of three": (L2, in_each("12", _DATA, "np.dot(dZ#"), "l2-backward-data-m-lost"),
    "no m in the last": (L2, in_each("3", _DATA, "np.dot(dZ#"), "l2-backward-data-m-lost"),
    "λ/2m in the first": (L2, in_each("1", _PENALTY, "lambd / (2 * m) * W#"), "l2-backward-half-left"),
    "no penalty in the second": (L2, in_each("2", " + " + _PENALTY, ""), "l2-backward-second-layer-missing"),
    "no penalty in the last": (L2, in_each("3", " + " + _PENALTY, ""), "l2-backward-last-layer-missing"),
    "no W2 in the cost": (COST, [("np.sum(np.square(W2)) + ", "")], "l2-cost-middle-layer-missing"),
}
TWO: dict[str, tuple[str, Changes, tuple[str, ...]]] = {
    "½ left and biases": (
        L2,
        [*in_each("123", _PENALTY, "lambd / (2 * m) * W#"), ("db1 = 1.0", "db1 = lambd / m * b1 + 1.0")],
        ("l2-backward-half-left", "l2-backward-biases"),
    ),
    "half the penalty, no m": (
        L2,
        [*in_each("12", _PENALTY, "lambd / (2 * m) * W#"), *in_each("3", _DATA, "np.dot(dZ#")],
        ("l2-backward-half-left", "l2-backward-data-m-lost"),
    ),
}


def written(name: str, changes: Changes) -> dict[str, Any]:
    text = PLAIN[name]
    for right, wrong in changes:
        assert text.count(right) == 1
        text = text.replace(right, wrong)
    namespace: dict[str, Any] = {"np": np, **vars(network)}
    exec(text, namespace)
    return {name: namespace[name]}


@pytest.mark.parametrize("slip", ONE_LAYER)
def test_a_slip_in_one_layer_is_named_and_nothing_else(slip: str) -> None:
    name, changes, id = ONE_LAYER[slip]
    functions = written(name, changes)
    verdict = prepared(name, SECRET).judge(run_here(functions))
    assert verdict.score < verdict.max_score
    assert [hint.hint for hint in verdict.mistakes] == [HINTS[id]]
    assert judge_publicly(public_case(name), functions)[1] in ([HINTS[id]], [])


@pytest.mark.parametrize("layers", ["1", "2", "12"])
@pytest.mark.parametrize("threshold", ["0.4", "0.35", "keep_prob / 2", "keep_prob ** 2"])
def test_a_wrong_threshold_is_not_taken_for_a_wrong_comparison(threshold: str, layers: str) -> None:
    functions = written(FORWARD, in_each(layers, _LESS, f"(D# < {threshold})"))
    verdict = prepared(FORWARD, SECRET).judge(run_here(functions))
    assert next(result.name for result in verdict.criteria if not result.passed) == "masks"
    assert not verdict.mistakes
    one_greater = HINTS["dropout-forward-first-greater-than"]
    assert one_greater not in judge_publicly(public_case(FORWARD), functions)[1]


def test_of_a_mask_without_a_threshold_no_share_is_told() -> None:
    functions = written(FORWARD, in_each("2", "(D# < keep_prob).astype(int)", "D#"))
    verdict = prepared(FORWARD, SECRET).judge(run_here(functions))
    told = [result.message for result in verdict.criteria if not result.passed and result.judged]
    assert any("D2 holds other numbers than 0 and 1" in message for message in told)
    assert not any("keeps" in message for message in told)


@pytest.mark.parametrize("pair", TWO)
def test_two_mistakes_at_once_are_both_named(pair: str) -> None:
    name, changes, ids = TWO[pair]
    verdict = prepared(name, SECRET).judge(run_here(written(name, changes)))
    assert {hint.hint for hint in verdict.mistakes} == {HINTS[id] for id in ids}


def test_outputs_that_are_not_filled_in_are_one_failure_told_once() -> None:
    functions = written(L2, [*in_each("12", "    dW# = ", "    dW# = None and ")])
    verdict = prepared(L2, SECRET).judge(run_here(functions))
    assert verdict.cause == words.still_none(["dW2", "dW1"])
    told = [result.name for result in verdict.criteria if not result.passed and result.judged]
    assert told == ["dW2 and dW1"]
    rows, _ = judge_publicly(public_case(L2), functions)
    assert [row.sign for row in rows].count("✗") == 1
