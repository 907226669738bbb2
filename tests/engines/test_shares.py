"""A course's own shares for known mistakes are held against the answer keys, and count in both engines."""

from pathlib import Path

import pytest

from autograder.assignments import answer_key, names
from autograder.checking.check import MAX_SHARE
from autograder.course.course import Course
from autograder.engines.kernel import in_kernel
from autograder.engines.shares import course_shares
from autograder.errors import CourseError
from tests.helpers import small_course as small


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return Course.at(small.make_course(tmp_path))


def write(course: Course, text: str) -> None:
    (course.root / "shares.toml").write_text(text, encoding="utf-8")


def test_a_course_without_the_file_has_no_shares_of_its_own(course: Course) -> None:
    assert course_shares(course) == {}


def test_shares_are_read_by_mistake_and_criterion(course: Course) -> None:
    write(course, "# ours\n[l2-cost-half-missing]\nvalue = 0.5\n'edge cases' = 0\n[bn-no-axis]\n")
    assert course_shares(course) == {"l2-cost-half-missing": {"value": 0.5, "edge cases": 0}, "bn-no-axis": {}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[l2-cost-half-missing", "TOML"),
        ("l2-cost-half-missing = 0.5", "square brackets"),
        ("[l2-cost-half]\nvalue = 0.5", "no known mistake 'l2-cost-half'"),
        ("[l2-cost-half-missing]\nvalues = 0.5", "no criterion 'values'. It has: edge cases, inputs unchanged"),
        ("[l2-cost-half-missing]\nvalue = '0.5'", "not a number"),
        ("[l2-cost-half-missing]\nvalue = true", "not a number"),
        ("[l2-cost-half-missing]\nvalue = 1", "from 0 to 0.9"),
        ("[l2-cost-half-missing]\nvalue = -0.1", "from 0 to 0.9"),
        ("[l2-cost-half-missing]\nvalue = nan", "from 0 to 0.9"),
    ],
)
def test_a_file_that_is_not_right_is_one_clear_line(course: Course, text: str, said: str) -> None:
    write(course, text)
    with pytest.raises(CourseError, match=said) as raised:
        course_shares(course)
    assert "shares.toml" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_the_grader_in_a_kernel_gives_the_share_of_the_course(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    (mistake,) = (m for m in answer_key("regularization").mistakes if m.id == "l2-cost-half-missing")
    monkeypatch.setenv("AUTOGRADER_COURSE", str(course.root))
    write(course, "[l2-cost-half-missing]\nvalue = 0.25\n")
    in_kernel._prepare.cache_clear()
    assert in_kernel.grade(mistake.of[0], mistake.functions[mistake.of[0]]) == 1.5
    in_kernel._prepare.cache_clear()


@pytest.mark.parametrize("assignment", names())
def test_the_shares_of_an_answer_key_are_of_its_mistakes_and_leave_something_to_lose(assignment: str) -> None:
    key = answer_key(assignment)
    mistakes = {mistake.id: mistake for mistake in key.mistakes}
    for id, shares in key.shares.items():
        assert set(shares) <= key.criteria_of(mistakes[id])
        assert all(0 < share <= MAX_SHARE for share in shares.values())
