"""Read a student's function in its notebook: is it the newest version, and does it return anything?"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any


def is_stale(name: str, function: Callable[..., Any], notebook: Mapping[str, Any]) -> bool:
    """Tell whether the notebook has a newer version of a function whose cell did not run to the definition.

    The newest cell that was run and has `def NAME` must hold the function's own lines. IPython keeps what was run in
    `In`; without it, or where the function was not written in a cell, nothing is stale.

    Args:
        name: the function's name.
        function: what has that name.
        notebook: the variables of the notebook.
    """
    inputs = notebook.get("In")
    own = _source_of(function)
    if not isinstance(inputs, list) or not own or getattr(function, "__name__", "") != name:
        return False
    defines = re.compile(rf"^[ \t]*(?:async[ \t]+)?def[ \t]+{re.escape(name)}\b", re.MULTILINE)
    newest = next((text for text in reversed(inputs) if isinstance(text, str) and defines.search(text)), None)
    return newest is not None and not _has_lines(_lines(newest), _lines(own))


def returns_something(function: Callable[..., Any]) -> bool:
    """Tell whether a function has a line that returns a value; True where its source cannot be read."""
    try:
        (definition,) = ast.parse(textwrap.dedent(_source_of(function))).body
    except (SyntaxError, ValueError):
        return True
    if not isinstance(definition, ast.FunctionDef):
        return True
    return any(isinstance(node, ast.Return) and node.value is not None for node in _own_nodes(definition.body))


def _own_nodes(body: Sequence[ast.AST]) -> Iterator[ast.AST]:
    """Go through the nodes of a function but for those of functions inside it."""
    for node in body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            yield node
            yield from _own_nodes(list(ast.iter_child_nodes(node)))


def _source_of(function: Callable[..., Any]) -> str:
    try:
        return inspect.getsource(function)
    except (OSError, TypeError, SyntaxError, IndexError):
        return ""


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _has_lines(whole: list[str], part: list[str]) -> bool:
    return any(whole[at : at + len(part)] == part for at in range(len(whole) - len(part) + 1))
