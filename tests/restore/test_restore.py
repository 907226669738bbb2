import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.errors import SubmissionError
from autograder.notebook.source import parse_source
from autograder.notebook.write import write
from autograder.restore.restore import (
    restore,
    untouched,
)
from tests.helpers import small_course as small
from tests.helpers.hostile import PNG
from tests.helpers.restoring import SOURCE, kinds, restored, sources


def test_a_filled_notebook_keeps_the_students_work_and_gets_the_hidden_tests_back() -> None:
    result = restored(small.filled())
    texts = sources(result)
    assert texts["double"] == "def double(x):\n    return x + x"
    assert texts["conclusions"] == "Squares grow fast."
    assert "assert double(3) == 6" in texts["test_double"]
    assert not result.notes


def test_no_solution_of_the_instructor_is_in_a_missing_cell() -> None:
    notebook = small.filled()
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] not in ("double", "conclusions")]
    result = restored(notebook)
    assert "y = None" in sources(result)["double"] and "2 * x" not in sources(result)["double"]
    assert sources(result)["conclusions"] == "YOUR ANSWER HERE"
    assert {("answer-missing", "double"), ("answer-missing", "conclusions")} <= kinds(result)


@pytest.mark.parametrize(
    ("spoil", "note"),
    [
        (lambda cell: cell.update(source="print('full marks')\n6.0"), "test-edited"),
        (lambda cell: cell["metadata"].update(tags=["skip-execution"]), "retagged"),
        (lambda cell: cell["metadata"]["nbgrader"].update(points=600), None),
        (lambda cell: cell["metadata"]["nbgrader"].update(grade=[], schema_version="x", locked={}), None),
        (lambda cell: cell.update(cell_type="raw"), "type-changed"),
        (lambda cell: cell["metadata"].update(nbgrader="none"), None),
        (lambda cell: cell.update(metadata=[1], id=7), None),
    ],
)
def test_a_spoiled_test_cell_comes_from_the_source(spoil: Callable[[dict[str, Any]], object], note: str | None) -> None:
    notebook = small.filled()
    spoil(small.cell(notebook, "test_square"))
    result = restored(notebook)
    mended = small.cell(result.notebook, "test_square")
    pristine = small.cell(restored(small.filled()).notebook, "test_square")
    assert mended == pristine
    assert mended["metadata"]["nbgrader"]["points"] == 6
    assert kinds(result) == ({(note, "test_square")} if note else set())


def test_deleted_and_doubled_test_cells_are_run_once_where_the_source_has_them() -> None:
    notebook = small.filled()
    copied = deepcopy(small.cell(notebook, "test_square"))
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] != "test_double"] + [copied]
    result = restored(notebook)
    assert [cell["id"] for cell in result.notebook["cells"]] == [cell["id"] for cell in small.source()["cells"]]
    assert kinds(result) == {("test-missing", "test_double"), ("test-doubled", "test_square")}


def test_own_cells_stay_in_place_and_lose_their_metadata() -> None:
    notebook = small.filled()
    notebook["cells"].insert(2, small.code("helper", "def help(x):\n    return x", ["skip-execution"], grade=True))
    result = restored(notebook)
    assert [cell["id"] for cell in result.notebook["cells"]].index("helper") == 2
    assert small.cell(result.notebook, "helper")["metadata"] == {}


def test_own_texts_are_named() -> None:
    notebook = small.filled()
    assert restored(notebook).notebook["metadata"]["autograder"]["own_texts"] == ["conclusions"]
    notebook["cells"].insert(1, small.markdown("own", "My plot: ![p](plots/mine.png)"))
    notebook["cells"].append({"cell_type": "raw", "id": "raw", "metadata": {}, "source": "![no picture](in raw text)"})
    notebook["cells"].append(small.markdown("empty", " \n"))
    result = restored(notebook)
    assert result.notebook["metadata"]["autograder"]["own_texts"] == ["own", "conclusions", "raw"]


