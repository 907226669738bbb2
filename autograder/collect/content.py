"""Look into a notebook: a student's work counts whatever its name, and a name counts only among equals."""

from enum import IntEnum
from typing import NamedTuple

from autograder.collect import words
from autograder.errors import SubmissionError
from autograder.notebook.read import read_notebook
from autograder.notebook.source import Source
from autograder.restore.restore import restore_answers


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
    """Judge what a notebook holds of an assignment, by what grading would make of it."""
    try:
        answers = restore_answers(source, data)
    except SubmissionError:
        return _without_cells(data, source)
    if all(answer.is_untouched for answer in answers):
        return Look(Content.UNTOUCHED, words.untouched())
    if 2 * sum(answer.is_missing for answer in answers) > len(answers):
        return Look(Content.FRAGMENT, words.fragment())
    return Look(Content.WORK)


def _without_cells(data: bytes, source: Source) -> Look:
    try:
        read_notebook(data, with_outputs=False)
    except SubmissionError as error:
        return Look(Content.BROKEN, str(error))
    return Look(Content.FOREIGN, words.foreign(source.name))
