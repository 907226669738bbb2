"""Quartiles, how well questions separate, times of handing in and sections, from a class made by hand."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from autograder.gradebook.read_marks import Mark
from autograder.gradebook.rubric_marks import GivenItems
from autograder.pages.class_numbers import MIN_STUDENTS, Spread, markers, sections, separation, times
from autograder.pages.class_summary import ClassSummary, Key, QuestionRow, StudentRow

EASY, HARD, TEXT = (("lab", name) for name in ("test_easy", "test_hard", "conclusions"))
DUE = datetime(2026, 3, 10, 12)


def make_class(points: Sequence[dict[Key, float | None]]) -> ClassSummary:
    """A class with a question of 10 points, another one, and a text that is open where it has no points."""
    summary = ClassSummary()
    for key in (EASY, HARD, TEXT):
        summary.questions[key] = QuestionRow(key[1], key == TEXT, 10.0)
    for number, own in enumerate(points):
        marks = {
            key: Mark(key[1], 10.0, auto=score, flagged=score is None, written=key == TEXT)
            for key, score in own.items()
        }
        row = StudentRow(f"s{number:02}", "", marks, 0.0, 0.0, sum(mark.open for mark in marks.values()), "")
        row.submitted = DUE + timedelta(days=number - 9)
        row.seconds_late = max(0.0, (row.submitted - DUE).total_seconds())
        summary.students.append(row)
    return summary


def graded(easy: float, hard: float) -> dict[Key, float | None]:
    return {EASY: easy, HARD: hard, TEXT: None}


def test_quartiles_are_those_of_the_points() -> None:
    spread = Spread.of([0, 10, 20, 30, 40])
    assert (spread.lowest, spread.lower, spread.median, spread.upper, spread.highest) == (0, 10, 20, 30, 40)
    assert Spread.of([7.0]) == Spread(1, 7.0, 0.0, 7.0, 7.0, 7.0, 7.0, 7.0)


def test_a_question_that_only_strong_students_solve_separates() -> None:
    powers = separation(make_class([graded(number, 10.0 * (number > 5)) for number in range(11)]))
    assert powers[HARD].with_rest == pytest.approx(0.8660, abs=1e-3) and powers[HARD].upper_lower == 1.0
    assert TEXT not in powers


def test_a_question_that_all_solve_separates_nobody() -> None:
    power = separation(make_class([graded(number, 10.0) for number in range(12)]))[HARD]
    assert power.with_rest is None and power.upper_lower == 0.0


def test_a_class_that_is_too_small_has_neither_separation_nor_times() -> None:
    few = make_class([graded(number, 5.0) for number in range(MIN_STUDENTS - 1)])
    assert separation(few) == {} and times(few, DUE, {}) is None


def test_a_submission_without_work_counts_nowhere() -> None:
    summary = make_class([graded(10.0, 10.0) for _ in range(12)])
    summary.students[0].state = "unreadable"
    handed_in = times(summary, DUE, {})
    assert handed_in and len(handed_in.points) == 11 == len(summary.counted)


def test_times_count_from_the_students_own_due_date() -> None:
    handed_in = times(make_class([graded(number / 2, 5.0) for number in range(12)]), DUE, {"s11": 86_400.0})
    assert handed_in and [point.days for point in handed_in.points][-2:] == [1.0, 1.0]
    assert [(part.name, part.students) for part in handed_in.parts] == [
        ("more than 3 days before", 6), ("1 to 3 days before", 2), ("on the last day", 2), ("late", 2),
    ]  # fmt: skip
    assert handed_in.with_time is not None and handed_in.with_time > 0.9


def test_without_a_due_date_times_count_from_the_first_submission() -> None:
    handed_in = times(make_class([graded(5.0, 5.0) for _ in range(10)]), None, {})
    assert handed_in and handed_in.points[0].days == 0.0 and handed_in.parts == [] and handed_in.with_time is None


def test_those_who_marked_by_hand_are_compared_by_the_shares_that_they_gave() -> None:
    summary = make_class([graded(5.0, 5.0) for _ in range(4)])
    assert markers(summary, {}) == []
    for row, points in zip(summary.students, (10.0, 5.0, 8.0), strict=False):
        row.scores[TEXT] = Mark("conclusions", 10.0, manual=points, written=True)
    tina = GivenItems((), 0.0, "", "", "tina")
    given = {student: {"lab/conclusions": tina} for student in ("s00", "s01")}
    parts = markers(summary, given)
    assert [(part.name, part.students, part.spread and part.spread.mean) for part in parts] == [
        ("tina", 2, 0.75), ("in formgrader", 1, 0.8),
    ]  # fmt: skip


def test_sections_are_compared_by_the_points_of_the_machine() -> None:
    summary = make_class([graded(2.0 * (number % 2), 4.0) for number in range(6)])
    assert sections(summary) == []
    for number, row in enumerate(summary.students):
        row.section = ("Tuesday", "")[number % 2]
    none, tuesday = sections(summary)
    assert (none.name, none.students, none.open) == ("in no section", 3, 3)
    assert tuesday.spread and tuesday.spread.mean == 0.2 and none.spread and none.spread.mean == pytest.approx(0.3)
