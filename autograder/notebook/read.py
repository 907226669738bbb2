"""Read notebooks from untrusted bytes.

The reader takes every nbformat that ever had cells, keeps what it can make sense of, and raises only SubmissionError.
It does without nbformat, which refuses some files that students hand in, and takes half a second to import.
"""

import errno
import re
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.errors import AutograderError, MachineError, NoFileError, SubmissionError
from autograder.files import read_plain
from autograder.notebook import budget, words
from autograder.notebook.cleaning.widgets import Widgets
from autograder.notebook.format import StudentCell
from autograder.notebook.outputs import MAX_NAME, clean_attachments, clean_outputs, clean_text
from autograder.notebook.parse import parse, parse_without_outputs
from autograder.notebook.python_version import Version, written_with
from autograder.scrub.process import Allowance

MAX_BYTES = 32_000_000
MAX_CELLS = 2_000

_OF_THE_FILE = (errno.ELOOP, errno.EINVAL, errno.EFBIG)
"""What `read_plain` says of a link, of what is no plain file, and of one that is too large."""

_ANYTHING = re.compile(rb"[^\0 \t\r\n]")
_CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def read_submission(file: Path) -> bytes:
    """Read a file that a student handed in; links are not followed.

    Raises:
        NoFileError: it is missing.
        SubmissionError: it is not a plain file, or too large.
        MachineError: this machine cannot read it (no permission, a disk or a network that fails).
    """
    try:
        return read_plain(file, MAX_BYTES)
    except FileNotFoundError:
        raise NoFileError(words.no_notebook(file.name)) from None
    except OSError as error:
        raise _reason(file, error) from None


def _reason(file: Path, error: OSError) -> AutograderError:
    """Say why a file was not read: for what it is, or because this machine cannot."""
    with suppress(OSError):
        status = file.lstat()
        if not stat.S_ISREG(status.st_mode):
            return SubmissionError(words.not_a_file(file.name))
        if status.st_size > MAX_BYTES:
            return SubmissionError(words.file_too_large(status.st_size, MAX_BYTES))
    if error.errno in _OF_THE_FILE:
        return SubmissionError(words.file_unreadable(file.name, error.strerror or ""))
    return MachineError(words.file_not_read(file.name, error.strerror or ""))


@dataclass(frozen=True)
class StudentNotebook:
    """What is read of a submitted notebook.

    Attributes:
        cells: its cells, each with the same well-typed keys: `cell_type` (code, markdown or raw), `source` (LF line
            ends), `id` (valid, or empty), `grade_id` (or empty), `tags`, `attachments` and, of code, `outputs` (clean).
        python: the Python that it says it was run with; None if it says none.
    """

    cells: list[StudentCell]
    python: Version | None


def read_cells(data: bytes) -> list[StudentCell]:
    """Read the cells of a submitted notebook; as `read_notebook`."""
    return read_notebook(data).cells


def read_notebook(data: bytes, *, with_outputs: bool = True) -> StudentNotebook:
    """Read a submitted notebook.

    Args:
        data: the file, of any kind.
        with_outputs: whether to read the outputs, which takes longer than all else; without, there are none.

    Raises:
        SubmissionError: the bytes are not a notebook.
    """
    if not _ANYTHING.search(data):
        raise SubmissionError(words.file_empty())
    if len(data) > MAX_BYTES:
        raise SubmissionError(words.file_too_large(len(data), MAX_BYTES))
    content = parse(data) if with_outputs else parse_without_outputs(data)
    cells = _cell_list(content)
    if len(cells) > MAX_CELLS:
        raise SubmissionError(words.too_many_cells(len(cells), MAX_CELLS))
    metadata = content.get("metadata")
    widgets, allowance = Widgets(metadata) if with_outputs else None, Allowance()
    return StudentNotebook(
        [_plain_cell(cell, widgets, allowance) for cell in cells if isinstance(cell, dict)], written_with(metadata)
    )


def _cell_list(content: Any) -> list[Any]:
    """Find the list of cells in any version of nbformat."""
    if isinstance(content, dict):
        cells = content.get("cells")
        if isinstance(cells, list):
            return cells
        sheets = content.get("worksheets")  # nbformat 3 and older
        if isinstance(sheets, list):
            nested = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
            return [cell for cells in nested if isinstance(cells, list) for cell in cells]
    raise SubmissionError(words.file_no_notebook())


def _plain_cell(cell: dict[str, Any], widgets: Widgets | None, allowance: Allowance) -> StudentCell:
    budget.check()
    kind = cell.get("cell_type")
    text = clean_text(cell.get("source", cell.get("input")))
    if kind == "heading":  # nbformat 3
        level = cell.get("level")
        text = "#" * (level if isinstance(level, int) and 1 <= level <= 6 else 1) + " " + text
    metadata = cell.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    graded = metadata.get("nbgrader")
    tags = metadata.get("tags")
    outputs = cell.get("outputs") if kind == "code" and widgets is not None else None
    return {
        "cell_type": "code" if kind == "code" else "raw" if kind == "raw" else "markdown",
        "source": text,
        "id": _name(cell.get("id"), _CELL_ID),
        "grade_id": _name(graded.get("grade_id") if isinstance(graded, dict) else None),
        "tags": [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else [],
        "attachments": clean_attachments(cell.get("attachments"), allowance),
        "outputs": clean_outputs(outputs, widgets=widgets, allowance=allowance),
    }


def _name(value: Any, pattern: re.Pattern[str] | None = None) -> str:
    if not isinstance(value, str) or len(value) > MAX_NAME:
        return ""
    if pattern:
        return value if pattern.fullmatch(value) else ""
    return clean_text(value)
