"""Words of this package that people read."""

A_LINK = "it is a link"

NOT_A_NOTEBOOK = "it is not a notebook"

POINTS_OUTSIDE = "its name points outside the archive"

NO_STUDENT = "its path does not tell whose it is"


def ignored(place: str, reason: str) -> str:
    """A file of a download that was not taken."""
    return f"{_printable(place)}: not taken, {reason.rstrip('.')}."


def _printable(text: str) -> str:
    """A name from outside, without the signs that move a terminal's cursor."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text)[:200]


def archive_too_large() -> str:
    """A zip bomb, or the wrong file."""
    return "The archive unpacks to more than a class can hand in. Nothing more of it was read."


def entry_too_large(limit: int) -> str:
    """One file of an archive that is too large."""
    return f"it unpacks to more than {limit / 1e6:.0f} MB"


def bad_archive(error: Exception) -> str:
    """An archive, or a file in it, that is damaged or encrypted."""
    return f"it cannot be unpacked ({_printable(str(error)) or type(error).__name__})"


def not_an_archive(path: str) -> str:
    """A file that is no zip."""
    return f"{path} is not a zip archive. Give the folder or the archive that the LMS made."


def nothing_there(path: str) -> str:
    """A path to nothing."""
    return f"There is no {path}."


def another_version(student: str) -> str:
    """A further notebook of a student."""
    return f"another notebook of {_printable(student)} was"
