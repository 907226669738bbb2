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
