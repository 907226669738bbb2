"""Words on feedback and report pages that come from code. The fixed text of the pages stands in `templates/`."""

from __future__ import annotations

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


def no_gradebook(path: str) -> str:
    """Pages are wanted before anything was graded."""
    return f"There is no gradebook at {path}. Grade the assignment first."


def bad_gradebook(path: str, reason: str) -> str:
    """The gradebook cannot be read."""
    return f"The gradebook at {path} cannot be read ({reason}). Put it back from a backup, or grade again."


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
    return f"full colour: ±{limit:.2g}" if limit > 0 else "all zero"


def histogram_description(label: str, bins: list[int], maximum: float) -> str:
    """For readers who do not see a histogram."""
    steps = (f"{maximum * at / 10:g} to {maximum * (at + 1) / 10:g}: {count}" for at, count in enumerate(bins) if count)
    return f"{label}. Number of students by points: {', '.join(steps) or 'none'}."


NO_MARKS = "There are no marks in the gradebook. Grade this student first."


def question_label(name: str, written: bool) -> str:
    """How a question is called: a function by its name, a written one in words."""
    return name.replace("_", " ").replace("-", " ").capitalize() if written else name
