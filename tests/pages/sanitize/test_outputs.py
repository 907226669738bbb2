"""What a student's notebook rendered is safe to look at, whatever its form, within a budget."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.pages.sanitize import outputs
from autograder.pages.sanitize.outputs import Sanitizer
from tests.helpers.hostile import HOSTILE_HTML, assert_safe, drawing_of

KEYS = ["output_type", "text", "data", "image/png", "text/html", "traceback", "ename"]


@pytest.mark.parametrize("hostile", HOSTILE_HTML)
def test_nothing_that_runs_loads_or_covers_the_page_survives(hostile: str) -> None:
    sanitizer = Sanitizer()
    for shown in (
        sanitizer.html(hostile),
        sanitizer.markdown(hostile),
        sanitizer.svg(hostile),
        sanitizer.text(hostile),
        sanitizer.error(hostile, hostile, [hostile]),
        sanitizer.output({"output_type": "display_data", "data": {"text/latex": hostile}}),
    ):
        assert_safe(shown)
    drawn = drawing_of(sanitizer.svg(hostile))
    assert not re.search(r"(?i)script|\bon\w+=|192\.0\.2\.1|foreignObject|<style|<image|<a\b", drawn)


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from([*HOSTILE_HTML, "<", ">", "'", '"', "`", "\n\n", "$", "</svg>", "<svg>", "]]>", "<!--"]))
)
def test_no_mixture_of_hostile_pieces_becomes_dangerous(pieces: list[str]) -> None:
    text = "".join(pieces)
    for shown in (Sanitizer().html(text), Sanitizer().markdown(text), Sanitizer().svg(text)):
        assert_safe(shown)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(KEYS) | st.text(), inner),
    ),
    st.sampled_from(["stream", "display_data", "execute_result", "error"]),
)
def test_an_output_of_any_form_is_shown_or_left_out(value: object, kind: str) -> None:
    output = {**value, "output_type": kind} if isinstance(value, dict) else value
    assert_safe(Sanitizer().output(output))


def test_a_picture_is_escaped_that_is_not_known_to_be_base64(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = {"output_type": "display_data", "data": {"image/png": '" onerror="alert(1)'}}
    monkeypatch.setattr(outputs, "cleaned_outputs", lambda *_: [answer])
    assert 'src="data:image/png;base64,&#34; onerror=&#34;alert(1)"' in Sanitizer().output(answer)


def test_a_syntax_error_names_its_line_and_no_file() -> None:
    shown = Sanitizer().error("SyntaxError", "invalid syntax (2283287469.py, line 3)", [])
    assert "invalid syntax (line 3)" in shown and ".py" not in shown


def test_a_widget_and_a_script_become_a_note_and_their_text_is_preferred() -> None:
    script = {"application/javascript": "document.title = 'x'", "application/vnd.jupyter.widget-view+json": {}}
    assert "interactive" in Sanitizer().output({"output_type": "display_data", "data": script})
    with_text = Sanitizer().output({"output_type": "display_data", "data": {**script, "text/plain": "a widget"}})
    assert "a widget" in with_text and "document" not in with_text


@pytest.mark.parametrize(
    "deep", ["<div>" * 60_000, "<svg>" + "<g>" * 9_000, "<b><p>" * 40_000, "<svg>" + "<g " * 70_000]
)
def test_deep_markup_is_refused_before_it_costs_time(deep: str) -> None:
    for shown in (Sanitizer().html(deep), Sanitizer().svg(deep), Sanitizer().markdown(deep)):
        assert_safe(shown)
        assert len(shown) < 300_000


def test_a_page_has_a_budget() -> None:
    sanitizer = Sanitizer()
    cells = "<b>x</b>" * 2_400
    shown = [sanitizer.html(cells) for _ in range(30)]
    assert shown[0].startswith("<b>") and "too large" in shown[-1]
    assert sum(len(part) for part in shown) < 30 * len(cells) / 3
