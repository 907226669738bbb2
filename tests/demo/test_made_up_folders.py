"""Made-up submissions are told from real ones: none is written over, and only they are removed."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from autograder.cli.commands import main
from autograder.course.course import Course
from autograder.demo.made_up_class import simulate
from autograder.demo.made_up_folders import state_of
from autograder.engines.registry import Engine
from autograder.errors import CourseError
from autograder.gradebook.register import register
from autograder.grading.grade_class import grade
from autograder.pages.feedback import write_feedback
from tests.helpers import small_course as small

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("made-up-folders")]

TABLES = ("student", "submitted_assignment", "submitted_notebook", "grade", "comment")


@pytest.fixture(scope="module")
def registered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course whose gradebook nbgrader made once for all tests: that takes seconds."""
    folder = small.make_course(tmp_path_factory.mktemp("made-up") / "course")
    register(Course.at(folder), small.ASSIGNMENT)
    return folder


@pytest.fixture
def course(registered: Path, tmp_path: Path) -> Course:
    return Course.at(shutil.copytree(registered, tmp_path / "course"))


def contents(course: Course) -> dict[str, bytes]:
    files = (path for path in course.root.rglob("*") if path.is_file() and ".autograder" not in path.parts)
    return {str(path.relative_to(course.root)): path.read_bytes() for path in files if path != course.gradebook}


def rows(course: Course) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(course.gradebook)) as database:
        return {table: sorted(database.execute(f"SELECT * FROM {table}"), key=repr) for table in TABLES}


def run(course: Course, *arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["simulate", small.ASSIGNMENT, "--course", str(course.root), *arguments])
    return int(ended.value.code or 0)


def _handed_in(course: Course) -> None:
    small.hand_in(course.root, "student-0003", small.filled())


def _handed_in_elsewhere(course: Course) -> None:
    (course.submitted("student-0003", "letters")).mkdir(parents=True)


def _only_graded(course: Course) -> None:
    (course.autograded("student-0003", small.ASSIGNMENT)).mkdir(parents=True)


def _on_the_list(course: Course) -> None:
    with closing(sqlite3.connect(course.gradebook)) as database, database:
        database.execute("INSERT INTO student (id) VALUES ('student-0003')")


def _replaced(course: Course) -> None:
    """A real submission was collected in place of a made-up one."""
    simulate(course, small.ASSIGNMENT, 4)
    (course.submitted("student-0003", small.ASSIGNMENT) / f"{small.ASSIGNMENT}.ipynb").write_bytes(
        small.to_bytes(small.filled())
    )


def _a_link(course: Course) -> None:
    elsewhere = course.root / "elsewhere"
    elsewhere.mkdir()
    (course.root / "submitted").mkdir()
    (course.root / "submitted/student-0003").symlink_to(elsewhere)


@pytest.mark.parametrize("be_real", [_handed_in, _handed_in_elsewhere, _only_graded, _on_the_list, _replaced, _a_link])
def test_a_real_student_is_never_written_over_and_nothing_is_written(
    be_real: Callable[[Course], None], course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    be_real(course)
    before = contents(course)
    assert run(course, "--students", "4", "--seed", "5") == 2
    printed = capsys.readouterr()
    assert printed.out == "" and printed.err.count("\n") == 1 and "student-0003" in printed.err
    assert contents(course) == before
    simulate(course, small.ASSIGNMENT, 2)  # the students before it are free


def test_a_made_up_class_is_made_again_in_its_own_place(course: Course) -> None:
    simulate(course, small.ASSIGNMENT, 3, seed=1)
    grade(course, small.ASSIGNMENT, Engine(jobs=1))
    simulate(course, small.ASSIGNMENT, 3, seed=2)
    assert {state_of(course.submitted(f"student-000{number}", small.ASSIGNMENT)) for number in (1, 2, 3)} == {"made up"}


def test_removing_a_class_leaves_everything_as_if_it_had_never_been(
    course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    """Real students keep files, grades and comments, also those who stand between the made-up ones in the gradebook."""
    small.hand_in(course.root, "s-1", small.filled())
    grade(course, small.ASSIGNMENT, Engine(jobs=1))
    write_feedback(course, small.ASSIGNMENT)
    files, marks = contents(course), rows(course)
    simulate(course, small.ASSIGNMENT, 3)
    grade(course, small.ASSIGNMENT, Engine(jobs=1))
    write_feedback(course, small.ASSIGNMENT)
    (course.submitted("student-0001", small.ASSIGNMENT) / ".ipynb_checkpoints").mkdir()
    assert len(rows(course)["student"]) == 4
    assert run(course, "--remove") == 0
    assert "3 made-up submissions removed" in capsys.readouterr().out
    assert contents(course) == files
    assert rows(course) == marks
    assert not any((course.root / kind / "student-0001").exists() for kind in ("submitted", "autograded", "feedback"))
    assert run(course, "--remove") == 0
    assert rows(course) == marks


def test_a_submission_that_was_changed_since_is_left_and_named(
    course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    _replaced(course)
    grade(course, small.ASSIGNMENT, Engine(jobs=1))
    left = course.submitted("student-0003", small.ASSIGNMENT)
    before = {path.name: path.read_bytes() for path in left.iterdir()}
    assert run(course, "--remove") == 1
    assert str(left) in capsys.readouterr().out
    assert {path.name: path.read_bytes() for path in left.iterdir()} == before
    assert [row[0] for row in rows(course)["student"]] == ["student-0003"]
    assert course.autograded("student-0003", small.ASSIGNMENT).is_dir()


def test_a_student_with_a_name_stays_on_the_list_without_the_made_up_submission(course: Course) -> None:
    simulate(course, small.ASSIGNMENT, 1)
    grade(course, small.ASSIGNMENT, Engine(jobs=1))
    with closing(sqlite3.connect(course.gradebook)) as database, database:
        database.execute("UPDATE student SET first_name = 'Ada'")
    with pytest.raises(CourseError, match="student-0001"):
        simulate(course, small.ASSIGNMENT, 1)
    assert run(course, "--remove") == 0
    assert len(rows(course)["student"]) == 1
    assert rows(course)["submitted_assignment"] == rows(course)["grade"] == []


@pytest.mark.parametrize("arguments", [(), ("--students", "2", "--remove")])
def test_a_class_is_either_made_or_removed(arguments: tuple[str, ...], course: Course) -> None:
    assert run(course, *arguments) == 2
    assert not (course.root / "submitted").exists()
