"""A language of our own for tests: every text in brackets, so that whatever has none was never translated."""

import re
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog

from autograder.translation.update import Domain, as_mo, domains, extract

NAME = "eo"
"""A real code, for gettext's plural rules; a language that we shall hardly have."""

OPEN, CLOSE = "⟦", "⟧"


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
    return line[:start] + (OPEN + line[start:] + CLOSE if line[start:].strip() else line[start:])


def make(folder: Path) -> Toy:
    """Write the catalogues of all domains."""
    for domain in domains():
        _write(domain, folder / domain.name / "locale")
    return Toy(folder)


def _write(domain: Domain, locale: Path) -> None:
    catalogue = Catalog(locale=NAME, fuzzy=False)
    for message in extract(domain):
        if isinstance(message.id, tuple):
            catalogue.add(message.id, tuple(bracketed(text) for text in message.id))
        elif message.id:
            catalogue.add(message.id, bracketed(str(message.id)))
    path = locale / NAME / "LC_MESSAGES" / f"{domain.name}.mo"
    path.parent.mkdir(parents=True)
    path.write_bytes(as_mo(catalogue))
