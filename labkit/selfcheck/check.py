"""Judge a student's function on the public cases, in the notebook, before handing in.

The right outcomes are recorded as numbers in `public_cases.json`; nothing here can compute them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labkit.calls import words as calls_words
from labkit.calls.behaviour import Behaviour
from labkit.calls.call import Call, Outcome, has_stand_in, perform
from labkit.calls.diagnosis import Diagnosis
from labkit.calls.differences import differences, right_before
from labkit.calls.random_outputs import MISSING, Profile, RandomOutputs, mismatches, profile_of
from labkit.files import find_upward
from labkit.language import translated
from labkit.selfcheck import public_cases, words


@dataclass(frozen=True)
class Row:
    """A line of the self-check's table: the name of what was checked, and its problem, "" if it passed."""

    name: str
    problem: str = ""


def check(name: str, function: Callable[..., Any], *companions: Callable[..., Any]) -> None:
    """Judge a function on the public cases and print what passed and what did not.

    Args:
        name: name of the check, as the notebook has it.
        function: your function.
        companions: other functions of yours that the check calls as well; by default those of the notebook.
    """
    path = find_upward(public_cases.FILE_NAME)
    if path is None:
        print(words.no_cases())
        return
    cases = public_cases.read(path)["checks"]
    if name not in cases:
        print(words.unknown_check(name, list(cases)))
        return
    functions = (function, *companions)
    if not all(callable(item) for item in functions):
        print(words.not_a_function())
        return
    case = cases[name]
    names, notebook = case["functions"], sys._getframe(1).f_globals
    own = {item: notebook[item] for item in names[1:] if item in notebook}
    rows, hints = judge(case, {**own, **dict(zip(names, functions, strict=False))})
    print(_table(case["functions"][0], rows, hints))


def judge(case: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]]) -> tuple[list[Row], list[str]]:
    """Judge functions on one check's public cases.

    Args:
        case: the check's entry in the public cases.
        functions: name → function.

    Returns:
        The rows of the table, and the hints of known mistakes that behave the same.
    """
    prepared = prepare(case)
    outcomes = perform(prepared.calls, functions)
    rows = _rows(prepared, outcomes)
    first = [words.stand_in(case["functions"][-1])] if any(has_stand_in(c, outcomes) for c in prepared.calls) else []
    if not any(row.problem for row in rows):
        return rows, first
    known = {
        mistake["id"]: prepared.behaviour([public_cases.decode_known(outcome) for outcome in mistake["outcomes"]])
        for mistake in case["mistakes"]
    }
    hints = {mistake["id"]: mistake["hint"] for mistake in case["mistakes"]}
    explanations = Diagnosis(prepared.behaviour(prepared.right), known).explain(prepared.behaviour(outcomes))
    return rows, first + list(dict.fromkeys(hints[explanation.id] for explanation in explanations))


@dataclass(frozen=True)
class PreparedCase:
    """A check's public cases, decoded.

    Attributes:
        case: the check's entry in the public cases.
        calls: what to call.
        random: where the random outputs stand, if the function is random.
        right: what a right function does in each call.
    """

    case: Mapping[str, Any]
    calls: list[Call]
    random: RandomOutputs | None
    right: list[Outcome | Profile]

    @property
    def function(self) -> str:
        """Name of the checked function; the others are companions."""
        return str(self.case["functions"][0])

    def behaviour(self, outcomes: Sequence[Outcome | Profile]) -> Behaviour:
        """Describe the checked function by the outcomes of the calls."""
        return Behaviour.of(self.function, self.calls, outcomes, self.random)


_prepared: dict[int, PreparedCase] = {}
MAX_PREPARED = 64


def prepare(case: Mapping[str, Any]) -> PreparedCase:
    """Decode a check's public cases, once for the same object."""
    kept = _prepared.get(id(case))
    if kept is None or kept.case is not case:
        calls = [public_cases.decode_call(call) for call in case["calls"]]
        random = public_cases.decode_random(case["random"]) if case["random"] else None
        kept = PreparedCase(case, calls, random, [public_cases.decode_known(outcome) for outcome in case["right"]])
        if len(_prepared) >= MAX_PREPARED:
            _prepared.clear()
        _prepared[id(case)] = kept
    return kept


