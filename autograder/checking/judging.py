"""Judge a student's functions: draw the probes, have the calls made, weigh the outcomes, name the mistake."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import numpy as np

from autograder.checking import words
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
from labkit.calls.call import (
    Call,
    CallError,
    NeededResultError,
    Outcome,
    perform,
)
from labkit.calls.differences import each_difference
from labkit.calls.random_outputs import (
    PROFILE,
    Profile,
    drops_all,
    may_drop_alike,
    mismatches,
    profile,
)


def run_here(functions: Mapping[str, Function]) -> Run:
    """Make calls in this process: for trusted functions, and in a notebook's kernel."""
    return partial(perform, functions=functions)


@dataclass(frozen=True)
class _Behaviour:
    """What tells one mistake from another.

    Attributes:
        shown: the graded function's outcomes; of a random one, the profile.
        drops_all: of a random one, see `labkit.calls.random_outputs.drops_all`.
    """

    shown: Sequence[Outcome | Profile]
    drops_all: bool | None = None


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
        self._known: dict[str, _Behaviour] = {}

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
                finding = Finding(words.requires(criterion.requires))
            results[criterion.name] = CriterionResult(
                criterion.name,
                finding is None,
                criterion.points if finding is None else 0.0,
                criterion.points,
                finding.message if finding else "",
            )
        passed = all(result.passed for result in results.values())
        errors = [error for trial in evidence.trials if (error := _own_error(trial))]
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
        seen = _behaviour(self.check, self.calls, outcomes)
        for mistake in self._mistakes:
            if _alike(self._behaviour_of(mistake), seen):
                hints.setdefault(mistake.hint, Hint(mistake.id, mistake.hint))
        return tuple(hints.values())

    def _behaviour_of(self, mistake: Mistake) -> _Behaviour:
        if mistake.id not in self._known:
            outcomes = perform(self.calls, {**self.check.reference, **mistake.functions})
            self._known[mistake.id] = _behaviour(self.check, self.calls, outcomes)
        return self._known[mistake.id]

    def _gather(self, run: Run) -> Evidence:
        trials = self._trials(self.calls, self.expected, run)
        evidence = Evidence(self.check, trials, _memory=self._memory)
        if self.check.follow_up is None or not self.check.follow_up.wanted(evidence):
            return evidence
        return replace(evidence, follow_up=self._trials(*self._further, run))

    @cached_property
    def _further(self) -> tuple[list[Call], list[Outcome]]:
        """The calls of the follow-up, and the reference's outcomes."""
        assert self.check.follow_up is not None
        calls = self.check.follow_up.calls(self.calls)
        return calls, self._reference(calls)

    def _trials(self, calls: Sequence[Call], expected: Sequence[Outcome], run: Run) -> tuple[Trial, ...]:
        triples = zip(calls, expected, run(calls), strict=True)
        return tuple(Trial(*triple, outputs=self.check.outputs) for triple in triples)


def _own_error(trial: Trial) -> CallError | None:
    """The exception that came out of the graded function's own code, if one did that should not have."""
    error = trial.actual.error
    return None if error is None or trial.expected.error or error.kind == NeededResultError.__name__ else error


def behaves_like(check: Check, calls: Sequence[Call], known: Sequence[Outcome], actual: Sequence[Outcome]) -> bool:
    """Whether two lists of outcomes of the same calls show the same behaviour; of a random function, its profile."""
    return _alike(_behaviour(check, calls, known), _behaviour(check, calls, actual))


def _behaviour(check: Check, calls: Sequence[Call], outcomes: Sequence[Outcome]) -> _Behaviour:
    pairs = zip(calls, outcomes, strict=True)
    if check.random is None:
        return _Behaviour([outcome for call, outcome in pairs if call.function == check.function])
    profiles = [o if o.error else profile_of(check, call, o) for call, o in pairs if call.group == PROFILE]
    return _Behaviour(profiles, drops_all(calls, outcomes, check.random))


def _alike(known: _Behaviour, actual: _Behaviour) -> bool:
    return may_drop_alike(known.drops_all, actual.drops_all) and all(map(_one_alike, known.shown, actual.shown))


def _one_alike(known: Outcome | Profile, actual: Outcome | Profile) -> bool:
    if isinstance(known, Profile) or isinstance(actual, Profile):
        return isinstance(known, Profile) and isinstance(actual, Profile) and not mismatches(known, actual)
    if known.error or actual.error:
        return bool(known.error and actual.error and known.error.form == actual.error.form)
    return _equal(known, actual)


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
        if (one is None) != (other is None):
            return False
        if any(each_difference(one, other)) or any(each_difference(other, one)):
            return False
    return True


def _generator(secret: bytes, name: str) -> np.random.Generator:
    digest = hashlib.blake2b(name.encode(), key=secret[:64], digest_size=16).digest()
    return np.random.default_rng(int.from_bytes(digest, "big"))
