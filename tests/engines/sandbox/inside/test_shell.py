"""A notebook's cells behave as in Jupyter, and what they show is kept."""

import base64
import re
from collections.abc import Iterator

import pytest

from autograder.checking.verdict import MIME
from autograder.engines.sandbox.running import CellRun
from autograder.engines.sandbox.zygote_client import Zygote
from tests.helpers.outputs import displayed, raised
from tests.helpers.sandbox import (
    kinds,
    printed,
    run,
    sandbox,
    texts,
)

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("shell")]


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    with sandbox(files={"datasets/numbers.csv": b"1,2\n", "public_cases.json": b'{"checks": {}}'}) as warm:
        yield warm


def test_a_cell_shows_prints_displays_and_its_last_value_in_order(zygote: Zygote) -> None:
    (cell,) = run(zygote, "print('one'); display('two')\nprint('three')\n3 + 1")
    assert kinds(cell) == ["stream", "display_data", "stream", "execute_result"]
    assert printed(cell) == "one\nthree\n"
    assert cell.outputs[-1] == {
        "output_type": "execute_result",
        "execution_count": 1,
        "data": {"text/plain": "4"},
        "metadata": {},
    }


def test_an_error_stays_in_its_cell_and_the_next_ones_run(zygote: Zygote) -> None:
    first, second, third = run(zygote, "x = 1\n1 / 0", "def f(:", "x")
    assert raised(first.outputs[-1]) == "ZeroDivisionError"
    assert raised(second.outputs[-1]) == "SyntaxError"
    assert (texts(third), third.count) == ("1", 3)


def test_an_error_that_the_notebook_hides_is_an_error_all_the_same(zygote: Zygote) -> None:
    hide = "import IPython.core.interactiveshell as i\ni.InteractiveShell.showtraceback = {}"
    for way in ("lambda *args, **others: None", "None"):
        _, cell = run(zygote, hide.format(way), "1 / 0")
        assert [raised(output) for output in cell.outputs] == ["HiddenError"]


def test_exit_ends_neither_its_cell_nor_the_notebook(zygote: Zygote) -> None:
    first, second = run(zygote, "exit()\nx = 1\nquit()", "x")
    assert (kinds(first), texts(second)) == ([], "1")


def test_magics_and_figures_work_as_in_a_notebook(zygote: Zygote) -> None:
    figure, timing, magic = run(
        zygote,
        "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]);",
        "%%time\ny = 5",
        "who = %who_ls\nprint('y' in who)",
    )
    assert kinds(figure) == ["display_data"]
    assert base64.b64decode(displayed(figure.outputs[0])["image/png"]).startswith(b"\x89PNG")
    assert "Wall time" in printed(timing)
    assert printed(magic) == "True\n"


def test_the_quick_way_round_the_shells_transformers_changes_no_plain_cell() -> None:
    from IPython.core.inputtransformer2 import TransformerManager

    from autograder.engines.sandbox.inside.shell import _NOT_PLAIN

    cells = [
        "x = 1",
        "a = 5 % 3\nb = a != 2\nprint('%d' % a, a if a else 1)",
        "def f(x):\n    '''A text: what?\n    more'''\n    return x",
        "s = '''\n!ls\n'''",
        "%time x = 1",
        "!ls",
        "x = !ls",
        "x?",
        "  y = 1\n  z = 2",
        ">>> 1 + 1",
        "In [1]: 2",
        "/f 1",
        "\n\nx = 2",
    ]
    manager = TransformerManager()
    for cell in cells:
        plain = cell + ("" if cell.endswith("\n") else "\n")
        assert _NOT_PLAIN.search(cell) or manager.transform_cell(cell) == plain, cell


def test_top_level_await_threads_and_c_level_prints_work(zygote: Zygote) -> None:
    waited, thread, c_level = run(
        zygote,
        "import asyncio\nawait asyncio.sleep(0)\n'waited'",
        "import threading\nt = threading.Thread(target=print, args=('from a thread',)); t.start(); t.join()",
        "import os\nos.write(1, b'by descriptor\\n');",
    )
    assert texts(waited) == "'waited'"
    assert printed(thread) == "from a thread\n"
    assert printed(c_level) == "by descriptor\n"


