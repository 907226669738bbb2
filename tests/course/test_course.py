from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.errors import CourseError
from tests.helpers import small_course as small


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return Course.at(small.make_course(tmp_path))


def test_the_secret_is_made_once_and_only_its_owner_reads_it(course: Course) -> None:
    assert course.secret() == course.secret() and len(course.secret()) == 32
    assert (course.private / "secret").stat().st_mode & 0o777 == 0o600


def test_a_data_file_is_the_course_s_own_before_the_one_beside_labkit(course: Course) -> None:
    assert course.dataset("planar_train.csv").is_file()
    own = course.root / "datasets/planar_train.csv"
    own.parent.mkdir()
    own.write_text("1,2\n")
    assert course.dataset("planar_train.csv") == own
    with pytest.raises(CourseError, match="nothing"):
        course.dataset("nothing.csv")
