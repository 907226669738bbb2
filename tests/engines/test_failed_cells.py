"""A cell that fails leaves what Jupyter would have left, and what its rest defines; in both engines alike."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder.engines.remainder import notes_on_run, read_remainder
from autograder.engines.sandbox.plan import Step
from autograder.engines.sandbox.running import run_steps
from autograder.engines.sandbox.zygote_client import Zygote
from autograder.nbgrader_plugins.execute_submission import ExecuteSubmission
from autograder.notebook.format import Cell
from tests.helpers.sandbox import SHORT, printed, run, sandbox

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("failed_cells")]


CASES: dict[str, tuple[str, str, str]] = {
    "module of another system": ("from winsound import Beep\nA1 = 1", "A1", "1"),
    "module that is not installed": ("import tensorflow as tf\nimport math as A2", "A2.floor(1.5)", "1"),
    "several modules in one import": (
        "import json as A3, nothing_here, math as B3",
        "A3.dumps(1), B3.pi > 3",
        "'1', True",
    ),
    "several names of one module": ("from math import floor as A4, nope, ceil as B4", "A4(1.5), B4(1.5)", "1, 2"),
    "import on several lines": ("import nope\nfrom math import (\n    floor as A5,\n    ceil,\n)", "A5(1.5)", "1"),
    "import with a backslash": ("import nope\nfrom math import floor \\\n    as A6", "A6(1.5)", "1"),
    "import that is tried": (
        "import nope\ntry:\n    import nope as A7\nexcept ImportError:\n    A7 = None",
        "A7",
        "None",
    ),
    "import that depends": (
        "import nope\nimport sys\nif sys.platform == 'x':\n    A8 = 1\nelse:\n    A8 = 2",
        "A8",
        "2",
    ),
    "unknown magic": ("%nothing_here\ndef a9(): return 9", "a9()", "9"),
    "magic of a module": ("%load_ext nothing_here\nA10 = 10", "A10", "10"),
    "interactive figures": ("%matplotlib nothing_here\nA11 = 11", "A11", "11"),
    "plot style": (
        "import matplotlib.pyplot as plt\nplt.style.use('no-style')\nimport math as A12",
        "A12.floor(1.5)",
        "1",
    ),
    "style for a block": (
        "with plt.style.context('no-style'):\n    A13 = 13\n    def a13(): return A13",
        "a13()",
        "13",
    ),
    "folder of a student": ("import os\nos.chdir(r'C:\\Users\\me')\nA14 = 14", "A14", "14"),
    "picture in a folder": ("plt.savefig('/no/where/x.png')\nA15 = 15", "A15", "15"),
    "file that is not there": ("with open('nothing.txt') as f:\n    text = f.read()\nA16 = 16", "A16", "16"),
    "block": ("if True:\n    import nope\n    A17 = 17\nB17 = 18", "A17, B17", "17, 18"),
    "block in the rest": ("import nope\nif True:\n    import nope\n    A18 = 18", "A18", "18"),
    "caught as something else": ("try:\n    import nope\n    A19 = 19\nexcept OSError:\n    pass", "A19", "19"),
    "class": ("nope\nclass A20:\n    value = 20", "A20.value", "20"),
    "decorated": ("nope\nimport functools\n@functools.lru_cache(\n    None)\ndef a21(): return 21", "a21()", "21"),
    "values built up": (
        "nope\nA22 = []\nA22.append(1)\nA22 += [2]\nB22 = {}\nB22['x'] = 3",
        "A22, B22",
        "[1, 2], {'x': 3}",
    ),
    "table": ("nope\nA23 = {}\nfor i in range(3):\n    A23[i] = i * i", "A23", "{0: 0, 1: 1, 2: 4}"),
    "settings": ("nope\nplt.rcParams['figure.dpi'] = 70\nA24 = 24", "A24", "24"),
    "several statements on a line": ("A25 = 1; nope; B25 = 2", "A25, B25", "1, 2"),
    "what is no definition": ("nope\nprint('x')\nB26.f()", "'B26' in globals()", "False"),
    "what ran is not run again": ("A27 = []\nA27.append(1); nope\nA27.append(2)", "A27", "[1, 2]"),
    "value that needs what failed": ("A28 = nope.value\nB28 = A28 + 1\nC28 = 3", "'B28' in globals(), C28", "False, 3"),
    "old print": ("A29 = 29\nprint A29\ndef a29(): return A29", "a29()", "29"),
    "stray line": ("Now the function:\ndef a30(): return 30", "a30()", "30"),
    "unclosed paste": ("print((1, 2\ndef a31(): return 31", "a31()", "31"),
    "broken neighbour": (
        "def b32(:\n    return 1\ndef a32():\n    return 32",
        "a32(), 'b32' in globals()",
        "32, False",
    ),
    "old version in a text": ("x x\n'''\ndef a33(): return 0\n'''\nB33 = 33", "'a33' in globals(), B33", "False, 33"),
    "return outside": ("A34 = 34\nreturn A34\nB34 = 35", "A34, B34", "34, 35"),
    "windows path in quotes": ("A35 = 'C:\\Users\\me'\nB35 = 35", "'A35' in globals(), B35", "False, 35"),
    "broken brackets": ("x = [1, 2))\nimport math as A36", "A36.floor(1.5)", "1"),
    "magic beside broken code": ("%matplotlib inline\nprint 1\n%time A37 = 37", "A37", "37"),
    "timed cell": ("%%time\nA38 = 38\nimport nope\nB38 = 39", "A38, B38", "38, 39"),
    "timed line": ("%time A39 = 39\nnope\n%time B39 = 40\n%time def b39(): return 41", "A39, B39, b39()", "39, 40, 41"),
    "profiled line": ("nope\n%prun -q A40 = 40", "A40", "40"),
    "value of a magic": ("nope\nA41 = %who_ls", "'A1' in A41", "True"),
    "folder that is not there": ("%cd nowhere\nA42 = 42", "A42, os.path.exists('data.txt')", "42, True"),
    "folders as Jupyter knows them": ("%cd -q .\n%pushd .\n%popd\n%bookmark here\nA43 = 43", "A43", "43"),
    "stored values": ("A44 = 44\n%store A44\ndel A44\n%store -r A44", "A44", "44"),
    "environment": ("%env A45=45", "os.environ['A45']", "'45'"),
    "reloading": ("%load_ext autoreload\n%autoreload 2\nA46 = 46", "A46", "46"),
    "written module": ("%%writefile a47.py\ndef a47(): return 47", "__import__('a47').a47()", "47"),
    "module beside": ("from a47 import a47, nope\nA48 = a47()", "A48", "47"),
    "question": ("A49 = input('?')\nB49 = 49", "'A49' in globals(), B49", "False, 49"),
    "failed assertion": ("assert 1 == 2\ndef a50(): return 50", "a50()", "50"),
    "asked to end": ("raise SystemExit\nA51 = 51", "'A51' in globals()", "False"),
    "annotated": (
        "nope\nfrom __future__ import annotations\nA52: int = 52\ndef a52(x: Nope) -> None: ...",
        "A52",
        "52",
    ),
    "hidden output": ("%%capture\nA53 = 53", "A53", "53"),
    "error in a function": ("def a54():\n    return nope\na54()\nB54 = 54", "B54", "54"),
    "indented cell": ("    nope\n    A55 = 55", "A55", "55"),
    "awaited": ("import asyncio\nawait asyncio.sleep(0)\nnope\nA56 = 56", "A56", "56"),
    "hidden output, with an error": (
        "%%capture\nA58 = 58\nimport nope\nB58 = 59\ndef c58(): return 60",
        "A58, B58, c58()",
        "58, 59, 60",
    ),
    "hidden output in a timed cell": ("%%time\n%%capture out\nimport nope\nA59 = 59", "A59", "59"),
    "timed in hidden output": (
        "%%capture\n%%time\nA60 = []\nA60.append(1)\nimport nope\nB60 = 61",
        "A60, B60",
        "[1], 61",
    ),
    "hidden output of no Python": ("%%capture\nx x\nA61 = 61", "A61", "61"),
    "profiled cell": ("%%prun -q\nA62 = 62\nimport nope\nB62 = 63", "A62, B62", "62, 63"),
    "cell magic of a module": ("%%nothing_here -x\nA63 = 63\nprint(1)\ndef b63(): return 64", "A63, b63()", "63, 64"),
    "cell magic below a known one": ("%%time\n%%nothing_here\nA64 = 64", "A64", "64"),
    "measured in a loop": ("%%timeit -n1 -r1\nA65 = 65", "'A65' in globals()", "False"),
    "cell of another language": ("%%html\n<b>\nA66 = 66\n</b>", "'A66' in globals()", "False"),
    "module that cannot be written": ("%%writefile no/where.py\nA67 = 67", "'A67' in globals()", "False"),
    "decorator that is not there": ("@nope.jit(nopython=True)\ndef a68(): return 68\nB68 = 69", "a68(), B68", "68, 69"),
    "decorator of what failed": ("from nope import jit\n@jit\nclass A69:\n    value = 69", "A69.value", "69"),
    "debugger": ("import pdb\npdb.set_trace()\nA70 = 70\ndef b70(): return 71", "A70, b70()", "70, 71"),
    "breakpoint": ("breakpoint()\nA71 = 71\nB71 = 72", "A71, B71", "71, 72"),
    "end asked for in words": ("A73 = 73\nexit()\nquit()\nB73 = 74", "A73, B73", "73, 74"),
    "stray bracket": ("def a72():\n    return 72\n)\nB72 = [\n    73,\n]", "a72(), B72", "72, [73]"),
    "text on many lines": ("nope\nA57 = '''one\nimport nope\n'''", "A57", "'one\\nimport nope\\n'"),
}
"""What happens → a cell, what to look at afterwards, and what that is."""


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    with sandbox(files={"data.txt": b""}) as warm:
        yield warm


def _cells() -> list[str]:
    return [text for cell, look, _ in CASES.values() for text in (cell, f"print([{look}])")]


def _seen(texts: list[str]) -> dict[str, str]:
    return {name: text.strip() for name, text in zip(CASES, texts[1::2], strict=True)}


EXPECTED = {name: f"[{value}]" for name, (_, _, value) in CASES.items()}


@pytest.mark.slow
def test_names_of_failed_cells_in_the_sandbox(zygote: Zygote) -> None:
    runs = run(zygote, *_cells(), cpu_cell=10, wall_cell=25, wall_submission=120)
    assert _seen([printed(one) for one in runs]) == EXPECTED


@pytest.mark.slow
@pytest.mark.kernel
def test_names_of_failed_cells_in_a_kernel(tmp_path: Path) -> None:
    (tmp_path / "data.txt").touch()
    executed, _ = _execute(tmp_path, *_cells())
    texts = ["".join(out.text for out in cell.outputs if out.output_type == "stream") for cell in executed.cells]
    assert _seen(texts) == EXPECTED


def test_a_note_says_which_line_failed_and_which_did_not_run(zygote: Zygote) -> None:
    cell: Cell = {"cell_type": "code", "id": "own", "metadata": {}, "source": ""}
    failed, last, right = run(zygote, "import nope\nx = 1\nprint(x)\ny = nope\n\nz = 2", "x = 1\nnope", "x = 1")
    (note,) = notes_on_run(cell, failed.remainder)
    assert (note.kind, note.cell) == ("cell-failed", "")
    assert "the cell own, line 1 failed" in note.message and note.message.endswith("left out: 3, 4.")
    assert not [*notes_on_run(cell, last.remainder), *notes_on_run(cell, right.remainder)]


def test_the_instructors_own_cells_stop_where_they_fail(zygote: Zygote) -> None:
    steps = [Step(0, "import nope\nlocked = 1", own=False), Step(1, "print('locked' in globals())")]
    runs = run_steps(zygote, steps, SHORT, lambda *_: pytest.fail("there are no checks here"))
    assert printed(runs[1]) == "False\n"


@pytest.mark.parametrize("data", [None, [], {}, {"failed": "1", "line": 1, "left_out": []}, {"failed": 0, "line": 1e9}])
def test_a_forged_report_is_no_report(data: object) -> None:
    assert read_remainder(data) is None
    assert read_remainder({"failed": 0, "line": True, "left_out": [1]}) is None
    assert read_remainder({"failed": 0, "line": 10**9, "left_out": [1]}) is None
    assert read_remainder({"failed": 0, "line": 1, "left_out": [1.5]}) is None


@pytest.mark.slow
@pytest.mark.kernel
def test_a_kernel_that_is_stopped_or_ended_keeps_the_definitions_too(tmp_path: Path) -> None:
    stopped = "log.append(2)\nwhile True: pass\nlog.append(3)\nHALF = 0.5\ndef f(): return 1"
    ended = "import os\ndef g(): return 2\nos._exit(1)"
    executed, _ = _execute(tmp_path, "log = [1]", stopped, "print(log, HALF, f())", ended, "print(g(), log)", timeout=5)
    assert [output.text for at in (2, 4) for output in executed.cells[at].outputs] == ["[1, 2] 0.5 1\n", "2 [1, 2]\n"]
    assert [executed.cells[at].source for at in (1, 3)] == [stopped, ended]
    assert [note["kind"] for note in executed.metadata["autograder"]["notes"]] == ["cell-failed", "cell-lost"]


def _execute(folder: Path, *sources: str, **settings: Any) -> tuple[Any, Any]:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    notebook.metadata["autograder"] = {"notes": []}
    step = ExecuteSubmission(extra_arguments=["--IPKernelApp.log_level=ERROR"], **settings)
    return step.preprocess(notebook, {"metadata": {"path": str(folder)}})
