"""What being late costs: from the platform's time and the course's rules alone, by machine and by hand alike."""

import shutil
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.course.course import Course
from autograder.course.timestamp import parse_moment, parse_span
from autograder.errors import CourseError
from autograder.export.table import table
from autograder.gradebook import words
from autograder.gradebook.history import Change, change_rules, read_history
from autograder.gradebook.late import (
    Lateness,
    LateRule,
    LateRules,
    NewRule,
    parse_penalty,
    read_late_rules,
    set_due,
    set_extension,
)
from autograder.gradebook.read_marks import read_marks
from tests.helpers import small_course as small
from tests.helpers.stub_engine import hand_in, mark, registered_course, run

pytestmark = pytest.mark.xdist_group("gradebook")

DUE = datetime(2026, 3, 1, 12)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def lateness(after: timedelta, rule: LateRule, extension: timedelta = timedelta(), late_days: int = 0) -> Lateness:
    rules = LateRules(Course(Path()), {"a": rule}, late_days)
    return rules.lateness({"a": (DUE + after, extension)})["a"]


@pytest.mark.parametrize(
    ("after", "days"),
    [(-HOUR, 0), (timedelta(), 0), (timedelta(seconds=1), 1), (DAY, 1), (DAY + timedelta(seconds=1), 2), (3 * DAY, 3)],
)
def test_each_day_begun_counts(after: timedelta, days: int) -> None:
    assert lateness(after, LateRule(DUE)).days == days


def test_within_the_grace_nothing_is_late_and_beyond_it_the_due_date_counts() -> None:
    rule = LateRule(DUE, grace=900)
    assert lateness(timedelta(minutes=15), rule) == Lateness()
    assert lateness(timedelta(minutes=16), rule).seconds == 960


def test_an_extension_moves_the_due_date_of_one_student() -> None:
    assert lateness(DAY, LateRule(DUE), extension=2 * DAY).days == 0
    assert lateness(3 * DAY, LateRule(DUE), extension=2 * DAY).days == 1


def test_late_days_are_used_in_the_order_of_due_dates_over_the_course() -> None:
    rules = LateRules(Course(Path()), {"z": LateRule(DUE), "a": LateRule(DUE + 30 * DAY)}, late_days=3)
    late = rules.lateness({"a": (DUE + 32 * DAY, timedelta()), "z": (DUE + 2 * DAY, timedelta())})
    assert {name: (one.days, one.free, one.charged) for name, one in late.items()} == {"z": (2, 2, 0), "a": (2, 1, 1)}


@pytest.mark.parametrize(
    ("rule", "days", "scores", "penalties"),
    [
        (LateRule(DUE, per_day=10), 2, {"n": 60.0}, {"n": 12.0}),
        (LateRule(DUE, per_day=60), 2, {"n": 60.0}, {"n": 60.0}),
        (LateRule(DUE, per_day=7, percent=False), 2, {"n": 10.0, "o": 10.0}, {"n": 10.0, "o": 4.0}),
        (LateRule(DUE, per_day=0), 5, {"n": 60.0}, {"n": 0.0}),
        (LateRule(DUE, per_day=10), 0, {"n": 60.0}, {"n": 0.0}),
    ],
)
def test_a_penalty_is_a_share_or_points_a_day_and_never_more_than_there_is(
    rule: LateRule, days: int, scores: dict[str, float], penalties: dict[str, float]
) -> None:
    rules = LateRules(Course(Path()), {"a": rule})
    assert rules.penalties("a", "ann", Lateness(days * 86400.0, days), scores) == penalties


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-02 23:59 +08:00", datetime(2026, 3, 2, 15, 59)),
        ("2026-03-02T23:59+0800", datetime(2026, 3, 2, 15, 59)),
        ("2026-03-02 23:59 Asia/Shanghai", datetime(2026, 3, 2, 15, 59)),
        ("2026-03-02 UTC", datetime(2026, 3, 2, 23, 59, 59)),
        ("2026-03-02 9:30 Z", datetime(2026, 3, 2, 9, 30)),
    ],
)
def test_times_are_read_as_people_type_them(text: str, moment: datetime) -> None:
    assert parse_moment(text) == moment


