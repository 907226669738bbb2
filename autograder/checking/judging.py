"""Judge a student's functions: draw the probes, have them called, judge each criterion, diagnose the mistake."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import Any

import numpy as np

from autograder.checking import words
from autograder.checking.behaviours import KeptBehaviour, keep_behaviour, token_of
from autograder.checking.check import (
    AnswerKey,
    Check,
    Criterion,
    Evidence,
    Finding,
    Function,
    Mistake,
    Run,
    Trial,
)
from autograder.checking.relations import Relations, output_name
from autograder.checking.verdict import ERROR_HINT, CriterionResult, Hint, Verdict
from labkit.calls.behaviour import Behaviour
from labkit.calls.call import Call, CallError, NeededResultError, Outcome, has_stand_in, perform
from labkit.calls.diagnosis import Diagnosis, Explanation
from labkit.calls.error_hints import first_error_hint
from labkit.calls.unfilled import computes_with_none, none_parts, returns_nothing
from labkit.calls.words import describe_error

Earlier = Mapping[str, Verdict | None]
"""The verdicts on the earlier checks of a notebook, by name; None on a check that could not be judged."""


def run_here(functions: Mapping[str, Function]) -> Run:
    """Make calls in this process: for trusted functions, and in a notebook's kernel."""
    return partial(perform, functions=functions)


