"""The language of the sentences that people read: the toolkit's, with the grader's catalogue beside its own."""

from collections.abc import Mapping
from pathlib import Path

from labkit.language import (
    ENGLISH,
    _,
    add_domain,
    chosen_language,
    gettext,
    in_a_row,
    language,
    languages,
    ngettext,
    speaking,
    translated,
    ungettext,
    use_language,
    without_numbers,
)

__all__ = [
    "CATALOGUES",
    "DOMAIN",
    "ENGLISH",
    "_",
    "chosen_language",
    "gettext",
    "in_a_row",
    "language",
    "languages",
    "ngettext",
    "speaking",
    "translated",
    "ungettext",
    "use_language",
    "wished_language",
    "without_numbers",
]

DOMAIN, CATALOGUES = "autograder", Path(__file__).parent / "locale"

add_domain(DOMAIN, CATALOGUES)

_VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
"""Where gettext looks, in its order."""


def wished_language(environment: Mapping[str, str]) -> str:
    """Choose the first language that the environment asks for and that there is; else English."""
    for variable in _VARIABLES:
        for wish in environment.get(variable, "").split(":"):
            name = wish.partition(".")[0].partition("@")[0]
            for there_is in languages():
                if name and (name == there_is or name == there_is.partition("_")[0]):
                    return there_is
            if name:
                return ENGLISH
    return ENGLISH