def test_a_command_is_refused_in_words(zygote: Zygote) -> None:
    cell, after = run(zygote, "!ls /", "1")
    assert "not run while grading: ls /" in printed(cell)
    assert texts(after) == "1"


def test_the_working_folder_holds_the_assignments_files_and_may_be_written(zygote: Zygote) -> None:
    listing, written, found = run(
        zygote,
        "import os; sorted(os.listdir('.')), open('datasets/numbers.csv').read()",
        "open('mine.txt', 'w').write('mine'); open('mine.txt').read()",
        "from labkit.files import find_dataset; find_dataset('numbers.csv').read_text()",
    )
    assert texts(listing) == "(['datasets', 'public_cases.json'], '1,2\\n')"
    assert texts(written) == "'mine'"
    assert texts(found) == "'1,2\\n'"


def test_a_module_that_a_cell_writes_can_be_imported(zygote: Zygote) -> None:
    runs = run(
        zygote, "%%writefile own_tools.py\ndef double(x):\n    return 2 * x", "from own_tools import double\ndouble(4)"
    )
    assert texts(runs[1]) == "8"


def test_every_submission_begins_with_a_fresh_folder_and_namespace(zygote: Zygote) -> None:
    run(zygote, "open('left.txt', 'w').write('x')\nleft = 1")
    here, name = run(zygote, "import os; 'left.txt' in os.listdir('.')", "left")
    assert texts(here) == "False"
    assert raised(name.outputs[-1]) == "NameError"


def test_random_numbers_are_the_same_each_time(zygote: Zygote) -> None:
    source = "import random, numpy as np\nrandom.random(), np.random.rand(), hash('text')"
    assert texts(run(zygote, source)[0]) == texts(run(zygote, source)[0])


def test_rich_output_is_kept_harmless(zygote: Zygote) -> None:
    (cell,) = run(
        zygote,
        "from IPython.display import HTML, Javascript, display\n"
        "display(HTML('<b>fat</b><script>alert(1)</script>'), Javascript('alert(1)'))\n"
        f"display({{'image/png': 'no picture', 'text/plain': 'p', {MIME!r}: {{}}}}, raw=True)",
    )
    shown = [displayed(output) for output in cell.outputs]
    assert shown[0]["text/html"] == "<b>fat</b>"
    assert all(set(data) <= {"text/plain", "text/html", "image/png"} for data in shown)
    left_out = "[A picture is left out: it is damaged, too large, or of a type that cannot be shown.]"
    assert shown[-1] == {"text/plain": f"p\n{left_out}"}


