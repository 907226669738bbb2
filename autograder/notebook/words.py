"""Words of this package that people read."""


def no_notebook(name: str) -> str:
    """A submission folder without the notebook."""
    return f"There is no {name} in the submission. Hand in the notebook under that name."


def not_a_file(name: str) -> str:
    """A link or something else instead of the notebook."""
    return f"{name} is not a plain file. Hand in the notebook itself."


def file_unreadable(name: str, reason: str) -> str:
    """A file that the system does not let us read."""
    return f"{name} cannot be read: {reason}."


def file_empty() -> str:
    """A submission of no bytes."""
    return "The file is empty. Save the notebook and hand it in again."


def file_too_large(size: int, limit: int) -> str:
    """A submission that is too large to be a notebook."""
    return (
        f"The file has {size / 1e6:.0f} MB; the limit is {limit / 1e6:.0f} MB. "
        "Clear the large outputs, save, and hand it in again."
    )


def file_not_text() -> str:
    """A submission that is not text."""
    return "The file is not a notebook: it is not UTF-8 text. Hand in the .ipynb file itself."


def file_not_json(line: int, column: int) -> str:
    """A submission that breaks off or was edited by hand."""
    return (
        f"The file is not a notebook: it is not valid JSON at line {line}, column {column}. "
        "Open it in Jupyter or VS Code, save it there, and hand it in again."
    )


def file_too_deep() -> str:
    """A submission that only exists to break a reader."""
    return "The file is not a notebook: its JSON is nested too deeply or holds an absurd number."


def file_no_notebook() -> str:
    """JSON that is something else."""
    return "The file is JSON but not a notebook: it has no cells. Hand in the .ipynb file of the assignment."


def too_many_cells(count: int, limit: int) -> str:
    """A notebook beyond reason."""
    return f"The notebook has {count} cells; the limit is {limit}. Remove cells that are not needed."


def no_autotests(cell: str) -> str:
    """A cell whose tests nbgrader writes when the assignment is made, which has not happened."""
    return f"The tests of the cell {cell} are not written yet: run `autograder release` (or `grade`) first."


def source_unreadable(name: str, reason: str) -> str:
    """An instructor's notebook that cannot be used."""
    return f"The source notebook {name} cannot be used: {reason}."
