"""The class zip's README is docs/student.md: one text, as Markdown and as a page, with the assignment's name in it."""

import re
from pathlib import Path

import pytest

from autograder.assignments import names
from autograder.course.course import Course
from autograder.errors import CourseError
from autograder.release.class_zip import class_files
from autograder.release.leaks import forbidden_in
from autograder.release.student_page import readme_files
from tests.helpers import small_course as small

COURSE = Course.at(Path(__file__).parents[2])
PAGE = COURSE.root / "docs" / "student.md"


@pytest.mark.parametrize("assignment", names())
def test_both_forms_hold_every_heading_and_every_line_that_is_typed(assignment: str) -> None:
    files = {name: content.decode() for name, content in readme_files(PAGE, assignment).items()}
    assert files["README.md"] == PAGE.read_text(encoding="utf-8").replace("NAME", assignment)
    typed = re.findall(r"^ *(?:!unzip|%cd|\.venv|py -m|python3 -m).*$", files["README.md"], re.MULTILINE)
    assert len(typed) >= 10 and f"!unzip -qo {assignment}.zip" in map(str.strip, typed)
    headings = re.findall(r"^#+ (.*)$", files["README.md"], re.MULTILINE)
    for text in (*headings, *(line.strip().replace('"', "&quot;") for line in typed)):
        assert text in files["README.html"]
    assert "<table>" in files["README.html"] and "<script" not in files["README.html"]


@pytest.mark.parametrize("assignment", names())
def test_the_zip_holds_it_with_the_notes_on_the_data_and_no_word_of_the_grader(assignment: str) -> None:
    files = class_files(COURSE, assignment, COURSE.release(assignment))
    assert {"README.md", "README.html", "datasets/README.md"} <= set(files)
    assert list(forbidden_in(files)) == []


def test_the_page_of_the_course_wins_whatever_editor_saved_it(tmp_path: Path) -> None:
    course = Course.at(small.make_course(tmp_path))
    assert course.student_page() == PAGE
    own = course.root / "docs" / "student.md"
    own.parent.mkdir()
    own.write_bytes("\ufeff# 说明\r\n\r\nNAME & λ\r\n".encode())
    files = readme_files(course.student_page(), "numbers", "zh_CN")
    assert files["README.md"].decode() == "# 说明\n\nnumbers & λ\n"
    assert '<html lang="zh-CN">' in files["README.html"].decode()
    assert "<h1>说明</h1>" in files["README.html"].decode() and "numbers &amp; λ" in files["README.html"].decode()


def test_a_page_that_is_not_utf8_is_one_line_for_the_instructor(tmp_path: Path) -> None:
    page = tmp_path / "student.md"
    page.write_bytes("# 说明".encode("gb18030"))
    with pytest.raises(CourseError, match=r"student\.md is not text in UTF-8"):
        readme_files(page, "numbers")


def test_each_message_that_the_page_explains_is_worded_as_the_toolkit_words_it() -> None:
    sources = [*(COURSE.root / "labkit").rglob("words.py"), *COURSE.notebooks(names()[0])]
    text = " ".join(path.read_text(encoding="utf-8").replace("\\n", " ") for path in sources)
    known = " ".join(re.sub(r"\{.*?\}|[\"\\]|,(?= *\n)", " ", text).split())
    explained = re.findall(r"^\| \*([^*|]+)\*", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(explained) >= 12
    for message in set(explained) - {"Extract All"}:
        for part in filter(None, map(str.strip, message.replace("10 s", "…").split("…"))):
            assert part in known, message
