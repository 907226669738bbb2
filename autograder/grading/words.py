"""Sentences of this package that people read."""

from collections.abc import Sequence

from autograder.grading.result import State
from autograder.language import _, ngettext


def nobody_handed_in(assignment: str) -> str:
    return _("Nobody handed in {assignment}: submitted/ holds no folder STUDENT/{assignment}.", assignment=assignment)


def no_submission(student: str, assignment: str) -> str:
    return _(
        "{student} handed in nothing: there is no submitted/{student}/{assignment}.",
        student=student,
        assignment=assignment,
    )


def grading_summary(assignment: str, states: Sequence[State]) -> str:
    counts = {state: states.count(state) for state in states}
    parts: list[str] = []
    if count := counts.get("graded"):
        parts.append(ngettext("{count} graded", "{count} graded", count))
    if count := counts.get("unchanged"):
        parts.append(
            ngettext("{count} unchanged since it was graded", "{count} unchanged since they were graded", count)
        )
    if count := counts.get("unreadable"):
        parts.append(
            ngettext(
                "{count} could not be read and counts as not filled in",
                "{count} could not be read and count as not filled in",
                count,
            )
        )
    if count := counts.get("failed"):
        parts.append(ngettext("{count} not graded", "{count} not graded", count))
    return f"{assignment}: {', '.join(parts)}"
