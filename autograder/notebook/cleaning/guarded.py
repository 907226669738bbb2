"""Have hostile markup and pictures read apart, and believe nothing of what comes back but its form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

from autograder.notebook import words
from autograder.notebook.cleaning.base64_text import Base64, in_one_form
from autograder.notebook.cleaning.printed import text_of
from autograder.notebook.cleaning.shown import MAX_PICTURE, PICTURE_TYPES, SVG_TYPE, Kind
from autograder.scrub import process
from autograder.scrub.process import Allowance, LostError, Scrubber

SCRUBBER = Scrubber("autograder.notebook.cleaning.parsing:parse")
"""The process, one for each process of the grader."""

_HEAD = 44
"""Characters in base64 of the beginning of a picture: 33 bytes, with the size of a PNG, GIF or WebP in them."""
_MOST_HEADS = 1_000
_head_types: dict[str, str] = {}


def parsed(kind: Kind, value: Any, allowance: Allowance) -> Any:
    """Read something; as `parsing.parse`.

    Raises:
        LostError: it takes too long or too much, or ended the process that read it.
    """
    if process.HERE:
        return _parse_here(kind, value, allowance)
    result = SCRUBBER.call(kind, value, allowance=allowance)
    if not _HAS_FORM[kind](result):
        raise LostError
    return result


def pixels(mime: str, value: Any, allowance: Allowance) -> tuple[str, str] | None:
    """Have the beginning of a picture read, instead of sending all of it there and back.

    What was said of a beginning is kept: nearly all figures of a class begin alike.

    Args:
        mime: the type that it claims.
        value: base64 text, or a list of lines of it.
        allowance: what the picture is charged to.

    Returns:
        As `pictures.picture`; None if only the whole picture tells, or it is none.

    Raises:
        LostError: as `parsed`.
    """
    text = text_of(value) if mime.startswith("image/") and mime != SVG_TYPE else ""
    if len(text) > MAX_PICTURE or len(text) < _HEAD:
        return None
    text = _in_base64(text)
    head = text[:_HEAD]
    if allowance.is_used_up():
        raise LostError
    if head and head not in _head_types:
        if len(_head_types) >= _MOST_HEADS:
            _head_types.clear()
        _head_types[head] = next(iter(parsed("picture", {mime: head}, allowance)), "")
    kind = _head_types.get(head, "")
    if not kind or kind == SVG_TYPE:
        return None
    allowance.characters -= len(text)
    return kind, text


def _in_base64(text: str) -> str:
    """Bring base64 into its one form, without blank space; empty if it is none."""
    if not isinstance(text, Base64):
        data = text.encode() if text.isascii() else b""
        text = in_one_form(data) or in_one_form(b"".join(data.split())) or ""
    return text


def _parse_here(kind: Kind, value: Any, allowance: Allowance) -> Any:
    """Read something in this process, where no other can be had; what it may take is bounded by its size only."""
    from autograder.notebook.cleaning.parsing import parse

    if allowance.is_used_up():
        raise LostError
    try:
        with allowance.timed():
            return parse(kind, value)
    except Exception:
        raise LostError from None


def _is_text_or_none(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _is_bundle(value: Any) -> bool:
    return isinstance(value, dict) and all(key in PICTURE_TYPES and isinstance(value[key], str) for key in value)


def _is_forms(value: Any) -> bool:
    return (
        _is_with_kinds(value)
        and isinstance(value[0], dict)
        and _is_bundle({key: text for key, text in value[0].items() if key != "text/html"})
        and isinstance(value[0].get("text/html", ""), str)
    )


def _is_page(value: Any) -> bool:
    return _is_with_kinds(value) and _is_text_or_none(value[0])


def _is_with_kinds(value: Any) -> bool:
    is_pair = isinstance(value, list | tuple) and len(value) == 2 and isinstance(value[1], list)
    return is_pair and all(kind in get_args(words.Kind) for kind in value[1])


_HAS_FORM: dict[Kind, Callable[[Any], bool]] = {
    "forms": _is_forms,
    "picture": _is_bundle,
    "html": _is_text_or_none,
    "markdown": _is_page,
    "svg": lambda value: isinstance(value, str),
}
