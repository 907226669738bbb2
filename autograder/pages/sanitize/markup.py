"""Clean HTML and Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

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

_LINK = re.compile(r"(?:https?://|mailto:)[^\s]+", re.IGNORECASE)
_SIZE = re.compile(r"\d{1,4}")


def html_cleaner(picture: Callable[[str], str | None]) -> nh3.Cleaner:
    """Build a cleaner that keeps text, tables, links and embedded pictures.

    Args:
        picture: what to put in place of a picture's `src`; None leaves it out.
    """

    def attribute(tag: str, name: str, value: str) -> str | None:
        if name == "href":
            return value if _LINK.fullmatch(value) else None
        if name == "src":
            return picture(value)
        if name in ("width", "height", "start", "colspan", "rowspan"):
            return value if _SIZE.fullmatch(value) else None
        return value

    return nh3.Cleaner(
        tags=TEXT_TAGS,
        attributes=_TEXT_ATTRIBUTES,
        clean_content_tags=_DROPPED_WHOLE,
        attribute_filter=attribute,
        url_schemes={"http", "https", "mailto", "data", "attachment"},
        link_rel="noopener noreferrer nofollow",
    )


def render_markdown(text: str) -> str:
    """Render Markdown with tables and raw HTML, which is still to be cleaned; formulas stay as they were typed.

    Raises:
        RecursionError: the text is nested too deeply.
    """
    return str(_MARKDOWN.render(text))


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