@pytest.mark.parametrize(
    "text", ["tomorrow", "03/02/2026", "2026-13-01", "2026-03-02 25:00", "2026-03-02 12:00 Mars/X"]
)
def test_what_is_no_time_is_refused_in_words(text: str) -> None:
    with pytest.raises(CourseError, match="is no time"):
        parse_moment(text)


def test_lengths_and_penalties_are_read_as_people_type_them() -> None:
    assert [parse_span(text) for text in ("15m", "15 min", "2h", "1.5 days")] == [
        *[timedelta(minutes=15)] * 2,
        2 * HOUR,
        1.5 * DAY,
    ]
    assert [parse_penalty(text) for text in ("10%", "2,5 %", "5", "plugin")] == [
        (10, True), (2.5, True), (5, False), (None, True)
    ]  # fmt: skip
    for text in ("-5", "a lot", "nan"):
        with pytest.raises(CourseError, match="is no penalty"):
            parse_penalty(text)
    with pytest.raises(CourseError, match="is no length"):
        parse_span("soon")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Ann in time, bob a day and an hour late; both with 10 points by machine and 5 by hand to be given."""
    course = registered_course(tmp_path_factory.mktemp("late") / "course")
    hand_in(course, "ann", "2026-03-01 10:00:00")
    hand_in(course, "bob", "2026-03-02 13:00:00")
    run(course)
    return course


@pytest.fixture
def course(template: Course, tmp_path: Path) -> Iterator[Course]:
    path = list(sys.path)
    yield Course.at(shutil.copytree(template.root, tmp_path / "course"))
    sys.path[:] = path


def change(course: Course, new: NewRule) -> list[Change]:
    changes = change_rules(course, small.ASSIGNMENT, lambda book: set_due(book, small.ASSIGNMENT, new), "2026-03-09")
    return [one for one in changes if one.is_news]


def total(course: Course, student: str) -> float:
    return read_marks(course, small.ASSIGNMENT).notebooks[student][small.ASSIGNMENT].score


def stored(course: Course, student: str) -> float | None:
    with Gradebook(course.gradebook_url) as book:
        penalty: float | None = book.find_submission_notebook(
            small.ASSIGNMENT, small.ASSIGNMENT, student
        ).late_submission_penalty
        return penalty


def test_a_due_date_and_a_penalty_change_what_is_graded_already_and_say_whom(course: Course) -> None:
    (news,) = change(course, NewRule(due=DUE, per_day=10.0))
    assert words.student_change(news) == (
        "bob: 10 → 8: penalty for being late 0 → 2. When it was handed in, or what that costs, changed."
    )
    assert (total(course, "ann"), total(course, "bob"), stored(course, "bob")) == (10, 8, 2)
    assert run(course)[1] == [] and len(read_history(course, "bob")) == 2


def test_points_by_hand_are_reduced_like_those_by_machine(course: Course) -> None:
    change(course, NewRule(due=DUE, per_day=10.0))
    mark(course, "bob", 5.0)
    assert total(course, "bob") == 12
    assert run(course)[1] == [] and stored(course, "bob") == 3


def test_another_time_of_handing_in_alone_changes_the_penalty(course: Course) -> None:
    change(course, NewRule(due=DUE, per_day=10.0))
    hand_in(course, "bob", "2026-03-01 11:00:00")
    results, news = run(course)
    assert results["bob"].state == "unchanged" and [one.causes for one in news] == [("late",)]
    assert (total(course, "bob"), stored(course, "bob")) == (10, None)
    times = [course.autograded("bob", small.ASSIGNMENT), course.submitted("bob", small.ASSIGNMENT)]
    assert len({(folder / "timestamp.txt").read_bytes() for folder in times}) == 1


def test_an_extension_is_kept_for_who_has_not_handed_in_yet(course: Course) -> None:
    change(course, NewRule(due=DUE, per_day=10.0))
    change_rules(
        course, small.ASSIGNMENT, lambda book: set_extension(book, small.ASSIGNMENT, ["bob", "eve"], 2 * DAY), "now"
    )
    assert total(course, "bob") == 10
    hand_in(course, "eve", "2026-03-03 11:00:00")
    run(course)
    assert total(course, "eve") == 10
    with Gradebook(course.gradebook_url) as book:
        assert book.find_submission(small.ASSIGNMENT, "eve").extension == 2 * DAY
    change_rules(
        course, small.ASSIGNMENT, lambda book: set_extension(book, small.ASSIGNMENT, ["eve"], timedelta()), "now"
    )
    assert total(course, "eve") == 8


def test_without_a_due_date_nothing_is_late_any_more(course: Course) -> None:
    change(course, NewRule(due=DUE, per_day=10.0))
    (news,) = change(course, NewRule(no_due=True))
    assert (news.student, news.after.total, stored(course, "bob")) == ("bob", 10, None)
    assert read_late_rules(course).rules == {}


PLUGIN = """
from nbgrader.plugins import LateSubmissionPlugin

