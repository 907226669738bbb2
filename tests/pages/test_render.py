"""Points and names are written as people write them, and every sentence of a page can be translated."""

import json
import re
from gettext import NullTranslations
from pathlib import Path

import pytest

from autograder.gradebook.read_marks import NotebookMarks
from autograder.pages import render
from autograder.pages.autograded_notebook import read_autograded
from autograder.pages.feedback import feedback_page
from tests.helpers.graded_course import notebook


@pytest.mark.parametrize(("value", "text"), [(10.0, "10"), (2.5, "2.5"), (1 / 3, "0.33"), (-0.001, "0")])
def test_points_have_two_decimals_at_most(value: float, text: str) -> None:
    assert render.points(value) == text


def test_a_name_breaks_after_underscores_and_stays_text() -> None:
    assert render.breakable("a_<b>") == "a_<wbr>&lt;b&gt;"


@pytest.mark.parametrize("template", sorted(path.name for path in render.TEMPLATES.glob("*.j2")))
def test_every_sentence_of_a_template_is_marked_for_translation(template: str) -> None:
    text = (render.TEMPLATES / template).read_text(encoding="utf-8")
    text = re.sub(r"{%-? trans .*?endtrans -?%}", "", text, flags=re.DOTALL)
    text = re.sub(r"{% block policy %}.*?{% endblock %}|{%.*?%}|{{.*?}}|<[^>]*>|&\w+;", "", text, flags=re.DOTALL)
    assert not re.search(r"\w", text), text.split()


def test_a_page_speaks_the_readers_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Quoted(NullTranslations):
        def gettext(self, message: str) -> str:
            return f"«{message}»"

        def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
            return f"«{msgid2}»"

    monkeypatch.setattr("labkit.language.catalogue", lambda name: Quoted())
    path = tmp_path / "page.ipynb"
    path.write_text(json.dumps(notebook()))
    page = feedback_page(read_autograded(path), NotebookMarks(), "<ann>").decode()
    assert "<title>«Shapes and sizes: feedback for &lt;ann&gt;»</title>" in page
    assert "«Your code»" in page and "«The checks use numbers of their own" in page


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_graded_notebook_is_read_as_other_programs_write_it(tmp_path: Path, encoding: str) -> None:
    """Python's JSON has signs that no standard has: nbgrader writes NaN where a score's output holds it."""
    path = tmp_path / "lab.ipynb"
    cell = {"cell_type": "markdown", "source": "# Übung \ud83d", "metadata": {"weight": float("nan")}}
    path.write_text(json.dumps({"cells": [cell], "metadata": {}}), encoding=encoding)
    assert read_autograded(path).title == "Übung \ud83d"
