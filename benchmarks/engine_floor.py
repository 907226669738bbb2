"""The floor of the engine: what grading a submission costs at the least, in a process that holds nothing else.

A bare fork with the same layers, the submission's definitions by plain `exec`, and its functions on the same probes in
a bare loop. `benchmarks.engine` writes down what to do and starts this as a program of its own, so that the forks copy
no more memory than they need: numpy, the toolkit, and what the notebook imports.
"""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

import numpy as np

from autograder.engines.sandbox.inside import landlock, namespaces, seccomp, system, worker
from labkit.calls import call as calling
from labkit.calls.call import Call

LAYERS = dict.fromkeys(("seccomp", "rlimits", "capabilities", "landlock", "namespaces"), True)
FORKS = 60
FIRST = 5
"""Forks that do not count."""


@dataclass(frozen=True)
class Work:
    """What one submission makes the worker do.

    Attributes:
        sources: the cells to run.
        calls: a list a check.
        settings: from `autograder.engines.sandbox.layers.settings`.
        limits: name → value, as in `autograder.engines.sandbox.limits`.
    """

    sources: Sequence[str]
    calls: Sequence[Sequence[Call]]
    settings: Mapping[str, Any]
    limits: Mapping[str, int]


def main(work: Work) -> None:
    """Print the processor seconds that a fork takes, from its start to its end: the mean of many."""
    answer, sys.stdout = sys.stdout, io.StringIO()  # what the notebook prints goes nowhere
    code = [compile(source, "cell", "exec") for source in work.sources]
    for cell in code:
        _run(cell, {})  # what it imports is in memory, as in the zygote
    np.random.seed(0)  # numpy imports this part when it is first used
    system.freeze_memory()
    system.collapse_memory()
    namespaces.enter(work.settings)
    rules = landlock.rules_for(work.settings, namespaces.HOME)
    system.prctl(system.PR_SET_NO_NEW_PRIVS, 1)
    seccomp.program(1, True)
    began = 0.0
    for number in range(FIRST + FORKS):
        if number == FIRST:
            began = sum(os.times()[:4])
        pid = system.fork(namespaces.FOR_FORK)
        if pid == 0:
            worker.confine(LAYERS, work.limits, namespaces.HOME, rules)
            scope: dict[str, Any] = {}
            for cell in code:
                _run(cell, scope)
            with np.errstate(all="ignore"):
                for calls in work.calls:
                    _make(calls, scope)
            os._exit(0)
        if os.waitpid(pid, 0)[1]:
            raise SystemExit("the floor failed")
    print((sum(os.times()[:4]) - began) / FORKS, file=answer)


def _run(cell: CodeType, scope: dict[str, Any]) -> None:
    """Run a cell; one that fails does not end the notebook, as in the engines."""
    with contextlib.suppress(Exception):
        exec(cell, scope)


def _make(calls: Sequence[Call], scope: Mapping[str, Any]) -> None:
    values: dict[int, Any] = {}
    given: dict[int, list[Any]] = {}
    for number, call in enumerate(calls):
        given[number] = [calling._resolve(arg, values, given, {}) for arg in call.args]
        try:
            values[number] = scope[call.function](*given[number])
        except Exception:
            values[number] = None


if __name__ == "__main__":
    main(pickle.loads(Path(sys.argv[1]).read_bytes()))
