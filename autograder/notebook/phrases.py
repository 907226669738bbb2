"""Say what of a cell is text for people, and put other text in its place. All else stays as it is.

Of Markdown these are its blocks, without fenced code and lines that are tags alone; of an equation the words that are
set as text. Of code: docstrings, comments, and strings that are words rather than names. The hand-over
`START CODE HERE` stays in every language.
"""

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Replace = Callable[[str], str]
"""Gives the text that stands in a phrase's place."""

_MARKER = re.compile(
    r"^\s*(?:#+\s*)?(?:BEGIN|END) (?:SOLUTION|HIDDEN TESTS|MARK SCHEME)|^\s*### (?:START|END) CODE HERE"
)
_TAGS = re.compile(r"^(?:\s*</?[A-Za-z][^<>]*>\s*)+$")
_EQUATION = re.compile(r"^\$\$.*\$\$$", re.DOTALL)
_WORDS_IN_EQUATION = re.compile(r"(?P<before>\\text\{\s*)(?P<words>[^{}\\]*[^\W\d_]{2}[^{}\\]*?)(?P<after>\s*\})")
_WORD = re.compile(r"[^\W\d_]{2,}")
_SIZE = re.compile(r"(?P<before>(?:START CODE HERE ###|BEGIN SOLUTION) \()(?P<size>approx\. [^;()]+)")
_LITERAL = re.compile(r"(?P<prefix>[A-Za-z]*)(?P<quote>'''|\"\"\"|'|\")(?P<body>.*)(?P=quote)\Z", re.DOTALL)
_LANGUAGE_CALL = "use_language"


def replace_in_cell(cell: dict[str, Any], replace: Replace) -> None:
    """Put other text in the place of each phrase of a cell, in order.

    Args:
        cell: a cell of a source notebook; its text is changed in place.
        replace: is called with each phrase.

    Raises:
        SyntaxError: a code cell is not Python, magics aside.
    """
    text = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
    changed = in_markdown(text, replace) if cell["cell_type"] == "markdown" else in_code(text, replace)
    cell["source"] = changed if isinstance(cell["source"], str) else changed.splitlines(keepends=True)


def phrases_in(cell: dict[str, Any]) -> list[str]:
    """List the phrases of a cell, in the order in which they are replaced."""
    phrases: list[str] = []

    def note(phrase: str) -> str:
        phrases.append(phrase)
        return phrase

    replace_in_cell(cell, note)
    return phrases


def in_markdown(text: str, replace: Replace) -> str:
    """Replace the blocks of a Markdown text that hold words."""
    return "\n".join(
        replace(block) if is_text else _in_equation(block, replace) for is_text, block in _blocks(text.split("\n"))
    )


def _in_equation(block: str, replace: Replace) -> str:
    """Replace the words that stand in an equation as text."""
    if not _EQUATION.match(block.strip()):
        return block
    return _WORDS_IN_EQUATION.sub(lambda words: words["before"] + replace(words["words"]) + words["after"], block)


def _blocks(lines: list[str]) -> Iterator[tuple[bool, str]]:
    """Cut Markdown into blocks, each with whether it is text for people."""
    block: list[str] = []
    fence = ""
    for line in lines:
        opening = line.strip()[:3]
        alone = not fence and (not line.strip() or _MARKER.search(line) or _TAGS.match(line))
        if fence or opening in ("```", "~~~"):
            if not fence:
                yield from _text(block)
                block, fence = [], opening
                yield False, line
                continue
            yield False, line
            fence = "" if opening == fence else fence
        elif alone:
            yield from _text(block)
            block = []
            yield False, line
        else:
            block.append(line)
    yield from _text(block)


def _text(block: list[str]) -> Iterator[tuple[bool, str]]:
    if block:
        text = "\n".join(block)
        yield bool(_WORD.search(text)) and not _EQUATION.match(text.strip()), text


@dataclass(frozen=True)
class _Piece:
    """A part of a cell's code to be replaced: from one offset to another."""

    start: int
    end: int
    text: str


def in_code(text: str, replace: Replace) -> str:
    """Replace the docstrings, comments and strings of a code cell that hold words.

    Raises:
        SyntaxError: the cell is not Python, magics aside.
    """
    pieces = sorted([*_strings(text, replace), *_comments(text, replace)], key=lambda piece: piece.start)
    changed, at = "", 0
    for piece in pieces:
        changed += text[at : piece.start] + piece.text
        at = piece.end
    return changed + text[at:]