class PerHour(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return {}
"""


def name_plugin(course: Course, module: str, result: str) -> None:
    (course.root / f"{module}.py").write_text(PLUGIN.format(result))
    with (course.root / "nbgrader_config.py").open("a") as config:
        config.write(f"\nc.AssignLatePenalties.plugin_class = '{module}.PerHour'\n")


def test_the_plugin_of_nbgrader_is_found_in_the_course_and_takes_points_by_hand_too(course: Course) -> None:
    name_plugin(course, "late_plugin_a", "score")
    change(course, NewRule(due=DUE))
    mark(course, "bob", 5.0)
    run(course)
    assert (total(course, "ann"), total(course, "bob"), stored(course, "bob")) == (10, 0, 15)


def test_a_plugin_counts_from_the_due_date_less_the_late_days(course: Course) -> None:
    name_plugin(course, "late_plugin_b", "total_seconds_late / 3600")
    change(course, NewRule(due=DUE, late_days=1))
    assert total(course, "bob") == 9


@pytest.mark.parametrize("result", ["1 / 0", "float('nan')", "'much'"])
def test_a_plugin_that_fails_stops_before_anything_is_written(course: Course, result: str) -> None:
    name_plugin(course, f"late_plugin_{len(result)}", result)
    before = course.gradebook.read_bytes()
    with pytest.raises(CourseError, match="plugin for late submissions"):
        change(course, NewRule(due=DUE))
    assert read_late_rules(course).rules == {} and total(course, "bob") == 10
    assert len(course.gradebook.read_bytes()) == len(before)


def test_a_plugin_that_cannot_be_imported_stops_the_run_and_leaves_the_penalties(course: Course) -> None:
    change(course, NewRule(due=DUE, per_day=10.0))
    with (course.root / "nbgrader_config.py").open("a") as config:
        config.write("\nc.AssignLatePenalties.plugin_class = 'no_such_module.PerDay'\n")
    with pytest.raises(CourseError, match="plugin for late submissions"):
        change(course, NewRule(by_plugin=True))
    assert (total(course, "bob"), stored(course, "bob")) == (8, 2)


def test_who_is_late_is_said_in_words_and_in_the_table(course: Course) -> None:
    change(course, NewRule(due=DUE, per_day=10.0, late_days=1))
    late = read_marks(course, small.ASSIGNMENT).late
    assert words.late_line(late["ann"], 0.0) == ""
    assert words.late_line(late["bob"], 1.0) == "Handed in 1 d 1 h late, 1 late day used, 1 points taken off."
    rows = {row["student"]: (row["late"], row["late_penalty"], row["total"]) for row in table(course, small.ASSIGNMENT)}
    assert rows == {"ann": ("", 0, 10), "bob": ("1 d 1 h", 1, 9)}
