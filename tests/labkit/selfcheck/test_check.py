"""The self-check judges on recorded numbers, and never holds an implementation."""

import linecache
import re
import threading
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
from labkit.calls import words as calls_words
from labkit.calls.call import Call
from labkit.calls.random_outputs import PROFILE, RandomOutputs
from labkit.selfcheck import check as selfcheck
from labkit.selfcheck import public_cases, words
from labkit.selfcheck.report import Report, Row

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


def test_exception_gets_a_hint_once_with_the_name_that_was_meant(printed: Printed) -> None:
    def misspelt(x: Array) -> Any:
        return scald(x)  # type: ignore[name-defined]  # noqa: F821

    text = printed("scaled", misspelt)
    assert calls_words.name_undefined("scald", "scaled") in text
    assert text.count("Hint:") == 1


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


def test_one_exception_is_told_once_and_what_was_not_judged_has_no_tick() -> None:
    case = record(BACKWARD)["checks"]["halves"]

    def broken(x: Array) -> Array:
        raise ZeroDivisionError("by nothing")

    rows, _ = selfcheck.judge(case, {"halves": broken})
    assert [row.sign for row in rows] == ["✗", "–", "–"]
    assert sum("ZeroDivisionError" in row.problem for row in rows) == 1


def halves(x: Array) -> Array:
    return x / 2


BACKWARD = AnswerKey(
    "toy",
    (
        Check(
            "halves",
            "halves",
            {"halves": halves},
            probes=lambda rng: [],
            public=lambda: [Call("halves", (np.array([n, 2.0]),), label=f"from {n:g}") for n in (1.0, 3.0, 5.0)],
            criteria=(criteria.value(1),),
            parameters=("x",),
        ),
    ),
)


def test_a_wrong_number_of_entries_leaves_the_row_of_shapes_open() -> None:
    rows, _ = selfcheck.judge(record(BACKWARD)["checks"]["halves"], {"halves": lambda x: np.ones((3, 3))})
    (shapes,) = [row for row in rows if row.name == words.shapes()]
    assert shapes.sign == "–"
    rows, _ = selfcheck.judge(record(BACKWARD)["checks"]["halves"], {"halves": lambda x: x})
    assert [row.sign for row in rows][-2:] == ["✓", "✓"]


def test_a_function_without_a_return_line_is_asked_for_it(printed: Printed) -> None:
    def forgets(x: Array) -> None:
        result = scaled(x)

        def inside() -> Array:
            return result

        inside()

    assert words.no_return() in printed("scaled", forgets)
    assert words.not_finished() not in printed("scaled", forgets)


def test_what_the_first_failing_call_printed_is_shown_and_bounded(printed: Printed) -> None:
    def talks(x: Array) -> Array:
        print("shape", x.shape)
        return x

    def chatters(x: Array) -> Array:
        print("loud " * 10_000)
        return x

    def is_right(x: Array) -> Array:
        print("not shown")
        return scaled(x)

    assert "shape (2, 2)" in printed("scaled", talks)
    assert 1_000 < len(printed("scaled", chatters)) < 4_000
    assert "not shown" not in printed("scaled", is_right)


