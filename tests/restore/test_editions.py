"""Editions in one submission, and what editors do to Chinese: what was given is known in every language and guise."""

import json
import unicodedata
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from typing import Any

import pytest

from autograder.errors import SubmissionError
from autograder.language import speaking
from autograder.notebook.source import Source, read_source
from autograder.restore.restore import Restored, restore, restore_or_untouched
from tests.test_architecture import REPOSITORY

ASSIGNMENT = "regularization"
Cells = list[dict[str, Any]]


@cache
def source() -> Source:
    return read_source(REPOSITORY / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb")


def released(language: str) -> Cells:
    """The cells of an edition as a class gets them."""
    return [
        {
            "cell_type": cell.kind,
            "id": cell.cell["id"],
            "metadata": dict(cell.cell["metadata"]),
            "source": cell.released,
            **({"outputs": [], "execution_count": None} if cell.kind == "code" else {}),
        }
        for cell in source().in_language(language).cells
    ]


def saved(cells: Cells, encoding: str = "utf-8", **metadata: Any) -> bytes:
    content = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(content, ensure_ascii=False).encode(encoding)


def without_ids(cells: Cells) -> Cells:
    return [{name: cell[name] for name in cell if name != "id"} | {"metadata": {}} for cell in deepcopy(cells)]


def each(change: Callable[[str], str]) -> Callable[[Cells], Cells]:
    return lambda cells: [{**cell, "source": change(cell["source"])} for cell in cells]


def stubs(language: str) -> Cells:
    return [cell for cell, given in zip(released(language), source().cells, strict=True) if given.functions]


def with_every_fourth_of(language: str) -> Callable[[Cells], Cells]:
    return lambda cells: [
        other if at % 4 == 0 else cell for at, (cell, other) in enumerate(zip(cells, released(language), strict=True))
    ]


def with_answer_cells_of(language: str) -> Callable[[Cells], Cells]:
    given = source().written
    return lambda cells: [released(language)[at] if at in given else cell for at, cell in enumerate(cells)]


def with_stubs_below(language: str) -> Callable[[Cells], Cells]:
    def changed(cells: Cells) -> Cells:
        below = {cell["id"]: cell for cell in stubs(language)}
        return [
            one for cell in cells for one in (cell, *without_ids([below[cell["id"]]] if cell["id"] in below else []))
        ]

    return changed


GUISES: dict[str, Callable[[Cells], Cells]] = {
    "as released": lambda cells: cells,
    "without ids and metadata": without_ids,
    "some cells of the other edition": with_every_fourth_of("en"),
    "answer cells of the other edition": with_answer_cells_of("en"),
    "stubs of the other edition below": with_stubs_below("en"),
    "blanks at line ends": each(lambda text: "\n".join(f"{line}  " for line in text.split("\n"))),
    "line ends of Windows": each(lambda text: text.replace("\n", "\r\n")),
    "composed signs": each(lambda text: unicodedata.normalize("NFC", text)),
    "decomposed signs": each(lambda text: unicodedata.normalize("NFD", text)),
    "narrow signs": each(lambda text: unicodedata.normalize("NFKC", text)),
}


def kinds(restored: Restored) -> set[str]:
    return {str(note.kind) for note in restored.notes} - {"id-lost"}


@pytest.mark.parametrize("guise", GUISES)
def test_an_untouched_chinese_notebook_is_known_as_such(guise: str) -> None:
    restored = restore(source(), saved(GUISES[guise](released("zh_CN"))))
    assert restored.edition.language == "zh_CN"
    assert kinds(restored) == {"answer-empty"}
    assert sum(note.kind == "answer-empty" for note in restored.notes) == len(source().written)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("other", [with_every_fourth_of, with_answer_cells_of, with_stubs_below])
def test_either_edition_may_hold_cells_of_the_other(
    language: str, other: Callable[[str], Callable[[Cells], Cells]]
) -> None:
    pasted = other("zh_CN" if language == "en" else "en")(released(language))
    restored = restore(source(), saved(pasted))
    assert restored.edition.language == language
    assert kinds(restored) == {"answer-empty"}
    given = [cell.released for cell in restored.edition.cells if not cell.fixed]
    assert {cell["source"] for cell in restored.notebook["cells"]} >= set(given)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_chinese_notebook_is_read_in_the_encodings_of_its_editors(encoding: str) -> None:
    assert restore(source(), saved(released("zh_CN"), encoding)).edition.language == "zh_CN"


@pytest.mark.parametrize("data", [b"\xff\xd8\xff\xe0\x00\x10JFIF", b"{\xff\xff", "不是 notebook".encode("gb18030")])
def test_bytes_that_are_no_text_are_refused_as_before(data: bytes) -> None:
    with pytest.raises(SubmissionError, match="not UTF-8 text"):
        restore(source(), data)


def solved(cells: Cells, work: dict[str, str]) -> Cells:
    """Fill functions in, by the ids of their cells."""
    return [{**cell, "source": work.get(cell["id"], cell["source"])} for cell in cells]


def test_work_in_a_pasted_english_cell_counts_in_a_chinese_notebook() -> None:
    work = {cell["id"]: cell["source"].replace("None", "1") + "\n# 我的" for cell in stubs("en")}
    restored = restore(source(), saved(with_stubs_below("zh_CN")(solved(released("zh_CN"), work))))
    texts = {cell["id"]: cell["source"] for cell in restored.notebook["cells"]}
    assert {name: texts[name] for name in work} == work
    assert restored.edition.language == "zh_CN"


def test_a_notebook_that_is_none_of_ours_is_spoken_of_in_the_language_of_the_course() -> None:
    other = saved([])
    for language, said in (("en", "This is not the notebook"), ("zh_CN", "这不是")):
        with speaking(language):
            restored = restore_or_untouched(source(), other)
        assert restored.unreadable.startswith(said), restored.unreadable
        assert restored.edition.language == language
        assert restored.notebook["cells"][0]["source"] == restored.edition.cells[0].cell["source"]


def test_no_metadata_says_what_the_language_is() -> None:
    """Whatever a file says of its language, its texts decide."""
    data = saved(released("zh_CN"), language="en", autograder={"language": "en"})
    assert restore(source(), data).edition.language == "zh_CN"
