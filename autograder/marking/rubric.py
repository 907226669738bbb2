"""Read the mark scheme of a written question: what the source notebook says between its solution markers.

First comes the model answer in prose, then the rubric, a list item a line:

    - 2: the cause is named
    - 0.5: with a number
    - -1: speaks of the wrong figure

Editors and people write lists in several ways; all that can be read is. A line that was meant for the rubric and cannot
be read is named, and stays in the model answer.
"""

import re
from dataclasses import dataclass

from autograder.marking import words
from autograder.notebook.regions import (
    BEGIN_SCHEME,
    BEGIN_SOLUTION,
    END_SCHEME,
    END_SOLUTION,
    TEXT_STUB,
)


@dataclass(frozen=True)
class SchemeItem:
    """A rubric item as the source has it."""

    points: float
    words: str


@dataclass(frozen=True)
class MarkScheme:
    """What the source notebook says about a question.

    Attributes:
        question: the text that students are given.
        model: the model answer, as Markdown.
        items: the rubric.
        problems: a sentence for each line that was meant for the rubric and cannot be read.
    """

    question: str = ""
    model: str = ""
    items: tuple[SchemeItem, ...] = ()
    problems: tuple[str, ...] = ()


_BULLET = re.compile(r"^ {0,3}(?:[-*+•]|\d+[.)])[ \t]+(?P<text>\S.*)$")
_NUMBER = r"(?P<sign>[-+−–]?)[ \t]*(?P<number>\d+(?:[.,]\d+)?|[.,]\d+)"
_UNIT = r"(?:[ \t]*(?:points?|pts?\.?|p\.?|分))?"
_ITEM = re.compile(rf"^[*_`(]*{_NUMBER}{_UNIT}[)*_`]*[ \t]*[:：][*_`]*[ \t]*(?P<words>.*)$", re.IGNORECASE)
_MEANT = re.compile(r"^[*_`(]*[-+−–]?[ \t]*[.,]?\d[^\s:：]*[)*_`]*(?:[ \t]|$)|^[^\s:：]{0,12}[ \t]*[:：](?:[ \t]|$)")
"""Begins with a number, or with a short word and a colon: beside rubric items it was meant for one of them."""
_FENCE = re.compile(r"^ {0,3}(?:`{3}|~{3})")


def read_scheme(text: str, place: str = "") -> MarkScheme:
    """Read the mark scheme of a source cell.

    Args:
        text: the instructor's cell. Without markers all of it is the solution.
        place: what the problems call the cell.
    """
    question, solution = _parted(text)
    model: list[str] = []
    items: list[SchemeItem] = []
    doubtful: list[tuple[int, str]] = []
    fenced, in_rubric = False, False
    for number, line in solution:
        fenced ^= bool(_FENCE.match(line))
        bullet = None if fenced else _BULLET.match(line)
        item = _item(bullet["text"]) if bullet else None
        if item:
            items.append(item)
        elif bullet and _MEANT.match(bullet["text"]):
            doubtful.append((number, line.strip()))
            model.append(line)
        elif in_rubric and not bullet and line[:1].isspace() and line.strip():  # the item goes on
            items[-1] = SchemeItem(items[-1].points, f"{items[-1].words} {line.strip()}")
        else:
            model.append(line)
        in_rubric = bool(item) or (in_rubric and line[:1].isspace())
    # A list in a model answer that has no rubric is a list.
    problems = [words.no_item(place, number, line) for number, line in doubtful] if items else []
    return MarkScheme(question, _joined(model), tuple(items), tuple(problems))


def _item(text: str) -> SchemeItem | None:
    match = _ITEM.match(text)
    says = match["words"].strip() if match else ""
    if match is None or not says:
        return None
    points = float(match["number"].replace(",", "."))
    return SchemeItem(-points if match["sign"] in ("-", "−", "–") and points else points, says)


def _parted(text: str) -> tuple[str, list[tuple[int, str]]]:
    """Part a cell into the question and the numbered lines of the solution and of the mark scheme."""
    question: list[str] = []
    solution: list[tuple[int, str]] = []
    lines = text.split("\n")
    if not any(begin in line for line in lines for begin in (BEGIN_SOLUTION, BEGIN_SCHEME)):
        return "", list(enumerate(lines, start=1))
    inside = False
    for number, line in enumerate(lines, start=1):
        if BEGIN_SOLUTION in line or BEGIN_SCHEME in line:
            inside = True
            solution.append((number, ""))
        elif END_SOLUTION in line or END_SCHEME in line:
            inside = False
        elif inside:
            solution.append((number, line))
        elif line.strip() != TEXT_STUB:
            question.append(line)
    return _joined(question), solution


def _joined(lines: list[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
