"""Tests that nbgrader writes itself are what students are graded with, in every engine and in `check`."""

import json
from pathlib import Path

import pytest

from autograder.engines.registry import Engine
from autograder.errors import CourseError
from autograder.grading.check_notebook import check_notebook
from autograder.grading.grade_class import grade
from autograder.notebook.autotests import with_autotests
from tests.engines import parity
from tests.helpers import small_course as small

SOURCE = {
    "cells": [
        small.code("test_a", "### AUTOTEST a", grade=True, locked=True, points=1),
        small.code("test_b", "assert b == 1", grade=True, locked=True, points=1),
        small.code("plain", "# AUTOTEST is a word here"),
    ]
}


def sources(notebook: bytes) -> list[str]:
    return [cell["source"] for cell in json.loads(notebook)["cells"]]


def test_only_cells_with_such_lines_become_what_the_gradebook_holds() -> None:
    written = {"test_a": "assert a == 5", "test_b": "assert b == 2"}
    assert sources(with_autotests(small.to_bytes(SOURCE), written)) == [
        "assert a == 5",
        "assert b == 1",
        "# AUTOTEST is a word here",
    ]


def test_a_test_that_is_not_written_yet_is_said_and_does_not_give_full_marks() -> None:
    with pytest.raises(CourseError, match="test_a are not written yet"):
        with_autotests(small.to_bytes(SOURCE), {})


@pytest.mark.parametrize("data", [b"AUTOTEST", b'{"cells": ["AUTOTEST"]}', b'["AUTOTEST"]', b'{"AUTOTEST": 1}'])
def test_what_is_no_notebook_is_left_to_the_reader(data: bytes) -> None:
    assert with_autotests(data, {}) == data


@pytest.mark.kernel
def test_a_second_run_finds_nothing_changed_and_check_judges_with_the_same_tests(tmp_path: Path) -> None:
    fixture = parity.autotest("simple", "changed", "unchanged")
    course = parity.make_course(tmp_path / "course", parity.CONFIG)
    parity.lay_out(course, "letters", fixture)
    empty = course.gradebook.rename(tmp_path / "empty")
    with pytest.raises(CourseError, match="not written yet"):
        check_notebook(course, "letters", course.submitted("changed", "letters") / "p1.ipynb", Engine("sandbox"))
    empty.rename(course.gradebook)
    first = grade(course, "letters", Engine("sandbox"))
    again = grade(course, "letters", Engine("sandbox"))
    assert [(one.student, one.state, one.score) for one in first] == [
        ("changed", "graded", 1),
        ("unchanged", "graded", 0),
    ]
    assert [(one.state, one.score) for one in again] == [("unchanged", 1), ("unchanged", 0)]
    checked = check_notebook(
        course, "letters", course.submitted("unchanged", "letters") / "p1.ipynb", Engine("sandbox")
    )
    assert checked.score == 0
