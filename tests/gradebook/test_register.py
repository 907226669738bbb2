import json
import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from nbgrader.dbutil import upgrade

from autograder.course.course import Course
from autograder.errors import CourseError
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


def schema_of(gradebook: Path) -> tuple[list[tuple[str, str]], list[tuple[str]]]:
    with closing(sqlite3.connect(gradebook)) as database:
        tables = database.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
        return tables, database.execute("SELECT version_num FROM alembic_version").fetchall()


@pytest.mark.slow
def test_a_new_gradebook_is_what_nbgrader_makes_and_its_upgrade_has_nothing_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    course = Course.at(small.make_course(tmp_path))
    register(course, small.ASSIGNMENT)
    with Gradebook(f"sqlite:///{tmp_path / 'own.db'}"):
        pass
    ours = schema_of(course.gradebook)
    assert ours == schema_of(tmp_path / "own.db")
    upgrade(course.gradebook_url)
    assert schema_of(course.gradebook) == ours


def test_a_file_that_is_no_gradebook_is_named_and_left_alone(tmp_path: Path) -> None:
    course = Course.at(small.make_course(tmp_path))
    course.gradebook.write_bytes(b"marks of last year" * 100)
    with pytest.raises(CourseError, match=str(course.gradebook)):
        register(course, small.ASSIGNMENT)
    assert course.gradebook.read_bytes() == b"marks of last year" * 100
