"""Calls go in as data and outcomes come out as data, whatever the student's function does on the way."""

import functools
import random
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from labkit.calls.call import MAX_PRINTED, Argument, Call, Outcome, Result, perform
from labkit.calls.plain import Opaque


def one(function: Any, *args: Any, seed: int = 0) -> Outcome:
    (outcome,) = perform([Call("f", args, seed=seed)], {"f": function})
    return outcome


def test_the_value_comes_back_as_plain_data() -> None:
    outcome = one(lambda x: {"double": 2 * x, "cache": object()}, np.ones(2))
    np.testing.assert_array_equal(outcome.value["double"], [2.0, 2.0])  # type: ignore[index, call-overload]
    assert outcome.value["cache"] == Opaque("object")  # type: ignore[index, call-overload]
    assert outcome.error is None


@pytest.mark.parametrize("error", [ValueError("no"), SystemExit(3), GeneratorExit(), BaseException("x"), MemoryError()])
def test_every_exception_is_part_of_the_outcome(error: BaseException) -> None:
    def broken() -> None:
        raise error

    found = one(broken).error
    assert found is not None
    assert (found.kind, found.message) == (type(error).__name__, str(error))


def test_endless_recursion_is_an_outcome_too() -> None:
    def deeper(n: int) -> int:
        return deeper(n + 1)

    error = one(deeper, 0).error
    assert error is not None
    assert error.kind == "RecursionError"


def test_an_exception_that_cannot_be_printed_is_still_named() -> None:
    class SilentError(Exception):
        def __str__(self) -> str:
            raise SystemExit

    def broken() -> None:
        raise SilentError

    error = one(broken).error
    assert error is not None
    assert (error.kind, error.message) == ("SilentError", "")


def test_an_exception_is_also_what_its_class_derives_from() -> None:
    class WrongModeError(UnicodeError):
        pass

    def broken() -> None:
        raise WrongModeError("no")

    error = one(broken).error
    assert error is not None
    assert error.kind == "WrongModeError"
    assert [error.is_a(kind) for kind in ("WrongModeError", "UnicodeError", "ValueError", "KeyError")] == [1, 1, 1, 0]


def test_an_interrupt_stops_the_calls_because_it_is_how_a_time_limit_arrives() -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        one(interrupted)


def test_a_function_that_is_not_there_is_a_name_error() -> None:
    (outcome,) = perform([Call("g", ())], {})
    assert outcome.error is not None
    assert outcome.error.kind == "NameError"
    assert "'g'" in outcome.error.message


def test_arguments_changed_in_place_are_reported_by_position_however_deep_they_lie() -> None:
    def change(x: np.ndarray, y: np.ndarray, parameters: dict[str, np.ndarray], cache: tuple[np.ndarray, ...]) -> None:
        x += 1
        parameters["W1"] *= 2
        cache[1][0] = 7

    outcome = one(change, np.zeros(2), np.zeros(2), {"W1": np.ones(1)}, (np.zeros(1), np.zeros(2)))
    assert sorted(outcome.changed) == [0, 2, 3]
    np.testing.assert_array_equal(outcome.changed[0], [1.0, 1.0])


def test_a_change_is_seen_when_the_type_or_shape_changes_and_not_when_nothing_does() -> None:
    def retype(parameters: dict[str, np.ndarray]) -> None:
        parameters["W1"] = parameters["W1"].astype(int)

    assert 0 in one(retype, {"W1": np.ones(1)}).changed
    assert one(lambda x: x, np.array([np.nan])).changed == {}


def test_calls_work_on_fresh_copies_so_that_one_cannot_spoil_the_next() -> None:
    x = np.zeros(2)

    def change(values: np.ndarray) -> float:
        values += 1
        return float(values[0])

    outcomes = perform([Call("f", (x,)), Call("f", (x,))], {"f": change})
    assert [outcome.value for outcome in outcomes] == [1.0, 1.0]
    assert x.sum() == 0


def test_a_result_is_handed_on_as_the_very_object_and_in_parts() -> None:
    made: list[object] = []

    def make() -> tuple[int, dict[str, object]]:
        made.append(object())
        return 1, {"cache": made[-1]}

    calls = [Call("make", ()), Call("use", (Result(0, (1, "cache")),)), Call("use", (Result(0, (0,)),))]
    outcomes = perform(calls, {"make": make, "use": lambda value: value is made[0]})
    assert [outcome.value for outcome in outcomes[1:]] == [True, False]


