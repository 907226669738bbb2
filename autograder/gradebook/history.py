"""Keep what each grading run changed: whose points, from what to what, by which criterion, and why.

An entry holds the whole state of one submission's marks; a change is the difference of two entries that follow each
other, so that what a run prints and what `autograder history` shows are the same comparison. Entries are written in the
transaction that writes the marks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

import msgspec
from sqlalchemy import Connection, bindparam, func, select, update

from autograder.course.course import Course
from autograder.course.database import reading, transaction
from autograder.engines.result import Judged
from autograder.gradebook.late import Lateness, LateRules, late_rules
from autograder.gradebook.read_marks import ClassMarks, NotebookMarks, add_lateness, read_in
from autograder.gradebook.tables import (
    HISTORY,
    NOTEBOOK,
    SUBMISSION,
    SUBMITTED_NOTEBOOK,
    assignment_id,
    batches,
    has_table,
    make_own_tables,
    of_assignment,
    submitters,
    upsert,
)

Cause = Literal[
    "submission", "source", "code", "shares", "secret", "engine", "limits", "late", "hand", "earlier version", "unknown"
]
"""Why points changed. The first seven are those of `Task.causes`."""


@dataclass(frozen=True)
class Facts:
    """What a run knows of a submission besides its points.

    Attributes:
        causes: what the result depends on, as `Task.causes`.
        criteria: question → criterion → points.
        answers: question → hash of the work that a person grades there.
        files: the notebooks that were handed in.
    """

    causes: dict[str, str] = field(default_factory=dict)
    criteria: dict[str, dict[str, float]] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entry:
    """The marks of one submission at one time.

    Attributes:
        moment: when they were written, UTC.
        submitted: when it was handed in, as stored; empty if unknown.
        machine: question → points by machine, None where it gives none.
        hand: question → the points that count instead.
        maximum: question → points to be had.
        penalty: points taken for being late.
        late: how late, in seconds, charged days and late days.
        facts: what else the run knew.
    """

    moment: str
    submitted: str
    machine: dict[str, float | None]
    hand: dict[str, float]
    maximum: dict[str, float]
    penalty: float = 0.0
    late: tuple[float, int, int] = (0.0, 0, 0)
    facts: Facts = field(default_factory=Facts)

    def points(self, question: str) -> float:
        """The points that count."""
        return self.hand.get(question, self.machine.get(question)) or 0.0

    @property
    def total(self) -> float:
        """All points, the penalty taken off."""
        return round(sum(self.points(question) for question in self.maximum) - self.penalty, 4)

    @classmethod
    def from_json(cls, text: str) -> Entry:
        """Read a stored entry."""
        return msgspec.json.decode(text, type=cls)


@dataclass(frozen=True)
class QuestionChange:
    """A question whose points changed, and the criteria that did."""

    question: str
    before: float
    after: float
    criteria: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """What became of the marks of one submission.

    Attributes:
        assignment: name of the assignment.
        student: id of the student.
        before: the entry before; None for the first one.
        after: the entry.
        causes: why.
        questions: the questions whose points changed.
    """

    assignment: str
    student: str
    before: Entry | None
    after: Entry
    causes: tuple[Cause, ...] = ()
    questions: tuple[QuestionChange, ...] = ()

    @property
    def is_news(self) -> bool:
        """Whether points changed that a person had not given at that moment."""
        before, after = self.before, self.after
        if before is None:
            return False
        is_late = before.penalty != after.penalty and (before.late != after.late or before.hand == after.hand)
        return is_late or any(change.question not in after.hand for change in self.questions)


def compare(assignment: str, student: str, before: Entry | None, after: Entry) -> Change:
    """Say what differs between two entries, and why."""
    if before is None:
        return Change(assignment, student, None, after)
    same = (before.machine, before.hand) == (after.machine, after.hand)
    questions = tuple(
        QuestionChange(name, before.points(name), after.points(name), _criteria(before, after, name))
        for name in ({} if same else {**before.maximum, **after.maximum})
        if before.points(name) != after.points(name)
    )
    was, now = before.facts.causes, after.facts.causes
    known: list[Cause] = ["submission", "source", "code", "shares", "secret", "engine", "limits"]
    causes: list[Cause] = [cause for cause in known if was and now and was.get(cause) != now.get(cause)]
    by_machine = not same and any(before.machine.get(name) != after.machine.get(name) for name in after.machine)
    if by_machine and not was and now:
        causes.append("earlier version")
    if by_machine and not causes:
        causes.append("unknown")
    if (before.penalty, before.late) != (after.penalty, after.late):
        causes.append("late")
    if before.hand != after.hand:
        causes.append("hand")
    return Change(assignment, student, before, after, tuple(causes), questions)


def _criteria(before: Entry, after: Entry, question: str) -> tuple[str, ...]:
    was, now = before.facts.criteria.get(question, {}), after.facts.criteria.get(question, {})
    return tuple(name for name in {**was, **now} if was.get(name) != now.get(name)) if was and now else ()


def facts_of(judged: Judged, causes: Mapping[str, str], files: Iterable[str]) -> Facts:
    """Take from a result what the history keeps besides points."""
    anywhere = str(causes.get("submission", ""))
    criteria = {key(*place): points for place, points in judged.criteria.items()}
    answers = {key(*place): anywhere if work is None else work for place, work in judged.answers.items()}
    return Facts(dict(causes), criteria, answers, tuple(files))


def key(notebook: str, grade_id: str) -> str:
    """Name a question of an assignment."""
    return f"{notebook}/{grade_id}"


class Kept(NamedTuple):
    """An entry with its place in the history of a submission."""

    number: int
    entry: Entry


def last_entries(
    database: Connection, assignment: str, students: Sequence[str] | None = None
) -> Iterator[tuple[str, Kept]]:
    """Yield the last entry of a batch of students, or of all; of those graded by an earlier version there is none."""
    if not has_table(database, HISTORY):
        return
    newer = HISTORY.alias()
    same = (newer.c.assignment == HISTORY.c.assignment, newer.c.student == HISTORY.c.student)
    newest = select(func.max(newer.c.number)).where(*same).scalar_subquery()
    query = select(HISTORY.c.student, HISTORY.c.number, HISTORY.c.entry)
    query = query.where(HISTORY.c.assignment == assignment, HISTORY.c.number == newest)
    if students is not None:
        query = query.where(HISTORY.c.student.in_(students))
    for student, number, entry in database.execute(query).all():
        yield student, Kept(number, Entry.from_json(entry))


def handed_in(course: Course, assignment: str, students: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the notebooks that were there when a batch of students was graded last: student → names.

    Raises:
        CourseError: there is no gradebook.
    """
    with reading(course) as database:
        return {student: kept.entry.facts.files for student, kept in last_entries(database, assignment, students)}


