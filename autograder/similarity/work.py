"""Reduce a student's code and words to what a copy keeps: the shape of the code, the words of an answer."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from autograder.files import read_plain

MAX_BYTES = 200_000_000
MAX_TOKENS = 2_000
"""Of a part; what comes after is not compared. The labs' longest function has some 300."""

_CODE = re.compile(
    r"""(?P<comment>\#[^\n]*) | (?P<text>\"\"\"[^\"]*\"\"\" | '''[^']*''' | "[^"\n]*" | '[^'\n]*')
      | (?P<attribute>\.[^\W\d]\w*) | (?P<name>[^\W\d]\w*) | (?P<other>\d[\w.]*|\S)""",
    re.VERBOSE,
)
_WORDS = re.compile(r"[\u3400-\u9fff]|\w+")


Key = tuple[str, str]
"""A question of an assignment: its notebook and the cell with the work."""


@dataclass(frozen=True)
class Part:
    """What a student wrote in a cell.

    Attributes:
        name: the question, as people read it.
        written: words, not code.
        tokens: what is compared: words, or code with every name replaced by the order in which it first appears.
    """

    name: str
    written: bool
    tokens: tuple[str, ...]


@dataclass
class Work:
    """What a student handed in.

    Attributes:
        student: the student's id.
        files: the notebooks as they were handed in.
        parts: what was written, by notebook and cell; nothing for a cell that is as it was handed out.
    """

    student: str
    files: list[Path] = field(default_factory=list)
    parts: dict[Key, Part] = field(default_factory=dict)


def code_tokens(text: str) -> tuple[str, ...]:
    """Return the shape of code: names renamed, comments rewritten and lines laid out anew leave it the same."""
    order: dict[str, str] = {}
    tokens: list[str] = []
    for match in _CODE.finditer(text):
        kind = match.lastgroup
        if kind == "name":
            tokens.append(order.setdefault(match[0], f"name {len(order)}"))
        elif kind == "text":
            tokens.append("text")
        elif kind != "comment":
            tokens.append(match[0])
        if len(tokens) == MAX_TOKENS:
            break
    return tuple(tokens)


def word_tokens(text: str) -> tuple[str, ...]:
    """Return the words of an answer in small letters; each Chinese character is a word."""
    return tuple([match[0].casefold() for match in islice(_WORDS.finditer(text), MAX_TOKENS)])


def file_digests(paths: Iterable[Path]) -> dict[Path, str]:
    """Return a hash of each file that is as long as another; the others are the same as no other."""
    sizes = {path: path.lstat().st_size for path in paths if path.is_file() and not path.is_symlink()}
    often = Counter(sizes.values())
    digests: dict[Path, str] = {}
    for path, size in sizes.items():
        if often[size] > 1:
            digests[path] = hashlib.blake2b(read_plain(path, MAX_BYTES)).hexdigest()
    return digests
