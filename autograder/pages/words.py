"""Words on feedback and report pages that come from code. The fixed text of the pages stands in `templates/`."""

from __future__ import annotations

from collections.abc import Sequence

ERROR = "Error"
STUDENT_PICTURE = "Picture from the notebook"
PICTURE_BROKEN = "A picture is not shown: it is damaged, too large, or of an unknown type."
OUTPUT_TOO_LARGE = "An output is not shown: it is too large."
OUTPUT_LEFT_OUT = "An interactive output is not shown."


def left_out_characters(count: int) -> str:
    """In the place of the middle of a long text."""
    return f"[… {count:,} characters left out …]"


NOT_GRADED = "There is no graded notebook. Grade the assignment first."
GRADED_BROKEN = "The graded notebook is damaged. Grade this student again."
GRADED_TOO_LARGE = "The graded notebook is too large to be shown."


EXPECTED_PANEL = "numeric gradient"
ACTUAL_PANEL = "your gradient"
DIFFERENCE_PANEL = "difference"


def picture_description(title: str, entries: int, wrong: int) -> str:
    """For readers who do not see a picture."""
    return f"{title}: the numeric gradient, yours, and the difference, as colours. {wrong} of {entries} entries differ."


def picture_caption(title: str, entries: int, wrong: int) -> str:
    """Under a picture."""
    return f"{title}. Orange is positive, blue is negative. {wrong} of {entries} entries differ (framed)."


def colour_scale(limit: float) -> str:
    """What the deepest colour stands for."""
    return f"full colour: ±{limit:.2g} or more" if limit > 0 else "all zero"


def histogram_description(label: str, bins: list[int], maximum: float) -> str:
    """For readers who do not see a histogram."""
    steps = (f"{maximum * at / 10:g} to {maximum * (at + 1) / 10:g}: {count}" for at, count in enumerate(bins) if count)
    return f"{label}. Number of students by points: {', '.join(steps) or 'none'}."


def and_more(messages: Sequence[str]) -> str:
    """Several notes of one kind."""
    return f"{messages[0]} (And {len(messages) - 1} more of this kind.)"


NO_MARKS = "There are no marks in the gradebook. Grade this student first."


def question_label(name: str, written: bool) -> str:
    """How a question is called: a function by its name, a written one in words."""
    return name.replace("_", " ").replace("-", " ").capitalize() if written else name


MACHINE_POINTS = "Points by machine"
ALL_POINTS = "Points in all"


def nothing(students: Sequence[str]) -> str:
    """Students of the course without a submission."""
    return f"{_count(students)} handed in nothing: {_some(students)}."


def ungraded(students: Sequence[str]) -> str:
    """Submissions that are not in the gradebook."""
    return f"{_count(students)} handed in and not graded: {_some(students)}."


def still_open(students: Sequence[str]) -> str:
    """Answers that wait for a person."""
    return f"{_count(students)} with answers to grade by hand: {_some(students)}."


def graded_anew(question: str) -> str:
    """A question that has a manual score from before it was graded again."""
    return f"{question} was graded by hand before this submission was graded again; see whether the points still hold."


def check_failed(question: str, kind: str, message: str) -> str:
    """A check that ended in an exception of its own cell."""
    return f"The check of {question} did not run to its end ({kind}{': ' + message if message else ''})."


def disagreement(question: str, verdict: float, score: float) -> str:
    """A verdict in a notebook that does not fit the gradebook."""
    return f"The verdict on {question} says {verdict:g} points, the gradebook {score:g}. Grade this student again."


def _count(students: Sequence[str]) -> str:
    return "1 student" if len(students) == 1 else f"{len(students)} students"


def _some(students: Sequence[str]) -> str:
    rest = len(students) - 8
    return ", ".join(students[:8]) + (f" and {rest} more" if rest > 0 else "")
