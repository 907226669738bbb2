"""Parse the JSON of an untrusted notebook: what counts is always what Python's own parser makes of it.

Nearly all of a notebook that has run is pictures. They are set aside before `json` sees the rest: it copies each text
several times, and into four bytes a sign where the notebook has an emoji in it. Who needs no outputs gets them passed
over by msgspec, wherever that reads the same.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Required, TypedDict

from msgspec import DecodeError
from msgspec.json import Decoder

from autograder.errors import SubmissionError
from autograder.notebook import words
from autograder.notebook.cleaning.base64_text import in_one_form

_PICTURE = b'"image/png"'
_VALUE = re.compile(_PICTURE + rb'[ \t\r\n]*:[ \t\r\n]*"')
_MOST, _LEAST = 10_000, 1_000
"""Pictures that are looked at, and the bytes that are worth it."""
_LINE_END = rb"\n"
"""What stands behind the base64 of a picture, as JSON writes it."""
_MANY_DIGITS = 2_000
"""Python's parser takes no number of twice as many."""


class _CellMetadata(TypedDict, total=False):
    nbgrader: Any
    tags: Any


class _Cell(TypedDict, total=False):
    cell_type: Any
    source: Any
    input: Any
    level: Any
    id: Any
    metadata: _CellMetadata
    attachments: Any


class _Metadata(TypedDict, total=False):
    language_info: Any


class _Notebook(TypedDict, total=False):
    cells: Required[list[_Cell]]
    metadata: _Metadata


_NOTEBOOK = Decoder(_Notebook)


def parse(data: bytes) -> Any:
    """Parse JSON; long pictures come as `Base64`.

    Raises:
        SubmissionError: it is none.
    """
    with suppress(ValueError, RecursionError, MemoryError):  # what is wrong is said of the whole
        rest, pictures = _set_aside(data)
        if pictures:
            content = json.loads(_decoded(rest), object_hook=pictures.put_back)
            if pictures.all_are_back:
                return content
    try:
        return json.loads(_decoded(data))
    except json.JSONDecodeError as error:
        raise SubmissionError(words.file_not_json(error.lineno, error.colno)) from None
    except (ValueError, RecursionError, MemoryError):
        raise SubmissionError(words.file_too_deep()) from None


def parse_without_outputs(data: bytes) -> Any:
    """Parse the JSON of a notebook as `parse` does, but for outputs and metadata that nobody reads.

    Raises:
        SubmissionError: it is none.
    """
    with suppress(DecodeError, UnicodeDecodeError, RecursionError, MemoryError):
        rest = _without_pictures(data)
        rest.decode()  # of what it passes over, msgspec reads bytes that are no text, and numbers of any length
        if not any(rest[at : at + _MANY_DIGITS].isdigit() for at in range(0, len(rest), _MANY_DIGITS)):
            return _NOTEBOOK.decode(data)
    return parse(data)


def _without_pictures(data: bytes) -> bytes:
    """Cut out long pictures that are plain text."""
    parts, done = [], 0
    for begin, end in _long_pictures(data):
        if data[begin:end].isascii():
            parts.append(data[done:begin])
            done = end
    return b"".join((*parts, data[done:]))


def _long_pictures(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield where the texts of long pictures begin and end."""
    at = 0
    for _ in range(_MOST):
        at = data.find(_PICTURE, at)
        if at < 0:
            break
        found = _VALUE.match(data, at)
        begin = found.end() if found else at + 1
        at = data.find(b'"', begin)
        if at - begin < _LEAST:
            at = begin
        else:
            yield begin, at


class _Pictures(dict[str, str]):
    """The pictures that were set aside, by what stands in their place."""

    def __init__(self) -> None:
        super().__init__()
        self._back = 0

    def put_back(self, item: dict[str, Any]) -> dict[str, Any]:
        """Put the picture back that an object of the JSON holds, if any."""
        value = item.get("image/png")
        if type(value) is str and value in self:
            item["image/png"] = self[value]
            self._back += 1
        return item

    @property
    def all_are_back(self) -> bool:
        """Whether each was put back; one may have stood under a key that is there twice."""
        return self._back == len(self)


def _set_aside(data: bytes) -> tuple[bytes, _Pictures]:
    """Put a short text that nobody can guess in the place of each long picture in plain base64.

    A text of these signs alone can be another of these signs without any change to what is around it.
    """
    pictures = _Pictures()
    parts: list[bytes] = []
    name = secrets.token_hex(16)
    done = 0
    for begin, end in _long_pictures(data):
        text = data[begin:end]
        ends = text.endswith(_LINE_END)
        picture = in_one_form(text[: -len(_LINE_END)] if ends else text)
        if picture is not None:
            place = f"{name}{len(pictures)}"
            pictures[place] = picture
            parts += (data[done:begin], place.encode())
            done = end
    return b"".join((*parts, data[done:])), pictures


def _decoded(data: bytes) -> str:
    """Decode JSON, which is UTF-8, -16 or -32; an editor on Chinese Windows may have made it GB 18030."""
    for encoding in (json.detect_encoding(data), *["gb18030"] * data.lstrip().startswith(b"{")):
        with suppress(UnicodeDecodeError):
            return data.decode(encoding).lstrip("\ufeff")
    raise SubmissionError(words.file_not_text())
