"""What pages of marking are handed, and what they can do."""

from pathlib import Path
from typing import Any

import pytest

from autograder.course.course import Course
from autograder.course.roster import Person, Roster
from autograder.errors import AutograderError, CourseError
from autograder.gradebook.read_marks import read_marks
from autograder.gradebook.rubric_marks import AnswerState, HandMark, SecondMark
from autograder.gradebook.students import keep_people
from autograder.marking.desk import Choice, Desk, RequestError, agreement
from tests.helpers.marked_course import ANSWERS, ASSIGNMENT, QUESTION, WHY, autograded, hand_in, make_class, make_course

KEY = QUESTION.key
TEXTS = [*ANSWERS, "", "", ANSWERS[0].upper()]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(make_class(tmp_path, len(TEXTS), lambda number: TEXTS[number]), ASSIGNMENT)
    made.refresh()
    return made


def page(desk: Desk, marker: str = "tina", choice: Choice | None = None) -> dict[str, Any]:
    return desk.page(KEY, marker, choice or Choice())


def give(
    desk: Desk,
    *keys: str,
    marker: str = "tina",
    seen: int = 0,
    op: str = "",
    items: tuple[int, ...] = (0,),
    **more: Any,
) -> dict[str, Any]:
    ids = [page(desk)["items"][number]["id"] for number in items]
    mark = {"items": ids, "adjustment": 0, "comment": "", "done": False} | more
    body = {
        "op": op or f"{marker}-{keys}-{seen}-{items}",
        "mark": mark,
        "answers": {key: {"seen": seen} for key in keys},
    }
    return desk.mark(KEY, marker, body)


def test_a_page_has_the_answers_that_wait_first_the_empty_ones_last_and_no_names(desk: Desk) -> None:
    shown = page(desk)
    assert len(shown["answers"]) == len(TEXTS)
    assert [row["empty"] for row in shown["answers"]] == [False] * 5 + [True] * 2
    assert "student" not in str(shown)
    assert [item["points"] for item in shown["items"]] == [3.0, 2.0, -1.0]
    first = shown["answers"][0]["key"]
    give(desk, first)
    assert page(desk)["answers"][-1]["key"] == first
    assert page(desk, choice=Choice(first=first))["answers"][0]["key"] == first


def test_a_name_from_right_to_left_leaves_the_id_beside_it_in_its_place(desk: Desk) -> None:
    key = page(desk)["answers"][0]["key"]
    student = desk.answers(KEY, [key], names=True)[0]["name"].partition(" ")[0]
    keep_people(desk.course, Roster([Person(student, last_name="\u0645")]))
    assert desk.answers(KEY, [key], names=True)[0]["name"] == f"{student} · \u2068\u0645\u2069"


def test_names_come_only_when_they_are_asked_for(desk: Desk) -> None:
    key = page(desk)["answers"][0]["key"]
    (hidden,), (named,) = desk.answers(KEY, [key]), desk.answers(KEY, [key], names=True)
    assert "student" not in str(hidden)
    assert named["name"].startswith("student-000")


def test_a_mark_stands_in_the_gradebook(desk: Desk) -> None:
    key = page(desk)["answers"][0]["key"]
    saved = give(desk, key, items=(0, 1), comment="Well said.")
    assert (saved["states"][0]["score"], saved["states"][0]["open"], saved["refused"]) == (5.0, False, [])
    marks = read_marks(desk.course, ASSIGNMENT)
    (student,) = (who for who, own in marks.notebooks.items() if own[ASSIGNMENT].marks[WHY].manual is not None)
    assert marks.notebooks[student][ASSIGNMENT].comments[WHY].startswith("Well said.\n\n- +3: the scattering")


def test_a_group_gets_a_mark_with_exceptions_and_gives_it_back(desk: Desk) -> None:
    rows = page(desk)["answers"]
    alike = [row["key"] for row in rows if row["group"] >= 0]
    assert len(alike) == 2
    assert len(desk.groups(KEY)["groups"]) == 1
    give(desk, *alike)
    assert {row["score"] for row in page(desk)["answers"] if row["key"] in alike} == {3.0}
    undone = desk.undo(KEY, "tina", {"op": "back"})
    assert {state["key"] for state in undone["states"]} == set(alike)
    assert all(row["open"] for row in page(desk)["answers"])
    assert desk.undo(KEY, "tina", {"op": "again"})["nothing"]


def test_in_a_group_what_somebody_else_marked_meanwhile_stays(desk: Desk) -> None:
    first, second = (row["key"] for row in page(desk)["answers"] if row["group"] >= 0)
    give(desk, second, marker="tom", items=(1,))
    saved = give(desk, first, second)
    assert [state["key"] for state in saved["states"]] == [first]
    assert [(state["key"], state["marker"]) for state in saved["refused"]] == [(second, "tom")]


def test_empty_answers_are_settled_at_once(desk: Desk) -> None:
    assert len(desk.settle_empty(KEY, "tina").states) == 2
    assert len(desk.settle_empty(KEY, "tina").states) == 0
    assert desk.overview()["questions"][0]["marked"] == 2
    assert len(desk.undo(KEY, "tina", {"op": "x"})["states"]) == 2


def test_parts_hold_every_answer_once(desk: Desk) -> None:
    parts = [{row["key"] for row in page(desk, choice=Choice(part, 3))["answers"]} for part in (1, 2, 3)]
    assert sum(map(len, parts)) == len(set().union(*parts)) == len(TEXTS)


