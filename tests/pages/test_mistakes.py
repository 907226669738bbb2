"""Wrong functions of a class, grouped by what they compute, and the instructor's hints for groups."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from autograder.course.course import Course
from autograder.demo.demo import copy_course
from autograder.engines.registry import Engine
from autograder.gradebook.behaviours import outdated_hints, read_behaviours, read_hints, write_hints
from autograder.gradebook.read_marks import read_marks
from autograder.grading.grade_class import grade
from autograder.pages.feedback import write_feedback
from autograder.pages.mistakes import MAX_LINES, WrongGroup, give_hint, remove_hint, wrong_groups
from autograder.pages.report import write_report
from tests.cli.test_commands import run
from tests.helpers.uncatalogued import ASSIGNMENT, COST, SLIPS, Work, hand_in, make_class

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("mistakes")]

REPOSITORY = Path(__file__).parents[2]
WORKS: list[Work] = [*SLIPS, *list(SLIPS)[::2], *list(SLIPS)[::-2], *[""] * 4, None, *list(SLIPS)[:3]]
"""What each of 24 students hands in."""

Class = tuple[Course, dict[str, Work]]


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Class:
    """A graded class of 24; tests leave it without hints."""
    course = copy_course(Course.at(REPOSITORY), tmp_path_factory.mktemp("mistakes") / "course")
    written = make_class(course, WORKS)
    grade(course, ASSIGNMENT, Engine(jobs=2))
    return course, written


@pytest.fixture
def without_hints(graded: Class) -> Iterator[Class]:
    yield graded
    for id in read_hints(graded[0], ASSIGNMENT):
        remove_hint(graded[0], ASSIGNMENT, id)


def pages(course: Course) -> dict[str, str]:
    return {done.student: done.pages[0].read_text() for done in write_feedback(course, ASSIGNMENT)}


def group_of(course: Course, student: str) -> WrongGroup:
    (group,) = (group for group in wrong_groups(course, ASSIGNMENT) if student in group.students)
    return group


def scores(course: Course) -> dict[str, float]:
    marks = read_marks(course, ASSIGNMENT)
    return {student: own[ASSIGNMENT].score for student, own in marks.notebooks.items()}


def test_every_slip_is_one_group_in_whatever_style(graded: Class) -> None:
    course, written = graded
    groups = wrong_groups(course, ASSIGNMENT)
    assert {frozenset(group.students) for group in groups} == {
        frozenset(student for student, work in written.items() if work == slip) for slip in SLIPS
    }
    for group in groups:
        slip = written[group.students[0]]
        assert slip
        assert group.check == SLIPS[slip][0]
        assert SLIPS[slip][1] in group.code
        assert group.criteria
        assert max(group.criteria.values()) == len(group.students)
        assert group.code.count("\n") <= MAX_LINES


def test_behaviours_lie_apart_from_the_graded_notebooks(graded: Class) -> None:
    course, written = graded
    for student, work in written.items():
        assert bool(read_behaviours(course, ASSIGNMENT, student)) == bool(work)
        notebook = course.autograded(student, ASSIGNMENT) / f"{ASSIGNMENT}.ipynb"
        assert '"behaviour"' not in notebook.read_text()
        file = course.private / "behaviours" / student / f"{ASSIGNMENT}.json"
        assert not file.exists() or file.stat().st_size < 20_000


def test_a_hint_reaches_the_group_and_nobody_else_and_changes_no_score(without_hints: Class) -> None:
    course, _ = without_hints
    before, groups = scores(course), wrong_groups(course, ASSIGNMENT)
    group = groups[0]
    assert give_hint(course, ASSIGNMENT, group.id, "Is **m** the number of <examples>?") == len(group.students)
    shown = {student for student, page in pages(course).items() if "<strong>m</strong>" in page}
    assert shown == set(group.students)
    assert scores(course) == before
    assert [one.id for one in wrong_groups(course, ASSIGNMENT)] == [one.id for one in groups]


def test_whoever_does_the_same_later_gets_the_hint_until_it_is_mended(without_hints: Class) -> None:
    course, written = without_hints
    slip = next(iter(SLIPS))
    group = group_of(course, next(student for student, work in written.items() if work == slip))
    give_hint(course, ASSIGNMENT, group.id, "Look again.")
    hand_in(course, "a-late-one", slip, Random(99))
    grade(course, ASSIGNMENT, Engine(), students=["a-late-one"])
    assert group_of(course, "a-late-one").id == group.id
    assert "Look again." in pages(course)["a-late-one"]
    hand_in(course, "a-late-one", "", Random(99))
    grade(course, ASSIGNMENT, Engine(), students=["a-late-one"])
    assert "Look again." not in pages(course)["a-late-one"]
    assert not (course.private / "behaviours" / "a-late-one").exists()


def test_behaviours_of_an_earlier_grading_count_no_more(graded: Class, tmp_path: Path) -> None:
    course, written = graded
    student = next(student for student, work in written.items() if work)
    notebook = course.autograded(student, ASSIGNMENT) / f"{ASSIGNMENT}.ipynb"
    content = notebook.read_text()
    other = json.loads(content)
    other["metadata"]["autograder"]["fingerprint"] = "another grading"
    try:
        notebook.write_text(json.dumps(other))
        assert read_behaviours(course, ASSIGNMENT, student) == {}
    finally:
        notebook.write_text(content)


def test_the_report_shows_the_groups_and_the_command(without_hints: Class) -> None:
    course, _ = without_hints
    first, second = wrong_groups(course, ASSIGNMENT)[:2]
    give_hint(course, ASSIGNMENT, second.id, "Which <axis>?")
    page = write_report(course, ASSIGNMENT).path.read_text()
    assert f"autograder mistakes {ASSIGNMENT} --hint {first.id}" in page
    assert f"--hint {second.id}" not in page
    assert "Which &lt;axis&gt;?" in page


def test_the_command_lists_gives_and_removes(without_hints: Class, capsys: pytest.CaptureFixture[str]) -> None:
    course, _ = without_hints
    group = wrong_groups(course, ASSIGNMENT)[0]
    assert run("mistakes", ASSIGNMENT, "--course", course.root) == 0
    listed = capsys.readouterr().out
    assert f"{group.id}  {group.check}: {len(group.students)} students" in listed
    assert ", ".join(group.students) in listed
    assert "def right_" in listed
    assert run("mistakes", ASSIGNMENT, "--hint", group.id, "Think of m.", "--course", course.root) == 0
    assert f"{len(group.students)} students get the hint" in capsys.readouterr().out
    run("mistakes", ASSIGNMENT, "--course", course.root)
    assert "your hint: Think of m." in capsys.readouterr().out
    assert run("mistakes", ASSIGNMENT, "--remove", group.id, "--course", course.root) == 0
    assert read_hints(course, ASSIGNMENT) == {}


def test_a_hint_that_nobody_gets_now_is_still_listed(without_hints: Class, capsys: pytest.CaptureFixture[str]) -> None:
    course, written = without_hints
    cost = group_of(course, next(student for student, work in written.items() if work and SLIPS[work][0] == COST))
    give_hint(course, ASSIGNMENT, cost.id, "Half of what?")
    kept = read_hints(course, ASSIGNMENT)[cost.id]
    write_hints(course, ASSIGNMENT, {"gone": replace(kept, behaviour=replace(kept.behaviour, parts={})), cost.id: kept})
    assert run("mistakes", ASSIGNMENT, "--course", course.root) == 0
    listed = capsys.readouterr().out
    assert listed.count("waits for") == 1
    assert f"Group gone of {COST} is empty now; your hint waits for whoever does the same: Half of what?" in listed
    assert run("mistakes", ASSIGNMENT, "--remove", "gone", "--course", course.root) == 0


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--hint", "zzzz", "Hint."], "no group 'zzzz'"),
        (["--hint", "ID", "  "], "is empty"),
        (["--hint", "ID", "long " * 1000], "5000 characters"),
        (["--remove", "ID"], "has no hint"),
    ],
)
def test_a_wrong_command_changes_nothing(
    without_hints: Class, arguments: list[str], word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    course, _ = without_hints
    id = wrong_groups(course, ASSIGNMENT)[0].id
    assert run("mistakes", ASSIGNMENT, *[id if a == "ID" else a for a in arguments], "--course", course.root) == 2
    error = capsys.readouterr().err
    assert word in error
    assert error.count("\n") == 1
    assert read_hints(course, ASSIGNMENT) == {}


def test_damaged_hints_are_named(graded: Class, capsys: pytest.CaptureFixture[str]) -> None:
    course, _ = graded
    file = course.private / "hints" / f"{ASSIGNMENT}.json"
    before = file.read_bytes() if file.exists() else b"{}"
    file.parent.mkdir(exist_ok=True)
    file.write_text("{broken")
    try:
        assert run("feedback", ASSIGNMENT, "--course", course.root) == 2
        assert "hints" in capsys.readouterr().err
    finally:
        file.write_bytes(before)


def test_with_another_secret_the_hints_are_named_as_outdated(tmp_path: Path) -> None:
    course = copy_course(Course.at(REPOSITORY), tmp_path / "course")
    make_class(course, [next(iter(SLIPS))])
    grade(course, ASSIGNMENT, Engine())
    (group,) = wrong_groups(course, ASSIGNMENT)
    give_hint(course, ASSIGNMENT, group.id, "Look again.")
    assert outdated_hints(course, ASSIGNMENT) == []
    (course.private / "secret").write_text("ab" * 32)
    assert run("grade", ASSIGNMENT, "--new-secret", "--course", course.root) == 1
    assert outdated_hints(course, ASSIGNMENT) == [group.id]
    assert "Look again." not in pages(course)["s000"]
    (other,) = wrong_groups(course, ASSIGNMENT)
    assert (other.check, other.hint) == (COST, "")


@pytest.mark.kernel
def test_the_nbgrader_engine_keeps_the_same(graded: Class) -> None:
    course, written = graded
    student = next(student for student, work in written.items() if work)
    before = read_behaviours(course, ASSIGNMENT, student)
    grade(course, ASSIGNMENT, Engine("nbgrader"), students=[student])
    after = read_behaviours(course, ASSIGNMENT, student)
    assert before.keys() == after.keys()
    assert all(before[check].fits(after[check]) for check in before)
