"""Say how late submissions are, and what that costs: due dates, grace, extensions, late days, a penalty a day.

Due dates and extensions are nbgrader's own columns, so that its pages show them; what it has no place for lies in
tables of our own. A penalty is worked out from the points as they are now, by machine and by hand alike, each time that
marks are read: this file is the only place that does.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, delete, select, update

from autograder.course.course import Course
from autograder.course.database import has_gradebook, reading
from autograder.errors import CourseError
from autograder.gradebook import words
from autograder.gradebook.tables import (
    ASSIGNMENT,
    EXTENSION,
    LATE,
    NOTEBOOK,
    SUBMISSION,
    SUBMITTED_NOTEBOOK,
    assignment_id,
    has_table,
    of_assignment,
    upsert,
)

DAY = timedelta(days=1)
_COURSE = ""
"""Stands for the whole course where a rule is kept by assignment."""

Plugin = Callable[[str, float, float], float | None]
"""nbgrader's plugin: student, points of a notebook, seconds late → points to take off."""


@dataclass(frozen=True)
class LateRule:
    """What an assignment says about being late.

    Attributes:
        due: the due date, as UTC without a zone; None if nothing is ever late.
        grace: seconds after it that do not count.
        per_day: what a begun day costs; None leaves it to nbgrader's plugin.
        percent: whether `per_day` is a share of the points reached, in percent; else it is points.
    """

    due: datetime | None = None
    grace: float = 0.0
    per_day: float | None = None
    percent: bool = True


@dataclass(frozen=True)
class Lateness:
    """How late a submission is.

    Attributes:
        seconds: since the due date of this student; 0 if it was in time, or within the grace.
        days: begun days that count.
        free: how many of them late days cover.
        extension: seconds by which this student's due date is later.
    """

    seconds: float = 0.0
    days: int = 0
    free: int = 0
    extension: float = 0.0

    @property
    def charged(self) -> int:
        """Days that cost points."""
        return self.days - self.free


@dataclass
class LateRules:
    """The rules of a course.

    Attributes:
        course: the course, whose configuration may name a plugin.
        rules: assignment → rule, of those that have a due date.
        late_days: begun days that a student may be late over the whole course without a penalty.
    """

    course: Course
    rules: Mapping[str, LateRule] = field(default_factory=dict)
    late_days: int = 0

    def lateness(self, submissions: Mapping[str, tuple[datetime | None, timedelta]]) -> dict[str, Lateness]:
        """Say how late the submissions of one student are; late days go to them in order of the due dates.

        Args:
            submissions: assignment → when it was handed in, and the extension.
        """
        left, late = self.late_days, {}
        for name, rule in sorted(self.rules.items(), key=lambda item: (item[1].due or datetime.max, item[0])):
            time, extension = submissions.get(name, (None, timedelta()))
            if rule.due is None or time is None:
                continue
            seconds = (time - rule.due - extension).total_seconds()
            days = math.ceil(seconds / DAY.total_seconds()) if seconds > rule.grace else 0
            free = min(days, left)
            left -= free
            late[name] = Lateness(seconds if days else 0.0, days, free, extension.total_seconds())
        return late

    def penalties(
        self, assignment: str, student: str, lateness: Lateness, scores: Mapping[str, float]
    ) -> dict[str, float]:
        """Say what a late submission loses: notebook → points, never more than it has.

        Args:
            assignment: name of the assignment.
            student: id of the student, for the plugin.
            lateness: how late the submission is.
            scores: notebook → its points.

        Raises:
            CourseError: the course's plugin cannot be used.
        """
        rule, charged = self.rules[assignment], lateness.charged
        if charged <= 0:
            return dict.fromkeys(scores, 0.0)
        left = math.inf if rule.percent else (rule.per_day or 0.0) * charged
        penalties = {}
        for notebook, score in scores.items():
            if rule.per_day is None:
                points = self._by_plugin(student, score, lateness.seconds - lateness.free * DAY.total_seconds())
            else:
                points = score * rule.per_day / 100 * charged if rule.percent else left
            penalties[notebook] = round(min(max(points, 0.0), max(score, 0.0)), 2)
            left -= penalties[notebook]
        return penalties

    def needs_plugin(self, assignment: str, times: Sequence[datetime | None]) -> bool:
        """Tell whether any time asks for nbgrader's plugin."""
        rule = self.rules.get(assignment)
        return bool(rule and rule.due and rule.per_day is None and any(time and time > rule.due for time in times))

    @cached_property
    def plugin(self) -> Plugin:
        """The plugin that the course's configuration names, as `nbgrader autograde` would load it.

        Raises:
            CourseError: it cannot be loaded.
        """
        from nbgrader.preprocessors import AssignLatePenalties

        from autograder.course.nbgrader_app import load_config

        root = str(self.course.root)
        if root not in sys.path:  # nbgrader looks for it in the course folder too, and it may import when it is called
            sys.path.insert(0, root)
        config = load_config(self.course)
        try:
            step = AssignLatePenalties(config=config)
            step.init_plugin()
            penalty: Plugin = step.plugin_inst.late_submission_penalty
        except Exception as error:  # a program of the instructor's: anything can go wrong in it
            raise CourseError(words.late_plugin_failed(type(error).__name__, str(error))) from error
        return penalty

    def _by_plugin(self, student: str, score: float, seconds: float) -> float:
        plugin = self.plugin
        try:
            points = float(plugin(student, score, seconds) or 0.0)
        except Exception as error:  # as above
            raise CourseError(words.late_plugin_failed(type(error).__name__, str(error))) from error
        if not math.isfinite(points):
            raise CourseError(words.late_plugin_failed(student, str(points)))
        return points


