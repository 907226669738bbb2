"""Which package may import which: the table of docs/architecture.md, proved from the imports."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]

FILES = {"errors", "files", "language", "spread"}
"""Files directly in autograder/ that belong to no package; the table treats each as a room."""

MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "files": set(),
    "labkit": set(),
    "language": {"labkit"},
    "checking": {"language", "labkit"},
    "assignments": {"language", "labkit", "checking"},
    "course": {"errors", "files", "language"},
    "scrub": {"errors", "language"},
    "spread": {"scrub"},
    "notebook": {"errors", "files", "language", "scrub"},
    "restore": {"errors", "language", "notebook"},
    "engines": {
        "errors",
        "files",
        "language",
        "labkit",
        "checking",
        "assignments",
        "course",
        "scrub",
        "notebook",
        "restore",
    },
    "gradebook": {"errors", "files", "language", "checking", "course", "notebook", "engines"},
    "grading": {"errors", "files", "language", "checking", "course", "notebook", "engines", "gradebook"},
    "similarity": {"files", "spread"},
    "roster": {"errors", "files", "language", "course", "gradebook"},
    "pages": {
        "errors",
        "files",
        "language",
        "labkit",
        "checking",
        "assignments",
        "course",
        "scrub",
        "notebook",
        "restore",
        "gradebook",
        "grading",
        "roster",
        "similarity",
        "spread",
    },
    "marking": {"errors", "files", "language", "course", "scrub", "notebook", "gradebook", "pages"},
    "export": {"errors", "files", "language", "course", "notebook", "gradebook", "roster"},
    "release": {"errors", "files", "language", "labkit", "checking", "assignments", "course", "notebook", "engines"},
    "collect": {"errors", "files", "language", "course", "notebook", "restore", "gradebook", "spread"},
    "verify": {"language", "labkit", "checking", "assignments", "course", "notebook", "release"},
    "demo": {
        "errors",
        "files",
        "language",
        "checking",
        "assignments",
        "course",
        "notebook",
        "engines",
        "gradebook",
        "grading",
        "pages",
        "export",
        "release",
        "roster",
        "collect",
        "verify",
    },
    "nbgrader_plugins": {
        "errors",
        "language",
        "course",
        "notebook",
        "restore",
        "engines",
        "gradebook",
        "grading",
        "pages",
    },
    "cli": {
        "errors",
        "language",
        "course",
        "scrub",
        "notebook",
        "engines",
        "gradebook",
        "grading",
        "pages",
        "marking",
        "export",
        "release",
        "roster",
        "collect",
        "verify",
        "demo",
        "spread",
    },
    "translation": {"language", "checking", "assignments", "notebook", "cli"},
}
"""For each package, in reading order, the packages that it imports; whoever needs a further arrow adds it here.

`labkit` is the students' own package.
"""

ENTRANCES = {
    "__init__": {"engines"},
    "__main__": {"cli"},
    "nbgrader_steps": {"nbgrader_plugins"},
    "nbgrader_feedback": {"nbgrader_plugins"},
}
"""The files directly in autograder/ that import a package.

They serve `autograder.grade`, `python -m autograder`, and the nbgrader_config.py of older course folders.
"""

INSIDE = "autograder.engines.sandbox.inside"
INSIDE_LIBRARIES = {"numpy", "matplotlib", "IPython", "pygments", "traitlets"}
"""What the sandboxed processes use beside labkit and the standard library."""


def module_name(file: Path) -> str:
    """Return the dotted name under which a file of the repository is imported."""
    parts = file.relative_to(REPOSITORY).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(file: Path) -> Iterator[str]:
    """Yield the full names of all that a file imports, in functions and under TYPE_CHECKING too.

    Yields `package.name` for `from package import name`, whether that name is a module or not.
    """
    package = module_name(file).split(".")
    if file.stem != "__init__":
        package.pop()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            base += [node.module] if node.module else []
            yield from (".".join([*base, alias.name]) for alias in node.names)


def room(module: str) -> str | None:
    """Return the package of a module as the table names it, "autograder" for its top level, None for a library."""
    top, _, rest = module.partition(".")
    if top == "labkit":
        return top
    if top != "autograder":
        return None
    first = rest.partition(".")[0]
    return first if first in MAY_IMPORT else "autograder"


def files_of(package: str) -> list[Path]:
    """Return the Python files of a package of the table."""
    if package in FILES:
        return [REPOSITORY / "autograder" / f"{package}.py"]
    return sorted((REPOSITORY / (package if package == "labkit" else f"autograder/{package}")).rglob("*.py"))


def test_every_package_is_in_the_table() -> None:
    packages = {folder.name for folder in (REPOSITORY / "autograder").iterdir() if any(folder.glob("*.py"))}
    assert packages == MAY_IMPORT.keys() - {"labkit"} - FILES


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_a_package_imports_only_what_the_table_allows(package: str) -> None:
    forbidden = {
        f"{file.relative_to(REPOSITORY)} imports {name}"
        for file in files_of(package)
        for name in imported(file)
        if (target := room(name)) not in (package, None) and target not in MAY_IMPORT[package]
    }
    assert not forbidden


def test_the_table_has_no_cycle() -> None:
    position = {package: place for place, package in enumerate(MAY_IMPORT)}
    backward = {(a, b) for a, allowed in MAY_IMPORT.items() for b in allowed if position[b] >= position[a]}
    assert not backward


def test_the_top_level_holds_only_entrances_and_the_errors() -> None:
    files = {file.stem: file for file in (REPOSITORY / "autograder").glob("*.py")}
    assert files.keys() <= ENTRANCES.keys() | FILES
    for name, file in files.items():
        targets = {room(module) for module in imported(file)} - {None}
        assert targets <= ENTRANCES.get(name, MAY_IMPORT.get(name, set()))


def test_the_sandboxed_side_imports_no_other_part_of_the_grader() -> None:
    allowed = {"labkit"} | INSIDE_LIBRARIES | sys.stdlib_module_names
    foreign = {
        f"{file.name} imports {name}"
        for file in files_of("engines")
        if module_name(file).startswith(INSIDE)
        for name in imported(file)
        if name.partition(".")[0] not in allowed and not name.startswith(f"{INSIDE}.")
    }
    assert not foreign
