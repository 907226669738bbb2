"""What people should see survives in each of the forms that editors and libraries give it, and only that."""

import base64
import json
import struct
from typing import Any

import pytest

from autograder.notebook.cleaning.clean import cleaned_attachments, cleaned_markdown, cleaned_outputs
from autograder.notebook.cleaning.parsing import parse
from autograder.notebook.cleaning.printed import MAX_LINES, as_shown, folded
from autograder.notebook.cleaning.shown import MAX_TAGS
from autograder.notebook.cleaning.widgets import VIEW_TYPE, Widgets
from autograder.pages.sanitize.outputs import Sanitizer
from autograder.scrub.process import Allowance
from tests.helpers.hostile import HOSTILE_HTML, JPEG, PNG, assert_safe


def encoded(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


GIF = encoded(b"GIF89a" + struct.pack("<HH", 3, 2) + bytes(9))
WEBP = encoded(b"RIFF" + bytes(4) + b"WEBPVP8X" + bytes(8) + bytes([2, 0, 0, 1, 0, 0]))
LOSSLESS = encoded(b"RIFF" + bytes(4) + b"WEBPVP8L" + bytes(4) + b"\x2f" + bytes(12))
BMP = encoded(b"BM" + bytes(16) + struct.pack("<ii", 3, -2) + bytes(30))
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9"><path d="M0 0L9 9"/></svg>'
RECT = encoded(b'<svg xmlns="http://www.w3.org/2000/svg"><rect /></svg>')

SHOWN: list[tuple[dict[str, Any], str]] = [
    ({"image/png": PNG}, PNG),
    ({"image/png": PNG + "\n"}, PNG),
    ({"IMAGE/PNG": PNG}, PNG),
    ({"image/jpeg": JPEG}, JPEG),
    ({"image/jpg": JPEG}, JPEG),
    ({"image/png": JPEG}, "data:image/jpeg"),
    ({"image/gif": GIF}, GIF),
    ({"image/webp": WEBP}, WEBP),
    ({"image/webp": LOSSLESS}, LOSSLESS),
    ({"image/bmp": BMP}, BMP),
    ({"image/svg+xml": SVG}, "data:image/svg+xml"),
    ({"image/svg+xml": [SVG[:9], SVG[9:]]}, "data:image/svg+xml"),
    ({"image/svg+xml": f"<?xml version='1.0'?>\n<!DOCTYPE svg PUBLIC 'x' 'y'>{SVG}"}, "data:image/svg+xml"),
    ({"image/svg+xml": "no drawing", "image/png": PNG}, PNG),
    ({"text/html": f'<img src="data:image/png;base64,{PNG}" width="640">'}, PNG),
    ({"text/html": f"<img src='data:image/png;base64,{PNG[:8]}\n{PNG[8:]}'>"}, PNG),
    ({"text/html": f"<div><img src=data:image/gif;base64,{GIF}></div>"}, GIF),
    ({"text/html": f"<div>{SVG}</div>"}, "data:image/svg+xml"),
    ({"text/html": "<img src='data:image/svg+xml;utf8,<svg><rect/></svg>'>"}, RECT),
    ({"text/html": "<style scoped>.dataframe{}</style><table class=dataframe><td>0.93</table>"}, "<td>0.93</td>"),
    ({"text/html": "<style>#T_1 {color: red}</style><table><td>7</table>"}, "colours of this table"),
    ({"text/html": '<iframe src="https://example.org/a"></iframe>'}, "page from example.org"),
    ({"text/html": "<video src=x></video>"}, "video is left out"),
    ({"text/html": "<audio src=x></audio>after"}, "sound is left out"),
    ({"text/html": "<div id=a></div><script>Plotly.newPlot()</script>"}, "interactive figure"),
    ({"text/html": "<img src=https://example.org/x.png alt=plot>"}, 'alt="plot"'),
    ({"text/html": "<b>x</b>" * MAX_TAGS}, "too large"),
    ({"text/markdown": "accuracy **0.935**"}, "<strong>0.935</strong>"),
    ({"text/markdown": ["| a |\n", "|---|\n", "| 5 |"]}, "<td>5</td>"),
    ({"text/markdown": f"![p](data:image/png;base64,{PNG})"}, PNG),
    ({"text/latex": r"$\lambda$"}, r"\lambda"),
    ({"application/json": {"loss": 0.25}}, "0.25"),
    ({"application/vnd.plotly.v1+json": {}}, "interactive figure"),
    ({"application/vnd.vega.v5+json": {}, "image/png": PNG}, PNG),
    ({"application/javascript": "alert(1)"}, "script is left out"),
    ({"application/pdf": "JVBE"}, "document is left out"),
    ({"image/tiff": "SUkq"}, "picture is left out"),
    ({"video/mp4": "AAAA"}, "video is left out"),
    ({"application/x-own": 1}, "application/x-own"),
    ({VIEW_TYPE: {"model_id": "m"}, "image/png": PNG}, PNG),
]


@pytest.mark.parametrize("data, part", SHOWN, ids=range(len(SHOWN)))
def test_it_is_in_the_notebook_and_on_the_page_and_stays_when_cleaned_again(data: dict[str, Any], part: str) -> None:
    displayed = {"output_type": "display_data", "data": {"text/plain": "<x.Y object>", **data}}
    (output,) = cleaned_outputs([displayed], Widgets(), Allowance())
    (again,) = cleaned_outputs([output], Widgets(), Allowance())
    assert again["data"] == output["data"]
    shown = str(Sanitizer().output(output))
    assert part in shown
    assert_safe(shown)


@pytest.mark.parametrize("name, reference", [
    ("my pic.png", "attachment:my pic.png"), ("my pic.png", "attachment:my%20pic.png"),
    ("my%20pic.png", "attachment:my%20pic.png"), ("图.png", "attachment:图.png"),
    ("图.png", "attachment:%E5%9B%BE.png"), ("A.PNG", "attachment:a.png"), ("a (1).png", "attachment:a (1).png"),
    ("e\u0301.png", "attachment:\u00e9.png"),
])  # fmt: skip
def test_an_attachment_of_any_name_is_shown(name: str, reference: str) -> None:
    attachments = cleaned_attachments({name: {"image/png": PNG}}, Allowance())
    assert PNG in (cleaned_markdown(f"see ![p]({reference})", attachments, Allowance()) or "")


def widgets_of(states: dict[str, Any]) -> Widgets:
    return Widgets({"widgets": {"application/vnd.jupyter.widget-state+json": {"state": states}}})


def test_a_widget_shows_what_it_last_showed() -> None:
    states = {
        "box": {"state": {"children": ["IPY_MODEL_label", "IPY_MODEL_bar", "IPY_MODEL_canvas", "IPY_MODEL_box"]}},
        "label": {"state": {"value": "<b>100%</b>"}},
        "bar": {"state": {"value": 5.0, "max": 5.0, "bar_style": "success"}},
        "canvas": {"state": {"_data_url": f"data:image/png;base64,{PNG}"}},
    }
    view = {"output_type": "display_data", "data": {VIEW_TYPE: {"model_id": "box"}, "text/plain": "HBox(…)"}}
    shown = json.dumps(cleaned_outputs([view], widgets_of(states), Allowance()))
    assert "100% 5/5" in shown and PNG in shown


@pytest.mark.parametrize("printed, last", [
    ("".join(f"\r{i:3d}%" for i in range(101)) + "\n", "100%\n"),
    ("10.25\r7", "70.25"),
    ("|\b/\b-\bdone", "done"),
    ("a\x1b[1D\x1b[Kb", "b"),
    ("epoch 1\nloss 9\n\x1b[2A\rEPOCH 2\nloss 3\n", "EPOCH 2\nloss 3\n"),
    ("old\x1b[2K\rnew", "new"),
    ("\x1b[31mred\x1b[0m", "\x1b[31mred\x1b[0m"),
    ("a\r\nb", "a\nb"),
])  # fmt: skip
def test_a_progress_bar_is_its_last_state(printed: str, last: str) -> None:
    assert as_shown(printed) == last


def test_very_many_lines_are_folded() -> None:
    lines = folded("".join(f"{number}\n" for number in range(50_000))).split("\n")
    assert len(lines) == MAX_LINES + 1 and lines[0] == "0" and lines[-2] == "49999"


@pytest.mark.slow
@pytest.mark.parametrize("bomb", [
    "<p>" + "".join(f"<b a={i}>" for i in range(2_000)) + "<p>x" * 2_000,
    "<a><table><tr>" * 2_000, "<x-b><p>" * 3_000, "<svg><b><p>" * 2_000,
    "<img src=x>" * 9_000, f"<img src=data:image/png;base64,{PNG}>" * 3_000, "<iframe " * 9_000,
])  # fmt: skip
def test_what_comes_out_grows_no_faster_than_what_goes_in(bomb: str) -> None:
    for page in (parse("html", bomb), parse("markdown", [bomb[:19_000], None])[0], parse("svg", f"<svg>{bomb}</svg>")):
        assert len(page or "") < 5 * len(bomb) + 50_000


@pytest.mark.parametrize("hostile", HOSTILE_HTML)
def test_a_kept_notebook_loads_nothing_and_runs_nothing(hostile: str) -> None:
    for mime in ("text/html", "text/markdown"):
        kept = cleaned_outputs([{"output_type": "display_data", "data": {mime: hostile}}], None, Allowance())
        assert_safe(kept[0]["data"].get("text/html", "") if kept else "")
