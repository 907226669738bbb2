"""The solution that a source notebook holds: its functions, as text and ready to be called."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from autograder.checking.check import Check, Function
from autograder.course.course import Course
from autograder.language import ENGLISH, chosen_language, use_language
from autograder.notebook.edition import edition
from autograder.notebook.regions import without_hidden_tests, without_solution
from autograder.notebook.roles import is_skipped, role


@dataclass(frozen=True)
class Solution:
    """What the source notebook defines.

    Attributes:
        namespace: all names after its definitions have run, solutions included.
        solutions: stub → source of the solution.
        stubs: stub → source as a student gets it.
        points: test cell → points.
        total: points of all cells.
        hidden: the hidden parts of test cells.
    """

    namespace: Mapping[str, Any]
    solutions: Mapping[str, str]
    stubs: Mapping[str, str]
    points: Mapping[str, float]
    total: float
    hidden: tuple[str, ...]


@cache
def load_solution(course: Course, assignment: str, language: str = ENGLISH) -> Solution:
    """Run the definitions of an edition of a source notebook in this process: the instructor's own code, trusted.

    Raises:
        CourseError: there is no such assignment.
    """
    from nbformat import reads  # the source is a valid notebook, with its metadata

    notebook = reads(read_edition(course, assignment, language).decode(), as_version=4)
    namespace: dict[str, Any] = {"__name__": "notebook"}
    solutions, stubs, points, total, hidden = {}, {}, {}, 0.0, []
    for cell in notebook.cells:
        own = role(cell)
        total += own.points
        if own.is_test:
            points[own.grade_id] = own.points
            shown = set(without_hidden_tests(cell.source).split("\n"))
            hidden.append("\n".join(line for line in cell.source.split("\n") if line not in shown))
        if cell.cell_type != "code" or is_skipped(cell):
            continue
        if own.solution:
            solutions[own.grade_id] = cell.source
            stubs[own.grade_id] = without_solution(cell.source, "code")
        if not own.is_test:
            execute(cell.source, namespace, course.source(assignment))
    return Solution(namespace, solutions, stubs, points, total, tuple(hidden))


def read_edition(course: Course, assignment: str, language: str) -> bytes:
    """Read the source notebook of an assignment in a language.

    Raises:
        CourseError: there is no such assignment.
    """
    (path,) = course.notebooks(assignment)
    return edition(path.read_bytes(), path.stem, language)


def execute(source: str, namespace: dict[str, Any], folder: os.PathLike[str] | str = ".") -> None:
    """Run trusted notebook code, magics included, in a folder, without showing what it prints or plots."""
    import matplotlib
    from IPython.core.inputtransformer2 import TransformerManager

    matplotlib.use("Agg")
    code = TransformerManager().transform_cell(source)
    chosen = chosen_language()
    try:
        with contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()):
            namespace.setdefault("get_ipython", lambda: _NoShell())
            exec(compile(code, "<source notebook>", "exec"), namespace)
    finally:
        use_language(chosen)  # an edition chooses its own, for its students


class _NoShell:
    """Stands for IPython's shell, of which the source notebooks use magics only."""

    def run_line_magic(self, name: str, line: str) -> None:
        """Do nothing, for %matplotlib inline."""


def with_function(base: Mapping[str, Any], source: str) -> dict[str, Any]:
    """Run `source` in a copy of a notebook's namespace."""
    namespace = dict(base)
    exec(compile(source, "<function>", "exec"), namespace)
    return namespace


def functions_of(check: Check, namespace: Mapping[str, Any]) -> dict[str, Function]:
    """Take the functions that a check calls from a namespace."""
    return {name: namespace[name] for name in check.functions if name in namespace}
