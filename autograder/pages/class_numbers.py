"""The numbers of a class: how points are spread, how well questions separate, when it was handed in, sections."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import StatisticsError, correlation, mean, quantiles, stdev

from autograder.gradebook.history import key as question_key
from autograder.gradebook.rubric_marks import GivenItems
from autograder.pages import words
from autograder.pages.class_summary import ClassSummary, Key, StudentRow
from autograder.pages.sanitize.text import plain_text

MIN_STUDENTS = 10
"""Below it nothing is said of how well a question separates, nor of hours against points."""
OUTER = 0.27
"""The share of the class in the upper and in the lower group (Kelley 1939)."""
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Spread:
    """How numbers are spread."""

    count: int
    mean: float
    deviation: float
    lowest: float
    lower: float
    median: float
    upper: float
    highest: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Describe one number or more."""
        many = len(values) > 1
        lower, median, upper = quantiles(values, n=4, method="inclusive") if many else (values[0],) * 3
        deviation = stdev(values) if many else 0.0
        return cls(len(values), mean(values), deviation, min(values), lower, median, upper, max(values))


@dataclass(frozen=True)
class Power:
    """How well a question tells strong work from weak.

    Attributes:
        with_rest: correlation of its points with those of all other questions; None where one of them is constant.
        upper_lower: mean share of its points in the upper group less that in the lower group.
    """

    with_rest: float | None
    upper_lower: float


def separation(summary: ClassSummary) -> dict[Key, Power]:
    """Say of each question how well it separates; nothing of classes that are too small."""
    powers = {}
    for key, question in summary.questions.items():
        others = [other for other in summary.questions if other != key]
        rows = [
            (own, rest, row)
            for row in summary.counted
            if (own := row.share([key])) is not None and (rest := _rest(row, others)) is not None
        ]
        if len(rows) < MIN_STUDENTS or not question.max_score:
            continue
        try:
            with_rest = correlation([own for own, _, _ in rows], [rest for _, rest, _ in rows])
        except StatisticsError:
            with_rest = None
        ordered = sorted(rows, key=lambda entry: (_rest(entry[2], summary.questions) or 0.0, entry[2].student))
        outer = max(1, round(OUTER * len(ordered)))
        upper, lower = (mean(own for own, _, _ in part) for part in (ordered[-outer:], ordered[:outer]))
        powers[key] = Power(with_rest, upper - lower)
    return powers


def _rest(row: StudentRow, among: Iterable[Key]) -> float | None:
    """Return the share of points in those questions that are not open."""
    return row.share([key for key in among if key in row.scores and not row.scores[key].open])


@dataclass(frozen=True)
class Part:
    """A part of the class.

    Attributes:
        name: what its students have in common.
        spread: of the shares of the points that they reached.
        students: how many they are, those without work included.
        open: answers of theirs that are to be graded by hand.
    """

    name: str
    spread: Spread | None
    students: int
    open: int


def sections(summary: ClassSummary) -> list[Part]:
    """Compare the sections of a class; nothing if there is but one."""
    names = sorted({row.section for row in summary.students})
    if len(names) < 2:
        return []
    members = {name: [row.student for row in summary.students if row.section == name] for name in names}
    return [_part(summary, name or words.no_section(), members[name]) for name in names]


def markers(summary: ClassSummary, given: Mapping[str, Mapping[str, GivenItems]]) -> list[Part]:
    """Compare those who marked answers by hand, by the shares that they gave; nothing if nobody did.

    Args:
        summary: the class.
        given: student → question → what was given by rubric, and by whom.
    """
    shares: dict[str, list[float]] = {}
    for row in summary.students:
        for (notebook, grade_id), mark in row.scores.items():
            if mark.written and mark.manual is not None and mark.max_score:
                own = given.get(row.student, {}).get(question_key(notebook, grade_id))
                shares.setdefault(own.marker if own else "", []).append(mark.score / mark.max_score)
    return [
        Part(plain_text(name) or words.by_other_program(), Spread.of(shares[name]), len(shares[name]), 0)
        for name in sorted(shares, key=lambda name: (not name, name))
    ]


@dataclass(frozen=True)
class Timed:
    """A submission with its time.

    Attributes:
        days: from the student's due date, negative before it; from the first submission where nothing is ever due.
        share: of the points.
        late: whether it was late.
    """

    days: float
    share: float
    late: bool


@dataclass(frozen=True)
class Times:
    """When the class handed in.

    Attributes:
        points: the submissions.
        parts: the same in a few parts.
        due: the due date, if there is one.
        with_time: correlation of the share with the time; None where there is none.
    """

    points: list[Timed]
    parts: list[Part]
    due: datetime | None
    with_time: float | None


def times(summary: ClassSummary, due: datetime | None, extensions: Mapping[str, float]) -> Times | None:
    """Set the times of handing in against the points; None where hardly any is known.

    Args:
        summary: the class.
        due: the due date, as UTC without a zone.
        extensions: student → seconds by which the due date is later.
    """
    known = {row.student: row.submitted for row in summary.counted if row.submitted}
    if len(known) < MIN_STUDENTS:
        return None
    first = due or min(known.values())

    def days_of(student: str) -> float:
        return (known[student] - first - timedelta(seconds=extensions.get(student, 0.0))) / DAY

    days = {student: days_of(student) for student in known}
    points = [
        Timed(days[row.student], share, bool(row.seconds_late))
        for row in summary.counted
        if row.student in days and (share := machine_share(summary, row)) is not None
    ]
    late = {row.student for row in summary.counted if row.seconds_late}
    bins = {
        words.more_than_days_before(3): [student for student in days if days[student] < -3],
        words.days_before(1, 3): [student for student in days if -3 <= days[student] < -1],
        words.last_day(): [student for student in days if days[student] >= -1 and student not in late],
        words.late(): [student for student in days if student in late],
    }
    parts = [_part(summary, name, members) for name, members in bins.items()]
    try:
        with_time = correlation([point.days for point in points], [point.share for point in points])
    except StatisticsError:
        with_time = None
    return Times(points, [part for part in parts if part.students] if due else [], due, with_time)


def machine_share(summary: ClassSummary, row: StudentRow) -> float | None:
    """Return the share of the points by machine: the same for all, whoever has been graded by hand."""
    return row.share([key for key, question in summary.questions.items() if not question.written])


def _part(summary: ClassSummary, name: str, members: Collection[str]) -> Part:
    among = set(members)
    rows = [row for row in summary.students if row.student in among]
    shares = [share for row in rows if not row.state and (share := machine_share(summary, row)) is not None]
    return Part(name, Spread.of(shares) if shares else None, len(rows), sum(row.open for row in rows))
