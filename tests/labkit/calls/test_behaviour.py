"""Two functions that behave alike in every call are the same to the self-check and to the diagnosis."""

from typing import Any

import numpy as np
import pytest

from labkit.calls.behaviour import Behaviour
from labkit.calls.call import Call, CallError, Outcome
from labkit.calls.random_outputs import CERTAIN, PROFILE, RandomOutputs, profile

RANDOM = RandomOutputs({"D": (1,), "A": (0,)}, masks=("D",))
COLUMNS = np.repeat(np.array([[0.5], [2.0]]), 500, axis=1)


def of(*outcomes: Outcome) -> Behaviour:
    return Behaviour.of("f", [Call("f", ())] * len(outcomes), outcomes, None)


def dropped(seed: int, keep: float = 0.65) -> tuple[Any, Any]:
    mask = np.random.default_rng(seed).random(COLUMNS.shape) < keep
    return COLUMNS * mask / keep, mask


def test_a_behaviour_fits_itself_and_a_rounded_copy() -> None:
    exact, rounded = np.array([1 / 3, 2 / 3]), np.array([0.333333333, 0.666666667])
    assert of(Outcome(exact)).fits(of(Outcome(exact.copy())))
    assert of(Outcome(rounded)).fits(of(Outcome(exact)))


@pytest.mark.parametrize(
    "actual",
    [
        Outcome(np.array([1.0, 2.5])),
        Outcome(np.array([[1.0, 2.0]])),
        Outcome(None),
        Outcome(np.array([1.0, 2.0]), {0: 3.0}),
        Outcome(error=CallError("ValueError", "no")),
    ],
    ids=["number", "shape", "None", "changed argument", "error"],
)
def test_numbers_shapes_changes_and_errors_tell_two_functions_apart(actual: Outcome) -> None:
    known = Outcome(np.array([1.0, 2.0]))
    assert not of(known).fits(of(actual))
    assert not of(actual).fits(of(known))


def test_changed_arguments_are_compared_by_their_new_values() -> None:
    assert of(Outcome(1.0, {0: np.ones(2)})).fits(of(Outcome(1.0, {0: np.ones(2)})))
    assert not of(Outcome(1.0, {0: np.ones(2)})).fits(of(Outcome(1.0, {0: np.zeros(2)})))


def test_an_entry_too_many_is_a_difference_whichever_side_has_it() -> None:
    small, large = Outcome({"dW1": 1.0}), Outcome({"dW1": 1.0, "dW2": 2.0})
    assert not of(small).fits(of(large))
    assert not of(large).fits(of(small))


def test_calls_of_companions_are_not_compared() -> None:
    calls = [Call("companion", ()), Call("f", ())]
    first, second = ([Outcome(value), Outcome(1.0)] for value in (2.0, 3.0))
    assert Behaviour.of("f", calls, first, None).fits(Behaviour.of("f", calls, second, None))


def test_a_random_function_is_known_by_its_profile_recorded_or_drawn() -> None:
    calls = [Call("f", (COLUMNS, 0.65), group=PROFILE), Call("f", (COLUMNS, 0.65), group="value")]
    drawn, again, other = (
        Behaviour.of("f", calls, [Outcome(dropped(seed, keep)), Outcome(float(seed))], RANDOM)
        for seed, keep in ((1, 0.65), (2, 0.65), (3, 0.4))
    )
    recorded = Behaviour.of("f", calls, [profile(dropped(4), RANDOM, 500), Outcome()], RANDOM)
    assert drawn.fits(again)
    assert recorded.fits(drawn)
    assert not recorded.fits(other)
    failed = Behaviour.of("f", calls, [Outcome(error=CallError("ValueError", "no")), Outcome(1.0)], RANDOM)
    assert not recorded.fits(failed)
    assert not failed.fits(recorded)
    assert failed.fits(failed)


def test_dropping_all_tells_two_functions_apart_only_where_it_is_known_of_both() -> None:
    nothing, something, none = (0.0, np.zeros((2, 3))), (0.0, np.eye(2, 3)), "text"
    masks: dict[bool | None, list[Any]] = {True: [nothing, nothing, none], False: [nothing, something], None: [none]}
    behaviours: dict[bool | None, Behaviour] = {}
    for known, values in masks.items():
        calls = [Call("f", (), group=CERTAIN)] * len(values)
        outcomes = [Outcome(value) for value in values]
        behaviours[known] = Behaviour.of("f", calls, outcomes, RANDOM)
        assert behaviours[known].drops_all is known
        assert Behaviour.of("f", [Call("f", ())], outcomes[:1], RANDOM).drops_all is None  # of another group
    assert not behaviours[True].fits(behaviours[False])
    assert all(
        behaviours[known].fits(behaviours[actual])
        for known in masks
        for actual in masks
        if (known, actual) != (True, False)
    )


def test_a_share_at_another_keep_prob_tells_two_functions_apart_but_for_a_mask_that_repeats_its_draws() -> None:
    def behaviour(mask: np.ndarray) -> Behaviour:
        return Behaviour.of("f", [Call("f", ())], [Outcome((0.0, mask))], RANDOM)

    rng = np.random.default_rng(0)
    few, again, many = (behaviour(rng.random((20, 50)) < keep) for keep in (0.2, 0.2, 0.6))
    repeated = behaviour(np.repeat(rng.random((20, 1)) < 0.6, 50, axis=1))
    assert few.fits(again)
    assert not few.fits(many)
    assert not many.fits(few)
    assert few.fits(repeated)
    assert few.fits(behaviour(np.ones((20, 50))))  # one draw for all, perhaps
