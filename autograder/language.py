"""The language of the sentences that people read: the toolkit's, with the grader's catalogue beside its own."""

from pathlib import Path

from labkit.language import (
    ENGLISH,
    _,
    add_domain,
    chosen_language,
    gettext,
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
    "ENGLISH",
    "_",
    "chosen_language",
    "gettext",
    "language",
    "languages",
    "ngettext",
    "speaking",
    "translated",
    "ungettext",
    "use_language",
    "without_numbers",
]

add_domain("autograder", Path(__file__).parent / "locale")
