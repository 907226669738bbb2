"""Write results for Gradescope's autograder: a `results.json` a submission, in a zip."""

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from autograder.gradebook.history import Entry, key
from autograder.gradebook.read_marks import ClassMarks, Mark, NotebookMarks
from autograder.notebook.roles import TEST_PREFIX

FIRST = (1980, 1, 1, 0, 0, 0)
"""The date of all entries, so that the same grades give the same bytes."""


def results_zip(marks: ClassMarks, entries: Mapping[str, Entry], folders: Mapping[str, str]) -> bytes:
    """Pack the results of a class.

    Args:
        marks: the marks.
        entries: student → the last entry of the history, for the points of criteria.
        folders: student → name of the submission's folder in the download.
    """
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for student, notebooks in sorted(marks.notebooks.items()):
            result = json.dumps(results(notebooks, entries.get(student)), ensure_ascii=False, indent=1)
            archive.writestr(zipfile.ZipInfo(f"{folders.get(student, student)}/results.json", FIRST), result + "\n")
    return file.getvalue()


def results(notebooks: Mapping[str, NotebookMarks], entry: Entry | None) -> dict[str, Any]:
    """Write the results of a student; an answer that is still to be graded by hand is not in them."""
    tests = [
        _test(
            name if len(notebooks) > 1 else "",
            mark,
            entry.facts.criteria.get(key(name, mark.cell), {}) if entry else {},
        )
        for name, own in notebooks.items()
        for mark in own.marks.values()
        if not mark.open
    ]
    result: dict[str, Any] = {"tests": tests, "test_output_format": "text"}
    if any(own.penalty for own in notebooks.values()):
        penalty = sum(own.penalty for own in notebooks.values())
        result["score"] = round(max(0.0, sum(test["score"] for test in tests) - penalty), 2)
    return result


def _test(notebook: str, mark: Mark, criteria: Mapping[str, float]) -> dict[str, Any]:
    title = mark.cell.removeprefix(TEST_PREFIX)
    test: dict[str, Any] = {
        "name": f"{notebook}: {title}" if notebook else title,
        "score": round(mark.score, 2),
        "max_score": mark.max_score,
        "status": "passed" if mark.score >= mark.max_score - 1e-9 else "failed",
    }
    if criteria and mark.manual is None:
        test["output"] = "\n".join(f"{name}: {points:g}" for name, points in criteria.items())
    return test
