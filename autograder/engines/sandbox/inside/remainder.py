"""Run what a failed cell still defines, so that a line which fails only here does not take the rest of its cell.

Both engines use this beside student code: the sandbox's shell calls it, a Jupyter kernel is asked to. A cell runs as in
Jupyter up to the statement that fails. Of what follows, definitions, imports and assignments run, each once and in
order. What cannot be parsed is left out piece by piece.
"""

from __future__ import annotations

import ast
import bdb
import copy
import re
import sys
import warnings
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

MIME = "application/vnd.autograder.remainder+json"
"""How a kernel shows what `finish_last` did."""

EVERYTHING = -1
"""In place of the index of the statement to leave out: nothing is known, so only what is quick to define runs."""

_JOINED = 40
"""Most pieces of a broken cell that are tried as one statement; a text in quotes may span many."""
_MOST_LINES = 2000
_CELL_MAGIC = re.compile(r"\s*%%(\w+)[^\n]*\n")
_IN_PLACE = frozenset(("time", "prun", "capture"))
"""The cell magics whose body runs in the notebook's own names."""
_SWALLOWS = "capture"
"""The cell magic that runs its body as a cell of its own: no exception gets out of it."""
_STATE_MAGICS = frozenset(
    ("cd", "pushd", "popd", "run", "store", "load_ext", "reload_ext", "autoreload", "matplotlib", "pylab", "env")
)
_RUNNING_MAGICS = frozenset(("time", "prun"))
_OPTIONS = re.compile(r"\A\s*(?:-\w+\s+)+")
_CONTINUES = re.compile(r"(?:else|elif|except|finally)\b")
_DECORATED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_SIMPLE = (*_DECORATED, ast.Import, ast.ImportFrom)
_ASSIGNMENTS = (ast.Assign, ast.AnnAssign, ast.AugAssign)
_BLOCKS = (ast.If, ast.With, ast.Try, ast.TryStar)
_SLOW = (ast.Call, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Await)


@dataclass
class Remainder:
    """What became of a cell that failed.

    Attributes:
        failed: index of the statement that failed; EVERYTHING where nothing of the cell could run as it stands.
        line: line of the cell at which it failed.
        rest: whether anything of the cell was left then.
        left_out: further lines at which a statement begins that did not run.
    """

    failed: int = EVERYTHING
    line: int = 0
    rest: bool = False
    left_out: list[int] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """The remainder as data, for the grader."""
        return {"failed": self.failed, "line": self.line, "rest": self.rest, "left_out": self.left_out[:_MOST_LINES]}


def finish(shell: Any, source: str, error: BaseException) -> Remainder | None:
    """Run what a cell defines below the statement at which it failed.

    Args:
        shell: IPython's.
        source: the cell.
        error: what got out of it.

    Returns:
        What was done; None where the cell asked to end.
    """
    if isinstance(error, SystemExit):
        return None
    cell = _Cell(shell, source)
    done = Remainder()
    quick = isinstance(error, KeyboardInterrupt)
    if cell.tree is None or cell.has_unknown_magic:
        done.line = cell.offset if cell.has_unknown_magic else getattr(error, "lineno", None) or 1
        cell.define(cell.pieces(), done, quick)
        done.rest = cell.ran > 0
        return done
    line, column = cell.place_of(error, cell.depth)
    at = cell.statement_at(line, column)
    done.failed, done.line = at, line + cell.offset
    body = cell.tree.body
    if at == EVERYTHING:
        cell.define(body, done, quick=True)
        done.rest = cell.ran > 0
        return done
    stopped = body[at : at + 1] if _is_debuggers(error) else _rest_of(body[at], line, column)
    rest = [*stopped, *body[at + 1 :]]
    done.rest = bool(rest)
    cell.define(rest, done, quick)
    done.left_out = [line for line in done.left_out if line != done.line]
    return done


def finish_last() -> None:
    """Finish the cell that a Jupyter kernel ran last, and show what was done as data."""
    from IPython.core.getipython import get_ipython
    from IPython.display import publish_display_data

    shell: Any = get_ipython()
    result = shell.last_execution_result
    error = error_of(result, shown=True)
    done = finish(shell, result.info.raw_cell, error) if error is not None else None
    if done is not None:
        publish_display_data({MIME: done.to_json()})


def error_of(result: Any, shown: bool) -> BaseException | None:
    """Return what a cell raised, also if a cell magic kept it from getting out.

    Args:
        result: IPython's, of the cell.
        shown: whether the cell showed an error, so that the last traceback is its own.
    """
    error: BaseException | None = result.error_before_exec or result.error_in_exec
    return error if error is not None or not shown else getattr(sys, "last_value", None)


def define(source: str) -> None:
    """Run what is quick to define of a cell that ended an earlier Jupyter kernel."""
    from IPython.core.getipython import get_ipython

    run_without(get_ipython(), source, EVERYTHING)


