"""Only pictures that are what they claim to be are shown, and a drawing names nothing outside."""

import base64

from autograder.pages.sanitize.outputs import Sanitizer
from autograder.pages.sanitize.pictures import picture_uri
from tests.helpers.hostile import JPEG, PNG, drawing_of, png_bytes


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
