"""A known mistake is named in every guise: other words, other habits of storing, other forms."""

from __future__ import annotations

import pytest

from autograder.assignments import answer_key, names
from autograder.checking.check import AnswerKey, Check, Function, Mistake
from autograder.checking.judging import PreparedCheck, run_here
from autograder.checking.planting import Guise
from autograder.checking.recording import record
from labkit.selfcheck.check import judge as judge_publicly

SECRET = b"another secret, thirty-two bytes"
KEYS = {name: answer_key(name) for name in names()}
PUBLIC = {name: record(key)["checks"] for name, key in KEYS.items()}


def _hints(key: AnswerKey, check: Check, function: Function) -> list[str]:
    run = run_here({**check.reference, check.function: function})
    return [hint.hint for hint in _prepared(key, check).judge(run).mistakes]


_memory: dict[str, PreparedCheck] = {}


def _prepared(key: AnswerKey, check: Check) -> PreparedCheck:
    if check.name not in _memory:
        _memory[check.name] = PreparedCheck(key, check, SECRET)
    return _memory[check.name]


pytestmark = pytest.mark.slow

CASES = [
    pytest.param(key, check, mistake, guise, id=f"{check.name}-{mistake.id}-{guise.name}")
    for key in KEYS.values()
    for check in key.checks
    for number, mistake in enumerate(key.mistakes_in(check))
    if check.function in mistake.functions
    for guises in [key.guises.get(check.function, ())]
    if guises
    for guise in guises[number % len(guises) :][:1]  # verify tries them all
]


@pytest.mark.parametrize(("key", "check", "mistake", "guise"), CASES)
def test_a_known_mistake_keeps_its_hint_in_another_guise(
    key: AnswerKey, check: Check, mistake: Mistake, guise: Guise
) -> None:
    function = mistake.functions[check.function]
    assert mistake.hint in _hints(key, check, guise.wrap(function))
    functions = {**check.reference, check.function: function}
    case = PUBLIC[key.assignment][check.name]
    if mistake.hint in judge_publicly(case, functions)[1]:
        assert mistake.hint in judge_publicly(case, {**functions, check.function: guise.wrap(function)})[1]
