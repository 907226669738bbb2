"""Which names a cell binds, writes into and reads, as far as its text tells."""

import ast
import re
import symtable
import warnings
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache

MAX_CELL = 10_000
"""Characters of a cell that is looked at as Python; the time for that is the grader's, and the text anybody's."""

_MAGIC_VALUE = re.compile(r"=[ \t]*[%!].*$", re.MULTILINE)
_PYTHON_MAGIC = re.compile(r"\A\s*%%(?:time|timeit|capture|prun)\b.*$", re.MULTILINE)
_ASSIGNED = re.compile(r"^(?:def[ \t]+|class[ \t]+)?(\w+)[ \t]*(?:[=(:]|$)", re.MULTILINE)
_STAR = re.compile(r"^[ \t]*from[ \t]+[\w.]+[ \t]+import[ \t]*\*", re.MULTILINE)
_WORD = re.compile(r"\w+")
_TEXT = re.compile(r"\"{3}.*?\"{3}|'{3}.*?'{3}|\"[^\"\n]*\"|'[^'\n]*'|#[^\n]*", re.DOTALL)
"""Strings and comments."""
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


@dataclass(frozen=True)
class Names:
    """Names at the top level of a cell.

    Attributes:
        bound: what it assigns, defines or imports.
        written: what it writes into: `x` of `x[0] = 1`, `x.size = 1` and `x.append(1)`.
        read: what it, or a function in it, takes from the notebook.
    """

    bound: AbstractSet[str]
    written: AbstractSet[str]
    read: AbstractSet[str]


def names_in(source: str) -> Names:
    """The names of a cell; of one that is no Python, or too long, those that it seems to have."""
    return (_parsed(source) if len(source) <= MAX_CELL else None) or Names(
        frozenset(_ASSIGNED.findall(source)), frozenset(), frozenset(_WORD.findall(source))
    )


@lru_cache(512)
def _parsed(source: str) -> Names | None:
    """The names of a cell that is Python, magics left out."""
    text = _PYTHON_MAGIC.sub("", source)
    plain = _MAGIC_VALUE.sub("= None", "\n".join(map(_without_magic, text.split("\n"))))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Python thinks of a student's code is not for who grades
            tree, table = ast.parse(plain), symtable.symtable(plain, "cell", "exec")
        symbols = list(_symbols(table))
        bound = frozenset(symbol.get_name() for at_top, symbol in symbols if _is_bound(at_top, symbol))
        read = {s.get_name() for at_top, s in symbols if s.is_referenced() and (at_top or s.is_global())}
        added = (node.target for node in ast.walk(tree) if isinstance(node, ast.AugAssign))
        counted = {target.id for target in added if isinstance(target, ast.Name)}
        return Names(bound, frozenset(_written(tree)), read | (bound & counted))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def needed(
    roots: Sequence[str], own: Sequence[str], given: Sequence[str], there: AbstractSet[str]
) -> tuple[set[int], set[int]]:
    """Which cells must run because others need what they bind, and so on.

    A student's own cell is needed for a name that it binds, or for what it writes into a student's variable. A given
    cell is needed only for a name that nothing else binds; after `import *` nobody can tell which those are.

    Args:
        roots: the text of what must work: the solutions, the tests.
        own: the text of the student's own cells.
        given: the text of given cells that are not run as a rule.
        there: names that given cells bind that run.

    Returns:
        Places in `own` and in `given`.
    """
    chosen: set[tuple[bool, int]] = set()
    cells = {(True, place): names_in(source) for place, source in enumerate(own)}
    read, bound = set[str](), set[str]()
    given = () if any(map(_STAR.search, (*roots, *own))) else given
    cells |= {(False, place): names_in(source) for place, source in enumerate(given)}
    more = [names_in(source) for source in roots]
    while more:
        for names in more:
            read |= names.read
            bound |= names.bound
        left = {place: names for place, names in cells.items() if place not in chosen}
        wanted = {p for p, n in left.items() if p[0] and (n.bound & read or n.written & read & bound)}
        missing = read - bound - there
        wanted = wanted or {p for p, n in left.items() if not p[0] and n.bound & missing}
        chosen |= wanted
        more = [cells[place] for place in wanted]
    return {place for is_own, place in chosen if is_own}, {place for is_own, place in chosen if not is_own}


def may_need(solution: str, names: AbstractSet[str]) -> bool:
    """Whether a solution may read one of these names from the notebook: a quick look, often yes where it does not."""
    left = names & set(_WORD.findall(solution))
    if left:
        left = left - may_bind(solution)
    code = _TEXT.sub("", solution) if left else ""
    return any(name in code and re.search(rf"(?<![\w.]){name}\b", code) for name in left)


def may_bind(source: str) -> frozenset[str]:
    """Names that a cell may bind somewhere: a quick look, that finds more than it binds at its top level."""
    return frozenset(_WORD.findall(" ".join(map(_local, source.split("\n")))))


def _without_magic(line: str) -> str:
    """A line of a cell; `pass` in place of a magic, a command or a question, which are not Python."""
    text = line.strip()
    if text[:1] in ("%", "!", "?") or (text.endswith("?") and " " not in text):
        return line[: len(line) - len(line.lstrip())] + "pass"
    return line


def _local(line: str) -> str:
    """The part of a line that may bind names: parameters, loop variables, imports, what is before an equals sign."""
    head, equals, _ = line.partition("=")
    if "def " in line or "for " in line or "import " in line:
        return line.partition(" in ")[0]
    return head if equals and "(" not in head.lstrip(" \t(") else ""


def _symbols(table: symtable.SymbolTable) -> Iterator[tuple[bool, symtable.Symbol]]:
    """All symbols of a cell and of the functions in it, and whether each is one of the cell's top level."""
    for symbol in table.get_symbols():
        yield table.get_type() == "module", symbol
    for child in table.get_children():
        yield from _symbols(child)


def _is_bound(at_top: bool, symbol: symtable.Symbol) -> bool:
    if at_top:
        return symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()
    return symbol.is_declared_global() and symbol.is_assigned()


def _written(tree: ast.AST) -> Iterator[str]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, _SCOPES):
            continue
        place: ast.AST | None = None
        if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
            place = node.value
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            place = node.value.func
        while isinstance(place, ast.Subscript | ast.Attribute):
            place = place.value
        if isinstance(place, ast.Name):
            yield place.id
        yield from _written(node)
