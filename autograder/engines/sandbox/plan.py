"""Plan what to run and judge of a trusted notebook: one step a code cell, read from the instructor's cells."""

from __future__ import annotations

import ast
import contextlib
from dataclasses import dataclass
from functools import lru_cache

from autograder.notebook.format import Notebook
from autograder.notebook.regions import without_hidden_tests
from autograder.notebook.roles import is_skipped, role


@dataclass(frozen=True)
class HiddenGrade:
    """The call `autograder.grade("CHECK", function, …)` in the hidden part of a test cell.

    Attributes:
        check: name of the check.
        functions: names of the student's functions, the graded one first.
    """

    check: str
    functions: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """One code cell.

    Attributes:
        cell: its index in the notebook.
        source: what the worker runs: the whole cell, or, where the hidden part calls the grader, the visible part;
            nothing where that is only the self-check, which the verdict says better.
        grade: the hidden call, which the grader makes from outside.
        own: whether it is the student's: where it fails, what it still defines runs.
    """

    cell: int
    source: str
    grade: HiddenGrade | None = None
    own: bool = True


def plan(notebook: Notebook) -> list[Step]:
    """List the steps of a restored notebook, in order, without the cells that the source skips."""
    steps = []
    for index, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] != "code" or is_skipped(cell):
            continue
        hidden = hidden_grade(cell["source"]) if role(cell).is_test else None
        visible = _besides_self_check(cell["source"]) if hidden else cell["source"]
        steps.append(Step(index, visible, hidden, own=not role(cell).is_fixed))
    return steps


@lru_cache(1024)
def _besides_self_check(source: str) -> str:
    """Cut out the visible part of a test cell that the grader judges; nothing if all that it does is the self-check."""
    visible = without_hidden_tests(source)
    with contextlib.suppress(SyntaxError):
        if all(isinstance(line, ast.Expr) and _is_self_check(line.value) for line in ast.parse(visible).body):
            return ""
    return visible


def _is_self_check(value: ast.expr) -> bool:
    if not isinstance(value, ast.Call) or value.keywords or ast.unparse(value.func) != "labkit.check":
        return False
    return all(isinstance(arg, ast.Constant | ast.Name) for arg in value.args)


@lru_cache(1024)
def hidden_grade(source: str) -> HiddenGrade | None:
    """Read the grader's call in an instructor's test cell; None if it has none, or is no plain Python."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return None
    last = tree.body[-1] if tree.body else None
    if not (isinstance(last, ast.Expr) and isinstance(last.value, ast.Call)):
        return None
    call = last.value
    if ast.unparse(call.func) != "autograder.grade" or call.keywords or not call.args:
        return None
    check, *functions = call.args
    if not (isinstance(check, ast.Constant) and isinstance(check.value, str)):
        return None
    if not all(isinstance(function, ast.Name) for function in functions):
        return None
    return HiddenGrade(check.value, tuple(f.id for f in functions if isinstance(f, ast.Name)))
