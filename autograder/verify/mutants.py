"""Try the mutants of a solution: each must lose marks, but for those that are named as equivalent, with the reason."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import FrameType
from typing import Any

import numpy as np

from autograder.assignments import answer_key
from autograder.checking.check import Check
from autograder.checking.judging import PreparedCheck, run_here
from autograder.course.course import Course
from autograder.verify.mutation import Mutant
from autograder.verify.solution import functions_of, load_solution, with_function
from labkit.calls.call import Outcome, perform
from labkit.calls.differences import differences

SECONDS = 20.0
"""Time limit of a mutant: a mutant that does not end counts as noticed by all."""


@dataclass(frozen=True)
class Kill:
    """Who notices a mutant: this grader, one printed case compared by eye, one fixed case with np.allclose."""

    judged: bool
    printed: bool
    loose: bool


@dataclass(frozen=True)
class Survey:
    """What became of the mutants of one function.

    Attributes:
        function: its name.
        kills: mutant's name → who noticed it, for those that were tried.
        equivalent: names of the mutants that the answer key calls equivalent.
        existing: names of all mutants of the solution.
    """

    function: str
    kills: Mapping[str, Kill]
    equivalent: frozenset[str]
    existing: frozenset[str]

    @property
    def alive(self) -> list[str]:
        """Mutants that earn full marks."""
        return [name for name, kill in self.kills.items() if not kill.judged]

    @property
    def survivors(self) -> list[str]:
        """Mutants that earn full marks and are not called equivalent."""
        return [name for name in self.alive if name not in self.equivalent]

    @property
    def wrong(self) -> list[Kill]:
        """Who noticed the mutants that are not called equivalent."""
        return [kill for name, kill in self.kills.items() if name not in self.equivalent]

    @property
    def killed_equivalents(self) -> list[str]:
        """Mutants that are called equivalent and lose marks."""
        return sorted(name for name in self.equivalent & self.kills.keys() if self.kills[name].judged)

    @property
    def stale_equivalents(self) -> list[str]:
        """Mutants that are called equivalent and do not exist."""
        return sorted(self.equivalent - self.existing)


@cache
def prepare(assignment: str, check: str, secret: bytes) -> PreparedCheck:
    """Draw the probes of a check, once a process."""
    key = answer_key(assignment)
    return PreparedCheck(key, next(c for c in key.checks if c.name == check), secret)


def try_mutant(task: tuple[Course, str, str, Mutant, bytes]) -> Kill:
    """Find out who notices a mutant.

    Args:
        task: the course, the assignment, the function, its mutant, and what the probes are drawn from.
    """
    course, assignment, function, mutant, secret = task
    base = load_solution(course, assignment).namespace
    checks = [check for check in answer_key(assignment).checks if function in check.functions]
    try:
        with _time_limit(SECONDS):
            namespace = with_function(base, mutant.source)
            verdicts = [prepare(assignment, c.name, secret).judge(run_here(functions_of(c, namespace))) for c in checks]
            own = [check for check in checks if check.function == function]
            printed, loose = zip(*(_as_courses_do(check, base, namespace) for check in own), strict=True)
    except (KeyboardInterrupt, MemoryError):
        return Kill(True, True, True)
    return Kill(any(v.score < v.max_score for v in verdicts), any(printed), any(loose))


def _as_courses_do(check: Check, base: Mapping[str, Any], namespace: Mapping[str, Any]) -> tuple[bool, bool]:
    """Whether one fixed case, with the random state set, shows a mutant: printed to 8 digits, and by np.allclose."""
    calls = check.public()
    last = next(i for i, call in enumerate(calls) if call.function == check.function)
    (right, wrong) = (perform(calls[: last + 1], functions_of(check, names))[-1] for names in (base, namespace))
    if right.error or wrong.error or wrong.value is None:
        return (right.error is None) != (wrong.error is None) or wrong.value is None, True
    return _printed(right) != _printed(wrong), bool(differences(right.value, wrong.value, rtol=1e-5, atol=1e-8))


def _printed(outcome: Outcome) -> str:
    with np.printoptions(precision=8, suppress=True):
        return str(outcome.value)


@contextlib.contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Interrupt what runs too long, where the system has a timer signal."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
