"""nbgrader's database, written directly: the same tables, whole submissions, and nothing of a person's touched."""

import sqlite3
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NoReturn

import pytest
from nbgrader.api import Base, Gradebook

from autograder.course.course import Course
from autograder.engines.result import CellScore, Judged
from autograder.engines.task import Task
from autograder.errors import CourseError
from autograder.gradebook import record as recording
from autograder.gradebook.record import record, recorded_students
from autograder.gradebook.register import register
from autograder.gradebook.tables import WRITTEN
from tests.helpers import small_course as small

pytestmark = pytest.mark.xdist_group("gradebook")


@pytest.fixture(scope="module")
def registered(tmp_path_factory: pytest.TempPathFactory) -> Course:
    course = Course.at(small.make_course(tmp_path_factory.mktemp("book")))
    register(course, small.ASSIGNMENT)
    return course


def task(student: str) -> Task:
    return Task(small.ASSIGNMENT, student, (), {}, "")


def judged(double: float = 4.0, square: float = 6.0, answered: bool = True) -> Judged:
    cells = (("test_double", double, 4.0, False), ("test_square", square, 6.0, False))
    scores = [CellScore(small.ASSIGNMENT, name, score, most, manual) for name, score, most, manual in cells]
    scores.append(CellScore(small.ASSIGNMENT, "conclusions", None if answered else 0.0, 5.0, True))
    unanswered = frozenset() if answered else frozenset({(small.ASSIGNMENT, "conclusions")})
    return Judged(scores=tuple(scores), unanswered=unanswered)


def found(course: Course, student: str) -> dict[str, tuple[float | None, float | None, bool]]:
    with Gradebook(course.gradebook_url) as book:
        grades = book.find_submission(small.ASSIGNMENT, student).notebooks[0].grades
        return {g.name: (g.auto_score, g.manual_score, g.needs_manual_grade) for g in grades}


def test_the_tables_are_those_of_nbgrader() -> None:
    for table in WRITTEN:
        columns = Base.metadata.tables[table.name].columns
        assert {*table.columns, *table.changed} <= {column.name for column in columns}
        assert {column.name for column in columns if not column.nullable} <= {*table.columns}


def test_a_batch_of_new_submissions_is_as_nbgrader_makes_them(registered: Course) -> None:
    record(registered, [(task("ann"), judged()), (task("bob"), judged(square=2.0, answered=False))])
    with Gradebook(registered.gradebook_url) as book:
        book.update_or_create_student("eve")
        theirs = book.update_or_create_submission(small.ASSIGNMENT, "eve").notebooks[0]
        mine = book.find_submission(small.ASSIGNMENT, "ann").notebooks[0]
        assert {grade.name for grade in mine.grades} == {grade.name for grade in theirs.grades}
        assert {comment.name for comment in mine.comments} == {comment.name for comment in theirs.comments}
        assert (mine.score, mine.max_score, mine.needs_manual_grade) == (10.0, 15.0, True)
        bob = book.find_submission(small.ASSIGNMENT, "bob").notebooks[0]
        assert (bob.score, bob.needs_manual_grade) == (6.0, False)
        assert {c.name: c.auto_comment for c in bob.comments}["conclusions"] == "No response."
        book.remove_student("eve")


def test_grading_again_changes_scores_by_machine_only(registered: Course) -> None:
    record(registered, [(task("cid"), judged())])
    with Gradebook(registered.gradebook_url) as book:
        grade = book.find_grade("conclusions", small.ASSIGNMENT, small.ASSIGNMENT, "cid")
        grade.manual_score, grade.extra_credit, grade.needs_manual_grade = 4.5, 1.0, False
        book.find_comment("conclusions", small.ASSIGNMENT, small.ASSIGNMENT, "cid").manual_comment = "Good."
        book.db.commit()
    record(registered, [(task("cid"), judged(double=0.0))])
    assert found(registered, "cid") == {
        "test_double": (0.0, None, False),
        "test_square": (6.0, None, False),
        "conclusions": (None, 4.5, True),
    }
    with Gradebook(registered.gradebook_url) as book:
        comment = book.find_comment("conclusions", small.ASSIGNMENT, small.ASSIGNMENT, "cid")
        assert comment.manual_comment == "Good."
        assert book.find_grade("conclusions", small.ASSIGNMENT, small.ASSIGNMENT, "cid").extra_credit == 1.0


def test_a_batch_that_cannot_be_written_leaves_nothing_of_it(
    registered: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: object) -> NoReturn:
        raise sqlite3.OperationalError("disk full")

    monkeypatch.setattr(recording._Writer, "flush", broken)
    with pytest.raises(CourseError, match="disk full"):
        record(registered, [(task("dan"), judged())])
    assert "dan" not in recorded_students(registered, small.ASSIGNMENT)


def test_a_late_submission_gets_the_penalty_that_the_course_configures(registered: Course) -> None:
    config = registered.root / "nbgrader_config.py"
    before = config.read_text()
    (registered.root / "penalty.py").write_text(
        "from nbgrader.plugins import LateSubmissionPlugin\nclass Two(LateSubmissionPlugin):\n"
        "    def late_submission_penalty(self, student, score, seconds):\n        return 2.0\n"
    )
    config.write_text(f"{before}\nc.AssignLatePenalties.plugin_class = 'penalty.Two'\n")
    sys.path.insert(0, str(registered.root))
    due = datetime(2026, 3, 1, 12)
    with Gradebook(registered.gradebook_url) as book:
        book.update_or_create_assignment(small.ASSIGNMENT, duedate=due)
        book.update_or_create_student("extended")
        book.update_or_create_submission(small.ASSIGNMENT, "extended")
        book.grant_extension(small.ASSIGNMENT, "extended", minutes=90)
    notebooks: dict[str, Any] = {small.ASSIGNMENT: small.filled()}
    moments = {
        "early": due - timedelta(hours=1),
        "late": due + timedelta(hours=1),
        "extended": due + timedelta(hours=1),
    }
    for student, moment in moments.items():
        folder = registered.submitted(student, small.ASSIGNMENT)
        folder.mkdir(parents=True)
        (folder / "timestamp.txt").write_text(f"{moment} UTC")
    record(registered, [(task(name), replace(judged(), notebooks=notebooks)) for name in moments])
    with Gradebook(registered.gradebook_url) as book:
        penalties = {
            name: book.find_submission(small.ASSIGNMENT, name).notebooks[0].late_submission_penalty for name in moments
        }
        times = {name: book.find_submission(small.ASSIGNMENT, name).timestamp for name in moments}
        book.update_or_create_assignment(small.ASSIGNMENT, duedate=None)
    sys.path.remove(str(registered.root))
    config.write_text(before)
    assert penalties == {"early": None, "late": 2.0, "extended": None}
    assert times == moments
