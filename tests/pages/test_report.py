"""The class report counts right, names the common mistakes, and says who needs a look."""

import json
import re
import shutil
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from autograder.checking.verdict import Hint
from autograder.checking.words import requires
from autograder.course.course import Course
from autograder.course.roster import Person, Roster
from autograder.gradebook.history import Entry, Facts, compare
from autograder.gradebook.read_marks import read_marks
from autograder.gradebook.students import keep_people
from autograder.notebook.notes import UNREADABLE
from autograder.pages.class_summary import ClassSummary, summarise
from autograder.pages.feedback import write_feedback
from autograder.pages.report import Report, Run, last_run, report_page, write_report
from tests.helpers.browser import dump_dom
from tests.helpers.graded_course import (
    ASSIGNMENT,
    MANUAL,
    enter,
    failing_volume,
    gradebook,
    make_course,
    notebook,
    right_area,
    wrong_gradient,
)

pytestmark = pytest.mark.xdist_group("report")

KEYS = {name: (ASSIGNMENT, name) for name in ("test_area", "test_area_gradient", "test_volume", "conclusions")}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Five students graded, one not graded, one with nothing."""
    course = make_course(tmp_path_factory.mktemp("report"))
    twice = wrong_gradient()
    other = replace(twice, mistakes=(Hint("area-axis", "Which axis holds the <b>examples</b>?"),))
    scores = {"test_area": 10.0, "test_area_gradient": 2.0}
    by_hand = {"conclusions": 20.0, "questions": 10.0}
    enter(course, "ann", notebook(right_area(), twice, failing_volume()), scores=scores, manual=by_hand)
    enter(course, "ben", notebook(right_area(), twice, failing_volume()), scores=scores, manual={"conclusions": 5.0})
    enter(course, "cat", notebook(right_area(), other, None, notes=["A cell was doubled."]), scores=scores)
    enter(course, "dan", b"broken", scores={})
    enter(
        course, "<img src=x>", notebook(right_area(), twice, failing_volume()), scores={**scores, "test_volume": 15.0}
    )
    course.submitted("eva", ASSIGNMENT).mkdir(parents=True)
    with gradebook(course) as book:
        book.update_or_create_student("fay")
        grade = book.find_grade("conclusions", ASSIGNMENT, ASSIGNMENT, "ann")
        grade.needs_manual_grade = True
        book.db.commit()
    return course


@pytest.fixture(scope="module")
def summary(course: Course) -> ClassSummary:
    return summarise(course, ASSIGNMENT, read_marks(course, ASSIGNMENT))


@pytest.fixture(scope="module")
def written(course: Course) -> Report:
    list(write_feedback(course, ASSIGNMENT, ["ann"]))
    return write_report(course, ASSIGNMENT)


def plain(page: str) -> str:
    """The words of a page."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page.replace("<wbr>", ""))))


def test_each_question_has_its_mean_and_counts(summary: ClassSummary) -> None:
    area, volume, text = (summary.questions[KEYS[name]] for name in ("test_area", "test_volume", "conclusions"))
    assert (area.mean, area.full, area.none) == (8.0, 4, 1)
    assert (volume.mean, volume.full, volume.none) == (3.0, 1, 4)
    assert text.scores == [20.0, 5.0] and text.open == 3
    assert list(summary.questions) == [(ASSIGNMENT, name) for name in (*KEYS, "questions")]


