"""The language of the sentences that people read: one place, which each words.py asks.

The toolkit has its own (`labkit/language.py`): importing labkit takes numpy and matplotlib with it, which
`autograder --help` does not need.

A sentence is a whole literal with named places, so that gettext's tools find it and a translator sees all of it.
"""

from gettext import NullTranslations

TRANSLATIONS = NullTranslations()
"""English, as it stands in the code. Made once: the standard library's gettext would look for files at each call."""


def _(sentence: str, /, **values: object) -> str:
    """Say a sentence in the reader's language.

    Args:
        sentence: The sentence in English, with places such as ``{name}``.
        values: What stands in the places.
    """
    translated = TRANSLATIONS.gettext(sentence)
    return translated.format(**values) if values else translated


def ngettext(one: str, many: str, count: int, /, **values: object) -> str:
    """Say a sentence about a number of things, in the form that the number needs.

    Args:
        one: The English sentence for one thing.
        many: The same for any other number.
        count: The number; it stands in the place ``{count}``.
        values: What stands in the other places.
    """
    return TRANSLATIONS.ngettext(one, many, count).format(**{"count": count, **values})


def translated(phrase: str) -> str:
    """Translate a phrase that an answer key holds as data, where it is shown: a hint, a criterion, a case.

    Whatever else stands in its place, a number or a student's text, stays as it is.
    """
    return TRANSLATIONS.gettext(phrase) if phrase else phrase  # gettext answers "" with the head of the catalogue
