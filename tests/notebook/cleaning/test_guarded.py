"""Markup is read in no process that holds anything; what is lost or forged there costs one output."""

import base64
import json
import os
import signal
import subprocess
import sys
from typing import Any

import pytest

from autograder.notebook.cleaning import guarded
from autograder.notebook.cleaning.clean import MAX_JSON, cleaned_attachments, cleaned_outputs
from autograder.notebook.cleaning.guarded import SCRUBBER
from autograder.notebook.cleaning.pictures import picture
from autograder.notebook.cleaning.shown import lost_picture
from autograder.notebook.cleaning.widgets import MAX_SHOWN, VIEW_TYPE, Widgets
from autograder.notebook.words import left_out
from autograder.pages.sanitize.outputs import Sanitizer
from autograder.scrub import process
from autograder.scrub.process import Allowance, LostError
from tests.helpers.hostile import JPEG, PNG, png_bytes

HTML = {"output_type": "display_data", "data": {"text/html": "<b>x</b>", "text/plain": "<x.Y object>"}}
PICTURE = {"output_type": "display_data"}
PRINTED = {"output_type": "stream", "name": "stdout", "text": "printed"}


def test_the_grader_has_no_parser_of_markup_in_memory() -> None:
    code = (
        "import sys, autograder.pages.feedback, autograder.engines.sandbox.pool, autograder.restore.restore\n"
        "assert not {'nh3', 'markdown_it', 'xml.etree.ElementTree'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_printed_text_and_values_do_not_go_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded, "parsed", None)
    value = {"output_type": "execute_result", "execution_count": 1, "data": {"text/plain": "7"}, "metadata": {}}
    assert cleaned_outputs([PRINTED, value], None, Allowance()) == [PRINTED, value]


@pytest.mark.skipif(process.HERE, reason="there is no process to kill")
def test_a_killed_process_costs_one_output() -> None:
    cleaned_outputs([HTML], None, Allowance())
    assert SCRUBBER.pid is not None
    os.kill(SCRUBBER.pid, signal.SIGKILL)
    first, printed, second = cleaned_outputs([HTML, PRINTED, HTML], Widgets(), Allowance())
    assert first["data"] == {"text/plain": left_out("refused")}
    assert printed["text"] == "printed" and second["data"]["text/html"] == "<b>x</b>"


def as_lines(text: str) -> list[str]:
    return [text[at : at + 60] + "\n" for at in range(0, len(text), 60)]


BROKEN = [PNG[:-1], PNG[:60] + "é" + PNG[61:], PNG[:60] + "=" + PNG[61:], PNG + "====", PNG[:43], PNG[:-1] + "B", ""]


@pytest.mark.parametrize("mime", ["image/png", "IMAGE/PNG", "image/jpeg", "image/svg+xml", "image/x"])
@pytest.mark.parametrize(
    "value",
    [PNG, PNG + "\n", "\n" + PNG, as_lines(PNG), PNG[:60] + "\u00a0" + PNG[60:], JPEG, 7, None, *BROKEN],
)
def test_a_picture_of_which_the_beginning_is_read_comes_out_as_if_all_of_it_were(mime: str, value: Any) -> None:
    (output,) = cleaned_outputs([PICTURE | {"data": {mime: value, "text/plain": "a"}}], Widgets(), Allowance())
    whole = picture(mime, value)
    assert {key: text for key, text in output["data"].items() if key != "text/plain"} == dict([whole] if whole else [])


@pytest.mark.skipif(process.HERE, reason="there is no other process")
def test_of_a_figure_no_more_than_its_beginning_goes_to_the_process_and_that_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(guarded, "_head_types", {})
    sent: list[str] = []
    call = SCRUBBER.call

    def counted(*arguments: Any, allowance: Allowance) -> Any:
        sent.append(json.dumps(arguments))
        return call(*arguments, allowance=allowance)

    monkeypatch.setattr(SCRUBBER, "call", counted)
    figures = [
        PICTURE | {"data": {"image/png": base64.b64encode(png_bytes(3, 4) + bytes(number)).decode()}}
        for number in range(5000, 5003)
    ]
    assert len(cleaned_outputs(figures, Widgets(), Allowance())) == 3
    assert len(sent) == 1 and len(sent[0]) < 100
    refused = cleaned_outputs(figures, Widgets(), Allowance(characters=7000))  # what is kept counts, read or known
    assert [*map(list, (output["data"] for output in refused))] == [["image/png"], ["image/png"], ["text/plain"]]


def test_when_it_is_late_a_line_or_the_plain_text_stands_there(monkeypatch: pytest.MonkeyPatch) -> None:
    def late(*_: Any) -> Any:
        raise LostError

    monkeypatch.setattr("autograder.notebook.cleaning.clean.parsed", late)
    told = {"output_type": "execute_result", "execution_count": 1, "data": {"text/html": "<b>", "text/plain": "0.93"}}
    shown, scored = cleaned_outputs([HTML], Widgets(), Allowance()), cleaned_outputs([told], None, Allowance())
    assert shown[0]["data"]["text/plain"] == left_out("refused") and scored[0]["data"]["text/plain"] == "0.93"
    assert cleaned_attachments({"a": {"image/png": PNG}}, Allowance()) == {"a": lost_picture()}
    assert "so *much*" in Sanitizer().markdown("so *much*")
    assert "class=" in Sanitizer().html("<b>x") and "<b>" not in Sanitizer().html("<b>x")


def test_a_large_widget_in_many_cells_is_shown_so_often_as_a_notebook_may_be_large() -> None:
    state = {"outputs": [{"output_type": "stream", "name": "stdout", "text": "x" * 1_000_000}]}
    widgets = Widgets({"widgets": {"application/vnd.jupyter.widget-state+json": {"state": {"w": {"state": state}}}}})
    view = {"output_type": "display_data", "data": {VIEW_TYPE: {"model_id": "w"}, "text/plain": "Output()"}}
    shown = [cleaned_outputs([view] * 10, widgets, Allowance()) for _ in range(20)]
    assert sum(len(str(outputs)) for outputs in shown) < 2 * MAX_SHOWN


def test_a_deep_value_does_not_grow_by_its_indents() -> None:
    deep: Any = list(range(50_000))
    for _ in range(200):
        deep = [deep]
    (output,) = cleaned_outputs([HTML | {"data": {"application/json": deep}}], Widgets(), Allowance())
    assert len(output["data"]["text/plain"]) <= MAX_JSON


@pytest.mark.parametrize("forged", [
    7, [], [1], [{}, ["a kind that there is not"]], [{"text/html": 1}, []], [{"text/x": "a"}, []], {"text/html": "a"},
    [{"image/png": 5}, []], [{}, [[]]], [[], []], [{}, {}],
])  # fmt: skip
def test_an_answer_of_another_form_is_not_believed(forged: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "HERE", False)
    monkeypatch.setattr(SCRUBBER, "call", lambda *_, **__: forged)
    (output,) = cleaned_outputs([HTML], Widgets(), Allowance())
    assert output["data"] == {"text/plain": left_out("refused")}


def test_where_there_is_no_other_process_it_is_read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "HERE", True)
    monkeypatch.setattr(SCRUBBER, "call", None)
    (output,) = cleaned_outputs([HTML], Widgets(), Allowance())
    assert output["data"]["text/html"] == "<b>x</b>"
    (output,) = cleaned_outputs([HTML], Widgets(), Allowance(seconds=0))
    assert output["data"] == {"text/plain": left_out("refused")}
