"""Clean printed text, tracebacks and code."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, ClassVar

from markupsafe import Markup, escape
from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexer import inherit
from pygments.lexers.python import PythonLexer
from pygments.token import Operator, Punctuation, Text

from autograder.notebook.cleaning.printed import as_shown, text_of
from autograder.pages import words

MAX_TEXT = 20_000
"""Characters shown of one text output; the middle of a longer one is left out."""
MAX_CODE = 60_000
"""Characters of a code cell that are coloured; a longer one is cut like a text."""

MAX_KEPT = 5_000
"""Characters of a code cell that is coloured once for a class."""

_ANSI = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]|\x9b[0-?]*[ -/]*[@-~]"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_DIRECTION = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_NOT_PLAIN = re.compile(rf"{_CONTROL.pattern[:-1]}{_DIRECTION.pattern[1:-1]}\ud800-\udfff]")
"""All signs that cleaning is about; hardly any text has one."""
_PATH = re.compile(r"(?<![\w.:/\\~])(?:[A-Za-z]:[\\/]|~?/)(?:[\w.+@-]+[\\/])+(?=[\w.+@-])")
_FRAME = re.compile(r"^\s*(?:Cell In ?\[\d+\]|Input In \[\d+\]|File <ipython-input[^>]*>|<ipython-input[^>]*>)")
_ARROW = re.compile(r"^-+> *(\d+) ?(.*)$", re.MULTILINE)
_SYNTAX = re.compile(r"line (\d+)\n\s*(\S.*)")


class FasterLexer(PythonLexer):  # type: ignore[misc]  # has no types
    """Pygments' lexer, which tries rule by rule, with those for most tokens first: no other rule matches there."""

    tokens: ClassVar = {
        "root": [
            (r"(?<=[^\n])[^\S\n]+", Text),
            (r"!=|==|<<|>>|:=|[-~+/*%=<>&^|]", Operator),
            (r"[]{}(:),;[]", Punctuation),
            inherit,
        ]
    }


_LEXER = FasterLexer(stripnl=False)
_FORMATTER = HtmlFormatter(nowrap=True)


def plain_text(value: Any) -> str:
    r"""Clean a text of a notebook: join its lines, drop terminal codes and control characters, show direction marks.

    Args:
        value: a string or a list of strings; anything else is empty.

    Returns:
        The text as a terminal would leave it: a line that was overwritten (`\r`) shows its last state.
    """
    value = text_of(value)
    if not _NOT_PLAIN.search(value):
        return str(value)
    value = _ANSI.sub("", as_shown(value))
    value = _CONTROL.sub("", value).encode("utf-8", "replace").decode()
    return _DIRECTION.sub(lambda sign: f"\\u{ord(sign[0]):04x}", value)


def without_paths(text: str) -> str:
    """Leave folders of absolute paths out, so that no page shows where things lie on a machine."""
    return _PATH.sub("…/", text) if "/" in text or "\\" in text else text


def shortened(text: str, limit: int = MAX_TEXT) -> str:
    """Shorten a text to its beginning and end, and say between them how much is left out."""
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]}\n{words.left_out_characters(len(text) - 2 * half)}\n{text[-half:]}"


def own_lines(traceback: Any) -> list[str]:
    """Pick the lines of a traceback that stand in the notebook's own cells, as "line 3: cost = …".

    Args:
        traceback: as in an `error` output; frames of other files are left out.
    """
    lines = []
    for frame in traceback if isinstance(traceback, list) else ():
        text = plain_text(frame)[:MAX_TEXT]
        if _FRAME.match(text):
            marked = _ARROW.findall(text) or _SYNTAX.findall(text)
            lines += [f"line {int(number)}: {code.strip()}"[:300] for number, code in marked]
    return lines[:20]


def coloured(source: str) -> Markup:
    """Colour a code cell that is not too long; its text is clean."""
    if len(source) > MAX_CODE:
        return escape(shortened(source))
    return (_coloured_once if len(source) <= MAX_KEPT else _coloured)(source)


def _coloured(source: str) -> Markup:
    return Markup(highlight(source, _LEXER, _FORMATTER).rstrip("\n"))


_coloured_once = lru_cache(maxsize=500)(_coloured)
"""Most cells of a notebook are given, and so the same for a class: to colour each took a fifth of the time."""
