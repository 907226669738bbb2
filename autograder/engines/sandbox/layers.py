"""The layers of the sandbox: what each one gives, which are needed, and what a worker may read on this machine."""

from __future__ import annotations

import os
import site
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import labkit
from autograder.engines.sandbox import words


@dataclass(frozen=True)
class Layer:
    """One thing that stands between a student's code and the rest.

    Attributes:
        name: as in the sandbox's answers.
        needed: whether grading is refused without it; else the instructor may choose to go on.
    """

    name: str
    needed: bool = True

    @property
    def gives(self) -> str:
        """What it gives, in a sentence."""
        return words.layer_gives(self.name)

    @property
    def how(self) -> str:
        """How to get it where it is missing."""
        return words.how_to_get(self.name)


LAYERS = (
    Layer("landlock"),
    Layer("seccomp"),
    Layer("rlimits"),
    Layer("capabilities"),
    Layer("namespaces", needed=False),
)

_AUTOGRADER = Path(__file__).resolve().parents[2]
_SYSTEM = ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime")
_SHARED = ("/usr/share/fonts", "/usr/share/zoneinfo", "/usr/local/share/fonts")
_OF_A_PREFIX = ("lib", "lib64", "share")


def missing(present: Mapping[str, bool], fewer_layers: bool = False) -> list[Layer]:
    """List the layers that are not there, without those that the instructor may do without and does."""
    return [layer for layer in LAYERS if not present.get(layer.name) and (layer.needed or not fewer_layers)]


def settings(course: Path | None, box: str, off: Iterable[str] = ()) -> dict[str, Any]:
    """Write down for the zygote what it may know: paths, and nothing else.

    Args:
        course: the course's folder, which no worker may read.
        box: an empty folder for the sandbox's root.
        off: layers, and fast paths, to switch off, to show what each one holds or gains (tests and benchmarks only).
    """
    prefixes = {sys.prefix, sys.base_prefix} - {"/usr"}
    own = [f"{prefix}/{name}" for prefix in prefixes for name in _OF_A_PREFIX]
    labkit_folder = str(Path(labkit.__path__[0]).resolve())
    path = [entry for entry in sys.path if entry and _is_library(entry)]
    names = [name for name in (*_SYSTEM, *_SHARED, *own, *path, labkit_folder) if Path(name).exists()]
    readable = _outermost(os.path.realpath(name) for name in names)
    private = [str(_AUTOGRADER), *([str(course.resolve())] if course else [])]
    hidden = [folder for folder in private if any(_is_below(folder, place) for place in readable)]
    rules, listable = _without(readable, hidden)
    return {
        "path": path,
        "prefixes": [sys.prefix, sys.exec_prefix],
        "labkit": labkit_folder,
        "readable": readable,
        "links": {name: real for name in sorted(names) if (real := os.path.realpath(name)) != name},
        "hidden": hidden,
        "rules": rules,
        "listable": listable,
        "box": box,
        "environment": {
            "LANG": "C.UTF-8",
            "PATH": "/usr/bin:/bin",
            "OMP_NUM_THREADS": "1",
            "TERM": "dumb",
            "PYTHONBREAKPOINT": "0",  # `breakpoint()` asks whoever sits in front of the notebook, and there is nobody
            "NBGRADER_EXECUTION": "autograde",  # what nbgrader promises to tests
        },
        "off": list(off),
    }


def _is_library(entry: str) -> bool:
    """Tell whether an entry of `sys.path` belongs to the Python installation, rather than to a project."""
    installed = {*site.getsitepackages(), f"{sys.base_prefix}/lib"}
    if site.ENABLE_USER_SITE:
        installed.add(site.getusersitepackages())
    return any(entry == folder or _is_below(entry, folder) for folder in installed)


def _is_below(path: str, folder: str) -> bool:
    return path.startswith(folder.rstrip("/") + "/")


def _outermost(paths: Iterable[str]) -> list[str]:
    """Leave out paths that are below another of them."""
    unique = sorted(set(paths))
    return [path for path in unique if not any(_is_below(path, other) for other in unique)]


def _without(readable: Iterable[str], hidden: Iterable[str]) -> tuple[list[str], list[str]]:
    """Make rules that leave hidden folders out, for Landlock only adds rights: readable paths, and folders to list."""
    rules: list[str] = []
    listable: list[str] = []
    for path in readable:
        inside = [folder for folder in hidden if _is_below(folder, path)]
        if not inside:
            rules.append(path)
            continue
        listable.append(path)
        children = [entry.path for entry in os.scandir(path) if entry.path not in hidden]
        more, lists = _without(children, inside)
        rules += more
        listable += lists
    return sorted(rules), sorted(listable)
