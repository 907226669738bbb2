"""Make what a student's notebook rendered safe to look at: text, HTML, SVG, Markdown, LaTeX and pictures.

Nothing of a student's reaches a page except through this module or Jinja's escaping. HTML passes an allowlist (nh3);
an SVG passes one too and then stands in an `<img>`, where browsers run no script and load nothing; of PNG and JPEG
only what decodes and has a sensible size is taken. Scripts, widgets and all other types are left out. A
`Content-Security-Policy` in the page is the second layer.

Reading hostile markup takes time as well, so each page has a budget, and an output beyond it is left out.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markupsafe import Markup, escape
from pygments import highlight  # type: ignore[import-untyped]
from pygments.formatters.html import HtmlFormatter  # type: ignore[import-untyped]
from pygments.lexers.python import PythonLexer  # type: ignore[import-untyped]

from autograder.pages import words

MAX_TEXT = 20_000
"""Characters shown of one text output; the middle of a longer one is left out."""
MAX_CODE = 60_000
"""Characters of a code cell that are coloured; a longer one is cut like a text."""
MAX_MARKUP = 400_000
"""Characters of one HTML or SVG output."""
MAX_MARKDOWN = 20_000
"""Characters of one Markdown text that are rendered; a longer one is shown as plain text."""
MAX_TAGS = 10_000
"""Tags of one output: the time that an HTML parser takes grows with the square of their depth."""
MAX_PIXELS = 50_000_000
"""Pixels of one picture."""
PAGE_TAGS = 40_000
"""Tags of all HTML, SVG and Markdown outputs of a page."""
PAGE_CHARACTERS = 20_000_000
"""Characters of all outputs of a page, pictures in base64 included."""

_TEXT_TAGS = {
    *("a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "col", "colgroup", "dd", "del", "div", "dl"),
    *("dt", "em", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp"),
    *("small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul", "var"),
}
_TEXT_ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
_DROPPED_WHOLE = {
    *("script", "style", "title", "textarea", "iframe", "noscript", "noembed", "noframes", "xmp", "template", "object"),
    *("svg", "math", "select", "option", "button", "form", "audio", "video", "canvas", "head"),
}

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

_LINK = re.compile(r"(?:https?://|mailto:)[^\s]+", re.IGNORECASE)
_EMBEDDED = re.compile(r"data:(image/png|image/jpeg);base64,(.*)", re.IGNORECASE | re.DOTALL)
_SIZE = re.compile(r"\d{1,4}")
_ANSI = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]|\x9b[0-?]*[ -/]*[@-~]"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_DIRECTION = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_PATH = re.compile(r"(?<![\w.:/\\~])(?:[A-Za-z]:[\\/]|~?/)(?:[\w.+@-]+[\\/])+(?=[\w.+@-])")
_FRAME = re.compile(r"^\s*(?:Cell In ?\[\d+\]|Input In \[\d+\]|File <ipython-input[^>]*>|<ipython-input[^>]*>)")
_ARROW = re.compile(r"^-+> *(\d+) ?(.*)$", re.MULTILINE)
_CELL_FILE = re.compile(r"\((?:<[^<>]*>|[\w.-]+\.py), line (\d+)\)$")
_SYNTAX = re.compile(r"line (\d+)\n\s*(\S.*)")

_LEXER = PythonLexer(stripnl=False)
_FORMATTER = HtmlFormatter(nowrap=True)

_IMAGE_TYPES = ("image/png", "image/jpeg")


def plain_text(value: Any) -> str:
    r"""A text from a notebook: lines joined, no terminal codes, no control or invisible direction characters.

    Args:
        value: a string or a list of strings; anything else is empty.

    Returns:
        The text as a terminal would leave it: a line that was overwritten (`\r`) shows its last state.
    """
    if isinstance(value, list):
        value = "".join(part for part in value if isinstance(part, str))
    if not isinstance(value, str):
        return ""
    value = _ANSI.sub("", value.replace("\r\n", "\n"))
    if "\r" in value:
        value = "\n".join(line.rstrip("\r").rsplit("\r", 1)[-1] for line in value.split("\n"))
    value = _CONTROL.sub("", value).encode("utf-8", "replace").decode()
    return _DIRECTION.sub(lambda sign: f"\\u{ord(sign[0]):04x}", value)


def without_paths(text: str) -> str:
    """The text with folders of absolute paths left out, so that no page tells where things lie on a machine."""
    return _PATH.sub("…/", text)


def shortened(text: str, limit: int = MAX_TEXT) -> str:
    """The text, or its beginning and end with a word on what is left out."""
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]}\n{words.left_out_characters(len(text) - 2 * half)}\n{text[-half:]}"


def own_lines(traceback: Any) -> list[str]:
    """The lines of a traceback that stand in the notebook's own cells, as "line 3: cost = …".

    Args:
        traceback: as in an `error` output; frames of other files are left out.
    """
    lines = []
    for frame in traceback if isinstance(traceback, list) else ():
        text = plain_text(frame)[:MAX_TEXT]
        if _FRAME.match(text):
            found = _ARROW.findall(text) or _SYNTAX.findall(text)
            lines += [f"line {number}: {code.strip()}"[:300] for number, code in found]
    return lines[:20]


def picture(mime: str, data: Any) -> str:
    """A PNG or JPEG as a data URI.

    Args:
        mime: the type it claims to be.
        data: base64 text, or a list of such lines.

    Returns:
        The URI, encoded anew; empty if it is not what it claims or too large to show.
    """
    text = "".join(part for part in data if isinstance(part, str)) if isinstance(data, list) else data
    if not isinstance(text, str) or mime not in _IMAGE_TYPES:
        return ""
    try:
        raw = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return ""
    width, height = _png_size(raw) if mime == "image/png" else _jpeg_size(raw)
    if not 0 < width * height <= MAX_PIXELS:
        return ""
    return f"data:{mime};base64,{base64.b64encode(raw).decode()}"


def code(text: Any) -> Markup:
    """A code cell, coloured."""
    source = plain_text(text)
    if len(source) > MAX_CODE:
        return escape(shortened(source))
    return Markup(highlight(source, _LEXER, _FORMATTER).rstrip("\n"))


class Sanitizer:
    """Renders what stands in one student's notebook, within the budget of one page."""

    def __init__(self) -> None:
        self._tags = PAGE_TAGS
        self._characters = PAGE_CHARACTERS
        self._attachments: Mapping[str, Any] = {}
        self._html = nh3.Cleaner(
            tags=_TEXT_TAGS,
            attributes=_TEXT_ATTRIBUTES,
            clean_content_tags=_DROPPED_WHOLE,
            attribute_filter=self._attribute,
            url_schemes={"http", "https", "mailto", "data", "attachment"},
            link_rel="noopener noreferrer nofollow",
        )

    def html(self, text: Any) -> Markup:
        """An HTML fragment: text, tables, links and embedded pictures; nothing that runs, loads, or covers the page."""
        source = plain_text(text)
        if not self._affords(source):
            return _note(words.OUTPUT_TOO_LARGE)
        return Markup(self._html.clean(source))

    def markdown(self, text: Any, attachments: Any = None) -> Markup:
        """A Markdown text with tables and raw HTML; formulas are shown as they were typed.

        Args:
            text: the Markdown.
            attachments: pictures of the cell, name → {type: base64}, as notebooks have them.
        """
        source = plain_text(text)
        if len(source) > MAX_MARKDOWN or not self._affords(source):
            return self.text(source)
        self._attachments = attachments if isinstance(attachments, dict) else {}
        try:
            return Markup(self._html.clean(_MARKDOWN.render(source)))
        except RecursionError:
            return self.text(source)
        finally:
            self._attachments = {}

    def svg(self, text: Any) -> Markup:
        """A drawing, as a picture that cannot run or load anything; a note if it is none."""
        source = plain_text(text)
        if not self._affords(source):
            return _note(words.OUTPUT_TOO_LARGE)
        drawing = _clean_svg(source)
        if not drawing:
            return _note(words.PICTURE_BROKEN)
        return _image(f"data:image/svg+xml;base64,{base64.b64encode(drawing).decode()}", words.STUDENT_PICTURE)

    def text(self, text: Any) -> Markup:
        """Printed text."""
        shown = shortened(without_paths(plain_text(text)).strip("\n"))
        self._characters -= len(shown)
        if self._characters < 0:
            return _note(words.OUTPUT_TOO_LARGE)
        return Markup('<pre class="out">{}</pre>').format(shown)

    def output(self, output: Any) -> Markup:
        """One output of a code cell; empty if there is nothing to show.

        Args:
            output: as in a notebook of nbformat 4, of any form.
        """
        kind = output.get("output_type") if isinstance(output, dict) else None
        if kind == "stream":
            shown = plain_text(output.get("text"))
            return self.text(shown) if shown.strip() else Markup("")
        if kind in ("display_data", "execute_result") and isinstance(output.get("data"), dict):
            return self._bundle(output["data"])
        if kind == "error":
            return self.error(output.get("ename"), output.get("evalue"), own_lines(output.get("traceback")))
        return Markup("")

    def error(self, kind: Any, message: Any, lines: Sequence[str]) -> Markup:
        """An exception: its name, its text, and the student's own lines that led to it."""
        name = plain_text(kind)[:100] or words.ERROR
        text = _CELL_FILE.sub(r"(line \1)", shortened(without_paths(plain_text(message)).strip(), 1000))
        rows = Markup("").join(Markup("<li><code>{}</code></li>").format(plain_text(line)) for line in lines)
        own = Markup("<ol>{}</ol>").format(rows) if rows else Markup("")
        return Markup('<div class="error"><p><strong>{}</strong>{}</p>{}</div>').format(
            name, f": {text}" if text else "", own
        )

    def _bundle(self, data: dict[str, Any]) -> Markup:
        """The best of the forms of one output that may be shown."""
        for mime in _IMAGE_TYPES:
            if mime in data:
                uri = picture(mime, data[mime])
                self._characters -= len(uri)
                if not uri:
                    return _note(words.PICTURE_BROKEN)
                return _image(uri, words.STUDENT_PICTURE) if self._characters >= 0 else _note(words.OUTPUT_TOO_LARGE)
        if "image/svg+xml" in data:
            return self.svg(data["image/svg+xml"])
        if "text/html" in data:
            shown = self.html(data["text/html"])
            if shown.strip():
                return shown
        if "text/markdown" in data:
            return self.markdown(data["text/markdown"])
        for mime in ("text/latex", "text/plain"):
            if mime in data:
                return self.text(data[mime])
        return _note(words.OUTPUT_LEFT_OUT)

    def _affords(self, text: str) -> bool:
        tags = text.count("<")
        if len(text) > MAX_MARKUP or tags > min(MAX_TAGS, self._tags) or len(text) > self._characters:
            return False
        self._tags -= tags
        self._characters -= len(text)
        return True

    def _attribute(self, tag: str, name: str, value: str) -> str | None:
        if name == "href":
            return value if _LINK.fullmatch(value) else None
        if name == "src":
            return self._source(value)
        if name in ("width", "height", "start", "colspan", "rowspan"):
            return value if _SIZE.fullmatch(value) else None
        return value

    def _source(self, value: str) -> str | None:
        embedded = _EMBEDDED.fullmatch(value)
        uri = ""
        if embedded:
            uri = picture(embedded[1].lower(), embedded[2])
        elif value.startswith("attachment:"):
            bundle = self._attachments.get(value.removeprefix("attachment:"))
            if isinstance(bundle, dict):
                uri = next((uri for mime in _IMAGE_TYPES if (uri := picture(mime, bundle.get(mime)))), "")
        self._characters -= len(uri)
        return uri if uri and self._characters >= 0 else None


