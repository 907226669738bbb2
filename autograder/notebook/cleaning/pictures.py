"""Recognise pictures by their bytes, and clean SVG element by element."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_to_bytes
from xml.etree import ElementTree

import nh3

from autograder.notebook.cleaning.printed import text_of
from autograder.notebook.cleaning.shown import MAX_PICTURE, SVG, SVG_TYPE, as_uri

MAX_PIXELS = 50_000_000
"""Pixels of one picture."""
MAX_DRAWING, MAX_SHAPES = 2_000_000, 20_000
"""Characters and tags of one SVG."""
_HEAD = 65_536
"""Bytes of a JPEG in which its size must stand."""

FORMATTING = re.compile(
    r"<(/?)(?=(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?:[\s/>]|$))", re.IGNORECASE
)
"""Tags that a parser of HTML opens again in each block where they were not closed: n tags, n × n elements."""

_SVG_TAGS = {
    *("svg", "g", "defs", "symbol", "use", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text"),
    *("tspan", "clipPath", "linearGradient", "radialGradient", "stop", "title", "desc", "image", "pattern"),
}
_SVG_ATTRIBUTES = {
    *("id", "d", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "fx", "fy", "dx", "dy", "points"),
    *("width", "height", "viewBox", "xmlns", "transform", "fill", "fill-opacity", "fill-rule", "stroke"),
    *("stroke-width", "stroke-opacity", "stroke-linecap", "stroke-linejoin", "stroke-dasharray", "opacity", "style"),
    *("clip-path", "clip-rule", "clipPathUnits", "gradientUnits", "gradientTransform", "offset", "stop-color"),
    *("stop-opacity", "font-size", "font-family", "font-weight", "font-style", "text-anchor", "preserveAspectRatio"),
    *("patternUnits", "patternTransform"),
}
_SVG_STYLES = {
    *("fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-opacity", "stroke-linecap", "opacity"),
    *("stroke-linejoin", "stroke-dasharray", "stroke-dashoffset", "stroke-miterlimit", "font", "font-size"),
    *("font-family", "font-weight", "font-style", "text-anchor", "stop-color", "stop-opacity", "clip-path"),
}
_XLINK = "http://www.w3.org/1999/xlink"
ElementTree.register_namespace("", SVG)
ElementTree.register_namespace("xlink", _XLINK)
_SHARED = tuple(f"{{{SVG}}}{name}" for name in ("clipPath", "pattern", "symbol"))
"""Elements that are drawn wherever they are named; they name nothing themselves, or a drawing could grow endlessly."""
_ELSEWHERE = re.compile(r"url\(\s*[\"']?(?!#)", re.IGNORECASE)
_DATA_URI = re.compile(r"data:(image/[\w.+-]{1,40})((?:;[\w=.-]{1,30}){0,3}),(.*)", re.IGNORECASE | re.DOTALL)


def _svg_attribute(tag: str, name: str, value: str) -> str | None:
    if name == "href" and tag == "image":
        return _pixels_only(value)
    if name == "href":
        return value if value.startswith("#") else None
    return None if _ELSEWHERE.search(value) or "\\" in value else value


_SVG_CLEANER = nh3.Cleaner(
    tags=_SVG_TAGS,
    attributes={tag: _SVG_ATTRIBUTES | ({"href"} if tag in ("use", "image") else set()) for tag in _SVG_TAGS},
    clean_content_tags={"script", "style", "foreignObject", "metadata"},
    attribute_filter=_svg_attribute,
    filter_style_properties=_SVG_STYLES,
    url_schemes={"data"},
    link_rel=None,
)


def picture(mime: str, value: Any) -> tuple[str, str] | None:
    """Clean a picture.

    Args:
        mime: the type that it claims; only SVG is believed, for the others their bytes decide.
        value: base64 text, for an SVG also its source, or a list of lines of it.

    Returns:
        The type that browsers show it as, and base64 text, for an SVG its cleaned source; None if it is no picture
        that can be shown, or too large.
    """
    text = text_of(value)
    if mime.lower() == SVG_TYPE and "<" in text:
        source = drawing(text)
        return (SVG_TYPE, source) if source else None
    if not text or len(text) > MAX_PICTURE:
        return None
    try:
        raw = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    if mime.lower() == SVG_TYPE:
        source = drawing(raw.decode("utf-8", "replace"))
        return (SVG_TYPE, source) if source else None
    for start, kind, size in _FORMATS:
        if raw.startswith(start):
            width, height = size(raw)
            return (kind, base64.b64encode(raw).decode()) if 0 < width * height <= MAX_PIXELS else None
    return None


def picture_of_uri(uri: str) -> tuple[str, str] | None:
    """Clean a picture that is embedded in a text as `data:image/…`; as `picture`."""
    parts = _DATA_URI.fullmatch(uri.strip())
    if parts is None:
        return None
    if parts[2].lower().endswith(";base64"):
        return picture(parts[1], unquote_to_bytes(parts[3]).decode("latin-1") if "%" in parts[3] else parts[3])
    if parts[1].lower() != SVG_TYPE or len(parts[3]) > 3 * MAX_DRAWING:
        return None
    return picture(SVG_TYPE, unquote_to_bytes(parts[3]).decode("utf-8", "replace"))


def drawing(source: str) -> str:
    """Clean an SVG: shapes, texts and embedded pixels only, nothing from outside; empty if it is none or too large."""
    if len(source) > MAX_DRAWING or source.count("<") > MAX_SHAPES:
        return ""
    plain = FORMATTING.sub(r"<\1x-", source[max(source.find("<svg"), 0) :])
    clean = _SVG_CLEANER.clean(plain).replace("&nbsp;", "&#160;")
    start, end = clean.find("<svg"), clean.rfind("</svg>")
    if start < 0 or end < start:
        return ""
    names = f' xmlns:xlink="{_XLINK}"' + ("" if f'xmlns="{SVG}"' in clean else f' xmlns="{SVG}"')
    try:
        root = ElementTree.fromstring(f"<svg{names}{clean[start + 4 : end]}</svg>")
        _stop_growth(root)
        return ElementTree.tostring(root, encoding="unicode")
    except (ElementTree.ParseError, RecursionError):
        return ""


def _pixels_only(uri: str) -> str | None:
    """Keep the pixels that a drawing embeds; no drawing within a drawing."""
    clean = picture_of_uri(uri) if "svg" not in uri[:40].lower() else None
    return as_uri(*clean) if clean else None


def _stop_growth(root: ElementTree.Element) -> None:
    """Keep a `use` of a single shape only: a few levels of groups that use groups grow beyond any memory.

    Each element is looked at once, however deep it stands.
    """
    use, image = f"{{{SVG}}}use", f"{{{SVG}}}image"
    shapes = {f"#{element.get('id')}" for element in root.iter() if len(element) == 0 and element.tag != use}

    def stays(element: ElementTree.Element) -> bool:
        if element.tag == image:
            return any("href" in key for key in element.keys())  # noqa: SIM118
        named = {element.get("href"), element.get(f"{{{_XLINK}}}href")} - {None}
        return element.tag != use or named <= shapes

    waiting = [(root, False)]
    while waiting:
        element, is_shared = waiting.pop()
        is_shared = is_shared or element.tag in _SHARED
        if is_shared:
            for key in [key for key, value in element.items() if "url(" in value.lower()]:
                del element.attrib[key]
        kept = [child for child in element if stays(child)]
        if len(kept) < len(element):
            element[:] = kept
        waiting += [(child, is_shared) for child in kept]


def _png_size(raw: bytes) -> tuple[int, int]:
    """Read the size in the first chunk (PNG 3, 11.2.1)."""
    if raw[12:16] != b"IHDR" or len(raw) < 33:
        return 0, 0
    return int.from_bytes(raw[16:20], "big"), int.from_bytes(raw[20:24], "big")


def _jpeg_size(raw: bytes) -> tuple[int, int]:
    """Read the size in the frame header (ISO/IEC 10918-1, B.2.2), going from segment to segment."""
    at = 2
    while at + 9 < min(len(raw), 40 * _HEAD) and raw[at] == 0xFF:
        marker = raw[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(raw[at + 7 : at + 9], "big"), int.from_bytes(raw[at + 5 : at + 7], "big")
        if marker == 0xFF:  # fill bytes: skip all of them at once
            filled = raw[at : at + _HEAD]
            at += len(filled) - len(filled.lstrip(b"\xff")) - 1
            if at + 1 >= len(raw) or raw[at + 1] == 0xFF:
                return 0, 0
        else:
            at += 2 + max(int.from_bytes(raw[at + 2 : at + 4], "big"), 2)
    return 0, 0


def _gif_size(raw: bytes) -> tuple[int, int]:
    """Read the size of the logical screen (GIF89a, 18)."""
    return int.from_bytes(raw[6:8], "little"), int.from_bytes(raw[8:10], "little")


def _webp_size(raw: bytes) -> tuple[int, int]:
    """Read the size in the first chunk: lossy, lossless or extended (RFC 9649, 2.5 to 2.7)."""
    kind = raw[8:16]
    if len(raw) < 30:
        return 0, 0
    if kind == b"WEBPVP8 ":
        return int.from_bytes(raw[26:28], "little") & 0x3FFF, int.from_bytes(raw[28:30], "little") & 0x3FFF
    if kind == b"WEBPVP8L":
        bits = int.from_bytes(raw[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"WEBPVP8X":
        return int.from_bytes(raw[24:27], "little") + 1, int.from_bytes(raw[27:30], "little") + 1
    return 0, 0


def _bmp_size(raw: bytes) -> tuple[int, int]:
    """Read the size in the information header; a negative height means rows from the top."""
    if len(raw) < 54:
        return 0, 0
    return int.from_bytes(raw[18:22], "little", signed=True), abs(int.from_bytes(raw[22:26], "little", signed=True))


_FORMATS: tuple[tuple[bytes, str, Callable[[bytes], tuple[int, int]]], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png", _png_size),
    (b"\xff\xd8\xff", "image/jpeg", _jpeg_size),
    (b"GIF8", "image/gif", _gif_size),
    (b"RIFF", "image/webp", _webp_size),
    (b"BM", "image/bmp", _bmp_size),
)
"""How the bytes of a picture begin, what it is, and where its size stands."""
