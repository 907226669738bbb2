"""Sentences of this package that people read."""

from collections.abc import Sequence

from autograder.language import _, in_a_row


def would_leak(name: str, text: str) -> str:
    return _(
        "{name} cannot be released: it contains {text!r}, which must stay with the instructor.", name=name, text=text
    )


def page_not_utf8(path: str) -> str:
    return _("{path} is not text in UTF-8: save it with that encoding, then release again.", path=path)


def no_edition(assignment: str, language: str, there_are: Sequence[str]) -> str:
    return _(
        "{assignment} has no edition in {language}; there are: {languages}. docs/translation.md says how to make one.",
        assignment=assignment,
        language=language,
        languages=in_a_row(there_are),
    )
