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
from autograder.marking.rubric import read_scheme
from autograder.notebook.regions import without_hidden_tests, without_solution
from labkit.batch_norm.digits import Digits, load_digits
from labkit.batch_norm.training import fit
from labkit.timing import best_time

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("batch_normalization_notebook")]

PRACTICE = ["hidden_layer", "gradient_of_mean", "bracket", "layernorm_forward", "fold"]
"""Functions that students write and nobody grades, in the order of the notebook."""
PATH = Path(__file__).resolve().parents[3] / "source" / "batch_normalization" / "batch_normalization.ipynb"
NOTEBOOK = nbformat.read(PATH, as_version=4)
CODE = [cell for cell in NOTEBOOK.cells if cell.cell_type == "code"]
POINTS = {
    "test_batchnorm_forward_train": 15,
    "test_batchnorm_forward_test": 10,
    "test_batchnorm_backward": 20,
    "test_batchnorm_backward_alt": 15,
    **dict(zip((f"conclusion_{number}" for number in range(1, 8)), (4, 4, 4, 3, 4, 3, 3), strict=True)),
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
    for cell in stubs:
        assert re.findall(r"^def (\w+)", cell.source, flags=re.MULTILINE) == [cell.metadata.nbgrader.grade_id]
    names = [cell.metadata.nbgrader.grade_id for cell in stubs]
    graded = ["batchnorm_forward", "batchnorm_backward", "batchnorm_backward_alt"]
    assert [name for name in names if name not in PRACTICE] == graded
    assert [name for name in names if name in PRACTICE] == PRACTICE


def test_only_set_up_graded_stubs_and_tests_run_while_grading() -> None:
    running = [cell.id for cell in CODE if "skip-execution" not in cell.metadata.get("tags", [])]
    assert running[0] == "setup"
    assert all(cell_id.removeprefix("test-").startswith("batchnorm-") for cell_id in running[1:])


def test_a_prediction_stands_before_each_experiment_and_is_numbered() -> None:
    texts = [cell.source for cell in NOTEBOOK.cells]
    predictions = [text for text in texts if text.startswith("**Prediction")]
    assert predictions == [f"**Prediction {number}:** …" for number in range(1, len(predictions) + 1)]
    for number, cell in enumerate(NOTEBOOK.cells):
        if cell.id.startswith("experiment-"):
            assert texts[number - 1].startswith("**Prediction"), cell.id


def test_what_stands_below_an_experiment_opens_after_the_run() -> None:
    for number, cell in enumerate(NOTEBOOK.cells):
        if cell.id.endswith(("-why", "-full", "box")):
            assert cell.source.startswith("<details><summary>") and cell.source.endswith("\n\n</details>"), cell.id
            assert "\n\n" in cell.source.removeprefix("<details>"), "Markdown inside needs a blank line"
        if cell.source.startswith("**Question."):
            assert NOTEBOOK.cells[number + 1].source == "**My answer:** …"


def test_code_is_narrow_enough_for_a_printed_page() -> None:
    cells = [cell for cell in CODE if cell.id != "environment"]  # sentences, and nothing of the student's
    wide = [line for cell in cells for line in without_hidden_tests(cell.source).split("\n") if len(line) > 85]
    assert wide == []


def test_words_about_points_agree_with_the_points() -> None:
    text = {cell.id: cell.source for cell in NOTEBOOK.cells}
    for name, points in POINTS.items():
        if name.startswith("test_batchnorm_backward"):
            assert f"| `{name.removeprefix('test_')}` | {points} |" in text["how-it-works"]
    assert "training mode | 15 |" in text["how-it-works"]
    assert "test mode | 10 |" in text["how-it-works"]
    for number in range(1, 8):
        assert f"**Conclusion {number}** ({POINTS[f'conclusion_{number}']} points)" in text[f"conclusion-{number}"]


def test_each_rubric_gives_all_points_of_its_question() -> None:
    for cell in NOTEBOOK.cells:
        own = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "markdown" and own.get("grade"):
            scheme = read_scheme(cell.source, own.grade_id)
            assert sum(item.points for item in scheme.items) == own.points, own.grade_id
            assert scheme.model and not scheme.problems


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


def test_the_solution_passes_every_check_of_practice(solved: dict[str, str]) -> None:
    checks = [cell.id for cell in CODE if "labkit.practice(" in cell.source]
    assert len(checks) == 5
    for cell_id in checks:
        assert "All right here." in solved[cell_id] and "✗" not in solved[cell_id], solved[cell_id]
    assert float(solved["fold-check"].split("\n")[-4].split()[-1]) < 1e-9


def test_with_the_solution_every_experiment_runs(solved: dict[str, str]) -> None:
    assert not any("then run this" in text for text in solved.values())


def test_a_single_image_in_train_mode_is_not_seen(solved: dict[str, str]) -> None:
    train = next(line for line in solved["experiment-bug"].splitlines() if line.startswith("train"))
    assert len(set(train.split(":")[1].split())) == 1


def test_with_empty_stubs_nothing_raises_and_experiments_say_what_is_missing() -> None:
    namespace, printed = run(False)
    assert namespace["batchnorm_forward"](np.ones((2, 2)), np.ones(2), np.zeros(2), {"mode": "train"}) == (None, None)
    waiting = {cell.id for cell in CODE if re.search(r"^if (labkit\.batch_norm_)?ready\(", cell.source, re.MULTILINE)}
    assert len(waiting) >= 20
    for cell_id in waiting:
        assert "batchnorm_forward still returns nothing" in printed[cell_id]
