"""Restore versions of the small course's notebook, and look at what comes out."""

from collections.abc import Mapping
from typing import Any

from autograder.notebook.source import parse_source
from autograder.restore.restore import Restored, restore
from tests.helpers import small_course as small

SOURCE = parse_source(small.to_bytes(small.source()), "numbers")


def restored(notebook: Any, source: Any = None) -> Restored:
    """Restore a submission, of the small course's notebook if no other source is given."""
    parsed = parse_source(small.to_bytes(source), "numbers") if source else SOURCE
    return restore(parsed, small.to_bytes(notebook))


def sources(result: Restored) -> dict[str, str]:
    return {cell["id"]: cell["source"] for cell in result.notebook["cells"]}


def kinds(result: Restored) -> set[tuple[str, str]]:
    return {(note.kind, note.cell) for note in result.notes}


def with_cells(place: str, *cells: Mapping[str, Any], below: bool = False) -> Any:
    """The filled notebook with further cells above a cell, or below it."""
    notebook = small.filled()
    at = [cell["id"] for cell in notebook["cells"]].index(place) + below
    notebook["cells"][at:at] = cells
    return notebook


def is_run(result: Restored, cell_id: str) -> bool:
    return "skip-execution" not in small.cell(result.notebook, cell_id)["metadata"].get("tags", ())
