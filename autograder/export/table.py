"""Make a table of scores out of gradebook.db: a row a student, a column a question."""

from collections.abc import Sequence

from autograder.course.course import Course
from autograder.course.roster import Person, Roster
from autograder.export import words
from autograder.export.formats import Row
from autograder.gradebook.read_marks import ClassMarks, Mark, NotebookMarks, read_marks
from autograder.gradebook.words import how_long
from autograder.notebook.roles import TEST_PREFIX


def table(course: Course, assignment: str, marks: ClassMarks | None = None) -> list[Row]:
    """Make a row a student, in order of ids.

    Questions stand under their grade_id without `test_`, machine and hand alike; an open one, which still has to be
    graded by hand, is empty. `late` says how late, and `total` has the points so far, less what that takes.

    Raises:
        CourseError: there is no gradebook.
    """
    marks = marks or read_marks(course, assignment)
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


def import_rows(course: Course, assignment: str, rows: Sequence[Row], marks: ClassMarks) -> list[Row]:
    """Make the rows of a file for Moodle's import of grades: a column a question, empty where there is no grade.

    One person whom Moodle does not know stops its whole import, and so does a text where a number should be: the rows
    are of those who have marks, and say nothing else about them.
    """
    people = Roster.read(course).people
    taken = ("student", "name", "submitted", "open", "late", "late_penalty", "total", "maximum")
    made: list[Row] = []
    for row in rows:
        student = str(row["student"])
        if student not in marks.notebooks:
            continue
        person = people.get(student, Person(student))
        known: Row = {"idnumber": student, "username": next(iter(person.logins), ""), "email": person.email}
        questions = {f"{assignment}: {name}": value for name, value in row.items() if name not in taken}
        made.append({**known, **questions, assignment: None if row["open"] else row["total"]})
    return made
