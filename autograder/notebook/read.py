"""Read notebooks from bytes that nobody vouches for.

The reader takes every nbformat that ever had cells, keeps what it can make sense of, and raises only SubmissionError.
It does without nbformat, which is strict where a student's file is odd, and takes half a second to import.
"""

import base64
import binascii
import json
import re
import stat
from pathlib import Path
from typing import Any

from autograder.errors import SubmissionError
from autograder.notebook import words
from autograder.notebook.format import Attachments, Output, StudentCell

MAX_BYTES = 32_000_000
MAX_CELLS = 2_000
MAX_OUTPUTS = 100
"""Outputs kept of one cell."""
MAX_OUTPUT_CHARACTERS = 4_000_000
"""Characters kept of one output: a picture, a text."""
MAX_NAME = 200

_IMAGES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
_CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def read_submission(file: Path) -> bytes:
    """Read the bytes of a file that a student gave; links are not followed.

    Raises:
        SubmissionError: it is missing, no plain file, or too large.
    """
    try:
        status = file.lstat()
        if not stat.S_ISREG(status.st_mode):
            raise SubmissionError(words.not_a_file(file.name))
        if status.st_size > MAX_BYTES:
            raise SubmissionError(words.file_too_large(status.st_size, MAX_BYTES))
        return file.read_bytes()
    except FileNotFoundError:
        raise SubmissionError(words.no_notebook(file.name)) from None
    except OSError as error:
        raise SubmissionError(words.file_unreadable(file.name, error.strerror or "")) from None


def read_cells(data: bytes) -> list[StudentCell]:
    """The cells of a submitted notebook, each with the same well-typed keys.

    Args:
        data: the file, of any kind.

    Returns:
        Cells with `cell_type` (code, markdown or raw), `source` (LF line ends), `id` (valid, or empty), `grade_id`
        (or empty), `tags`, `attachments` and, of code, `outputs` (texts and pictures only).

    Raises:
        SubmissionError: the bytes are not a notebook.
    """
    if not data.strip(b"\0 \t\r\n"):
        raise SubmissionError(words.file_empty())
    if len(data) > MAX_BYTES:
        raise SubmissionError(words.file_too_large(len(data), MAX_BYTES))
    try:
        text = data.decode(json.detect_encoding(data)).lstrip("\ufeff")
    except UnicodeDecodeError:
        raise SubmissionError(words.file_not_text()) from None
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise SubmissionError(words.file_not_json(error.lineno, error.colno)) from None
    except (ValueError, RecursionError, MemoryError):
        raise SubmissionError(words.file_too_deep()) from None
    cells = _cell_list(content)
    if len(cells) > MAX_CELLS:
        raise SubmissionError(words.too_many_cells(len(cells), MAX_CELLS))
    return [_plain_cell(cell) for cell in cells if isinstance(cell, dict)]


def clean_text(value: Any) -> str:
    """A text from JSON: lines joined, LF line ends, no NUL, no half characters. Anything else is empty."""
    if isinstance(value, list):
        try:
            value = "".join(value)
        except TypeError:
            value = "".join(line for line in value if isinstance(line, str))
    text = value if isinstance(value, str) else ""
    if "\r" in text or "\0" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _cell_list(content: Any) -> list[Any]:
    if isinstance(content, dict):
        cells = content.get("cells")
        if isinstance(cells, list):
            return cells
        sheets = content.get("worksheets")  # nbformat 3 and older
        if isinstance(sheets, list):
            nested = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
            return [cell for cells in nested if isinstance(cells, list) for cell in cells]
    raise SubmissionError(words.file_no_notebook())


def _plain_cell(cell: dict[str, Any]) -> StudentCell:
    kind = cell.get("cell_type")
    text = clean_text(cell.get("source", cell.get("input")))
    if kind == "heading":  # nbformat 3
        level = cell.get("level")
        text = "#" * (level if isinstance(level, int) and 1 <= level <= 6 else 1) + " " + text
    metadata = cell.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    graded = metadata.get("nbgrader")
    tags = metadata.get("tags")
    outputs = cell.get("outputs") if kind == "code" else None
    outputs = outputs[:MAX_OUTPUTS] if isinstance(outputs, list) else []
    return {
        "cell_type": "code" if kind == "code" else "raw" if kind == "raw" else "markdown",
        "source": text,
        "id": _name(cell.get("id"), _CELL_ID),
        "grade_id": _name(graded.get("grade_id") if isinstance(graded, dict) else None),
        "tags": [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else [],
        "attachments": _attachments(cell.get("attachments")),
        "outputs": [kept for output in outputs if (kept := _plain_output(output)) is not None],
    }


def _name(value: Any, pattern: re.Pattern[str] | None = None) -> str:
    if not isinstance(value, str) or len(value) > MAX_NAME or (pattern and not pattern.fullmatch(value)):
        return ""
    return clean_text(value)


def _plain_output(output: Any) -> Output | None:
    """A student's own output as text or picture; scripts, HTML and everything else is left out."""
    kind = output.get("output_type") if isinstance(output, dict) else None
    if kind == "stream":
        text = clean_text(output.get("text"))[:MAX_OUTPUT_CHARACTERS]
        return {
            "output_type": "stream",
            "name": "stderr" if output.get("name") == "stderr" else "stdout",
            "text": text,
        }
    if kind in ("display_data", "execute_result"):
        data = _bundle(output.get("data"))
        return {"output_type": "display_data", "metadata": {}, "data": data} if data else None
    if kind == "error":
        trace = output.get("traceback")
        trace = [clean_text(line) for line in trace[:MAX_OUTPUTS]] if isinstance(trace, list) else []
        name, value = clean_text(output.get("ename")), clean_text(output.get("evalue"))
        return {"output_type": "error", "ename": name, "evalue": value, "traceback": trace}
    return None


def _bundle(data: Any) -> dict[str, str]:
    kept: dict[str, str] = {}
    for mime in ("text/plain", *_IMAGES) if isinstance(data, dict) else ():
        text = clean_text(data.get(mime))
        if len(text) > MAX_OUTPUT_CHARACTERS:
            continue
        if mime in _IMAGES:
            text = _picture(text, _IMAGES[mime])
        if text:
            kept[mime] = text
    return kept


def _picture(text: str, magic: bytes) -> str:
    try:
        raw = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return ""
    return base64.b64encode(raw).decode() if raw.startswith(magic) else ""


def _attachments(value: Any) -> Attachments:
    """Pictures that a student put into a text cell."""
    kept: Attachments = {}
    for name, bundle in list(value.items())[:MAX_OUTPUTS] if isinstance(value, dict) else ():
        pictures = {mime: text for mime, text in _bundle(bundle).items() if mime in _IMAGES}
        if pictures:
            kept[clean_text(name)[:MAX_NAME]] = pictures
    return kept
