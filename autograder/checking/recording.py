"""Record the public cases: what a right function and the known mistakes do, as numbers for the self-check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.checking.check import AnswerKey, Check, Function
from autograder.checking.judging import behaviour_of
from autograder.language import gettext, languages, speaking, without_numbers
from labkit.calls.call import Call, Outcome, perform
from labkit.calls.random_outputs import CERTAIN, DEFAULT, PROFILE, Profile, profile_of
from labkit.selfcheck import public_cases

PROFILE_COLUMNS = 40_000
"""Columns from which a random function's profile is recorded: many more than a self-check draws."""


def record(key: AnswerKey) -> dict[str, Any]:
    """Compute the public cases of an assignment, ready for `labkit.selfcheck.public_cases.write`."""
    checks = {check.name: _record_check(key, check) for check in key.checks}
    shown = [call["label"] for check in checks.values() for call in check["calls"]]
    named = [name for check in key.checks if check.random for name in check.random.outputs if " " in name]
    hints = [mistake["hint"] for check in checks.values() for mistake in check["mistakes"]]
    return {"assignment": key.assignment, "translations": _translations([*shown, *hints, *named]), "checks": checks}


def _translations(phrases: Sequence[str]) -> dict[str, dict[str, str]]:
    """Say the phrases in every language that there is, for the toolkit has no catalogue of an answer key's words."""
    known: dict[str, dict[str, str]] = {}
    for name in languages()[1:]:
        with speaking(name):
            said = {without_numbers(phrase): gettext(without_numbers(phrase)) for phrase in phrases}
        known[name] = {phrase: text for phrase, text in said.items() if text != phrase}
    return known


def _record_check(key: AnswerKey, check: Check) -> dict[str, Any]:
    calls = check.public()
    right = perform(calls, check.reference)
    right_behaviour = behaviour_of(check, calls, right)
    mistakes = []
    for mistake in key.mistakes_in(check):
        functions = {**check.reference, **mistake.functions}
        outcomes = perform(calls, functions)
        behaviour = behaviour_of(check, calls, outcomes)
        if right_behaviour.fits(behaviour) and behaviour.fits(right_behaviour):
            continue
        if check.random:  # known by its profile, by what it drops for certain, and by a default that it has not
            drops = any(share == 0 for share, _ in behaviour.shares.values())
            kept = [PROFILE, *[CERTAIN] * drops, *[DEFAULT] * bool(behaviour.refusal)]
            outcomes = [o if call.group in kept else Outcome() for call, o in zip(calls, outcomes, strict=True)]
        entries = _outcomes(check, calls, outcomes, functions, digits=9)
        mistakes.append({"id": mistake.id, "hint": mistake.hint, "outcomes": entries})
    return {
        "functions": list(check.functions),
        "parameters": list(check.parameters),
        "outputs": list(check.outputs),
        "random": public_cases.encode_random(check.random) if check.random else None,
        "calls": [public_cases.encode_call(call) for call in calls],
        "right": _outcomes(check, calls, right, dict(check.reference), digits=12),
        "mistakes": mistakes,
    }


def _outcomes(
    check: Check, calls: Sequence[Call], outcomes: Sequence[Outcome], functions: dict[str, Function], digits: int
) -> list[dict[str, Any]]:
    entries = []
    for call, outcome in zip(calls, outcomes, strict=True):
        profiled = call.group == PROFILE or (call.group == DEFAULT and outcome.value is not None)
        if check.random and profiled and outcome.error is None:
            entries.append({"profile": public_cases.encode_profile(_wide_profile(check, call, functions))})
        elif call.function != check.function:
            entries.append(public_cases.encode_outcome(Outcome(error=outcome.error)))
        else:
            entries.append(public_cases.encode_outcome(outcome, digits))
    return entries


def _wide_profile(check: Check, call: Call, functions: dict[str, Function]) -> Profile:
    """Take the profile from many more columns than the call has: its shares are then as good as exact."""
    args = tuple(
        np.repeat(arg[:, :1], PROFILE_COLUMNS, axis=1) if isinstance(arg, np.ndarray) else arg for arg in call.args
    )
    wide = replace(call, args=args)
    (outcome,) = perform([wide], functions)
    assert check.random is not None
    return profile_of(wide, outcome, check.random)
