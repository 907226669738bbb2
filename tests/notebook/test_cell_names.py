"""Which names a cell binds and reads: tells which of a student's own cells a solution needs."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.notebook.cell_names import functions_in, may_bind, may_read, names_in


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
        ("d = {k: {v for v in k} for k in 'ab' if (last := k)}", "d last"),
        ("%matplotlib inline\nx = 3\n!ls\nx?", "x"),
        ("files = !ls", "files"),
        ("%%time\ny = 3", "y"),
        ("x = 1\n1 +", "x"),
        ("%%writefile lab.py\nx = 1", ""),
        ("\n%%bash\nx=1", ""),
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
        ("[i * k for i in rows]", "k rows"),
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


def test_what_python_warns_about_in_a_cell_is_not_shown(recwarn: pytest.WarningsRecorder) -> None:
    assert names_in("x = '\\d'\nif x is 1: y = 2").bound == {"x", "y"}
    assert not recwarn.list


@pytest.mark.parametrize("magic", ["%%writefile -a lab.py", "\n%%file lab.py", "%%bash", "%%script python"])
def test_a_cell_that_does_not_run_in_the_notebook_defines_no_function(magic: str) -> None:
    assert functions_in(f"{magic}\ndef f(x): return x") == frozenset()
    assert functions_in("%%time\ndef f(x): return x") == {"f"}


@pytest.mark.parametrize("name", ["x\u0302", "N\u0302", "x\u0304", "样本", "_1"])
def test_a_name_with_combining_marks_is_one_word(name: str) -> None:
    source = f"def {name}(a): return a.{name}"
    assert functions_in(source) == {name}
    assert name in may_bind(source)
    assert may_read(f"print({name} + a.{name})") == {"print", "a", name}


@given(st.text(max_size=80))
def test_any_text_has_names(source: str) -> None:
    names_in(source)


@pytest.mark.slow
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
        "from autograder.notebook.cell_names import names_in\nfrom autograder.restore.skipping import may_need\n"
        f"text = {source!r}\nnames_in(text)\nmay_need(text, {{'x', 'a'}})"
    )
    subprocess.run([sys.executable, "-"], input=program, text=True, check=True, timeout=20, capture_output=True)
