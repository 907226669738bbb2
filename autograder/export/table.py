"""gradebook.db → a table of scores: a row a student, a column a question."""

import csv
import io
import json
from pathlib import Path
from typing import Any

from autograder.course.course import Course
from autograder.errors import CourseError
from autograder.gradebook.read_marks import Mark, NotebookMarks, read_marks

FORMATS = ("csv", "json")


def export(course: Course, assignment: str, output: Path, to: str = "csv") -> int:
    """Write the scores of a class.

    Args:
        course: the course.
        assignment: name of the assignment.
        output: the file to write.
        to: one of FORMATS.

    Returns:
        The number of students.

    Raises:
        CourseError: there is no such assignment or gradebook, or the file cannot be written.
    """
    course.notebooks(assignment)
    rows = table(course, assignment)
    text = json.dumps(rows, ensure_ascii=False, indent=1) + "\n" if to == "json" else _csv(rows)
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise CourseError(f"{output} cannot be written: {error.strerror}.") from None
    return len(rows)


def table(course: Course, assignment: str) -> list[dict[str, Any]]:
    """A row a student, in order of ids.

    Questions stand under their grade_id without `test_`, machine and hand alike; an open one, which still has to be
    graded by hand, is empty. `total` has the points so far, less what is taken for being late.

    Raises:
        CourseError: there is no gradebook.
    """
    marks = read_marks(course.gradebook, assignment)
    names = [path.stem for path in course.notebooks(assignment)]
    columns = _columns(names, [marks.notebooks[student] for student in sorted(marks.notebooks)])
    rows = [
        _row(student, marks.names.get(student, ""), marks.notebooks.get(student, {}), columns)
        for student in sorted({*marks.names, *marks.notebooks})
    ]
    maximum = max((row["maximum"] for row in rows), default=0.0)
    return [row | {"maximum": maximum} for row in rows]


_Columns = dict[tuple[str, str], str]


def _columns(names: list[str], students: list[dict[str, NotebookMarks]]) -> _Columns:
    """(notebook, grade_id) → title, in the order of the gradebook."""
    columns: _Columns = {}
    for notebooks in students:
        for name in names:
            for cell in notebooks[name].marks if name in notebooks else ():
                title = cell.removeprefix("test_")
                columns[name, cell] = title if len(names) == 1 else f"{name}: {title}"
    return columns


def _row(student: str, name: str, notebooks: dict[str, NotebookMarks], columns: _Columns) -> dict[str, Any]:
    cells: dict[tuple[str, str], Mark] = {
        (notebook, cell): mark for notebook, own in notebooks.items() for cell, mark in own.marks.items()
    }
    penalty = sum(own.penalty for own in notebooks.values())
    row: dict[str, Any] = {
        "student": student,
        "name": name,
        "submitted": next((own.timestamp for own in notebooks.values() if own.timestamp), ""),
    }
    for key, title in columns.items():
        mark = cells.get(key)
        row[title] = None if mark is None or (mark.open and mark.score == 0) else mark.score
    row["open"] = sum(mark.open for mark in cells.values())
    row["late_penalty"] = penalty
    row["total"] = max(0.0, sum(mark.score for mark in cells.values()) - penalty)
    row["maximum"] = sum(mark.max_score for mark in cells.values())
    return row


def _csv(rows: list[dict[str, Any]]) -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, list(rows[0]) if rows else ["student"], lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: neutral(value) for key, value in row.items()} for row in rows)
    return file.getvalue()


def neutral(value: Any) -> Any:
    """A text that a spreadsheet takes for text: names and ids are a student's choice, and may be formulas."""
    if isinstance(value, str) and value.lstrip().startswith(("=", "+", "-", "@")):
        return "'" + value
    if isinstance(value, str) and value.startswith(("\t", "\r", "\n")):
        return "'" + value
    return value
