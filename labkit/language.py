"""The language of the sentences that people read: one place, which each words.py asks.

A sentence is a whole literal with named places, so that gettext's tools find it and a translator sees all of it.
Catalogues are gettext's: `locale/LANGUAGE/LC_MESSAGES/DOMAIN.mo`. Without one, the English in the code is shown.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import NullTranslations, translation
from pathlib import Path

ENGLISH = "en"

_NUMBER = re.compile(r"(?<![\w.])\d+(?:,\d{3})*(?:\.\d+)?(?:e-?\d+)?(?![\w.]*\w)")

_domains: list[tuple[str, Path]] = []
_phrases: dict[str, dict[str, str]] = {}
"""Phrases that came with the public cases of a lab, by language."""
_chosen = [ENGLISH]
"""The language of this process. No context variable: each cell of a notebook runs in a context of its own."""
_spoken: ContextVar[str] = ContextVar("spoken")
"""The language of what is being written, where it differs."""


def add_domain(domain: str, folder: Path) -> None:
    """Look for sentences in one more catalogue a language.

    Args:
        domain: name of the catalogue.
        folder: where its languages are.
    """
    _domains.append((domain, folder))
    catalogue.cache_clear()


def add_phrases(translations: Mapping[str, Mapping[str, str]]) -> None:
    """Know more phrases.

    Args:
        translations: language → English phrase → phrase.
    """
    for name, phrases in translations.items():
        _phrases.setdefault(name, {}).update(phrases)


def languages() -> list[str]:
    """List the languages that there are, English first."""
    found = {path.parents[1].name for domain, folder in _domains for path in folder.glob(f"*/LC_MESSAGES/{domain}.mo")}
    return [ENGLISH, *sorted(found - {ENGLISH})]


def language() -> str:
    """Return the language that sentences are said in now."""
    return _spoken.get(_chosen[0])


def chosen_language() -> str:
    """Return the language that `use_language` chose."""
    return _chosen[0]


def use_language(name: str) -> None:
    """Choose the language of all that follows.

    Args:
        name: a language with a catalogue, such as ``zh_CN``; with any other, sentences stay English.
    """
    _chosen[0] = name


@contextmanager
def speaking(name: str) -> Iterator[None]:
    """Say the sentences within in a language of their own: a page in that of its reader."""
    token = _spoken.set(name)
    try:
        yield
    finally:
        _spoken.reset(token)


@cache
def catalogue(name: str) -> NullTranslations:
    """Read the catalogues of a language, once."""
    chain = NullTranslations()
    for domain, folder in _domains:
        chain.add_fallback(translation(domain, folder, [name], fallback=True))
    return chain


def gettext(sentence: str) -> str:
    """Return a sentence in the reader's language, its places still open."""
    return catalogue(language()).gettext(sentence) if sentence else sentence  # for "" gettext has the catalogue's head


def ungettext(one: str, many: str, count: int) -> str:
    """Return the form of a sentence that a number needs, its places still open."""
    return catalogue(language()).ngettext(one, many, count)


def _(sentence: str, /, **values: object) -> str:
    """Say a sentence in the reader's language.

    Args:
        sentence: The sentence in English, with places such as ``{name}``.
        values: What stands in the places.
    """
    translated = gettext(sentence)
    return translated.format(**values) if values else translated


def ngettext(one: str, many: str, count: int, /, **values: object) -> str:
    """Say a sentence about a number of things, in the form that the number needs.

    Args:
        one: The English sentence for one thing.
        many: The same for any other number.
        count: The number; it stands in the place ``{count}``.
        values: What stands in the other places.
    """
    return ungettext(one, many, count).format(**{"count": count, **values})


def in_a_row(items: Iterable[str]) -> str:
    """Join the items of a list with the sign that the language has for it."""
    return gettext(", ").join(items)


def without_numbers(phrase: str) -> str:
    """Return a phrase as catalogues hold it: a sign in the place of each number."""
    return _NUMBER.sub("#", phrase)


def translated(phrase: str) -> str:
    """Translate a phrase that an answer key holds as data, where it is shown: a hint, a criterion, a case.

    The numbers in it stay, in their order. Whatever else stands in its place, such as a student's text, stays as it is.
    """
    general = without_numbers(phrase)
    text = _phrases.get(language(), {}).get(general) or gettext(general)
    return _with_numbers_of(phrase, text) if text != general else phrase


def _with_numbers_of(phrase: str, general: str) -> str:
    numbers = iter(_NUMBER.findall(phrase))
    return re.sub("#", lambda sign: next(numbers, sign[0]), general)


def in_english(phrase: str, name: str) -> str:
    """Say a phrase of a notebook's edition in English, where no font has its signs.

    Args:
        phrase: such as the name of a recipe; a question mark stands for each sign of one that nobody translated.
        name: the language that it is in.
    """
    english = {text: original for original, text in _phrases.get(name, {}).items()}.get(without_numbers(phrase))
    return re.sub(r"[\u2e80-\uffef]", "?", phrase) if english is None else _with_numbers_of(phrase, english)


add_domain("labkit", Path(__file__).parent / "locale")