def test_an_argument_is_handed_on_as_the_very_object_so_that_its_changes_last() -> None:
    def count(state: dict[str, int]) -> int:
        state["n"] += 1
        return state["n"]

    outcomes = perform([Call("f", ({"n": 0},)), Call("f", (Argument(0, 0),))], {"f": count})
    assert [outcome.value for outcome in outcomes] == [1, 2]


def test_what_needs_a_result_that_never_came_says_whose() -> None:
    for first in (lambda: None, lambda: 1 / 0):
        outcomes = perform([Call("first", ()), Call("second", (Result(0),))], {"first": first, "second": lambda x: x})
        assert outcomes[1].error is not None
        assert (outcomes[1].error.kind, outcomes[1].error.message) == ("NeededResultError", "first")


def test_a_private_part_stays_where_it_was_made_and_can_still_be_handed_on() -> None:
    calls = [Call("f", (), private=(1,)), Call("g", (Result(0, (1,)),))]
    outcomes = perform(calls, {"f": lambda: (1.0, np.zeros(3)), "g": lambda cache: float(cache.size)})
    assert outcomes[0].value[0] == 1.0  # type: ignore[index]
    assert isinstance(outcomes[0].value[1], Opaque)  # type: ignore[index]
    assert outcomes[1].value == 3.0


def test_the_seed_fixes_both_global_generators_and_another_one_changes_them() -> None:
    def draw() -> tuple[float, float]:
        return float(np.random.rand()), random.random()

    assert one(draw, seed=3).value == one(draw, seed=3).value
    assert one(draw, seed=3).value != one(draw, seed=4).value


def test_printed_text_and_warnings_stay_silent(capfd: pytest.CaptureFixture[str]) -> None:
    def noisy() -> float:
        print("x" * 1000)
        print("y", file=sys.stdout)
        warnings.warn("deprecated", stacklevel=1)
        return float(np.log(np.zeros(1))[0])

    assert one(noisy).value == -np.inf
    captured = capfd.readouterr()
    assert captured.out == captured.err == ""


def test_an_error_is_shown_as_the_students_own_lines_and_no_line_of_ours(tmp_path: Path) -> None:
    file = tmp_path / "cell.py"
    file.write_text("import numpy as np\ndef f(x):\n    return np.linalg.inv(x)\n")
    namespace: dict[str, Any] = {}
    exec(compile(file.read_text(), str(file), "exec"), namespace)
    error = one(namespace["f"], np.zeros((2, 3))).error
    assert error is not None
    assert error.lines == ("line 3: return np.linalg.inv(x)",)


def test_the_students_results_stay_bounded() -> None:
    outcome = one(lambda: "x" * 10**6)
    assert isinstance(outcome.value, str)
    assert len(outcome.value) < 10**4

    def loud() -> None:
        raise ValueError("y" * 10**6)

    error = one(loud).error
    assert error is not None
    assert len(error.message) <= 500


def test_no_line_of_compiled_code_is_taken_for_the_students() -> None:
    def draws(shape: Any) -> Any:
        return np.random.rand(shape)

    error = one(draws, (2, 3)).error
    assert error is not None
    assert len(error.lines) == 1
    assert "return np.random.rand(shape)" in error.lines[0]


def test_the_lines_of_a_function_that_is_wrapped_are_its_own() -> None:
    @functools.lru_cache
    def fails(x: float) -> float:
        return x / 0

    for function in (fails, functools.partial(fails)):
        error = one(function, 1.0).error
        assert error is not None
        assert "return x / 0" in error.lines[-1]


def test_what_each_call_printed_is_kept_on_request_and_bounded() -> None:
    printed: list[str] = []
    calls = [Call("f", ("once\n",)), Call("f", ("loud " * 9999,)), Call("g", ())]
    perform(calls, {"f": lambda text: print(text, end="")}, printed)
    assert printed[0] == "once\n"
    assert printed[1].endswith("…") and len(printed[1]) == MAX_PRINTED + 1
    assert printed[2] == ""
