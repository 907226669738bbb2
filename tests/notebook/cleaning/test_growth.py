"""Parsers of markup and pictures take what their input is long: four times as long, some four times the work."""

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from autograder.notebook.cleaning.clean import cleaned_outputs
from autograder.notebook.cleaning.markup import MAX_MARKDOWN
from autograder.notebook.cleaning.parsing import parse
from autograder.notebook.cleaning.pictures import MAX_DRAWING, MAX_SHAPES
from autograder.notebook.cleaning.printed import as_shown
from autograder.notebook.cleaning.shown import MAX_MARKUP, MAX_TAGS
from autograder.notebook.cleaning.widgets import Widgets
from autograder.pages.sanitize.text import coloured, plain_text, without_paths
from autograder.scrub.process import Allowance
from tests.helpers.hostile import PNG

pytestmark = pytest.mark.slow

LONGER = 4
"""How much longer the longer input is: the longest that is read at all."""

Make = Callable[[int], str]
"""Makes a text from a number that its length grows with."""


def numbered(tag: str) -> Make:
    """Unclosed tags, no two of them alike, then as many blocks."""
    return lambda n: "".join(f"<{tag} a={i}>" for i in range(n)) + "<p>x" * n


HTML: dict[str, Make] = {
    "bold tags": numbered("b"),
    "links": numbered("a"),
    "font tags": numbered("font"),
    "nested tables": lambda n: "<table><tr><td>" * (n // 2),
    "text in tables": lambda n: "<table>" + "<tr>x" * n,
    "foster parents": lambda n: "<a><table><tr>" * (n // 2),
    "adoption agency": lambda n: "<b><div>" * (n // 2) + "</b>" * (n // 2),
    "ends without beginnings": lambda n: "</p></b></td>" * (n // 2),
    "selects": lambda n: "<select><option>" * n,
    "formulas": lambda n: "<math><mi><mtext>" * (n // 2),
    "drawings": lambda n: "<svg><path/></svg>" * n,
    "half a drawing": lambda n: "<svg " * n,
    "pictures": lambda n: f"<img src='data:image/png;base64,{PNG}'>" * n,
    "half a picture": lambda n: "<img src='data:image/png;base64," * n,
    "pages in pages": lambda n: "<iframe src=https://example.org " * n,
    "entities": lambda n: "&amp;&lt;&#x1f600;&nosuch;" * 3 * n,
    "comments": lambda n: "<!--" * n + "-->" * n,
    "styles": lambda n: "<style>#T_" * n,
}
FORMULAS: dict[str, Make] = {
    "short ones": lambda n: "$x^y_z$ " * (n // 2),
    "halves": lambda n: "$$a " * n,
    "groups": lambda n: ("$" + "{" * 900 + "x" + "}" * 900 + "$ ") * (n // 300),
    "fractions": lambda n: ("$" + r"\frac{" * 120 + "a" + "}{b}" * 120 + "$ ") * (n // 300),
    "brackets": lambda n: ("$" + r"\left(" * 100 + r"\right)" * 100 + "$ ") * (n // 300),
    "primes": lambda n: ("$" + "x'" * 900 + "$ ") * (n // 300),
    "environments": lambda n: r"\begin{a}x" * n,
    "code spans": lambda n: " ".join("`" * (i % 40 + 1) for i in range(n // 5)),
}
BOUNDED = {
    "nested blocks": "<div>" * (MAX_TAGS - 1),
    "nested lists": "<ul><li>" * (MAX_TAGS // 2 - 1),
    "attributes": "<p " + " ".join(f"a{i}=1" for i in range(45_000)) + ">",
}
"""HTML for which html5ever's work grows faster than its length: the longest that is read."""
MARKDOWN: dict[str, Make] = {
    "emphasis": lambda n: "*a _b " * n,
    "stars": lambda n: "*" * 6 * n,
    "links": lambda n: "[a](" * n,
    "brackets": lambda n: "[" * 6 * n,
    "closed brackets": lambda n: "[" * 3 * n + "]" * 3 * n,
    "references": lambda n: "".join(f"[a{i}]: b\n" for i in range(n // 4)) + "[a0] " * (n // 2),
    "pictures": lambda n: "![a](attachment:f)" * (n // 3),
    "code spans": lambda n: " ".join("`" * (i % 40 + 1) for i in range(n // 5)),
    "formulas": lambda n: "$" * 6 * n,
    "half formulas": lambda n: "$a " * 2 * n,
    "quotes": lambda n: ("> " * 20 + "a\n") * (n // 8),
    "deep quotes": lambda n: ">" * 6 * n,
    "lists": lambda n: "".join(" " * (2 * (i % 40)) + "- a\n" for i in range(n // 8)),
    "tables": lambda n: "|a" * n + "|\n" + "|-" * n + "|\n" + "|b" * n,
    "rows": lambda n: "|a|b|\n|-|-|\n" + "|1|2\n" * n,
    "tags": lambda n: "<b a>" * n,
    "half tags": lambda n: "<a href=" * (n // 2),
    "addresses": lambda n: "<http://x" * (n // 2),
    "backslashes": lambda n: "\\" * 6 * n,
    "entities": lambda n: "&amp;" * n,
    "struck out": lambda n: "~~a " * n,
}
SVG: dict[str, Make] = {
    "groups": lambda n: "<g>" * n,
    "shapes": lambda n: "<path d='M0 0'/>" * n,
    "names": lambda n: "".join(f"<path id='a{i}'/><use href='#a{i}'/>" for i in range(n // 2)),
    "clips": lambda n: "<clipPath><path style='fill:url(#a)'/>" * n,
    "pictures": lambda n: f"<image href='data:image/png;base64,{PNG}'/>" * n,
    "bold tags": numbered("b"),
    "styles": lambda n: "<text style='" + "fill:red;" * 20 * n + "'>",
    "texts": lambda n: "<text><tspan>λ" * n,
    "numbers": lambda n: f"<path d='{'M0 0' * 50 * n}'/>",
}
TEXTS: dict[str, tuple[Callable[[str], Any], Make]] = {
    "codes": (as_shown, lambda n: "\x1b[1A\x1b[999C\rx" * 100 * n),
    "half a code": (as_shown, lambda n: "\r" + "\x1b]" * 200 * n),
    "codes on a page": (plain_text, lambda n: "\x1b[0;" * 300 * n),
    "half titles": (plain_text, lambda n: "\x1b]0;x" * 200 * n),
    "paths": (without_paths, lambda n: "/a" * 400 * n),
    "half paths": (without_paths, lambda n: "C:\\a-" * 200 * n),
    "brackets of code": (coloured, lambda n: "f'{" * 40 * n),
    "quotes of code": (coloured, lambda n: "'\"" * 60 * n),
}


def jpeg(count: int) -> str:
    return base64.b64encode(b"\xff\xd8\xff\xe0\0\2" + b"\xff\xfe\0\2" * 1_000 * count).decode()


def filled(count: int) -> str:
    return base64.b64encode(b"\xff\xd8" + b"\xff" * 5_000 * count).decode()


def deep(count: int) -> str:
    return json.dumps([list(range(5))] * 100 * count)


CASES: list[Any] = [
    *(pytest.param(lambda text: parse("html", text), make, 1_000, id=f"HTML: {name}") for name, make in HTML.items()),
    *(
        pytest.param(lambda text: parse("markdown", [text, None]), make, 800, id=f"Markdown: {name}")
        for name, make in MARKDOWN.items()
    ),
    *(
        pytest.param(lambda text: parse("markdown", [text, None]), make, 800, id=f"formulas: {name}")
        for name, make in FORMULAS.items()
    ),
    *(
        pytest.param(lambda text: parse("svg", f"<svg>{text}</svg>"), make, 2_000, id=f"SVG: {name}")
        for name, make in SVG.items()
    ),
    *(pytest.param(read, make, 100, id=f"text: {name}") for name, (read, make) in TEXTS.items()),
    *(
        pytest.param(lambda text: parse("picture", {"image/png": text}), make, 100, id=f"JPEG: {make.__name__}")
        for make in (jpeg, filled)
    ),
    pytest.param(
        lambda text: cleaned_outputs(
            [{"output_type": "display_data", "data": {"application/json": json.loads(text)}}], Widgets(), Allowance()
        ),
        deep,
        100,
        id="JSON",
    ),
]


@pytest.mark.parametrize("read, make, size", CASES)
def test_work_grows_with_the_input_and_no_faster(read: Callable[[str], Any], make: Make, size: int) -> None:
    texts = [make(size), make(LONGER * size)]

    def seconds(text: str) -> float:
        began = time.process_time()
        read(text)
        return time.process_time() - began

    short, long = (min(seconds(text) for _ in range(3)) for text in texts)
    assert long < 2.5 * LONGER * short + 0.05


@pytest.mark.parametrize("name", BOUNDED)
def test_where_a_library_takes_longer_for_what_is_deep_or_crowded_the_longest_is_bearable(
    name: str,
) -> None:
    def seconds(text: str) -> float:
        began = time.process_time()
        assert parse("html", text) is not None
        return time.process_time() - began

    plain, hostile = (
        min(seconds(text) for _ in range(3)) for text in ("<i>x</i>" * (MAX_TAGS // 2 - 1), BOUNDED[name])
    )
    assert hostile < 60 * plain


def test_the_longer_inputs_are_as_long_as_any_that_are_read() -> None:
    assert max(make(4_000).count("<") for make in HTML.values()) > MAX_TAGS / 2
    assert max(len(make(4_000)) for make in HTML.values()) > MAX_MARKUP / 8
    assert max(len(make(3_200)) for make in MARKDOWN.values()) > MAX_MARKDOWN / 2
    assert max(make(8_000).count("<") for make in SVG.values()) > MAX_SHAPES / 4
    assert max(len(make(8_000)) for make in SVG.values()) > MAX_DRAWING / 2
