"""Check pictures: of PNG and JPEG the header, of SVG each element."""

from __future__ import annotations

import base64
import binascii
from typing import Any
from xml.etree import ElementTree

import nh3

MAX_PIXELS = 50_000_000
"""Pixels of one picture."""

IMAGE_TYPES = ("image/png", "image/jpeg")

_SVG_TAGS = {
    *("svg", "g", "defs", "symbol", "use", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text"),
    *("tspan", "clipPath", "linearGradient", "radialGradient", "stop", "title", "desc"),
}
_SVG_ATTRIBUTES = {
    *("id", "d", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "fx", "fy", "dx", "dy", "points"),
    *("width", "height", "viewBox", "xmlns", "transform", "fill", "fill-opacity", "fill-rule", "stroke"),
    *("stroke-width", "stroke-opacity", "stroke-linecap", "stroke-linejoin", "stroke-dasharray", "opacity", "style"),
    *("clip-path", "clip-rule", "clipPathUnits", "gradientUnits", "gradientTransform", "offset", "stop-color"),
    *("stop-opacity", "font-size", "font-family", "font-weight", "font-style", "text-anchor", "preserveAspectRatio"),
}
_SVG_STYLES = {
    *("fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-opacity", "stroke-linecap", "opacity"),
    *("stroke-linejoin", "stroke-dasharray", "stroke-dashoffset", "stroke-miterlimit", "font", "font-size"),
    *("font-family", "font-weight", "font-style", "text-anchor", "stop-color", "stop-opacity", "clip-path"),
}
_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"


def _svg_attribute(tag: str, name: str, value: str) -> str | None:
    if name == "href":
        return value if value.startswith("#") else None
    return None if name == "style" and "url(" in value.replace("url(#", "") else value


_SVG_CLEANER = nh3.Cleaner(
    tags=_SVG_TAGS,
    attributes={tag: _SVG_ATTRIBUTES | ({"href"} if tag == "use" else set()) for tag in _SVG_TAGS},
    clean_content_tags={"script", "style", "foreignObject", "metadata"},
    attribute_filter=_svg_attribute,
    filter_style_properties=_SVG_STYLES,
    url_schemes=set(),
    link_rel=None,
)


def picture_uri(mime: str, data: Any) -> str:
    """Make a PNG or JPEG a data URI.

    Args:
        mime: the type it claims to be.
        data: base64 text, or a list of such lines.

    Returns:
        The URI, encoded anew; empty if it is not what it claims or too large to show.
    """
    text = "".join(part for part in data if isinstance(part, str)) if isinstance(data, list) else data
    if not isinstance(text, str) or mime not in IMAGE_TYPES:
        return ""
    try:
        raw = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return ""
    width, height = _png_size(raw) if mime == "image/png" else _jpeg_size(raw)
    if not 0 < width * height <= MAX_PIXELS:
        return ""
    return f"data:{mime};base64,{base64.b64encode(raw).decode()}"


def drawing_uri(source: str) -> str:
    """Make an SVG a data URI of a document with shapes and texts only; empty if the source is no SVG."""
    clean = _SVG_CLEANER.clean(source[max(source.find("<svg"), 0) :]).replace("&nbsp;", "&#160;")
    start, end = clean.find("<svg"), clean.rfind("</svg>")
    if start < 0 or end < start:
        return ""
    names = f' xmlns:xlink="{_XLINK}"' + ("" if f'xmlns="{_SVG}"' in clean else f' xmlns="{_SVG}"')
    try:
        root = ElementTree.fromstring(f"<svg{names}{clean[start + 4 : end]}</svg>")
        _stop_growth(root)
        drawing = bytes(ElementTree.tostring(root, encoding="utf-8"))
    except (ElementTree.ParseError, RecursionError):
        return ""
    return f"data:image/svg+xml;base64,{base64.b64encode(drawing).decode()}"


def _png_size(raw: bytes) -> tuple[int, int]:
    """Read the size in the first chunk (PNG 3, 11.2.1)."""
    if raw[:8] != b"\x89PNG\r\n\x1a\n" or raw[12:16] != b"IHDR" or len(raw) < 33:
        return 0, 0
    return int.from_bytes(raw[16:20], "big"), int.from_bytes(raw[20:24], "big")


def _jpeg_size(raw: bytes) -> tuple[int, int]:
    """Read the size in the frame header (ISO/IEC 10918-1, B.2.2), going from segment to segment."""
    at = 2
    while raw[:2] == b"\xff\xd8" and at + 9 < len(raw) and raw[at] == 0xFF:
        marker = raw[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(raw[at + 7 : at + 9], "big"), int.from_bytes(raw[at + 5 : at + 7], "big")
        at += 1 if marker == 0xFF else 2 + max(int.from_bytes(raw[at + 2 : at + 4], "big"), 2)
    return 0, 0


def _stop_growth(root: ElementTree.Element) -> None:
    """Keep a `use` of a single shape only: a few levels of groups that use groups grow beyond any memory."""
    use = f"{{{_SVG}}}use"
    shapes = {f"#{element.get('id')}" for element in root.iter() if len(element) == 0 and element.tag != use}
    for parent in list(root.iter()):
        for child in [child for child in parent if child.tag == use]:
            if not {child.get("href"), child.get(f"{{{_XLINK}}}href")} <= {None, *shapes}:
                parent.remove(child)
