"""The layers of the sandbox: what each one gives, which are needed, and what a worker may read on this machine."""

from __future__ import annotations

import os
import site
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import autograder
import labkit


@dataclass(frozen=True)
class Layer:
    """One thing that stands between a student's code and the rest.

    Attributes:
        name: as in the sandbox's answers.
        gives: what it gives, in a sentence.
        needed: whether grading is refused without it.
        how: how to get it where it is missing.
    """

    name: str
    gives: str
    needed: bool
    how: str


LAYERS = (
    Layer(
        "landlock",
        "Only Python, labkit and the working folder can be opened; no TCP; no signals to other processes.",
        True,
        "It is in Linux from 5.13 on, switched on with lsm=landlock,... on the kernel's command line.",
    ),
    Layer(
        "seccomp",
        "No other processes or programs, no sockets, no tracing, no mounts, no signals to other processes.",
        True,
        "It is in every Linux kernel on x86_64 and aarch64; a container must not forbid it.",
    ),
    Layer(
        "rlimits",
        "Limits on memory, file size, open files and processor time.",
        True,
        "It is in every Linux kernel.",
    ),
    Layer(
        "capabilities",
        "None of root's powers, whoever starts the grader.",
        True,
        "It is in every Linux kernel.",
    ),
    Layer(
        "namespaces",
        "A root folder without the course in it, no network device, process ids and memory of its own, a working "
        "folder of limited size that vanishes, a limit on threads.",
        False,
        "Allow them with: sysctl kernel.unprivileged_userns_clone=1 (Debian), "
        "sysctl kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu); in Docker, --security-opt seccomp=unconfined.",
    ),
)

_SYSTEM = ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime")
_SHARED = ("/usr/share/fonts", "/usr/share/zoneinfo", "/usr/local/share/fonts")
_OF_A_PREFIX = ("lib", "lib64", "share")


def missing(present: Mapping[str, bool]) -> list[Layer]:
    """The needed layers that are not there."""
    return [layer for layer in LAYERS if layer.needed and not present.get(layer.name)]


def settings(course: Path | None, box: str, off: Iterable[str] = ()) -> dict[str, Any]:
    """What the warm parent is told: paths, and nothing else.

    Args:
        course: the course's folder, which no worker may read.
        box: an empty folder for the sandbox's root.
        off: layers to switch off, to show what each one holds (tests only).
    """
    prefixes = {sys.prefix, sys.base_prefix} - {"/usr"}
    own = [f"{prefix}/{name}" for prefix in prefixes for name in _OF_A_PREFIX]
    labkit_folder = str(Path(labkit.__path__[0]).resolve())
    path = [entry for entry in sys.path if entry and _is_library(entry)]
    names = [name for name in (*_SYSTEM, *_SHARED, *own, *path, labkit_folder) if Path(name).exists()]
    readable = _outermost(os.path.realpath(name) for name in names)
    private = [str(Path(autograder.__path__[0]).resolve()), *([str(course.resolve())] if course else [])]
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
            "NBGRADER_EXECUTION": "autograde",  # what nbgrader promises to tests
        },
        "off": list(off),
    }


def _is_library(entry: str) -> bool:
    """Whether an entry of `sys.path` belongs to the Python installation, rather than to a project."""
    installed = {*site.getsitepackages(), f"{sys.base_prefix}/lib"}
    if site.ENABLE_USER_SITE:
        installed.add(site.getusersitepackages())
    return any(entry == folder or _is_below(entry, folder) for folder in installed)


def _is_below(path: str, folder: str) -> bool:
    return path.startswith(folder.rstrip("/") + "/")


def _outermost(paths: Iterable[str]) -> list[str]:
    """Paths without those below another one."""
    there = sorted(set(paths))
    return [path for path in there if not any(_is_below(path, other) for other in there)]


def _without(readable: Iterable[str], hidden: Iterable[str]) -> tuple[list[str], list[str]]:
    """Rules that leave hidden folders out (Landlock only adds rights): readable paths, and folders to list."""
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
