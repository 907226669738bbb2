"""Plant a known mistake into the right answers of all styles: it must be named in each, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from autograder.assignments import answer_key
from autograder.checking.check import Check, Function
from autograder.checking.judging import run_here
from autograder.checking.planting import Guise, Slip
from autograder.checking.recording import record
from autograder.course.course import Course
from autograder.verify import words
from autograder.verify.mutants import prepare
from autograder.verify.solution import load_solution, with_function
from labkit.selfcheck.check import judge as judge_publicly

T = TypeVar("T")

MIN_PLANTED = 0.75
"""The least share of the right answers, over all slips, that a slip must apply to."""
FORM = ("shape", "scalar")
"""Criteria that a guise may lose, with no other mistake beside it."""


@dataclass(frozen=True)
class Planted:
    """What became of a mistake planted into the right answers.

    Attributes:
        planted: right answers that the slip applies to.
        styles: all right answers of the function.
        judged: functions judged, guises included.
        named_publicly: how many of them the self-check names as well.
        failures: what was not named, or named wrongly.
    """

    planted: int
    styles: int
    judged: int
    named_publicly: int
    failures: tuple[str, ...]


def try_slip(task: tuple[Course, str, int, bytes, int | None]) -> Planted:
    """Plant a slip into each right answer, and put one of them into each guise.

    Args:
        task: the course, the assignment, the number of the slip in its answer key, what the probes are drawn from,
            and how many right answers and guises to take, beginning elsewhere with each slip; None for all.
    """
    course, assignment, number, secret, some = task
    key = answer_key(assignment)
    slip = key.slips[number]
    base = load_solution(course, assignment).namespace
    wrong = {
        style: with_function(base, source)[slip.of]
        for style, answer in key.right_answers.get(slip.of, {}).items()
        if (source := slip.plant(answer)) is not None
    }
    tried: list[tuple[str, Function, Guise | None]] = [
        (style, function, None) for style, function in _some(list(wrong.items()), number, some)
    ]
    guises = _some(key.guises.get(slip.of, ()), number, some)
    if wrong:
        style, function = list(wrong.items())[number % len(wrong)]
        tried += [(style, guise.wrap(function), guise) for guise in guises]
    failures: list[str] = []
    publicly = 0
    for style, function, guise in tried:
        failures += _failures(assignment, slip, style, function, guise, secret)
        publicly += _is_named_publicly(assignment, slip, function)
    return Planted(len(wrong), len(key.right_answers.get(slip.of, {})), len(tried), publicly, tuple(failures))


def _some(things: Sequence[T], first: int, count: int | None) -> Sequence[T]:
    """Take `count` things in turn, or all."""
    if count is None or not things:
        return things
    first %= len(things)
    return [*things[first:], *things[:first]][:count]


def _failures(
    assignment: str, slip: Slip, style: str, function: Function, guise: Guise | None, secret: bytes
) -> Iterator[str]:
    habit = guise.name if guise else ""
    loses = False
    for check, hints in _checks(assignment, slip.of, slip.ids):
        verdict = prepare(assignment, check.name, secret).judge(run_here({**check.reference, slip.of: function}))
        of_form = (
            {hint for _, hints_of_form in _checks(assignment, slip.of, guise.adds) for hint in hints_of_form}
            if guise
            else set()
        )
        missed = {result.name for result in verdict.criteria if not result.passed}
        if not missed or (guise and guise.adds and missed <= set(FORM)):
            continue
        loses = True
        named = {hint.hint: hint.id for hint in verdict.mistakes}
        if not hints & named.keys() or named.keys() - hints - of_form:
            yield words.planted_wrongly_named(slip.ids[0], style, habit, check.name, ", ".join(named.values()))
    if not loses:
        yield words.planted_for_free(slip.ids[0], style, habit)


def _is_named_publicly(assignment: str, slip: Slip, function: Function) -> bool:
    return any(
        hints & set(judge_publicly(_public_cases(assignment)[check.name], {**check.reference, slip.of: function})[1])
        for check, hints in _checks(assignment, slip.of, slip.ids)
    )


def _checks(assignment: str, function: str, ids: tuple[str, ...]) -> Iterator[tuple[Check, set[str]]]:
    """Go through the checks of a function, with the hints of these mistakes in them."""
    key = answer_key(assignment)
    for check in key.checks:
        if check.function == function:
            yield check, {mistake.hint for mistake in key.mistakes_in(check) if mistake.id in ids}


@cache
def _public_cases(assignment: str) -> dict[str, dict[str, object]]:
    cases: dict[str, dict[str, object]] = record(answer_key(assignment))["checks"]
    return cases
