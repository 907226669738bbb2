"""Fill a platform's own file with the grades of a class, and leave everything else in it as it is."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.course.course import Course
from autograder.course.roster import Person, Roster
from autograder.errors import CourseError
from autograder.export import words
from autograder.export.platforms import PLATFORMS, GradeColumn, Table, choose
from autograder.export.sheet import Sheet
from autograder.export.spreadsheet import Spreadsheet
from autograder.gradebook.read_marks import ClassMarks
from autograder.roster.people import Listing, read_people
from autograder.roster.read_list import match_people
from autograder.roster.tables import is_spreadsheet


@dataclass(frozen=True)
class Filled:
    """A file that is filled, not yet written.

    Attributes:
        data: the file.
        column: the title of the column that has the grades.
        students: how many grades it has.
        open: who has answers that are still to be graded by hand; their cells are as they were.
        kept: whose cells say something else than a grade, and are as they were.
        not_graded: people in the file of whom there are no marks.
        not_listed: graded students who are not in the file.
        above: who has more points than the platform takes.
        has_formulas: whether other cells may be computed from the grades.
    """

    data: bytes
    column: str
    students: int
    open: tuple[str, ...]
    kept: tuple[str, ...]
    not_graded: tuple[str, ...]
    not_listed: tuple[str, ...]
    above: tuple[str, ...] = ()
    has_formulas: bool = False


def fill(
    course: Course, assignment: str, marks: ClassMarks, platform: str, path: Path, column: str | None, scale: bool
) -> Filled:
    """Fill a platform's file.

    Args:
        course: the course.
        assignment: name of the assignment.
        marks: its marks.
        platform: one of PLATFORMS.
        path: the file that the platform exported.
        column: the title of the column, where it is not the assignment's name.
        scale: turn points into the platform's maximum, where that is another one.

    Raises:
        CourseError: it is not such a file, does not have the assignment, or does not say clearly who is who.
    """
    listing = read_people(path)
    sheet = _open(path, listing, platform)
    target = _column(sheet, listing, assignment, platform, path, column)
    factor = _factor(marks, target, path, scale)
    students = _students(course, assignment, marks, listing, path)
    decimal = _decimal_sign(sheet, listing, target)
    open_, kept, not_graded, above, count = [], [], [], [], 0
    for one, student in zip(listing.people, students, strict=True):
        notebooks = marks.notebooks.get(student, {})
        if not notebooks:
            not_graded.append(one.identity.name or one.id)
        elif any(mark.open for own in notebooks.values() for mark in own.marks.values()):
            open_.append(student)
        elif PLATFORMS[platform].keeps(sheet.value(one.row - 1, target.place).strip()):
            kept.append(student)
        else:
            points = max(0.0, sum(own.score for own in notebooks.values())) * factor
            sheet.write(one.row - 1, target.place, as_text(points).replace(".", decimal))
            count += 1
            if PLATFORMS[platform].bounded and target.maximum and points > target.maximum + 1e-9:
                above.append(student)
    missing = tuple(sorted(marks.notebooks.keys() - set(students)))
    return Filled(
        sheet.to_bytes(),
        target.title,
        count,
        tuple(open_),
        tuple(kept),
        tuple(not_graded),
        missing,
        tuple(above),
        isinstance(sheet, Spreadsheet) and sheet.has_formulas,
    )


def _open(path: Path, listing: Listing, platform: str) -> Table:
    if not is_spreadsheet(path):
        return Sheet(path, listing)
    if not PLATFORMS[platform].spreadsheet:
        raise CourseError(words.no_spreadsheet(str(path), PLATFORMS[platform].source()))
    return Spreadsheet(path, listing)


def as_text(points: float) -> str:
    """Write points with two decimals at most, as platforms compare them."""
    return f"{round(points, 2):.2f}".rstrip("0").rstrip(".")


def _column(
    sheet: Table, listing: Listing, assignment: str, platform: str, path: Path, named: str | None
) -> GradeColumn:
    columns = list(PLATFORMS[platform].columns(sheet, listing.header))
    if not columns:
        raise CourseError(words.not_of_platform(str(path), platform, PLATFORMS[platform].source()))
    chosen = choose(columns, assignment, named)
    if len(chosen) != 1:
        raise CourseError(words.which_column(str(path), named or assignment, [column.title for column in columns]))
    if chosen[0].locked:
        raise CourseError(words.column_locked(str(path), chosen[0].title))
    return chosen[0]


def _factor(marks: ClassMarks, column: GradeColumn, path: Path, scale: bool) -> float:
    """Return by what points are multiplied.

    Raises:
        CourseError: the maximum differs, and nobody said what that means.
    """
    ours = max((sum(own.max_score for own in notebooks.values()) for notebooks in marks.notebooks.values()), default=0)
    if column.maximum is None or not ours or abs(column.maximum - ours) < 1e-9:
        return 1.0
    if not scale:
        raise CourseError(words.other_maximum(str(path), column.title, column.maximum, ours))
    return column.maximum / ours


def _students(course: Course, assignment: str, marks: ClassMarks, listing: Listing, path: Path) -> list[str]:
    """Return whose each row is.

    Students who are in no roster have the id that their download had: a student number, or the platform's own number.
    Which of them it is shows in the whole class, never in one row.

    Raises:
        CourseError: the rows do not say it clearly, or nobody is known.
    """
    people = Roster.read(course).people
    bare = [student for student in marks.notebooks if student not in people]
    by_student = Roster([*people.values(), *(Person(student) for student in bare)])
    by_number = Roster([*people.values(), *(_with_number(student, assignment) for student in bare)])
    matches, faults = [], []
    for roster in (by_student, by_number) if bare else (by_student,):
        try:
            matches.append(match_people(path, listing, roster, assignment))
        except CourseError as fault:
            faults.append(fault)
    if not matches:
        raise faults[0]
    best = max(matches, key=lambda students: len(marks.notebooks.keys() & set(students)))
    if not marks.notebooks.keys() & set(best):
        raise CourseError(words.nobody_known(str(path), assignment))
    return best


def _with_number(student: str, assignment: str) -> Person:
    return replace(Person(student), lms_id=student, lms_ids={assignment: student})


def _decimal_sign(sheet: Table, listing: Listing, column: GradeColumn) -> str:
    """Return the decimal sign of the file's own numbers: of the maximum, beside the grade or in it."""
    places = (column.place, column.place + 1)
    if isinstance(sheet, Spreadsheet):
        return "."
    values = [sheet.value(one.row - 1, place) for one in listing.people for place in places]
    return "," if any("," in value and value.replace(",", "").strip().isdecimal() for value in values) else "."


def look(filled: Filled, names: Mapping[str, str]) -> list[str]:
    """Say what the file does not have, a line each."""
    lines = []
    if filled.open:
        lines.append(words.left_open(filled.open))
    if filled.kept:
        lines.append(words.left_as_it_is(filled.kept))
    if filled.has_formulas:
        lines.append(words.has_formulas())
    if filled.above:
        lines.append(words.above_maximum(filled.above))
    if filled.not_graded:
        lines.append(words.not_graded(filled.not_graded))
    if filled.not_listed:
        lines.append(words.not_listed([names.get(student) or student for student in filled.not_listed]))
    return lines
