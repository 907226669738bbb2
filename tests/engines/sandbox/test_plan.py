"""The steps of a notebook are read from the instructor's cells."""

from autograder.engines.sandbox.plan import HiddenGrade, hidden_grade, plan
from autograder.notebook.format import Cell, Notebook
from tests.helpers import small_course as small


def notebook(*cells: Cell) -> Notebook:
    return {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


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
