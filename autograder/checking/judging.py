"""Judge a student's functions: draw the probes, have the calls made, weigh the outcomes, name the mistake."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from autograder.checking import messages
from autograder.checking.check import (
    AnswerKey,
    Check,
    Evidence,
    Finding,
    Function,
    Mistake,
    Run,
    Trial,
)
from autograder.checking.verdict import CriterionResult, Hint, Verdict
from labkit.calling import Call, CallError, Outcome, perform
from labkit.comparing import differences
from labkit.profile import PROFILE, Profile, mismatches, profile


def run_here(functions: Mapping[str, Function]) -> Run:
    """Make calls in this process: for trusted functions, and in a notebook's kernel."""
    return partial(perform, functions=functions)


class PreparedCheck:
    """A check with its probes drawn and the reference's outcomes known: made once, used for a whole class.

    Args:
        key: the answer key that the check belongs to.
        check: the check.
        secret: the course secret; the probes are a pure function of it and the check's name.
    """

    def __init__(self, key: AnswerKey, check: Check, secret: bytes) -> None:
        self.check = check
        self.calls = check.probes(_generator(secret, check.name))
        self._reference = run_here(check.reference)
        self.expected = self._reference(self.calls)
        self._mistakes = key.mistakes_in(check)
        self._memory: dict[str, Any] = {}
        self._mistake_outcomes: dict[str, list[Outcome]] = {}

    def judge(self, run: Run) -> Verdict:
        """Judge the functions behind `run`.

        Args:
            run: makes the calls; its outcomes are not trusted.

        Returns:
            The verdict; it depends on the outcomes only.
        """
        evidence = self._gather(run)
        findings = [(criterion, criterion.judge(evidence)) for criterion in self.check.criteria]
        results: dict[str, CriterionResult] = {}
        for criterion, finding in findings:
            missed = criterion.requires and not results[criterion.requires].passed
            if missed and finding is None:
                finding = Finding(messages.requires(criterion.requires))
            results[criterion.name] = CriterionResult(
                criterion.name,
                finding is None,
                criterion.points if finding is None else 0.0,
                criterion.points,
                finding.message if finding else "",
            )
        passed = all(result.passed for result in results.values())
        errors = [trial.actual.error for trial in evidence.trials if trial.actual.error and not trial.expected.error]
        pictures = [finding.picture for _, finding in findings if finding and finding.picture]
        return Verdict(
            self.check.name,
            self.check.function,
            tuple(results.values()),
            mistakes=() if passed else self.diagnose([trial.actual for trial in evidence.trials]),
            error=errors[0] if errors else None,
            picture=pictures[0] if pictures else None,
        )

    def diagnose(self, outcomes: Sequence[Outcome]) -> tuple[Hint, ...]:
        """The known mistakes that behave like these outcomes on every probe; mistakes with the same hint once."""
        hints: dict[str, Hint] = {}
        for mistake in self._mistakes:
            if behaves_like(self.check, self.calls, self.mistake_outcomes(mistake), outcomes):
                hints.setdefault(mistake.hint, Hint(mistake.id, mistake.hint))
        return tuple(hints.values())

    def mistake_outcomes(self, mistake: Mistake) -> list[Outcome]:
        """What a known mistake does on the probes (computed once)."""
        if mistake.id not in self._mistake_outcomes:
            functions = {**self.check.reference, **mistake.functions}
            self._mistake_outcomes[mistake.id] = perform(self.calls, functions)
        return self._mistake_outcomes[mistake.id]

    def _gather(self, run: Run) -> Evidence:
        trials = self._trials(self.calls, self.expected, run)
        evidence = Evidence(self.check, trials, _memory=self._memory)
        if self.check.follow_up is None:
            return evidence
        calls = self.check.follow_up(evidence)
        if not calls:
            return evidence
        more = self._trials(calls, self._reference(calls), run)
        return Evidence(self.check, trials, more, _memory=self._memory)

    def _trials(self, calls: Sequence[Call], expected: Sequence[Outcome], run: Run) -> tuple[Trial, ...]:
        triples = zip(calls, expected, run(calls), strict=True)
        return tuple(Trial(*triple, outputs=self.check.outputs) for triple in triples)


def behaves_like(check: Check, calls: Sequence[Call], known: Sequence[Outcome], actual: Sequence[Outcome]) -> bool:
    """Whether two lists of outcomes of the same calls show the same behaviour; of a random function, its profile."""
    for call, first, second in zip(calls, known, actual, strict=True):
        if call.function != check.function or (check.random is not None and call.group != PROFILE):
            continue
        if (first.error is None) != (second.error is None):
            return False
        if first.error and second.error:
            if _error_form(first.error) != _error_form(second.error):
                return False
        elif check.random is not None:
            if mismatches(profile_of(check, call, first), profile_of(check, call, second)):
                return False
        elif not _equal(first, second):
            return False
    return True


def profile_of(check: Check, call: Call, outcome: Outcome) -> Profile:
    """The profile of a random function from its call with equal columns (the first argument's last axis)."""
    assert check.random is not None
    examples = next(arg.shape[1] for arg in call.args if isinstance(arg, np.ndarray))
    return profile(outcome.value, check.random, examples)


def _equal(first: Outcome, second: Outcome) -> bool:
    if first.changed.keys() != second.changed.keys():
        return False
    pairs = [(first.value, second.value), *((first.changed[i], second.changed[i]) for i in first.changed)]
    for one, other in pairs:
        if (one is None) != (other is None) or differences(one, other) or differences(other, one):
            return False
    return True


def _error_form(error: CallError) -> tuple[str, str]:
    """An error without what differs between two students: names and numbers."""
    return error.kind, re.sub(r"'[^']*'|\w+\(\)|\d+", "·", error.message)


def _generator(secret: bytes, name: str) -> np.random.Generator:
    digest = hashlib.blake2b(name.encode(), key=secret[:64], digest_size=16).digest()
    return np.random.default_rng(int.from_bytes(digest, "big"))
