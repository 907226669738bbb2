"""A configuration that puts marks or folders elsewhere is refused in words, not ignored."""

from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.errors import CourseError

HEAD = "c = get_config()\nimport os\n"


def at(folder: Path, lines: str) -> Course:
    (folder / "nbgrader_config.py").write_text(HEAD + lines)
    return Course.at(folder)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("c.CourseDirectory.db_url = 'sqlite:////srv/marks.db'", "db_url"),
        ("c.CourseDirectory.db_url = 'sqlite:///other.db'", "db_url"),
        ("c.CourseDirectory.db_url = 'mysql://ann:hidden@h/marks'", "db_url"),
        ("c.CourseDirectory.db_url = 'postgres://ann:hidden@h/marks'", "db_url"),
        ("c.CourseDirectory.db_url = 'ann:hidden@h/marks'", "db_url"),
        ("c.CourseDirectory.db_url = 'postgresql+psycopg://ann:hidden@h/marks'", "course_id"),
        ("c.CourseDirectory.db_url = 'postgresql://h/marks'\nc.CourseDirectory.course_id = ''", "course_id"),
        ("c.CourseDirectory.db_url = 'sqlite:///' + os.path.join('a', 'b.db')", "db_url"),
        ("if True:\n    c.CourseDirectory.submitted_directory = 'handed_in'", "submitted_directory"),
        ("c.CourseDirectory.autograded_directory = '/srv/autograded'", "autograded_directory"),
        ("c.CourseDirectory.feedback_directory = 'pages'", "feedback_directory"),
        ("c.CourseDirectory.source_directory = 'src'", "source_directory"),
        (
            "c.CourseDirectory.directory_structure = '{student_id}/{nbgrader_step}/{assignment_id}'",
            "directory_structure",
        ),
        ("c.CourseDirectory.root = '/srv/course'", "root"),
    ],
)
def test_another_place_is_refused_with_its_name(tmp_path: Path, line: str, name: str) -> None:
    with pytest.raises(CourseError, match=f"CourseDirectory.{name}") as refused:
        at(tmp_path, line)
    assert "\n" not in str(refused.value) and "hidden" not in str(refused.value)


def test_our_own_places_may_be_named(tmp_path: Path) -> None:
    lines = (
        f"c.CourseDirectory.db_url = 'sqlite:///{tmp_path}/gradebook.db'",
        "c.CourseDirectory.db_url = 'sqlite:///gradebook.db'",
        "c.CourseDirectory.submitted_directory = './submitted/'",
        "c.CourseDirectory.directory_structure = os.path.join('{nbgrader_step}', '{student_id}', '{assignment_id}')",
        f"c.CourseDirectory.root = {str(tmp_path)!r}",
        "c.CourseDirectory.course_id = 'lab'",
        "c.Exchange.db_url = 'sqlite:///other.db'",
    )
    for line in lines:
        assert at(tmp_path, line).root == tmp_path.resolve()


def test_a_configuration_that_is_no_python_is_not_judged_here(tmp_path: Path) -> None:
    assert at(tmp_path, "c.CourseDirectory.db_url = (").root == tmp_path.resolve()
