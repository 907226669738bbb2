"""Pick the lines of a wrong function that matter: those that no right function of the class has.

Where a student has other names for everything, hardly a line is like another's; then lines are compared without names.

Comments and docstrings are left out: they decide nothing, and a name may stand in them.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise
from textwrap import dedent

from autograder.pages.sanitize.text import plain_text

MAX_CODE = 20_000
"""Characters of a function that are looked at."""
MAX_LINES, MAX_WIDTH = 6, 100
"""Lines and columns that are shown."""

_SILENT = re.compile(r"""(?P<text>\"\"\"[\s\S]*?(?:\"\"\"|\Z)|'''[\s\S]*?(?:'''|\Z))|("[^"\n]*"|'[^'\n]*')|#[^\n]*""")
_NAME = re.compile(r"(?<![\w.])(?!\d)\w+\b(?!\()")


@dataclass(frozen=True)
class Line:
    """A line of a snippet.

    Attributes:
        text: the code.
        matters: whether no right function has it.
        after_gap: whether lines are left out before it.
    """

    text: str
    matters: bool
    after_gap: bool


def line_keys(code: str) -> Iterator[str]:
    """Yield what the lines of a right function are compared by: without blanks, and once more without names."""
    for line in _lines(code):
        yield _key(line)
        yield _shape(line)


def odd_lines(code: str, right: Collection[str]) -> int:
    """Count the lines of a function that no right function has."""
    return sum(_key(line) not in right for line in _lines(code))


def snippet(code: str, right: Collection[str]) -> tuple[Line, ...]:
    """Cut out the lines that matter, each with the one before it; without such lines the end of the function.

    Args:
        code: the function.
        right: the lines of right functions, as `line_keys` gives them.
    """
    lines = _lines(code)
    odd = [at for at, line in enumerate(lines) if right and _key(line) not in right]
    if len(odd) > MAX_LINES:
        odd = [at for at in odd if _shape(lines[at]) not in right] or odd
    places = sorted({place for at in odd for place in (at - 1, at) if place >= 0}) or range(len(lines))[-MAX_LINES:]
    shown = list(places)[:MAX_LINES]
    texts = dedent("\n".join(lines[at] for at in shown)).split("\n")
    gaps = [False, *(after != before + 1 for before, after in pairwise(shown))]
    return tuple(Line(_bounded(text), at in odd, gap) for text, at, gap in zip(texts, shown, gaps, strict=False))


def _key(line: str) -> str:
    return "".join(line.split())


def _shape(line: str) -> str:
    """Write a line with the same sign for every name but keywords and those of modules, attributes and calls."""
    return _key(_NAME.sub(lambda name: name[0] if keyword.iskeyword(name[0]) or name[0] == "np" else "_", line))


def _bounded(text: str) -> str:
    return text if len(text) <= MAX_WIDTH else f"{text[: MAX_WIDTH - 1]}…"


def _lines(code: str) -> list[str]:
    """Split code into lines without comments and docstrings; empty ones are left out."""
    bare = _SILENT.sub(lambda match: match[2] or "", plain_text(code[:MAX_CODE]))
    return [line.rstrip() for line in bare.expandtabs(4).split("\n") if line.strip()]
