"""nbgrader reads from the prepared outputs of a test cell the score that the grader gave, whatever else they hold."""

from typing import Any

import nbformat
import pytest
from nbgrader.utils import determine_grade

from autograder.checking.verdict import MIME
from autograder.nbgrader_plugins.settle_scores import SettleScores

GRADED = 'labkit.check("f", f)\nautograder.grade("f", f)'
STDERR = {"output_type": "stream", "name": "stderr", "text": "RuntimeWarning: overflow"}


def result(text: str) -> dict[str, Any]:
    return {"output_type": "execute_result", "metadata": {}, "data": {"text/plain": text}, "execution_count": 1}


def verdict(score: object) -> dict[str, Any]:
    return {"output_type": "display_data", "metadata": {}, "data": {MIME: {"score": score}}}


def score_of(source: str, *outputs: dict[str, Any]) -> float:
    """The score that nbgrader reads from a test cell of 10 points after our step."""
    cell = nbformat.v4.new_code_cell(source, outputs=[nbformat.from_dict(output) for output in outputs])
    cell.metadata.nbgrader = {"grade": True, "solution": False, "points": 10, "grade_id": "test_f"}
    settled, _ = SettleScores().preprocess_cell(cell, {}, 0)
    score, _ = determine_grade(settled)
    return float(score)


@pytest.mark.parametrize(
    "printed",
    ["np.float64(7.5)", "True", "'7.5'", "(7.5, 10)", "nan", "-1.0", "11.0", "7.5", "None"],
)
def test_the_verdict_is_the_score_whatever_the_cell_results_in(printed: str) -> None:
    assert score_of(GRADED, verdict(7.5), result(printed)) == 7.5
    assert score_of(GRADED, result(printed), verdict(7.5)) == 7.5


def test_a_warning_on_stderr_costs_nothing_where_the_grader_gave_its_verdict() -> None:
    assert score_of(GRADED, STDERR, verdict(10), result("10.0")) == 10


def test_of_two_verdicts_the_last_counts_because_the_grader_speaks_last() -> None:
    assert score_of(GRADED, verdict(10), verdict(0.0), result("0.0")) == 0


@pytest.mark.parametrize("score", [11, -1, float("nan"), float("inf"), True, "10", None])
def test_a_verdict_that_is_no_score_earns_nothing(score: object) -> None:
    assert score_of(GRADED, verdict(score)) == 0


def test_without_a_verdict_a_test_of_the_grader_earns_nothing() -> None:
    assert score_of(GRADED) == 0
    assert score_of(GRADED, result("10.0")) == 0


def test_an_exception_earns_nothing_even_after_a_verdict() -> None:
    error = {"output_type": "error", "ename": "ValueError", "evalue": "", "traceback": []}
    assert score_of(GRADED, verdict(10), result("10.0"), error) == 0


def test_plain_tests_are_scored_by_the_rules_of_nbgrader() -> None:
    assert score_of("assert True") == 10
    assert score_of("2.5", result("2.5")) == 2.5
    assert score_of("assert True", STDERR) == 0


def test_a_plain_test_that_gives_too_much_fails_alone_and_not_the_whole_submission() -> None:
    assert score_of("11", result("11")) == 0


def test_a_solution_cell_stays_as_it_is() -> None:
    cell = nbformat.v4.new_code_cell("x", outputs=[nbformat.from_dict(result("11"))])
    cell.metadata.nbgrader = {"grade": True, "solution": True, "points": 10, "grade_id": "f"}
    assert SettleScores().preprocess_cell(cell.copy(), {}, 0)[0] == cell