def test_a_given_text_with_other_blanks_is_not_the_students() -> None:
    notebook = small.filled()
    given = next(cell for cell in notebook["cells"] if cell["cell_type"] == "markdown" and " " in cell["source"])
    given["source"] = given["source"].replace(" ", "\xa0").replace("\n", "\r\n") + "\n"
    notebook["cells"].append(small.markdown("mine", "My own\xa0text."))
    own = restored(notebook).notebook["metadata"]["autograder"]["own_texts"]
    assert "mine" in own and given["id"] not in set(own) - {"conclusions"}


def test_what_an_experiment_showed_is_kept_and_a_line_stands_for_what_is_not() -> None:
    notebook = small.filled()

    def said(line: str, kind: str) -> dict[str, Any]:
        return {"output_type": "display_data", "data": {"text/plain": line}, "metadata": {"left_out": [kind]}}

    png = PNG
    small.cell(notebook, "experiment")["outputs"] = [
        {"output_type": "display_data", "data": {"text/html": "<script>1</script>", "image/png": png}, "metadata": {}},
        {"output_type": "display_data", "data": {"image/png": "PHNjcmlwdD4="}, "metadata": {}},
        {"output_type": "stream", "name": "stdout", "text": ["25\n"]},
        {"output_type": "display_data", "data": {"application/javascript": "alert(1)"}, "metadata": {}},
    ]
    small.cell(notebook, "test_double")["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "forged"}]
    result = restored(notebook)
    assert small.cell(result.notebook, "experiment")["outputs"] == [
        {"output_type": "display_data", "metadata": {}, "data": {"image/png": png}},
        said("[A picture is left out: it is damaged, too large, or of a type that cannot be shown.]", "picture"),
        {"output_type": "stream", "name": "stdout", "text": "25\n"},
        said("[A script is left out.]", "script"),
    ]
    assert small.cell(result.notebook, "test_double")["outputs"] == []


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        ("My plot: ![p](https://example.org/p.png)", "1 picture"),
        ("![p](plots/mine.png) and <img src='C:\\mine.png'>", "2 pictures"),
        ("<img alt='p' src=file:///home/me/p.png>", "1 picture"),
        ("![pasted](attachment:gone.png)", "1 picture"),
        (f"![broken](data:image/png;base64,{PNG[:40]})", "1 picture"),
        ("<iframe src='https://example.org/film'></iframe>", "1 "),
        (f"![mine](data:image/png;base64,{PNG})", ""),
        ("The loss falls, see `![p](plots/mine.png)`: [here](https://example.org)!", ""),
    ],
)
def test_a_picture_that_an_answer_shows_no_more_is_noted(text: str, lost: str) -> None:
    notebook = small.filled()
    small.cell(notebook, "conclusions")["source"] = text
    (note,) = [note.message for note in restored(notebook).notes if note.kind == "left-out"] or [""]
    assert lost in note and bool(lost) == bool(note)


