"""The sentences of this package that people read: why a notebook cannot be used, and what of it cannot be shown."""

from typing import Literal

from autograder.language import _, ngettext


def no_notebook(name: str) -> str:
    return _("There is no {name} in the submission. Hand in the notebook under that name.", name=name)


def not_a_file(name: str) -> str:
    return _("{name} is not a plain file. Hand in the notebook itself.", name=name)


def file_unreadable(name: str, reason: str) -> str:
    return _("{name} cannot be read: {reason}.", name=name, reason=reason)


def file_not_read(name: str, reason: str) -> str:
    """Say that this machine, not the file, is why nothing can be read."""
    return _("{name} could not be read on this machine: {reason}.", name=name, reason=reason)


def file_empty() -> str:
    return _("The file is empty. Save the notebook and hand it in again.")


def file_too_large(size: int, limit: int) -> str:
    return _(
        "The file has {size:.0f} MB; the limit is {limit:.0f} MB. Clear the large outputs, save, and hand it in again.",
        size=size / 1e6,
        limit=limit / 1e6,
    )


def file_not_text() -> str:
    return _("The file is not a notebook: it is not UTF-8 text. Hand in the .ipynb file itself.")


def file_not_json(line: int, column: int) -> str:
    return _(
        "The file is not a notebook: it is not valid JSON at line {line}, column {column}. "
        "Open it in Jupyter or VS Code, save it there, and hand it in again.",
        line=line,
        column=column,
    )


def file_too_deep() -> str:
    return _("The file is not a notebook: its JSON is nested too deeply or holds an absurd number.")


def file_no_notebook() -> str:
    return _("The file is JSON but not a notebook: it has no cells. Hand in the .ipynb file of the assignment.")


def too_many_cells(count: int, limit: int) -> str:
    return ngettext(
        "The notebook has {count} cell; the limit is {limit}. Remove cells that are not needed.",
        "The notebook has {count} cells; the limit is {limit}. Remove cells that are not needed.",
        count,
        limit=limit,
    )


def takes_too_long() -> str:
    return _("The notebook takes too long to read. Remove long cells that are not needed, and hand it in again.")


def no_autotests(cell: str) -> str:
    """Say that nbgrader has not yet written the tests of a cell, which it does when the assignment is made."""
    return _(
        "The tests of the cell {cell} are not written yet: run `autograder release` (or `grade`) first.", cell=cell
    )


def source_unreadable(name: str, reason: str) -> str:
    return _("The source notebook {name} cannot be used: {reason}.", name=name, reason=reason)


Kind = Literal[
    "picture",
    "figure",
    "widget",
    "page",
    "video",
    "sound",
    "object",
    "document",
    "formula",
    "colours",
    "script",
    "markup",
    "refused",
    "other",
]
"""What a notebook showed that cannot be kept."""


def left_out(kind: Kind, place: str = "") -> str:
    """Say, where something stood in a notebook, that it could not be kept.

    Args:
        kind: what it was.
        place: where a picture or page lies, or the type of something of another kind.
    """
    if kind == "picture" and place:
        return _("[A picture from {place} is left out: only pictures that are in the notebook are shown.]", place=place)
    if kind == "page" and place:
        return _("[A page from {place} is left out: a notebook that was handed in loads nothing.]", place=place)
    if kind == "other":
        return _("[An output of the type {place} is left out.]", place=place)
    sentences = {
        "picture": _("[A picture is left out: it is damaged, too large, or of a type that cannot be shown.]"),
        "figure": _("[An interactive figure is left out: no picture of it is in the notebook.]"),
        "page": _("[An embedded page is left out.]"),
        "video": _("[A video is left out.]"),
        "sound": _("[A sound is left out.]"),
        "object": _("[An embedded object is left out.]"),
        "formula": _("[A formula in MathML is left out.]"),
        "colours": _("[The colours of this table are left out.]"),
        "script": _("[A script is left out.]"),
        "widget": _("[An interactive element is left out.]"),
        "document": _("[A document is left out.]"),
        "markup": _("[A formatted output is left out: it is too large.]"),
        "refused": _("[An output is left out: reading it takes too long or too much memory.]"),
    }
    return sentences[kind]


def lines_left_out(count: int) -> str:
    """Say, in the middle of a long text, how many lines are missing."""
    return ngettext("[… {count} line left out …]", "[… {count} lines left out …]", count)


def middle_left_out() -> str:
    """Say, in the middle of a long text, that something is missing."""
    return _("[… the middle of this output is left out …]")


def showed_more(kinds: str) -> str:
    """Say that a person who grades does not see all that the student saw.

    Args:
        kinds: what is missing, as counted things.
    """
    return _(
        "Not everything that this notebook showed could be kept: {kinds}. A line stands in the place of each.",
        kinds=kinds,
    )


def counted(kind: Kind, count: int) -> str:
    """Count what is missing of one kind."""
    if kind == "picture":
        return ngettext("{count} picture", "{count} pictures", count)
    if kind in ("figure", "widget"):
        return ngettext("{count} interactive element", "{count} interactive elements", count)
    return ngettext("{count} other output", "{count} other outputs", count)
