"""The Chinese edition, as students get it: graded by the same key with the same points, in its own words."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from autograder.assignments import names
from autograder.course.course import Course
from autograder.engines.registry import Engine
from autograder.grading.check_notebook import as_json, check_notebook
from tests.test_architecture import REPOSITORY

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("chinese")]

COURSE = Course(REPOSITORY)


def released(assignment: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(
        (COURSE.release(assignment, "zh_CN") / f"{assignment}.ipynb").read_text(encoding="utf-8")
    )
    return content


def solved(assignment: str) -> dict[str, Any]:
    """Fill the solutions of the English source into the Chinese notebook."""
    source = json.loads(COURSE.notebooks(assignment)[0].read_text(encoding="utf-8"))
    solutions = {cell["id"]: "".join(cell["source"]) for cell in source["cells"]}
    notebook = released(assignment)
    for cell in notebook["cells"]:
        role = cell["metadata"].get("nbgrader", {})
        if role.get("solution"):
            lines = solutions[cell["id"]].split("\n")
            own = "\n".join(line for line in lines if "SOLUTION" not in line)
            cell["source"] = own if cell["cell_type"] == "code" else "这是我的回答。"
    return notebook


@pytest.mark.parametrize("assignment", names())
def test_right_work_in_the_chinese_edition_earns_all_points_and_the_stubs_none(assignment: str, tmp_path: Path) -> None:
    scores = {}
    for name, notebook in (("right", solved(assignment)), ("stubs", released(assignment))):
        path = tmp_path / f"{name}.ipynb"
        path.write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")
        result = check_notebook(COURSE, assignment, path, Engine("sandbox"))
        scores[name] = result.score
        if name == "stubs":
            said = [note.message for note in result.notes]
            assert said and all(re.search(r"[\u4e00-\u9fff]", text) for text in said)
    assert scores == {"right": 60, "stubs": 0}


def test_check_gives_the_hints_of_known_mistakes_in_the_language_of_the_notebook(tmp_path: Path) -> None:
    notebook = solved("regularization")
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"]).replace("lambd / (2 * m)", "lambd / m")
    path = tmp_path / "regularization.ipynb"
    path.write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")
    result = as_json("regularization", check_notebook(COURSE, "regularization", path, Engine("sandbox")))
    hints = [mistake["hint"] for cell in result["cells"] for mistake in cell["mistakes"]]
    assert hints and all(re.search(r"[\u4e00-\u9fff]", hint) for hint in hints)
