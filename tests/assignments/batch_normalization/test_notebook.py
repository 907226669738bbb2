"""The batch-normalization notebook: its form, and what its cells do with the solution and with empty stubs."""

import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest

import labkit
from autograder.notebook.regions import without_hidden_tests, without_solution
from labkit.batch_norm.digits import Digits, load_digits
from labkit.batch_norm.training import fit
from labkit.timing import best_time

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("batch_normalization_notebook")]

PATH = Path(__file__).resolve().parents[3] / "source" / "batch_normalization" / "batch_normalization.ipynb"
NOTEBOOK = nbformat.read(PATH, as_version=4)
CODE = [cell for cell in NOTEBOOK.cells if cell.cell_type == "code"]
POINTS = {
    "test_batchnorm_forward_train": 15,
    "test_batchnorm_forward_test": 10,
    "test_batchnorm_backward": 20,
    "test_batchnorm_backward_alt": 15,
    "conclusions": 25,
    "questions": 15,
}


def run(solved: bool) -> tuple[dict[str, Any], dict[str, str]]:
    """Run every code cell as students have it, with or without the solution: the namespace, and what cells print.

    With 100 images in each part, one epoch a training and five calls a timing: the words count here, not the numbers.
    """

    def few_digits() -> Digits:
        return Digits(*(part[:100] for part in vars(load_digits()).values()))

    def one_epoch(*arguments: Any, epochs: int, **settings: Any) -> Any:
        return fit(*arguments, epochs=1, **settings)

    namespace: dict[str, Any] = {}
    printed = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(labkit, "load_digits", few_digits)
        patch.setattr(labkit, "fit", one_epoch)
        patch.setattr(labkit, "best_time", lambda function: best_time(function, seconds=0))
        for cell in CODE:
            source = cell.source
            if cell.metadata.get("nbgrader", {}).get("grade"):
                source = without_hidden_tests(source)
            elif cell.metadata.get("nbgrader", {}).get("solution") and not solved:
                source = without_solution(source, "code")
            with redirect_stdout(StringIO()) as output:
                exec(compile(source, cell.id, "exec"), namespace)
            printed[cell.id] = output.getvalue()
            plt.close("all")
    return namespace, printed


@pytest.fixture(scope="module")
def solved() -> dict[str, str]:
    return run(True)[1]


def test_points_are_a_hundred_sixty_of_them_by_machine() -> None:
    graded = {
        cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader.points
        for cell in NOTEBOOK.cells
        if cell.metadata.get("nbgrader", {}).get("grade")
    }
    assert graded == POINTS
    assert sum(points for name, points in graded.items() if name.startswith("test_")) == 60


def test_file_is_written_as_nbformat_writes_it_without_outputs() -> None:
    nbformat.validate(NOTEBOOK)
    assert (NOTEBOOK.nbformat, NOTEBOOK.nbformat_minor) == (4, 5)
    assert PATH.read_text(encoding="utf-8") == nbformat.writes(NOTEBOOK).rstrip("\n") + "\n"
    assert all(cell.outputs == [] and cell.execution_count is None for cell in CODE)


def test_cells_have_readable_ids_and_each_stub_holds_one_function() -> None:
    assert all(re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", cell.id) for cell in NOTEBOOK.cells)
    stubs = [cell for cell in CODE if cell.metadata.get("nbgrader", {}).get("solution")]
    assert len(stubs) == 3
    for cell in stubs:
        assert re.findall(r"^def (\w+)", cell.source, flags=re.MULTILINE) == [cell.metadata.nbgrader.grade_id]


def test_only_set_up_stubs_and_tests_run_while_grading() -> None:
    running = [cell.id for cell in CODE if "skip-execution" not in cell.metadata.get("tags", [])]
    assert running[0] == "setup"
    assert all(cell_id.removeprefix("test-").startswith("batchnorm-") for cell_id in running[1:])


def test_words_about_points_agree_with_the_points() -> None:
    text = {cell.id: cell.source for cell in NOTEBOOK.cells}
    for name, points in POINTS.items():
        if name.startswith("test_batchnorm_backward"):
            assert f"| `{name.removeprefix('test_')}` | {points} |" in text["how-it-works"]
    assert "training mode | 15 |" in text["how-it-works"]
    assert "test mode | 10 |" in text["how-it-works"]
    parts = re.findall(r"\((\d+) points\)\n\n### BEGIN", text["conclusions"])
    assert sum(map(int, parts)) == POINTS["conclusions"]


def test_staged_agrees_with_simplified_and_the_comparison_prints_what_the_lab_asks(solved: dict[str, str]) -> None:
    lines = solved["comparison-cell"].splitlines()
    assert [line.split(":")[0] for line in lines] == [
        "dx difference",
        "dgamma difference",
        "dbeta difference",
        "speedup",
    ]
    assert all(float(line.split(":")[1]) < 1e-11 for line in lines[:3])
    assert re.fullmatch(r"speedup: \d+\.\d\dx", lines[3])


def test_solution_agrees_with_the_measured_slope(solved: dict[str, str]) -> None:
    measured = [float(line.split()[-1]) for line in solved["numeric-demo"].splitlines()]
    assert len(measured) == 3
    assert max(measured) < 1e-8


def test_with_the_solution_every_experiment_runs(solved: dict[str, str]) -> None:
    assert not any("then run this" in text for text in solved.values())


def test_a_single_image_in_train_mode_is_not_seen(solved: dict[str, str]) -> None:
    train = next(line for line in solved["experiment-bug"].splitlines() if line.startswith("train"))
    assert len(set(train.split(":")[1].split())) == 1


def test_with_empty_stubs_nothing_raises_and_experiments_say_what_is_missing() -> None:
    namespace, printed = run(False)
    assert namespace["batchnorm_forward"](np.ones((2, 2)), np.ones(2), np.zeros(2), {"mode": "train"}) == (None, None)
    waiting = {cell.id for cell in CODE if "labkit.batch_norm_ready" in cell.source}
    assert len(waiting) >= 12
    for cell_id in waiting:
        assert "batchnorm_forward still returns nothing" in printed[cell_id]
