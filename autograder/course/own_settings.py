"""Read the settings of nbgrader_config.py that are this program's own; nbgrader passes over them."""

import ast
from pathlib import Path

from autograder.course import words
from autograder.errors import CourseError
from autograder.language import languages

_LANGUAGE = "c.Autograder.language"


def language_of(config: Path) -> str:
    """Read the language of a course's pages: `c.Autograder.language = "zh_CN"`.

    Returns:
        The language; empty if the course names none.

    Raises:
        CourseError: there is no such language.
    """
    try:
        tree = ast.parse(config.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return ""  # whoever runs it says what is wrong with it
    chosen = ""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and _LANGUAGE in map(ast.unparse, node.targets):
            chosen = ast.unparse(node.value).strip("'")
    if chosen and chosen not in languages():
        raise CourseError(words.no_such_language(str(config), chosen, languages()))
    return chosen
