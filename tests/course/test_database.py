"""A gradebook on a server that cannot be used is one clear line, without the password."""

import socket
import sys
from pathlib import Path

import pytest

from autograder.cli.commands import main
from autograder.course.course import Course
from autograder.course.database import has_gradebook, name_of, reading, transaction
from autograder.errors import CourseError

HEAD = 'c = get_config()\nc.CourseDirectory.course_id = "dl"\nc.CourseDirectory.db_url = '


def course_at(folder: Path, url: str) -> Course:
    (folder / "nbgrader_config.py").write_text(f"{HEAD}{url!r}\n")
    return Course.at(folder)


def said(course: Course) -> str:
    with pytest.raises(CourseError) as refused, reading(course):
        pass
    assert "\n" not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("postgresql+psycopg://ann@db.example.org:5433/marks", "postgresql://ann@db.example.org:5433/marks"),
        ("postgresql://ann:se%40cret@db.example.org/marks", "postgresql://ann@db.example.org/marks"),
        ("postgresql+psycopg:///marks", "postgresql:///marks"),
        ("postgresql+psycopg:///marks?host=/run/pg&password=secret", "postgresql:///run/pg/marks"),
    ],
)
def test_a_server_is_named_without_the_password(tmp_path: Path, url: str, name: str) -> None:
    course = course_at(tmp_path, url)
    assert course.has_server and name_of(course) == name


def test_a_server_that_does_not_answer_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        url = f"postgresql+psycopg://ann:secret@127.0.0.1:{port}/marks?application_name=secret"
        course = course_at(tmp_path, url)
        line = said(course)
        assert f"postgresql://ann@127.0.0.1:{port}/marks cannot be used" in line and "secret" not in line
        with pytest.raises(SystemExit) as ended:
            main(["history", "--course", str(tmp_path)])
    error = capsys.readouterr().err
    assert ended.value.code == 2 and error.count("\n") == 1 and "secret" not in error


@pytest.mark.parametrize(
    "rest", ["ann:se@cret@host/marks", "ann:secret@host:port/marks", "ann:secret@host:se/cret@x/marks", "@@secret"]
)
def test_a_url_that_cannot_be_read_is_not_shown(tmp_path: Path, rest: str) -> None:
    line = said(course_at(tmp_path, f"postgresql+psycopg://{rest}"))
    assert "db_url" in line and "secret" not in line and "cret" not in line


def test_an_option_that_the_driver_does_not_know_is_said(tmp_path: Path) -> None:
    line = said(course_at(tmp_path, "postgresql+psycopg://ann:secret@localhost/marks?colour=red"))
    assert "colour" in line and "secret" not in line


def test_a_missing_driver_is_said_with_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    line = said(course_at(tmp_path, "postgresql+psycopg://ann@driverless/marks"))
    assert 'pip install "deep-learning-lab[postgresql]"' in line


def test_a_file_of_any_name_can_be_the_gradebook_s_folder(tmp_path: Path) -> None:
    folder = tmp_path / "50 % of #1?mode=ro & ünï"
    folder.mkdir()
    (folder / "nbgrader_config.py").write_text("c = get_config()\n")
    course = Course.at(folder)
    assert not has_gradebook(course)
    with transaction(course) as database:
        database.exec_driver_sql("CREATE TABLE marks (points)")
    assert course.gradebook.is_file() and has_gradebook(course)


def test_a_writer_holds_the_lock_from_its_first_question_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from autograder.course import database as opening

    monkeypatch.setattr(opening, "LOCK_SECONDS", 0.1)
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")
    course = Course.at(tmp_path)
    with transaction(course) as first:
        first.exec_driver_sql("CREATE TABLE marks (points)")
        first.commit()
    with transaction(course), pytest.raises(CourseError, match="locked"), transaction(course):
        pass
    with reading(course) as reader, transaction(course) as writer:  # who reads holds nobody up
        writer.exec_driver_sql("INSERT INTO marks VALUES (1)")
        assert reader.exec_driver_sql("SELECT count(*) FROM marks").scalar() == 0
        writer.rollback()
