"""Judge a student's function on the public cases, in the notebook, before handing in.

The right outcomes are recorded as numbers in `public_cases.json`; nothing here can compute them.
"""

from __future__ import annotations

import contextlib
import functools
import random
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from labkit.calls import words as calls_words
from labkit.calls.behaviour import Behaviour
from labkit.calls.call import Call, Outcome, has_stand_in, is_doubtful, perform, student_lines
from labkit.calls.diagnosis import ERROR, Diagnosis, Explanation
from labkit.calls.differences import differences, right_before
from labkit.calls.error_hints import first_error_hint
from labkit.calls.random_outputs import MISSING, Profile, RandomOutputs, mismatches, profile_of
from labkit.calls.unfilled import computes_with_none, none_parts, returns_nothing
from labkit.files import find_upward
from labkit.language import translated
from labkit.say import say
from labkit.selfcheck import public_cases, words
from labkit.selfcheck.report import Report, Row, show
from labkit.selfcheck.source import is_stale, returns_something

PATIENCE = 10.0
"""Seconds after which a self-check that still runs says so."""


MAX_POSSIBLE = 3
"""Numbers that a row of the table names as possible."""


class Stopped(KeyboardInterrupt):
    """The student stopped a function that does not end; a notebook shows the text in place of a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def check(name: str, function: Callable[..., Any], *companions: Callable[..., Any]) -> None:
    """Judge a function on the public cases and show what is right and what is not.

    Args:
        name: name of the check, as the notebook has it.
        function: your function.
        companions: other functions of yours that the check calls as well; by default those of the notebook.

    Raises:
        Stopped: you interrupted it; the text names the line of your function.
    """
    case, problem = find_case(name)
    if case is None:
        say(problem)
        return
    functions = (function, *companions)
    if not all(callable(item) for item in functions):
        say(words.not_a_function())
        return
    notebook = sys._getframe(1).f_globals
    own = {item: notebook[item] for item in case["functions"][1:] if item in notebook}
    named = {**own, **dict(zip(case["functions"], functions, strict=False))}
    with _word_when_slow():
        try:
            report = examine(case, named)
        except KeyboardInterrupt as interrupt:
            lines = student_lines(interrupt, function)
            raise Stopped(words.stopped(lines[-1] if lines else "")) from None
    stale = [words.stale(item) for item, value in named.items() if is_stale(item, value, notebook)]
    show(replace(report, causes=[*stale, *report.causes]))


def example(name: str) -> tuple[Any, ...]:
    """Return the arguments of the first public case that your function fails; of the first case if it fails none.

    Each call returns fresh copies, so they may be changed. A cache comes from your own forward pass, or, where that
    gives none, is the recommended cache.

    Args:
        name: name of the check, as in `labkit.check`.

    Raises:
        LookupError: there is no such check.
    """
    case, problem = find_case(name)
    if case is None:
        raise LookupError(problem)
    notebook = sys._getframe(1).f_globals
    functions = {item: notebook[item] for item in case["functions"] if callable(notebook.get(item))}
    calls = prepare(case).calls
    checked = case["functions"][0]
    at = next(number for number, call in enumerate(calls) if call.function == checked)
    if checked in functions:
        at = next((row.call for row in examine(case, functions).rows if row.problem and row.call is not None), at)
    given: tuple[Any, ...] = ()
    number = 0

    def note(*args: Any) -> Any:
        nonlocal given, number
        number += 1
        if number == sum(call.function == checked for call in calls[: at + 1]):
            given = args
            return None
        return functions[checked](*args) if checked in functions else None

    perform(calls[: at + 1], {**functions, checked: note})
    print(words.example(translated(calls[at].label)))
    return given


def find_case(name: str) -> tuple[Mapping[str, Any] | None, str]:
    """Find a check in the public cases beside the notebook; None, and why, where it is not there."""
    path = find_upward(public_cases.FILE_NAME)
    if path is None:
        return None, words.no_cases()
    cases = public_cases.read(path)["checks"]
    return cases.get(name), "" if name in cases else words.unknown_check(name, list(cases))


def unproven(functions: Mapping[str, Callable[..., Any]]) -> list[str]:
    """Name the functions that fail a self-check; those that none is about, and all where there are no cases, pass.

    The random state stays as it is, so that an experiment may ask.

    Args:
        functions: name → function, companions among them.
    """
    path = find_upward(public_cases.FILE_NAME)
    cases = list(public_cases.read(path)["checks"].values()) if path is not None else []
    states = np.random.get_state(), random.getstate()
    try:
        return [n for n in functions if any(c["functions"][0] == n and not _passes(c, functions) for c in cases)]
    finally:
        np.random.set_state(states[0])
        random.setstate(states[1])


def _passes(case: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]]) -> bool:
    prepared = prepare(case)
    rows, _ = _rows(prepared, perform(prepared.calls, functions), functions.get(prepared.function))
    return not any(row.problem for row in rows)


def judge(case: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]]) -> tuple[list[Row], list[str]]:
    """Judge functions on one check's public cases; return the rows and the hints of `examine`."""
    report = examine(case, functions)
    return list(report.rows), list(report.hints)


