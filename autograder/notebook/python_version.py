"""Notice that a notebook was written with a newer Python than the one that grades it."""

import ast
import re
import sys
import warnings
from collections.abc import Iterable
from typing import Any

from autograder.notebook import budget
from autograder.notebook.cell_names import is_python

Version = tuple[int, int]

HERE: Version = (sys.version_info.major, sys.version_info.minor)

_VERSION = re.compile(r"(\d{1,2})\.(\d{1,3})(?!\d)")
_NEWER_SYNTAX: tuple[tuple[Version, re.Pattern[str]], ...] = (
    ((3, 12), re.compile(r"\s*type\s+\w+\s*(?:\[[^\]]{0,200}\]\s*)?=")),
    ((3, 12), re.compile(r"\s*(?:async\s+def|def|class)\s+\w+\s*\[")),
    ((3, 12), re.compile(r"[^'\"]*?\b[rR]?[fF][rR]?(['\"])(?:[^'\"{}]|\{[^'\"{}]*\})*\{[^'\"{}]*\1")),
    ((3, 14), re.compile(r"\s*except\*?\s+[\w.]+\s*,\s*[\w.]+[\s\w.,]{0,200}:")),
    ((3, 14), re.compile(r".*\b[rR]?t[rR]?['\"]")),
    ((3, 15), re.compile(r"\s*lazy\s+(?:import|from)\s")),
)
"""Since when a line of this kind is Python; looked at only where the grader's Python refuses the line."""
MAX_LOOKED_AT = 100_000
"""Characters of a cell that is looked at for newer syntax."""


def written_with(metadata: Any) -> Version | None:
    """Read the version of Python that a notebook says it was run with; None if it says none."""
    info = metadata.get("language_info") if isinstance(metadata, dict) else None
    version = info.get("version") if isinstance(info, dict) else None
    found = _VERSION.match(version) if isinstance(version, str) else None
    return (int(found[1]), int(found[2])) if found else None


def newer_syntax(sources: Iterable[str]) -> Version | None:
    """Find the newest Python that code needs which the grader's own cannot parse; None if there is no such code.

    Args:
        sources: the student's code cells.
    """
    needed = [version for source in sources for version in _needed_by(source)]
    return max(needed, default=None)


def _needed_by(source: str) -> Iterable[Version]:
    if len(source) > MAX_LOOKED_AT or is_python(source) or not budget.may_parse(source):
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(source)
    except SyntaxError as error:
        lines = source.split("\n")
        line = lines[error.lineno - 1] if error.lineno and error.lineno <= len(lines) else ""
        for version, pattern in _NEWER_SYNTAX:
            if version > HERE and pattern.match(line[:2000]):
                yield version
    except (ValueError, RecursionError, MemoryError):
        return
