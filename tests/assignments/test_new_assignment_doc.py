"""The example of docs/new_assignment.md is an assignment: built from the page, released, and proved."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder import assignments
from autograder.checking.judging import PreparedCheck, run_here
from autograder.course.course import Course
from autograder.release.release import release
from autograder.verify.proofs import Verification
from tests.helpers.small_course import CONFIG, code, to_bytes

PAGE = (Path(__file__).parents[2] / "docs" / "new_assignment.md").read_text(encoding="utf-8")
FILES = re.findall(r"^`autograder/assignments/(scaling/\S+)`:\n\n```python\n(.*?)```", PAGE, re.MULTILINE | re.DOTALL)
CELLS = re.findall(r"```python\n(.*?)\n```", PAGE.partition("## 2.")[0], re.DOTALL)


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Course]:
    """A course whose one assignment is that of the page, and an autograder that has its answer key."""
    for name, text in FILES:
        file = tmp_path / "keys" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    setup, stub, test = CELLS
    cells = [
        code("setup", setup),
        code("scale", stub, solution=True),
        code("test_scale", test, grade=True, locked=True, points=6),
    ]
    place = tmp_path / "source" / "scaling"
    place.mkdir(parents=True)
    (place / "scaling.ipynb").write_bytes(
        to_bytes({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    )
    (tmp_path / "nbgrader_config.py").write_text(CONFIG)
    monkeypatch.setattr(assignments, "__path__", [*assignments.__path__, str(tmp_path / "keys")])
    _forget_keys()
    yield Course.at(tmp_path)
    _forget_keys()
    for module in [name for name in sys.modules if name.startswith("autograder.assignments.scaling")]:
        del sys.modules[module]


def _forget_keys() -> None:
    for cached in (assignments.names, assignments.answer_key, assignments.find_check):
        cached.cache_clear()


def test_the_page_shows_a_notebook_of_three_cells_and_all_files_of_a_key() -> None:
    assert len(CELLS) == 3
    files = {"__init__", "scale", "hints", "right_answers", "mistakes/__init__", "mistakes/scale"}
    assert {name for name, _ in FILES} == {f"scaling/{name}.py" for name in files}


@pytest.mark.slow
def test_the_example_is_released_and_all_its_proofs_hold(course: Course) -> None:
    release(course, "scaling")
    proofs = list(Verification(course, "scaling", repeats=10).proofs())
    assert [(proof.name, proof.failures or proof.figure) for proof in proofs if not proof.holds] == []


def test_a_mistake_of_the_example_is_named(course: Course) -> None:
    key = assignments.answer_key("scaling")
    for mistake in key.mistakes:
        verdict = PreparedCheck(key, key.checks[0], b"secret").judge(run_here(mistake.functions))
        assert verdict.score < verdict.max_score == 6
        assert [hint.id for hint in verdict.mistakes] == [mistake.id]
