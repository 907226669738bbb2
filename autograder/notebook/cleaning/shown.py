"""What clean pictures and markup are called and look like: for both sides of the process that reads them."""

from __future__ import annotations

import base64
from html import escape
from typing import Literal

from autograder.notebook import words

Kind = Literal["forms", "picture", "html", "markdown", "svg"]
"""What is read apart, see `parsing.parse`."""

SVG = "http://www.w3.org/2000/svg"
SVG_TYPE = "image/svg+xml"
PICTURE_TYPES = frozenset((SVG_TYPE, "image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"))
"""The types of pictures that are kept."""

MAX_PICTURE = 4_000_000
"""Characters of one picture in base64."""
MAX_MARKUP, MAX_TAGS = 400_000, 10_000
"""Characters and tags of HTML that is cleaned, without its pictures; the time for that grows faster than they do."""


def in_base64(text: str) -> str:
    """Encode a text."""
    return base64.b64encode(text.encode()).decode()


def as_uri(mime: str, value: str) -> str:
    """Make a clean picture a `data:` URI; in an `<img>` an SVG can neither run nor load anything."""
    return f"data:{mime};base64,{in_base64(value) if mime == SVG_TYPE else value}"


def notice(line: str) -> str:
    """Draw a line of words as an SVG, to stand where a picture cannot be kept."""
    return (
        f'<svg xmlns="{SVG}" width="{16 + 8 * len(line)}" height="28"><rect width="100%" height="100%" fill="#eee" />'
        f'<text x="8" y="19" font-size="13" font-family="sans-serif">{escape(line, quote=False)}</text></svg>'
    )


def lost_picture() -> dict[str, str]:
    """Return the picture of words that stands for an attachment that cannot be kept."""
    return {SVG_TYPE: in_base64(notice(words.left_out("picture")))}
