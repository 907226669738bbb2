"""What a student's notebook rendered is safe to look at, and still readable."""

import base64
import re
import struct
import zlib
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.pages.sanitize.markup import TEXT_TAGS
from autograder.pages.sanitize.outputs import Sanitizer
from autograder.pages.sanitize.pictures import picture_uri
from autograder.pages.sanitize.text import coloured, own_lines, plain_text, shortened, without_paths
from tests.helpers.hostile import HOSTILE_HTML

SAFE_TAGS = {
    *TEXT_TAGS,
    *("pre", "div", "p", "ol", "li", "code", "strong", "img", "h4", "h5", "h6"),
}


def png_bytes(width: int = 1, height: int = 1) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0\xff\0\0"))
        + chunk(b"IEND", b"")
    )


PNG = base64.b64encode(png_bytes()).decode()
JPEG = base64.b64encode(
    bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffc0000b080002000301011100ffd9")
).decode()

KEYS = ["output_type", "text", "data", "image/png", "text/html", "traceback", "ename"]


class Reader(HTMLParser):
    """Collects what an HTML text holds, as a browser would read it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str, str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]


def assert_safe(text: str) -> None:
    found = Reader(text)
    assert found.tags <= SAFE_TAGS
    for tag, name, value in found.attributes:
        assert not name.startswith("on") and name not in ("style", "id", "srcset", "srcdoc", "formaction"), name
        if name == "src":
            assert re.fullmatch(r"data:image/(png|jpeg|svg\+xml);base64,[A-Za-z0-9+/=]*", value), (tag, value)
        if name == "href":
            assert re.match(r"(?i)https?://|mailto:", value), (tag, value)
        if name == "class":
            assert value in ("out", "note", "error"), value


def drawing_of(text: str) -> str:
    found = re.search(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)", text)
    return base64.b64decode(found[1]).decode() if found else ""


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


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from([*HOSTILE_HTML, "<", ">", "'", '"', "`", "\n\n", "$", "</svg>", "<svg>", "]]>", "<!--"]))
)
def test_no_mixture_of_hostile_pieces_becomes_dangerous(pieces: list[str]) -> None:
    text = "".join(pieces)
    for shown in (Sanitizer().html(text), Sanitizer().markdown(text), Sanitizer().svg(text)):
        assert_safe(shown)


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


def test_tables_lists_and_links_stay() -> None:
    shown = Sanitizer().html(
        "<table><tr><th scope=col>λ<td colspan=2><b>0.7</b></table><a href='https://example.org/a'>see</a>"
    )
    assert '<th scope="col">λ</th>' in shown and '<td colspan="2"><b>0.7</b></td>' in shown
    assert 'href="https://example.org/a"' in shown and "noopener" in shown


def test_a_formula_is_shown_as_it_was_typed() -> None:
    shown = Sanitizer().markdown(r"so $a_1 * b_1 < c*d$ and $$\sum_i x_i$$, but it costs 3$ or 4 $.")
    assert "<code>$a_1 * b_1 &lt; c*d$</code>" in shown
    assert r"<code>$$\sum_i x_i$$</code>" in shown
    assert "costs 3$ or 4 $." in shown and "<em>" not in shown


def test_headings_of_an_answer_stand_below_those_of_the_page() -> None:
    shown = Sanitizer().markdown("# one\n\n### three\n\n<h1>raw</h1>")
    assert "<h4>one</h4>" in shown and "<h6>three</h6>" in shown and "h1" not in shown


def test_an_attached_picture_is_shown_and_an_unknown_one_is_not() -> None:
    attachments = {"a.png": {"image/png": PNG}, "b.png": {"image/png": "no"}, "c": 7}
    shown = Sanitizer().markdown("![a](attachment:a.png) ![b](attachment:b.png) ![c](attachment:c)", attachments)
    assert shown.count("src=") == 1 and f"data:image/png;base64,{PNG}" in shown
    assert 'alt="b"' in shown


def test_a_markdown_table_is_a_table() -> None:
    assert "<td>0.92</td>" in Sanitizer().markdown("| λ | test |\n|---|---|\n| 0.7 | 0.92 |")


def test_terminal_codes_are_taken_out_and_an_overwritten_line_shows_its_last_state() -> None:
    assert plain_text("\x1b[31mred\x1b[0m \x1b]8;;http://x\x07link\x1b]8;;\x07") == "red link"
    assert plain_text("10%\r 50%\r100%\r\ndone\r\n") == "100%\ndone\n"
    assert plain_text("a\x00b\x08c\x9bd\ud800") == "abc?"
    assert plain_text(["a", 1, "b"]) == "ab" and plain_text({"a": 1}) == ""


def test_signs_that_turn_text_around_are_made_visible() -> None:
    assert plain_text("if admin\u202e: return") == "if admin\\u202e: return"


def test_folders_of_a_machine_are_left_out() -> None:
    assert without_paths("File /home/ann/course/x.py, line 3") == "File …/x.py, line 3"
    assert without_paths(r"C:\Users\Ann\x.py and ~/a/b.csv") == "…/x.py and …/b.csv"
    untouched = "https://example.org/a/b 1/2 dW1/dx a / b /m and/or 3 //comment"
    assert without_paths(untouched) == untouched


def test_a_long_output_keeps_its_beginning_and_its_end() -> None:
    text = shortened("a" * 50_000 + "END")
    assert len(text) < 21_000 and text.startswith("aaa") and text.endswith("END") and "30,003" in text


def test_an_own_exception_is_shown_as_own_lines_without_those_of_libraries() -> None:
    trace = [
        "\x1b[31m-----\x1b[39m",
        "\x1b[31mValueError\x1b[39m   Traceback (most recent call last)",
        "\x1b[36mCell\x1b[39m\x1b[36m \x1b[39m\x1b[32mIn[3]\x1b[39m, line 2\n      1 x = 1\n----> 2 f(x)\n",
        "File /usr/lib/python3/numpy/core.py:346, in f(s)\n    345 secret\n--> 346 internals()\n",
        "Cell In[2], line 7, in f(a)\n      6 b = a\n----> 7     return b @ a\n",
        "ValueError: mismatch",
    ]
    assert own_lines(trace) == ["line 2: f(x)", "line 7: return b @ a"]
    assert own_lines(["  Cell In[1], line 4\n    def g(:\n          ^\nSyntaxError: invalid syntax\n"]) == [
        "line 4: def g(:"
    ]
    assert own_lines("no list") == own_lines([None, 3]) == []


def test_a_syntax_error_names_its_line_and_no_file() -> None:
    shown = Sanitizer().error("SyntaxError", "invalid syntax (2283287469.py, line 3)", [])
    assert "invalid syntax (line 3)" in shown and ".py" not in shown


def test_only_pictures_that_are_what_they_claim_are_shown() -> None:
    assert picture_uri("image/png", PNG) == f"data:image/png;base64,{PNG}"
    assert picture_uri("image/png", [PNG[:8] + "\n", PNG[8:]]) == f"data:image/png;base64,{PNG}"
    assert picture_uri("image/jpeg", JPEG).startswith("data:image/jpeg")
    huge = base64.b64encode(png_bytes(100_000, 100_000)).decode()
    script = base64.b64encode(b"<script>").decode()
    for mime, data in [
        ("image/jpeg", PNG), ("image/png", JPEG), ("image/png", "%%%"), ("image/png", script), ("image/png", None),
        ("image/gif", PNG), ("image/svg+xml", PNG), ("image/png", huge),
        ("image/png", PNG[:20]), ("image/jpeg", "/9j/"),
    ]:  # fmt: skip
        assert picture_uri(mime, data) == ""


def test_a_widget_and_a_script_become_a_note_and_their_text_is_preferred() -> None:
    script = {"application/javascript": "document.title = 'x'", "application/vnd.jupyter.widget-view+json": {}}
    assert "interactive" in Sanitizer().output({"output_type": "display_data", "data": script})
    with_text = Sanitizer().output({"output_type": "display_data", "data": {**script, "text/plain": "a widget"}})
    assert "a widget" in with_text and "document" not in with_text


def test_a_drawing_keeps_its_shapes_and_names_nothing_outside() -> None:
    shown = Sanitizer().svg(
        "<?xml version='1.0'?><!DOCTYPE svg [<!ENTITY a 'aaaa'>]><svg xmlns='http://www.w3.org/2000/svg' "
        "xmlns:xlink='http://www.w3.org/1999/xlink' viewBox='0 0 9 9'><defs><path id='p' d='M0 0L9 9'/></defs>"
        "<use xlink:href='#p' style='fill: none; stroke: red; position: fixed'/><use xlink:href='#p' style='fill: url(http://192.0.2.1)'/>"
        "<text x='1' y='5'>1&nbsp;&lt;&nbsp;λ</text></svg>"
    )
    drawn = drawing_of(shown)
    assert 'd="M0 0L9 9"' in drawn and "#p" in drawn and "stroke:red" in drawn.replace(" ", "")
    assert "192.0.2.1" not in drawn and "position" not in drawn and "ENTITY" not in drawn and "λ" in drawn


def test_a_drawing_cannot_grow_by_using_itself() -> None:
    levels = "".join(f'<g id="a{i}"><use xlink:href="#a{i + 1}"/><use href="#a{i + 1}"/></g>' for i in range(50))
    drawn = drawing_of(Sanitizer().svg(f"<svg>{levels}<path id='a50' d='M0 0'/></svg>"))
    assert drawn.count("<") < 200 and drawn.count("#a") == 2


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


def test_code_is_escaped_and_coloured() -> None:
    shown = coloured("def f(x):\n    return '</code><script>alert(1)</script>'  # <b>")
    assert "<script" not in shown and "<b>" not in shown and '<span class="nf">f</span>' in shown
    assert "left out" in coloured("x = 1\n" * 50_000)
