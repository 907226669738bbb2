"""Printed text, tracebacks and code are shown as plain as they are."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygments.lexers.python import PythonLexer

from autograder.pages.sanitize.text import FasterLexer, coloured, own_lines, plain_text, shortened, without_paths
from tests.test_architecture import REPOSITORY

PIECES = [
    *"abfrux_ \t\n\f\r\xa0\u3000.:=!<>+-*/%&|^~@,;()[]{}\\\"'#$?λ",
    "0",
    "1_0",
    "1e",
    "0x",
    '"""',
    "'''",
    "->",
    "#!",
]
PIECES += ["match", "case", "if", "def ", "class ", "import ", "from ", "lambda", "self", "print", "__init__", "not in"]


def test_terminal_codes_are_taken_out_and_an_overwritten_line_shows_its_last_state() -> None:
    assert plain_text("\x1b[31mred\x1b[0m \x1b]8;;http://x\x07link\x1b]8;;\x07") == "red link"
    assert plain_text("10%\r 50%\r100%\r\ndone\r\n") == "100%\ndone\n"
    assert plain_text("a\x00b\x08c\x9bd\ud800") == "ac?"
    assert plain_text(["a", 1, "b"]) == "ab" and plain_text({"a": 1}) == ""


@given(st.text(st.one_of(st.characters(), st.sampled_from("\x1b[1m\x9b\r\b\n\u202e\ud800"))))
def test_a_clean_text_has_no_control_signs_and_is_not_changed_by_cleaning(text: str) -> None:
    clean = plain_text(text)
    assert plain_text(clean) == clean and not any(
        unicodedata.category(sign) in ("Cc", "Cs") for sign in clean if sign not in "\t\n"
    )
    assert clean == text or re.search(
        "[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", text
    )


def test_signs_that_turn_text_around_are_made_visible() -> None:
    assert plain_text("if admin\u202e: return") == "if admin\\u202e: return"


def test_folders_of_a_machine_are_left_out() -> None:
    assert without_paths("File /home/ann/course/x.py, line 3") == "File …/x.py, line 3"
    assert without_paths(r"C:\Users\Ann\x.py and ~/a/b.csv") == "…/x.py and …/b.csv"
    untouched = "https://example.org/a/b 1/2 dW1/dx a / b /m and/or 3 //comment"
    assert without_paths(untouched) == untouched


def test_a_long_output_keeps_its_beginning_and_its_end() -> None:
    text = shortened("a" * 50_000 + "END")
    assert len(text) < 21_000 and text.startswith("aaa") and text.endswith("END") and "30,003" in text


def test_an_own_exception_is_shown_as_own_lines_without_those_of_libraries() -> None:
    trace = [
        "\x1b[31m-----\x1b[39m",
        "\x1b[31mValueError\x1b[39m   Traceback (most recent call last)",
        "\x1b[36mCell\x1b[39m\x1b[36m \x1b[39m\x1b[32mIn[3]\x1b[39m, line 2\n      1 x = 1\n----> 2 f(x)\n",
        "File /usr/lib/python3/numpy/core.py:346, in f(s)\n    345 secret\n--> 346 internals()\n",
        "Cell In[2], line 7, in f(a)\n      6 b = a\n----> 7     return b @ a\n",
        "ValueError: mismatch",
    ]
    assert own_lines(trace) == ["line 2: f(x)", "line 7: return b @ a"]
    assert own_lines(["  Cell In[1], line 4\n    def g(:\n          ^\nSyntaxError: invalid syntax\n"]) == [
        "line 4: def g(:"
    ]
    assert own_lines("no list") == own_lines([None, 3]) == []


def test_code_is_escaped_and_coloured() -> None:
    shown = coloured("def f(x):\n    return '</code><script>alert(1)</script>'  # <b>")
    assert "<script" not in shown and "<b>" not in shown and '<span class="nf">f</span>' in shown
    assert "left out" in coloured("x = 1\n" * 50_000)


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_any_text_has_the_colours_that_pygments_gives_it(text: str) -> None:
    assert list(FasterLexer(stripnl=False).get_tokens(text)) == list(PythonLexer(stripnl=False).get_tokens(text))


@pytest.mark.parametrize("package", ["labkit", "autograder/assignments", "tests/helpers"])
def test_real_code_has_the_colours_that_pygments_gives_it(package: str) -> None:
    for file in sorted((REPOSITORY / package).rglob("*.py")):
        code = file.read_text(encoding="utf-8")
        assert list(FasterLexer(stripnl=False).get_tokens(code)) == list(PythonLexer(stripnl=False).get_tokens(code))
