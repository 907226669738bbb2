"""Sentences of this package that people read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from autograder.course.timestamp import in_local_time
from autograder.language import _, in_a_row, ngettext, translated
from autograder.notebook.roles import TEST_PREFIX

if TYPE_CHECKING:
    from autograder.gradebook.history import Cause, Change, Entry
    from autograder.gradebook.late import Lateness, LateRules


def bad_hints(path: str, reason: str) -> str:
    return _(
        "The hints in {path} cannot be read ({reason}). Put the file back from a backup, or delete it and give the "
        "hints again.",
        path=path,
        reason=reason,
    )


def hints_not_written(path: str, reason: str) -> str:
    return _("The hints cannot be written to {path}: {reason}", path=path, reason=reason)


def secret_lost(path: str) -> str:
    return _(
        "The course secret {path} is gone, and the grades in the gradebook were drawn with it: put it back from a "
        "backup. To grade everybody with a new one instead: autograder grade ASSIGNMENT --new-secret",
        path=path,
    )


def secret_exchanged(path: str) -> str:
    return _(
        "The course secret {path} is not the one that the grades in the gradebook were drawn with: put that one back "
        "from a backup. To grade everybody with this one instead: autograder grade ASSIGNMENT --new-secret",
        path=path,
    )


def late_plugin_failed(kind: str, reason: str) -> str:
    return _(
        "The plugin for late submissions that nbgrader_config.py names (AssignLatePenalties.plugin_class) cannot be "
        "used: {kind}: {reason}",
        kind=kind,
        reason=reason,
    )


def change_line(change: Change) -> str:
    """Say in a line whose points changed, from what to what, by which criterion, and why."""
    assert change.before is not None
    parts = []
    for one in change.questions:
        values = {"question": question_name(one.question, change.after), "before": one.before, "after": one.after}
        if one.criteria:
            criteria = in_a_row(translated(name) for name in one.criteria)
            parts.append(_("{question} {before:g} → {after:g} ({criteria})", criteria=criteria, **values))
        else:
            parts.append(_("{question} {before:g} → {after:g}", **values))
    if change.before.penalty != change.after.penalty:
        before, after = change.before.penalty, change.after.penalty
        parts.append(_("penalty for being late {before:g} → {after:g}", before=before, after=after))
    return _(
        "{before:g} → {after:g}: {parts}. {causes}",
        before=change.before.total,
        after=change.after.total,
        parts="; ".join(parts),
        causes=causes(change.causes),
    )


def question_name(question: str, entry: Entry) -> str:
    """Name a question as the exports do: with its notebook only where there are several."""
    notebook, _slash, grade_id = question.rpartition("/")
    title = grade_id.removeprefix(TEST_PREFIX)
    several = len({name.rpartition("/")[0] for name in entry.maximum}) > 1
    return _("{notebook}: {question}", notebook=notebook, question=title) if several else title


def causes(names: Sequence[Cause]) -> str:
    """Say why points changed."""
    return " ".join(_cause(name) for name in names)


def _cause(name: Cause) -> str:
    sentences: dict[Cause, str] = {
        "submission": _("Another submission was handed in."),
        "source": _("The assignment's notebook or its files changed."),
        "code": _("The grader or the answer key changed."),
        "shares": _("shares.toml changed."),
        "secret": _("The course secret is another one."),
        "engine": _("Another engine graded."),
        "limits": _("The limits are others."),
        "late": _("When it was handed in, or what that costs, changed."),
        "hand": _("Points were given by hand."),
        "earlier version": _("It was graded by an earlier version, or by nbgrader."),
        "unknown": _("Nothing that is known of changed: the submission does not do the same each time."),
    }
    return sentences[name]


def scores_changed(assignment: str, count: int) -> str:
    return ngettext(
        "{assignment}: {count} score changed", "{assignment}: {count} scores changed", count, assignment=assignment
    )


def history_of_student(changes: Sequence[Change]) -> list[str]:
    """Write the history of a student line by line: each assignment, oldest first."""
    lines: list[str] = []
    for assignment in dict.fromkeys(change.assignment for change in changes):
        lines.append(assignment)
        for change in changes:
            if change.assignment == assignment:
                lines += [f"  {line}" for line in _history_lines(change)]
    return lines


def history_of_runs(changes: Sequence[Change]) -> list[str]:
    """Write the history of a class line by line: each run that changed points, and whose."""
    lines: list[str] = []
    runs: dict[tuple[str, str], list[Change]] = {}
    for change in changes:
        if change.is_news:
            runs.setdefault((change.after.moment, change.assignment), []).append(change)
    for (moment, assignment), news in runs.items():
        changed = scores_changed(assignment, len(news))
        lines.append(_("{moment} UTC  {line}", moment=moment[:16], line=changed))
        lines += [f"  {student_change(change)}" for change in news]
    return lines


def student_change(change: Change) -> str:
    return _("{student}: {line}", student=change.student, line=change_line(change))


def _history_lines(change: Change) -> Iterator[str]:
    moment, before, after = change.after.moment[:16], change.before, change.after
    if before is None:
        yield _(
            "{moment} UTC  {score:g} of {most:g}: graded{handed_in}",
            moment=moment,
            score=after.total,
            most=sum(after.maximum.values()),
            handed_in=_(", handed in {time} UTC", time=after.submitted) if after.submitted else "",
        )
    elif change.questions or before.penalty != after.penalty:
        yield _("{moment} UTC  {line}", moment=moment, line=change_line(change))
    else:
        yield _(
            "{moment} UTC  {score:g} as before. {causes}",
            moment=moment,
            score=after.total,
            causes=causes(change.causes),
        )
    if before is not None and after.submitted != before.submitted:
        yield _("  handed in {time} UTC", time=after.submitted)


def no_changes() -> str:
    return _("No run of `autograder grade` has changed a score since it was first given.")


def no_history(student: str) -> str:
    return _("Nothing is kept of {student}: no `autograder grade` has graded a submission of that id.", student=student)


def how_long(seconds: float) -> str:
    """Write a length of time, in minutes or more."""
    minutes = max(1, round(seconds / 60))
    parts = [
        _("{count} d", count=minutes // 1440) if minutes >= 1440 else "",
        _("{count} h", count=minutes % 1440 // 60) if minutes % 1440 >= 60 else "",
        _("{count} min", count=minutes % 60) if minutes % 60 else "",
    ]
    return " ".join(part for part in parts if part)


def late_line(late: Lateness, penalty: float) -> str:
    """Say how late somebody was, and what it costs; empty for who was in time."""
    if not late.seconds:
        return ""
    parts = [_("Handed in {time} late", time=how_long(late.seconds))]
    if late.extension:
        parts.append(_("after an extension of {time}", time=how_long(late.extension)))
    if late.free:
        parts.append(ngettext("{count} late day used", "{count} late days used", late.free))
    parts.append(_("{points:g} points taken off", points=penalty))
    return _("{what}.", what=in_a_row(parts))


def due_lines(assignment: str, rules: LateRules) -> Iterator[str]:
    """Say when an assignment is due, and what being late costs."""
    rule = rules.rules.get(assignment)
    if rule is None or rule.due is None:
        yield _("{assignment} has no due date: nothing is late.", assignment=assignment)
        return
    yield _("{assignment} is due {time}.", assignment=assignment, time=in_local_time(rule.due))
    if rule.per_day is None:
        yield _("  Penalty: what the plugin takes that nbgrader_config.py names; nothing without one.")
    elif rule.percent:
        yield _("  Penalty: {percent:g} % of the points reached for each day begun.", percent=rule.per_day)
    else:
        yield _("  Penalty: {points:g} points for each day begun.", points=rule.per_day)
    if rule.grace:
        yield _("  Grace: up to {time} late counts as in time.", time=how_long(rule.grace))
    if rules.late_days:
        yield ngettext(
            "  {count} late day a student, over the whole course, without a penalty.",
            "  {count} late days a student, over the whole course, without a penalty.",
            rules.late_days,
        )


def no_such_student(student: str) -> str:
    return _(
        "Nobody of the id {student!r} is known: neither the roster, nor submitted/, nor the gradebook has it.",
        student=student,
    )


def extended(assignment: str, students: Sequence[str], due: str) -> str:
    names = in_a_row(students)
    return _("{assignment} is due {due} for {students}.", assignment=assignment, due=due, students=names)


def nothing_to_extend(assignment: str) -> str:
    return _(
        "{assignment} has no due date to extend: set it with `autograder due {assignment} TIME`.", assignment=assignment
    )


def before_due(assignment: str) -> str:
    return _("An extension of {assignment} cannot end before its due date.", assignment=assignment)


def no_penalty(text: str) -> str:
    return _("{text!r} is no penalty: write 10% (of the points reached), 5 (points), or plugin.", text=text)


def given_item(points: float, says: str) -> str:
    return _("- {points:+g}: {says}", points=points + 0.0, says=says)


def adjusted(points: float) -> str:
    return _("- {points:+g}: beside the items above", points=points)
