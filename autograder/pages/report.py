"""Write the report on a class: points question by question, common mistakes, and who needs a look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median

from autograder.course.course import Course
from autograder.errors import CourseError
from autograder.gradebook.read_marks import read_marks
from autograder.pages import words
from autograder.pages.class_summary import ClassSummary, QuestionRow, summarise
from autograder.pages.drawings import histogram
from autograder.pages.mistakes import WrongGroup, hint_command, wrong_groups
from autograder.pages.render import render, write_page
from autograder.pages.sanitize.text import plain_text
from autograder.similarity.alike import alike_groups

MAX_GROUPS = 50
"""Groups of mistakes without a hint of the catalogue that are shown; also groups of work that is alike."""


@dataclass(frozen=True)
class Report:
    """A report that was written.

    Attributes:
        path: the page.
        students: how many were graded.
        needs_attention: what needs a look, one line each.
    """

    path: Path
    students: int
    needs_attention: tuple[str, ...]


def write_report(course: Course, assignment: str) -> Report:
    """Write `reports/ASSIGNMENT.html`.

    Args:
        course: the course.
        assignment: name of the assignment.

    Raises:
        CourseError: there is no gradebook, or the page cannot be written.
    """
    marks = read_marks(course, assignment)
    summary = summarise(course, assignment, marks)
    path = course.reports() / f"{assignment}.html"
    page = report_page(summary, assignment, wrong_groups(course, assignment))
    try:
        write_page(path, page)
    except OSError as error:
        raise CourseError(words.not_written(str(path), error.strerror or "")) from None
    return Report(path, len(summary.students), tuple(summary.needs_attention.lines()))


def report_page(summary: ClassSummary, assignment: str, groups: Sequence[WrongGroup] = ()) -> str:
    """Render the page."""
    machine = [row.machine for row in summary.students]
    machine_max = sum(row.max_score for row in summary.questions.values() if not row.written)
    whole = [row.total for row in summary.students if not row.open]
    whole_max = sum(row.max_score for row in summary.questions.values())
    by_hand = any(row.written for row in summary.questions.values())
    charts = [
        (label, values, most, histogram(values, most, label))
        for label, values, most in (
            (words.machine_points() if by_hand else words.all_points(), machine, machine_max),
            (words.all_points(), whole if by_hand and 2 * len(whole) >= len(summary.students) else [], whole_max),
        )
        if values and most
    ]
    return render(
        "report.html.j2",
        title=plain_text(summary.title) or assignment,
        summary=summary,
        charts=charts,
        mistakes=sorted(summary.mistakes.values(), key=lambda row: (-len(row.students), row.hint.id)),
        groups=[(group, hint_command(assignment, group.id)) for group in groups if not group.known][:MAX_GROUPS],
        alike=alike_groups(list(summary.works.values()))[:MAX_GROUPS],
        mean=mean,
        median=median,
        whole_max=whole_max,
        errors=_errors(summary),
        failing=[(row, _failing(row)) for row in summary.questions.values() if row.missed],
    )


def _failing(row: QuestionRow) -> Sequence[tuple[str, int, int]]:
    """List (criterion, how many missed it, of how many), the most missed first."""
    missed = ((name, count, row.criteria[name]) for name, count in row.missed.items() if count)
    return sorted(missed, key=lambda entry: -entry[1])


def _errors(summary: ClassSummary) -> list[tuple[str, str, int]]:
    rows = ((row.label, kind, count) for row in summary.questions.values() for kind, count in row.errors.items())
    return sorted(rows, key=lambda entry: (-entry[2], entry[0], entry[1]))
