from pathlib import Path

import pytest

from autograder.course.course import Course
from tests.helpers import small_course as small
from tests.roster.helpers import empty_gradebook


@pytest.fixture(scope="session")
def gradebook(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """An empty gradebook: nbgrader takes a second to make it."""
    return empty_gradebook(tmp_path_factory.mktemp("gradebook"))


@pytest.fixture
def course(tmp_path: Path, gradebook: bytes) -> Course:
    course = Course.at(small.make_course(tmp_path / "course"))
    course.gradebook.write_bytes(gradebook)
    return course