def _comments(text: str, replace: Replace) -> Iterator[_Piece]:
    for token, start, _ in _tokens(text):
        if token.type != tokenize.COMMENT:
            continue
        if size := _SIZE.search(token.string):
            yield _Piece(start + size.start("size"), start + size.end("size"), replace(size["size"]))
        elif not _MARKER.search(token.string):
            words = token.string.lstrip("#").strip()
            if _WORD.search(words) and not _is_code(words):
                at = start + token.string.index(words)
                yield _Piece(at, at + len(words), replace(words))


def _is_code(text: str) -> bool:
    """Return whether a comment is a line of Python that is commented out."""
    try:
        body = ast.parse(text).body
    except SyntaxError:
        return False
    return not all(isinstance(node, ast.Expr) and isinstance(node.value, ast.Name) for node in body)


def _strings(text: str, replace: Replace) -> Iterator[_Piece]:
    """Find the literals that are words; neighbours that Python joins are one."""
    docstrings, languages = _special(text)
    for literals in _joined(text):
        first, last = literals[0], literals[-1]
        parts = [_LITERAL.match(text[start:end]) for start, end in literals]
        if any(part is None for part in parts):
            continue
        bodies = "".join(part["body"] for part in parts if part)
        prefix, quote = parts[0]["prefix"], parts[0]["quote"]  # type: ignore[index]
        if first[0] in docstrings:
            changed = _docstring(bodies, replace)
        elif first[0] in languages or is_words(bodies):
            changed = (
                re.sub(rf"(?<!\\){quote}", rf"\\{quote}", replace(bodies)) if quote in ("'", '"') else replace(bodies)
            )
        else:
            continue
        if changed != bodies:
            prefix = "f" if any("f" in part["prefix"].lower() for part in parts if part) else prefix
            yield _Piece(first[0], last[1], prefix + quote + changed + quote)


def _docstring(body: str, replace: Replace) -> str:
    """Replace a docstring as a whole: its lines are given without the indent that they share."""
    lines = body.split("\n")
    indent = min((len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()), default=0)
    changed = replace("\n".join([lines[0], *(line[indent:] for line in lines[1:])]).rstrip())
    first, *rest = changed.split("\n")
    tail = "\n" + " " * indent if len(lines) > 1 and not lines[-1].strip() else ""
    return "\n".join([first, *(" " * indent + line if line else line for line in rest)]) + tail


def is_words(body: str) -> bool:
    """Return whether a string is words for people, and no name, key or format."""
    plain = re.sub(r"\{[^{}]*\}", " ", body)
    return bool(_WORD.search(plain)) and bool(re.search(r"\s|,", body.strip()))


def _special(text: str) -> tuple[set[int], set[int]]:
    """Return where docstrings begin, and the arguments of `use_language`."""
    offsets = _line_offsets(text)
    docstrings, languages = set[int](), set[int]()
    for node in ast.walk(ast.parse(without_magics(text))):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node, clean=False) is not None:
            docstrings.add(_offset(text, offsets, node.body[0].lineno, node.body[0].col_offset))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(_LANGUAGE_CALL):
            languages |= {_offset(text, offsets, part.lineno, part.col_offset) for part in node.args}
    return docstrings, languages


def _joined(text: str) -> Iterator[list[tuple[int, int]]]:
    """Group the string literals that stand side by side, by their offsets."""
    group: list[tuple[int, int]] = []
    f_string: list[int] = []
    for token, start, end in _tokens(text):
        name = tokenize.tok_name[token.type]
        if name == "FSTRING_START":
            f_string.append(start)
        elif name == "FSTRING_END":
            begin = f_string.pop()
            if not f_string:
                group.append((begin, end))
        elif f_string or name in ("FSTRING_MIDDLE", "NL", "COMMENT"):
            continue
        elif name == "STRING":
            group.append((start, end))
        elif group:
            yield group
            group = []
    if group:
        yield group


def _tokens(text: str) -> Iterator[tuple[tokenize.TokenInfo, int, int]]:
    """Yield the tokens of a cell with the offsets of their first and last sign."""
    offsets = _line_offsets(text)
    for token in tokenize.generate_tokens(io.StringIO(without_magics(text)).readline):
        yield token, offsets[token.start[0] - 1] + token.start[1], offsets[token.end[0] - 1] + token.end[1]


def without_magics(text: str) -> str:
    """Blank out magics, which are not Python, without moving anything."""
    return re.sub(r"^([ \t]*)[%!].*$", lambda line: line[1] + "#" * (len(line[0]) - len(line[1])), text, flags=re.M)


def _line_offsets(text: str) -> list[int]:
    offsets = [0]
    for line in text.split("\n"):
        offsets.append(offsets[-1] + len(line) + 1)
    return offsets


def _offset(text: str, offsets: list[int], line: int, column: int) -> int:
    """Turn Python's line and column, which counts bytes, into an offset."""
    start = offsets[line - 1]
    return start + len(text[start:].encode()[:column].decode())
