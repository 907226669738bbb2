"""Clean HTML and Markdown: text, tables, links and embedded pictures stay."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from html import escape
from string import ascii_lowercase
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from autograder.notebook import words
from autograder.notebook.cleaning.formulas import without_formulas
from autograder.notebook.cleaning.pictures import FORMATTING, drawing, picture, picture_of_uri
from autograder.notebook.cleaning.shown import MAX_MARKUP, MAX_PICTURE, MAX_TAGS, SVG_TYPE, as_uri, notice

MAX_MARKDOWN = 20_000
"""Characters of one Markdown text that are rendered, without its pictures."""
MAX_NOTICES = 20
"""Lines about what is left out of one text; what comes after them goes without a word."""

TEXT_TAGS = {
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

_LEFT_OUT: dict[str, words.Kind] = {
    "iframe": "page",
    "video": "video",
    "audio": "sound",
    "canvas": "figure",
    "object": "object",
    "embed": "object",
    "math": "formula",
}
"""Elements that hold something to see, which cannot be kept."""

_LINK = re.compile(r"(?:https?://|mailto:)[^\s]+", re.IGNORECASE)
_SIZE = re.compile(r"\d{1,4}")
_LOST = re.compile(rf"<(?=({'|'.join(_LEFT_OUT)})[\s/>])", re.IGNORECASE)
_ADDRESS = re.compile(r"src\s*=\s*[\"']?(https?://[^\s\"'<>]{1,300})", re.IGNORECASE)
_EMBEDDED = re.compile(
    r"([\"'])\s*(data:image/[\w.+-]{1,40}(?:;[\w=.-]{1,30}){0,2};base64,[A-Za-z0-9+/=%\s]*+)\1"
    r"|(data:image/[\w.+-]{1,40}(?:;[\w=.-]{1,30}){0,2};base64,[A-Za-z0-9+/=%]*+)",
    re.IGNORECASE,
)
_CUSTOM = re.compile(r"<(/?)x-(?=(?:a|b|code|em|i|s|small|strong|u)[\s>])")
_FORMULA = "x-formula"
_PLACE = re.compile(rf"<{_FORMULA}>(\d{{1,3}})</{_FORMULA}>")
_STYLED = re.compile(r"<style[^>]{0,1000}>\s*#T_")


class Fragment:
    """Clean one text and put its pictures in; `left_out` names the kinds of things that could not be kept.

    Embedded pictures are taken out before the text is parsed, so that they cost nothing there, and each is decoded once
    however often it is shown.

    Args:
        attachments: pictures that the text may name, clean: name → {type: content}.
    """

    def __init__(self, attachments: Any = None) -> None:
        self._drawn: dict[str, str] = {}
        self.left_out: list[words.Kind] = []
        self._attachments = attachments if isinstance(attachments, dict) else {}
        self._names = {_same_name(name): name for name in self._attachments if isinstance(name, str)}
        self._embedded: list[str] = []
        self._uris: dict[str, str | None] = {}
        self._room = MAX_PICTURE * 2

    def html(self, source: str) -> str | None:
        """Clean HTML; None if it is too large to be read."""
        return self._clean(self._take_pictures(source))

    def markdown(self, source: str) -> str | None:
        """Render Markdown with tables and raw HTML; None if it is too large or too deep."""
        text = self._take_pictures(source)
        if len(text) > MAX_MARKDOWN:
            return None
        text, drawn = without_formulas(text, f"<{_FORMULA}>{{}}</{_FORMULA}>")
        self._drawn = {str(number): html for number, html in enumerate(drawn)}
        for name in self._attachments:  # Jupyter takes a name with spaces as it is, CommonMark does not
            if isinstance(name, str) and re.search(r"[\s()]", name):
                text = text.replace(f"(attachment:{name})", f"(attachment:{quote(name)})")
        try:
            return self._clean(str(_MARKDOWN.render(text)))
        except RecursionError:
            return None

    def _clean(self, source: str) -> str | None:
        source = self._take_drawings(source)
        if len(source) > MAX_MARKUP or source.count("<") > MAX_TAGS:
            return None
        marked = _LOST.sub(self._line, source) if _LOST.search(source) else source
        clean: str = _cleaner(self).clean(FORMATTING.sub(r"<\1x-", marked))
        page = _CUSTOM.sub(r"<\1", clean)
        if self._drawn:  # each once, however often a text names its place
            page = _PLACE.sub(lambda place: self._drawn.pop(place[1], ""), page)
        if _STYLED.search(source):
            page += self._paragraph("colours")
        return page

    def _take_pictures(self, source: str) -> str:
        """Put short names in place of embedded pictures."""

        def name(match: re.Match[str]) -> str:
            self._embedded.append(match[2] or match[3])
            mark = match[1] or ""
            return f"{mark}attachment:embedded-{len(self._embedded) - 1}{mark}"

        return _EMBEDDED.sub(name, source) if "base64," in source else source

    def _take_drawings(self, source: str) -> str:
        """Put pictures in place of SVG that stands in HTML."""
        if "<svg" not in source:
            return source
        parts: list[str] = []
        at = 0
        while (start := source.find("<svg", at)) >= 0 and (end := source.find("</svg>", start)) >= 0:
            if source[start - 1 : start] == ",":  # within a `data:` address
                parts.append(source[at : end + 6])
                at = end + 6
                continue
            self._embedded.append(source[start : end + 6])
            parts += (source[at:start], f'<img src="attachment:embedded-{len(self._embedded) - 1}" alt="">')
            at = end + 6
        return "".join((*parts, source[at:]))

    def _line(self, tag: re.Match[str]) -> str:
        kind = _LEFT_OUT[tag[1].lower()]
        address = _ADDRESS.search(tag.string, tag.end(), tag.end() + 500) if kind == "page" else None
        return self._paragraph(kind, urlsplit(address[1]).netloc[:80] if address else "") + "<"

    def _paragraph(self, kind: words.Kind, place: str = "") -> str:
        self.left_out.append(kind)
        if len(self.left_out) > MAX_NOTICES:
            return ""
        return f"<p><em>{escape(words.left_out(kind, place))}</em></p>"

    def attribute(self, tag: str, name: str, value: str) -> str | None:
        """Keep an attribute as it is, change it, or leave it out (None)."""
        if name == "href":
            return value if _LINK.fullmatch(value) else None
        if name == "src":
            return self._source(value) if tag == "img" else None
        if name in ("width", "height", "start", "colspan", "rowspan"):
            return value if _SIZE.fullmatch(value) else None
        return value

    def _source(self, value: str) -> str | None:
        """Put in the picture that a `src` names: only embedded and attached ones are shown."""
        key = self._key(value)
        if key not in self._uris:
            found = self._picture(key)
            self._uris[key] = as_uri(*found) if found else None
        uri = self._uris[key]
        if uri is not None and len(uri) <= self._room:
            self._room -= len(uri)
            return uri
        self.left_out.append("picture")
        if len(self.left_out) > MAX_NOTICES:
            return None
        place = urlsplit(value).netloc[:80] if re.match(r"(?:https?:)?//[^\[\]]*$", value, re.IGNORECASE) else ""
        return as_uri(SVG_TYPE, notice(words.left_out("picture", place)))

    def _key(self, value: str) -> str:
        """Find the attachment that is meant, in whatever spelling an editor names it; else keep the value."""
        name = value.removeprefix("attachment:")
        own = name if name in self._attachments else self._names.get(_same_name(name))
        return value if name == value or own is None else f"attachment:{own}"

    def _picture(self, key: str) -> tuple[str, str] | None:
        name = key.removeprefix("attachment:")
        if name == key:
            return picture_of_uri(key)
        if name in self._attachments:
            bundle = self._attachments[name]
            pictures = [picture(mime, bundle[mime]) for mime in bundle] if isinstance(bundle, dict) else []
            return next((found for found in pictures if found), None)
        number = name.removeprefix("embedded-")
        if number == name or not number.isdecimal() or len(number) > 5 or int(number) >= len(self._embedded):
            return None
        embedded = self._embedded[int(number)]
        if not embedded.startswith("<"):
            return picture_of_uri(embedded)
        source = drawing(embedded)
        return (SVG_TYPE, source) if source else None


def _same_name(name: str) -> str:
    """What editors keep of a name: not whether it is percent-encoded, its case, nor how its accents are written."""
    return unicodedata.normalize("NFC", unquote(unquote(name[:1000]))).casefold()


def _cleaner(fragment: Fragment) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=TEXT_TAGS
        | {f"x-{tag}" for tag in ("a", "b", "code", "em", "i", "s", "small", "strong", "u")}
        | {_FORMULA},
        attributes=_TEXT_ATTRIBUTES | {"x-a": {"href"}},
        clean_content_tags=_DROPPED_WHOLE,
        attribute_filter=fragment.attribute,
        url_schemes={"http", "https", "mailto", "data", "attachment", "file", *ascii_lowercase},  # a path of Windows
        link_rel=None,
        set_tag_attribute_values={"x-a": {"rel": "noopener noreferrer nofollow"}},
    )


def _math(state: StateInline, silent: bool) -> bool:
    """Take `$…$` and `$$…$$` as they stand, so that `_` and `*` in a formula are not read as emphasis."""
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
    """Lower a student's heading below the page's own three levels."""
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