def test_progress_says_who_marked_how_many(desk: Desk) -> None:
    first, second, third = (row["key"] for row in page(desk)["answers"][:3])
    give(desk, first)
    give(desk, second)
    give(desk, third, marker="tom")
    assert desk.claim(KEY, "tom", 1, 2, take=True) == ""
    assert "tom" in desk.claim(KEY, "tina", 1, 2, take=True)
    row = desk.overview()["questions"][0]
    assert (row["answers"], row["marked"], row["by"], row["mean"]) == (len(TEXTS), 3, [("tina", 2), ("tom", 1)], 3.0)
    assert [claim.marker for claim in row["claims"]] == ["tom"]


def test_a_second_marker_sees_no_first_mark_and_changes_none(desk: Desk) -> None:
    first, second = (row["key"] for row in page(desk)["answers"][:2])
    give(desk, first)
    give(desk, second, marker="tom")
    (row,) = page(desk, "tom", Choice(second=100))["answers"]
    assert (row["key"], row["score"], row["items"], row["marker"]) == (first, None, [], "")
    ids = [item["id"] for item in page(desk)["items"]]
    mark = {"items": ids[:2], "adjustment": 0, "comment": "", "done": False}
    saved = desk.second(KEY, "tom", {"op": "s", "mark": mark, "answers": {first: {"seen": 0}}})
    assert saved["states"][0]["score"] == 5.0
    assert {row["key"]: row["score"] for row in page(desk)["answers"]}[first] == 3.0
    compared = desk.overview()["questions"][0]["agreement"]
    assert (compared.count, compared.mean, compared.most, compared.close, compared.higher) == (1, 2.0, 2.0, 0, 2.0)


def test_the_sample_of_second_marks_is_the_same_for_everybody_and_as_large_as_asked() -> None:
    keys = [f"{number * 7919 + 17:016x}" for number in range(1000)]
    assert 80 <= sum(Choice(second=10).holds(key) for key in keys) <= 120
    assert 35 <= sum(Choice(1, 2, second=10).holds(key) for key in keys) <= 65


def test_two_markers_who_differ_are_compared_by_size_and_direction() -> None:
    states = {
        name: AnswerState(name, score=score, flagged=False) for name, score in (("a", 1.0), ("b", 5.0), ("c", 2.0))
    }
    seconds = [SecondMark(name, "tom", "", HandMark(), score) for name, score in (("a", 3.0), ("b", 4.0), ("c", 2.5))]
    compared = agreement(states, seconds)
    assert compared is not None
    assert (compared.count, compared.most, compared.close) == (3, 2.0, 1)
    assert (round(compared.mean, 2), round(compared.higher, 2)) == (1.17, 0.5)
    assert agreement(states, []) is None


def test_a_page_hears_what_others_did(desk: Desk) -> None:
    log = page(desk)["log"]
    key = page(desk)["answers"][0]["key"]
    give(desk, key, marker="tom")
    heard = desk.changes(KEY, log)
    assert [(state["key"], state["marker"]) for state in heard["states"]] == [(key, "tom")]
    assert heard["items"] is None
    item = page(desk)["items"][0]
    desk.item(KEY, "tom", {"op": "i", "id": item["id"], "points": 1.5, "words": " half \n of it "})
    again = desk.changes(KEY, heard["log"])
    assert (again["items"][0]["points"], again["items"][0]["words"]) == (1.5, "half of it")
    assert {state["key"]: state["score"] for state in again["states"]}[key] == 1.5
    assert not desk.changes(KEY, again["log"])["states"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"op": "x"},
        {"op": "x", "mark": {"adjustment": "2"}},
        {"op": "x", "mark": {"adjustment": 1e9}},
        {"op": "x", "mark": {"adjustment": float("nan")}},
        {"op": "", "mark": {}},
        {"op": "x", "mark": {}, "answers": {"nobody": {"seen": 0}}},
    ],
)
def test_nonsense_is_refused_in_a_line_and_writes_nothing(desk: Desk, body: dict[str, Any]) -> None:
    with pytest.raises(RequestError):
        desk.mark(KEY, "tina", {"answers": {page(desk)["answers"][0]["key"]: {"seen": 0}}} | body)
    assert page(desk)["log"] == 0


@pytest.mark.parametrize("body", [{"words": " "}, {"words": "x"}, {"words": "x", "points": True}])
def test_an_item_needs_words_and_points(desk: Desk, body: dict[str, Any]) -> None:
    with pytest.raises(RequestError):
        desk.item(KEY, "tina", {"op": "x", "id": "new"} | body)


def test_unknown_questions_assignments_and_ungraded_classes_are_named(tmp_path: Path, desk: Desk) -> None:
    with pytest.raises(RequestError, match="nothing"):
        desk.page("optics/nothing", "tina", Choice())
    with pytest.raises(CourseError):
        Desk(desk.course, "unknown").refresh()
    (tmp_path / "new").mkdir()
    with pytest.raises(AutograderError, match="autograder grade"):
        Desk(make_course(tmp_path / "new"), ASSIGNMENT).refresh()


def test_who_hands_in_later_is_marked_too(desk: Desk) -> None:
    keys = {row["key"] for row in page(desk)["answers"]}
    hand_in(desk.course, {"late": autograded("Late.")})
    desk.refresh()
    assert len({row["key"] for row in page(desk)["answers"]} - keys) == 1


def test_a_course_without_a_gradebook_is_told_what_to_do(tmp_path: Path) -> None:
    course = make_course(tmp_path)
    course.gradebook.unlink()
    with pytest.raises(CourseError, match="grade"):
        Desk(Course.at(tmp_path), ASSIGNMENT).refresh()
