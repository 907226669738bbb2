"""Write the scores of a class for another program: a table of our own, or a platform's file with the grades in it."""

from dataclasses import dataclass
from pathlib import Path

from autograder.course.course import Course
from autograder.course.downloads import downloaded
from autograder.errors import CourseError
from autograder.export import words
from autograder.export.fill import fill, look
from autograder.export.formats import FORMATS, to_import
from autograder.export.gradescope import results_zip
from autograder.export.platforms import PLATFORMS
from autograder.export.table import import_rows, table
from autograder.files import write_whole
from autograder.gradebook.history import read_last_entries
from autograder.gradebook.read_marks import read_marks

GRADESCOPE = "gradescope"


@dataclass(frozen=True)
class Exported:
    """A file that was written.

    Attributes:
        path: the file.
        students: how many have a row of scores in it.
        column: the platform's column that has the grades; empty in a file of our own.
        look: what needs a look, a line each.
    """

    path: Path
    students: int
    column: str = ""
    look: tuple[str, ...] = ()


def export(
    course: Course,
    assignment: str,
    output: Path | None,
    to: str = "csv",
    *,
    into: Path | None = None,
    column: str | None = None,
    scale: bool = False,
) -> Exported:
    """Write the scores of a class, whole or not at all.

    Args:
        course: the course.
        assignment: name of the assignment.
        output: the file to write; None writes to the file that is filled.
        to: one of `names.EXPORTS`.
        into: the platform's own file, which is filled.
        column: the title of the platform's column, where it is not the assignment's name.
        scale: turn points into the platform's maximum.

    Raises:
        CourseError: there is no such assignment or gradebook, the platform's file is not right, or the file cannot be
            written.
    """
    course.notebooks(assignment)
    if into is None and to in PLATFORMS and to != "moodle":
        raise CourseError(words.needs_file(to, PLATFORMS[to].source()))
    if into is not None and to not in PLATFORMS:
        raise CourseError(words.takes_no_file(to))
    marks = read_marks(course, assignment)
    target = output or into
    if target is None:
        raise CourseError(words.needs_output(to))
    if into is not None:
        filled = fill(course, assignment, marks, to, into, column, scale)
        data = filled.data
        exported = Exported(target, filled.students, filled.column, tuple(look(filled, marks.names)))
    elif to == GRADESCOPE:
        data = results_zip(marks, read_last_entries(course, assignment), _folders(course, assignment))
        exported = Exported(target, len(marks.notebooks))
    else:
        rows = table(course, assignment, marks)
        if to == "moodle":
            rows = import_rows(course, assignment, rows, marks)
        data = (to_import if to == "moodle" else FORMATS[to])(rows).encode()
        exported = Exported(target, len(rows))
    try:
        write_whole(target, data)
    except OSError as error:
        raise CourseError(words.not_writable(str(target), error.strerror or "")) from None
    return exported


def _folders(course: Course, assignment: str) -> dict[str, str]:
    """Name the submissions as Gradescope's download did."""
    names = downloaded(course, assignment)
    return {student: name.name for student, name in names.items() if name.layout == "gradescope"}