def test_old_and_new_formats_bom_and_line_ends_are_read() -> None:
    good = sources(restored(small.filled()))
    notebook = small.filled()
    third = [
        {"cell_type": "heading", "level": 1, "source": "Numbers"}
        if cell["id"] == "title"
        else {**cell, "input": cell["source"], "source": None, "language": "python"}
        if cell["cell_type"] == "code"
        else cell
        for cell in deepcopy(notebook["cells"])
    ]
    for cell in third:
        cell.pop("id", None)
        if cell["cell_type"] == "code":
            del cell["source"]
    assert sources(restored({"nbformat": 3, "worksheets": [{"cells": third}], "metadata": {}})) == good
    assert sources(restored(notebook | {"nbformat": 5, "nbformat_minor": 9})) == good
    assert sources(restore(SOURCE, b"\xef\xbb\xbf" + small.to_bytes(notebook))) == good
    assert sources(restore(SOURCE, json.dumps(notebook).encode("utf-16"))) == good
    for cell in notebook["cells"]:
        cell["source"] = [line + "\r\n" for line in cell["source"].split("\n")]
    assert {key: text.rstrip("\n") for key, text in sources(restored(notebook)).items()} == good


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "empty"),
        (b"\0\0\0\0", "empty"),
        (b'{"cells": [', "line 1"),
        (b"\x80\x04\x95 pickle", "text"),
        (b"[" * 100_000, "nested"),
        (b"9" * 10_000, "absurd"),
        (b"{}", "no cells"),
        (b'{"cells": {}}', "no cells"),
        (b"null", "no cells"),
        (b'{"cells": []}', "none of its graded cells"),
        (b'{"cells": [' + b"{}," * 3000 + b"{}]}", "3001 cells"),
        (b" " * 33_000_000 + b"x", "33 MB"),
        (small.to_bytes({"cells": [small.code("other", "x", solution=True)]}), "none of its graded cells"),
        (
            small.to_bytes(
                {
                    "cells": [
                        small.code("triple", "x", solution=True),
                        small.markdown("conclusions", "mine", grade=True, solution=True, points=5),
                    ]
                }
            ),
            "none of its graded cells",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_the_notebook_is_refused_in_one_line(data: bytes, word: str) -> None:
    with pytest.raises(SubmissionError, match=word) as caught:
        restore(SOURCE, data)
    assert "\n" not in str(caught.value)


def test_the_untouched_notebook_of_an_unreadable_file_carries_the_reason() -> None:
    result = untouched(SOURCE, "The file is empty.")
    assert "y = None" in sources(result)["square"]
    assert result.notebook["metadata"]["autograder"]["notes"] == [
        {"kind": "unreadable", "cell": "", "message": "The file is empty."}
    ]


def test_what_restore_makes_is_valid_for_nbformat_and_nbgrader() -> None:
    import nbformat
    from nbgrader.nbgraderformat import MetadataValidator

    notebook = nbformat.reads(write(restored(small.without_ids(small.filled())).notebook).decode(), as_version=4)
    nbformat.validate(notebook)
    MetadataValidator().validate_nb(notebook)


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def replace_somewhere(draw: st.DrawFn, value: Any) -> Any:
    """The value with something inside replaced by junk, taken out or doubled."""
    if isinstance(value, dict) and value and draw(st.integers(0, 5)):
        key = draw(st.sampled_from(sorted(value, key=str)))
        return {**value, key: replace_somewhere(draw, value[key])}
    if isinstance(value, list) and value and draw(st.integers(0, 5)):
        at = draw(st.integers(0, len(value) - 1))
        change = draw(st.sampled_from(["replace", "remove", "double"]))
        middle = {"replace": [replace_somewhere(draw, value[at])], "remove": [], "double": [value[at]] * 2}[change]
        return value[:at] + middle + value[at + 1 :]
    return draw(junk)


@st.composite
def spoiled_notebooks(draw: st.DrawFn) -> bytes:
    notebook: Any = small.filled()
    for _ in range(draw(st.integers(1, 6))):
        notebook = replace_somewhere(draw, notebook)
    data = bytearray(small.to_bytes(notebook))
    for _ in range(draw(st.integers(0, 2))):
        data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(data)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(spoiled_notebooks())
def test_a_spoiled_notebook_is_restored_or_refused_and_nothing_else(data: bytes) -> None:
    try:
        result = restore(SOURCE, data)
    except SubmissionError:
        return
    tests = [cell for cell in result.notebook["cells"] if cell["id"].startswith("test_")]
    assert [cell["id"] for cell in tests if cell["metadata"].get("nbgrader")] == ["test_double", "test_square"]
    json.loads(write(result.notebook))


def test_imports_added_to_a_locked_cell_run_after_it() -> None:
    source = small.source()
    small.cell(source, "imports")["metadata"] = small._metadata("imports", {"locked": True})
    notebook = small.filled()
    changed = small.cell(notebook, "imports")
    changed["metadata"] = small.cell(source, "imports")["metadata"]
    changed["source"] = "import math\nimport random as r\nprint('mine')"
    result = restore(parse_source(small.to_bytes(source), "numbers"), small.to_bytes(notebook))
    texts = [cell["source"] for cell in result.notebook["cells"]]
    assert texts[1:3] == ["import math", "import random as r"]
    assert kinds(result) == {("locked-edited", "imports"), ("locked-extended", "imports")}
