from copy import deepcopy
from typing import Any

import pytest

from autograder.notebook.source import parse_source
from autograder.restore.restore import Restored, restore
from tests.helpers import small_course as small
from tests.helpers.restoring import kinds, restored, sources, with_cells


def test_the_order_of_the_source_wins_over_a_shuffled_notebook() -> None:
    notebook = small.filled()
    notebook["cells"].reverse()
    assert list(sources(restored(notebook))) == [cell["id"] for cell in small.source()["cells"]]


def test_in_another_order_too_an_own_cell_runs_above_the_solution_that_uses_it() -> None:
    """It stands above it in the student's notebook, which is all that students are told to see to."""
    notebook = small.filled()
    double = notebook["cells"][2:4]
    del notebook["cells"][2:4]
    small.cell(notebook, "square")["source"] = "def square(x):\n    return x * x"
    tools = [small.code("base", "TWO = 2"), small.code("tool", "def twice(x):\n    return TWO * x")]
    trial = small.code("trial", "math.fsum([square(2)])")
    notebook["cells"][4:4] = [*tools, trial, *double]
    small.cell(notebook, "double")["source"] = "def double(x):\n    return twice(math.floor(x))"
    order = ["title", "imports", "base", "tool", "double", "test_double", "square", "test_square", "trial"]
    assert list(sources(restored(notebook)))[:9] == order


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


def test_a_cell_that_writes_a_module_is_not_the_solution_that_imports_it() -> None:
    text = "%%writefile mylab.py\ndef double(x):\n    return x + x\ndef square(x):\n    return x * x"
    notebook = with_cells("imports", small.code("module", text), below=True)
    for name in ("double", "square"):
        small.cell(notebook, name)["source"] = "from mylab import *"
    result = restored(notebook)
    assert list(sources(result))[:4] == ["title", "imports", "module", "double"]
    assert sources(result)["double"] == sources(result)["square"] == "from mylab import *"
    assert not kinds(result)


@pytest.mark.parametrize("use", ["from mylab import *", "%run mylab.py"])
def test_no_stub_is_put_over_the_functions_of_a_module_that_the_notebook_writes(use: str) -> None:
    text = "%%writefile mylab.py\ndef double(x):\n    return x + x\ndef square(x):\n    return x * x"
    notebook = with_cells("imports", small.code("module", text), small.code("use", use), below=True)
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] not in ("double", "square")]
    result = restored(notebook)
    assert kinds(result) == {("answer-elsewhere", "double"), ("answer-elsewhere", "square")}
    assert "def " not in sources(result)["double"] + sources(result)["square"]


def test_a_notebook_without_any_ids_or_metadata_is_recognised_by_content() -> None:
    notebook = small.without_ids(small.filled())
    result = restored(notebook)
    assert sources(result) == sources(restored(small.filled()))
    assert kinds(result) == {("id-lost", "")}


def test_without_ids_too_a_version_tried_below_its_test_is_not_graded() -> None:
    notebook = small.filled()
    notebook["cells"].append(small.code("", "def square(*args):\n    return None  # what if?"))
    result = restored(small.without_ids(notebook))
    assert sources(result)["square"] == sources(restored(small.filled()))["square"]
    assert sources(result)["double"] == sources(restored(small.filled()))["double"]


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


DOUBLE, SQUARE = "def double(x):\n    return x + x", "def square(x):\n    return x ** 2"
STUBS = {name: small.cell(small.released(), name)["source"] for name in ("double", "square")}


def namespace(result: Restored) -> dict[str, Any]:
    """What the cells that define functions leave behind, run in order up to each test."""
    names: dict[str, Any] = {}
    for cell in result.notebook["cells"]:
        if cell["id"].startswith("test_"):
            name = cell["id"].removeprefix("test_")
            names[cell["id"]] = names[name](3)
        elif cell["cell_type"] == "code" and cell["source"].startswith(("def ", "import ", "#")):
            exec(cell["source"], names)
    return names


@pytest.mark.parametrize(
    ("double", "square", "more"),
    [
        (DOUBLE, SQUARE, []),
        (SQUARE, DOUBLE, []),
        (STUBS["double"], f"{SQUARE}\n\n{DOUBLE}", []),
        (f"{DOUBLE}\n\n{SQUARE}", STUBS["square"], []),
        (DOUBLE, STUBS["square"], [small.code("copy", SQUARE, grade_id="double", solution=True)]),
        (STUBS["double"], SQUARE, [small.code("own", DOUBLE)]),
        (STUBS["double"], SQUARE, [small.code("own", DOUBLE, grade_id="test_square", grade=True, points=6)]),
        ("import math", DOUBLE, [small.code("own", SQUARE)]),
        (DOUBLE, "import math", [small.code("own", SQUARE)]),
    ],
)
@pytest.mark.parametrize("place", ["imports", "double"])
def test_the_function_that_a_cell_defines_decides_before_its_id(
    double: str, square: str, more: list[Any], place: str
) -> None:
    notebook = with_cells(place, *more, below=True)
    small.cell(notebook, "double")["source"] = double
    small.cell(notebook, "square")["source"] = square
    result = restored(notebook)
    names = namespace(result)
    assert (names["test_double"], names["test_square"]) == (6, 9)
    assert ("id-lost", "") not in kinds(result)


def test_with_exchanged_ids_an_untouched_function_is_still_the_untouched_one() -> None:
    notebook = small.filled()
    small.cell(notebook, "double")["source"] = STUBS["square"]
    small.cell(notebook, "square")["source"] = DOUBLE
    texts = sources(restored(notebook))
    assert (texts["double"], texts["square"]) == (DOUBLE, STUBS["square"])


def test_an_id_on_another_given_cell_does_not_replace_that() -> None:
    notebook = small.filled()
    small.cell(notebook, "imports")["metadata"] = small.code("", "", grade_id="double", solution=True)["metadata"]
    small.cell(notebook, "double")["metadata"] = {}
    result = restored(notebook)
    assert sources(result) == sources(restored(small.filled()))
