"""Make a table of scores out of gradebook.db: a row a student, a column a question."""

from pathlib import Path

from autograder.course.course import Course
from autograder.errors import CourseError
from autograder.export import words
from autograder.export.formats import FORMATS, Row
from autograder.gradebook.read_marks import ClassMarks, Mark, NotebookMarks, read_marks
from autograder.gradebook.words import how_long
from autograder.notebook.roles import TEST_PREFIX


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
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(FORMATS[to](rows), encoding="utf-8", newline="")
    except OSError as error:
        raise CourseError(words.not_writable(str(output), error.strerror or "")) from None
    return len(rows)


def table(course: Course, assignment: str) -> list[Row]:
    """Make a row a student, in order of ids.

    Questions stand under their grade_id without `test_`, machine and hand alike; an open one, which still has to be
    graded by hand, is empty. `late` says how late, and `total` has the points so far, less what that takes.

    Raises:
        CourseError: there is no gradebook.
    """
    marks = read_marks(course, assignment)
    names = [path.stem for path in course.notebooks(assignment)]
    graded = [marks.notebooks[student] for student in sorted(marks.notebooks)]
    columns = _columns(names, graded)
    maximum = max((sum(own.max_score for own in notebooks.values()) for notebooks in graded), default=0.0)
    return [
        _row(student, marks, columns) | {"maximum": maximum} for student in sorted({*marks.names, *marks.notebooks})
    ]


_Columns = dict[tuple[str, str], str]


def _columns(names: list[str], students: list[dict[str, NotebookMarks]]) -> _Columns:
    """Title the column of each (notebook, grade_id), in the order of the gradebook."""
    columns: _Columns = {}
    for notebooks in students:
        for name in names:
            for cell in notebooks[name].marks if name in notebooks else ():
                title = cell.removeprefix(TEST_PREFIX)
                columns[name, cell] = title if len(names) == 1 else words.column_of(name, title)
    return columns


def _row(student: str, marks: ClassMarks, columns: _Columns) -> Row:
    notebooks = marks.notebooks.get(student, {})
    late = marks.late.get(student)
    cells: dict[tuple[str, str], Mark] = {
        (notebook, cell): mark for notebook, own in notebooks.items() for cell, mark in own.marks.items()
    }
    penalty = sum(own.penalty for own in notebooks.values())
    row: Row = {
        "student": student,
        "name": marks.names.get(student, ""),
        "submitted": next((own.timestamp for own in notebooks.values() if own.timestamp), ""),
    }
    for key, title in columns.items():
        mark = cells.get(key)
        row[title] = None if mark is None or (mark.open and mark.score == 0) else mark.score
    row["open"] = sum(mark.open for mark in cells.values())
    row["late"] = how_long(late.seconds) if late and late.seconds else ""
    row["late_penalty"] = penalty
    row["total"] = max(0.0, sum(mark.score for mark in cells.values()) - penalty)
    return row
