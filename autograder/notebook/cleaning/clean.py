"""Clean the outputs, attachments and texts of a notebook: JSON in, JSON out, no state between calls."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from typing import Any, Literal

from autograder.notebook import words
from autograder.notebook.cleaning.markup import Fragment
from autograder.notebook.cleaning.pictures import SVG_TYPE, drawing, notice, picture
from autograder.notebook.cleaning.printed import as_shown, folded, text_of
from autograder.notebook.cleaning.widgets import VIEW_TYPE, shown_by

Kind = Literal["reported", "submitted", "attachments", "html", "markdown", "svg"]

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
_TAG = re.compile(r"<[^<>]*>")
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
_SEEN: tuple[words.Kind, ...] = ("picture", "figure", "widget", "page", "video", "sound", "object", "document")
"""Kinds that a person may want to see who grades."""


def clean(kind: Kind, value: Any) -> Any:
    """Clean something that a notebook showed; the entry of the package.

    Args:
        kind: what it is, and so the form of what comes back:
            `reported`: outputs of a cell that a worker has just run; a value may be a score;
            `submitted`: `{"outputs": …, "widgets": …}` of a submission, only for people to see: values become displays;
            `attachments`: pictures of a text cell;
            `html`: a text, which becomes HTML, or null if it is too large;
            `markdown`: `{"text": …, "attachments": …}`, which becomes HTML, or null if it is too large;
            `svg`: a text, which becomes an SVG, empty if it is none.
        value: of any form.
    """
    return _CLEANERS[kind](value)


def clean_text(value: Any) -> str:
    """Clean a text from JSON: lines joined, LF line ends, no NUL, no lone surrogates; empty if it is not a text."""
    text = text_of(value)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _plain(text)


def kinds_left_out(metadata: Any) -> list[words.Kind]:
    """Read from the metadata of a clean output what it has lost that a person may want to see."""
    kinds = metadata.get(LEFT_OUT) if isinstance(metadata, dict) else None
    return [kind for kind in kinds if kind in _SEEN] if isinstance(kinds, list) else []


def is_notice(bundle: Any) -> bool:
    """Whether an attachment stands for a picture that could not be kept."""
    return bool(bundle == _lost_picture())


def _plain(text: str) -> str:
    text = text.replace("\0", "\ufffd") if "\0" in text else text
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _printed(value: Any) -> str:
    return _plain(folded(as_shown(text_of(value)[:MAX_CHARACTERS])))


def _outputs(outputs: Any, states: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Clean outputs.

    Args:
        outputs: of any form.
        states: what widgets last showed, of a submission; None if the outputs are a worker's.
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
        if states and isinstance(data, dict) and VIEW_TYPE in data and not _has_picture(data):
            shown = shown_by(data[VIEW_TYPE], states)
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
        clean_output = _output(output, states is not None)
        if clean_output is not None:
            printing = None
            kept.append(clean_output)
    for output in kept:
        if output["output_type"] == "stream":
            output["text"] = _printed("".join(output["text"]))
    return kept


def _output(output: dict[str, Any], submitted: bool) -> dict[str, Any] | None:
    kind = output.get("output_type")
    if kind == "error":
        lines = output.get("traceback")
        trace = [clean_text(line) for line in lines[:MAX_LINES]] if isinstance(lines, list) else []
        name = clean_text(output.get("ename"))[:MAX_NAME] or "Error"
        return {"output_type": "error", "ename": name, "evalue": clean_text(output.get("evalue")), "traceback": trace}
    if kind not in ("display_data", "execute_result"):
        return None
    data, lost = _bundle(output.get("data"), keep_value=kind == "execute_result" and not submitted)
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


def _bundle(data: Any, keep_value: bool) -> tuple[dict[str, str], list[words.Kind]]:
    """Clean the forms of one output, and name the kinds of things that are in none of them.

    Args:
        data: MIME type → content, of any form.
        keep_value: whether the plain text may be a score, and so must stay as it is.
    """
    if not isinstance(data, dict):
        return {}, []
    kept: dict[str, str] = {}
    lost: list[words.Kind] = []
    mimes = {mime.lower(): mime for mime in data if isinstance(mime, str)}
    text = folded(clean_text(data.get("text/plain"))[:MAX_CHARACTERS])
    for mime, key in mimes.items():
        found = picture(mime, data[key]) if mime.startswith("image/") else None
        if found:
            kept[found[0]] = found[1]
    for mime in ("text/html", "text/markdown"):
        if mime in mimes and "text/html" not in kept:
            html, kinds = _markup(mime, clean_text(data[mimes[mime]]))
            lost += kinds if html or not kept else []
            kept |= {"text/html": html} if html else {}
    telling = bool(text) and not _REPR.fullmatch(text)
    for mime, form in _TEXTS:
        if not telling and mime in mimes and (other := folded(form(data[mimes[mime]])[:MAX_CHARACTERS])):
            text, telling = other, True
    if not kept:
        lost += [kind for mime in mimes if (kind := _kind_of(mime)) and not (telling and kind == "other")]
        lost = [*dict.fromkeys(lost)]
        lines = [] if keep_value else [_line(kind, mimes) for kind in lost]
        text = "\n".join(([text] if telling or not lines else []) + lines)
    return ({"text/plain": text} if text else {}) | kept, lost


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


def _as_json(value: Any) -> str:
    try:
        return _plain(json.dumps(value, ensure_ascii=False, indent=2)[:MAX_JSON])
    except (RecursionError, ValueError):
        return ""


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


def _submitted(value: dict[str, Any]) -> list[dict[str, Any]]:
    states = value.get("widgets")
    return _outputs(value.get("outputs"), states if isinstance(states, dict) else {})


def _attachments(attachments: Any) -> dict[str, dict[str, str]]:
    kept: dict[str, dict[str, str]] = {}
    for name, bundle in list(attachments.items())[:MAX_ATTACHMENTS] if isinstance(attachments, dict) else ():
        pictures: dict[str, str] = {}
        for mime in bundle if isinstance(bundle, dict) else ():
            found = picture(mime, bundle[mime]) if isinstance(mime, str) else None
            if found:
                pictures[found[0]] = _base64(found[1]) if found[0] == SVG_TYPE else found[1]
        kept[clean_text(name)[:MAX_NAME]] = pictures or _lost_picture()
    return kept


def _lost_picture() -> dict[str, str]:
    return {SVG_TYPE: _base64(notice(words.left_out("picture")))}


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _html(text: Any) -> dict[str, Any]:
    fragment = Fragment()
    return {"html": fragment.html(clean_text(text)), LEFT_OUT: fragment.left_out}


def _markdown(value: dict[str, Any]) -> dict[str, Any]:
    fragment = Fragment(value.get("attachments"))
    return {"html": fragment.markdown(clean_text(value.get("text"))), LEFT_OUT: fragment.left_out}


_TEXTS: tuple[tuple[str, Callable[[Any], str]], ...] = (
    ("text/markdown", clean_text),
    ("text/latex", clean_text),
    ("application/json", _as_json),
)
"""Forms that say more than the name of a class, where there is no other text."""

_CLEANERS: dict[Kind, Callable[[Any], Any]] = {
    "reported": lambda outputs: _outputs(outputs, None),
    "submitted": _submitted,
    "attachments": _attachments,
    "html": _html,
    "markdown": _markdown,
    "svg": lambda text: drawing(clean_text(text)),
}
