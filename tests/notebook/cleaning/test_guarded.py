"""Markup is read in no process that holds anything; what is lost or forged there costs one output."""

import os
import signal
import subprocess
import sys
from typing import Any

import pytest

from autograder.notebook.cleaning import guarded
from autograder.notebook.cleaning.clean import MAX_JSON, cleaned_attachments, cleaned_outputs
from autograder.notebook.cleaning.guarded import SCRUBBER
from autograder.notebook.cleaning.shown import lost_picture
from autograder.notebook.cleaning.widgets import MAX_SHOWN, VIEW_TYPE, Widgets
from autograder.notebook.words import left_out
from autograder.pages.sanitize.outputs import Sanitizer
from autograder.scrub import process
from autograder.scrub.process import Allowance, LostError
from tests.helpers.hostile import PNG

HTML = {"output_type": "display_data", "data": {"text/html": "<b>x</b>", "text/plain": "<x.Y object>"}}
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
