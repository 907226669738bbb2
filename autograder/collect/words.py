"""Sentences of this package that people read. A line about a file begins with its path in the download."""

from collections.abc import Sequence

from autograder.language import _, ngettext

MAX_PLACES = 5
"""Files that a line names, of any number."""


def _printable(text: str) -> str:
    """Shorten a name from outside, without the signs that move a terminal's cursor."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text)[:200]


def is_link(place: str) -> str:
    return _("{place}: skipped; it is a link.", place=_printable(place))


def points_outside(place: str) -> str:
    return _("{place}: skipped; its name points outside the archive.", place=_printable(place))


def no_student(place: str) -> str:
    """Skip a notebook whose path fits no layout, or gives no usable id."""
    return _("{place}: skipped; its path does not tell whose it is.", place=_printable(place))


def same_folder(place: str, student: str) -> str:
    """Skip a notebook of a student whose id another has in upper or lower case: some systems give both one folder."""
    return _(
        "{place}: skipped; the id {student} differs from another id only in upper and lower case. "
        "Rename one of them in the download.",
        place=_printable(place),
        student=_printable(student),
    )


def nothing_usable(student: str, places: Sequence[str]) -> str:
    """Name a student whose files hold no notebook for the assignment."""
    return _("{student}: handed in nothing usable: {places}", student=_printable(student), places=_listed(places))


def no_work(student: str, place: str, fault: str) -> str:
    """Name a student whose best notebook has no work in it; it is collected, so that grading tells the student why."""
    return _(
        "{student}: handed in no work. {place}: {fault}",
        student=_printable(student),
        place=_printable(place),
        fault=_printable(fault),
    )


def newer_was_used(place: str, student: str) -> str:
    return _(
        "{place}: skipped; a newer notebook of {student} was used.",
        place=_printable(place),
        student=_printable(student),
    )


def better_was_used(place: str, student: str, fault: str) -> str:
    """Skip a notebook without work beside one that has some."""
    return _(
        "{place}: skipped; a better notebook of {student} was used. {fault}",
        place=_printable(place),
        student=_printable(student),
        fault=_printable(fault),
    )


def foreign(assignment: str) -> str:
    return _("It has none of the graded cells of {assignment}.", assignment=assignment)


def untouched() -> str:
    return _("Nothing in it is filled in.")


def fragment() -> str:
    return _("It has fewer than half of the cells to fill in.")


def no_notebooks(places: Sequence[str]) -> str:
    return ngettext(
        "{count} file skipped; it is not a notebook: {places}",
        "{count} files skipped; they are not notebooks: {places}",
        len(places),
        places=_listed(places),
    )


def as_given(count: int) -> str:
    """Count what students handed back as they got it."""
    return ngettext(
        "{count} file of the class's own zip left out", "{count} files of the class's own zip left out", count
    )


def and_more(count: int) -> str:
    return ngettext("… and {count} more", "… and {count} more", count)


def _listed(places: Sequence[str]) -> str:
    shown = ", ".join(_printable(place) for place in places[:MAX_PLACES])
    more = len(places) - MAX_PLACES
    return f"{shown}, {and_more(more)}" if more > 0 else shown


def entry_too_large(place: str, limit: int) -> str:
    return _("{place}: skipped; it unpacks to more than {limit:.0f} MB.", place=_printable(place), limit=limit / 1e6)


def bad_archive(place: str, error: Exception) -> str:
    return _(
        "{place}: skipped; it cannot be unpacked ({reason}).",
        place=_printable(place),
        reason=_printable(str(error)) or type(error).__name__,
    )


def skipped(place: str, reason: str) -> str:
    """Skip a file for a reason that is a sentence of its own."""
    return _("{place}: skipped. {reason}", place=_printable(place), reason=_printable(reason))


def archive_too_large() -> str:
    return _("The archive unpacks to more than a class can hand in. Nothing more of it was read.")


def not_an_archive(path: str) -> str:
    return _("{path} is not a zip archive. Give the folder or the archive that the LMS made.", path=path)


def nothing_there(path: str) -> str:
    return _("There is no {path}.", path=path)
