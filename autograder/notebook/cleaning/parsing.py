"""Read hostile markup and pictures: what runs in the process of `autograder.scrub`, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from autograder.notebook import words
from autograder.notebook.cleaning.markup import Fragment
from autograder.notebook.cleaning.pictures import drawing, picture
from autograder.notebook.cleaning.printed import clean_text
from autograder.notebook.cleaning.shown import SVG_TYPE, Kind, in_base64

_TAG = re.compile(r"<[^<>]*>")


def parse(kind: Kind, value: Any) -> Any:
    """Read something; JSON in, JSON out, no state between calls.

    Args:
        kind: what it is, and so the form of what comes back:
            `forms`: the pictures and the markup of one output, MIME type → content, which become
                `[{type: clean content}, kinds of things that are lost]`;
            `picture`: the forms of one attached picture, which become `{type: base64}`, empty if none can be kept;
            `html`: a text, which becomes HTML, or null if it is too large;
            `markdown`: `[text, attachments]`, which become `[HTML, kinds of things that are lost]`, with null for
                the HTML if it is too large;
            `svg`: a text, which becomes an SVG, empty if it is none.
        value: of any form.
    """
    return _PARSERS[kind](value)


def _forms(forms: dict[str, Any]) -> tuple[dict[str, str], list[words.Kind]]:
    kept: dict[str, str] = {}
    lost: list[words.Kind] = []
    for mime, value in forms.items():
        found = picture(mime, value) if mime.startswith("image/") else None
        if found:
            kept[found[0]] = found[1]
    for mime in ("text/html", "text/markdown"):
        if mime in forms and "text/html" not in kept:
            html, kinds = _markup(mime, clean_text(forms[mime]))
            lost += kinds if html or not kept else []
            kept |= {"text/html": html} if html else {}
    return kept, lost


def _markup(mime: str, source: str) -> tuple[str, list[words.Kind]]:
    """Clean HTML or Markdown; empty if nothing of it can be seen."""
    fragment = Fragment()
    if mime == "text/markdown":
        return fragment.markdown(source) or "", fragment.left_out
    html = fragment.html(source)
    if html is None:
        return "", ["markup"]
    if "<img" in html or _TAG.sub("", html).strip():
        return html, fragment.left_out
    drawn = any(name in source for name in ("Plotly", "vegaEmbed", "Bokeh", "<canvas"))
    return "", [*fragment.left_out, *(("figure",) if drawn else ("script",) if "<script" in source else ())]


def _page(value: Any) -> tuple[str | None, list[words.Kind]]:
    text, attachments = value
    fragment = Fragment(attachments)
    return fragment.markdown(clean_text(text)), fragment.left_out


def _picture(bundle: Any) -> dict[str, str]:
    kept: dict[str, str] = {}
    for mime in bundle if isinstance(bundle, dict) else ():
        found = picture(mime, bundle[mime])
        if found:
            kept[found[0]] = in_base64(found[1]) if found[0] == SVG_TYPE else found[1]
    return kept


_PARSERS: dict[Kind, Callable[[Any], Any]] = {
    "forms": _forms,
    "picture": _picture,
    "html": lambda text: Fragment().html(clean_text(text)),
    "markdown": _page,
    "svg": lambda text: drawing(clean_text(text)),
}

_HTML = "<h1>λ &amp; <b>b</b><svg><path d='M0 0'/></svg><img src='http://[::1]/'><table><td>"
_MARKDOWN = "# a\n\n*b* `c` [d](http://ä.b/%20)\n\n![e](attachment:f)\n\n|a|\n|-|\n|1|\n\n> q\n\n1. l\n\n&copy;"
_FORMULAS = r"$a_1$ $$\frac{\hat x}{\text{b}} = \sqrt c \quad d$$ $\unknown$ $\frac$"
_SVG = "<svg xmlns='http://www.w3.org/2000/svg'><text style='fill: red'>&nbsp;λ</text></svg>"
WARM_UP: tuple[tuple[Kind, Any], ...] = (
    ("forms", {"text/html": _HTML, "image/png": "aGE="}),
    ("markdown", [_MARKDOWN, {"f": {}}]),
    ("markdown", [_FORMULAS, None]),
    ("picture", {"image/svg+xml": _SVG}),
    ("svg", "<svg><image href='data:image/png;base64,aGE='/></svg>"),
)
"""What is called before the process gives up reading files: each parser once, with each of its parts."""
