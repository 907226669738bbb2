"""The regularization notebook as it is written: its form, its points, and that its cells run, filled in or empty."""

import re
from functools import partial
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import nbformat
import pytest
from nbformat import NotebookNode

from autograder.notebook.regions import without_hidden_tests, without_solution

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("regularization_notebook")]

PATH = Path(__file__).parents[3] / "source" / "regularization" / "regularization.ipynb"
POINTS = {
    "test_compute_cost_with_regularization": 10,
    "test_backward_propagation_with_regularization": 15,
    "test_forward_propagation_with_dropout": 20,
    "test_backward_propagation_with_dropout": 15,
    "conclusions": 25,
    "questions": 15,
}


@pytest.fixture(scope="module")
def notebook() -> NotebookNode:
    notebook: NotebookNode = nbformat.read(PATH, as_version=4)
    return notebook


def marks(cell: NotebookNode) -> dict[str, Any]:
    nbgrader: dict[str, Any] = cell.metadata.get("nbgrader", {})
    return nbgrader


def test_the_file_is_written_as_nbformat_writes_it(notebook: NotebookNode) -> None:
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert PATH.read_bytes() == (nbformat.writes(notebook).rstrip("\n") + "\n").encode()


def test_outputs_are_stripped_and_cell_ids_can_be_read(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", cell.id)
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None


def test_the_points_are_those_of_the_lab(notebook: NotebookNode) -> None:
    assert {
        marks(cell)["grade_id"]: marks(cell)["points"] for cell in notebook.cells if marks(cell).get("grade")
    } == POINTS


def test_the_words_about_points_agree_with_the_points(notebook: NotebookNode) -> None:
    table = next(cell.source for cell in notebook.cells if cell.id == "how-it-works")
    for grade_id, points in POINTS.items():
        if grade_id.startswith("test_"):
            assert f"| `{grade_id.removeprefix('test_')}` | {points} |" in table
    conclusions = next(cell.source for cell in notebook.cells if cell.id == "conclusions")
    assert sum(map(int, re.findall(r"\((\d+) points\)\n\n### BEGIN", conclusions))) == POINTS["conclusions"]


@pytest.fixture(scope="module", params=["filled", "empty"])
def played(request: pytest.FixtureRequest, notebook: NotebookNode) -> tuple[str, dict[str, str]]:
    """All code cells but the self-checks, run in order with short trainings; what each of them printed."""
    namespace: dict[str, Any] = {}
    printed: dict[str, str] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plt, "show", lambda: plt.close("all"))
        for cell in notebook.cells:
            if cell.cell_type != "code" or marks(cell).get("grade"):
                continue
            source = cell.source
            if request.param == "empty" and marks(cell).get("solution"):
                source = without_solution(source, "code")
            lines: list[str] = []
            patch.setattr("builtins.print", lambda *parts, lines=lines, **_: lines.append(" ".join(map(str, parts))))
            exec(compile(source, cell.id, "exec"), namespace)
            printed[cell.id] = "\n".join(lines)
            if cell.id == "setup":
                namespace["train"] = partial(namespace["train"], steps=30)
    return request.param, printed


def test_experiments_run_and_say_kindly_what_is_still_empty(played: tuple[str, dict[str, str]]) -> None:
    state, printed = played
    words = "\n".join(printed.values())
    if state == "filled":
        assert "not trained" not in words
        assert "not checked" not in words
        assert printed["l2-recipe"].endswith("Your gradient is the slope of your cost.")
        assert printed["dropout-recipe"].endswith("Your gradient is the slope of your cost.")
    else:
        for place in ("train-l2", "train-dropout", "train-same-masks", "sweep-l2", "sweep-dropout"):
            assert "not trained. " in printed[place]
        assert "stopped with" not in words


def test_the_gradient_check_trap_is_as_the_text_tells_it(played: tuple[str, dict[str, str]]) -> None:
    state, printed = played
    lines = printed["l2-gradient-trap"].splitlines()
    assert lines[-1].endswith("Your gradient is the slope of your cost.")
    if state == "filled":
        assert [line.split(":")[0].strip() for line in lines if "←" in line] == ["dW1", "dW2", "dW3"]


def test_every_cell_that_uses_what_only_experiments_define_is_skipped_in_grading(notebook: NotebookNode) -> None:
    namespace: dict[str, Any] = {"get_ipython": None}
    for cell in notebook.cells:
        if cell.cell_type == "code" and "skip-execution" not in cell.metadata.get("tags", []):
            if marks(cell).get("grade"):
                assert without_hidden_tests(cell.source).startswith("labkit.check(")
            else:
                exec(cell.source, namespace)
