"""The formulas that students derive are checked by number, and what is wrong is said in a line."""

from collections.abc import Callable
from typing import Any

import pytest

from labkit.regularization.derivation import check_dropout_variance, check_penalty_slope
from labkit.selfcheck import words as selfcheck_words
from labkit.selfcheck.report import Report

Check = Callable[[Callable[..., Any]], Report]


@pytest.mark.parametrize(
    ("check", "formula"),
    [
        (check_penalty_slope, lambda w, lambd, m: lambd * w / m),
        (check_dropout_variance, lambda a, keep_prob: a * a / keep_prob - a * a),
    ],
)
def test_a_right_formula_passes_in_any_form(check: Check, formula: Callable[..., Any]) -> None:
    shown = str(check(formula))
    assert selfcheck_words.step_passed() in shown and "✗" not in shown


@pytest.mark.parametrize(
    ("check", "formula", "said"),
    [
        (check_penalty_slope, lambda w, lambd, m: None, "Something is still None"),
        (check_penalty_slope, lambda w, lambd, m: lambd / (2 * m) * w, "0.5 times the measured value"),
        (check_penalty_slope, lambda w, lambd, m: lambd / m, "measured 0.0105"),
        (check_penalty_slope, lambda w, lambd, m: [w, w], "this is not a number"),
        (check_penalty_slope, lambda w, lambd, m: w / 0, "stopped with ZeroDivisionError"),
        (check_dropout_variance, lambda a, keep_prob: a**2 * (1 - keep_prob), "your formula gives 2"),
        (check_dropout_variance, lambda a, keep_prob: 0, "measured 4, your formula gives 0"),
    ],
)
def test_a_wrong_formula_is_answered_in_a_line(check: Check, formula: Callable[..., Any], said: str) -> None:
    shown = str(check(formula))
    assert said in shown and "Not right yet. This check earns no points" in shown
