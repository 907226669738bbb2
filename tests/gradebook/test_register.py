import json
from pathlib import Path

from autograder.course.course import Course
from autograder.gradebook.register import is_registered, register
from tests.helpers import small_course as small


def test_a_registered_assignment_is_recognised_and_a_changed_one_is_not(tmp_path: Path) -> None:
    course = Course.at(small.make_course(tmp_path))
    assert not is_registered(course, small.ASSIGNMENT)
    register(course, small.ASSIGNMENT)
    assert is_registered(course, small.ASSIGNMENT)
    path = course.notebooks(small.ASSIGNMENT)[0]
    notebook = json.loads(path.read_text())
    small.cell(notebook, "test_square")["metadata"]["nbgrader"]["points"] = 7
    path.write_bytes(small.to_bytes(notebook))
    assert not is_registered(course, small.ASSIGNMENT)
    register(course, small.ASSIGNMENT)
    assert is_registered(course, small.ASSIGNMENT)
