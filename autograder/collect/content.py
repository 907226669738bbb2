"""Look into a notebook: a student's work counts whatever its name, and a name counts only among equals."""

from enum import IntEnum
from typing import NamedTuple

from autograder.collect import words
from autograder.errors import SubmissionError
from autograder.notebook.read import read_cells
from autograder.notebook.source import Source
from autograder.restore.matching import Matching, same_text


class Content(IntEnum):
    """What a notebook holds of an assignment, from the least to the most."""

    BROKEN = 0
    FOREIGN = 1
    UNTOUCHED = 2
    FRAGMENT = 3
    WORK = 4


class Look(NamedTuple):
    """What a notebook holds, and the sentence that says what is wrong with it; empty if there is work in it."""

    content: Content
    fault: str = ""


def look_into(data: bytes, source: Source) -> Look:
    """Judge what a notebook holds of an assignment, by the same matching of cells as grading."""
    try:
        matching = Matching(source, read_cells(data))
    except SubmissionError as error:
        return Look(Content.BROKEN, str(error))
    if not matching.is_this_assignment:
        return Look(Content.FOREIGN, words.foreign(source.name))
    answers = [at for at, cell in enumerate(source.cells) if cell.answer]
    moved = matching.below.keys() | matching.elsewhere
    if not any(at in moved or _is_filled(matching, at) for at in answers):
        return Look(Content.UNTOUCHED, words.untouched())
    if 2 * sum(at in moved or at in matching.matched for at in answers) < len(answers):
        return Look(Content.FRAGMENT, words.fragment())
    return Look(Content.WORK)


def _is_filled(matching: Matching, at: int) -> bool:
    cell = matching.cell_for(at)
    return cell is not None and not same_text(cell["source"], matching.source.cells[at].released)
