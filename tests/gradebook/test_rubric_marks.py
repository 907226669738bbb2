"""Marks by rubric: they stand in nbgrader's columns, and what somebody else wrote meanwhile is never lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from autograder.course.course import Course
from autograder.errors import CourseError
from autograder.gradebook.history import key
from autograder.gradebook.read_marks import Mark, read_marks
from autograder.gradebook.remove import remove_submissions
from autograder.gradebook.rename import renaming
from autograder.gradebook.rubric_marks import (
    Action,
    AnswerState,
    Claim,
    HandMark,
    MarkedQuestion,
    RubricItem,
    Saved,
    Seen,
    claim,
    items_of,
    read_claims,
    read_items,
    read_log,
    read_seconds,
    read_states,
    save,
    save_second,
    score_of,
    seed_items,
    set_item,
    undo,
)
from autograder.gradebook.rubric_tables import make_mark_tables, marking
from tests.helpers.graded_course import ASSIGNMENT, enter, gradebook, make_course, notebook

QUESTION = MarkedQuestion(ASSIGNMENT, ASSIGNMENT, "conclusions", 25.0)
SCHEME = [(10.0, "the cause is named"), (15.0, "a number shows it"), (-5.0, "speaks of the wrong figure")]
STUDENTS = ("anna", "bob", "carl")


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Course:
    course = make_course(tmp_path_factory.mktemp("course"))
    for student in STUDENTS:
        enter(course, student, notebook())
    make_mark_tables(course)
    return course


@pytest.fixture
def course(graded: Course, tmp_path: Path) -> Course:
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")
    (tmp_path / "gradebook.db").write_bytes(graded.gradebook.read_bytes())
    return Course.at(tmp_path)


@pytest.fixture
def database(course: Course) -> Iterator[Connection]:
    with marking(course, writes=True) as opened:
        seed_items(opened, QUESTION, SCHEME)
        yield opened


def ids(database: Connection, *numbers: int) -> tuple[str, ...]:
    items = read_items(database, QUESTION)
    return tuple(items[number].id for number in numbers)


def give(
    database: Connection, student: str, *numbers: int, marker: str = "tina", comment: str = "", seen: int | None = None
) -> Saved:
    version = read_states(database, QUESTION)[student].version if seen is None else seen
    mark = HandMark(ids(database, *numbers), comment=comment)
    return save(database, QUESTION, {student: Seen(version)}, mark, Action(marker))


def state(database: Connection, student: str) -> AnswerState:
    return read_states(database, QUESTION)[student]


def mark_of(course: Course, student: str) -> Mark:
    return read_marks(course, ASSIGNMENT).notebooks[student][ASSIGNMENT].marks["conclusions"]


def in_formgrader(course: Course, student: str, score: float, comment: str) -> None:
    with gradebook(course) as book:
        grade = book.find_grade("conclusions", ASSIGNMENT, ASSIGNMENT, student)
        grade.manual_score, grade.needs_manual_grade = score, False
        book.find_comment("conclusions", ASSIGNMENT, ASSIGNMENT, student).manual_comment = comment
        book.db.commit()


@pytest.mark.parametrize(
    ("points", "given", "adjustment", "score"),
    [
        ((10, 15, -5), (), 0, 0),
        ((10, 15, -5), (0, 1), 0, 25),
        ((10, 15, -5), (0, 2), 0, 5),
        ((10, 15, -5), (2,), 0, 0),
        ((10, 15, 5), (0, 1, 2), 0, 25),
        ((10, 15, -5), (0,), 2.5, 12.5),
        ((10, 15, -5), (0,), -20, 0),
        ((-5, -10, 0), (), 0, 25),
        ((-5, -10, 0), (0,), 0, 20),
        ((0.1, 0.2, 5), (0, 1), 0, 0.3),
    ],
)
def test_a_score_is_the_sum_of_its_items_within_the_points_of_the_question(
    points: tuple[float, ...], given: tuple[int, ...], adjustment: float, score: float
) -> None:
    items = [RubricItem(str(number), value, "") for number, value in enumerate(points)]
    assert score_of(HandMark(tuple(map(str, given)), adjustment), items, 25) == score


def test_a_mark_stands_in_the_columns_of_nbgrader(course: Course) -> None:
    with marking(course, writes=True) as database:
        seed_items(database, QUESTION, SCHEME)
        give(database, "anna", 0, 2, comment="Look at *figure 2*.")
    assert mark_of(course, "anna") == Mark("conclusions", 25.0, None, 5.0, 0.0, False, True)
    with gradebook(course) as book:
        comment = book.find_comment("conclusions", ASSIGNMENT, ASSIGNMENT, "anna").comment
        submission = book.find_submission(ASSIGNMENT, "anna")
        assert submission.written_score == 5.0
    assert comment == "Look at *figure 2*.\n\n- +10: the cause is named\n- -5: speaks of the wrong figure"
    assert mark_of(course, "bob").open


def test_a_mark_without_items_counts_only_when_it_is_meant(database: Connection) -> None:
    save(database, QUESTION, {"anna": Seen(0)}, HandMark(comment="hm"), Action("tina"))
    assert (state(database, "anna").score, state(database, "anna").open) == (None, True)
    save(database, QUESTION, {"anna": Seen(1)}, HandMark(done=True), Action("tina"))
    assert (state(database, "anna").score, state(database, "anna").open) == (0.0, False)
    save(database, QUESTION, {"anna": Seen(2)}, HandMark(), Action("tina"))
    assert (state(database, "anna").score, state(database, "anna").open) == (None, True)


def test_the_second_of_two_markers_is_handed_what_the_first_gave(database: Connection) -> None:
    give(database, "anna", 0, marker="tina", seen=0)
    late = give(database, "anna", 1, marker="tom", seen=0)
    assert not late.states
    assert (late.refused["anna"].marker, late.refused["anna"].score) == ("tina", 10.0)
    assert state(database, "anna").score == 10.0
    assert give(database, "anna", 0, 1, marker="tom", seen=1).states["anna"].score == 25.0
    assert [(entry.marker, entry.score) for entry in read_log(database, QUESTION)] == [("tina", 10.0), ("tom", 25.0)]


def test_two_markers_at_the_same_moment_lose_nothing(course: Course) -> None:
    """The second waits for the first to end, and then sees what it wrote."""
    import threading

    with marking(course, writes=True) as database:
        seed_items(database, QUESTION, SCHEME)
    results: list[Saved] = []

    def write(marker: str) -> None:
        with marking(course, writes=True) as own:
            results.append(save(own, QUESTION, {"anna": Seen(0)}, HandMark(done=True), Action(marker)))

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcdef"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(len(result.states) for result in results) == [0, 0, 0, 0, 0, 1]
    with marking(course) as database:
        assert len(read_log(database, QUESTION)) == 1


def test_an_action_that_is_sent_twice_is_done_once(database: Connection) -> None:
    action = Action("tina", "the-same")
    for _ in range(2):
        saved = save(database, QUESTION, {"anna": Seen(0)}, HandMark(done=True), action)
        assert saved.states["anna"].version == 1
        assert not saved.refused
    assert len(read_log(database, QUESTION)) == 1


def test_what_formgrader_set_is_seen_and_replaced_only_when_it_is_named(course: Course) -> None:
    in_formgrader(course, "anna", 7.0, "well")
    with marking(course, writes=True) as database:
        seed_items(database, QUESTION, SCHEME)
        seen = state(database, "anna")
        assert (seen.score, seen.text, seen.set_elsewhere, seen.open) == (7.0, "well", True, False)
        assert give(database, "anna", 0).refused["anna"] == seen
        wrong = Seen(0, (6.0, "well"))
        assert save(database, QUESTION, {"anna": wrong}, HandMark(done=True), Action("tina")).refused
        right = Seen(0, (7.0, "well"))
        assert save(database, QUESTION, {"anna": right}, HandMark(ids(database, 0)), Action("tina")).states
        assert state(database, "anna").score == 10.0
    in_formgrader(course, "anna", 11.0, "better")
    with marking(course, writes=True) as database:
        assert give(database, "anna", 1).refused["anna"].score == 11.0


def test_a_changed_item_changes_every_answer_that_has_it(course: Course) -> None:
    with marking(course, writes=True) as database:
        seed_items(database, QUESTION, SCHEME)
        for student in STUDENTS:
            give(database, student, 0)
        give(database, "bob", 1)
    in_formgrader(course, "carl", 3.0, "mine")
    with marking(course, writes=True) as database:
        (item,) = ids(database, 0)
        changed = set_item(database, QUESTION, item, 12.0, "the wrong labels are named", Action("tina"))
        assert (set(changed.states), set(changed.refused)) == ({"anna"}, {"carl"})
        assert state(database, "anna").text == "- +12: the wrong labels are named"
        assert state(database, "anna").score == 12.0
        assert not state(database, "anna").set_elsewhere
        assert state(database, "bob").score == 15.0
        assert state(database, "carl").score == 3.0
        set_item(database, QUESTION, item, 12.0, "the wrong labels are named", Action("tina"), retired=True)
        assert (state(database, "anna").score, state(database, "anna").text) == (0.0, "")
        set_item(database, QUESTION, item, 12.0, "the wrong labels are named", Action("tina"))
        assert state(database, "anna").score == 12.0


def test_a_new_item_comes_last(database: Connection) -> None:
    set_item(database, QUESTION, "new", 1.0, "well written", Action("tina"))
    assert [item.words for item in read_items(database, QUESTION)][-1] == "well written"


def test_the_rubric_follows_the_source_and_keeps_what_people_changed(database: Connection) -> None:
    give(database, "anna", 1)
    edited, _, _ = ids(database, 0, 1, 2)
    set_item(database, QUESTION, edited, 9.0, "the cause", Action("tina"))
    seed_items(database, QUESTION, [(3.0, "a figure is named")])
    assert {item.words for item in read_items(database, QUESTION)} == {
        "a figure is named",
        "the cause",
        "a number shows it",
    }
    seed_items(database, QUESTION, SCHEME)
    assert sorted(item.words for item in read_items(database, QUESTION)) == [
        "a number shows it",
        "speaks of the wrong figure",
        "the cause",
    ]


def test_undo_goes_back_one_action_after_the_other(database: Connection) -> None:
    give(database, "anna", 0, comment="first")
    give(database, "bob", 0)
    give(database, "anna", 0, 1, comment="second")
    for student, score, text in (
        ("anna", 10.0, "first\n\n- +10: the cause is named"),
        ("bob", None, ""),
        ("anna", None, ""),
    ):
        undone = undo(database, QUESTION, Action("tina"))
        assert undone is not None
        assert undone.states.keys() == {student}
        assert (state(database, student).score, state(database, student).text) == (score, text)
        assert not state(database, student).set_elsewhere
    assert state(database, "anna").open
    assert undo(database, QUESTION, Action("tina")) is None
    assert len(read_log(database, QUESTION)) == 6


def test_undo_takes_a_whole_group_back_and_only_what_is_one_s_own(database: Connection) -> None:
    seen = {student: Seen(0) for student in STUDENTS}
    save(database, QUESTION, seen, HandMark(done=True), Action("tina", kind="group"))
    give(database, "bob", 0, marker="tom")
    undone = undo(database, QUESTION, Action("tina"))
    assert undone is not None
    assert (set(undone.states), set(undone.refused)) == ({"anna", "carl"}, {"bob"})
    assert state(database, "bob").score == 10.0


def test_undo_brings_back_what_formgrader_had(course: Course) -> None:
    in_formgrader(course, "anna", 7.0, "well")
    with marking(course, writes=True) as database:
        save(database, QUESTION, {"anna": Seen(0, (7.0, "well"))}, HandMark(done=True), Action("tina"))
        undo(database, QUESTION, Action("tina"))
        again = state(database, "anna")
        assert (again.score, again.text, again.set_elsewhere) == (7.0, "well", True)


def test_undo_counts_with_the_rubric_as_it_is_now(database: Connection) -> None:
    give(database, "anna", 0)
    give(database, "anna", 1)
    set_item(database, QUESTION, ids(database, 0)[0], 8.0, "the cause is named", Action("tina"))
    undo(database, QUESTION, Action("tina"))
    assert state(database, "anna").score == 8.0


def test_an_answer_that_changed_since_is_open_until_somebody_looks(course: Course, database: Connection) -> None:
    give(database, "anna", 0)
    database.exec_driver_sql("UPDATE grade SET needs_manual_grade = 1")
    assert state(database, "anna").open
    assert state(database, "anna").score == 10.0
    give(database, "anna", 0)
    assert not state(database, "anna").open


def test_a_part_is_claimed_by_the_first_and_given_back(database: Connection) -> None:
    assert claim(database, QUESTION, 1, 2, "tina") is None
    other = claim(database, QUESTION, 1, 2, "tom")
    assert other is not None
    assert other.marker == "tina"
    assert claim(database, QUESTION, 2, 2, "tom") is None
    assert claim(database, QUESTION, 1, 2, "tina", take=False) is None
    assert [(one.part, one.parts, one.marker) for one in read_claims(database, QUESTION)] == [(2, 2, "tom")]
    assert isinstance(read_claims(database, QUESTION)[0], Claim)


def test_a_second_mark_changes_nothing_of_the_first(database: Connection) -> None:
    give(database, "anna", 0)
    save_second(database, QUESTION, "anna", HandMark(ids(database, 1)), "tom")
    save_second(database, QUESTION, "anna", HandMark(ids(database, 0, 1)), "tom")
    assert state(database, "anna").score == 10.0
    assert [(second.marker, second.score) for second in read_seconds(database, QUESTION)] == [("tom", 25.0)]


def test_pages_read_the_items_of_a_student(course: Course) -> None:
    with marking(course, writes=True) as database:
        seed_items(database, QUESTION, SCHEME)
        give(database, "anna", 0, 2, comment="Hm.")
    given = items_of(course, ASSIGNMENT, "anna")["anna"][key(ASSIGNMENT, "conclusions")]
    assert [(item.points, item.words) for item in given.items] == [
        (10.0, "the cause is named"),
        (-5.0, "speaks of the wrong figure"),
    ]
    assert (given.comment, given.adjustment) == ("Hm.", 0.0)
    assert given.text == read_marks(course, ASSIGNMENT).notebooks["anna"][ASSIGNMENT].comments["conclusions"]
    assert items_of(course, ASSIGNMENT).keys() == {"anna"}
    assert not items_of(course, ASSIGNMENT, "bob")


def test_a_gradebook_that_nobody_marked_has_no_items(tmp_path: Path) -> None:
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")
    course = Course.at(tmp_path)
    assert not items_of(course, ASSIGNMENT)
    with pytest.raises(CourseError, match="grade"), marking(course):
        pass


@pytest.mark.parametrize(("dropped", "points"), [({}, 10.0), ({ASSIGNMENT: "anna"}, None), ({ASSIGNMENT: "new"}, 10.0)])
def test_marks_go_with_the_student_who_gets_another_id(
    course: Course, dropped: dict[str, str], points: float | None
) -> None:
    with marking(course, writes=True) as database:
        seed_items(database, QUESTION, SCHEME)
        give(database, "anna", 0)
    if dropped:
        enter(course, "new", notebook())
    with renaming(course, "anna", "new", dropped):
        pass
    with marking(course) as database:
        now = state(database, "new")
        assert (now.score, now.set_elsewhere) == (points, False)
        assert "anna" not in read_states(database, QUESTION)
        assert [entry.student for entry in read_log(database, QUESTION)] == ["new"]


def test_who_is_removed_takes_their_marks_along(course: Course) -> None:
    with marking(course, writes=True) as database:
        seed_items(database, QUESTION, SCHEME)
        for student in STUDENTS:
            give(database, student, 0)
    remove_submissions(course, ASSIGNMENT, ["anna", "bob"])
    assert items_of(course, ASSIGNMENT).keys() == {"carl"}