def late_rules(course: Course, database: Connection) -> LateRules:
    """Read the rules of a course."""
    kept: dict[str, dict[str, Any]] = {}
    if has_table(database, LATE):
        kept = {name: json.loads(rule) for name, rule in database.execute(select(LATE.c.assignment, LATE.c.rule))}
    dates = select(ASSIGNMENT.c.name, ASSIGNMENT.c.duedate).where(ASSIGNMENT.c.duedate.is_not(None))
    rules = {name: LateRule(due, **kept.get(name, {})) for name, due in database.execute(dates)}
    return LateRules(course, rules, kept.get(_COURSE, {}).get("late_days", 0))


def read_late_rules(course: Course) -> LateRules:
    """Read the rules of a course; none where there is no gradebook yet."""
    if not has_gradebook(course):
        return LateRules(course)
    with reading(course) as database:
        return late_rules(course, database)


def times_of(
    database: Connection, students: Sequence[str] | None = None
) -> dict[str, dict[str, tuple[datetime | None, timedelta]]]:
    """Look up when students handed in: student → assignment → time and extension.

    Args:
        database: the gradebook.
        students: a batch of ids; None for all.
    """
    times: dict[str, dict[str, tuple[datetime | None, timedelta]]] = {}
    query = (
        select(SUBMISSION.c.student_id, ASSIGNMENT.c.name, SUBMISSION.c.timestamp, SUBMISSION.c.extension)
        .join(ASSIGNMENT, ASSIGNMENT.c.id == SUBMISSION.c.assignment_id)
        .where(ASSIGNMENT.c.duedate.is_not(None))
    )
    if students is not None:
        query = query.where(SUBMISSION.c.student_id.in_(students))
    for student, name, time, extension in database.execute(query):
        times.setdefault(student, {})[name] = time, extension or timedelta()
    return times


@dataclass(frozen=True)
class NewRule:
    """What `set_due` changes; None leaves a part as it is.

    Attributes:
        due: the due date, as UTC without a zone.
        no_due: take the due date away.
        grace: see LateRule.
        per_day: see LateRule.
        percent: see LateRule.
        by_plugin: leave the penalty to nbgrader's plugin.
        late_days: see LateRules.
    """

    due: datetime | None = None
    no_due: bool = False
    grace: float | None = None
    per_day: float | None = None
    percent: bool = True
    by_plugin: bool = False
    late_days: int | None = None


def parse_penalty(text: str) -> tuple[float | None, bool]:
    """Read a penalty for a day as people type it: `10%`, `5`, or `plugin`; (number, whether it is a share).

    Raises:
        CourseError: it is none.
    """
    plain = text.strip().replace(",", ".")
    if plain == "plugin":
        return None, True
    try:
        number = float(plain.removesuffix("%").strip())
    except ValueError:
        number = math.nan
    if not 0 <= number < math.inf:
        raise CourseError(words.no_penalty(text))
    return number, plain.endswith("%")


def set_due(database: Connection, assignment: str, new: NewRule) -> None:
    """Change the due date and the late rules of an assignment that is registered."""
    if new.due or new.no_due:
        due = None if new.no_due else new.due
        database.execute(update(ASSIGNMENT).where(ASSIGNMENT.c.name == assignment).values(duedate=due))
    if new.no_due:
        notebooks = select(NOTEBOOK.c.id).where(NOTEBOOK.c.assignment_id == assignment_id(assignment))
        forgiven = update(SUBMITTED_NOTEBOOK).where(SUBMITTED_NOTEBOOK.c.notebook_id.in_(notebooks))
        database.execute(forgiven.values(late_submission_penalty=None))
    kept = database.scalar(select(LATE.c.rule).where(LATE.c.assignment == assignment))
    rule = {"grace": 0.0, "per_day": None, "percent": True} | (json.loads(kept) if kept else {})
    if new.grace is not None:
        rule["grace"] = new.grace
    if new.per_day is not None:
        rule |= {"per_day": new.per_day, "percent": new.percent}
    if new.by_plugin:
        rule["per_day"] = None
    rules = [{"assignment": assignment, "rule": json.dumps(rule)}]
    if new.late_days is not None:
        rules.append({"assignment": _COURSE, "rule": json.dumps({"late_days": new.late_days})})
    upsert(database, LATE, rules)


def set_extension(database: Connection, assignment: str, students: Sequence[str], extension: timedelta) -> None:
    """Move the due date of students, whether they have handed in or not; no time takes an extension back."""
    own = (EXTENSION.c.assignment == assignment, EXTENSION.c.student.in_(students))
    database.execute(delete(EXTENSION).where(*own))
    if extension:
        seconds = extension.total_seconds()
        rows = [{"assignment": assignment, "student": student, "seconds": seconds} for student in students]
        upsert(database, EXTENSION, rows)
    changed = update(SUBMISSION).where(of_assignment(assignment), SUBMISSION.c.student_id.in_(students))
    database.execute(changed.values(extension=extension or None))


def waiting_extensions(database: Connection, assignment: str, students: Sequence[str]) -> dict[str, timedelta]:
    """Return the extensions of a batch of students who may hand in for the first time."""
    query = select(EXTENSION.c.student, EXTENSION.c.seconds)
    rows = database.execute(query.where(EXTENSION.c.assignment == assignment, EXTENSION.c.student.in_(students)))
    return {student: timedelta(seconds=seconds) for student, seconds in rows}
