"""Bring the catalogues up to date: extract all texts, merge them into each language's, compile (`make translate`).

The catalogues are gettext's PO files, which Poedit and Weblate open. A new language begins with

    python -m autograder.translation.update LANGUAGE
"""

import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from autograder.assignments import names
from autograder.notebook.edition import catalogue_folder

ROOT = Path(__file__).parents[2]
METHODS = [
    ("autograder/assignments/*/__init__.py", "autograder.translation.extract:answer_key"),
    ("autograder/cli/commands.py", "autograder.translation.extract:command_line"),
    ("**.py", "python"),
    ("**.j2", "jinja2.ext:babel_extract"),
    ("**.ipynb", "autograder.translation.extract:notebook"),
]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "ungettext": (1, 2)}
WIDTH = 100


@dataclass(frozen=True)
class Domain:
    """A catalogue: its name, the folder whose texts it holds, and the folder of its languages."""

    name: str
    texts: str
    locale: Path

    def path(self, language: str) -> Path:
        """Return the PO file of a language; the compiled one lies beside it."""
        return self.locale / language / "LC_MESSAGES" / f"{self.name}.po"

    def languages(self) -> list[str]:
        """List the languages that there are."""
        return sorted(path.parents[1].name for path in self.locale.glob(f"*/LC_MESSAGES/{self.name}.po"))


def domains() -> list[Domain]:
    """List the catalogues: of the toolkit, of the grader, and of each assignment's notebooks."""
    own = [Domain(name, name, ROOT / name / "locale") for name in ("labkit", "autograder")]
    return own + [Domain(name, f"source/{name}", catalogue_folder(name)) for name in names()]


def extract(domain: Domain) -> Catalog:
    """Collect the texts of a domain."""
    template = Catalog(project="deep-learning-lab", fuzzy=False)
    for file, _line, message, comments, context in extract_from_dir(
        str(ROOT / domain.texts),
        list(_methods(domain.texts)),
        keywords=KEYWORDS,
        comment_tags=(),
    ):
        template.add(message, locations=[(f"{domain.texts}/{file}", 0)], auto_comments=comments, context=context)
    return template


def _methods(folder: str) -> Iterator[tuple[str, str]]:
    """Give the patterns relative to the folder that is read."""
    for pattern, method in METHODS:
        if pattern.startswith("**"):
            yield pattern, method
        elif pattern.startswith(f"{folder}/"):
            yield pattern.removeprefix(f"{folder}/"), method


def merged(domain: Domain, language: str, template: Catalog) -> Catalog:
    """Read a language's catalogue and put today's texts into it."""
    path = domain.path(language)
    catalogue = Catalog(locale=language, fuzzy=False)
    if path.exists():
        with path.open("rb") as file:
            catalogue = read_po(file, locale=language)
    catalogue.update(template, no_fuzzy_matching=False, update_creation_date=False)
    catalogue.obsolete.clear()
    return catalogue


def as_po(catalogue: Catalog) -> bytes:
    """Write a catalogue as text, without line numbers, which change all the time."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=WIDTH, include_lineno=False, include_previous=False)
    return buffer.getvalue()


def as_mo(catalogue: Catalog) -> bytes:
    """Compile a catalogue."""
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def main(languages: list[str]) -> None:
    """Update all catalogues of the languages that there are, and of those named, and say what is left to do."""
    for domain in domains():
        template = extract(domain)
        for language in sorted({*domain.languages(), *languages}):
            catalogue = merged(domain, language, template)
            path = domain.path(language)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(as_po(catalogue))
            path.with_suffix(".mo").write_bytes(as_mo(catalogue))
            print(f"{path.relative_to(ROOT)}: {len(catalogue)} texts, {len(to_translate(catalogue))} to translate")


def to_translate(catalogue: Catalog) -> list[str]:
    """List the texts that have no translation, or one of which Babel only guesses that it fits."""
    return [
        str(message.id)
        for message in catalogue
        if message.id and (message.fuzzy or not message.string or not all(message.string))
    ]


if __name__ == "__main__":
    main(sys.argv[1:])