def test_example_gives_fresh_arguments_of_the_first_case_that_fails(
    notebook_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    public_cases.write(notebook_folder / public_cases.FILE_NAME, record(BACKWARD))
    monkeypatch.setitem(globals(), "halves", lambda x: x / 2 if x[0] < 3 else x)
    (x,) = selfcheck.example("halves")
    np.testing.assert_array_equal(x, [3.0, 2.0])
    assert "from 3" in capsys.readouterr().out
    x[:] = 0
    np.testing.assert_array_equal(selfcheck.example("halves")[0], [3.0, 2.0])
    monkeypatch.delitem(globals(), "halves")
    np.testing.assert_array_equal(selfcheck.example("halves")[0], [1.0, 2.0])
    with pytest.raises(LookupError, match="halves"):
        selfcheck.example("nothing")


def notebook_of(*cells: str) -> dict[str, Any]:
    """Run cells as IPython does: each is kept in `In`, also one that fails."""
    variables: dict[str, Any] = {"In": [""], "__name__": "__main__", "np": np}
    for number, cell in enumerate(cells):
        variables["In"].append(cell)
        file = f"/tmp/ipykernel_1/{number}.py"
        linecache.cache[file] = (len(cell), None, cell.splitlines(keepends=True), file)
        try:
            exec(compile(cell, file, "exec"), variables)
        except Exception:
            continue
    return variables


OLD = "def scaled(x):\n    return x / 2\n"


@pytest.mark.parametrize(
    ("cells", "stale"),
    [
        ([OLD], False),
        ([OLD, "def scaled(x):\n    return x / = 3\n"], True),
        ([OLD, "undefined + 1\ndef scaled(x):\n    return x / 3\n"], True),
        ([OLD, "def scaled(x):\n    return x / 3\n"], False),
        ([OLD, "def scaled(x):\n    return x / = 3\n", OLD], False),
        ([OLD, "def scaled_again(x):\n    return x / = 3\n"], False),
        ([OLD, "print('def scaled')"], False),
    ],
)
def test_a_function_older_than_its_cell_is_said_to_be(
    notebook_folder: Path, capsys: pytest.CaptureFixture[str], cells: list[str], stale: bool
) -> None:
    variables = notebook_of(*cells)
    variables["check"] = selfcheck.check
    exec("check('scaled', scaled)", variables)
    shown = capsys.readouterr().out
    assert (words.stale("scaled") in shown) == stale
    assert words.public_passed() not in shown


def test_an_interrupted_loop_is_shown_by_the_students_line_alone(notebook_folder: Path) -> None:
    loop = "def scaled(x):\n    i = 0\n    while i < 10:\n        np.sort(x)\n        stop()\n"
    variables = notebook_of(loop)
    variables["check"] = selfcheck.check

    def stop() -> None:
        raise KeyboardInterrupt

    variables["stop"] = stop
    with pytest.raises(KeyboardInterrupt, match=r"stopped in line 5: stop\(\)") as caught:
        exec("check('scaled', scaled)", variables)
    assert caught.value._render_traceback_() == [str(caught.value)]  # type: ignore[attr-defined]


def test_a_word_comes_while_a_function_runs_on_and_none_for_a_quick_one(
    printed: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selfcheck, "PATIENCE", 0.0)
    said = threading.Event()
    monkeypatch.setattr(words, "still_running", lambda seconds: Said(said))
    printed("scaled", lambda x: said.wait(30) and scaled(x))
    assert said.is_set()


class Said:
    """A sentence that tells when it is printed."""

    def __init__(self, event: threading.Event) -> None:
        self._event = event

    def __str__(self) -> str:
        self._event.set()
        return "slow"


def test_the_table_of_a_notebook_says_what_the_text_says_without_scripts_or_markup_of_a_student() -> None:
    report = Report(
        "f", [Row("<b>", "x < 1"), Row("next", judged=False), Row("fine")], ["Hint <i>."], ["Why."], "<u>\n"
    )
    table = report._repr_html_()
    for text in ("&lt;b&gt;", "x &lt; 1", "Hint &lt;i&gt;.", "Why.", "&lt;u&gt;", "✗", "–", "✓", words.public_failed()):
        assert text in table
    assert "<script" not in table and "class=" not in table and "<style" not in table
    assert repr(report) == str(report)
    assert all(text in str(report) for text in ("✗ <b>", "– next", "✓ fine", "Hint: Hint <i>.", "Why.", "<u>"))


def test_the_table_reads_well_where_styles_are_dropped() -> None:
    """GitHub and mails keep no styles, some editors no colours: signs and order must say it all, in black and white."""
    report = Report("f", [Row("value", "off"), Row("shape", judged=False), Row("edges")], ["Why?"], ["None."], "7\n")
    table = report._repr_html_()
    bare = re.sub(r' (style|class|id)="[^"]*"', "", table)
    assert set(re.findall(r"<(\w+)", bare)) <= {"div", "p", "b", "code", "span", "table", "tbody", "tr", "td", "pre"}
    assert "=" not in bare
    lines = [re.sub(r"<[^>]+>", " ", part).split() for part in re.split(r"</(?:p|tr|pre)>", bare)]
    plain = [line.replace("Hint:", "Hint: ").split() for line in str(report).splitlines()]
    assert [line for line in lines if line] == [line for line in plain if line]
    styles = " ".join(re.findall(r'style="([^"]*)"', table))
    assert "var(" not in styles and not re.search(r"(^|;)color:", styles)  # the reader's theme gives the colour of text


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
    assert " ".join(printed("scaled", scaled).split()) == words.no_cases()


def test_recorded_file_is_the_same_bytes_every_time(notebook_folder: Path) -> None:
    first = (notebook_folder / public_cases.FILE_NAME).read_bytes()
    public_cases.write(notebook_folder / public_cases.FILE_NAME, record(KEY))
    assert (notebook_folder / public_cases.FILE_NAME).read_bytes() == first


def test_recorded_file_holds_numbers_and_hints_but_no_code(notebook_folder: Path) -> None:
    text = (notebook_folder / public_cases.FILE_NAME).read_text(encoding="utf-8")
    for code in ("def ", "lambda", "return", "np.", "np.sum", "abs(", "random.rand"):
        assert code not in text