def run_without(shell: Any, source: str, skip: int) -> None:
    """Run a cell again that lost its process: up to a statement as ever, then what is quick to define.

    Args:
        shell: IPython's.
        source: the cell.
        skip: index of the statement to leave out; EVERYTHING if nobody knows which one it was.
    """
    cell = _Cell(shell, source)
    if cell.tree is None:
        cell.define(cell.pieces(), Remainder(), quick=True)
        return
    with shell.builtin_trap, shell.display_trap:
        for node in cell.tree.body[: max(skip, 0)]:
            cell.run(node)
    cell.define(cell.tree.body[skip + 1 :], Remainder(), quick=True)


class _Cell:
    """A cell as IPython compiles it.

    Attributes:
        offset: lines above its first statement that IPython does not compile with it.
        depth: how many parts of the notebook's own code run the cell's: a cell magic is one.
        has_unknown_magic: whether it begins with a cell magic that nothing here defines.
        tree: its statements; None if it is not Python as a whole.
        ran: how many statements ran.
    """

    def __init__(self, shell: Any, source: str) -> None:
        self._shell = shell
        begin = self.depth = 0
        self.has_unknown_magic = False
        while (magic := _CELL_MAGIC.match(source, begin)) and not self.has_unknown_magic:
            self.has_unknown_magic = shell.find_cell_magic(magic[1]) is None
            if not self.has_unknown_magic and magic[1] not in _IN_PLACE:
                break
            self.depth = 0 if magic[1] == _SWALLOWS else self.depth + 1
            begin = magic.end()
        self._text = source[begin:]
        self.offset = source.count("\n", 0, begin)
        self.ran = 0
        self._bound: set[str] = set()
        self.tree = self._parsed(self._text)
        transformed = self._transformed(self._text)
        self._name = shell.compile.cache(transformed, shell.execution_count, raw_code=self._text)

    def _transformed(self, text: str) -> str:
        try:
            return str(self._shell.transform_cell(text))
        except (SyntaxError, ValueError):
            return text

    def _parsed(self, text: str) -> ast.Module | None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # the first run has said them
                return ast.parse(str(self._shell.transform_cell(text)))
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            return None

    def place_of(self, error: BaseException, depth: int) -> tuple[int, int]:
        """Return line and column of the cell at which an exception got out; column -1 if unknown, line 0 if both are.

        Args:
            error: the exception.
            depth: how many parts of the notebook's own code run the cell's: a cell magic is one.
        """
        places = []
        trace = error.__traceback__
        while trace is not None:
            frame = trace.tb_frame
            if frame.f_globals is self._shell.user_ns and frame.f_code.co_name == "<module>":
                position = list(frame.f_code.co_positions())[trace.tb_lasti // 2]
                places.append((position[0] or trace.tb_lineno, -1 if position[2] is None else position[2]))
            trace = trace.tb_next
        if len(places) > depth:
            return places[depth]
        return (error.lineno or 0, -1) if isinstance(error, SyntaxError) else (0, -1)

    def statement_at(self, line: int, column: int) -> int:
        """Return the index of the statement at a place; the last on its line where the column is unknown."""
        assert self.tree is not None
        holding = [at for at, node in enumerate(self.tree.body) if _holds(node, line, column)]
        return holding[-1] if holding else EVERYTHING

    def pieces(self) -> list[ast.stmt | int]:
        """Return the statements of a cell that is not Python as a whole, and the line of each piece that is none."""
        lines = self._text.split("\n")
        starts = [at for at, line in enumerate(lines) if _begins(line)]
        found: list[ast.stmt | int] = []
        at = 0
        while at < len(starts):
            for end in range(at + 1, min(at + _JOINED, len(starts)) + 1):
                stop = starts[end] if end < len(starts) else len(lines)
                nodes = self._piece(lines, starts[at], stop)
                if nodes is not None:
                    found += nodes
                    at = end
                    break
            else:
                found.append(starts[at] + 1)
                at += 1
        return found

    def _piece(self, lines: list[str], start: int, stop: int) -> list[ast.stmt] | None:
        tree = self._parsed("\n".join(lines[start:stop]))
        if tree is None:
            return None
        ast.increment_lineno(tree, start)
        try:
            compile(tree, "cell", "exec")
        except (SyntaxError, ValueError, RecursionError):
            return None  # such as a `return` outside of a function
        return tree.body

    def define(self, nodes: Sequence[ast.stmt | int], done: Remainder, quick: bool) -> None:
        """Run the definitions, imports and assignments among statements; note the lines of all others."""
        lines = []
        left = deque(nodes)
        with self._shell.builtin_trap, self._shell.display_trap:
            while left:
                node = left.popleft()
                if isinstance(node, int):
                    lines.append(node)
                elif self._defines(node, quick):
                    error = self.run(node)
                    if error is not None:
                        line, column = self.place_of(error, depth=0)
                        lines.append(line or node.lineno)
                        left.extendleft(reversed(_rest_of(node, line, column)))
                elif not _does_nothing(node):
                    lines.append(node.lineno)
        done.left_out = [line + self.offset for line in dict.fromkeys(lines)]

    def run(self, node: ast.stmt) -> BaseException | None:
        """Run a statement; return what it raised."""
        try:
            exec(self._shell.compile(ast.Module([node], []), self._name, "exec"), self._shell.user_ns)
        except (Exception, SystemExit) as error:
            return error
        self._bound.update(_targets(node))
        self.ran += 1
        return None

    def _defines(self, node: ast.stmt, quick: bool) -> bool:
        """Tell whether a statement is there for what it leaves behind, not for what it does or shows."""
        if isinstance(node, _SIMPLE):
            return True
        if isinstance(node, _ASSIGNMENTS):
            return not (quick and any(isinstance(inner, _SLOW) for inner in ast.walk(node)))
        if quick:
            return False
        if isinstance(node, _BLOCKS):
            return any(self._defines(inner, quick) for inner in _inner(node))
        if isinstance(node, ast.For):
            return all(self._defines(inner, quick) for inner in _inner(node))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            return self._changes(node.value)
        return type(node).__name__ == "TypeAlias"  # from Python 3.12 on

    def _changes(self, call: ast.Call) -> bool:
        """Tell whether a call changes what the cell has bound, as `x.append(1)` does, or is a magic that binds."""
        if not isinstance(call.func, ast.Attribute):
            return False
        if call.func.attr == "run_line_magic" and len(call.args) >= 2:
            name, text = (arg.value if isinstance(arg, ast.Constant) else "" for arg in call.args[:2])
            if name in _RUNNING_MAGICS:
                tree = self._parsed(_OPTIONS.sub("", str(text)))
                return tree is not None and any(self._defines(inner, quick=False) for inner in tree.body)
            return name in _STATE_MAGICS
        place: ast.expr = call.func
        while isinstance(place, ast.Attribute | ast.Subscript):
            place = place.value
        return isinstance(place, ast.Name) and place.id in self._bound_above(call)

    def _bound_above(self, call: ast.Call) -> set[str]:
        above = self.tree.body if self.tree is not None else []
        return self._bound.union(*(_targets(node) for node in above if node.lineno < call.lineno))


def _is_debuggers(error: BaseException) -> bool:
    """Tell whether an exception comes from a debugger that nobody answers; it stops before a statement."""
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == bdb.__file__:
            return True
        trace = trace.tb_next
    return False


def _begins(line: str) -> bool:
    return bool(line) and not line[0].isspace() and line[0] != "#" and not _CONTINUES.match(line)


def _holds(node: ast.AST, line: int, column: int) -> bool:
    """Tell whether a place lies in a node, decorators included."""
    first: Any = min([node, *getattr(node, "decorator_list", ())], key=lambda part: part.lineno)
    last: Any = node
    if not first.lineno <= line <= last.end_lineno:
        return False
    if column < 0:
        return True
    begins = (first.lineno, first.col_offset - bool(first is not node))
    return begins <= (line, column) < (last.end_lineno, last.end_col_offset)


def _imports(node: ast.stmt) -> list[ast.stmt]:
    """Return an import of several names as one import a name; nothing for other statements."""
    if isinstance(node, ast.Import) and len(node.names) > 1:
        return [ast.copy_location(ast.Import([name]), node) for name in node.names]
    if isinstance(node, ast.ImportFrom) and len(node.names) > 1:
        return [ast.copy_location(ast.ImportFrom(node.module, [name], node.level), node) for name in node.names]
    return []


def _undecorated(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> ast.stmt:
    plain = copy.copy(node)
    plain.decorator_list = []
    return plain


def _suites(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        yield getattr(node, name, [])
    for handler in getattr(node, "handlers", []):
        yield handler.body


def _inner(node: ast.stmt) -> Iterator[ast.stmt]:
    for suite in _suites(node):
        yield from suite


def _does_nothing(node: ast.stmt) -> bool:
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def _rest_of(node: ast.stmt, line: int, column: int) -> list[ast.stmt]:
    """Return what is left of a statement that failed: the names of an import, the rest of a suite, a `with`'s body.

    A definition whose decorator is not there is left without it: that compiles or measures, as a rule. Of an import of
    several names those that worked come again; they find their module loaded.
    """
    if isinstance(node, _DECORATED) and node.decorator_list:
        return [_undecorated(node)]
    if not isinstance(node, _BLOCKS):
        return _imports(node)
    for suite in _suites(node):
        for at, inner in enumerate(suite):
            if _holds(inner, line, column):
                return [*_rest_of(inner, line, column), *suite[at + 1 :]]
    return list(node.body) if isinstance(node, ast.With) else []


def _targets(node: ast.stmt) -> set[str]:
    """Return the names that a statement assigns."""
    if not isinstance(node, _ASSIGNMENTS):
        return set()
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return {name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)}
