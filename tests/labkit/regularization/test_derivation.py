"""The formulas that students derive are checked by number, and what is wrong is said in a line."""

from collections.abc import Callable
from typing import Any

import pytest

from labkit.regularization.derivation import check_dropout_variance, check_penalty_slope

Check = Callable[[Callable[..., Any]], None]


@pytest.mark.parametrize(
    ("check", "formula"),
    [
        (check_penalty_slope, lambda w, lambd, m: lambd * w / m),
        (check_dropout_variance, lambda a, keep_prob: a * a / keep_prob - a * a),
    ],
)
def test_a_right_formula_passes_in_any_form(
    check: Check, formula: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    check(formula)
    shown = capsys.readouterr().out
    assert "This step is right. It earns no points." in shown and "✗" not in shown


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
def test_a_wrong_formula_is_answered_in_a_line(
    check: Check, formula: Callable[..., Any], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    check(formula)
    shown = capsys.readouterr().out
    assert said in shown and "This step is not right yet." in shown
