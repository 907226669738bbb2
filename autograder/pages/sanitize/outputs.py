"""Render the outputs, texts and answers of one notebook within the budget of one page.

Reading hostile markup takes time, and so do large pages, so what goes beyond the budget is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from autograder.notebook.outputs import MAX_MARKUP, MAX_TAGS
from autograder.pages import words
from autograder.pages.sanitize.markup import html_cleaner, render_markdown
from autograder.pages.sanitize.pictures import IMAGE_TYPES, drawing_uri, picture_uri
from autograder.pages.sanitize.text import own_lines, plain_text, shortened, without_paths

MAX_MARKDOWN = 20_000
"""Characters of one Markdown text that are rendered; a longer one is shown as plain text."""
PAGE_TAGS = 40_000
"""Tags of all HTML, SVG and Markdown outputs of a page."""
PAGE_CHARACTERS = 20_000_000
"""Characters of all outputs of a page, pictures in base64 included."""

_EMBEDDED = re.compile(r"data:(image/png|image/jpeg);base64,(.*)", re.IGNORECASE | re.DOTALL)
_CELL_FILE = re.compile(r"\((?:<[^<>]*>|[\w.-]+\.py), line (\d+)\)$")


class Sanitizer:
    """Render what stands in one student's notebook, within the budget of one page."""

    def __init__(self) -> None:
        self._tags = PAGE_TAGS
        self._characters = PAGE_CHARACTERS
        self._attachments: Mapping[str, Any] = {}
        self._html = html_cleaner(self._source)

    def html(self, text: Any) -> Markup:
        """Render the text, tables, links and embedded pictures of an HTML fragment."""
        source = plain_text(text)
        if not self._affords(source):
            return _note(words.output_too_large())
        return Markup(self._html.clean(source))

    def markdown(self, text: Any, attachments: Any = None) -> Markup:
        """Render a Markdown text with tables and raw HTML; show formulas as they were typed.

        Args:
            text: the Markdown.
            attachments: pictures of the cell, name → {type: base64}, as notebooks have them.
        """
        source = plain_text(text)
        if len(source) > MAX_MARKDOWN or not self._affords(source):
            return self.text(source)
        self._attachments = attachments if isinstance(attachments, dict) else {}
        try:
            return Markup(self._html.clean(render_markdown(source)))
        except RecursionError:
            return self.text(source)
        finally:
            self._attachments = {}

    def svg(self, text: Any) -> Markup:
        """Render an SVG as a picture that cannot run or load anything, or a note if it is none."""
        source = plain_text(text)
        if not self._affords(source):
            return _note(words.output_too_large())
        uri = drawing_uri(source)
        return _image(uri) if uri else _note(words.picture_broken())

    def text(self, text: Any) -> Markup:
        """Render printed text."""
        shown = shortened(without_paths(plain_text(text)).strip("\n"))
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
        if kind == "stream":
            shown = plain_text(output.get("text"))
            return self.text(shown) if shown.strip() else Markup("")
        if kind in ("display_data", "execute_result") and isinstance(output.get("data"), dict):
            return self._bundle(output["data"])
        if kind == "error":
            return self.error(output.get("ename"), output.get("evalue"), own_lines(output.get("traceback")))
        return Markup("")

    def error(self, kind: Any, message: Any, lines: Sequence[str]) -> Markup:
        """Render an exception: its name, its text, and the student's own lines that led to it."""
        name = plain_text(kind)[:100] or words.error()
        text = _CELL_FILE.sub(r"(line \1)", shortened(without_paths(plain_text(message)).strip(), 1000))
        rows = Markup("").join(Markup("<li><code>{}</code></li>").format(plain_text(line)) for line in lines)
        own = Markup("<ol>{}</ol>").format(rows) if rows else Markup("")
        return Markup('<div class="error"><p><strong>{}</strong>{}</p>{}</div>').format(
            name, f": {text}" if text else "", own
        )

    def _bundle(self, data: dict[str, Any]) -> Markup:
        """Render the best of the forms of one output that may be shown."""
        for mime in IMAGE_TYPES:
            if mime in data:
                uri = picture_uri(mime, data[mime])
                self._characters -= len(uri)
                if not uri:
                    return _note(words.picture_broken())
                return _image(uri) if self._characters >= 0 else _note(words.output_too_large())
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
        return _note(words.output_left_out())

    def _affords(self, text: str) -> bool:
        """Take a text from the budget of the page; False if it is too large for it."""
        tags = text.count("<")
        if len(text) > MAX_MARKUP or tags > min(MAX_TAGS, self._tags) or len(text) > self._characters:
            return False
        self._tags -= tags
        self._characters -= len(text)
        return True

    def _source(self, value: str) -> str | None:
        """Check the `src` of a picture: only embedded and attached ones are shown."""
        embedded = _EMBEDDED.fullmatch(value)
        uri = ""
        if embedded:
            uri = picture_uri(embedded[1].lower(), embedded[2])
        elif value.startswith("attachment:"):
            bundle = self._attachments.get(value.removeprefix("attachment:"))
            if isinstance(bundle, dict):
                uri = next((uri for mime in IMAGE_TYPES if (uri := picture_uri(mime, bundle.get(mime)))), "")
        self._characters -= len(uri)
        return uri if uri and self._characters >= 0 else None


def _note(text: str) -> Markup:
    return Markup('<p class="note">{}</p>').format(text)


def _image(uri: str) -> Markup:
    return Markup('<img class="out" src="{}" alt="{}">').format(uri, words.student_picture())
