"""Bring printed text into the state in which a terminal or Jupyter leaves it."""

from __future__ import annotations

import re
from typing import Any

from autograder.notebook import words

MAX_LINES = 2_000
"""Lines kept of one output; the middle of a longer one is left out."""
MAX_GAP = 40
"""Spaces that are filled in where the cursor stands behind the end of a line; so the work stays linear."""
MAX_FOLLOWED = 1_000_000
"""Characters of one output in which codes are followed; the middle of a longer one is left out."""

_CODE = re.compile(r"\r\n|[\r\n\b]|\x1b\[([0-9;?]{0,20})([@-~])|\x1b\][^\x07\x1b]{0,1000}(?:\x07|\x1b\\)?|\x1b.")
_MOVES = re.compile(r"\r(?!\n)|[\b]|\x1b\[[0-9;?]{0,20}[A-GJK]")


def text_of(value: Any) -> str:
    """Join a text of a notebook, which is a string or a list of lines; anything else is empty."""
    if isinstance(value, list):
        try:
            return "".join(value)
        except TypeError:
            return "".join(line for line in value if isinstance(line, str))
    return value if isinstance(value, str) else ""


def clean_text(value: Any) -> str:
    """Clean a text from JSON: lines joined, LF line ends, no NUL, no lone surrogates; empty if it is not a text."""
    text = text_of(value)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return plain(text)


def plain(text: str) -> str:
    """Replace NUL and lone surrogates."""
    text = text.replace("\0", "\ufffd") if "\0" in text else text
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def as_shown(text: str) -> str:
    """Follow carriage returns, backspaces and codes that move the cursor or erase; without any, keep the text.

    A progress bar becomes its last state. The cost is linear: each character is written once.
    """
    if not _MOVES.search(text):
        return text.replace("\r\n", "\n")
    if len(text) > MAX_FOLLOWED:
        text = f"{text[: MAX_FOLLOWED // 2]}\n{words.middle_left_out()}\n{text[-MAX_FOLLOWED // 2 :]}"
    lines: list[list[str]] = [[]]
    row = column = at = 0

    def write(part: str) -> None:
        nonlocal column
        if not part:
            return
        line = lines[row]
        if column > len(line):
            column = min(column, len(line) + MAX_GAP)
            line.extend(" " * (column - len(line)))
        line[column : column + len(part)] = part
        column += len(part)

    for code in _CODE.finditer(text):
        write(text[at : code.start()])
        at = code.end()
        sign, final = code[0], code[2]
        if sign == "\n" or sign == "\r\n":
            row, column = row + 1, 0
            if row == len(lines):
                lines.append([])
        elif sign == "\r":
            column = 0
        elif sign == "\b":
            column = max(column - 1, 0)
        elif final in ("A", "F"):
            row, column = max(row - _count(code[1]), 0), column if final == "A" else 0
        elif final in ("B", "E"):
            row, column = min(row + _count(code[1]), len(lines) - 1), column if final == "B" else 0
        elif final == "C":
            column += _count(code[1])
        elif final == "D":
            column = max(column - _count(code[1]), 0)
        elif final == "G":
            column = _count(code[1]) - 1
        elif final == "K" and code[1] == "2":
            lines[row], column = [], 0
        elif final == "K" and code[1] in ("", "0"):
            del lines[row][column:]
        elif final == "J" and code[1] in ("2", "3"):
            lines, row, column = [[]], 0, 0
    write(text[at:])
    return "\n".join("".join(line).rstrip() if line and line[-1] == " " else "".join(line) for line in lines)


def folded(text: str, limit: int = MAX_LINES) -> str:
    """Leave out the middle of a text with very many lines, and say there how many."""
    count = text.count("\n")
    if count <= limit:
        return text
    lines = text.split("\n")
    half = limit // 2
    left_out = len(lines) - 2 * half
    return "\n".join((*lines[:half], words.lines_left_out(left_out), *lines[-half:]))


def _count(parameter: str) -> int:
    digits = parameter.split(";")[0]
    return int(digits) if digits.isdigit() and digits != "0" else 1