def _rows(prepared: PreparedCase, outcomes: Sequence[Outcome]) -> list[Row]:
    own = [item for call, item in zip(prepared.calls, outcomes, strict=True) if call.function == prepared.function]
    if all(_is_empty(outcome) or _computes_with_none(outcome) for outcome in own):
        return [Row(words.values(), words.not_finished())]
    case, random = prepared.case, prepared.random
    rows = []
    forms: list[str] = []
    changes: list[str] = []
    compared = False
    for call, known, actual in zip(prepared.calls, prepared.right, outcomes, strict=True):
        if call.function != prepared.function:
            continue
        right = Outcome() if isinstance(known, Profile) else known
        if right.error is not None or actual.error is not None:
            rows.append(Row(translated(call.label), _error_problem(right, actual)))
            continue
        compared = True
        if isinstance(known, Profile):
            assert random is not None
            rows.append(Row(translated(call.label), _profile_problem(known, profile_of(call, actual, random))))
        else:
            names = tuple(case["outputs"])
            different = differences(right.value, actual.value, names=names)
            wrong = [d for d in different if not d.is_form_only]
            fine = right_before(wrong[0], wrong, right.value, names) if wrong else []
            rows.append(Row(translated(call.label), calls_words.describe(wrong[0], right=fine) if wrong else ""))
            forms += [calls_words.describe(d) for d in different if d.is_form_only]
        changes += _change_problems(case["parameters"], right, actual)
    if compared:
        rows.append(Row(words.shapes(), forms[0] if forms else ""))
        rows.append(Row(words.arguments(), changes[0] if changes else ""))
    return rows


def _is_empty(outcome: Outcome) -> bool:
    value = outcome.value
    empty = value is None or (isinstance(value, tuple | list) and all(part is None for part in value))
    return empty and outcome.error is None


def _computes_with_none(outcome: Outcome) -> bool:
    """Tell whether a call failed because something that the student has to fill in is still None."""
    return outcome.error is not None and outcome.error.kind == "TypeError" and "NoneType" in outcome.error.message


def _error_problem(known: Outcome, actual: Outcome) -> str:
    if actual.error is None:
        return words.expected_error(known.error.kind if known.error else "")
    if known.error is not None and actual.error.is_a(known.error.kind):
        return ""
    return calls_words.describe_error(actual.error)


def _profile_problem(expected: Profile, actual: Profile) -> str:
    departures = mismatches(expected, actual)
    if not departures:
        return ""
    kind, name = departures[0]
    if kind == "value":
        return words.wrong_values(name)
    if kind == "variety":
        return words.too_few_values(name)
    if kind == "share":
        return words.wrong_share(name, expected.shares[name], actual.shares[name])
    form = actual.forms.get(name)
    if not form:
        return words.wrong_size()
    return words.missing_output(name) if form == MISSING else words.wrong_form(name, form)


def _change_problems(parameters: Sequence[str], known: Outcome, actual: Outcome) -> list[str]:
    problems = []
    for position, name in enumerate(parameters):
        if position in actual.changed and position not in known.changed:
            problems.append(words.changed_input(name))
        elif position in known.changed and position not in actual.changed:
            problems.append(words.not_changed_input(name))
        elif position in known.changed:
            different = differences(known.changed[position], actual.changed[position], where=name)
            problems += [calls_words.describe(d) for d in different]
    return problems


def _table(function: str, rows: Sequence[Row], hints: Sequence[str]) -> str:
    passed = not any(row.problem for row in rows)
    width = max(len(row.name) for row in rows) + 2
    lines = [function]
    lines += [f"  {'✗' if row.problem else '✓'} {row.name:<{width}}{row.problem}".rstrip() for row in rows]
    lines += [words.hint(hint) for hint in hints]
    lines.append(words.public_passed() if passed else words.public_failed())
    return "\n".join(lines)