def test_a_class_read_on_several_processes_is_summed_up_as_by_one(
    tmp_path: Path, course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = Course(shutil.copytree(course.root, tmp_path / "course"))
    path = course.autograded("ben", ASSIGNMENT) / f"{ASSIGNMENT}.ipynb"
    content = json.loads(path.read_text(encoding="utf-8"))
    for cell in content["cells"]:
        cell["metadata"]["left"] = "@"
    deep = '{"deep": ' * 700 + "0" + "}" * 700  # as nbgrader leaves it; more than pickle takes
    path.write_text(json.dumps(content).replace('"@"', deep), encoding="utf-8")
    marks = read_marks(course, ASSIGNMENT)
    by_one = summarise(course, ASSIGNMENT, marks)
    started: list[int] = []

    def start(jobs: int, *rest: Any) -> ProcessPoolExecutor:
        started.append(jobs)
        return ProcessPoolExecutor(jobs, *rest)

    monkeypatch.setattr("autograder.spread.WORTH", 2)
    monkeypatch.setattr("autograder.spread.cores", lambda: 2)
    monkeypatch.setattr("autograder.spread.ProcessPoolExecutor", start)
    assert summarise(course, ASSIGNMENT, marks) == by_one
    assert started == [2]
    assert any(student == "dan" for student, _ in by_one.needs_attention.notes)


def test_mistakes_are_counted_by_student(summary: ClassSummary) -> None:
    assert summary.mistakes["area-row-twice"].students == ["<img src=x>", "ann", "ben"]
    assert summary.mistakes["area-axis"].students == ["cat"]


def test_criteria_and_errors_are_counted(summary: ClassSummary) -> None:
    gradient = summary.questions[KEYS["test_area_gradient"]]
    assert gradient.missed["value"] == gradient.criteria["value"] == 4 and gradient.missed["shape"] == 0
    assert dict(summary.questions[KEYS["test_volume"]].errors) == {"ValueError": 3, "NameError": 1}


def test_a_criterion_that_only_waits_for_another_is_not_counted(tmp_path: Path) -> None:
    course = make_course(tmp_path)
    value, shape, numeric = wrong_gradient().criteria
    waiting = replace(shape, passed=False, points=0.0, message=requires("value"), judged=False)
    verdict = replace(wrong_gradient(), criteria=(value, waiting, numeric))
    enter(course, "ann", notebook(right_area(), verdict, failing_volume()), scores={"test_area": 10.0})
    row = summarise(course, ASSIGNMENT, read_marks(course, ASSIGNMENT)).questions[KEYS["test_area_gradient"]]
    assert +row.missed == {"value": 1, "numeric gradient": 1} and row.criteria["shape"] == 1


def test_what_was_left_empty_is_counted_as_that_only(tmp_path: Path) -> None:
    course = make_course(tmp_path)
    enter(course, "ann", notebook())
    marks = read_marks(course, ASSIGNMENT)
    marks.notebooks["ann"][ASSIGNMENT].remarks["area"] = "No response."
    summary = summarise(course, ASSIGNMENT, marks)
    assert {name: summary.questions[key].empty for name, key in KEYS.items()} == {
        "test_area": 1, "test_area_gradient": 1, "test_volume": 0, "conclusions": 0,
    }  # fmt: skip
    assert not summary.mistakes and not summary.questions[KEYS["test_area_gradient"]].missed


def test_work_that_is_alike_is_a_question_on_the_page(tmp_path: Path) -> None:
    course = make_course(tmp_path)
    own = "Dropout keeps a network honest because no neuron may lean on a single other neuron for long."
    for number, student in enumerate(("ann", "ben", "cat", "dan")):
        answer = own if number < 2 else " ".join(f"word{number}{place}" for place in range(20))
        enter(course, student, notebook(right_area(), wrong_gradient(), failing_volume(), answer=answer))
    page = write_report(course, ASSIGNMENT).path.read_text(encoding="utf-8")
    section = re.sub(r"\s+", " ", re.sub("<[^>]+>", "", page.split('id="alike"')[1].split("</section>")[0]))
    assert "A question, not a verdict" in section and "ann, ben Conclusions: the same words" in section
    assert "cat" not in section and "dan" not in section


def test_everybody_who_needs_a_look_is_named_with_the_reason(summary: ClassSummary) -> None:
    attention = summary.needs_attention
    assert attention.not_submitted == ["fay"] and attention.ungraded == ["eva"]
    assert attention.open == ["<img src=x>", "ben", "cat", "dan"]
    notes = {
        student: [message for name, message in attention.notes if name == student] for student, _ in attention.notes
    }
    assert "says 0 points, the gradebook 15" in notes["<img src=x>"][0]
    assert "graded by hand before" in notes["ann"][0]
    assert notes["cat"][0] == "A cell was doubled." and "NameError: name 'area' is not defined" in notes["cat"][1]
    assert "damaged" in notes["dan"][0] and "ben" not in notes


def test_an_assert_that_fails_needs_no_look(tmp_path: Path) -> None:
    course = make_course(tmp_path)
    content = notebook(None, None, None)
    for cell in content["cells"]:
        for output in cell.get("outputs", []):
            output.update({"ename": "AssertionError", "evalue": ""})  # type: ignore[misc]
    enter(course, "ann", content, scores={})
    summary = summarise(course, ASSIGNMENT, read_marks(course, ASSIGNMENT))
    assert not summary.needs_attention.notes
    assert not any(row.errors for row in summary.questions.values())


def test_the_same_is_listed_in_lines_for_the_terminal(written: Report) -> None:
    assert written.students == 5
    assert "1 student handed in nothing: fay." in written.state
    assert any("by hand" in line and "ben" in line for line in written.state)
    assert any("notes on submissions stand on the page" in line for line in written.state)
    assert "1 submission is not graded: eva." in written.needs_attention
    assert not {"ann", "ben", "cat", "fay"} & set(" ".join(written.needs_attention).replace(".", "").split())
    assert all("\n" not in line for line in (*written.needs_attention, *written.state))


def test_totals_take_points_by_hand_and_say_when_they_are_not_final(summary: ClassSummary) -> None:
    rows = {row.student: row for row in summary.students}
    assert (rows["ann"].machine, rows["ann"].total, rows["ann"].open) == (12.0, 42.0, 0)
    assert (rows["ben"].total, rows["ben"].open) == (17.0, 1)


def test_the_page_shows_it_and_links_to_the_feedback(written: Report) -> None:
    page = written.path.read_text(encoding="utf-8")
    text = plain(page)
    assert written.path.name == f"{ASSIGNMENT}.html"
    assert "5 students graded, 4 with answers still to be graded by hand, 1 handed in nothing." in text
    assert re.search(r"area-row-twice in area Look at the second row: is it counted more than once\? ", text)
    assert f'href="../feedback/ann/{ASSIGNMENT}/{ASSIGNMENT}.html"' in page
    assert page.count('href="../feedback/') == 1
    assert "volume : ValueError, 3 students" in text
    assert (
        'aria-label="Points by machine. Number of students by points: 0 to 4.5: 1, 9 to 13.5: 3, 27 to 31.5: 1."'
        in page
    )


def test_submissions_without_work_are_named_and_are_in_no_mean(tmp_path: Path) -> None:
    course = make_course(tmp_path)
    for student in ("ann", "cat"):
        enter(course, student, notebook(right_area(), wrong_gradient(), None), scores={"test_area": 10.0})
    unusable = notebook(notes=["The file is not a notebook."])
    unusable["metadata"]["autograder"]["notes"][0]["kind"] = UNREADABLE
    enter(course, "ben", unusable, scores={})
    marks = read_marks(course, ASSIGNMENT)
    marks.notebooks["cat"][ASSIGNMENT].remarks = dict.fromkeys(("area", "volume", *MANUAL), "No response.")
    summary = summarise(course, ASSIGNMENT, marks)
    assert {row.student: row.state for row in summary.students} == {"ann": "", "ben": "unreadable", "cat": "empty"}
    area, volume = summary.questions[KEYS["test_area"]], summary.questions[KEYS["test_volume"]]
    assert area.scores == [10.0] and (volume.scores, volume.empty) == ([0.0], 0)
    assert {loss.student for loss in summary.losses} == {"ann"}
    text = plain(report_page(summary, ASSIGNMENT))
    assert "1 notebook came back with nothing filled in. 1 file could not be used." in text


def test_losses_say_why_points_were_lost(tmp_path: Path) -> None:
    course = make_course(tmp_path)
    nothing = replace(right_area(), criteria=failing_volume().criteria, cause="Your function returns nothing.")
    unknown = replace(wrong_gradient(), mistakes=(Hint("relation-factor", "Twice as large."),))
    enter(course, "ann", notebook(nothing, wrong_gradient(), failing_volume()), scores={"test_area_gradient": 12.0})
    enter(course, "ben", notebook(right_area(), unknown, None), scores={"test_area": 10.0})
    summary = summarise(course, ASSIGNMENT, read_marks(course, ASSIGNMENT))
    reasons = {(loss.student, loss.question[1]): (loss.reason, loss.points) for loss in summary.losses}
    assert reasons == {
        ("ann", "test_area"): ("unfinished", 10.0),
        ("ann", "test_area_gradient"): ("mistake", 8.0),
        ("ann", "test_volume"): ("error", 15.0),
        ("ben", "test_area_gradient"): ("wrong", 20.0),
        ("ben", "test_volume"): ("error", 15.0),
    }


def test_the_page_begins_with_what_cost_most_points(written: Report) -> None:
    text = plain(written.path.read_text(encoding="utf-8"))
    ideas = text[text.index("What cost most points") :].partition("What waits for people")[0]
    assert "3 students (60 %), 54 points lost Look at the second row" in ideas
    assert text.index("What cost most points") < text.index("Points by machine") < text.index("Students by points")


def test_the_example_names_nobody(tmp_path: Path) -> None:
    course = make_course(tmp_path)
    wrong = notebook(right_area(), wrong_gradient(), failing_volume())
    wrong["cells"][2]["source"] = (
        "def area(sides):\n    # Ann Adams, ann@example.org\n    return sides[0] ** 2  # <b>mine</b>"
    )
    enter(course, "ann", wrong, scores={"test_area": 0.0, "test_area_gradient": 2.0})
    for student in ("ben", "cat"):
        enter(course, student, notebook(), scores={"test_area": 10.0, "test_area_gradient": 20.0})
    page = write_report(course, ASSIGNMENT).path.read_text(encoding="utf-8")
    (example,) = re.findall(r"<figure><pre.*?</figure>", page, re.DOTALL)
    assert "<mark>    return sides[0] ** 2</mark>" in example and "Ann" not in example and "mine" not in example


def test_names_stand_beside_ids_and_sections_are_compared(tmp_path: Path) -> None:
    course = make_course(tmp_path)
    people = [Person("ann", "Ann", "Ödland", section="Tuesday"), Person("ben", "Ben", "<i>Berg</i>", section="Friday")]
    keep_people(course, Roster(people))
    for student in ("ann", "ben"):
        enter(course, student, notebook(), scores={"test_area": 10.0})
    text = write_report(course, ASSIGNMENT).path.read_text(encoding="utf-8")
    assert "Ann Ödland</bdi>" in text and "&lt;i&gt;Berg&lt;/i&gt;" in text and "<i>Berg" not in text
    sections = plain(text[text.index('id="sections"') :])
    assert re.search(r"Friday 1 22 % .* Tuesday 1 22 %", sections)


def test_a_name_from_right_to_left_turns_no_other_name_and_id_round(tmp_path: Path) -> None:
    course = make_course(tmp_path)
    names = {"2025004101": "محمد علي", "2025004102": "turned\u202eround"}
    keep_people(course, Roster(Person(student, last_name=name) for student, name in names.items()))
    for student in names:
        enter(course, student, notebook(), scores={"test_area": 10.0})
    paths = [path for result in write_feedback(course, ASSIGNMENT) for path in result.pages]
    paths.append(write_report(course, ASSIGNMENT).path)
    for text in (
        text for path in paths for text in re.split(r"<bdi>.*?</bdi>|<title>.*?</title>", path.read_text("utf-8"))
    ):
        assert not any(student in re.sub(r'"[^"]*"', "", text) for student in names), text
        assert not re.search("[\u0600-\u06ff\u202e]", text)


def test_the_last_run_says_whose_points_changed_and_why() -> None:
    def entry(moment: str, points: float, code: str = "a") -> Entry:
        facts = Facts(causes={"code": code})
        return Entry(moment, "", {"lab/test_area": points}, {}, {"lab/test_area": 10.0}, facts=facts)

    first, second = entry("2026-03-01 10:00:00", 7.0), entry("2026-03-02 10:00:00", 9.0, "b")
    changes = [compare("lab", "ann", None, first), compare("lab", "ben", None, first)]
    assert last_run([]) is None
    assert last_run(changes) == Run("2026-03-01 10:00:00", (), 2)
    changes += [compare("lab", "ann", first, second), compare("lab", "cat", None, second)]
    assert last_run(changes) == Run(
        "2026-03-02 10:00:00", (("ann", 7.0, 9.0, "The grader or the answer key changed."),), 1
    )


@pytest.mark.browser
def test_nothing_of_a_student_is_markup_on_the_page(written: Report) -> None:
    page = written.path.read_text(encoding="utf-8")
    assert "<img" not in page and "<b>examples</b>" not in page and "&lt;img src=x&gt;" in page
    assert "<script" not in dump_dom(written.path)


def test_an_empty_class_gives_a_page_too(tmp_path: Path) -> None:
    course = make_course(tmp_path)
    report = write_report(course, ASSIGNMENT)
    assert (
        report.students == 0
        and report.needs_attention == ()
        and "0 students graded" in report.path.read_text(encoding="utf-8")
    )
