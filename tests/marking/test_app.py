"""The server of marking says what it does before it runs, and nothing that is not true."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from autograder.course.course import Course
from autograder.errors import CourseError
from autograder.marking.app import MarkingApp, serve
from tests.helpers.marked_course import ASSIGNMENT


@pytest.mark.parametrize(("user", "allowed", "runs"), [(0, False, False), (0, True, True), (1000, False, True)])
def test_root_is_told_how_to_mark_before_an_address_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, user: int, allowed: bool, runs: bool
) -> None:
    said: list[str] = []
    server = SimpleNamespace(allow_root=allowed, local_url="http://here", start=lambda: said.append("runs"))
    monkeypatch.setattr(MarkingApp, "initialize_server", lambda arguments: server)
    monkeypatch.setattr(os, "geteuid", lambda: user, raising=False)
    if runs:
        serve(Course(tmp_path), ASSIGNMENT, marker="", arguments=[], on_start=said.append)
    else:
        with pytest.raises(CourseError, match="-- --allow-root"):
            serve(Course(tmp_path), ASSIGNMENT, marker="", arguments=[], on_start=said.append)
    assert said == (["http://here", "runs"] if runs else [])
