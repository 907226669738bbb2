"""Give Babel the texts of notebooks and answer keys; `update.METHODS` says which file is whose."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from autograder.assignments import answer_key as key_of
from autograder.assignments.phrases import phrases_of
from autograder.language import ENGLISH
from autograder.notebook.phrases import phrases_in

Message = tuple[int, str, str, list[str]]
"""Line, function, message, comments: what Babel asks of an extractor."""


def notebook(file: IO[bytes], keywords: object, comment_tags: object, options: object) -> Iterator[Message]:
    """Yield the phrases of a source notebook; the number is the cell's, the comment its id."""
    for number, cell in enumerate(json.load(file)["cells"]):
        for phrase in phrases_in(cell):
            if phrase != ENGLISH:
                yield number, "_", phrase, [cell.get("id", "")]


def answer_key(file: IO[bytes], keywords: object, comment_tags: object, options: object) -> Iterator[Message]:
    """Yield the phrases of the answer key whose `__init__.py` this is."""
    for phrase in phrases_of(key_of(Path(file.name).parent.name)):
        yield 1, "_", phrase, []


def command_line(file: IO[bytes], keywords: object, comment_tags: object, options: object) -> Iterator[Message]:
    """Yield the help of all commands, which stands in docstrings and options."""
    from autograder.cli.commands import commands
    from autograder.cli.language import help_texts

    for text in help_texts(commands):
        yield 1, "_", text, []
