"""What a notebook showed, as the worker tells it, made into outputs of nbformat that are safe to keep.

Nothing that a student's code says is believed: types are checked, pictures are what they claim to be, and of the rich
forms only plain text, pictures and harmless HTML stay. The verdict's own type never comes from a notebook.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any, Literal

from autograder.notebook.format import Error, Output, Result, Stream
from autograder.notebook.read import clean_text

MAX_OUTPUTS = 1_000
MAX_LINES = 200
"""Lines of one traceback."""
MAX_MARKUP, MAX_TAGS = 400_000, 10_000
"""Characters and tags of HTML that is worth cleaning; the time for that grows faster than they do."""
_PICTURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}


def clean_outputs(outputs: Any) -> list[Output]:
    """Outputs of one cell; what is of no known form is left out."""
    kept: list[Output] = []
    for output in outputs[:MAX_OUTPUTS] if isinstance(outputs, list) else ():
        clean = _clean(output) if isinstance(output, dict) else None
        if clean is not None:
            kept.append(clean)
    return kept


def stream(text: str, name: Literal["stdout", "stderr"] = "stdout") -> Stream:
    """Printed text."""
    return {"output_type": "stream", "name": name, "text": text}


def error(name: str, message: str) -> Error:
    """Why a cell failed."""
    return {"output_type": "error", "ename": name, "evalue": message, "traceback": [f"{name}: {message}"]}


def result(value: str, count: int | None) -> Result:
    """The value of a cell."""
    data = {"text/plain": value}
    return {"output_type": "execute_result", "execution_count": count, "data": data, "metadata": {}}


def joined(outputs: list[Output]) -> list[Output]:
    """Outputs with neighbouring prints in one."""
    kept: list[Output] = []
    for output in outputs:
        last = kept[-1] if kept else None
        if (
            output["output_type"] == "stream"
            and last
            and last["output_type"] == "stream"
            and last["name"] == output["name"]
        ):
            kept[-1] = {**last, "text": last["text"] + output["text"]}
        else:
            kept.append(output)
    return kept


def _clean(output: dict[str, Any]) -> Output | None:
    kind = output.get("output_type")
    if kind == "stream":
        return stream(clean_text(output.get("text")), "stderr" if output.get("name") == "stderr" else "stdout")
    if kind == "error":
        lines = output.get("traceback")
        trace = [clean_text(line) for line in lines[:MAX_LINES]] if isinstance(lines, list) else []
        name = clean_text(output.get("ename"))[:200] or "Error"
        return {"output_type": "error", "ename": name, "evalue": clean_text(output.get("evalue")), "traceback": trace}
    if kind not in ("display_data", "execute_result"):
        return None
    data = _bundle(output.get("data"))
    if kind == "display_data":
        return {"output_type": kind, "data": data, "metadata": {}} if data else None
    count = output.get("execution_count")
    whole = type(count) is int and 0 <= count < 10**6
    data.setdefault("text/plain", "")
    return {"output_type": kind, "execution_count": count if whole else None, "data": data, "metadata": {}}


def _bundle(data: Any) -> dict[str, str]:
    kept: dict[str, str] = {}
    if not isinstance(data, dict):
        return kept
    text = clean_text(data.get("text/plain"))
    if text:
        kept["text/plain"] = text
    for mime, magic in _PICTURES.items():
        picture = _picture(data.get(mime), magic) if mime in data else ""
        if picture:
            kept[mime] = picture
    source = clean_text(data.get("text/html"))
    if source and len(source) <= MAX_MARKUP and source.count("<") <= MAX_TAGS:
        import nh3

        page = nh3.clean(source)
        if page.strip():
            kept["text/html"] = page
    return kept


def _picture(value: Any, magic: bytes) -> str:
    try:
        raw = base64.b64decode("".join(clean_text(value).split()), validate=True)
    except (binascii.Error, ValueError):
        return ""
    return base64.b64encode(raw).decode() if raw.startswith(magic) else ""