def _note(text: str) -> Markup:
    return Markup('<p class="note">{}</p>').format(text)


def _image(uri: str, alt: str) -> Markup:
    return Markup('<img class="out" src="{}" alt="{}">').format(uri, alt)


def _png_size(raw: bytes) -> tuple[int, int]:
    if raw[:8] != b"\x89PNG\r\n\x1a\n" or raw[12:16] != b"IHDR" or len(raw) < 33:
        return 0, 0
    return int.from_bytes(raw[16:20], "big"), int.from_bytes(raw[20:24], "big")


def _jpeg_size(raw: bytes) -> tuple[int, int]:
    """From the frame header (ISO/IEC 10918-1, B.2.2), reached from segment to segment."""
    at = 2
    while raw[:2] == b"\xff\xd8" and at + 9 < len(raw) and raw[at] == 0xFF:
        marker = raw[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(raw[at + 7 : at + 9], "big"), int.from_bytes(raw[at + 5 : at + 7], "big")
        at += 1 if marker == 0xFF else 2 + max(int.from_bytes(raw[at + 2 : at + 4], "big"), 2)
    return 0, 0


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


def _clean_svg(source: str) -> bytes:
    """An SVG document of shapes and texts only; empty if the source is none."""
    clean = _SVG_CLEANER.clean(source[max(source.find("<svg"), 0) :]).replace("&nbsp;", "&#160;")
    start, end = clean.find("<svg"), clean.rfind("</svg>")
    if start < 0 or end < start:
        return b""
    names = f' xmlns:xlink="{_XLINK}"' + ("" if f'xmlns="{_SVG}"' in clean else f' xmlns="{_SVG}"')
    try:
        root = ElementTree.fromstring(f"<svg{names}{clean[start + 4 : end]}</svg>")
        _stop_growth(root)
        return bytes(ElementTree.tostring(root, encoding="utf-8"))
    except (ElementTree.ParseError, RecursionError):
        return b""


def _stop_growth(root: ElementTree.Element) -> None:
    """Keep a `use` of a single shape only: a few levels of groups that use groups grow beyond any memory."""
    use = f"{{{_SVG}}}use"
    shapes = {f"#{element.get('id')}" for element in root.iter() if len(element) == 0 and element.tag != use}
    for parent in list(root.iter()):
        for child in [child for child in parent if child.tag == use]:
            if not {child.get("href"), child.get(f"{{{_XLINK}}}href")} <= {None, *shapes}:
                parent.remove(child)


def _math(state: StateInline, silent: bool) -> bool:
    """`$…$` and `$$…$$`: taken as they stand, so that `_` and `*` in a formula are not read as emphasis."""
    text, at = state.src, state.pos
    if text[at] != "$":
        return False
    mark = "$$" if text.startswith("$$", at) else "$"
    end = text.find(mark, at + len(mark), state.posMax)
    inner = text[at + len(mark) : end] if end >= 0 else ""
    if not inner.strip() or (mark == "$" and (inner[0].isspace() or inner[-1].isspace())):
        return False
    if not silent:
        token = state.push("code_inline", "code", 0)
        token.content = f"{mark}{inner}{mark}"
    state.pos = end + len(mark)
    return True


def _lower_heading(renderer: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    """A student's headings stand below the page's own three levels."""
    token = tokens[at]
    token.tag = f"h{min(int(token.tag[1]) + 3, 6)}"
    return renderer.renderToken(tokens, at, options, env)


def _markdown() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    parser.inline.ruler.before("escape", "math", _math)
    parser.add_render_rule("heading_open", _lower_heading)
    parser.add_render_rule("heading_close", _lower_heading)
    return parser


_MARKDOWN = _markdown()