def examine(case: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]]) -> Report:
    """Judge functions on one check's public cases.

    Args:
        case: the check's entry in the public cases.
        functions: name → function.

    Returns:
        The rows of the table, with the hints of known mistakes that behave the same.
    """
    prepared = prepare(case)
    printed: list[str] = []
    outcomes = perform(prepared.calls, functions, printed)
    name = prepared.function
    rows, cause = _rows(prepared, outcomes, functions.get(name))
    first = [words.stand_in(case["functions"][-1])] if any(has_stand_in(c, outcomes) for c in prepared.calls) else []
    if any(not row.judged and row.call is not None and is_doubtful(prepared.calls[row.call], outcomes) for row in rows):
        first.append(words.longer_cache())
    if not any(row.problem for row in rows):
        return Report(name, rows, first)
    if rows[0].name == words.values():  # nothing is filled in, so nothing was checked with anything
        first = []
    failed = next((row.call for row in rows if row.problem and row.call is not None), None)
    known = {
        mistake["id"]: prepared.behaviour([public_cases.decode_known(outcome) for outcome in mistake["outcomes"]])
        for mistake in case["mistakes"]
    }
    hints = {mistake["id"]: mistake["hint"] for mistake in case["mistakes"]}
    explanations = Diagnosis(prepared.behaviour(prepared.right), known).explain(prepared.behaviour(outcomes))
    said = dict.fromkeys(hints[explanation.id] for explanation in explanations)
    error = _error_hint(prepared, outcomes, functions, explanations)
    shown = [*first, *said, *([error] if error else [])]
    return Report(name, rows, shown, [cause] if cause else [], printed[failed] if failed is not None else "")


def _error_hint(
    prepared: PreparedCase,
    outcomes: Sequence[Outcome],
    functions: Mapping[str, Callable[..., Any]],
    explanations: Sequence[Explanation],
) -> str:
    """Say what the first exception means, unless a known mistake explains it."""
    explained = any(explanation.whole or (ERROR, "numbers") in explanation.facets for explanation in explanations)
    if explained:
        return ""
    case, function = prepared.case, functions.get(prepared.function)
    code = getattr(function, "__code__", None)
    names = [
        *case["parameters"],
        *(output for output in case["outputs"] if isinstance(output, str)),
        *(code.co_varnames if code else ()),
    ]
    names += [name for name in getattr(function, "__globals__", {}) if not name.startswith("_")]
    trials = [
        (call, Outcome() if isinstance(right, Profile) else right, actual)
        for call, right, actual in zip(prepared.calls, prepared.right, outcomes, strict=True)
        if not has_stand_in(call, outcomes)
    ]
    calls, right, actual = zip(*trials, strict=True) if trials else ((), (), ())
    return first_error_hint(prepared.function, calls, right, actual, names)


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
        spec = public_cases.decode_random(case["random"]) if case["random"] else None
        kept = PreparedCase(case, calls, spec, [public_cases.decode_known(outcome) for outcome in case["right"]])
        if len(_prepared) >= MAX_PREPARED:
            _prepared.clear()
        _prepared[id(case)] = kept
    return kept


