"""Make the edition of a source notebook in another language: the same code, with other words."""

import json
import re
from collections.abc import Callable
from functools import cache
from gettext import NullTranslations, translation
from importlib.resources import files
from pathlib import Path
from typing import Any

from autograder.language import ENGLISH
from autograder.notebook.phrases import phrases_in, replace_in_cell

MAX_NAME = 50
"""Characters of a string that names something."""
ASSIGNMENTS = Path(str(files("autograder"))) / "assignments"


def catalogue_folder(assignment: str) -> Path:
    """Return where the catalogues of an assignment's notebooks are, a folder a language."""
    return ASSIGNMENTS / assignment / "locale"


def editions(assignment: str) -> list[str]:
    """List the languages that the notebooks of an assignment are translated into."""
    found = catalogue_folder(assignment).glob(f"*/LC_MESSAGES/{assignment}.mo")
    return sorted(path.parents[1].name for path in found)


@cache
def _catalogue(assignment: str, language: str) -> NullTranslations:
    return translation(assignment, catalogue_folder(assignment), [language])


def edition(source: bytes, assignment: str, language: str) -> bytes:
    """Translate a source notebook.

    Args:
        source: the instructor's notebook in English.
        assignment: whose catalogue is used.
        language: one of `editions(assignment)`.

    Returns:
        The notebook; a phrase without a translation stays English.

    Raises:
        ValueError: the source is no notebook.
        SyntaxError: a code cell of it is not Python.
    """
    if language == ENGLISH:
        return source
    words = _catalogue(assignment, language)
    return with_phrases(source, lambda phrase: language if phrase == ENGLISH else words.gettext(phrase))


def names_in(source: bytes, assignment: str, language: str) -> dict[str, str]:
    """Translate the short strings of a notebook's code, such as the name of a recipe, with # for each place.

    A picture says them in English where no font has the signs of the language.
    """
    words = _catalogue(assignment, language)
    code = [cell for cell in json.loads(source)["cells"] if cell["cell_type"] == "code"]
    short = (phrase for cell in code for phrase in phrases_in(cell) if len(phrase) <= MAX_NAME and "\n" not in phrase)
    general = {re.sub(r"\{[^{}]*\}", "#", text): re.sub(r"\{[^{}]*\}", "#", words.gettext(text)) for text in short}
    return {text: translated for text, translated in general.items() if translated != text}


def with_phrases(source: bytes, replace: Callable[[str], str]) -> bytes:
    """Put other text in the place of each phrase of a notebook."""
    notebook: dict[str, Any] = json.loads(source)
    for cell in notebook["cells"]:
        replace_in_cell(cell, replace)
    return (json.dumps(notebook, ensure_ascii=False, indent=1) + "\n").encode()
