"""A known mistake is named in every guise: other words, other habits of storing, other forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.assignments import answer_key, names
from autograder.checking.check import AnswerKey, Check, Function, Mistake
from autograder.checking.judging import PreparedCheck, run_here
from autograder.checking.recording import record
from labkit.selfcheck.check import judge as judge_publicly

SECRET = b"another secret, thirty-two bytes"
KEYS = {name: answer_key(name) for name in names()}
PUBLIC = {name: record(key)["checks"] for name, key in KEYS.items()}
Guise = Callable[[Function], Function]


def _other_words(function: Function) -> Function:
    def guise(*args: Any) -> Any:
        try:
            return function(*args)
        except ValueError as error:
            raise ValueError("mode must be train or test" if "mode" in str(error) else str(error)) from None

    return guise


def _stores_at_the_end(function: Function) -> Function:
    def guise(x: Any, gamma: Any, beta: Any, bn_param: dict[str, Any]) -> Any:
        result = function(x, gamma, beta, bn_param)
        for name in ("running_mean", "running_var"):
            bn_param.setdefault(name, np.zeros(x.shape[1]))
        return result

    return guise


def _keeps_the_axis(function: Function) -> Function:
    def guise(x: Any, gamma: Any, beta: Any, bn_param: dict[str, Any]) -> Any:
        before = {name: bn_param.get(name) for name in ("running_mean", "running_var")}
        result = function(x, gamma, beta, bn_param)
        for name, value in before.items():
            if bn_param.get(name) is not value:
                bn_param[name] = np.reshape(bn_param[name], (1, -1))
        return result

    return guise


def _one_entry_array(function: Function) -> Function:
    return lambda *args: np.reshape(function(*args), (1, 1))


def _further_entries(function: Function) -> Function:
    return lambda *args: {**function(*args), "m": args[0].shape[1]}


def _rows(function: Function) -> Function:
    def guise(*args: Any) -> Any:
        dx, dgamma, dbeta = function(*args)
        return dx, *(np.reshape(d, (1, -1)) if np.ndim(d) == 1 else d for d in (dgamma, dbeta))

    return guise


GUISES: dict[str, tuple[Guise, ...]] = {
    "batchnorm_forward": (_other_words, _stores_at_the_end, _keeps_the_axis),
    "batchnorm_backward": (_rows,),
    "batchnorm_backward_alt": (_rows,),
    "compute_cost_with_regularization": (_one_entry_array,),
    "backward_propagation_with_regularization": (_further_entries,),
    "backward_propagation_with_dropout": (_further_entries,),
}


def _hints(key: AnswerKey, check: Check, function: Function) -> list[str]:
    run = run_here({**check.reference, check.function: function})
    return [hint.hint for hint in _prepared(key, check).judge(run).mistakes]


_memory: dict[str, PreparedCheck] = {}


def _prepared(key: AnswerKey, check: Check) -> PreparedCheck:
    if check.name not in _memory:
        _memory[check.name] = PreparedCheck(key, check, SECRET)
    return _memory[check.name]


CASES = [
    pytest.param(key, check, mistake, guise, id=f"{check.name}-{mistake.id}-{guise.__name__}")
    for key in KEYS.values()
    for check in key.checks
    for mistake in key.mistakes_in(check)
    for guise in GUISES.get(check.function, ())
]


@pytest.mark.parametrize(("key", "check", "mistake", "guise"), CASES)
def test_a_known_mistake_keeps_its_hint_in_another_guise(
    key: AnswerKey, check: Check, mistake: Mistake, guise: Guise
) -> None:
    function = mistake.functions[check.function]
    if guise is _rows and (pair := mistake.id.replace("bnb-", "bnb-keepdims-")) in {m.id for m in key.mistakes}:
        mistake = next(m for m in key.mistakes if m.id == pair)  # the guise makes it one that has a hint of its own
    assert mistake.hint in _hints(key, check, guise(function))
    functions = {**check.reference, check.function: function}
    case = PUBLIC[key.assignment][check.name]
    if mistake.hint in judge_publicly(case, functions)[1]:
        assert mistake.hint in judge_publicly(case, {**functions, check.function: guise(function)})[1]
