"""Scores of plain tests are nbgrader's."""

from itertools import product
from random import Random
from typing import Literal

import nbformat
import pytest
from nbgrader.utils import determine_grade

from autograder.engines.scoring import as_nbgrader_scores, is_guess, manual_score
from autograder.engines.scoring import test_score as score
from autograder.notebook.format import Output
from autograder.notebook.roles import checksum
from tests.helpers import small_course as small
from tests.helpers.outputs import raised


def shown(text: str) -> Output:
    data = {"text/plain": text}
    return {"output_type": "execute_result", "metadata": {}, "data": data, "execution_count": 1}


def stream(name: Literal["stdout", "stderr"]) -> Output:
    return {"output_type": "stream", "name": name, "text": "text"}


ERROR: Output = {"output_type": "error", "ename": "E", "evalue": "", "traceback": []}

DISPLAY: Output = {"output_type": "display_data", "metadata": {}, "data": {"text/plain": "3"}}

RESULTS = ("3.5", "0", "10.0", "11", "-1", "nan", "inf", "True", "np.float64(3.5)", "'3.5'", "(1, 2)")
PARTS = [stream("stdout"), stream("stderr"), ERROR, DISPLAY, *map(shown, RESULTS)]


def nbgrader_score(outputs: list[Output]) -> float:
    """The score that nbgrader itself reads."""
    cell = nbformat.v4.new_code_cell("", outputs=[nbformat.from_dict(output) for output in outputs])
    cell.metadata.nbgrader = {"grade": True, "solution": False, "points": 10}
    return float(determine_grade(cell)[0])


@pytest.mark.parametrize("length", [0, 1, 2, pytest.param(3, marks=pytest.mark.slow)])
def test_a_test_is_scored_as_nbgrader_scores_it(length: int) -> None:
    """Whatever a cell shows, in any order; of three parts a sample of 300."""
    every = list(product(PARTS, repeat=length))
    for parts in Random(0).sample(every, min(len(every), 300)):
        outputs = as_nbgrader_scores(list(parts), 10.0, "assert f")
        assert score(outputs, 10.0) == nbgrader_score(outputs), parts
        if not any(shown(text) in parts for text in ("11", "inf")):
            assert score(parts, 10.0) == nbgrader_score(list(parts)), parts


def test_full_marks_that_are_a_guess_are_noticed() -> None:
    assert [is_guess([shown(text)]) for text in ("'3.5'", "True", "-1", "nan", "3.5", "10")] == [True] * 4 + [False] * 2
    assert not is_guess([]) and not is_guess([ERROR, shown("True")])


def test_more_points_than_there_are_earn_none() -> None:
    outputs = as_nbgrader_scores([shown("11")], 10.0, "11")
    assert score(outputs, 10.0) == 0
    assert raised(outputs[0]) == "TooManyPoints"
    assert as_nbgrader_scores([shown("10")], 10.0, "10") == [shown("10")]


def test_an_error_earns_nothing_whatever_was_shown_before_it() -> None:
    assert score(as_nbgrader_scores([shown("10"), ERROR], 10.0, "10"), 10.0) == 0


def test_an_answer_that_is_as_it_was_given_scores_nothing_and_another_one_waits() -> None:
    cell = small.markdown("conclusions", "YOUR ANSWER HERE", grade=True, solution=True, points=5)
    cell["metadata"]["nbgrader"]["checksum"] = checksum(cell)
    assert manual_score(cell) == 0
    assert manual_score(cell | {"source": "Mine."}) is None
