"""All defences, and what there is to defend: a new criterion, cleaner or counter without an attack is found here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from tests.defences import cleaners, counters, criteria
from tests.defences.defence import Defence

DEFENCES: list[Defence] = [*criteria.DEFENCES, *cleaners.DEFENCES, *counters.DEFENCES]

READERS = (
    *("autograder.scrub.process", "autograder.scrub.memory", "autograder.notebook.read", "autograder.notebook.budget"),
    *("autograder.notebook.cell_names", "autograder.notebook.python_version", "autograder.collect.archives"),
    *("autograder.collect.budget", "autograder.course.timestamp", "autograder.engines.sandbox.inside.frames"),
    *("autograder.pages.sanitize.outputs", "autograder.pages.sanitize.text", "autograder.restore.answers"),
    *("autograder.restore.skipping", "labkit.calls.plain"),
)
"""Modules that read hostile bytes, beside those of `autograder/notebook/cleaning/`."""

_COUNTER = re.compile(
    r"^((?:MAX|PAGE)_[A-Z_]+|(?:[A-Z]+_)?SECONDS|MEMORY|HEADROOM)\b(?:, (MAX_[A-Z_]+))? =", re.MULTILINE
)
CLEANING = "autograder.notebook.cleaning"


def modules_of_cleaning() -> list[str]:
    return [module.name for module in iter_modules(import_module(CLEANING).__path__)]


def constants() -> Iterator[str]:
    """Name every constant that bounds something in a reader, as "module:NAME"."""
    for module in (*READERS, *(f"{CLEANING}.{name}" for name in modules_of_cleaning())):
        text = Path(str(import_module(module).__file__)).read_text(encoding="utf-8")
        for names in _COUNTER.findall(text):
            yield from (f"{module}:{name}" for name in names if name)


def without_attack() -> Iterator[str]:
    """Name what nobody attacks."""
    names = {defence.name for defence in DEFENCES}
    yield from (
        f"{check}: {criterion.name}"
        for check, criterion in criteria.all_criteria()
        if f"{check}: {criterion.name}" not in names
    )
    yield from (name for name in constants() if name not in names and name not in counters.BACKED)
    attacked = {name.partition(":")[0].rpartition(".")[2] for name in names}
    yield from (
        f"{CLEANING}.{module}" for module in modules_of_cleaning() if module not in attacked and module not in ENTRIES
    )


ENTRIES = {
    "parsing": "what runs in the process apart: `markup` and `pictures`",
    "shown": "limits and names that the others share; each of its limits is attacked",
}
"""Modules of cleaning that hold no cleaner of their own."""
