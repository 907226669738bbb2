"""The regularization notebook as it is written: its form, its points, and that its cells run, filled in or empty."""

import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import nbformat
import pytest
from nbformat import NotebookNode

from autograder.marking.rubric import read_scheme
from autograder.notebook.regions import without_hidden_tests, without_solution
from autograder.notebook.source import parse_source
from autograder.restore.restore import restore
from labkit.selfcheck import words as selfcheck_words

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("regularization_notebook")]

PATH = Path(__file__).parents[3] / "source" / "regularization" / "regularization.ipynb"
POINTS = {
    "test_compute_cost_with_regularization": 10,
    "test_backward_propagation_with_regularization": 15,
    "test_forward_propagation_with_dropout": 20,
    "test_backward_propagation_with_dropout": 15,
    **{f"conclusion_{number}": 5 for number in range(1, 6)},
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
    written = {marks(cell)["grade_id"]: cell.source for cell in notebook.cells if cell.id.startswith("conclusion-")}
    assert [int(text[len("**Conclusion 1** (")]) for text in written.values()] == [POINTS[name] for name in written]
    assert "conclusions 1 to 5 | 5 each" in table and sum(POINTS[name] for name in written) == 25


def test_the_rubric_of_each_written_question_gives_its_points(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        if marks(cell).get("grade") and cell.cell_type == "markdown":
            scheme = read_scheme(cell.source, cell.id)
            assert scheme.problems == () and scheme.model
            assert sum(item.points for item in scheme.items) == marks(cell)["points"], cell.id


def test_every_prediction_comes_before_its_experiment_and_every_reading_after_it(notebook: NotebookNode) -> None:
    kinds = [(cell.id, cell.cell_type) for cell in notebook.cells]
    predictions = [at for at, (name, _) in enumerate(kinds) if name.startswith("predict-")]
    numbers = [int(notebook.cells[at].source.split()[1].strip("*")) for at in predictions]
    assert numbers == list(range(1, len(predictions) + 1))
    for at in predictions:
        assert kinds[at + 1][1] == "code"
        following = [cell.source for cell in notebook.cells[at + 2 : at + 6]]
        assert any("After you ran it" in text or "**Question" in text for text in following), kinds[at]


def test_a_prediction_or_question_has_a_place_for_words_which_is_no_answer_to_a_graded_one(
    notebook: NotebookNode,
) -> None:
    asking = re.compile(r"(predict|question)-(?!.*-answer$)")
    places = {cell.id for cell in notebook.cells if cell.cell_type == "markdown" and cell.source.endswith("\n…")}
    assert places == {cell.id for cell in notebook.cells if asking.match(cell.id)}
    source = parse_source(PATH.read_bytes(), "regularization")
    submission = deepcopy(notebook)
    for cell in submission.cells:
        if marks(cell).get("solution"):
            cell.source = without_solution(cell.source, cell.cell_type)
        elif marks(cell).get("grade"):
            cell.source = without_hidden_tests(cell.source)
        elif cell.source.endswith("\n…") and cell.cell_type == "markdown":
            cell.source = cell.source.replace("\n…", "\nI guess that it falls to the end, because the network learns.")
    notes = restore(source, nbformat.writes(submission).encode()).notes
    assert {note.kind for note in notes} == {"answer-empty"}


def test_code_fits_on_a_printed_page_and_every_fold_is_closed(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.id != "environment":  # of which only the output is printed
            assert max(map(len, without_hidden_tests(cell.source).split("\n"))) <= 88, cell.id
        assert cell.source.count("<details>") == cell.source.count("</details>")
        assert "</summary>\n\n" in cell.source or "<details>" not in cell.source


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
                train = namespace["train"]
                namespace["train"] = lambda *parts, train=train, **options: train(*parts, **options | {"steps": 30})
    return request.param, printed


def test_experiments_run_and_say_kindly_what_is_still_empty(played: tuple[str, dict[str, str]]) -> None:
    state, printed = played
    words = "\n".join(printed.values())
    if state == "filled":
        assert "not trained" not in words
        assert "not checked" not in words
        assert printed["l2-recipe"].endswith("Your gradient is the slope of your cost.")
        right, wrong = printed["dropout-recipe"].splitlines()[:2]
        assert right.endswith("Your gradient is the slope of your cost.") and "the division is forgotten" in wrong
        assert selfcheck_words.step_passed() in printed["check-penalty-slope"]
        assert selfcheck_words.step_passed() in printed["check-dropout-variance"]
    else:
        for place in ("train-l2", "train-dropout", "train-same-masks", "spread", "sweep-l2", "sweep-dropout"):
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
