import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.errors import CourseError, SubmissionError
from autograder.notebook.roles import checksum
from autograder.restore.restore import (
    Restored,
    parse_source,
    restore,
    untouched,
)
from tests.helpers import small_course as small

SOURCE = parse_source(small.to_bytes(small.source()), "numbers")


def restored(notebook: Any) -> Restored:
    return restore(SOURCE, small.to_bytes(notebook))


def sources(result: Restored) -> dict[str, str]:
    return {cell["id"]: cell["source"] for cell in result.notebook["cells"]}


def kinds(result: Restored) -> set[tuple[str, str]]:
    return {(note.kind, note.cell) for note in result.notes}


def test_a_filled_notebook_keeps_the_students_work_and_gets_the_hidden_tests_back() -> None:
    result = restored(small.filled())
    texts = sources(result)
    assert texts["double"] == "def double(x):\n    return x + x"
    assert texts["conclusions"] == "Squares grow fast."
    assert "assert double(3) == 6" in texts["test_double"]
    assert not result.notes


def test_the_order_of_the_source_wins_over_a_shuffled_notebook() -> None:
    notebook = small.filled()
    notebook["cells"].reverse()
    assert list(sources(restored(notebook))) == [cell["id"] for cell in small.source()["cells"]]


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


def test_of_doubled_solutions_the_last_with_work_in_it_counts() -> None:
    notebook = small.filled()
    stub = deepcopy(small.cell(small.released(), "double"))
    old = deepcopy(stub) | {"source": "def double(x):\n    return x"}
    scratch = deepcopy(stub) | {"source": "# tried here"}
    notebook["cells"].insert(2, old)
    notebook["cells"] += [scratch, stub]
    result = restored(notebook)
    assert sources(result)["double"] == "def double(x):\n    return x + x"
    assert ("answer-doubled", "double") in kinds(result)
    assert "# tried here" in sources(result).values()
    texts = list(sources(result).values())
    assert texts.index("def double(x):\n    return x") < texts.index("def double(x):\n    return x + x")


def test_a_notebook_without_any_ids_or_metadata_is_recognised_by_content() -> None:
    notebook = small.without_ids(small.filled())
    result = restored(notebook)
    assert sources(result) == sources(restored(small.filled()))
    assert kinds(result) == {("id-lost", "")}


def test_a_changed_given_cell_without_ids_is_recognised_by_its_lines() -> None:
    notebook = small.filled()
    small.cell(notebook, "imports")["source"] = "import math\nimport cmath"
    result = restored(small.without_ids(notebook))
    assert sources(result)["imports"] == "import math\nimport cmath"


def test_an_answer_below_its_untouched_cell_is_taken_into_it() -> None:
    notebook = small.filled()
    small.cell(notebook, "conclusions")["source"] = "YOUR ANSWER HERE"
    notebook["cells"].append(small.markdown("mine", "They grow."))
    result = restored(notebook)
    assert sources(result)["conclusions"] == "They grow."
    assert "mine" not in sources(result)
    assert kinds(result) == {("answer-below", "conclusions")}


@pytest.mark.parametrize("answered", [("conclusions",), ("questions",), ("conclusions", "questions"), ()])
def test_without_ids_each_answer_goes_to_its_own_cell_by_place(answered: tuple[str, ...]) -> None:
    notebook = small.source()
    notebook["cells"] += [
        small.markdown("ask_more", "## Questions"),
        small.markdown("questions", "Why?", grade=True, solution=True, points=5),
    ]
    source = parse_source(small.to_bytes(notebook), "numbers")
    given = ("conclusions", "questions")
    for name in given:
        small.cell(notebook, name)["source"] = f"my {name}" if name in answered else "YOUR ANSWER HERE"
    texts = sources(restore(source, small.to_bytes(small.without_ids(notebook))))
    assert {name for name in given if texts[name] == f"my {name}"} == set(answered)
    assert {name for name in given if texts[name] == "YOUR ANSWER HERE"} == set(given) - set(answered)


def test_own_cells_stay_in_place_and_lose_their_metadata() -> None:
    notebook = small.filled()
    notebook["cells"].insert(2, small.code("helper", "def help(x):\n    return x", ["skip-execution"], grade=True))
    result = restored(notebook)
    assert [cell["id"] for cell in result.notebook["cells"]].index("helper") == 2
    assert small.cell(result.notebook, "helper")["metadata"] == {}


def test_an_own_cell_among_the_experiments_is_skipped_unless_it_defines_something() -> None:
    notebook = small.filled()
    at = [cell["id"] for cell in notebook["cells"]].index("experiment") + 1
    notebook["cells"][at:at] = [small.code("more", "print(square(6))"), small.code("tool", "def tool():\n    pass")]
    result = restored(notebook)
    assert small.cell(result.notebook, "more")["metadata"] == {"tags": ["skip-execution"]}
    assert small.cell(result.notebook, "tool")["metadata"] == {}


def test_what_an_experiment_showed_is_kept_as_text_and_picture_only() -> None:
    notebook = small.filled()
    png = "iVBORw0KGgo="
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
        {"output_type": "stream", "name": "stdout", "text": "25\n"},
    ]
    assert small.cell(result.notebook, "test_double")["outputs"] == []


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


def test_checksums_are_those_of_nbgrader() -> None:
    from nbformat import from_dict
    from nbgrader.utils import compute_checksum

    graded = [cell.cell for cell in SOURCE.cells if cell.grade_id]
    assert [checksum(cell) for cell in graded] == [compute_checksum(from_dict(cell)) for cell in graded]


