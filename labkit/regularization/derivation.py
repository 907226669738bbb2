"""Check the two formulas that students derive themselves: by number, against a measured slope and a measured spread."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from labkit.numeric_gradient import STEP
from labkit.regularization import words
from labkit.selfcheck import words as selfcheck_words
from labkit.selfcheck.report import Report, Row

SLOPE_CASES = ((3.0, 0.7, 200), (-0.5, 2.0, 10), (0.0, 1.0, 50))
VARIANCE_CASES = ((2.0, 0.5), (1.0, 0.8), (3.0, 0.1), (4.0, 1.0))


def check_penalty_slope(function: Callable[[float, float, int], Any]) -> Report:
    """Compare your slope of the L2 penalty at one weight with the measured one.

    Args:
        function: Called as ``penalty_slope(w, lambd, m)``.
    """

    def measured(w: float, lambd: float, m: int) -> float:
        above, below = (lambd / (2 * m) * moved**2 for moved in (w + STEP, w - STEP))
        return (above - below) / (2 * STEP)

    labels = [words.slope_case(*case) for case in SLOPE_CASES]
    return _report("penalty_slope", labels, [measured(*case) for case in SLOPE_CASES], _called(function, SLOPE_CASES))


def check_dropout_variance(function: Callable[[float, float], Any]) -> Report:
    """Compare your variance of an activation under dropout with that of the two values which it can take.

    Args:
        function: Called as ``dropout_variance(a, keep_prob)``.
    """

    def measured(a: float, keep_prob: float) -> float:
        values, chances = np.array([0.0, a / keep_prob]), np.array([1 - keep_prob, keep_prob])
        return float(chances @ (values - chances @ values) ** 2)

    labels = [words.variance_case(*case) for case in VARIANCE_CASES]
    return _report(
        "dropout_variance", labels, [measured(*case) for case in VARIANCE_CASES], _called(function, VARIANCE_CASES)
    )


def _called(function: Callable[..., Any], cases: Sequence[tuple[float, ...]]) -> list[object]:
    """Call the student's function for each case; an exception stands for its result."""
    results: list[object] = []
    for case in cases:
        try:
            results.append(function(*case))
        except Exception as error:
            results.append(error)
    return results


def _report(name: str, labels: Sequence[str], expected: Sequence[float], results: Sequence[object]) -> Report:
    if all(result is None for result in results):
        return Report(name, [Row(selfcheck_words.values(), selfcheck_words.not_finished())], graded=False)
    rows = [Row(label, _problem(right, result)) for label, right, result in zip(labels, expected, results, strict=True)]
    return Report(name, rows, _hints(expected, results), graded=False)


def _problem(right: float, result: object) -> str:
    if isinstance(result, Exception):
        return words.step_stopped(type(result).__name__, result)
    if not _is_number(result):
        return words.no_number()
    actual = float(np.asarray(result).item())
    return "" if np.isclose(actual, right, rtol=1e-6, atol=1e-9) else words.other_number(right, actual)


def _hints(expected: Sequence[float], results: Sequence[object]) -> list[str]:
    """Name the factor by which all results are too large or too small, if there is one."""
    right = np.array(expected)
    if not all(map(_is_number, results)):
        return []
    given = np.array([float(np.asarray(result).item()) for result in results])
    some = np.abs(right) > 1e-9
    factors = given[some] / right[some]
    same = np.allclose(factors, factors[0], rtol=1e-6) and np.allclose(given[~some], 0)
    return [words.by_a_factor(factors[0])] if same and not np.isclose(factors[0], 1) and factors[0] else []


def _is_number(value: object) -> bool:
    return np.asarray(value).dtype.kind in "biuf" and np.asarray(value).size == 1


STEPS: dict[str, Callable[..., Report]] = {
    "penalty_slope": check_penalty_slope,
    "dropout_variance": check_dropout_variance,
}
