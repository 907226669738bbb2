"""Have hostile markup and pictures read apart, and believe nothing of what comes back but its form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

from autograder.notebook import words
from autograder.notebook.cleaning.shown import PICTURE_TYPES, Kind
from autograder.scrub import process
from autograder.scrub.process import Allowance, LostError, Scrubber

SCRUBBER = Scrubber("autograder.notebook.cleaning.parsing:parse")
"""The process, one for each process of the grader."""


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
