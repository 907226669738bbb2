"""Class 8: the notebook itself, deleted, edited, doubled, retagged, or broken."""

import copy
import json
from typing import Any

from tests.engines.sandbox.attacks.attack import TARGET, Attack, Notebook

TEST = f"test_{TARGET}"
OTHER = "backward_propagation_with_regularization"


def cell(notebook: Notebook, grade_id: str) -> dict[str, Any]:
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def _without_tests(notebook: Notebook) -> None:
    notebook["cells"] = [c for c in notebook["cells"] if not c["metadata"].get("nbgrader", {}).get("grade")]


def _edited_test(notebook: Notebook) -> None:
    cell(notebook, TEST)["source"] = "10.0"


def _doubled_test(notebook: Notebook) -> None:
    forged = copy.deepcopy(cell(notebook, TEST)) | {"source": "10.0"}
    notebook["cells"] += [forged, copy.deepcopy(forged)]


def _doubled_stub(notebook: Notebook) -> None:
    notebook["cells"] += [copy.deepcopy(cell(notebook, TARGET)) for _ in range(3)]


def _reversed(notebook: Notebook) -> None:
    notebook["cells"].reverse()


def _retagged(notebook: Notebook) -> None:
    for one in notebook["cells"]:
        one["metadata"]["tags"] = ["skip-execution", "raises-exception", "hide-input"]


def _more_points(notebook: Notebook) -> None:
    for one in notebook["cells"]:
        if "points" in one["metadata"].get("nbgrader", {}):
            one["metadata"]["nbgrader"] |= {"points": 1000, "grade": True, "locked": False, "checksum": "0"}


def _swapped_ids(notebook: Notebook) -> None:
    """The test of a right function under the name of the wrong one's."""
    one, other = cell(notebook, TEST)["metadata"], cell(notebook, f"test_{OTHER}")["metadata"]
    one["nbgrader"], other["nbgrader"] = other["nbgrader"], one["nbgrader"]


def _test_made_solution(notebook: Notebook) -> None:
    cell(notebook, TEST)["metadata"]["nbgrader"] |= {"solution": True, "grade": False, "locked": False}
    cell(notebook, TEST)["source"] = "10.0"


def _wrong_types(notebook: Notebook) -> None:
    values: list[Any] = [None, 1, [], "x", {"grade_id": 5}, {"grade_id": None, "points": "many"}, [[]], True]
    for index, one in enumerate(notebook["cells"]):
        if one["metadata"].get("nbgrader", {}).get("grade_id") not in (TARGET, OTHER):
            one["metadata"]["tags"] = values[index % len(values)]
            one["execution_count"] = values[(index + 1) % len(values)]
            one["attachments"] = values[(index + 2) % len(values)]
            if one["cell_type"] == "code":
                one["outputs"] = values[(index + 3) % len(values)]
    notebook["metadata"] = ["not", "a", "dict"]
    notebook["nbformat"] = "four"


def _metadata_gone(notebook: Notebook) -> None:
    for one in notebook["cells"]:
        one["metadata"] = {}
        one.pop("id", None)


def _foreign_cells(notebook: Notebook) -> None:
    for name in ("batchnorm_forward", "batchnorm_backward", "test_batchnorm_backward"):
        foreign = copy.deepcopy(cell(notebook, TEST)) | {"source": "10.0", "id": name}
        foreign["metadata"]["nbgrader"]["grade_id"] = name
        notebook["cells"].insert(3, foreign)


def _third_format(notebook: Notebook) -> bytes:
    cells = []
    for one in notebook["cells"]:
        old = {key: value for key, value in one.items() if key != "id"}
        if one["cell_type"] == "code":
            old |= {"input": old.pop("source"), "language": "python", "prompt_number": 1}
        cells.append(old)
    return json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": cells}]}).encode()


def _future_format(notebook: Notebook) -> None:
    notebook["nbformat"], notebook["nbformat_minor"] = 99, 10**30


def _crlf_and_bom(notebook: Notebook) -> bytes:
    for one in notebook["cells"]:
        one["source"] = "".join(one["source"]).replace("\n", "\r\n")
    return b"\xef\xbb\xbf" + json.dumps(notebook, indent=1).replace("\n", "\r\n").encode()


def _nul_bytes(notebook: Notebook) -> None:
    for one in notebook["cells"]:
        if one["metadata"].get("nbgrader", {}).get("grade_id") == TARGET:
            one["source"] += "\n\0\0# \ud800\x1b"