def read_last_entries(course: Course, assignment: str) -> dict[str, Entry]:
    """Read the last entry of everybody: student → entry.

    Raises:
        CourseError: there is no gradebook.
    """
    with reading(course) as database:
        return {student: kept.entry for student, kept in last_entries(database, assignment)}


def take_stock(
    database: Connection,
    course: Course,
    assignment: str,
    students: Sequence[str],
    moment: str,
    facts: Mapping[str, Facts] | None = None,
    rules: LateRules | None = None,
    kept: Mapping[str, Kept] | None = None,
    written: ClassMarks | None = None,
) -> list[Change]:
    """Bring penalties and history up to what the gradebook holds, and say what changed.

    Late days are shared by all assignments, so a penalty may change in another one too.

    Args:
        database: the gradebook, in a transaction, with our own tables.
        course: the course.
        assignment: the assignment that was graded, or whose rules changed.
        students: whose marks to look at; no more than a batch.
        moment: of the run.
        facts: what the run knows of those that it graded.
        rules: the course's late rules, where they are known.
        kept: the last entries for the assignment, where they are known.
        written: the marks in it, where they have just been written; how late they are is added.
    """
    rules = rules or late_rules(course, database)
    changes = []
    for name in [assignment, *(other for other in rules.rules if rules.late_days and other != assignment)]:
        if written is not None and name == assignment:
            marks = written
            add_lateness(database, rules, name, marks, students)
        else:
            marks = read_in(database, rules, name, students)
        is_known = kept is not None and name == assignment
        before = kept if is_known and kept is not None else dict(last_entries(database, name, students))
        rows: list[dict[str, Any]] = []
        penalties: list[dict[str, Any]] = []
        for student, notebooks in marks.notebooks.items():
            last = before.get(student)
            own = (facts or {}).get(student) if name == assignment else None
            own = own or (last.entry.facts if last else Facts())
            after = _entry(moment, notebooks, marks.late.get(student, _IN_TIME), own)
            change = compare(name, student, last.entry if last else None, after)
            penalties += _penalties(student, notebooks)
            rows += _row(change, last)
            changes.append(change)
        _write_penalties(database, name, penalties)
        upsert(database, HISTORY, rows)
    return changes