class PreparedCheck:
    """A check with its probes and the reference's outcomes: made once, used for a whole class.

    Args:
        key: the answer key that the check belongs to.
        check: the check.
        secret: the course secret; the probes are a pure function of it and the check's name.
    """

    def __init__(self, key: AnswerKey, check: Check, secret: bytes) -> None:
        self.check = check
        self.calls = check.probes(_generator(secret, check.name))
        self._key, self._secret = key, secret
        self._reference = run_here(check.reference)
        self.expected = self._reference(self.calls)
        self._mistakes = key.mistakes_in(check)
        self._shares = key.shares
        self._memory: dict[str, Any] = {}
        self._missed: dict[str, frozenset[str]] = {}

    def judge(self, run: Run, earlier: Earlier | None = None) -> Verdict:
        """Judge the functions behind `run`.

        Args:
            run: makes the calls; its outcomes are not trusted.
            earlier: the verdicts on the earlier checks of the same notebook; None on one that could not be judged.

        Returns:
            The verdict; it depends on the outcomes and on the earlier verdicts only.
        """
        earlier = earlier or {}
        evidence = self._gather(run, earlier)
        findings = self._findings(evidence)
        notes = list(self.check.notes(evidence)) if self.check.notes else []
        for criterion in self.check.criteria:
            finding = findings[criterion.name]
            if finding and _is_charged(criterion, finding, earlier):
                notes.append(words.charged_before(finding.message))
                findings[criterion.name] = None
        outcomes = [trial.actual for trial in evidence.trials]
        own = [trial for trial in evidence.trials if trial.call.function == self.check.function]
        usual = [trial for trial in own if trial.expected.error is None]
        nothing = _nothing_judged(self.check, [trial.actual for trial in usual])
        errors = [error for trial in own if (error := _own_error(trial, outcomes))]
        if not nothing and errors and len({error.form for error in errors}) == 1 and len(errors) == len(usual):
            nothing = describe_error(errors[0])
        missed = frozenset(name for name, finding in findings.items() if finding)
        actual = behaviour_of(self.check, self.calls, outcomes) if missed else None
        explained = self._explain(actual) if actual else []
        fitting = [mistake for mistake, _ in explained]
        whole = all(explanation.whole for _, explanation in explained)
        shares = self._shares_kept(fitting, missed) if whole else {}
        if nothing == words.not_defined(self.check.function):
            errors = []
        raised = bool(errors) and nothing == describe_error(errors[0])
        tellable = missed and (raised or not nothing)
        further = self._further_hints(evidence.trials, explained) if tellable else ()
        empty = _empty_parts(self.check, usual)
        pictures = [finding.picture for finding in findings.values() if finding and finding.picture]
        return Verdict(
            self.check.name,
            self.check.function,
            self._results(findings, shares, nothing, empty),
            mistakes=_hints(fitting) + further,
            error=errors[0] if errors and missed else None,
            picture=pictures[0] if pictures else None,
            cause="" if raised else nothing or (words.still_none(empty) if empty else ""),
            notes=tuple(notes),
            behaviour=self._kept(actual, missed) if actual else None,
        )

    def diagnose(self, outcomes: Sequence[Outcome]) -> tuple[Hint, ...]:
        """Find the known mistakes that explain these outcomes on every probe; mistakes with the same hint once."""
        return _hints([mistake for mistake, _ in self._explain(behaviour_of(self.check, self.calls, outcomes))])

    def _explain(self, actual: Behaviour) -> list[tuple[Mistake, Explanation]]:
        mistakes = {mistake.id: mistake for mistake in self._mistakes}
        explanations = self._diagnosis.explain(actual)
        return [(mistakes[explanation.id], explanation) for explanation in explanations]

    def _further_hints(
        self, trials: Sequence[Trial], explained: Sequence[tuple[Mistake, Explanation]]
    ) -> tuple[Hint, ...]:
        """Say what can be said of exceptions and outputs that no known mistake explains."""
        if any(explanation.whole for _, explanation in explained) or (explained and self.check.random):
            return ()
        names = {name for _, explanation in explained for name, _ in explanation.facets}
        raises = any(self._diagnosis.raises(mistake.id) for mistake, _ in explained)
        text = "" if raises else self._error_hint(trials)
        errors = (Hint(ERROR_HINT, text),) if text else ()
        return errors + self._relations.hints(trials, {output_name(self.check, name) for name in names})

    def _error_hint(self, trials: Sequence[Trial]) -> str:
        check, outcomes = self.check, [trial.actual for trial in trials]
        own = [trial for trial in trials if not has_stand_in(trial.call, outcomes)]
        calls, expected, actual = zip(*((t.call, t.expected, t.actual) for t in own), strict=True) if own else ((),) * 3
        names = [*check.parameters, *(output for output in check.outputs if isinstance(output, str))]
        return first_error_hint(check.function, calls, expected, actual, names)

    @cached_property
    def _relations(self) -> Relations:
        return Relations(self.check, self.calls, self.expected, self._reference)

    @cached_property
    def _diagnosis(self) -> Diagnosis:
        """What a right function and each known mistake do with the probes."""
        functions = {mistake.id: {**self.check.reference, **mistake.functions} for mistake in self._mistakes}
        known = {id: behaviour_of(self.check, self.calls, perform(self.calls, f)) for id, f in functions.items()}
        return Diagnosis(self._right, known)

    @cached_property
    def _right(self) -> Behaviour:
        return behaviour_of(self.check, self.calls, self.expected)

    @cached_property
    def _token(self) -> str:
        return token_of(self._secret, self.check.name, self.calls)

    def _kept(self, actual: Behaviour, missed: frozenset[str]) -> KeptBehaviour | None:
        """Reduce what a wrong function did to what is kept of it."""
        names = [criterion.name for criterion in self.check.criteria if criterion.name in missed]
        return keep_behaviour(self._token, self._right, actual, self._diagnosis.departures(actual), names)

    def _findings(self, evidence: Evidence) -> dict[str, Finding | None]:
        """Judge each criterion; one whose required criterion is missed is missed too."""
        findings: dict[str, Finding | None] = {}
        for criterion in self.check.criteria:
            finding = criterion.judge(evidence)
            if finding is None and criterion.requires and findings[criterion.requires]:
                finding = Finding(words.requires(criterion.requires))
            findings[criterion.name] = finding
        return findings

    def _results(
        self,
        findings: Mapping[str, Finding | None],
        shares: Mapping[str, float],
        nothing: str,
        empty: Sequence[str],
    ) -> tuple[CriterionResult, ...]:
        """Turn findings into results; one reason is told once, and what could not be judged for it is marked so.

        Args:
            findings: criterion → why it is not met.
            shares: criterion → the share that is kept of it.
            nothing: why nothing at all could be judged, if that is so.
            empty: the outputs that are None in every call: one reason, whichever of them a criterion meets first.
        """
        results = []
        told: dict[object, str] = {}
        for criterion in self.check.criteria:
            finding = findings[criterion.name]
            if finding is None:
                results.append(CriterionResult(criterion.name, True, criterion.points, criterion.points))
                continue
            points = round(shares.get(criterion.name, 0.0) * criterion.points, 2)
            follows = bool(criterion.requires) and finding.message == words.requires(criterion.requires)
            reason: object = nothing or (finding.error.form if finding.error else finding.message)
            if finding.empty in empty and not nothing:
                reason = words.still_none(empty)
            judged = not (nothing or follows or reason in told or _is_hindered(finding))
            message = words.same_as(told[reason]) if reason in told else nothing or finding.message
            if not follows or nothing:
                told.setdefault(reason, criterion.name)
            if points:
                message, judged = words.partly(points, criterion.points, finding.message), True
            results.append(CriterionResult(criterion.name, False, points, criterion.points, message, judged))
        return tuple(results)

    def _shares_kept(self, fitting: Sequence[Mistake], missed: frozenset[str]) -> dict[str, float]:
        """Find the share of each missed criterion that is kept because a known mistake explains what is missed.

        A mistake explains it only if it misses the same criteria on these probes. Where several mistakes fit, the
        smallest share counts, which is none where one of them has none.
        """
        if not any(mistake.id in self._shares for mistake in fitting):
            return {}
        if any(self._missed_by(mistake) != missed for mistake in fitting):
            return {}
        return {name: min(self._shares.get(m.id, {}).get(name, 0.0) for m in fitting) for name in missed}

    def _missed_by(self, mistake: Mistake) -> frozenset[str]:
        if mistake.id not in self._missed:
            evidence = self._gather(run_here({**self.check.reference, **mistake.functions}), {})
            self._missed[mistake.id] = frozenset(name for name, f in self._findings(evidence).items() if f)
        return self._missed[mistake.id]

    def _gather(self, run: Run, earlier: Earlier) -> Evidence:
        follow_up = self.check.follow_up
        alone = follow_up is not None and earlier.get(follow_up.relies_on, ...) is None
        trials = self._trials(self._alone if alone else self.calls, self.expected, run)
        evidence = Evidence(self.check, trials, _memory=self._memory)
        if follow_up is None or alone or not follow_up.needed(evidence):
            return evidence
        confirmed = self._confirmed(run, earlier)
        return replace(evidence, follow_up=self._trials(*self._further, run), confirmed=confirmed)

    def _confirmed(self, run: Run, earlier: Earlier) -> Verdict | None:
        """Judge again what the follow-up relies on; None if it no longer behaves as it was judged."""
        if self._relied_on is None:
            return None
        now = self._relied_on.judge(run)
        return now if earlier.get(now.check, now) == now else None

    @cached_property
    def _relied_on(self) -> PreparedCheck | None:
        name = self.check.follow_up.relies_on if self.check.follow_up else ""
        check = next((check for check in self._key.checks if check.name == name), None)
        return PreparedCheck(self._key, check, self._secret) if check else None

    @cached_property
    def _alone(self) -> list[Call]:
        """The calls with names for the companions that no function has, so that none is called."""
        return [
            call if call.function == self.check.function else replace(call, function=f"no {call.function}")
            for call in self.calls
        ]

    @cached_property
    def _further(self) -> tuple[list[Call], list[Outcome]]:
        """The calls of the follow-up, and the reference's outcomes."""
        assert self.check.follow_up is not None
        calls = self.check.follow_up.calls(self.calls)
        return calls, self._reference(calls)

    def _trials(self, calls: Sequence[Call], expected: Sequence[Outcome], run: Run) -> tuple[Trial, ...]:
        triples = zip(calls, expected, run(calls), strict=True)
        return tuple(Trial(*triple, outputs=self.check.outputs) for triple in triples)


