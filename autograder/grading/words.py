"""Sentences of this package that people read."""

from collections.abc import Sequence

from autograder.grading.result import State
from autograder.language import _, in_a_row, ngettext


def nobody_handed_in(assignment: str) -> str:
    return _("Nobody handed in {assignment}: submitted/ holds no folder STUDENT/{assignment}.", assignment=assignment)


def no_submission(student: str, assignment: str) -> str:
    return _(
        "{student} handed in nothing: there is no submitted/{student}/{assignment}.",
        student=student,
        assignment=assignment,
    )


def notebook_not_kept(reason: str) -> str:
    """Say that the marks are written and the graded notebook is not."""
    return _("The graded notebook cannot be written: {reason}. Grade again when it can be.", reason=reason)


def notebook_gone(file: str) -> str:
    """Say that a file is gone that was graded before."""
    return _(
        "{file} was graded before and is not in submitted/ any more; its grade stays. Put it back, or grade with "
        "--force to count it as not filled in.",
        file=file,
    )


def gone(assignment: str, students: Sequence[str]) -> str:
    """List whose submission the gradebook has and submitted/ has not."""
    return ngettext(
        "{count} student has marks for {assignment} and no folder in submitted/ (the marks stay): {students}",
        "{count} students have marks for {assignment} and no folder in submitted/ (the marks stay): {students}",
        len(students),
        assignment=assignment,
        students=in_a_row(students),
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
    return _("{assignment}: {parts}", assignment=assignment, parts=in_a_row(parts))
