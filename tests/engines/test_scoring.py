"""Scores of plain tests are nbgrader's; the steps of a notebook are read from the instructor's cells."""

from typing import Literal

import nbformat
import pytest
from nbgrader.utils import determine_grade

from autograder.engines.sandbox.plan import HiddenGrade, hidden_grade, plan
from autograder.engines.scoring import is_guess, manual_score, settled
from autograder.engines.scoring import test_score as score
from autograder.notebook.format import Cell, Notebook, Output
from autograder.notebook.roles import checksum
from tests.helpers import small_course as small
from tests.helpers.sandbox import raised


def shown(text: str) -> Output:
    data = {"text/plain": text}
    return {"output_type": "execute_result", "metadata": {}, "data": data, "execution_count": 1}


def notebook(*cells: Cell) -> Notebook:
    return {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def stream(name: Literal["stdout", "stderr"]) -> Output:
    return {"output_type": "stream", "name": name, "text": "text"}


ERROR: Output = {"output_type": "error", "ename": "E", "evalue": "", "traceback": []}

CASES: list[list[Output]] = [
    [],
    [stream("stdout")],
    [stream("stderr")],
    [ERROR],
    [shown("3.5")],
    [shown("0")],
    [shown("10.0")],
    [shown("-1")],
    [shown("nan")],
    [shown("True")],
    [shown("np.float64(3.5)")],
    [shown("'3.5'")],
    [shown("(1, 2)")],
    [stream("stdout"), shown("2")],
    [shown("2"), stream("stderr")],
    [shown("2"), ERROR],
    [stream("stderr"), shown("2")],
    [ERROR, shown("2")],
    [{"output_type": "display_data", "metadata": {}, "data": {"text/plain": "3"}}],
]


@pytest.mark.parametrize("outputs", CASES)
def test_a_plain_test_is_scored_as_nbgrader_scores_it(outputs: list[Output]) -> None:
    cell = nbformat.v4.new_code_cell("", outputs=[nbformat.from_dict(output) for output in outputs])
    cell.metadata.nbgrader = {"grade": True, "solution": False, "points": 10}
    theirs, _ = determine_grade(cell)
    ours = score(outputs, 10.0)
    assert ours == theirs or (ours != ours and theirs != theirs)


def test_full_marks_that_are_a_guess_are_told() -> None:
    assert [is_guess([shown(text)]) for text in ("'3.5'", "True", "-1", "nan", "3.5", "10")] == [True] * 4 + [False] * 2
    assert not is_guess([]) and not is_guess([ERROR, shown("True")])


def test_more_points_than_there_are_earn_none() -> None:
    outputs = settled([shown("11")], 10.0)
    assert score(outputs, 10.0) == 0
    assert raised(outputs[0]) == "TooManyPoints"
    assert settled([shown("10")], 10.0) == [shown("10")]


def test_an_error_earns_nothing_whatever_was_shown_before_it() -> None:
    assert score(settled([shown("10"), ERROR], 10.0), 10.0) == 0


def test_an_answer_that_is_as_it_was_given_scores_nothing_and_another_one_waits() -> None:
    cell = small.markdown("conclusions", "YOUR ANSWER HERE", grade=True, solution=True, points=5)
    cell["metadata"]["nbgrader"]["checksum"] = checksum(cell)
    assert manual_score(cell) == 0
    assert manual_score(cell | {"source": "Mine."}) is None


def test_the_graders_call_is_found_where_it_ends_the_cell_and_nowhere_else() -> None:
    hidden = '### BEGIN HIDDEN TESTS\nimport autograder\nautograder.grade("f", g, h)\n### END HIDDEN TESTS'
    call = f'labkit.check("f", f)\n{hidden}'
    assert hidden_grade(call) == HiddenGrade("f", ("g", "h"))
    for other in ('autograder.grade("f", g)\n1', "autograder.grade(name, g)", 'grade("f", g)', "def f(:", "", '"a"'):
        assert hidden_grade(other) is None


def test_only_the_visible_part_of_such_a_test_goes_to_the_worker_and_skipped_cells_do_not() -> None:
    hidden = "### BEGIN HIDDEN TESTS\nautograder.grade('f', f)\n### END HIDDEN TESTS"
    cells = [
        small.markdown("title", "# Title"),
        small.code("mine", f"x = 1\n{hidden}"),
        small.code("test_f", f"labkit.check('f', f)\nprint(f(2))\n{hidden}", grade=True, points=1),
        small.code("experiment", "boom()", ["skip-execution"]),
        small.code(
            "test_g", "assert g\n### BEGIN HIDDEN TESTS\nassert g(1)\n### END HIDDEN TESTS", grade=True, points=1
        ),
    ]
    steps = plan(notebook(*cells))
    assert [step.cell for step in steps] == [1, 2, 4]
    assert [step.source for step in steps[1:]] == ["labkit.check('f', f)\nprint(f(2))", cells[4]["source"]]
    assert [step.grade for step in steps] == [None, HiddenGrade("f", ("f",)), None]


def test_a_visible_part_that_is_only_the_self_check_is_not_run_for_the_verdict_says_it_better() -> None:
    hidden = "### BEGIN HIDDEN TESTS\nautograder.grade('f', f)\n### END HIDDEN TESTS"
    for visible, run in (
        ("# Try it.\nlabkit.check('f', f, g)", ""),
        ("labkit.check('f', f())", "labkit.check('f', f())"),
        ("check = labkit.check('f', f)", "check = labkit.check('f', f)"),
    ):
        (step,) = plan(notebook(small.code("test_f", f"{visible}\n{hidden}", grade=True, points=1)))
        assert (step.source, step.grade) == (run, HiddenGrade("f", ("f",)))
