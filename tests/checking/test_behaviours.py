"""What is kept of a wrong function, and which functions count as the same."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.assignments import find_check
from autograder.checking.behaviours import MAX_BYTES, KeptBehaviour, group_behaviours
from autograder.checking.check import AnswerKey, Check, Criterion, Evidence, Finding
from autograder.checking.judging import PreparedCheck, run_here
from labkit.calls.call import Call
from labkit.calls.differences import differences

SECRET = bytes(range(32))


def right(x: np.ndarray, notes: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Standardize the columns, and note the mean."""
    mean = x.mean(axis=0, keepdims=True)
    notes["mean"] = mean
    return (x - mean) / x.std(axis=0, keepdims=True), mean


def _judge(evidence: Evidence) -> Finding | None:
    for trial in evidence.of():
        if (
            trial.actual.error
            or trial.differences
            or differences(trial.expected.changed[1], trial.actual.changed.get(1))
        ):
            return Finding("Wrong.")
    return None


def _probes(rng: np.random.Generator) -> list[Call]:
    return [Call("f", (rng.normal(size=(7, 3)), {"mean": np.zeros((1, 3))}), label=f"case {i}") for i in range(4)]


CHECK = Check("f", "f", {"f": right}, _probes, list, (Criterion("value", 1, _judge),), outputs=("out", "mean"))
KEY = AnswerKey("a", (CHECK,))
PREPARED = PreparedCheck(KEY, CHECK, SECRET)


def kept(function: Callable[..., Any], prepared: PreparedCheck = PREPARED) -> KeptBehaviour | None:
    """Return what is kept of a function, written down and read again."""
    behaviour = prepared.judge(run_here({prepared.check.function: function})).behaviour
    return KeptBehaviour.from_json(json.loads(json.dumps(behaviour.to_json()))) if behaviour else None


def same(first: Callable[..., Any], second: Callable[..., Any]) -> bool:
    one, other = kept(first), kept(second)
    assert one is not None
    assert other is not None
    assert one.fits(other) == other.fits(one)
    return one.fits(other)


def variance(x: np.ndarray, notes: dict[str, Any]) -> Any:
    out, mean = right(x, notes)
    return out / x.std(axis=0, keepdims=True), mean


def nothing_noted(x: np.ndarray, notes: dict[str, Any]) -> Any:
    return right(x, {})


def changed(function: Callable[..., Any], change: Callable[[Any, dict[str, Any]], Any]) -> Callable[..., Any]:
    """Return a function that changes the result of another."""

    def wrapped(x: np.ndarray, notes: dict[str, Any]) -> Any:
        return change(function(x, notes), notes)

    return wrapped


@pytest.mark.parametrize(
    ("habit", "change"),
    [
        ("rounding", lambda result, notes: (result[0] * (1 + 3e-13) + 1e-14, result[1])),
        ("single precision", lambda result, notes: (result[0].astype(np.float32), result[1])),
        ("axis dropped", lambda result, notes: (result[0], result[1][0])),
        ("list", lambda result, notes: (result[0].tolist(), result[1])),
        ("stores more", lambda result, notes: notes.update(count=7, std=result[1]) or result),
    ],
)
def test_a_habit_makes_no_group_of_its_own(habit: str, change: Callable[..., Any]) -> None:
    assert same(variance, changed(variance, change))


@pytest.mark.parametrize(
    ("slip", "change"),
    [
        ("factor", lambda result, notes: (result[0] * 1.001, result[1])),
        ("one entry", lambda result, notes: (result[0] + np.eye(7, 3) * 1e-3, result[1])),
        ("rows exchanged", lambda result, notes: (result[0][::-1], result[1])),
        ("nan", lambda result, notes: (np.where(result[0] > 1, np.nan, result[0]), result[1])),
        ("infinite", lambda result, notes: (np.where(result[0] > 1, np.inf, result[0]), result[1])),
        ("infinite elsewhere", lambda result, notes: (np.where(result[0] < -1, np.inf, result[0]), result[1])),
        ("size", lambda result, notes: (result[0][:-1], result[1])),
        ("an output missing", lambda result, notes: (result[0], None)),
        ("no numbers", lambda result, notes: ("a text", result[1])),
        ("an error", lambda result, notes: 1 / 0),
    ],
)
def test_another_slip_is_another_group(slip: str, change: Callable[..., Any]) -> None:
    assert not same(variance, changed(variance, change))
    assert same(changed(variance, change), changed(variance, change))


def test_what_is_noted_counts_as_much_as_what_is_returned() -> None:
    assert not same(variance, nothing_noted)
    assert not same(nothing_noted, changed(right, lambda result, notes: notes.update(mean=-result[1]) or result))


def test_names_and_numbers_in_an_error_are_left_out() -> None:
    def fail(text: str) -> Callable[..., Any]:
        def function(x: np.ndarray, notes: dict[str, Any]) -> Any:
            raise ValueError(text)

        return function

    assert same(fail("name 'a' has 3 rows"), fail("name 'b' has 5 rows"))
    assert not same(fail("name 'a' has 3 rows"), fail("no rows"))


def constant(number: float) -> Callable[..., Any]:
    """Return a function that returns a number in every place."""
    return changed(right, lambda result, notes: (result[0] * 0 + number, result[1]))


