"""Put in the tests that nbgrader writes itself, from `### AUTOTEST name` lines in the instructor's notebook.

nbgrader runs the instructor's solution when it makes the assignment, turns those lines into asserts and keeps them in
the gradebook. Students are graded with these asserts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from autograder.errors import CourseError
from autograder.notebook import words

MARK = "AUTOTEST"


def has_autotests(source: bytes) -> bool:
    """Whether an instructor's notebook may have AUTOTEST lines."""
    return MARK.encode() in source


def with_autotests(source: bytes, written: Mapping[str, str]) -> bytes:
    """Replace AUTOTEST lines in the instructor's notebook by the tests that nbgrader wrote.

    Args:
        source: the notebook.
        written: grade_id → text of the cell in the gradebook.

    Raises:
        CourseError: the gradebook has no such cell yet.
    """
    if not has_autotests(source):
        return source
    try:
        notebook = json.loads(source)
        for cell in notebook["cells"]:
            text: Any = cell["source"]
            text = text if isinstance(text, str) else "".join(text)
            grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
            if cell["cell_type"] != "code" or MARK not in text or not grade_id:
                continue
            if grade_id not in written:
                raise CourseError(words.no_autotests(grade_id))
            cell["source"] = written[grade_id]
    except (ValueError, LookupError, TypeError, AttributeError):
        return source  # not a notebook: parse_source reports that
    return json.dumps(notebook).encode()
