"""A graded notebook is read whole for pages that show it, and without what cells showed for those that count."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from autograder.checking.verdict import MIME, Verdict
from autograder.pages.autograded_notebook import AutogradedNotebook, read_autograded

PICTURE = {
    "output_type": "display_data",
    "metadata": {},
    "data": {"image/png": "iVBORw0KGgo=", "text/plain": "x"},
}
JUDGED = {
    "output_type": "display_data",
    "metadata": {},
    "data": {MIME: Verdict("double", "double", ()).to_json(), "text/plain": "x"},
}
FAILED = {"output_type": "error", "ename": "NameError", "evalue": "no double", "traceback": ["a", "b"]}
PRINTED = {"output_type": "stream", "name": "stdout", "text": "1\n"}


def role(grade_id: str, **what: Any) -> dict[str, Any]:
    return {"nbgrader": {"grade_id": grade_id, "grade": False, "solution": False, "points": 5, **what}}


def notebook(shown: Any, judged: Any) -> bytes:
    cells = [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": ["# Doubling\n", "text"]},
        {"cell_type": "code", "id": "b", "metadata": role("double", solution=True), "source": "x", "outputs": shown},
        {"cell_type": "code", "id": "c", "metadata": role("test_double", grade=True), "source": "y", "outputs": judged},
        {"cell_type": "markdown", "id": "d", "metadata": role("words", grade=True, solution=True), "source": "z"},
        {"cell_type": "code", "id": "e", "metadata": {}, "source": "draw()", "outputs": shown},
    ]
    notes = [{"kind": "id-lost", "cell": "double", "message": "lost"}]
    return json.dumps({"cells": cells, "metadata": {"autograder": {"language": "en", "notes": notes}}}).encode()


def without_outputs(graded: AutogradedNotebook) -> AutogradedNotebook:
    questions = [
        replace(question, cell={**question.cell, "outputs": []} if question.cell else None)
        for question in graded.questions
    ]
    return replace(graded, questions=tuple(questions), others=())


@pytest.mark.parametrize("shown", [[], [PICTURE, PRINTED], [FAILED], [None, 3], "junk", [{**PICTURE, "data": []}]])
@pytest.mark.parametrize("judged", [[JUDGED], [PRINTED, JUDGED, PICTURE], [FAILED], [], [{"data": {MIME: 3}}]])
def test_without_what_cells_showed_the_questions_are_the_same(tmp_path: Path, shown: Any, judged: Any) -> None:
    path = tmp_path / "lab.ipynb"
    path.write_bytes(notebook(shown, judged))
    whole, counted = read_autograded(path), read_autograded(path, with_shown=False)
    assert without_outputs(counted) == without_outputs(whole)
    assert counted.others == ()


def test_pictures_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "lab.ipynb"
    path.write_bytes(notebook([PICTURE], [JUDGED]))
    counted = read_autograded(path, with_shown=False)
    assert counted.questions[0].verdict is not None
    assert "iVBOR" not in str(counted)
