"""Clean what a notebook showed, as a submission or a worker reports it, into outputs that are safe to keep.

Nothing that a student's code says is believed: types are checked, pictures are what they claim to be, and of the rich
forms only plain text, pictures and harmless HTML stay. A verdict (MIME type of our own) never comes from a notebook.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any, Literal

from autograder.notebook.format import Attachments, Error, Output, Result, Stream

MAX_OUTPUTS = 1_000
"""Outputs kept of one cell, and pictures attached to it."""
MAX_CHARACTERS = 4_000_000
"""Characters kept of one text; a picture with more of them in base64 is left out."""
MAX_LINES = 200
"""Lines of one traceback."""
MAX_NAME = 200
"""Characters of the name of an exception or an attachment, or of an id."""
MAX_MARKUP, MAX_TAGS = 400_000, 10_000
"""Characters and tags of HTML that is cleaned; the time for that grows faster than they do."""

PICTURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
"""The pictures that are kept, and how their bytes begin."""


def clean_outputs(outputs: Any, *, submitted: bool = False) -> list[Output]:
    """Clean the outputs of one cell; leave out what has no known form.

    Args:
        outputs: as in a notebook of nbformat 4, of any form.
        submitted: whether they stand in a submission and are only for people to see: values become displays, and HTML
            is left out. Otherwise a worker has just reported them, and a value may be a score.
    """
    kept: list[Output] = []
    for output in outputs[:MAX_OUTPUTS] if isinstance(outputs, list) else ():
        clean = _clean(output, submitted) if isinstance(output, dict) else None
        if clean is not None:
            kept.append(clean)
    return kept


def clean_attachments(attachments: Any) -> Attachments:
    """Clean the pictures that a student put into a text cell."""
    kept: Attachments = {}
    for name, bundle in list(attachments.items())[:MAX_OUTPUTS] if isinstance(attachments, dict) else ():
        pictures = _pictures(bundle) if isinstance(bundle, dict) else {}
        if pictures:
            kept[clean_text(name)[:MAX_NAME]] = pictures
    return kept


def clean_text(value: Any) -> str:
    """Clean a text from JSON: lines joined, LF line ends, no NUL, no lone surrogates; empty if it is not a text."""
    if isinstance(value, list):
        try:
            value = "".join(value)
        except TypeError:
            value = "".join(line for line in value if isinstance(line, str))
    text = value if isinstance(value, str) else ""
    if "\r" in text or "\0" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def picture_bytes(mime: str, value: Any) -> bytes:
    """Decode a picture; empty if it is too large or not what it claims to be.

    Args:
        mime: the type that it claims.
        value: base64 text, or a list of such lines.
    """
    text = clean_text(value)
    if mime not in PICTURES or len(text) > MAX_CHARACTERS:
        return b""
    try:
        raw = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return b""
    return raw if raw.startswith(PICTURES[mime]) else b""


def stream(text: str, name: Literal["stdout", "stderr"] = "stdout") -> Stream:
    """Make the output of printed text."""
    return {"output_type": "stream", "name": name, "text": text}


def error(name: str, message: str) -> Error:
    """Make the output that says why a cell failed."""
    return {"output_type": "error", "ename": name, "evalue": message, "traceback": [f"{name}: {message}"]}


def result(value: str, count: int | None) -> Result:
    """Make the output of a cell's value."""
    data = {"text/plain": value}
    return {"output_type": "execute_result", "execution_count": count, "data": data, "metadata": {}}


def joined(outputs: list[Output]) -> list[Output]:
    """Join neighbouring prints on one stream."""
    kept: list[Output] = []
    for output in outputs:
        last = kept[-1] if kept else None
        if last and last["output_type"] == output["output_type"] == "stream" and last["name"] == output["name"]:
            kept[-1] = stream(last["text"] + output["text"], output["name"])
        else:
            kept.append(output)
    return kept


def _clean(output: dict[str, Any], submitted: bool) -> Output | None:
    kind = output.get("output_type")
    if kind == "stream":
        text = clean_text(output.get("text"))[:MAX_CHARACTERS]
        return stream(text, "stderr" if output.get("name") == "stderr" else "stdout")
    if kind == "error":
        lines = output.get("traceback")
        trace = [clean_text(line) for line in lines[:MAX_LINES]] if isinstance(lines, list) else []
        name = clean_text(output.get("ename"))[:MAX_NAME] or "Error"
        return {"output_type": "error", "ename": name, "evalue": clean_text(output.get("evalue")), "traceback": trace}
    if kind not in ("display_data", "execute_result"):
        return None
    data = _bundle(output.get("data"), with_markup=not submitted)
    if submitted or kind == "display_data":
        return {"output_type": "display_data", "data": data, "metadata": {}} if data else None
    count = output.get("execution_count")
    whole = type(count) is int and 0 <= count < 10**6
    data.setdefault("text/plain", "")
    return {"output_type": "execute_result", "execution_count": count if whole else None, "data": data, "metadata": {}}


def _bundle(data: Any, with_markup: bool) -> dict[str, str]:
    if not isinstance(data, dict):
        return {}
    text = clean_text(data.get("text/plain"))[:MAX_CHARACTERS]
    kept = ({"text/plain": text} if text else {}) | _pictures(data)
    source = clean_text(data.get("text/html")) if with_markup else ""
    if source and len(source) <= MAX_MARKUP and source.count("<") <= MAX_TAGS:
        import nh3

        page = nh3.clean(source)
        if page.strip():
            kept["text/html"] = page
    return kept


def _pictures(data: dict[Any, Any]) -> dict[str, str]:
    decoded = {mime: picture_bytes(mime, data[mime]) for mime in PICTURES if mime in data}
    return {mime: base64.b64encode(raw).decode() for mime, raw in decoded.items() if raw}
