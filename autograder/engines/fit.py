"""Refuse a source notebook whose tests do not fit their answer keys, before anything of it is registered."""

from autograder.assignments import find_check
from autograder.course.course import Course
from autograder.engines import words
from autograder.engines.sandbox.plan import hidden_grade
from autograder.errors import CourseError
from autograder.notebook.roles import role
from autograder.notebook.source import read_source


def refuse_unfit_tests(course: Course, assignment: str) -> None:
    """Compare the points of each test cell with those of its check.

    Raises:
        CourseError: no answer key has the check, or its points are not those of the cell.
    """
    for path in course.notebooks(assignment):
        source = read_source(path)
        for at, name in source.tests:
            cell = source.cells[at].cell
            grade = hidden_grade(cell["source"])
            if grade is None:
                continue
            try:
                _, check = find_check(grade.check)
            except KeyError:
                raise CourseError(words.unknown_check(name, grade.check)) from None
            if check.points != role(cell).points:
                raise CourseError(words.wrong_points(name, role(cell).points, check.points))