def test_numbers_near_a_border_of_rounding_are_alike() -> None:
    """Equal to a part in 10^9 on both sides of 0.5, 1.5, … of the last digit that any rounding would keep."""
    for digits in range(1, 12):
        border = 1 + 0.5 * 10.0**-digits
        assert same(constant(border * (1 - 1e-9)), constant(border * (1 + 1e-9)))


def test_noise_around_zero_is_zero() -> None:
    assert same(
        changed(right, lambda result, notes: (result[0] * 0, result[1])),
        changed(right, lambda result, notes: (result[0] * 1e-17, result[1])),
    )


@pytest.mark.parametrize("function", [right, lambda x, notes: None, lambda x, notes: (None, None)])
def test_nothing_is_kept_of_a_right_function_and_of_a_stub(function: Callable[..., Any]) -> None:
    assert kept(function) is None


@pytest.mark.parametrize("value", [None, (None, None)])
def test_nothing_is_kept_of_a_random_function_that_returns_nothing(value: Any) -> None:
    prepared = PreparedCheck(*find_check("forward_propagation_with_dropout"), SECRET)
    assert prepared.judge(run_here({"forward_propagation_with_dropout": lambda *_: value})).behaviour is None


def test_nothing_is_kept_of_a_function_that_is_not_there() -> None:
    assert PREPARED.judge(run_here({})).behaviour is None


def test_what_is_kept_has_a_bound() -> None:
    behaviour = kept(lambda x, notes: (np.zeros((1000, 1000)), {"a": ["b" * 10_000] * 500}))
    assert behaviour is not None
    assert len(json.dumps(behaviour.to_json())) < 2_000 < MAX_BYTES


def test_numbers_of_another_secret_are_never_alike() -> None:
    other = PreparedCheck(KEY, CHECK, SECRET[::-1])
    one, two = kept(nothing_noted), kept(nothing_noted, other)
    assert one is not None
    assert two is not None
    assert one.probes != two.probes
    assert not one.fits(two)


def test_nothing_kept_says_anything_of_the_secret_or_the_probes() -> None:
    text = json.dumps(kept(variance).to_json())  # type: ignore[union-attr]
    assert SECRET.hex() not in text
    numbers = np.concatenate([call.args[0].ravel() for call in PREPARED.calls])
    assert not any(f"{number:.6g}"[:7] in text for number in np.abs(numbers))


def test_random_functions_are_told_apart_by_what_they_can_return() -> None:
    key, check = find_check("forward_propagation_with_dropout")
    prepared = PreparedCheck(key, check, SECRET)
    reference = check.reference[check.function]

    def slip(change: Callable[[Any], Any], seed: int) -> KeptBehaviour:
        def function(*args: Any) -> Any:
            np.random.seed(seed)
            result = reference(*args)
            return change(result[0]), *result[1:]

        behaviour = kept(function, prepared)
        assert behaviour is not None
        return behaviour

    assert slip(np.square, 1).fits(slip(np.square, 2))
    assert not slip(np.square, 1).fits(slip(np.sqrt, 1))
    assert slip(lambda A3: A3 * np.nan, 1).fits(slip(lambda A3: A3 * np.nan, 2))


def test_ids_are_short_and_stay_when_others_join() -> None:
    behaviours = [(name, "f", kept(f)) for name, f in (("b", variance), ("c", nothing_noted))]
    entries = [(name, check, behaviour) for name, check, behaviour in behaviours if behaviour]
    before = {group.students[0]: group.id for group in group_behaviours(entries, {})}
    rounded = kept(changed(variance, lambda result, notes: (result[0] * (1 + 1e-12), result[1])))
    assert rounded is not None
    after = {group.students[-1]: group.id for group in group_behaviours([("a", "f", rounded), *entries], {})}
    assert before == after
    assert all(len(id) == 4 and id.isalnum() for id in before.values())
    assert len(set(before.values())) == 2


def test_a_known_group_keeps_its_id_and_the_largest_group_stands_first() -> None:
    first, second = kept(variance), kept(nothing_noted)
    assert first is not None
    assert second is not None
    entries = [("a", "f", first), ("b", "f", second), ("c", "f", second)]
    groups = group_behaviours(entries, {"mine": ("f", second), "gone": ("g", second)})
    assert [(group.students, group.missed["value"]) for group in groups] == [(["b", "c"], 2), (["a"], 1)]
    assert groups[0].id == "mine"


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {"probes": 1, "missed": [], "parts": {}},
        {"probes": "p", "missed": [3], "parts": {}},
        {"probes": "p", "missed": [], "parts": {"value": [[0, "()", [1, 2, 3]]]}},
        {"probes": "p", "missed": [], "parts": {"value": [[0, "()", [1, 2, 3, 4, float("nan")]]]}},
        {"probes": "p", "missed": [], "parts": {"value": [[0, "x" * MAX_BYTES, []]]}},
        {"probes": "p", "missed": [], "parts": {}, "profile": {"forms": {}}},
        {
            "probes": "p",
            "missed": [],
            "parts": {},
            "profile": {"forms": {"D": ""}, "sizes": {"D": 1}, "columns": [[1]], "shares": {"D": 1}, "draws": {"D": 0}},
        },
    ],
)
def test_what_a_kernel_may_have_forged_is_read_or_left(data: Any) -> None:
    assert KeptBehaviour.from_json(data) is None
