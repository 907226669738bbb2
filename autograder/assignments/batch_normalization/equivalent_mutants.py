"""Mutants of the solutions that are right as well, each with the reason: `autograder verify` accepts these only."""

from __future__ import annotations

MESSAGE = "a message of the given line that refuses an unknown mode: the kind of the exception counts, not its words"

EQUIVALENT_MUTANTS: dict[str, dict[str, str]] = {
    "batchnorm_forward": {
        "line 42: `mode` → `gamma`": MESSAGE,
        "line 42: `mode` → `momentum`": MESSAGE,
    },
}
"""Function → name of the mutant → why it is right."""
