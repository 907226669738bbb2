"""Write the report on a class: what to talk about in the next lecture, what waits for people, and the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from autograder.assignments import ideas_of
from autograder.course.course import Course
from autograder.gradebook.history import Change, read_history
from autograder.gradebook.late import read_late_rules
from autograder.gradebook.read_marks import ClassMarks, read_marks
from autograder.gradebook.rubric_marks import items_of
from autograder.gradebook.words import causes
from autograder.pages import words
from autograder.pages.class_numbers import Part, Spread, Timed, Times, markers, sections, separation, times
from autograder.pages.class_summary import ClassSummary, QuestionRow, summarise
from autograder.pages.drawings import histogram, time_picture
from autograder.pages.ideas import MOST, class_ideas, lost_by_reason
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
        state: what every class has: who handed in nothing, what waits for a person.
    """

    path: Path
    students: int
    needs_attention: tuple[str, ...]
    state: tuple[str, ...] = ()


@dataclass(frozen=True)
class Run:
    """The last run of grading that changed anything.

    Attributes:
        moment: when it was, UTC.
        changed: (student, points before, points after, why), of those whose points changed.
        graded: how many were graded for the first time.
    """

    moment: str
    changed: tuple[tuple[str, float, float, str], ...]
    graded: int


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
    page = report_page(
        summary,
        assignment,
        wrong_groups(course, assignment, summary.asked),
        _times(course, assignment, summary, marks),
        last_run(read_history(course, assignment=assignment)),
        markers(summary, items_of(course, assignment)),
    )
    write_page(path, page.encode())
    attention = summary.needs_attention
    return Report(path, len(summary.students), tuple(attention.lines()), tuple(attention.state()))


def report_page(
    summary: ClassSummary,
    assignment: str,
    groups: Sequence[WrongGroup] = (),
    handed_in: Times | None = None,
    run: Run | None = None,
    marked_by: Sequence[Part] = (),
) -> str:
    """Render the page.

    Args:
        summary: the class.
        assignment: name of the assignment.
        groups: its wrong functions, by what they compute.
        handed_in: when it was handed in.
        run: what changed last.
        marked_by: those who marked answers by hand.
    """
    ideas = class_ideas(summary, ideas_of(assignment), groups)
    unknown = [(group, hint_command(assignment, group.id)) for group in groups if not group.known]
    return render(
        "report.html.j2",
        title=plain_text(summary.title) or assignment,
        assignment=assignment,
        summary=summary,
        charts=_charts(summary),
        ideas=ideas[:MOST],
        tail=[idea for idea in ideas[MOST:] if not idea.is_rare],
        rare=[idea for idea in ideas[MOST:] if idea.is_rare],
        lost=lost_by_reason(summary),
        commands={group.id: command for group, command in unknown},
        groups=unknown[:MAX_GROUPS],
        alike=alike_groups(list(summary.works.values()))[:MAX_GROUPS],
        powers=separation(summary),
        times=handed_in,
        times_drawn=handed_in and time_picture([*map(_dot, handed_in.points)], handed_in.due is not None),
        sections=sections(summary),
        run=run,
        marked_by=marked_by,
        whole_max=sum(row.max_score for row in summary.questions.values()),
        errors=_errors(summary),
        mistakes=sorted(summary.mistakes.values(), key=lambda row: (-len(row.students), row.hint.id)),
        failing=[(row, _failing(row)) for row in summary.questions.values() if row.missed],
    )


def last_run(changes: Sequence[Change]) -> Run | None:
    """Pick what the last run changed out of the history of a class; None if nothing is kept.

    Args:
        changes: the history of one assignment.
    """
    moment = max((change.after.moment for change in changes), default="")
    last = [change for change in changes if change.after.moment == moment]
    changed = tuple(
        (change.student, change.before.total, change.after.total, causes(change.causes))
        for change in last
        if change.before and change.before.total != change.after.total
    )
    return Run(moment, changed, sum(change.before is None for change in last)) if moment else None


def _times(course: Course, assignment: str, summary: ClassSummary, marks: ClassMarks) -> Times | None:
    rule = read_late_rules(course).rules.get(assignment)
    extensions = {student: late.extension for student, late in marks.late.items()}
    return times(summary, rule.due if rule else None, extensions)


def _charts(summary: ClassSummary) -> list[tuple[str, Spread, float, Markup]]:
    """Draw the points by machine, and all points as soon as half of the class has them."""
    rows, questions = summary.counted, summary.questions.values()
    by_hand = any(question.written for question in questions)
    whole = [row.total for row in rows if not row.open]
    charts = [
        (
            words.machine_points() if by_hand else words.all_points(),
            [row.machine for row in rows],
            sum(question.max_score for question in questions if not question.written),
        ),
        (
            words.all_points(),
            whole if by_hand and 2 * len(whole) >= len(rows) else [],
            sum(question.max_score for question in questions),
        ),
    ]
    drawn = []
    for label, values, most in charts:
        if values and most:
            spread = Spread.of(values)
            quartiles = spread.lower, spread.median, spread.upper
            drawn.append((label, spread, most, histogram(values, most, label, quartiles)))
    return drawn


def _dot(point: Timed) -> tuple[float, float, bool]:
    return point.days, point.share, point.late


def _failing(row: QuestionRow) -> Sequence[tuple[str, int, int]]:
    """List (criterion, how many missed it, of how many), the most missed first."""
    missed = ((name, count, row.criteria[name]) for name, count in row.missed.items() if count)
    return sorted(missed, key=lambda entry: -entry[1])


def _errors(summary: ClassSummary) -> list[tuple[str, str, int]]:
    rows = ((row.label, kind, count) for row in summary.questions.values() for kind, count in row.errors.items())
    return sorted(rows, key=lambda entry: (-entry[2], entry[0], entry[1]))