def test_what_restore_makes_is_valid_for_nbformat_and_nbgrader() -> None:
    import nbformat
    from nbgrader.nbgraderformat import MetadataValidator

    notebook = nbformat.reads(restored(small.without_ids(small.filled())).to_bytes().decode(), as_version=4)
    nbformat.validate(notebook)
    MetadataValidator().validate_nb(notebook)


def test_a_source_with_an_open_solution_region_is_refused() -> None:
    notebook = small.source()
    small.cell(notebook, "double")["source"] = "### BEGIN SOLUTION"
    with pytest.raises(CourseError, match="END SOLUTION"):
        parse_source(small.to_bytes(notebook), "numbers")


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def replace_somewhere(draw: Any, value: Any) -> Any:
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
def spoiled_notebooks(draw: Any) -> bytes:
    notebook: Any = small.filled()
    for _ in range(draw(st.integers(1, 6))):
        notebook = replace_somewhere(draw, notebook)
    data = bytearray(small.to_bytes(notebook))
    for _ in range(draw(st.integers(0, 2))):
        data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(data)


@settings(max_examples=300, deadline=None)
@given(spoiled_notebooks())
def test_a_spoiled_notebook_is_restored_or_refused_and_nothing_else(data: bytes) -> None:
    try:
        result = restore(SOURCE, data)
    except SubmissionError:
        return
    tests = [cell for cell in result.notebook["cells"] if cell["id"].startswith("test_")]
    assert [cell["id"] for cell in tests if cell["metadata"].get("nbgrader")] == ["test_double", "test_square"]
    json.loads(result.to_bytes())


def with_cells(place: str, *cells: dict[str, Any], below: bool = False) -> Any:
    """The filled notebook with further cells above a cell, or below it."""
    notebook = small.filled()
    at = [cell["id"] for cell in notebook["cells"]].index(place) + below
    notebook["cells"][at:at] = cells
    return notebook


def is_run(result: Restored, cell_id: str) -> bool:
    return "skip-execution" not in small.cell(result.notebook, cell_id)["metadata"].get("tags", ())


def test_an_own_cell_among_the_experiments_runs_if_a_solution_needs_what_it_binds() -> None:
    notebook = with_cells(
        "experiment",
        small.code("constant", "SHIFT = BASE - BASE"),
        small.code("base", "BASE = 3"),
        small.code("unneeded", "shown = square(3)\nother = 3"),
        below=True,
    )
    small.cell(notebook, "square")["source"] = "def square(x):\n    return x * x + SHIFT"
    result = restored(notebook)
    assert [is_run(result, name) for name in ("constant", "base", "unneeded")] == [True, True, False]


def test_an_experiment_runs_if_only_it_binds_what_a_solution_uses_and_that_is_told() -> None:
    notebook = small.filled()
    small.cell(notebook, "experiment")["source"] = "SHIFT = 0\nprint(square(5))"
    assert not is_run(restored(notebook), "experiment")
    small.cell(notebook, "square")["source"] = "def square(x):\n    return x * x + SHIFT"
    result = restored(notebook)
    assert is_run(result, "experiment")
    assert small.cell(result.notebook, "experiment")["outputs"] == []
    assert kinds(result) == {("experiment-needed", "")}


def test_an_experiment_runs_if_an_own_cell_that_a_solution_needs_uses_it() -> None:
    notebook = with_cells("experiment", small.code("tools", "import sys\nprint(DATA)\nSHIFT = 0"), below=True)
    small.cell(notebook, "experiment")["source"] = "DATA = 3"
    assert not is_run(restored(notebook), "experiment")
    small.cell(notebook, "square")["source"] = "def square(x):\n    return x * x + SHIFT"
    assert is_run(restored(notebook), "experiment")


def test_both_halves_of_a_solution_that_was_split_run() -> None:
    half = small.code("half", "SHIFT = 0", grade_id="square", solution=True)
    notebook = with_cells("square", half)
    small.cell(notebook, "square")["source"] = "def square(x):\n    return x * x + SHIFT"
    result = restored(notebook)
    assert is_run(result, "half")
    assert "SHIFT" in sources(result)["square"]


@pytest.mark.parametrize("text", ["double = lambda x: x + x", "if True:\n    def double(x):\n        return x + x"])
def test_a_solution_in_a_cell_without_ids_is_known_by_any_binding_of_its_name(text: str) -> None:
    notebook = small.filled()
    cell = small.cell(notebook, "double")
    cell.update(id="retyped", metadata={}, source=text)
    assert sources(restored(notebook))["double"] == text


def test_a_deleted_solution_cell_does_not_put_its_stub_over_what_another_cell_defines() -> None:
    notebook = small.filled()
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] != "square"]
    small.cell(notebook, "double")["source"] += "\n\ndef square(x):\n    return x * x"
    result = restored(notebook)
    assert "y = None" not in sources(result)["square"]
    assert kinds(result) == {("answer-elsewhere", "square")}


def test_a_copy_of_a_solution_below_its_test_is_an_experiment() -> None:
    trial = small.code("trial", "def double(x):\n    return 3 * x", grade_id="double", solution=True)
    result = restored(with_cells("test_double", trial, below=True))
    assert "x + x" in sources(result)["double"]
    assert "3 * x" in sources(result)["trial"]


def test_work_below_its_test_counts_where_there_is_none_above() -> None:
    late = small.code("late", "def double(x):\n    return x * 2", grade_id="double", solution=True)
    notebook = with_cells("test_double", late, below=True)
    small.cell(notebook, "double")["source"] = small.cell(small.released(), "double")["source"]
    assert "x * 2" in sources(restored(notebook))["double"]


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
    assert kinds(result) == {("locked-edited", "imports")}
