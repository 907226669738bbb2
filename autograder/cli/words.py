"""Words of this package that people read."""

from gettext import gettext as _
from pathlib import Path
from typing import Any

STOPPED = "stopped; what was graded so far is recorded"

GRADING = "grading"

FEEDBACK = "feedback"


def unexpected(kind: str, message: str, file: Path | None) -> str:
    """Report an error of this program, and name the file that holds its traceback, if it could be written."""
    if file is None:
        return _("unexpected {kind}: {message}").format(kind=kind, message=message)
    return _("unexpected {kind}: {message} (traceback in {file})").format(kind=kind, message=message, file=file)


def released(assignment: str, folder: str, archive: str) -> str:
    """What a release made."""
    return f"{assignment}: {folder}, and for the class {archive}"


def simulated(assignment: str, kinds: list[str]) -> str:
    """What a made-up class consists of."""
    counts = ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds))
    return f"{assignment}: {len(kinds)} made-up submissions ({counts})"


def collected(assignment: str, written: int, unchanged: int) -> str:
    """What came out of a download."""
    same = f", {unchanged} there already" if unchanged else ""
    return f"{assignment}: {written} submissions collected{same}"


def check_result(result: dict[str, Any]) -> str:
    """The result of one notebook for people."""
    lines = [f"{result['assignment']}: {result['score']:g} of {result['max_score']:g} points by machine"]
    for cell in result["cells"]:
        lines.append(f"{cell['grade_id'].removeprefix('test_')}: {cell['score']:g} of {cell['max_score']:g}")
        for criterion in cell["criteria"]:
            mark = "passed" if criterion["passed"] else "failed"
            lines.append(f"  {mark}  {criterion['name']}: {criterion['points']:g}  {criterion['message']}".rstrip())
        lines += [f"  hint: {mistake['hint']}" for mistake in cell["mistakes"]]
        if cell["error"]:
            lines.append(f"  {cell['error']}")
    if result["needs_manual_grade"]:
        lines.append(f"graded by hand: {', '.join(result['needs_manual_grade'])}")
    return "\n".join(lines)


def feedback_written(pages: int, folder: str) -> str:
    """Where the pages for students are."""
    return f"{pages} pages in {folder}"


def report_written(path: str) -> str:
    """Where the page for instructors is."""
    return f"report: {path}"


def exported(rows: int, path: str) -> str:
    """Where the table is."""
    return f"{rows} students in {path}"
