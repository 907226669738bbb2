"""An edition has the same code and other words, is graded by the same key, and speaks its language everywhere."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.assignments import names
from autograder.notebook import edition as editions
from autograder.notebook.edition import edition, names_in
from autograder.notebook.source import _others, parse_source
from autograder.restore.restore import restore
from autograder.verify.proofs import same_but_for_words
from labkit.language import add_domain
from tests.helpers import toy_language as toy
from tests.test_architecture import REPOSITORY

pytestmark = pytest.mark.xdist_group("editions")


@pytest.fixture(scope="module")
def catalogues(tmp_path_factory: pytest.TempPathFactory) -> toy.Toy:
    return toy.make(tmp_path_factory.mktemp("toy"))


@pytest.fixture(autouse=True)
def toy_editions(catalogues: toy.Toy, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(editions, "catalogue_folder", catalogues.locale)
    editions._catalogue.cache_clear()
    _others.cache_clear()
    yield
    editions._catalogue.cache_clear()
    _others.cache_clear()


def source_of(assignment: str) -> bytes:
    return (REPOSITORY / "source" / assignment / f"{assignment}.ipynb").read_bytes()


@pytest.mark.parametrize("assignment", names())
def test_an_edition_differs_in_words_only(assignment: str) -> None:
    english = json.loads(source_of(assignment))["cells"]
    other = json.loads(edition(source_of(assignment), assignment, toy.NAME))["cells"]
    assert [cell["id"] for cell in english] == [cell["id"] for cell in other]
    for one, two in zip(english, other, strict=True):
        assert same_but_for_words(one, two, toy.NAME), one["id"]


@pytest.mark.parametrize(
    ("english", "other", "same"),
    [
        ("x = 1  # a word", "x = 1  # 词", True),
        ("x = 1", "x = 2", False),
        ("print(f'a word {x:.2f}')", "print(f'{x:.2f} 词')", True),
        ("print(f'a word {x:.2f}')", "print(f'{x:.3f} 词')", False),
        ("print(f'a word {x} {y}')", "print(f'{y} 词 {x}')", False),
        ("mode = 'test'", "mode = '测试'", False),
        ("use_language('en')", "use_language('zh_CN')", True),
        ("%matplotlib inline\nx = 1", "%matplotlib inline\nx = 1", True),
    ],
)
def test_other_code_is_seen_and_other_words_are_none(english: str, other: str, same: bool) -> None:
    here, there = ({"cell_type": "code", "id": "x", "source": text} for text in (english, other))
    assert same_but_for_words(here, there, "zh_CN") is same


@pytest.mark.parametrize("assignment", names())
def test_no_sentence_of_a_notebook_stays_english(assignment: str) -> None:
    for cell in json.loads(edition(source_of(assignment), assignment, toy.NAME))["cells"]:
        text = re.sub(r"⟦[^⟦⟧]*⟧", "", "".join(cell["source"]))
        if cell["cell_type"] == "markdown":
            text = re.sub(r"\$\$.*?\$\$|### (?:START|END) CODE HERE ###", "", text, flags=re.DOTALL)
            assert not re.search(r"[A-Za-z]{3,} [A-Za-z]{3,}", re.sub(r"^.*(?:SOLUTION|<).*$", "", text, flags=re.M))
        else:
            assert not re.search(r"# [A-Z][a-z]+ [a-z]+ [a-z]+", text)


def with_answers(notebook: dict[str, Any]) -> bytes:
    """Fill the stubs of a released notebook in, in any language."""
    for cell in notebook["cells"]:
        role = cell["metadata"].get("nbgrader", {})
        if role.get("solution") and cell["cell_type"] == "markdown":
            cell["source"] = "My answer."
    return json.dumps(notebook).encode()


@pytest.mark.parametrize("language", ["en", toy.NAME])
@pytest.mark.parametrize("assignment", names())
def test_a_submission_is_restored_from_the_edition_that_it_was_made_from(assignment: str, language: str) -> None:
    source = parse_source(source_of(assignment), assignment)
    assert {source.language, *(other.language for other in source.others)} == {"en", toy.NAME}
    mine = source if language == "en" else source.others[0]
    cells = [{**cell.cell, "source": cell.released, "metadata": {**cell.cell["metadata"]}} for cell in mine.cells]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    restored = restore(source, json.dumps(notebook).encode())
    assert restored.edition.language == language
    assert restored.notebook["metadata"]["autograder"]["language"] == language
    kinds = {note.kind for note in restored.notes}
    assert kinds == {"answer-empty"}, restored.notes
    speaks = ["⟦" in note.message for note in restored.notes]
    assert not any(speaks) if language == "en" else True


def test_hints_criteria_and_cases_are_said_in_the_language_whatever_numbers_stand_in_them(
    catalogues: toy.Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    from labkit import language

    monkeypatch.setattr(language, "_domains", [*language._domains])
    add_domain("autograder", catalogues.locale("autograder"))
    with language.speaking(toy.NAME):
        assert language.translated("5 examples, λ = 0.7") == "⟦5 examples, λ = 0.7⟧"
        assert language.translated("edge cases") == "⟦edge cases⟧"
        assert language.translated("what 3 students wrote") == "what 3 students wrote"
    assert language.translated("edge cases") == "edge cases"
    monkeypatch.undo()
    language.catalogue.cache_clear()


def test_the_names_that_a_notebook_gives_are_known_in_both_languages_for_pictures_without_a_font() -> None:
    names_there_are = names_in(source_of("regularization"), "regularization", toy.NAME)
    assert names_there_are["no regularization"] == "⟦no regularization⟧"
    assert names_there_are["dropout, keep_prob = #"] == "⟦dropout, keep_prob = ⟧#"


def test_every_shipped_catalogue_is_complete_and_compiled() -> None:
    from autograder.translation.update import as_mo, as_po, domains, extract, merged, to_translate

    for domain in domains():
        template = extract(domain)
        for name in domain.languages():
            catalogue = merged(domain, name, template)
            path: Path = domain.path(name)
            assert path.read_bytes() == as_po(catalogue), f"{path} is stale: make translate"
            assert not to_translate(catalogue), f"{path}: {to_translate(catalogue)[:3]}"
            assert path.with_suffix(".mo").read_bytes() == as_mo(catalogue), f"{path} is not compiled: make translate"


def test_running_an_edition_leaves_the_language_of_the_process_alone() -> None:
    from autograder.language import chosen_language
    from autograder.verify.solution import execute

    execute('import labkit\nlabkit.use_language("zh_CN")', {})
    assert chosen_language() == "en"
