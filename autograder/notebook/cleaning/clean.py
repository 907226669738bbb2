"""Clean the outputs, attachments and texts of a notebook.

Printed text, errors and plain values are cleaned here: nothing of them is parsed. Markup and pictures are read apart
(`guarded`); where that fails, a line stands in the place of what was to be read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from autograder.notebook import words
from autograder.notebook.cleaning.guarded import parsed, pixels
from autograder.notebook.cleaning.printed import as_shown, clean_text, folded, plain, text_of
from autograder.notebook.cleaning.shown import Kind, lost_picture
from autograder.notebook.cleaning.widgets import VIEW_TYPE, Widgets
from autograder.scrub.process import Allowance, LostError

MAX_OUTPUTS = 1_000
"""Outputs kept of one cell."""
MAX_ATTACHMENTS = 200
"""Pictures kept of one text cell."""
MAX_CHARACTERS = 4_000_000
"""Characters kept of one text."""
MAX_JSON = 200_000
"""Characters kept of one JSON value that was displayed."""
MAX_LINES = 200
"""Lines of one traceback."""
MAX_COUNT = 10**6
"""Execution counts are below it."""
MAX_NAME = 200
"""Characters of the name of an exception or an attachment."""
LEFT_OUT = "left_out"
"""Where the metadata of a clean output name the kinds of things that it has lost."""

_REPR = re.compile(r"\s*<(?:[\w.]+ object(?: at 0x\w+)?|Figure size [\d.]+x[\d.]+ with \d+ Axes|IPython[\w. ]+)>\s*")
_MEDIA = re.compile(r"!\[|<(?:img|svg|picture|iframe|embed|object|video|audio|canvas)\b", re.IGNORECASE)
_MARKUP = ("text/html", "text/markdown")
_KINDS: tuple[tuple[str, words.Kind], ...] = (
    (VIEW_TYPE, "widget"),
    ("application/javascript", "script"),
    ("application/pdf", "document"),
    ("application/vnd.plotly", "figure"),
    ("application/vnd.vega", "figure"),
    ("application/vnd.bokeh", "figure"),
    ("application/vnd.holoviews", "figure"),
    ("image/", "picture"),
    ("video/", "video"),
    ("audio/", "sound"),
)
_SEEN: tuple[words.Kind, ...] = (
    "picture",
    "figure",
    "widget",
    "page",
    "video",
    "sound",
    "object",
    "document",
    "refused",
)
"""Kinds that a person may want to see who grades."""


def cleaned_outputs(outputs: Any, widgets: Widgets | None, allowance: Allowance) -> list[dict[str, Any]]:
    """Clean outputs.

    Args:
        outputs: of any form.
        widgets: what the widgets of a submission last showed: the outputs are only for people to see, and values become
            displays. None if a worker has just reported them, and a value may be a score.
        allowance: what reading them may take.
    """
    kept: list[dict[str, Any]] = []
    waiting = [*reversed(outputs[:MAX_OUTPUTS])] if isinstance(outputs, list) else []
    printing: dict[str, Any] | None = None
    budget = 2 * MAX_OUTPUTS
    while waiting and budget:
        budget -= 1
        output = waiting.pop()
        if not isinstance(output, dict):
            continue
        data = output.get("data")
        if widgets and isinstance(data, dict) and VIEW_TYPE in data and not _has_picture(data):
            shown = widgets.shown_by(data[VIEW_TYPE])
            if shown:
                waiting += reversed(shown)
                continue
        if output.get("output_type") == "stream":
            name = "stderr" if output.get("name") == "stderr" else "stdout"
            if printing is None or printing["name"] != name:
                printing = {"output_type": "stream", "name": name, "text": []}
                kept.append(printing)
            printing["text"].append(text_of(output.get("text"))[:MAX_CHARACTERS])
            continue
        clean_output = _output(output, widgets is not None, allowance)
        if clean_output is not None:
            printing = None
            kept.append(clean_output)
    for output in kept:
        if output["output_type"] == "stream":
            output["text"] = _printed("".join(output["text"]))
    return kept


def cleaned_attachments(attachments: Any, allowance: Allowance) -> dict[str, dict[str, str]]:
    """Clean the pictures of a text cell; a picture of words stands for one that cannot be kept."""
    kept: dict[str, dict[str, str]] = {}
    for name, bundle in list(attachments.items())[:MAX_ATTACHMENTS] if isinstance(attachments, dict) else ():
        pictures: dict[str, str] | None = _or_none("picture", bundle, allowance)
        kept[clean_text(name)[:MAX_NAME]] = pictures or lost_picture()
    return kept


def cleaned_html(text: str, allowance: Allowance) -> str | None:
    """Clean HTML; None if it is too large or cannot be read."""
    html: str | None = _or_none("html", text, allowance)
    return html


def cleaned_markdown(text: str, attachments: Any, allowance: Allowance) -> str | None:
    """Render Markdown with its formulas and clean pictures; None if it is too large or cannot be read.

    Args:
        text: the Markdown.
        attachments: the pictures.
        allowance: what reading them may take.
    """
    page: Any = _or_none("markdown", [text, attachments], allowance)
    return str(page[0]) if page and page[0] is not None else None


def lost_in_markdown(text: str, attachments: Any, allowance: Allowance) -> list[words.Kind]:
    """Name what of a Markdown text cannot be shown that a person may want to see: pictures elsewhere, broken ones."""
    page: Any = _or_none("markdown", [text, attachments], allowance) if _MEDIA.search(text) else None
    return [kind for kind in page[1] if kind in _SEEN] if page else []


def cleaned_svg(text: Any, allowance: Allowance) -> str:
    """Clean an SVG; empty if it is none, or cannot be read."""
    return _or_none("svg", text_of(text), allowance) or ""


def kinds_left_out(metadata: Any) -> list[words.Kind]:
    """Read from the metadata of a clean output what it has lost that a person may want to see."""
    kinds = metadata.get(LEFT_OUT) if isinstance(metadata, dict) else None
    return [kind for kind in kinds if kind in _SEEN] if isinstance(kinds, list) else []


def is_notice(bundle: Any) -> bool:
    """Whether an attachment stands for a picture that could not be kept."""
    return bool(bundle == lost_picture())


def _printed(value: Any) -> str:
    return plain(folded(as_shown(text_of(value)[:MAX_CHARACTERS])))


def _or_none(kind: Kind, value: Any, allowance: Allowance) -> Any:
    try:
        return parsed(kind, value, allowance)
    except LostError:
        return None


def _output(output: dict[str, Any], submitted: bool, allowance: Allowance) -> dict[str, Any] | None:
    kind = output.get("output_type")
    if kind == "error":
        lines = output.get("traceback")
        trace = [clean_text(line) for line in lines[:MAX_LINES]] if isinstance(lines, list) else []
        name = clean_text(output.get("ename"))[:MAX_NAME] or "Error"
        return {"output_type": "error", "ename": name, "evalue": clean_text(output.get("evalue")), "traceback": trace}
    if kind not in ("display_data", "execute_result"):
        return None
    data, lost = _bundle(output.get("data"), kind == "execute_result" and not submitted, allowance)
    metadata = {LEFT_OUT: lost} if lost else {}
    if submitted or kind == "display_data":
        return {"output_type": "display_data", "data": data, "metadata": metadata} if data else None
    return {
        "output_type": "execute_result",
        "execution_count": execution_count(output.get("execution_count")),
        "data": {"text/plain": "", **data},
        "metadata": metadata,
    }


def execution_count(value: Any) -> int | None:
    """Take a number for an execution count if it can be one; readers of notebooks refuse others."""
    return value if type(value) is int and 0 <= value < MAX_COUNT else None


def _bundle(data: Any, keep_value: bool, allowance: Allowance) -> tuple[dict[str, str], list[words.Kind]]:
    """Clean the forms of one output, and name the kinds of things that are in none of them.

    Args:
        data: MIME type → content, of any form.
        keep_value: whether the plain text may be a score, and so must stay as it is.
        allowance: what reading it may take.
    """
    if not isinstance(data, dict):
        return {}, []
    mimes = {mime.lower(): mime for mime in data if isinstance(mime, str)}
    text = folded(clean_text(data.get("text/plain"))[:MAX_CHARACTERS])
    kept, lost = _parsed(
        {mime: data[key] for mime, key in mimes.items() if mime in _MARKUP or mime[:6] == "image/"}, allowance
    )
    telling = bool(text) and not _REPR.fullmatch(text)
    for mime, form in _TEXTS:
        if not telling and mime in mimes and (other := folded(form(data[mimes[mime]])[:MAX_CHARACTERS])):
            text, telling = other, True
    if not kept:
        if "refused" not in lost:
            lost += [kind for mime in mimes if (kind := _kind_of(mime)) and not (telling and kind == "other")]
        lost = [*dict.fromkeys(lost)]
        lines = [] if keep_value else [_line(kind, mimes) for kind in lost]
        text = "\n".join(([text] if telling or not lines else []) + lines)
    return ({"text/plain": text} if text else {}) | kept, lost


def _parsed(forms: dict[str, Any], allowance: Allowance) -> tuple[dict[str, str], list[words.Kind]]:
    """Have the pictures and the markup of one output read, if there are any."""
    if not forms:
        return {}, []
    try:
        pictures = [pixels(mime, value, allowance) for mime, value in forms.items()]
        if None not in pictures:
            return dict(picture for picture in pictures if picture), []
        kept, lost = parsed("forms", forms, allowance)
    except LostError:
        return {}, ["refused"]
    return kept, lost


def _as_json(value: Any) -> str:
    """Write JSON, line by line; of a deep value, the indents alone would be longer than any memory."""
    text, left = [], MAX_JSON
    try:
        for part in json.JSONEncoder(ensure_ascii=False, indent=2).iterencode(value):
            text.append(part[:left])
            left -= len(part)
            if left <= 0:
                break
    except (RecursionError, ValueError):
        return ""
    return plain("".join(text))


def _kind_of(mime: str) -> words.Kind | None:
    """The kind of thing that a MIME type stands for; None where nothing is missed."""
    if mime.startswith("text/") or mime in ("application/json", "application/vnd.autograder.verdict+json"):
        return None
    return next((kind for start, kind in _KINDS if mime.startswith(start)), "other")


def _line(kind: words.Kind, mimes: dict[str, str]) -> str:
    place = next((mime[:80] for mime in mimes if _kind_of(mime) == "other"), "") if kind == "other" else ""
    return words.left_out(kind, clean_text(place))


def _has_picture(data: dict[Any, Any]) -> bool:
    return any(isinstance(mime, str) and mime.lower().startswith("image/") for mime in data)


_TEXTS: tuple[tuple[str, Callable[[Any], str]], ...] = (
    ("text/markdown", clean_text),
    ("text/latex", clean_text),
    ("application/json", _as_json),
)
"""Forms that say more than the name of a class, where there is no other text."""
