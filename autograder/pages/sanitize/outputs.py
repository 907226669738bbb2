"""Render the outputs, texts and answers of one notebook within the budget of one page.

Reading hostile markup takes time, and so do large pages, so what goes beyond the budget is left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup, escape

from autograder.notebook.cleaning.base64_text import Base64
from autograder.notebook.cleaning.clean import cleaned_html, cleaned_markdown, cleaned_outputs, cleaned_svg
from autograder.notebook.cleaning.printed import folded, text_of
from autograder.notebook.cleaning.shown import MAX_MARKUP, MAX_TAGS, SVG_TYPE, as_uri
from autograder.notebook.cleaning.widgets import Widgets
from autograder.pages import words
from autograder.pages.sanitize.text import coloured, own_lines, plain_text, shortened, without_paths
from autograder.scrub.process import Allowance
from labkit.calls.words import own_line

MAX_LINES = 200
"""Lines shown of one printed text."""
PAGE_TAGS = 40_000
"""Tags of all HTML, SVG and Markdown outputs of a page."""
PAGE_CHARACTERS = 20_000_000
"""Characters of all outputs of a page, pictures in base64 included."""

PAGE_CODE = 500_000
"""Characters of all code cells of a page that are coloured; that takes the longest."""

_EMBEDDED = re.compile(r"base64,[A-Za-z0-9+/=\s]*+")
_CELL_FILE = re.compile(r"\((?:<[^<>]*>|[\w.-]+\.py), line (\d+)\)$")


def _own_place(match: re.Match[str]) -> str:
    return f"({own_line(f'line {match[1]}')})"


class Sanitizer:
    """Render what stands in one student's notebook, within the budget of one page.

    Args:
        lines: lines shown of one printed text; the middle of a longer one is left out.
    """

    def __init__(self, *, lines: int | None = None) -> None:
        self._lines = MAX_LINES if lines is None else lines
        self._tags = PAGE_TAGS
        self._characters = PAGE_CHARACTERS
        self._code = PAGE_CODE
        self._allowance = Allowance()

    def html(self, text: Any) -> Markup:
        """Render the text, tables, links and embedded pictures of an HTML fragment."""
        source = plain_text(text)
        return self._shown(cleaned_html(source, self._allowance) if self._affords(source) else None)

    def markdown(self, text: Any, attachments: Any = None) -> Markup:
        """Render a Markdown text with tables and raw HTML; formulas are drawn.

        Args:
            text: the Markdown.
            attachments: pictures of the cell, name → {type: base64}, as notebooks have them.
        """
        source = plain_text(text)
        page = cleaned_markdown(source, attachments, self._allowance) if self._affords(source) else None
        return self.text(source) if page is None else self._shown(page)

    def svg(self, text: Any) -> Markup:
        """Render an SVG as a picture that cannot run or load anything, or a note if it is none."""
        source = cleaned_svg(text, self._allowance)
        return self._picture(SVG_TYPE, source) if source else _note(words.picture_broken())

    def code(self, text: Any) -> Markup:
        """Colour a code cell, or show it plain where a page has very much code."""
        source = plain_text(text)
        self._code -= len(source)
        if self._code >= 0:
            return coloured(source)
        shown = shortened(source)
        self._characters -= len(shown)
        return escape(shown) if self._characters >= 0 else escape(words.output_too_large())

    def text(self, text: Any) -> Markup:
        """Render printed text."""
        shown = shortened(folded(without_paths(plain_text(text)).strip("\n"), self._lines))
        self._characters -= len(shown)
        if self._characters < 0:
            return _note(words.output_too_large())
        return Markup('<pre class="out">{}</pre>').format(shown)

    def output(self, output: Any) -> Markup:
        """Render one output of a code cell; empty if there is nothing to show.

        Args:
            output: as in a notebook of nbformat 4, of any form.
        """
        kind = output.get("output_type") if isinstance(output, dict) else None
        if kind == "error":
            return self.error(output.get("ename"), output.get("evalue"), own_lines(output.get("traceback")))
        if kind not in ("stream", "display_data", "execute_result"):
            return Markup("")
        data = output.get("data")
        html = text_of(data.get("text/html")) if isinstance(data, dict) else ""
        if html and not self._affords(html):
            return _note(words.output_too_large())
        cleaned = cleaned_outputs([output], Widgets(), self._allowance)
        if not cleaned:
            return _note(words.output_left_out()) if data else Markup("")
        if kind == "stream":
            return self.text(cleaned[0]["text"]) if cleaned[0]["text"].strip() else Markup("")
        return self._bundle(cleaned[0]["data"])

    def error(self, kind: Any, message: Any, lines: Sequence[str]) -> Markup:
        """Render an exception: its name, its text, and the student's own lines that led to it."""
        name = plain_text(kind)[:100] or words.error()
        text = _CELL_FILE.sub(_own_place, shortened(without_paths(plain_text(message)).strip(), 1000))
        rows = Markup("").join(Markup("<li><code>{}</code></li>").format(plain_text(own_line(line))) for line in lines)
        own = Markup("<ol>{}</ol>").format(rows) if rows else Markup("")
        return Markup('<div class="error"><p><strong>{}</strong>{}</p>{}</div>').format(
            name, f": {text}" if text else "", own
        )

    def _bundle(self, data: dict[str, str]) -> Markup:
        """Render the best of the clean forms of one output."""
        pictures = [mime for mime in data if mime.startswith("image/")]
        if pictures:
            best = next((mime for mime in pictures if mime != SVG_TYPE), SVG_TYPE)
            return self._picture(best, data[best])
        if "text/html" in data:
            return self._shown(data["text/html"])
        return self.text(data["text/plain"])

    def _picture(self, mime: str, value: str) -> Markup:
        uri = as_uri(mime, value)
        self._characters -= len(uri)
        if self._characters < 0:
            return _note(words.output_too_large())
        source = uri if isinstance(value, Base64) else escape(uri)
        return Markup(f'<img class="out" src="{source}" alt="{escape(words.student_picture())}">')

    def _shown(self, page: str | None) -> Markup:
        """Take clean HTML from the budget of the page."""
        self._characters -= len(page or "")
        return _note(words.output_too_large()) if page is None or self._characters < 0 else Markup(page)

    def _affords(self, text: str) -> bool:
        """Take a text from the budget of the page; False if it is too large for it."""
        text = _EMBEDDED.sub("", text) if "base64," in text else text
        tags = text.count("<")
        if len(text) > MAX_MARKUP or tags > min(MAX_TAGS, self._tags) or len(text) > self._characters:
            return False
        self._tags -= tags
        self._characters -= len(text)
        return True


def _note(text: str) -> Markup:
    return Markup('<p class="note">{}</p>').format(text)
