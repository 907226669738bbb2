from typing import Any

import nbformat
import pytest

from autograder.notebook.regions import without_solution


def test_a_region_with_a_hint_becomes_a_stub_that_runs() -> None:
    text = (
        "def f(x):\n    ### BEGIN SOLUTION (approx. 2 lines; stub: a, b)\n    a = x\n    b = x\n    ### END SOLUTION\n"
    )
    stub = without_solution(text + "    return a, b", "code")
    assert stub.split("\n") == [
        "def f(x):",
        "    ### START CODE HERE ### (approx. 2 lines)",
        "    a = None",
        "    b = None",
        "    ### END CODE HERE ###",
        "    return a, b",
    ]
    namespace: dict[str, Any] = {}
    exec(stub, namespace)
    assert namespace["f"](1) == (None, None)


def test_without_our_hint_the_stubs_are_those_of_nbgrader() -> None:
    from nbgrader.preprocessors import ClearSolutions

    region = nbformat.v4.new_code_cell("def f():\n  ### BEGIN SOLUTION\n  1\n  ### END SOLUTION\nf()")
    bare, words = nbformat.v4.new_code_cell("x = 1"), nbformat.v4.new_markdown_cell("Because.")
    for cell in (region, bare, words):
        cell.metadata.nbgrader = {"solution": True}
        ours = without_solution(cell.source, cell.cell_type)
        theirs, _ = ClearSolutions().preprocess_cell(cell, {"language": "python"}, 0)
        assert ours == theirs.source


@pytest.mark.parametrize(
    "text",
    [
        "### BEGIN SOLUTION",
        "### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION",
        "### BEGIN SOLUTION (approx. 1 line; stub: a b)\n### END SOLUTION",
    ],
)
def test_a_region_that_would_leak_or_not_run_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        without_solution(text, "code")
