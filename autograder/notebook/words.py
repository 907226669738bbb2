"""The sentences of this package that people read: why a notebook cannot be used."""

from autograder.language import _, ngettext


def no_notebook(name: str) -> str:
    return _("There is no {name} in the submission. Hand in the notebook under that name.", name=name)


def not_a_file(name: str) -> str:
    return _("{name} is not a plain file. Hand in the notebook itself.", name=name)


def file_unreadable(name: str, reason: str) -> str:
    return _("{name} cannot be read: {reason}.", name=name, reason=reason)


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


def no_autotests(cell: str) -> str:
    """Say that nbgrader has not yet written the tests of a cell, which it does when the assignment is made."""
    return _(
        "The tests of the cell {cell} are not written yet: run `autograder release` (or `grade`) first.", cell=cell
    )


def source_unreadable(name: str, reason: str) -> str:
    return _("The source notebook {name} cannot be used: {reason}.", name=name, reason=reason)
