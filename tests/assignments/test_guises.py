"""A known mistake is named in every guise: other words, other habits of storing, other forms."""

from __future__ import annotations

import pytest

from autograder.assignments import answer_key, names
from autograder.checking.check import Check, Function, Mistake
from autograder.checking.judging import run_here
from autograder.checking.planting import Guise
from labkit.selfcheck.check import judge as judge_publicly
from tests.helpers.answer_keys import prepared, public_case

SECRET = b"another secret, thirty-two bytes"
KEYS = {name: answer_key(name) for name in names()}


def _hints(check: Check, function: Function) -> list[str]:
    run = run_here({**check.reference, check.function: function})
    return [hint.hint for hint in prepared(check.name, SECRET).judge(run).mistakes]


pytestmark = pytest.mark.slow

CASES = [
    pytest.param(check, mistake, guise, id=f"{check.name}-{mistake.id}-{guise.name}")
    for key in KEYS.values()
    for check in key.checks
    for number, mistake in enumerate(key.mistakes_in(check))
    if check.function in mistake.functions
    for guises in [key.guises.get(check.function, ())]
    if guises
    for guise in guises[number % len(guises) :][:1]  # verify tries them all
]


@pytest.mark.parametrize(("check", "mistake", "guise"), CASES)
def test_a_known_mistake_keeps_its_hint_in_another_guise(check: Check, mistake: Mistake, guise: Guise) -> None:
    function = mistake.functions[check.function]
    assert mistake.hint in _hints(check, guise.wrap(function))
    functions = {**check.reference, check.function: function}
    case = public_case(check.name)
    if mistake.hint in judge_publicly(case, functions)[1]:
        assert mistake.hint in judge_publicly(case, {**functions, check.function: guise.wrap(function)})[1]
