"""Find out from a cell's text which names it binds, writes into and reads."""

import ast
import re
import symtable
import warnings
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from typing import TypeVar
from unicodedata import normalize

from autograder.notebook import budget

T = TypeVar("T")

MAX_CELL = 10_000
"""Longest cell that is parsed.

Parsing untrusted text costs the grader time, so longer cells are read by regular expressions.
"""

_RUN_IN_PLACE = re.compile(r"%(?:time|prun)[ \t]+(?:-\w+[ \t]+)*(?=\S)")
"""A line magic that runs the rest of its line in the notebook."""
_MAGIC_VALUE = re.compile(r"=[ \t]*[%!].*$", re.MULTILINE)
_OF_IPYTHON = re.compile(r"\A\s*^[ \t]|^[ \t]*(?:[%!?/,;]|>>>|In *\[)|\?[ \t]*$|=[ \t]*[%!]", re.MULTILINE)
"""What is no Python and can run in Jupyter: an indented cell, magics, help, prompts, calls without brackets."""
_OTHER_LANGUAGES = (
    "bash|cmd|file|html|HTML|javascript|js|latex|markdown|perl|pypy|python|python2|python3|ruby|script|sh|svg|SVG|sx|system"
    "|writefile"
)
"""IPython's cell magics whose body does not run in the notebook."""
_RUNS_ELSEWHERE = re.compile(rf"\A\s*%%(?:{_OTHER_LANGUAGES})\b")
_PYTHON_MAGIC = re.compile(rf"\A\s*%%(?!(?:{_OTHER_LANGUAGES})\b)\w.*$", re.MULTILINE)
"""A cell magic whose body does; that of an extension that is not there is run as it stands."""
_SIGN = r"\w\x80-\U0010ffff"
"""Signs of a name. Combining marks, as in x̂, are no `\\w`; beyond ASCII Python's code has nothing but names."""
_ASSIGNED = re.compile(rf"^(?:def[ \t]+|class[ \t]+)?([{_SIGN}]+)[ \t]*(?:[=(:]|$)", re.MULTILINE)
_DEFINITION = re.compile(rf"^(?:async[ \t]+)?def[ \t]+([{_SIGN}]+)[ \t]*\(", re.MULTILINE)
_WORD = re.compile(rf"[{_SIGN}]+")
_READ = re.compile(rf"(?<![{_SIGN}.])[{_SIGN}]+")
"""Words that are no attributes."""
_TEXT = re.compile(r"\"{3}.*?\"{3}|'{3}.*?'{3}|\"[^\"\n]*\"|'[^'\n]*'|#[^\n]*", re.DOTALL)
"""Strings and comments."""
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp)
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
    """Find the names of a cell; if it is not Python, or too long, guess them by regular expressions."""
    names = _parsed_once(source) or _kept_once("guess", source, _guessed)
    return Names(frozenset(), frozenset(), names.read) if _RUNS_ELSEWHERE.match(source) else names


def is_python(source: str) -> bool:
    """Whether a cell is short enough to be parsed, and is Python but for magics."""
    return _parsed_once(source) is not None


def functions_in(source: str) -> frozenset[str]:
    """Find the functions that a cell defines at its top level, also if it is not valid Python."""
    return _kept_once("functions", source, _defined)


def _defined(source: str) -> frozenset[str]:
    return frozenset() if _RUNS_ELSEWHERE.match(source) else _found(_DEFINITION, source)


def never_runs(source: str) -> bool:
    """Whether a cell stops before its first line is run: it is no Python, and nothing in it can be IPython's own."""
    if len(source) > MAX_CELL or "\n" not in source.strip():  # a single line may be a magic without its sign
        return False
    if is_python(source) or _OF_IPYTHON.search(_TEXT.sub("", source)) or not budget.may_parse(source):
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(source)
    except SyntaxError:
        return True
    except (ValueError, RecursionError, MemoryError):
        pass
    return False


