"""The course names the language of its pages in nbgrader_config.py."""

from pathlib import Path

import pytest

from autograder.course import own_settings
from autograder.course.own_settings import language_of
from autograder.errors import CourseError


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("c = get_config()\nc.Autograder.language = 'zh_CN'\n", "zh_CN"),
        ("c.Autograder.language = 'en'", "en"),
        ("c.CourseDirectory.course_id = 'dl'", ""),
        ("c.Autograder.language = ", ""),
    ],
)
def test_the_language_is_read_without_running_the_file(
    tmp_path: Path, text: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_settings, "languages", lambda: ["en", "zh_CN"])
    config = tmp_path / "nbgrader_config.py"
    config.write_text(text, encoding="utf-8")
    assert language_of(config) == name
    assert language_of(tmp_path / "none.py") == ""


@pytest.mark.parametrize("value", ["'tlh'", "1", "other"])
def test_a_language_that_there_is_not_is_refused_in_one_line(tmp_path: Path, value: str) -> None:
    config = tmp_path / "nbgrader_config.py"
    config.write_text(f"c.Autograder.language = {value}", encoding="utf-8")
    with pytest.raises(CourseError, match=r"sets Autograder.language to .*; there are: en"):
        language_of(config)
