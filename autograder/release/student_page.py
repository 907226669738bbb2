"""Make the README of the class zip from docs/student.md, as text and as a page for people who double-click it."""

from pathlib import Path

from jinja2 import Template
from markdown_it import MarkdownIt
from markupsafe import Markup

from autograder.errors import CourseError
from autograder.language import ENGLISH
from autograder.release import words

PLACEHOLDER = "NAME"
"""Stands for the assignment in docs/student.md, so that its lines can be typed as they are in README."""

_TEMPLATE = Path(__file__).parent / "templates" / "student.html.j2"


def readme_files(page: Path, assignment: str, language: str = ENGLISH) -> dict[str, bytes]:
    """Make README.md and README.html: file name → content, the same bytes on every machine.

    Args:
        page: docs/student.md, in which an instructor may have changed anything with any editor.
        assignment: name of the assignment.
        language: the language that the page is in.

    Raises:
        CourseError: the page is not text in UTF-8.
    """
    try:
        text = page.read_text(encoding="utf-8-sig").replace(PLACEHOLDER, assignment)
    except UnicodeDecodeError:
        raise CourseError(words.page_not_utf8(str(page))) from None
    body = MarkdownIt("commonmark").enable("table").render(text)
    template = Template(_TEMPLATE.read_text(encoding="utf-8"), autoescape=True, keep_trailing_newline=True)
    html = template.render(title=assignment, body=Markup(body), language=language.replace("_", "-"))
    return {"README.md": text.encode(), "README.html": html.encode()}
