"""A language of our own for tests: every text in brackets, so that whatever has none was never translated.

A place in a sentence stays outside of the brackets: what is put into it must have been translated itself.
"""

import re
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog

from autograder.translation.update import Domain, as_mo, domains, extract

NAME = "eo"
"""A real code, for gettext's plural rules; a language that we shall hardly have."""

OPEN, CLOSE = "⟦", "⟧"

_PLACE = re.compile(r"(\{(?:[^{}]|\{[^{}]*\})*\}|%\(\w+\)s)")


class Toy(NamedTuple):
    """Where the catalogues of the toy language are."""

    folder: Path

    def locale(self, domain: str) -> Path:
        """Return the folder of a domain's languages."""
        return self.folder / domain / "locale"


def bracketed(text: str) -> str:
    """Put a text in brackets; in Markdown after the mark of a heading, an item, a quote, in each cell of a table."""
    return "\n".join(_line(line) for line in text.split("\n"))


def _line(line: str) -> str:
    if line.lstrip().startswith("|"):
        return re.sub(r"[^|]*[^\W\d_]{2}[^|]*", lambda cell: f" {OPEN}{cell[0].strip()}{CLOSE} ", line)
    mark = re.match(r"\s*(?:(?:#+(?= [^a-z])|>|[-*+]|\d+\.) )*", line)
    start = mark.end() if mark else 0
    return line[:start] + _pieces(line[start:])


def _pieces(text: str) -> str:
    if "$" in text:  # braces are those of a formula
        return OPEN + text + CLOSE
    return "".join(
        OPEN + part + CLOSE if part.strip() and not number % 2 else part
        for number, part in enumerate(_PLACE.split(text))
    )


def bare(text: str) -> str:
    """Take out what stands in brackets: what is left was not translated."""
    return re.sub(rf"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}", " ", text)


def make(folder: Path) -> Toy:
    """Write the catalogues of all domains."""
    for domain in domains():
        path = folder / domain.name / "locale" / NAME / "LC_MESSAGES" / f"{domain.name}.mo"
        path.parent.mkdir(parents=True)
        path.write_bytes(as_mo(translated(domain)))
    return Toy(folder)


def translated(domain: Domain) -> Catalog:
    """Make the catalogue of a domain."""
    catalogue = Catalog(locale=NAME, fuzzy=False)
    for message in extract(domain):
        if isinstance(message.id, tuple):
            catalogue.add(message.id, tuple(bracketed(text) for text in message.id))
        elif message.id:
            catalogue.add(message.id, bracketed(str(message.id)))
    return catalogue
