"""Outcomes come from a process that is not trusted: whatever they hold, the judge neither breaks nor pays."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.assignments import answer_key
from autograder.checking.verdict import Verdict
from labkit.calls.call import CallError, Outcome
from labkit.calls.plain import Opaque, plain
from tests.helpers.answer_keys import prepared

pytestmark = pytest.mark.slow

NAMES = [check.name for check in answer_key("regularization").checks]
SECRET = b"forged"

ARRAYS = st.one_of(
    hnp.arrays(np.float64, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=5)),
    hnp.arrays(np.bool_, (4, 5)),
    hnp.arrays(np.float32, (1, 5)),
    hnp.arrays(np.int64, (3, 1)),
)
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=3), st.just(Opaque("x")), ARRAYS
)
PLAIN = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=15).map(tuple),
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["dW3", "dW1", "db2", "other"]), inner, max_size=3),
    ),
    max_leaves=16,
).map(lambda value: value if isinstance(value, Opaque) else plain(value))
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def judge(name: str, outcomes: list[Outcome]) -> Verdict:
    """Judge forged outcomes; where a follow-up has more calls than the probes, they begin again."""
    return prepared(name, SECRET).judge(lambda calls: [outcomes[i % len(outcomes)] for i in range(len(calls))])


@pytest.mark.parametrize("name", NAMES)
@QUICK
@given(value=PLAIN)
def test_the_same_forged_value_for_every_call_earns_nothing(name: str, value: Any) -> None:
    verdict = judge(name, [Outcome(value)] * len(prepared(name, SECRET).calls))
    assert verdict.score == 0.0
    assert json.loads(json.dumps(verdict.to_json()))["score"] == verdict.score


@pytest.mark.parametrize("name", NAMES)
@QUICK
@given(value=PLAIN, data=st.data())
def test_one_forged_part_of_a_right_outcome_breaks_nothing(name: str, value: Any, data: st.DataObject) -> None:
    outcomes = list(prepared(name, SECRET).expected)
    place = data.draw(st.integers(0, len(outcomes) - 1))
    right = outcomes[place].value
    outcomes[place] = Outcome(_with_part(right, value, data))
    verdict = judge(name, outcomes)
    assert 0.0 <= verdict.score <= verdict.max_score
    str(verdict)


def _with_part(right: Any, value: Any, data: st.DataObject) -> Any:
    if isinstance(right, dict):
        return {**right, data.draw(st.sampled_from(sorted(right))): value}
    if isinstance(right, tuple):
        position = data.draw(st.integers(0, len(right) - 1))
        part = _with_part(right[position], value, data) if isinstance(right[position], tuple) else value
        return (*right[:position], part, *right[position + 1 :])
    return value


@pytest.mark.parametrize("name", NAMES)
def test_a_forged_list_of_changes_costs_points_and_a_forged_error_earns_none(name: str) -> None:
    expected = prepared(name, SECRET).expected
    changed = [Outcome(outcome.value, {0: "x", 7: None}) for outcome in expected]
    assert judge(name, changed).score < judge(name, list(expected)).score
    failed = [Outcome(outcome.value, {}, CallError("X", "y")) for outcome in expected]
    assert judge(name, failed).score == 0.0
