"""The self-check judges on recorded numbers, and never holds an implementation."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder.checking import criteria
from autograder.checking.catalogue import Catalogue
from autograder.checking.check import AnswerKey, Check
from autograder.checking.recording import record
from labkit.calls.call import Call
from labkit.calls.random_outputs import PROFILE, RandomOutputs
from labkit.selfcheck import check as selfcheck
from labkit.selfcheck import public_cases, words

Array = NDArray[np.float64]


def scaled(x: Array) -> Array:
    return x / float(np.abs(x).sum())


def thinned(x: Array, keep: float) -> tuple[Array, NDArray[Any]]:
    mask = np.random.rand(*x.shape) < keep
    return x * mask / keep, mask


def thinned_otherwise(x: Array, keep: float) -> tuple[Array, NDArray[Any]]:
    mask = np.random.default_rng().random(x.shape) <= keep
    return np.where(mask, x / keep, 0.0), mask.astype(int)


CATALOGUE = Catalogue({"signs": "Think of the signs.", "upside-down": "Which side is kept?", "tied": "One draw each."})


@CATALOGUE.mistake("scaled", "signs", "plausible")
def _signs(x: Array) -> Array:
    return x / float(x.sum())


@CATALOGUE.mistake("thinned", "upside-down", "plausible")
def _upside_down(x: Array, keep: float) -> tuple[Array, NDArray[Any]]:
    mask = np.random.rand(*x.shape) > keep
    return x * mask / keep, mask


@CATALOGUE.mistake("thinned", "tied", "plausible")
def _tied(x: Array, keep: float) -> tuple[Array, NDArray[Any]]:
    mask = (np.random.rand(1, x.shape[1]) < keep) * np.ones(x.shape)
    return x * mask / keep, mask


EQUAL_COLUMNS = np.repeat(np.array([[1.0], [2.0]]), 1000, axis=1)
KEY = AnswerKey(
    "toy",
    (
        Check(
            "scaled",
            "scaled",
            {"scaled": scaled},
            probes=lambda rng: [Call("scaled", (rng.normal(size=(3, 2)),))],
            public=lambda: [Call("scaled", (np.array([[1.0, -2.0], [3.0, 4.0]]),), label="two rows")],
            criteria=(criteria.value(1),),
            parameters=("x",),
        ),
        Check(
            "thinned",
            "thinned",
            {"thinned": thinned},
            probes=lambda rng: [],
            public=lambda: [Call("thinned", (EQUAL_COLUMNS, 0.7), group=PROFILE, label="many draws")],
            criteria=(criteria.value(1),),
            random=RandomOutputs({"mask": (1,), "kept": (0,)}, ("mask",)),
        ),
    ),
    tuple(CATALOGUE.mistakes),
)


@pytest.fixture
def notebook_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    public_cases.write(tmp_path / public_cases.FILE_NAME, record(KEY))
    monkeypatch.chdir(tmp_path)
    return tmp_path


Printed = Callable[..., str]


@pytest.fixture
def printed(notebook_folder: Path, capsys: pytest.CaptureFixture[str]) -> Printed:
    def run(name: str, function: Any) -> str:
        selfcheck.check(name, function)
        return capsys.readouterr().out

    return run


def test_right_function_passes_and_is_told_of_hidden_checks(printed: Printed) -> None:
    text = printed("scaled", scaled)
    assert words.public_passed() in text
    assert "✗" not in text


def test_right_random_function_passes_whatever_generator_it_draws_from(printed: Printed) -> None:
    for _ in range(20):
        assert words.public_passed() in printed("thinned", thinned_otherwise)


@pytest.mark.parametrize(
    ("name", "wrong", "hint"),
    [
        ("scaled", _signs, "Think of the signs."),
        ("thinned", _upside_down, "Which side is kept?"),
        ("thinned", _tied, "One draw each."),
    ],
)
def test_known_mistake_gets_its_hint(printed: Printed, name: str, wrong: Any, hint: str) -> None:
    text = printed(name, wrong)
    assert f"Hint: {hint}" in text
    assert words.public_passed() not in text


def test_unknown_mistake_is_told_where_it_first_differs(printed: Printed) -> None:
    text = printed("scaled", lambda x: scaled(x) + np.eye(2))
    assert "[0, 0]: expected 0.1, got 1.1" in text
    assert "Hint" not in text


def test_empty_function_is_told_that_it_is_empty(printed: Printed) -> None:
    assert words.not_finished() in printed("scaled", lambda x: None)
    assert words.not_finished() in printed("scaled", lambda x: x * None)


def test_exception_is_named_with_its_line_and_no_shape_is_praised(printed: Printed) -> None:
    def broken(x: Array) -> Array:
        raise ZeroDivisionError("by nothing")

    text = printed("scaled", broken)
    assert "ZeroDivisionError: by nothing" in text
    assert 'raise ZeroDivisionError("by nothing")' in text
    assert "✓" not in text


def test_wrong_shape_fails_the_shape_row_only(printed: Printed) -> None:
    rows = [line for line in printed("scaled", lambda x: scaled(x)[None]).splitlines() if "✗" in line]
    assert len(rows) == 1
    assert words.shapes() in rows[0]


def test_changed_argument_is_named(printed: Printed) -> None:
    def in_place(x: Array) -> Array:
        x /= np.abs(x).sum()
        return x

    assert words.changed_input("x") in printed("scaled", in_place)


def test_missing_cases_unknown_name_and_non_function_are_each_one_clear_line(
    printed: Printed, notebook_folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "scaled, thinned" in printed("nothing", scaled)
    assert printed("scaled", 3).strip() == words.not_a_function()
    monkeypatch.setattr(selfcheck, "find_upward", lambda name: None)
    assert printed("scaled", scaled).strip() == words.no_cases()


def test_recorded_file_is_the_same_bytes_every_time(notebook_folder: Path) -> None:
    first = (notebook_folder / public_cases.FILE_NAME).read_bytes()
    public_cases.write(notebook_folder / public_cases.FILE_NAME, record(KEY))
    assert (notebook_folder / public_cases.FILE_NAME).read_bytes() == first


def test_recorded_file_holds_numbers_and_hints_but_no_code(notebook_folder: Path) -> None:
    text = (notebook_folder / public_cases.FILE_NAME).read_text(encoding="utf-8")
    for code in ("def ", "lambda", "return", "np.", "np.sum", "abs(", "random.rand"):
        assert code not in text