def change_rules(course: Course, assignment: str, change: Callable[[Connection], object], moment: str) -> list[Change]:
    """Change late rules, and in the same transaction what follows from it for all who handed in.

    Returns:
        The changes of points.

    Raises:
        CourseError: the gradebook cannot be written, or the plugin for late submissions does not work; then the rules
            are as they were.
    """
    with transaction(course) as database:
        make_own_tables(database)
        change(database)
        return [
            one
            for batch in batches(submitters(database, assignment))
            for one in take_stock(database, course, assignment, batch, moment)
            if one.is_news
        ]


def now() -> str:
    """Return the moment of a run, as the history keeps it."""
    return datetime.now(UTC).replace(tzinfo=None).isoformat(" ")


_IN_TIME = Lateness()


def _entry(moment: str, notebooks: Mapping[str, NotebookMarks], late: Lateness, facts: Facts) -> Entry:
    marks = [(key(name, mark.cell), mark) for name, own in notebooks.items() for mark in own.marks.values()]
    return Entry(
        moment,
        next((own.timestamp for own in notebooks.values() if own.timestamp), ""),
        {name: mark.auto for name, mark in marks},
        {name: mark.score for name, mark in marks if mark.manual is not None or mark.extra},
        {name: mark.max_score for name, mark in marks},
        round(sum(own.penalty for own in notebooks.values()), 4),
        (late.seconds, late.charged, late.free),
        facts,
    )


def _penalties(student: str, notebooks: Mapping[str, NotebookMarks]) -> Iterator[dict[str, Any]]:
    """Yield the penalties that are not as stored."""
    for name, own in notebooks.items():
        if own.penalty != own.stored_penalty:
            yield {"who": student, "notebook": name, "points": own.penalty or None}


def _write_penalties(database: Connection, assignment: str, penalties: Sequence[Mapping[str, Any]]) -> None:
    """Write penalties for nbgrader's own pages."""
    of_notebook = (NOTEBOOK.c.assignment_id == assignment_id(assignment), NOTEBOOK.c.name == bindparam("notebook"))
    of_student = (of_assignment(assignment), SUBMISSION.c.student_id == bindparam("who"))
    change = update(SUBMITTED_NOTEBOOK).where(
        SUBMITTED_NOTEBOOK.c.notebook_id == select(NOTEBOOK.c.id).where(*of_notebook).scalar_subquery(),
        SUBMITTED_NOTEBOOK.c.assignment_id == select(SUBMISSION.c.id).where(*of_student).scalar_subquery(),
    )
    if penalties:
        database.execute(change.values(late_submission_penalty=bindparam("points")), penalties)


def _row(change: Change, last: Kept | None) -> Iterator[dict[str, Any]]:
    """Make the row of an entry; where neither points nor the submission changed, only the last one's facts change."""
    after, number = change.after, last.number if last else -1
    if last is None or _is_another(change):
        number += 1
    else:
        after = replace(after, moment=last.entry.moment)
        if after == last.entry:
            return
    text = msgspec.json.encode(after).decode()
    place = {"assignment": change.assignment, "student": change.student, "number": number}
    yield {**place, "moment": after.moment, "entry": text}


def _is_another(change: Change) -> bool:
    assert change.before is not None
    same = change.before.submitted == change.after.submitted and change.before.penalty == change.after.penalty
    return not same or bool(change.questions) or "submission" in change.causes


def keep_baseline(
    database: Connection, course: Course, assignment: str, students: Sequence[str], graded: Sequence[str], moment: str
) -> dict[str, Kept]:
    """Return the last entry of a batch of students; make it for those graded by an earlier version, which made none."""
    kept = dict(last_entries(database, assignment, students))
    missing = [student for student in graded if student not in kept]
    if missing and take_stock(database, course, assignment, missing, moment, kept=kept):
        kept |= last_entries(database, assignment, missing)
    return kept


def read_history(course: Course, student: str | None = None, assignment: str | None = None) -> list[Change]:
    """Read what changed, oldest first.

    Args:
        course: the course.
        student: whose marks; None for all.
        assignment: of which assignment; None for all.

    Raises:
        CourseError: there is no gradebook.
    """
    query = select(HISTORY.c.assignment, HISTORY.c.student, HISTORY.c.number, HISTORY.c.entry)
    if student is not None:
        query = query.where(HISTORY.c.student == student)
    if assignment is not None:
        query = query.where(HISTORY.c.assignment == assignment)
    with reading(course) as database:
        rows = sorted(database.execute(query)) if has_table(database, HISTORY) else []
    changes: list[Change] = []
    for name, who, _number, text in rows:
        last = changes[-1] if changes else None
        before = last.after if last and (last.assignment, last.student) == (name, who) else None
        changes.append(compare(name, who, before, Entry.from_json(text)))
    return sorted(changes, key=lambda change: change.after.moment)