def _is_hindered(finding: Finding) -> bool:
    """Tell whether a finding is that a call could not be made, for want of an earlier function's result."""
    return finding.error is not None and finding.error.kind == NeededResultError.__name__


def _nothing_judged(check: Check, outcomes: Sequence[Outcome]) -> str:
    """Say why no call gave anything to judge, where the function is missing or not filled in."""
    errors = [outcome.error for outcome in outcomes if outcome.error is not None]
    if outcomes and all(error.is_missing(check.function) for error in errors) and len(errors) == len(outcomes):
        return words.not_defined(check.function)
    if returns_nothing(outcomes):
        return words.returns_none()
    if computes_with_none(outcomes):
        return words.computes_with_none()
    return ""


def _empty_parts(check: Check, trials: Sequence[Trial]) -> list[str]:
    """Name the outputs that are None in every call."""
    values = [trial.actual.value for trial in trials if trial.actual.error is None]
    return none_parts(trials[0].expected.value, values, check.outputs) if trials else []


def _hints(mistakes: Sequence[Mistake]) -> tuple[Hint, ...]:
    """List the hints of mistakes, each once."""
    hints: dict[str, Hint] = {}
    for mistake in mistakes:
        hints.setdefault(mistake.hint, Hint(mistake.id, mistake.hint))
    return tuple(hints.values())


def _own_error(trial: Trial, outcomes: Sequence[Outcome]) -> CallError | None:
    """Return the exception that the function raised, unless it should, or an earlier function may have caused it."""
    error = trial.actual.error
    if error is None or trial.expected.error or error.kind == NeededResultError.__name__:
        return None
    return None if has_stand_in(trial.call, outcomes) else error


def _is_charged(criterion: Criterion, finding: Finding, earlier: Earlier) -> bool:
    """Tell whether the same finding has cost points in an earlier check."""
    if criterion.charged_in is None or not finding.once:
        return False
    check, name = criterion.charged_in
    verdict = earlier.get(check)
    results = verdict.criteria if verdict else ()
    return any(result.name == name and finding.message in result.message for result in results)


def behaviour_of(check: Check, calls: Sequence[Call], outcomes: Sequence[Outcome]) -> Behaviour:
    """Describe the graded function by the outcomes of calls."""
    return Behaviour.of(check.function, calls, outcomes, check.random)


def _generator(secret: bytes, name: str) -> np.random.Generator:
    digest = hashlib.blake2b(name.encode(), key=secret[:64], digest_size=16).digest()
    return np.random.default_rng(int.from_bytes(digest, "big"))
