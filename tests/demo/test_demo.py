"""`demo` makes its folder anew, and deletes nothing that it has not made itself."""

from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.cli.commands import main
from autograder.course.course import Course
from autograder.demo.demo import demo
from autograder.engines.registry import Engine
from tests.helpers import small_course as small


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return Course.at(small.make_course(tmp_path / "around" / "course"))


def run(course: Course, folder: Path) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["demo", "--course", str(course.root), "--into", str(folder)])
    return int(ended.value.code or 0)


def begin(course: Course, folder: Path) -> None:
    """Go as far as the first line, which the release of an assignment gives."""
    next(demo(course, folder, engine=Engine()))


def _others(course: Course) -> Path:
    (folder := course.root.parent / "thesis").mkdir()
    (folder / "chapter.txt").write_text("years of work")
    return folder


def _other_course(course: Course) -> Path:
    return small.make_course(course.root.parent / "other")


def _file(course: Course) -> Path:
    return course.root / "nbgrader_config.py"


@pytest.mark.parametrize(
    "place",
    [_others, _other_course, _file, lambda course: course.root, lambda course: course.root.parent],
    ids=["others", "another course", "a file", "the course", "around the course"],
)
def test_a_folder_that_no_demo_made_is_left_as_it_is(
    course: Course, place: Callable[[Course], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = place(course)
    before = sorted(course.root.parent.rglob("*"))
    assert run(course, folder) == 2
    printed = capsys.readouterr().err
    assert str(folder) in printed and "unexpected" not in printed and printed.count("\n") == 1
    assert sorted(course.root.parent.rglob("*")) == before


def test_a_demo_that_is_the_course_itself_is_left_as_it_is(
    course: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    begin(course, tmp_path / "demo")
    made = Course.at(tmp_path / "demo")
    for folder in (made.root, made.root / "source" / ".."):
        assert run(made, folder) == 2
        assert made.assignments() == [small.ASSIGNMENT] and "unexpected" not in capsys.readouterr().err


def test_a_course_inside_an_earlier_demo_is_left_as_it_is(course: Course, tmp_path: Path) -> None:
    begin(course, tmp_path / "demo")
    inside = Course.at(small.make_course(tmp_path / "demo" / "mine"))
    assert run(inside, tmp_path / "demo") == 2
    assert inside.assignments() == [small.ASSIGNMENT]


def test_a_demo_takes_the_place_of_an_earlier_one_even_if_that_broke_off(course: Course, tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    folder.mkdir()
    begin(course, folder)
    (folder / "left").write_text("by the earlier demo")
    begin(course, folder)
    assert not (folder / "left").exists() and (folder / "source").is_dir()
