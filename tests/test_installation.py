"""The lists of dependencies, in three files, agree with each other and with what the code imports."""

import ast
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).resolve().parents[1]


def read_requirements(name: str) -> list[Requirement]:
    """Return the requirements of a file at the top of the repository."""
    lines = (REPOSITORY / name).read_text(encoding="utf-8").splitlines()
    texts = [line.partition("#")[0].strip() for line in lines]
    return [Requirement(text) for text in texts if text and not text.startswith("-")]


def project() -> dict[str, list[str]]:
    """Return the lists of pyproject.toml: what the package needs, its extras, and what its developers need besides."""
    table = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {"run": table["dependencies"], **table["optional-dependencies"]}


def test_pyproject_lists_what_requirements_lists() -> None:
    lists = project()
    assert [str(Requirement(text)) for text in lists["run"] + lists["dev"]] == [
        str(requirement) for requirement in read_requirements("requirements.txt")
    ]


def test_every_requirement_is_pinned_to_a_version_that_it_allows() -> None:
    pins = {canonicalize_name(pin.name): pin.specifier for pin in read_requirements("constraints.txt")}
    assert all([clause.operator for clause in specifier] == ["=="] for specifier in pins.values())
    for requirement in read_requirements("requirements.txt"):
        (pin,) = pins[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(pin.version), requirement


def test_the_developers_have_every_extra() -> None:
    lists = project()
    assert {*lists["postgresql"], *lists["cluster"]} <= {*lists["dev"]}


@pytest.mark.parametrize("extra", ["", "cluster"])
def test_every_imported_package_is_a_dependency(extra: str) -> None:
    """An extra's packages are imported in the folder of its name only."""
    declared = {
        canonicalize_name(Requirement(text).name) for name in {"run", extra or "run"} for text in project()[name]
    }
    distributions = packages_distributions()
    imported = {
        name.partition(".")[0]
        for folder in ("labkit", "autograder")
        for file in (REPOSITORY / folder).rglob("*.py")
        if (file.parent.name == "cluster") == bool(extra)
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom) and not node.level
            else []
        )
    }
    libraries = imported - sys.stdlib_module_names - {"labkit", "autograder"}
    undeclared = {name for name in libraries if not {canonicalize_name(d) for d in distributions[name]} & declared}
    assert not undeclared
