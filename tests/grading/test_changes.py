"""A grade changes only with a line that says whose, from what to what, and why; never by an error of the machine."""

import errno
import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

from autograder.course.course import Course
from autograder.errors import CourseError
from autograder.gradebook import words
from autograder.gradebook.history import Change, read_history
from autograder.gradebook.read_marks import Mark, read_marks
from autograder.gradebook.secret import known_secret
from autograder.grading import submissions
from tests.helpers import small_course as small
from tests.helpers.stub_engine import StubEngine, hand_in, mark, registered_course, run

pytestmark = pytest.mark.xdist_group("gradebook")

WRONG = "def square(x):\n    return x"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Course:
    course = registered_course(tmp_path_factory.mktemp("template") / "course")
    hand_in(course, "ann", "2026-03-01 10:00:00")
    hand_in(course, "bob", "2026-03-01 11:00:00", square=WRONG)
    run(course)
    return course


@pytest.fixture
def course(template: Course, tmp_path: Path) -> Course:
    return Course.at(shutil.copytree(template.root, tmp_path / "course"))


def marks(course: Course, student: str) -> dict[str, Mark]:
    return read_marks(course, small.ASSIGNMENT).notebooks[student][small.ASSIGNMENT].marks


def total(course: Course, student: str) -> float:
    return read_marks(course, small.ASSIGNMENT).notebooks[student][small.ASSIGNMENT].score


def line(change: Change) -> str:
    return words.student_change(change)


def test_a_first_grade_and_a_second_run_change_nothing(course: Course) -> None:
    results, changes = run(course)
    assert [one.state for one in results.values()] == ["unchanged", "unchanged"] and not changes
    assert [run(course, force=True)[1], len(read_history(course))] == [[], 2]


def test_another_submission_is_the_reason(course: Course) -> None:
    hand_in(course, "bob", "2026-03-02 09:00:00")
    (change,) = run(course)[1]
    assert line(change) == "bob: 4 → 10: square 0 → 6 (value, negative). Another submission was handed in."


def test_a_mended_criterion_is_named_for_each_student(course: Course) -> None:
    engine = StubEngine(criteria={"value": 4.0, "negative": 0.5})
    (change,) = run(course, engine)[1]
    assert line(change) == "ann: 10 → 8.5: square 6 → 4.5 (negative). The grader or the answer key changed."


def test_a_changed_assignment_is_the_reason(course: Course) -> None:
    (course.source(small.ASSIGNMENT) / "data.csv").write_text("1,2\n")
    results, changes = run(course)
    assert {one.state for one in results.values()} == {"graded"} and not changes
    assert [change.causes for change in read_history(course, "ann")] == [()]


def test_the_history_of_a_student_says_how_each_grade_came_about(course: Course) -> None:
    hand_in(course, "bob", "2026-03-02 09:00:00")
    run(course)
    mark(course, "bob", 3.5)
    run(course)
    lines = words.history_of_student(read_history(course, "bob"))
    assert lines[0] == small.ASSIGNMENT
    assert "4 of 15: graded, handed in 2026-03-01 11:00:00 UTC" in lines[1]
    assert "4 → 10: square 0 → 6 (value, negative). Another submission was handed in." in lines[2]
    assert lines[3].endswith("handed in 2026-03-02 09:00:00 UTC")
    assert "10 → 13.5: conclusions 0 → 3.5. Points were given by hand." in lines[4]


def test_points_by_hand_are_no_news_of_a_run(course: Course) -> None:
    mark(course, "ann", 4.0)
    assert run(course)[1] == []


def test_the_history_of_the_class_lists_runs_that_changed_scores(course: Course) -> None:
    assert words.history_of_runs(read_history(course)) == []
    hand_in(course, "bob")
    run(course)
    head, changed = words.history_of_runs(read_history(course))
    assert head.endswith("UTC  numbers: 1 score changed") and changed.startswith("  bob: 4 → 10")


def test_a_grade_of_an_earlier_version_is_compared_too(course: Course) -> None:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(course.gradebook)) as database, database:
        for table in ("history", "setting", "late", "extension"):
            database.execute(f"DROP TABLE autograder_{table}")
    (change,) = run(course, StubEngine(criteria={"value": 3.0, "negative": 2.0}))[1]
    assert line(change) == "ann: 10 → 9: square 6 → 5. It was graded by an earlier version, or by nbgrader."


def cannot_read(*_: object) -> NoReturn:
    raise PermissionError(errno.EACCES, "Permission denied")