def _names_that_climb(notebook: Notebook) -> None:
    notebook["metadata"] |= {
        "name": "../../../../tmp/@MARK@-name",
        "kernelspec": {"name": "../../@MARK@-kernel", "display_name": "x", "language": "bash"},
        "widgets": {"application/vnd.jupyter.widget-state+json": {"state": "../.."}},
    }
    for one in notebook["cells"]:
        if one["cell_type"] == "markdown":
            one["attachments"] = {"../../../../tmp/@MARK@-attachment.png": {"image/png": "iVBORw0KGgo="}}
            one["id"] = "../../x"


def _raw_test(notebook: Notebook) -> None:
    for one in notebook["cells"]:
        if one["metadata"].get("nbgrader", {}).get("grade"):
            one["cell_type"] = "raw"


def _helpers_edited(notebook: Notebook) -> None:
    """Every given code cell replaced by one that defines a helper that is wrong."""
    for one in notebook["cells"]:
        graded = one["metadata"].get("nbgrader", {})
        if one["cell_type"] == "code" and graded.get("locked") and not graded.get("grade"):
            one["source"] = "raise SystemExit"


def _not_json(notebook: Notebook) -> bytes:
    return b"PK\x03\x04 this is not a notebook"


def _cut_short(notebook: Notebook) -> bytes:
    data = json.dumps(notebook).encode()
    return data[: len(data) // 2]


def _a_script(notebook: Notebook) -> bytes:
    return b"import os\nprint(10.0)\n"


SHADOW = 'open("@MARK@-shadowed", "w").close()\nprint("BRE" + "ACH")\nraise SystemExit\n'
SHADOWS = (
    "numpy.py",
    "json.py",
    "struct.py",
    "sitecustomize.py",
    "usercustomize.py",
    "matplotlib.py",
    "labkit/__init__.py",
    "autograder/__init__.py",
    "ipython_config.py",
    "conftest.py",
    "nbgrader_config.py",
    "jupyter_config.py",
    ".ipython/profile_default/startup/00.py",
)

ATTACKS = [
    Attack("tests-deleted", "all test cells deleted", change=_without_tests),
    Attack("test-edited", "a test cell that just says 10.0", change=_edited_test),
    Attack("test-doubled", "further copies of a test cell that say 10.0", change=_doubled_test),
    Attack("stub-doubled", "further copies of a stub cell", change=_doubled_stub),
    Attack("reversed", "all cells in the opposite order", change=_reversed),
    Attack("retagged", "skip-execution on every cell", change=_retagged),
    Attack("more-points", "1000 points a cell", change=_more_points),
    Attack("ids-swapped", "a right function's test under a wrong one's name", change=_swapped_ids),
    Attack("test-made-solution", "a test cell declared to be the student's", change=_test_made_solution),
    Attack("wrong-types", "metadata, outputs and versions of the wrong type", change=_wrong_types),
    Attack("metadata-gone", "no ids and no metadata at all", change=_metadata_gone),
    Attack("foreign-cells", "test cells of another assignment", change=_foreign_cells),
    Attack("nbformat-3", "the notebook in an old format", change=_third_format),
    Attack("nbformat-99", "the notebook in a format that does not exist", change=_future_format),
    Attack("crlf-bom", "Windows line ends and a byte order mark", change=_crlf_and_bom),
    Attack("nul-bytes", "NUL, half characters and escapes in a stub", change=_nul_bytes),
    Attack("names-that-climb", "paths with .. in names, ids and attachments", change=_names_that_climb),
    Attack("raw-tests", "test cells turned into raw cells", change=_raw_test),
    Attack("locked-cells-edited", "locked cells that stop everything", change=_helpers_edited),
    Attack("not-json", "an archive renamed to .ipynb", change=_not_json, unreadable=True),
    Attack("cut-short", "a notebook that breaks off", change=_cut_short, unreadable=True),
    Attack("a-script", "a script renamed to .ipynb", change=_a_script, unreadable=True),
    Attack(
        "modules-beside",
        "numpy.py, json.py, sitecustomize.py and labkit/ handed in beside the notebook",
        files=dict.fromkeys(SHADOWS, SHADOW),
    ),
    Attack(
        "modules-written",
        "the same modules written by a cell, for whoever imports next",
        before="""
import os
for name in ("numpy.py", "json.py", "decimal.py", "sitecustomize.py", "labkit.py", "colorsys.py"):
    try:
        with open(name, "w") as file:
            file.write("print('BRE' + 'ACH')")
    except OSError as error:
        print("refused", type(error).__name__)
""",
    ),
    Attack(
        "public-cases-forged",
        "a self-check whose cases say what the student's function says",
        files={"public_cases.json": '{"checks": {}}', "datasets/planar_train.csv": "0,0,0\n"},
    ),
]
