"""Only pictures that are what they claim to be are shown, and a drawing names nothing outside."""

import base64

from autograder.notebook.cleaning.pictures import picture
from autograder.pages.sanitize.outputs import Sanitizer
from tests.helpers.hostile import JPEG, PNG, drawing_of, png_bytes


def test_only_what_is_a_picture_is_shown_and_as_what_it_is() -> None:
    assert picture("image/png", PNG) == ("image/png", PNG)
    assert picture("image/png", [PNG[:8] + "\n", PNG[8:]]) == ("image/png", PNG)
    assert picture("image/jpeg", JPEG) == ("image/jpeg", JPEG)
    assert picture("image/jpeg", PNG) == picture("image/gif", PNG) == ("image/png", PNG)
    huge = base64.b64encode(png_bytes(100_000, 100_000)).decode()
    script = base64.b64encode(b"<script>").decode()
    for mime, data in [
        ("image/png", "%%%"), ("image/png", script), ("image/png", None), ("image/svg+xml", PNG),
        ("image/png", huge), ("image/png", PNG[:20]), ("image/jpeg", "/9j/"), ("image/svg+xml", script),
    ]:  # fmt: skip
        assert picture(mime, data) is None


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