def refuse_to_list(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.listdir
    monkeypatch.setattr(os, "listdir", lambda path: cannot_read() if Path(path) == folder else real(path))


@pytest.mark.parametrize("place", ["the notebook", "the folder"])
def test_an_error_of_the_machine_is_not_graded_and_changes_no_grade(
    course: Course, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    if place == "the notebook":
        monkeypatch.setattr("autograder.notebook.read.read_plain", cannot_read)
    else:
        refuse_to_list(course.submitted("ann", small.ASSIGNMENT), monkeypatch)
    results, changes = run(course, force=True)
    assert results["ann"].state == "failed" and not changes
    assert "Permission denied" in results["ann"].notes[0] and "an earlier grade stays" in results["ann"].notes[0]
    assert total(course, "ann") == 10
    monkeypatch.undo()
    assert run(course)[0]["ann"].state == "unchanged"


def test_what_is_wrong_with_the_file_itself_still_counts_as_not_filled_in(course: Course) -> None:
    file = course.submitted("ann", small.ASSIGNMENT) / f"{small.ASSIGNMENT}.ipynb"
    file.write_bytes(b"{")
    results, changes = run(course)
    assert results["ann"].state == "unreadable" and [change.student for change in changes] == ["ann"]


def test_a_notebook_that_is_gone_keeps_its_grade_unless_it_is_meant(course: Course) -> None:
    (course.submitted("ann", small.ASSIGNMENT) / f"{small.ASSIGNMENT}.ipynb").unlink()
    results, changes = run(course)
    assert (results["ann"].state, changes, total(course, "ann")) == ("failed", [], 10)
    assert "numbers.ipynb was graded before" in results["ann"].notes[0]
    results, changes = run(course, force=True)
    assert results["ann"].state == "unreadable" and changes[0].after.total == 0


def test_an_engine_that_cannot_judge_changes_no_grade(course: Course) -> None:
    results, changes = run(course, StubEngine(broken={"ann": "No space left."}), force=True)
    assert results["ann"].state == "failed" and not changes and total(course, "ann") == 10


def test_a_lost_or_exchanged_secret_stops_before_anything_is_graded(course: Course) -> None:
    secret = course.secret_file.read_text()
    course.secret_file.unlink()
    with pytest.raises(CourseError, match="is gone, and the grades"):
        run(course)
    assert not course.secret_file.exists()
    course.secret()
    with pytest.raises(CourseError, match="is not the one"):
        run(course)
    course.secret_file.write_text(secret)
    assert run(course)[0]["ann"].state == "unchanged"
    assert secret.strip() not in course.gradebook.read_bytes().decode("latin-1")


def test_a_new_secret_can_be_meant(course: Course) -> None:
    course.secret_file.unlink()
    results, _ = run(course, new_secret=True)
    assert {one.state for one in results.values()} == {"graded"}
    assert {one.state for one in run(course)[0].values()} == {"unchanged"}
    assert known_secret(course) == course.secret()


def test_graded_answers_are_flagged_anew_only_where_the_answer_changed(course: Course) -> None:
    for student in ("ann", "bob"):
        mark(course, student, 4.0)
    hand_in(course, "ann")  # the same once more
    hand_in(course, "bob", square="def square(x):\n    return x ** 2")
    run(course, force=True)
    assert not marks(course, "ann")["conclusions"].flagged and not marks(course, "bob")["conclusions"].flagged
    hand_in(course, "bob", conclusions="Squares grow very fast.")
    run(course)
    assert marks(course, "bob")["conclusions"].flagged and marks(course, "bob")["conclusions"].manual == 4.0
    run(course, force=True)
    assert marks(course, "bob")["conclusions"].flagged, "a flag stays until a person has looked"
    hand_in(course, "ann", conclusions="Squares grow fast.  \r\n")
    run(course)
    assert not marks(course, "ann")["conclusions"].flagged, "blanks at the end are no other answer"


def test_points_by_hand_for_code_are_flagged_where_the_code_or_its_points_changed(course: Course) -> None:
    mark(course, "ann", 5.0, "test_square")
    run(course, force=True)
    assert not marks(course, "ann")["test_square"].flagged
    hand_in(course, "ann", double="def double(x):\n    return x")
    run(course)
    assert not marks(course, "ann")["test_square"].flagged
    hand_in(course, "ann", square="def square(x):\n    return x ** 2 + 0")
    run(course)
    assert marks(course, "ann")["test_square"].flagged


def test_a_folder_that_cannot_be_looked_into_belongs_to_a_student_all_the_same(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.stat
    monkeypatch.setattr(os, "stat", lambda path, **how: cannot_read() if "/ann/" in str(path) else real(path, **how))
    refuse_to_list(course.submitted("ann", small.ASSIGNMENT), monkeypatch)
    assert course.students(small.ASSIGNMENT) == ["ann", "bob"]
    with pytest.raises(Exception, match="cannot be read on this machine"):
        submissions.make_task(course, small.ASSIGNMENT, "ann")


def test_a_full_disk_is_one_reason_for_all_and_the_next_run_mends_it(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, data: bytes) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device", str(self))

    monkeypatch.setattr(Path, "write_bytes", full)
    results, _ = run(course, force=True)
    assert len({one.notes for one in results.values()}) == 1 and {one.state for one in results.values()} == {"failed"}
    monkeypatch.undo()
    assert {one.state for one in run(course, force=True)[0].values()} == {"graded"}
