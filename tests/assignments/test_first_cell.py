"""The first code cell of each lab says in one sentence what is missing and what to do, on any machine."""

import ast
import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from autograder.assignments import names
from autograder.course.course import Course
from autograder.notebook.roles import SKIP_TAG
from autograder.notebook.source import read_source
from autograder.restore.restore import restore

COURSE = Course.at(Path(__file__).parents[2])


def first_cell(assignment: str) -> str:
    """Give the first code cell as students get it."""
    source = read_source(COURSE.notebooks(assignment)[0])
    return next(cell.released for cell in source.cells if cell.kind == "code")


def without(*missing: str) -> Callable[[str], object]:
    """Make a `find_spec` that does not see some packages."""
    return lambda name: None if name in missing else object()


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[bool, str]]:
    """Run the cell in IPython; return whether the notebook may go on, and all that is shown."""

    def run_cell(*missing: str) -> tuple[bool, str]:
        monkeypatch.setattr(importlib.util, "find_spec", without(*missing))
        shell = InteractiveShell()
        shell.history_manager.enabled = False  # type: ignore[union-attr]
        went_on = shell.run_cell(first_cell(names()[0])).success
        shown = capsys.readouterr().out
        return went_on, " ".join(shown.split())

    return run_cell


def test_it_is_the_same_in_both_labs_and_grading_leaves_it_out() -> None:
    assert len({first_cell(assignment) for assignment in names()}) == 1
    for assignment in names():
        (cell,) = [c for c in read_source(COURSE.notebooks(assignment)[0]).cells if c.cell["id"] == "environment"]
        assert cell.released == first_cell(assignment)
        assert cell.skipped and not cell.answer


def test_where_nothing_is_missing_it_shows_the_environment(run: Any) -> None:
    went_on, shown = run()
    assert went_on
    assert "numpy" in shown and "Python" in shown and "missing" not in shown


@pytest.mark.parametrize(
    ("missing", "says"),
    [
        (("labkit",), "unpack the whole zip"),
        (("labkit", "numpy", "matplotlib"), "unpack the whole zip"),
        (("numpy", "matplotlib"), "%pip install numpy matplotlib"),
        (("numpy",), "%pip install numpy matplotlib"),
        (("matplotlib",), "%pip install numpy matplotlib"),
    ],
)
def test_what_is_missing_is_one_sentence_without_a_traceback_and_the_notebook_stops(
    missing: tuple[str, ...], says: str, run: Any
) -> None:
    went_on, shown = run(*missing)
    assert not went_on
    assert says in shown
    assert shown.count(". ") == 0 and shown.endswith(".") and "Traceback" not in shown


def test_the_folder_that_lacks_the_toolkit_is_named_whatever_its_letters(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside_zip = tmp_path / "王 小明 (1)" / "Temp1_regularization.zip"
    inside_zip.mkdir(parents=True)
    monkeypatch.chdir(inside_zip)
    assert str(inside_zip) in run("labkit")[1]


def test_an_old_python_can_read_the_cell_and_is_named_before_all_else(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ast.parse(first_cell(names()[0]), feature_version=(3, 6))
    monkeypatch.setattr(sys, "version_info", (3, 8, 10, "final", 0))
    monkeypatch.setattr(sys, "version", "3.8.10 (default, …)")
    went_on, shown = run("labkit", "numpy")
    assert not went_on
    assert "Python 3.8.10" in shown and "3.11 or newer" in shown


def test_a_python_without_any_package_runs_into_nothing_else_first() -> None:
    bare = [sys.executable, "-I", "-S", "-c", first_cell(names()[0])]
    ran = subprocess.run(bare, capture_output=True, text=True, encoding="utf-8", timeout=60)
    assert ran.returncode == 1
    assert "SetupError: There is no folder labkit in" in ran.stderr


@pytest.mark.parametrize("assignment", names())
def test_grading_leaves_it_out_also_where_an_editor_lost_ids_and_tags_and_a_cell_of_colab_stands_above(
    assignment: str,
) -> None:
    notebook = json.loads((COURSE.release(assignment) / f"{assignment}.ipynb").read_text(encoding="utf-8"))
    unzip = {"cell_type": "code", "source": f"!unzip -qo {assignment}.zip\n%cd {assignment}"}
    cells = [unzip | {"outputs": [], "execution_count": None}, *notebook["cells"]]
    notebook |= {"nbformat_minor": 4, "cells": [{**cell, "metadata": {}} for cell in cells]}
    for cell in notebook["cells"]:
        cell.pop("id", None)
    restored = restore(read_source(COURSE.notebooks(assignment)[0]), json.dumps(notebook).encode())
    (tags,) = [c["metadata"]["tags"] for c in restored.notebook["cells"] if c["source"] == first_cell(assignment)]
    assert SKIP_TAG in tags