def _rows(
    prepared: PreparedCase, outcomes: Sequence[Outcome], function: Callable[..., Any] | None
) -> tuple[list[Row], str]:
    """Judge the outcomes of the calls; say, too, what is not filled in, if that is so."""
    case, spec = prepared.case, prepared.random
    own = [
        (number, call, known, actual)
        for number, (call, known, actual) in enumerate(zip(prepared.calls, prepared.right, outcomes, strict=True))
        if call.function == prepared.function
    ]
    usual = [actual for _, _, known, actual in own if isinstance(known, Profile) or known.error is None]
    if returns_nothing(usual) or computes_with_none(usual):
        missing = returns_nothing(usual) and function is not None and not returns_something(function)
        return [Row(words.values(), words.no_return() if missing else words.not_finished(), call=own[0][0])], ""
    names = tuple(case["outputs"])
    values = [outcome.value for outcome in usual if outcome.error is None]
    parts = none_parts(next((known.value for _, _, known, _ in own if isinstance(known, Outcome)), None), values, names)
    rows: list[Row] = []
    told: set[object] = set()
    forms: list[str] = []
    changes: list[str] = []
    shaped = compared = False
    for number, call, known, actual in own:
        right = Outcome() if isinstance(known, Profile) else known
        label = translated(call.label)
        reason: object = ""
        if right.error is not None or actual.error is not None:
            problem = _error_problem(right, actual)
            reason = problem and actual.error and actual.error.form
        elif isinstance(known, Profile):
            assert spec is not None
            problem = _profile_problem(known, profile_of(call, actual, spec), spec.masks)
            shaped = compared = True
        else:
            different = differences(right.value, actual.value, names=names)
            wrong = [d for d in different if not d.is_form_only]
            fine = right_before(wrong[0], wrong, right.value, names) if wrong else []
            problem = calls_words.describe(wrong[0], right=fine) if wrong else ""
            if wrong and wrong[0].kind == "none" and wrong[0].where in parts:
                reason = words.still_none(parts)  # the same in each call, whatever shape belongs there
            forms += [calls_words.describe(d) for d in different if d.is_form_only]
            shaped = (shaped or not compared) and all(d.kind in ("value", "nan", "shape") for d in different)
            compared = True
        if problem and is_doubtful(call, outcomes):
            rows.append(Row(label, call=number, judged=False))
            continue
        reason = reason or problem
        rows.append(Row(label, call=number, judged=False) if reason in told else Row(label, problem, call=number))
        told |= {reason} - {""}
        if actual.error is None and right.error is None:
            changes += _change_problems(case["parameters"], right, actual)
    if compared:
        rows.append(Row(words.shapes(), forms[0] if forms else "", judged=shaped))
        rows.append(Row(words.arguments(), changes[0] if changes else "", judged=not parts))
    return rows, words.still_none(parts) if parts else ""


def _error_problem(known: Outcome, actual: Outcome) -> str:
    if actual.error is None:
        return words.expected_error(known.error.kind if known.error else "")
    if known.error is not None and actual.error.is_a(known.error.kind):
        return ""
    return calls_words.describe_error(actual.error)


def _profile_problem(expected: Profile, actual: Profile, masks: Sequence[str]) -> str:
    departures = mismatches(expected, actual)
    if not departures:
        return ""
    kind, name = departures[0]
    if kind == "value":
        return _value_problem(name, expected, actual, is_mask=name in masks)
    if kind == "variety":
        return words.too_few_values(name)
    if kind == "share":
        return words.wrong_share(name, expected.shares[name], actual.shares[name])
    form = actual.forms.get(name)
    if not form:
        return words.wrong_size()
    return words.missing_output(name) if form == MISSING else words.wrong_form(name, calls_words.form(form))


def _value_problem(name: str, expected: Profile, actual: Profile, *, is_mask: bool) -> str:
    """Name a number in an output of equal examples that a right function never gives there."""
    names = list(expected.sizes)
    start = sum(expected.sizes[before] for before in names[: names.index(name)])
    for unit in range(expected.sizes[name]):
        possible = np.unique(expected.columns[:, start + unit])
        for number in actual.columns[:, start + unit]:
            if not np.isclose(number, possible).any():
                return words.strange_number(name, unit, number, [] if is_mask else list(possible[:MAX_POSSIBLE]))
    return words.wrong_values(name)


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


@contextlib.contextmanager
def _word_when_slow() -> Iterator[None]:
    """Say after a while that a function still runs; where there are no threads, say nothing."""
    timer = threading.Timer(
        PATIENCE, functools.partial(print, words.still_running(PATIENCE), file=sys.stdout, flush=True)
    )
    timer.daemon = True
    with contextlib.suppress(RuntimeError):
        timer.start()
    try:
        yield
    finally:
        timer.cancel()
