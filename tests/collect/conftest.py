from pathlib import Path

import pytest

from autograder.course.course import Course
from tests.helpers import small_course as small


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return Course.at(small.make_course(tmp_path / "course"))
