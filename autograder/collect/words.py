"""Sentences of this package that people read. A line about a file begins with its path in the download."""

from autograder.language import _


def _printable(text: str) -> str:
    """Shorten a name from outside, without the signs that move a terminal's cursor."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text)[:200]


def is_link(place: str) -> str:
    """Skip a link: nobody knows what it points to."""
    return _("{place}: skipped; it is a link.", place=_printable(place))


def not_a_notebook(place: str) -> str:
    """Skip what is no notebook."""
    return _("{place}: skipped; it is not a notebook.", place=_printable(place))


def points_outside(place: str) -> str:
    """Skip a name that points outside the archive."""
    return _("{place}: skipped; its name points outside the archive.", place=_printable(place))


def no_student(place: str) -> str:
    """Skip a notebook whose path fits no layout, or gives no usable id."""
    return _("{place}: skipped; its path does not tell whose it is.", place=_printable(place))


def newer_was_used(place: str, student: str) -> str:
    """Skip an earlier version."""
    return _(
        "{place}: skipped; a newer notebook of {student} was used.",
        place=_printable(place),
        student=_printable(student),
    )


def wrong_name(place: str) -> str:
    """Skip a notebook beside those of the assignment."""
    return _("{place}: skipped; no notebook of the assignment has its name.", place=_printable(place))


def entry_too_large(place: str, limit: int) -> str:
    """Skip a file of an archive that is too large."""
    return _("{place}: skipped; it unpacks to more than {limit:.0f} MB.", place=_printable(place), limit=limit / 1e6)


def bad_archive(place: str, error: Exception) -> str:
    """Skip an archive, or a file in it, that is damaged or encrypted."""
    return _(
        "{place}: skipped; it cannot be unpacked ({reason}).",
        place=_printable(place),
        reason=_printable(str(error)) or type(error).__name__,
    )


def skipped(place: str, reason: str) -> str:
    """Skip a file for a reason that is a sentence of its own."""
    return _("{place}: skipped. {reason}", place=_printable(place), reason=_printable(reason))


def archive_too_large() -> str:
    """Refuse a zip bomb, or the wrong file."""
    return _("The archive unpacks to more than a class can hand in. Nothing more of it was read.")


def not_an_archive(path: str) -> str:
    """Refuse a file that is no zip."""
    return _("{path} is not a zip archive. Give the folder or the archive that the LMS made.", path=path)


def nothing_there(path: str) -> str:
    """Refuse a path to nothing."""
    return _("There is no {path}.", path=path)
