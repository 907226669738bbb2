"""Sentences of this package that people read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from autograder.language import _, ngettext, translated
from autograder.notebook.roles import TEST_PREFIX

if TYPE_CHECKING:
    from autograder.gradebook.history import Cause, Change, Entry


def no_gradebook(path: str) -> str:
    return _("There is no gradebook at {path}. Grade the assignment first.", path=path)


def bad_gradebook(path: str, reason: str) -> str:
    return _(
        "The gradebook at {path} cannot be read ({reason}). Put it back from a backup, or grade again.",
        path=path,
        reason=reason,
    )


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
            criteria = ", ".join(translated(name) for name in one.criteria)
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
