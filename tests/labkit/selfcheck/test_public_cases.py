"""What is recorded as JSON comes back the same."""

import json
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from labkit.calls.call import Argument, Call, CallError, Outcome, Result
from labkit.calls.plain import Opaque, same
from labkit.selfcheck import public_cases

FLOATS = st.floats(width=64)
ARRAYS = hnp.arrays(
    st.sampled_from([np.float64, np.int64, np.bool_]), hnp.array_shapes(min_dims=0, max_dims=3, max_side=4)
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | FLOATS | st.text(max_size=5) | ARRAYS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


def through_json(data: Any) -> Any:
    return json.loads(json.dumps(data))


@given(VALUES)
def test_plain_values_survive_json_to_the_last_bit(value: Any) -> None:
    back = public_cases.decode(through_json(public_cases.encode(value, 17)))
    assert same(back, value) or json.dumps(public_cases.encode(back, 17)) == json.dumps(public_cases.encode(value, 17))


def test_equal_columns_are_stored_once() -> None:
    wide = np.repeat(np.array([[1.5], [-2.0]]), 500, axis=1)
    data = public_cases.encode(wide)
    assert len(json.dumps(data)) < 200
    assert np.array_equal(public_cases.decode(through_json(data)), wide)


def test_calls_keep_references_to_earlier_results() -> None:
    call = Call("back", (np.ones(2), Result(0, (1, "cache")), Argument(0, 3)), "value", "ε = 0.5", 7)
    back = public_cases.decode_call(through_json(public_cases.encode_call(call)))
    assert (back.function, back.args[1:], back.group, back.label, back.seed) == (
        call.function,
        call.args[1:],
        call.group,
        call.label,
        call.seed,
    )
    assert same(back.args[0], call.args[0])


def test_outcomes_keep_values_changes_and_the_form_of_an_error() -> None:
    outcome = Outcome((1.0, Opaque("Cache")), {3: {"running_mean": np.zeros(2)}}, None)
    back = public_cases.decode_outcome(through_json(public_cases.encode_outcome(outcome)))
    assert back.value == outcome.value
    assert same(back.changed[3], outcome.changed[3])
    error = CallError("TypeError", "f() takes 3 arguments but 'X' was given", ("line 1",))
    back = public_cases.decode_outcome(through_json(public_cases.encode_outcome(Outcome(error=error))))
    assert back.error == CallError("TypeError", "·takes·argumentsbut·wasgiven")
    assert back.error.form == error.form
