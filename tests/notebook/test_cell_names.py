"""Which names a cell binds and reads: tells which of a student's own cells a solution needs."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.notebook.cell_names import may_need, names_in, needed


@pytest.mark.parametrize(
    "source, bound",
    [
        ("EPS = 1e-5", "EPS"),
        ("a, (b, *c) = f()", "a b c"),
        ("x: int = 3", "x"),
        ("n += 1", "n"),
        ("if (n := 3): m = 4", "n m"),
        ("import numpy as np, os.path", "np os"),
        ("try:\n    from m import sqrt as root\nexcept ImportError:\n    root = abs", "root"),
        ("for i in range(3):\n    with open(i) as f: pass", "i f"),
        ("if True:\n    def center(a): return a - a.mean()", "center"),
        ("class Cache: size = 3", "Cache"),
        ("def f():\n    global calls\n    calls = 1\n    inner = 2", "f calls"),
        ("f = lambda a: a", "f"),
        ("[i for i in range(3)]", ""),
        ("%matplotlib inline\nx = 3\n!ls\nx?", "x"),
        ("files = !ls", "files"),
        ("%%time\ny = 3", "y"),
        ("x = 1\n1 +", "x"),
    ],
)
def test_bound_names(source: str, bound: str) -> None:
    assert names_in(source).bound == frozenset(bound.split())


@pytest.mark.parametrize(
    "source, read",
    [
        ("print(EPS)", "print EPS"),
        ("def f(x, n=SIZE):\n    y = x + EPS\n    return [y * k for k in KEYS]", "SIZE EPS KEYS"),
        ("def f(x):\n    def g(): return x\n    return g", ""),
        ("class A(Base):\n    size = 3\n    def f(self): return size", "Base size"),
        ("f = lambda a: a * b", "b"),
        ("def f():\n    global calls\n    calls += 1", "calls"),
        ("n += 1", "n"),
        ("def f(n):\n    n += 1", ""),
    ],
)
def test_names_that_are_read(source: str, read: str) -> None:
    assert names_in(source).read == frozenset(read.split())


@pytest.mark.parametrize(
    "source, written",
    [
        ("table[0] = 1", "table"),
        ("a.b[0].c = 1", "a"),
        ("for k in range(3):\n    table.append(k)", "table"),
        ("del table[0]", "table"),
        ("def f():\n    table[0] = 1", ""),
        ("x = table[0]", ""),
    ],
)
def test_names_that_are_written_into(source: str, written: str) -> None:
    assert names_in(source).written == frozenset(written.split())


SOLUTION = "def f(x):\n    return table[x] + shift()"
TEST = "autograder.grade('f', f)"


def test_what_is_needed_is_needed_through_other_cells() -> None:
    own = [
        "table = {}",
        "for k in KEYS:\n    table[k] = k",
        "KEYS = [1, 2]",
        "def shift():\n    return SHIFT",
        "SHIFT = 3",
        "x = f(1)\nprint(x)",
        "import time\nnp.random.seed(0)\nplt.plot([1])",
    ]
    assert needed([SOLUTION, TEST], own, [], frozenset()) == ({0, 1, 2, 3, 4}, set())


def test_a_library_that_a_solution_uses_does_not_make_every_experiment_needed() -> None:
    own = ["np.random.seed(0)", "np.testing.assert_allclose(f(1), 1)"]
    assert needed(["def f(x):\n    return np.ones(x)"], own, [], {"np"}) == (set(), set())


def test_a_given_cell_is_needed_only_for_a_name_that_nothing_else_binds() -> None:
    given = ["table = load()", "data = train(table)\nshift = 1", "rng = 1"]
    assert needed([SOLUTION], ["def shift():\n    return 1"], given, {"load", "rng"}) == ({0}, {0})


def test_after_a_star_import_no_given_cell_is_needed() -> None:
    solution = "from numpy import *\ndef f(x):\n    return zeros(x)"
    assert needed([solution], [], ["zeros = 0"], frozenset()) == (set(), set())


@pytest.mark.parametrize(
    "source, may",
    [
        ("def f(x):\n    return x + SEED", True),
        ("def f(x):\n    m = x.shape[1]\n    a, b = m, m\n    return m", False),
        ("def f(m):\n    return [data for data in m]", False),
        ("SEED = 3", False),
        ("(data, m) = f()", False),
        ("import sys\nprint(SEED)\nx = 0", True),
        ("show(SEED, size=3)", True),
    ],
)
def test_a_quick_look_tells_most_solutions_that_need_no_given_cell(source: str, may: bool) -> None:
    assert may_need(source, frozenset({"SEED", "m", "a", "data"})) is may


def test_what_python_warns_about_in_a_cell_is_not_shown(recwarn: pytest.WarningsRecorder) -> None:
    assert names_in("x = '\\d'\nif x is 1: y = 2").bound == {"x", "y"}
    assert not recwarn.list


@given(st.text(max_size=80))
def test_any_text_has_names(source: str) -> None:
    names_in(source)


@pytest.mark.parametrize(
    "source",
    [
        "-" * 9_000 + "1",
        "a" + ".b" * 4_900,
        "1" + "+1" * 4_900,
        "not " * 2_400 + "1",
        "lambda: " * 1_200 + "1",
        "x if x else " * 800 + "x",
        "(" * 4_000 + ")" * 4_000,
        "f(" * 150 + ")" * 150,
        "x" + "[0]" * 3_000 + " = 1",
        "if x:\n" + "".join(" " * depth + "if x:\n" for depth in range(1, 95)) + " " * 95 + "pass",
        "a" + " " * 200_000,
        "?" * 200_000 + "x",
        "= " * 100_000,
        '"' * 200_000,
        "x = 1\n" * 100_000,
        "9" * 9_000,
    ],
    ids=lambda source: source[:8],
)
def test_no_text_takes_the_grader_long_or_ends_it(source: str) -> None:
    program = (
        f"from autograder.notebook.cell_names import *\ntext = {source!r}\nnames_in(text)\nmay_need(text, {{'x', 'a'}})"
    )
    subprocess.run([sys.executable, "-"], input=program, text=True, check=True, timeout=20, capture_output=True)
