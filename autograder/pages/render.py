"""Turn data into a page that stands alone: one file, no script, nothing loaded, and a policy that says so."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from autograder.errors import CourseError
from autograder.files import write_whole
from autograder.language import gettext, in_a_row, language, ungettext
from autograder.pages import words
from autograder.pages.drawings import bar

TEMPLATES = Path(__file__).parent / "templates"


def points(value: float) -> str:
    """Write points as people do: at most two decimals, none that are zero."""
    return f"{round(value, 2) + 0.0:g}"


def signed(value: float) -> str:
    """Write points that are added or taken away."""
    return f"+{points(value)}" if value > 0 else points(value).replace("-", "\N{MINUS SIGN}")


def percent(share: float) -> str:
    """Write a share in whole percent."""
    return words.whole_percent(round(100 * share))


def breakable(name: str) -> Markup:
    """Let a narrow page break a name after an underscore."""
    return escape(name).replace("_", Markup("_<wbr>"))


def isolated(text: str) -> Markup:
    """Keep a name that is written from right to left from turning round what stands beside it."""
    return Markup("<bdi>{}</bdi>").format(text)


def isolated_text(text: str) -> str:
    """Do the same by signs, where there can be no element."""
    return f"\u2068{text}\u2069"


def question_label(name: str, written: bool) -> str:
    """Name a question for people: a function by its own name, a written answer in words."""
    return words.written_question(name.replace("_", " ").replace("-", " ").capitalize()) if written else name


def render(template: str, **data: Any) -> str:
    """Render a page.

    Args:
        template: file name in `templates/`.
        data: what the template shows; everything that is not `Markup` is escaped.
    """
    return _environment().get_template(template).render(**data)


def rendered(template: str, **data: Any) -> bytes:
    """Render a page in UTF-8, part by part: a text of all has two or four bytes for each sign of pictures."""
    return b"".join(part.encode() for part in _environment().get_template(template).generate(**data))


@dataclass(frozen=True)
class StudentPages:
    """What became of one student's pages.

    Attributes:
        student: the student's id.
        pages: the pages that there are now.
        problem: why there is none or not all; empty if all went well.
    """

    student: str
    pages: tuple[Path, ...] = ()
    problem: str = ""


def write_page(path: Path, page: bytes) -> None:
    """Write a page in one step: a reader never meets half of one.

    Raises:
        CourseError: the folder cannot be written to, which is true for all pages.
    """
    try:
        write_whole(path, page)
    except OSError as error:
        raise CourseError(words.not_written(str(path), error.strerror or str(error))) from None


@cache
def stylesheet(name: str) -> str:
    """Read a stylesheet of `templates/`."""
    return (TEMPLATES / name).read_text(encoding="utf-8")


def style(css: str) -> dict[str, Markup]:
    """Make what a page needs to have a stylesheet: itself, and the hash by which the page's policy lets it in."""
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return {"css": Markup(css), "css_hash": Markup(f"sha256-{digest}")}


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    equip(environment)
    return environment


def equip(environment: Environment) -> None:
    """Give an environment the language, the design and the filters of our pages."""
    environment.install_gettext_callables(gettext, ungettext, newstyle=True)  # type: ignore[attr-defined]
    environment.filters |= {
        "points": points,
        "percent": percent,
        "signed": signed,
        "breakable": breakable,
        "isolated": isolated,
        "in_a_row": in_a_row,
    }
    environment.globals.update(**style(stylesheet("page.css")), bar=bar, language=language)
