"""A course of one small assignment in a temporary folder, and ways to fill and spoil its notebook."""

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from autograder.notebook.format import Cell

Notebook = dict[str, Any]
"""A notebook as JSON, for tests to spoil."""

ASSIGNMENT = "numbers"

CONFIG = (Path(__file__).parents[2] / "nbgrader_config.py").read_text()


def markdown(cell_id: str, source: str, **nbgrader: Any) -> Cell:
    return {"cell_type": "markdown", "id": cell_id, "metadata": _metadata(cell_id, nbgrader), "source": source}


def code(cell_id: str, source: str, tags: list[str] | None = None, **nbgrader: Any) -> Cell:
    metadata = _metadata(cell_id, nbgrader) | ({"tags": tags} if tags else {})
    return {
        "cell_type": "code",
        "id": cell_id,
        "metadata": metadata,
        "source": source,
        "execution_count": None,
        "outputs": [],
    }


def _metadata(grade_id: str, nbgrader: dict[str, Any]) -> dict[str, Any]:
    if not nbgrader:
        return {}
    given = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
    return {"nbgrader": {**given, "grade_id": grade_id, **nbgrader}}


DOUBLE = '''def double(x):
    """Twice x."""
    ### BEGIN SOLUTION (approx. 1 line; stub: y)
    y = 2 * x
    ### END SOLUTION
    return y'''

SQUARE = '''def square(x):
    """The square of x."""
    ### BEGIN SOLUTION (approx. 1 line; stub: y)
    y = x * x
    ### END SOLUTION
    return y'''


def source() -> Notebook:
    """The instructor's notebook: two stubs, a test that asserts, one with partial credit, an experiment, an answer."""
    cells = [
        markdown("title", "# Numbers"),
        code("imports", "import math"),
        code("double", DOUBLE, solution=True),
        code(
            "test_double",
            "assert double(1) == 2\n### BEGIN HIDDEN TESTS\nassert double(3) == 6\n### END HIDDEN TESTS",
            grade=True,
            locked=True,
            points=4,
        ),
        code("square", SQUARE, solution=True),
        code(
            "test_square",
            "square(2)\n### BEGIN HIDDEN TESTS\n2.0 * (square(3) == 9) + 4.0 * (square(-1) == 1)\n### END HIDDEN TESTS",
            grade=True,
            locked=True,
            points=6,
        ),
        markdown("try_it", "Look at the numbers."),
        code("experiment", "print(square(5))\nraise RuntimeError('grading runs no experiment')", ["skip-execution"]),
        markdown("ask", "## Conclusions\nWhat have you seen?"),
        markdown("conclusions", "The square grows faster.", grade=True, solution=True, points=5),
    ]
    return {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def released() -> Notebook:
    """What the student gets, written down by hand: the release is tested against it."""
    notebook = deepcopy(source())
    for name in ("double", "square"):
        lines = cell(notebook, name)["source"].split("\n")
        stub = ["    ### START CODE HERE ### (approx. 1 line)", "    y = None", "    ### END CODE HERE ###"]
        cell(notebook, name)["source"] = "\n".join([*lines[:2], *stub, lines[-1]])
    cell(notebook, "test_double")["source"] = "assert double(1) == 2"
    cell(notebook, "test_square")["source"] = "square(2)"
    cell(notebook, "conclusions")["source"] = "YOUR ANSWER HERE"
    return notebook


def filled() -> Notebook:
    """A right submission."""
    notebook = released()
    cell(notebook, "double")["source"] = "def double(x):\n    return x + x"
    cell(notebook, "square")["source"] = "def square(x):\n    return x ** 2"
    cell(notebook, "conclusions")["source"] = "Squares grow fast."
    return notebook


def cell(notebook: Mapping[str, Any], cell_id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(cell for cell in notebook["cells"] if cell["id"] == cell_id)
    return found


def without_ids(notebook: Notebook) -> Notebook:
    """The notebook after an editor that keeps neither cell ids nor nbgrader's metadata."""
    for one in notebook["cells"]:
        del one["id"]
        one["metadata"] = {}
    return notebook | {"nbformat_minor": 2}


def to_bytes(notebook: Any) -> bytes:
    return json.dumps(notebook).encode()


def make_course(folder: Path, *, change: Callable[[Notebook], object] | None = None) -> Path:
    """A course folder with the source notebook, released to nobody yet."""
    notebook = source()
    if change:
        change(notebook)
    place = folder / "source" / ASSIGNMENT
    place.mkdir(parents=True)
    (place / f"{ASSIGNMENT}.ipynb").write_bytes(to_bytes(notebook))
    (folder / "nbgrader_config.py").write_text(CONFIG)
    return folder


def hand_in(course: Path, student: str, submission: Notebook | bytes) -> Path:
    place = course / "submitted" / student / ASSIGNMENT
    place.mkdir(parents=True)
    file = place / f"{ASSIGNMENT}.ipynb"
    file.write_bytes(submission if isinstance(submission, bytes) else to_bytes(submission))
    return file
