"""Which names a cell binds, writes into and reads, as far as its text tells."""

import ast
import re
import symtable
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

_MAGIC = re.compile(r"^([ \t]*)(?:[%!?].*|\S*\?+[ \t]*)$", re.MULTILINE)
_MAGIC_VALUE = re.compile(r"=[ \t]*[%!].*$", re.MULTILINE)
_PYTHON_MAGIC = re.compile(r"\A\s*%%(?:time|timeit|capture|prun)\b.*$", re.MULTILINE)
_ASSIGNED = re.compile(r"^(?:def[ \t]+|class[ \t]+)?(\w+)[ \t]*(?:[=(:]|$)", re.MULTILINE)
_WORD = re.compile(r"\w+")
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


@dataclass(frozen=True)
class Names:
    """Names at the top level of a cell.

    Attributes:
        bound: what it assigns, defines or imports.
        written: what it writes into: `x` of `x[0] = 1`, `x.size = 1` and `x.append(1)`.
        read: what it, or a function in it, takes from the notebook.
    """

    bound: frozenset[str]
    written: frozenset[str]
    read: frozenset[str]


@lru_cache(4096)
def names_in(source: str) -> Names:
    """The names of a cell; of one that is no Python, those that it seems to have."""
    plain = _MAGIC_VALUE.sub("= None", _MAGIC.sub(r"\1pass", _PYTHON_MAGIC.sub("", source)))
    try:
        tree, table = ast.parse(plain), symtable.symtable(plain, "cell", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Names(frozenset(_ASSIGNED.findall(source)), frozenset(), frozenset(_WORD.findall(source)))
    return Names(frozenset(_bound(table)), frozenset(_written(tree)), frozenset(_read(table)))


def needed(candidates: Sequence[str], running: Sequence[str]) -> set[int]:
    """Which cells must run too, because others need what they bind.

    Args:
        candidates: the text of the cells in question.
        running: the text of a student's cells that run in any case, and of the tests.

    Returns:
        Places in `candidates`.
    """
    chosen: set[int] = set()
    cells = [names_in(source) for source in candidates]
    run = [names_in(source) for source in running]
    read = frozenset[str]().union(*(names.read for names in run))
    own = frozenset[str]().union(*(names.bound for names in run))
    while True:
        more = {
            place
            for place, names in enumerate(cells)
            if place not in chosen and (names.bound & read or names.written & read & own)
        }
        if not more:
            return chosen
        chosen |= more
        read = read.union(*(cells[place].read for place in more))
        own = own.union(*(cells[place].bound for place in more))


def _bound(table: symtable.SymbolTable) -> Iterator[str]:
    for symbol in table.get_symbols():
        if table.get_type() == "module":
            bound = symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()
        else:
            bound = symbol.is_declared_global() and symbol.is_assigned()
        if bound:
            yield symbol.get_name()
    for child in table.get_children():
        yield from _bound(child)


def _read(table: symtable.SymbolTable) -> Iterator[str]:
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (table.get_type() == "module" or symbol.is_global()):
            yield symbol.get_name()
    for child in table.get_children():
        yield from _read(child)


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
