import contextlib
import errno
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import cast

import pytest

from autograder.cli.commands import main
from autograder.course.course import Course
from autograder.engines.registry import Engine
from autograder.engines.result import CellScore, Judged, JudgedNotebook
from autograder.grading.result import GradedStudent
from autograder.notebook.format import Notebook
from autograder.notebook.notes import NEWER_PYTHON, Note
from tests.helpers import small_course as small
from tests.helpers.downloads import save
from tests.helpers.stub_engine import hand_in, registered_course
from tests.helpers.stub_engine import run as grade_with_stub

REPOSITORY = Path(__file__).parents[2]


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return int(ended.value.code or 0)


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return Course.at(small.make_course(tmp_path / "course"))


def files(course: Course) -> dict[str, bytes]:
    return {str(path.relative_to(course.root)): path.read_bytes() for path in course.root.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["grade", "letters"], "No assignment 'letters'"),
        (["grade", "numbers"], "Nobody handed in"),
        (["grade", "numbers", "--engine", "magic"], "No engine 'magic'"),
        (["grade"], "Missing argument"),
        (["grade", "numbers", "--jobs", "0"], "jobs"),
        (["collect", "numbers", "no such file"], "There is no no such file"),
        (["export", "numbers", "--output", "x.csv"], "gradebook"),
        (["feedback", "numbers"], "gradebook"),
        (["report", "numbers"], "gradebook"),
        (["simulate", "letters", "--students", "3"], "No assignment 'letters'"),
        (["simulate", "letters", "--remove"], "No assignment 'letters'"),
        (["simulate", "numbers"], "--students"),
        (["release", "../numbers"], "No assignment"),
        (["check", "nothing.ipynb", "--assignment", "numbers"], "no nothing.ipynb"),
        (["fly"], "No such command"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_done_is_one_line_on_stderr_and_exit_code_2(
    course: Course, capsys: pytest.CaptureFixture[str], arguments: list[str], word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(course.root)
    assert run(*arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert word in printed.err and printed.err.count("\n") == 1


def test_more_processes_than_cores_are_not_started(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def grade(*arguments: object, **_: object) -> list[GradedStudent]:
        asked.extend(argument.jobs for argument in arguments if isinstance(argument, Engine))
        return []

    monkeypatch.setattr("autograder.spread.cores", lambda: 3)
    monkeypatch.setattr("autograder.grading.grade_class.grade", grade)
    monkeypatch.setattr("autograder.gradebook.record.recorded_students", lambda *_: set())
    for jobs in ([], ["--jobs", 2], ["--jobs", 3], ["--jobs", 64]):
        run("grade", "numbers", "--course", course.root, *jobs)
    assert asked == [3, 2, 3, 3]


def test_a_folder_that_is_no_course_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("grade", "numbers", "--course", tmp_path) == 2
    assert "nbgrader_config.py" in capsys.readouterr().err


def test_a_config_that_does_not_run_is_one_line(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    (course.root / "nbgrader_config.py").write_text("c = get_config(\n")
    small.hand_in(course.root, "s-1", small.filled())
    assert run("grade", "numbers", "--course", course.root) == 2
    error = capsys.readouterr().err
    assert "SyntaxError" in error and error.count("\n") == 1


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake in the program."""
    monkeypatch.setattr(Course, "assignments", lambda course: 1 / 0)


def test_ctrl_c_says_of_no_command_that_it_has_graded(
    course: Course, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Course, "assignments", stop)
    assert run("release", "--course", course.root) == 2
    assert capsys.readouterr().err.strip() == "autograder: stopped; what was finished so far is kept"


@pytest.mark.usefixtures("broken")
def test_an_unexpected_error_is_one_line_that_names_the_file_with_the_traceback(
    course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    file = course.private / "errors.log"
    for times in (1, 2):
        assert run("release", "--course", course.root) == 2
        printed = capsys.readouterr()
        assert printed.out == "" and printed.err.count("\n") == 1
        assert "unexpected ZeroDivisionError" in printed.err and str(file) in printed.err
        kept = file.read_text()
        assert kept.count("Traceback (most recent call last)") == times
        assert "in release" in kept and kept.count("ZeroDivisionError: division by zero\n") == times


@pytest.mark.usefixtures("broken")
def test_a_traceback_that_the_course_cannot_keep_is_kept_in_a_temporary_folder(
    course: Course, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    course.private.write_text("a file where the folder should be")
    assert run("release", "--course", course.root) == 2
    (file,) = tmp_path.glob("autograder_errors-*/errors.log")
    assert str(file) in capsys.readouterr().err
    assert "ZeroDivisionError" in file.read_text()


@pytest.mark.usefixtures("broken")
def test_an_unexpected_error_is_one_line_too_where_nothing_can_be_written(
    course: Course, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    course.private.write_text("a file where the folder should be")
    assert run("release", "--course", course.root) == 2
    assert capsys.readouterr().err == "autograder: unexpected ZeroDivisionError: division by zero\n"


@pytest.mark.parametrize("place", ["dist/numbers.zip", None])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_what_the_disk_refuses_is_one_line_and_no_error_of_the_program(
    course: Course, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, number: int, place: str | None
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number), place)

    monkeypatch.setattr(Course, "assignments", refuse)
    assert run("release", "--course", course.root) == 2
    printed = capsys.readouterr().err
    reason = os.strerror(number)
    assert printed.startswith(f"autograder: {place}: {reason}. " if place else f"autograder: {reason}. ")
    assert printed.count("\n") == 1
    assert not (course.private / "errors.log").exists()


def test_help_lists_the_commands_and_imports_nothing_heavy() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "autograder", "--help"],
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
    )
    assert done.returncode == 0
    for command in (
        "release",
        "simulate",
        "collect",
        "grade",
        "check",
        "feedback",
        "report",
        "export",
        "verify",
        "demo",
    ):
        assert f"\n  {command} " in done.stdout
    for heavy in ("numpy", "nbgrader", "nbformat", "matplotlib", "rich", "sqlalchemy", "jinja2", "IPython"):
        assert f" {heavy}\n" not in done.stderr


@pytest.mark.slow
def test_a_broken_submission_is_listed_with_exit_code_1_and_the_rest_is_exported(
    course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    small.hand_in(course.root, "=2+3", b"{")
    small.hand_in(course.root, "s-2", small.filled())
    assert run("grade", "numbers", "--course", course.root, "--jobs", 1, "--student", "=2+3", "--student", "s-2") == 1
    printed = capsys.readouterr().out
    assert "1 graded, 1 could not be read" in printed and "=2+3: The file is not a notebook" in printed
    assert run("grade", "numbers", "--course", course.root, "--jobs", 1, "--student", "=2+3", "--student", "s-2") == 0
    printed = capsys.readouterr().out
    assert "1 unchanged since it was graded, 1 could not be read" in printed and "not a notebook" not in printed
    output = course.root / "scores.csv"
    assert run("export", "numbers", "--course", course.root, "--output", output) == 0
    header, first, second = output.read_text().splitlines()
    assert header.startswith("student,name,submitted,double,square,conclusions,")
    assert first.startswith("'=2+3,") and second.endswith(",10.0,15.0")
    assert run("export", "numbers", "--course", course.root, "--to", "json", "--output", output) == 0
    assert [row["total"] for row in json.loads(output.read_text())] == [0, 10]
    assert run("feedback", "numbers", "--course", course.root) in (0, 1)
    assert (course.feedback("s-2", "numbers") / "numbers.html").is_file()


@pytest.mark.kernel
def test_check_prints_one_json_object_and_leaves_the_course_as_it_is(
    course: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notebook = small.filled()
    small.cell(notebook, "square")["source"] = "def square(x):\n    raise ValueError('no idea')"
    small.cell(notebook, "test_double")["source"] = "pass"
    file = tmp_path / "mine.ipynb"
    file.write_bytes(small.to_bytes(notebook))
    before = files(course)
    assert run("check", file, "--assignment", "numbers", "--engine", "nbgrader", "--course", course.root, "--json") == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out) == {
        "assignment": "numbers",
        "score": 4.0,
        "max_score": 10.0,
        "cells": [
            {
                "grade_id": "test_double",
                "score": 4.0,
                "max_score": 4.0,
                "criteria": [],
                "mistakes": [],
                "error": None,
            },
            {
                "grade_id": "test_square",
                "score": 0.0,
                "max_score": 6.0,
                "criteria": [],
                "mistakes": [],
                "error": "ValueError: no idea",
            },
        ],
        "needs_manual_grade": ["conclusions"],
    }
    assert "test_double was changed" in printed.err
    assert files(course) == before


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_check_says_first_that_a_newer_python_was_used_and_other_notes_last(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    notes = (Note("test-edited", "test_double", "A test was changed."), Note(NEWER_PYTHON, "", "Python 3.99 was used."))
    judged = Judged(
        {"numbers": JudgedNotebook.of(cast("Notebook", small.source()))},
        (CellScore("numbers", "test_double", 4.0, 4.0, False),),
        notes=notes,
    )
    monkeypatch.setattr("autograder.grading.check_notebook.check_notebook", lambda *rest: judged)
    file = tmp_path / "mine.ipynb"
    file.write_bytes(small.to_bytes(small.filled()))
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        assert run("check", file, "--assignment", "numbers", "--course", course.root, *options) == 0
    first, *result, last = said.getvalue().splitlines()
    assert (first, last) == ("Python 3.99 was used.", "A test was changed.")
    assert "double" in "\n".join(result)


@pytest.mark.slow
@pytest.mark.parametrize("data", [b"", b"{", b'{"cells": []}'])
def test_check_of_what_is_no_notebook_is_one_line(
    course: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes
) -> None:
    file = tmp_path / "mine.ipynb"
    file.write_bytes(data)
    assert run("check", file, "--assignment", "numbers", "--course", course.root, "--json") == 2
    printed = capsys.readouterr()
    assert printed.out == "" and printed.err.count("\n") == 1


def test_due_extend_and_history_go_the_way_of_a_late_student(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    course = registered_course(tmp_path / "course")
    hand_in(course, "bob", "2026-03-02 13:00:00")
    grade_with_stub(course)
    place = ("--course", course.root)
    assert run("due", "numbers", "2026-03-01 12:00 UTC", "--penalty", "10%", "--grace", "15m", *place) == 0
    said = capsys.readouterr().out
    assert "10 % of the points reached" in said and "bob: 10 → 8" in said and "1 d 1 h late" in said
    assert run("extend", "numbers", "bob", "--by", "2d", *place) == 0
    assert "bob: 8 → 10" in capsys.readouterr().out
    assert run("history", "bob", *place) == 0
    assert "penalty for being late 2 → 0" in capsys.readouterr().out
    assert run("history", *place) == 0
    assert "numbers: 1 score changed" in capsys.readouterr().out
    for arguments, word in (
        (["extend", "numbers", "bbo", "--by", "2d"], "Nobody of the id 'bbo'"),
        (["extend", "numbers", "bob"], "--until"),
        (["extend", "numbers", "bob", "--until", "2026-02-01"], "before its due date"),
        (["due", "numbers", "soon"], "is no time"),
        (["history", "nobody"], "Nothing is kept of nobody"),
    ):
        assert run(*arguments, *place) == 2
        assert word in capsys.readouterr().err


def test_from_the_list_of_a_class_to_its_submissions(
    course: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people = save(tmp_path / "people.csv", b"student_id,username,first_name,last_name\n007,ada,Ada,E\n008,bo,Bo,S\n")
    assert run("roster", people, "--course", course.root) == 0
    assert capsys.readouterr().out == (
        "Header in row 1: student_id, username, first_name, last_name; ids from 'student_id'\n2 students read, 2 new\n"
    )
    notebook = save(tmp_path / "mail.ipynb", small.to_bytes(small.filled()))
    assert run("collect", "numbers", notebook, "--student", "ada", "--course", course.root) == 0
    assert capsys.readouterr().out == "numbers: 1 submission collected\n"
    save(tmp_path / "in/ada/x.ipynb", small.to_bytes(small.filled()) + b" ")
    assert run("collect", "numbers", tmp_path / "in/ada", "--student", "007", "--course", course.root) == 0
    assert capsys.readouterr().out.splitlines()[1] == "  007: replaced; handed in ?, now ?"
    assert run("rename", "007", "070", "--course", course.root) == 0
    assert capsys.readouterr().out == "007 is 070 now\n"
    assert run("rename", "007", "071", "--course", course.root) == 2
    assert capsys.readouterr().err == "autograder: There is no student 007 to rename.\n"
    assert run("collect", "numbers", save(tmp_path / "empty/008/x.txt", b"").parents[1], "--course", course.root) == 1
    assert "  008: handed in nothing usable: 008/x.txt\n" in capsys.readouterr().out


def test_lab_reports_are_counted_and_what_has_none_is_listed(
    course: Course, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    small.hand_in(course.root, "ada", small.filled())
    assert run("lab-report", "numbers", "--course", course.root) == 0
    assert f"1 lab report → {course.reports() / 'numbers'}" in capsys.readouterr().out
    small.hand_in(course.root, "ben", b"{}")
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert run("lab-report", "numbers", "--pdf", "--course", course.root) == 1
    shown = capsys.readouterr().out
    assert "  ben: The file" in shown and "No PDF was made" in shown
    assert [path.name for path in (course.reports() / "numbers").iterdir()] == ["ada.html"]
