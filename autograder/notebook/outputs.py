"""Clean what a notebook showed, as a submission or a worker reports it, and make outputs of our own.

Nothing that a student's code says is believed: types are checked, pictures are what their bytes say, and of the rich
forms only plain text, pictures and harmless HTML stay. A verdict (MIME type of our own) never comes from a notebook.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, Literal, cast

from autograder.language import in_a_row
from autograder.notebook import words
from autograder.notebook.cleaning.clean import (
    MAX_NAME,
    cleaned_attachments,
    cleaned_outputs,
    is_notice,
    kinds_left_out,
    lost_in_markdown,
)
from autograder.notebook.cleaning.printed import clean_text
from autograder.notebook.cleaning.widgets import Widgets
from autograder.notebook.format import Attachments, Cell, Error, Output, Result, Stream
from autograder.scrub.process import Allowance

__all__ = ["MAX_NAME", "clean_attachments", "clean_outputs", "clean_text", "error", "joined", "result", "stream"]


def clean_outputs(outputs: Any, *, widgets: Widgets | None = None, allowance: Allowance | None = None) -> list[Output]:
    """Clean the outputs of one cell; a line stands in the place of what cannot be kept.

    Args:
        outputs: as in a notebook of nbformat 4, of any form.
        widgets: what the interactive elements of a submission last showed: its outputs are only for people to see, and
            values become displays. None if a worker has just reported the outputs, and a value may be a score.
        allowance: what reading the outputs may take, with all others of the notebook.
    """
    cleaned: Any = cleaned_outputs(outputs, widgets, allowance or Allowance()) if outputs else []
    return cast(list[Output], cleaned)


def clean_attachments(attachments: Any, allowance: Allowance | None = None) -> Attachments:
    """Clean the pictures that a student put into a text cell; a picture of words stands for one that cannot be kept."""
    return cleaned_attachments(attachments, allowance or Allowance()) if attachments else {}


def left_out_in(cells: Iterable[Cell], texts: Iterable[Cell]) -> str:
    """Count, in words, what people cannot see any more in the cells of a notebook; empty if all is there.

    Args:
        cells: all cells.
        texts: those text cells that are the student's.
    """
    kinds: Counter[words.Kind] = Counter()
    allowance = Allowance()
    for cell in texts:
        if cell["cell_type"] == "markdown":
            kinds.update(lost_in_markdown(cell["source"], cell.get("attachments"), allowance))
    for cell in cells:
        for output in cell.get("outputs", ()):
            if output["output_type"] in ("display_data", "execute_result"):
                kinds.update(kinds_left_out(output["metadata"]))
        for bundle in cell.get("attachments", {}).values():
            kinds["picture"] += is_notice(bundle)
    return in_a_row(words.counted(kind, count) for kind, count in kinds.items() if count)


def stream(text: str, name: Literal["stdout", "stderr"] = "stdout") -> Stream:
    """Make the output of printed text."""
    return {"output_type": "stream", "name": name, "text": text}


def error(name: str, message: str) -> Error:
    """Make the output that says why a cell failed."""
    return {"output_type": "error", "ename": name, "evalue": message, "traceback": [f"{name}: {message}"]}


def result(value: str, count: int | None) -> Result:
    """Make the output of a cell's value."""
    data = {"text/plain": value}
    return {"output_type": "execute_result", "execution_count": count, "data": data, "metadata": {}}


def joined(outputs: list[Output]) -> list[Output]:
    """Join neighbouring prints on one stream."""
    kept: list[Output] = []
    for output in outputs:
        last = kept[-1] if kept else None
        if last and last["output_type"] == output["output_type"] == "stream" and last["name"] == output["name"]:
            kept[-1] = stream(last["text"] + output["text"], output["name"])
        else:
            kept.append(output)
    return kept
