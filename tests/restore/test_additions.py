"""What a student adds to a cell that is the instructor's runs after it; what the instructor binds stays."""

from __future__ import annotations

import pytest

from autograder.notebook.format import StudentCell
from autograder.notebook.source import SourceCell
from autograder.restore.additions import added_code

GIVEN = """import numpy as np
%matplotlib inline

SEED = 3

def helper(x):
    return x  # given

np.random.seed(SEED)"""


def added(text: str, given: str = GIVEN) -> str:
    above, below = added_around(text, given)
    assert not above
    return below


def added_around(text: str, given: str, is_test: bool = False) -> tuple[str, str]:
    metadata = {"nbgrader": {"grade": is_test, "locked": True, "grade_id": "setup", "points": 4, "schema_version": 3}}
    cell = SourceCell(
        {"cell_type": "code", "id": "setup", "metadata": metadata, "source": given},
        given,
        "setup",
        True,
        False,
        frozenset(),
    )
    student: StudentCell = {
        "cell_type": "code",
        "id": "setup",
        "grade_id": "setup",
        "source": text,
        "tags": [],
        "outputs": [],
        "attachments": {},
    }
    return added_code(cell, student)


@pytest.mark.parametrize(
    "addition",
    [
        "import math",
        "from math import (\n    fsum,\n    sqrt,\n)",
        "from math import fsum, \\\n    sqrt",
        "try:\n    import cupy as xp\nexcept ImportError:\n    import numpy as xp",
        "if SEED:\n    import math",
        "HALF = 0.5",
        "HALF: float = 0.5",
        "def mine(x):\n    return x",
        "@staticmethod\ndef mine(x):\n    return x",
        "class Mine:\n    pass",
        "plt.rcParams['figure.dpi'] = 70",
        "%time HALF = 0.5",
        "files = !ls",
        "import tensorflow as tf\nimport math",
    ],
)
def test_imports_constants_and_helpers_are_taken_wherever_they_stand(addition: str) -> None:
    first, rest = GIVEN.split("\n\n", 1)
    for text in (f"{GIVEN}\n{addition}", f"{addition}\n{GIVEN}", f"{first}\n{addition}\n\n{rest}"):
        assert added(text) == addition


@pytest.mark.parametrize(
    "text",
    [
        GIVEN,
        GIVEN + "\n",
        GIVEN.replace("# given", "# the same"),
        GIVEN.replace("return x", "return x + 1"),
        GIVEN.replace("SEED = 3", "SEED = 4"),
        GIVEN.replace("seed(SEED)", "seed(5)"),
        GIVEN.replace("inline", "widget"),
        GIVEN + "\nSEED, mine = 4, 5",
        GIVEN + "\nprint(SEED)",
        "",
    ],
)
def test_changed_and_deleted_lines_are_not_taken(text: str) -> None:
    assert added(text) == ""


def test_beside_code_that_is_not_python_the_added_lines_are_taken() -> None:
    lines = added(GIVEN.replace("SEED = 3", "SEED = 4") + "\nprint 'x'\nfrom math import (\n    fsum,\n)")
    assert "SEED" not in lines and lines.endswith("from math import (\n    fsum,\n)")


def test_what_stands_above_the_test_in_its_cell_runs_before_it() -> None:
    test = "labkit.check('f', f)"
    helper, later = "def mine(x):\n    return x", "HALF = 0.5"
    assert added_around(f"{helper}\nprint(mine(1))\n{test}\n{later}", test, is_test=True) == (helper, later)
    assert added_around(helper, test, is_test=True) == (helper, "")