def statements_in(source: str) -> list[tuple[str, str]] | None:
    """Return the top-level statements of a cell, each as it stands and as Python compares it; None if it is not Python.

    A magic is a statement too.
    """
    if len(source) > MAX_CELL or not budget.may_parse(source):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(_plain(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    lines = source.split("\n")
    parts: list[tuple[int, int, list[ast.stmt]]] = []  # first and last line, and the statements that share them
    for node in tree.body:
        first = min(part.lineno for part in (node, *getattr(node, "decorator_list", ())))
        last, nodes = node.end_lineno or first, [node]
        if parts and parts[-1][1] == first:
            first, _, nodes = parts.pop()
            nodes.append(node)
        parts.append((first, last, nodes))
    texts = [("\n".join(lines[first - 1 : last]), nodes) for first, last, nodes in parts]
    return [
        (text, text.strip() if isinstance(nodes[0], ast.Pass) else "".join(map(ast.dump, nodes)))
        for text, nodes in texts
    ]


def _plain(source: str) -> str:
    """Return a cell in plain Python, line for line: magics that run a statement become that, others are left out."""
    text = _PYTHON_MAGIC.sub("", source)
    return _MAGIC_VALUE.sub("= None", "\n".join(map(_without_magic, text.split("\n"))))


def _parsed_once(source: str) -> Names | None:
    """Find the names of a cell that is Python but for magics, once a submission; None if it is not, or too long."""
    if len(source) > MAX_CELL:
        return None
    if budget.memo() is None:
        return _parsed(source)
    return _kept_once("names", source, lambda text: _parsed(text) if budget.may_parse(text) else None)


def _guessed(source: str) -> Names:
    bound = _found(_ASSIGNED, source)
    return Names(bound, frozenset(), may_read(source) - (may_bind(source) - bound))


def may_bind(source: str) -> frozenset[str]:
    """Return names that a cell may bind: a fast pre-check, which may return more than it binds at its top level."""
    return words_in(" ".join(map(_binding_part, source.split("\n"))))


def may_read(source: str) -> frozenset[str]:
    """Return names that a cell may read, and keywords: words outside strings and comments."""
    return _found(_READ, _TEXT.sub("", source))


def words_in(source: str) -> frozenset[str]:
    """Return all words of a text, each as Python compares names."""
    return _found(_WORD, source)


def _found(pattern: re.Pattern[str], source: str) -> frozenset[str]:
    names = frozenset[str](pattern.findall(source))
    return names if source.isascii() else frozenset(normalize("NFKC", name) for name in names)


def _binding_part(line: str) -> str:
    """Return what may bind names in a line: parameters, loop variables, imports, what stands before equals signs."""
    if "def " in line or "for " in line or "import " in line:
        return line.partition(" in ")[0]
    return " ".join(takewhile(lambda part: "(" not in part.lstrip(" \t("), line.split("=")[:-1]))


def _kept_once(kind: str, source: str, find: Callable[[str], T]) -> T:
    """Look into a text once a submission."""
    kept = budget.memo()
    if kept is None:
        return find(source)
    if (kind, source) not in kept:
        kept[kind, source] = find(source)
    value: T = kept[kind, source]
    return value


@lru_cache(512)
def _parsed(source: str) -> Names | None:
    """Find the names of a cell that is Python but for magics; None if it is not."""
    plain = _plain(source)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # warnings about a student's code are not for the instructor
            tree = ast.parse(plain)
            nodes = list(ast.walk(tree))
            if any(isinstance(node, _COMPREHENSIONS) for node in nodes):
                plain = _with_generators(plain)
            table = symtable.symtable(plain, "cell", "exec")
        symbols = list(_symbols(table))
        bound = frozenset(symbol.get_name() for at_top, symbol in symbols if _is_bound(at_top, symbol))
        read = {s.get_name() for at_top, s in symbols if s.is_referenced() and (at_top or s.is_global())}
        added = (node.target for node in nodes if isinstance(node, ast.AugAssign))
        counted = {target.id for target in added if isinstance(target, ast.Name)}
        return Names(bound, frozenset(_written(tree)), read | (bound & counted))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _without_magic(line: str) -> str:
    """Return a line of a cell, or `pass` for a magic, a shell command or a help request, which are not Python."""
    text = line.strip()
    timed = _RUN_IN_PLACE.match(text)
    if timed:
        return line[: len(line) - len(line.lstrip())] + text[timed.end() :]
    if text[:1] in ("%", "!", "?") or (text.endswith("?") and " " not in text):
        return line[: len(line) - len(line.lstrip())] + "pass"
    return line


def _with_generators(source: str) -> str:
    """Write comprehensions as generators: from Python 3.12 on their variables are listed with those of the cell."""
    return ast.unparse(_AsGenerators().visit(ast.parse(source)))


class _AsGenerators(ast.NodeTransformer):
    def visit_ListComp(self, node: ast.ListComp | ast.SetComp) -> ast.AST:
        self.generic_visit(node)
        return ast.GeneratorExp(node.elt, node.generators)

    visit_SetComp = visit_ListComp

    def visit_DictComp(self, node: ast.DictComp) -> ast.AST:
        self.generic_visit(node)
        return ast.GeneratorExp(ast.Tuple([node.key, node.value], ast.Load()), node.generators)


def _symbols(table: symtable.SymbolTable) -> Iterator[tuple[bool, symtable.Symbol]]:
    """Yield all symbols of a cell and of the functions in it, each with whether it is at the cell's top level."""
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