DEFINITIONS = (
    "import math\nfrom os import path",
    "x = 3\n'''A text.'''\nx\ndef f(y):\n    \"\"\"Text.\n    \"\"\"\n    return x / y  # comment\n\n# the end",
    "f(0)",
    "class A:\n    '''Doc.'''\n    here = print('once')",
    "@property\ndef g(self): return 1\n",
    "import math; math.pi",
    "'''\nimport math\n'''",
    "def f(y): return 5; y\n",
    "f(1), _, _i, _ii, _iii, _i3, In[-2], A.__doc__",
    "y = 1 / 0\ndef never(): pass",
    "'never' in globals()",
    "def f(:\n    pass",
    "print('before')\nreturn 1\ndef f(): pass",
    "from __future__ import annotations\ndef h(a: no_such_name): pass",
    "def h(a: nor_this): pass",
    "%%capture kept\nprint(1)\nimport os",
    "%pwd\ndef k(): pass",
    "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nimport os",
    "plt.plot([1, 2]);",
    "v = 5\nv",
    "_, _i, In[-1], [k for k in Out if k > 1], sorted(n for n in globals() if '_1' != n > '_' and n[-1].isdigit())",
    "print(v)  # a comment\n",
    "v; v + 1",
    "for i in range(2): i",
    "if v: v",
    "v +\\\n1",
    "max(\nv,\n7)",
    "v = '''\nmax(v)\n'''",
    "try:\n    1 / 0\nfinally: v",
    "1 / 0\nv",
    "v = 3\nno_such_name + (\n  v)",
    "1 / 0  # of one line",
    "'\\d', v is 'v'",
    "v := 1",
    "(v := 1)",
    "lambda: (yield)",
    "yield v",
    "return",
    "None",
    "print('shown'); v;",
    "raise_this = 1\nexit",
    "get_ipython().display_formatter.format(v)[0], get_ipython().last_execution_succeeded",
    "_.no_such",
    "_ = 8\n_",
    "v\n",
    "_, __",
    "import builtins\nbuiltins._ = 1\nv",
    "del builtins._\nv",
    "display('shown')\nget_ipython().execution_count\ndef last(): pass",
    "raise SystemExit\nimport os",
    "def indented():\n  pass\n except_this",
    "await_this = 1\nimport asyncio\nawait asyncio.sleep(0)\nimport os",
    "import no_such_module",
    "if True:\n    z = 1\nelse:\n    z = 2",
    "len(In), sorted(n for n in globals() if not n.startswith('_')), h.__annotations__",
)
USUAL_WAY = "get_ipython().events.register('pre_run_cell', lambda info: None)"
"""With this, all cells go through IPython's own `run_cell`."""


def without_times_and_places(cell: CellRun) -> str:
    return re.sub(r"0x[0-9a-f]+|[\d.]+ [µn]?s|image/png': '[^']*'", "·", repr((cell.outputs, cell.count)))


def test_a_cell_of_definitions_does_all_that_ipythons_own_way_does(zygote: Zygote) -> None:
    quick = run(zygote, "'the first cell'", *DEFINITIONS)[1:]
    usual = run(zygote, USUAL_WAY, *DEFINITIONS)[1:]
    for source, first, second in zip(DEFINITIONS, quick, usual, strict=True):
        assert without_times_and_places(first) == without_times_and_places(second), source


def test_what_the_shell_held_before_the_fork_is_gone(zygote: Zygote) -> None:
    (cell,) = run(zygote, "sorted(n for n in globals() if not n.startswith('_')), len(In), _oh")
    assert texts(cell) == "(['In', 'Out', 'exit', 'get_ipython', 'open', 'quit'], 2, {})"


def test_only_cells_of_another_kind_go_through_ipythons_own_way(zygote: Zygote) -> None:
    waiting = "waiting = len(get_ipython()._unstored)\nimport os"
    assert texts(run(zygote, "import os", "def f(): pass", waiting, "waiting")[-1]) == "3"
    assert texts(run(zygote, "import os", "f = 1", waiting, "waiting")[-1]) == "1"
    assert texts(run(zygote, "import os", "os.sep", waiting, "waiting")[-1]) == "1"


def test_a_module_that_the_notebook_writes_is_loaded_again_when_it_changes(zygote: Zygote) -> None:
    write = (
        "import os\nwith open('own.py', 'w') as file: file.write('def f(): return {0}')\nos.utime('own.py', (1, {0}))"
    )
    cells = ("%load_ext autoreload\n%autoreload 2", write.format(1), "import own\nown.f()", write.format(2), "own.f()")
    shown = [texts(cell) for cell in run(zygote, *cells)]
    assert (shown[2], shown[4]) == ("1", "2")


def test_each_frame_of_a_traceback_is_in_colours_with_the_failing_part_marked(zygote: Zygote) -> None:
    (cell,) = run(zygote, "def f(x):\n    return 1 + g(x)\ndef g(x):\n    return 2 / x\nf(0)")
    (output,) = cell.outputs
    assert output["output_type"] == "error"
    shown = "".join(output["traceback"])
    assert shown.count("\x1b[39;49m") > 10
    marked = re.findall(r"\x1b\[[0-9;]*;4[0-8](?:;5;\d+)?m([^\x1b]*)", shown)
    assert "".join(marked).replace(" ", "") == "f(0)g(x)2/x"
