"""nbgrader's database, written directly: the same tables, whole submissions, and nothing of a person's touched."""

from dataclasses import replace
from datetime import datetime
from typing import NoReturn

import pytest
from nbgrader.api import Base, Gradebook
from sqlalchemy.exc import OperationalError

from autograder.course.course import Course
from autograder.course.downloads import Downloaded, keep_downloaded
from autograder.engines.result import CellScore, Judged
from autograder.engines.task import Task
from autograder.errors import CourseError
from autograder.gradebook import record as recording
from autograder.gradebook.history import Change
from autograder.gradebook.read_marks import read_marks
from autograder.gradebook.record import WRITTEN, record, recorded_students, update_times
from autograder.gradebook.register import register
from autograder.gradebook.tables import NBGRADER
from tests.helpers import small_course as small

pytestmark = pytest.mark.xdist_group("gradebook")


@pytest.fixture(scope="module")
def registered(tmp_path_factory: pytest.TempPathFactory) -> Course:
    course = Course.at(small.make_course(tmp_path_factory.mktemp("book")))
    register(course, small.ASSIGNMENT)
    return course


def task(student: str) -> Task:
    return Task(small.ASSIGNMENT, student, (), {}, "")


def write(course: Course, batch: list[tuple[Task, Judged]], **times: datetime) -> list[Change]:
    return record(course, batch, moment="2026-03-05 10:00:00", times=times, causes={})


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
    for table in NBGRADER.sorted_tables:
        columns = Base.metadata.tables[table.name].columns
        for column in table.columns:
            own, theirs = column.type, columns[column.name].type
            assert issubclass(type(theirs), type(own)), column
            assert getattr(own, "length", None) in (None, getattr(theirs, "length", None)), column
        if table in WRITTEN:
            assert {column.name for column in columns if not column.nullable} <= set(table.columns.keys())


def test_a_batch_of_new_submissions_is_as_nbgrader_makes_them(registered: Course) -> None:
    write(registered, [(task("ann"), judged()), (task("bob"), judged(square=2.0, answered=False))])
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
    write(registered, [(task("cid"), judged())])
    with Gradebook(registered.gradebook_url) as book:
        grade = book.find_grade("conclusions", small.ASSIGNMENT, small.ASSIGNMENT, "cid")
        grade.manual_score, grade.extra_credit, grade.needs_manual_grade = 4.5, 1.0, False
        book.find_comment("conclusions", small.ASSIGNMENT, small.ASSIGNMENT, "cid").manual_comment = "Good."
        book.db.commit()
    write(registered, [(task("cid"), judged(double=0.0))])
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
    def broken(*_: object) -> NoReturn:
        raise OperationalError("INSERT", {}, Exception("disk full"))

    monkeypatch.setattr(recording, "take_stock", broken)
    with pytest.raises(CourseError, match="disk full"):
        write(registered, [(task("dan"), judged())])
    assert "dan" not in recorded_students(registered, small.ASSIGNMENT)


def test_the_history_keeps_what_the_gradebook_gives_back(registered: Course) -> None:
    """Marks that have just been written are not read again: whoever reads them later must find the same."""
    times = {student: datetime(2026, 3, day, 10, 0, 0, 123) for day, student in enumerate(("dora", "emil"), 1)}
    write(registered, [(task("dora"), judged()), (task("emil"), judged(answered=False))], **times)
    with Gradebook(registered.gradebook_url) as book:
        for points, extra, flag in ((3.0, 0.5, True), (0.0, None, False)):
            name = "conclusions" if flag else "test_double"
            grade = book.find_grade(name, small.ASSIGNMENT, small.ASSIGNMENT, "dora")
            grade.manual_score, grade.extra_credit, grade.needs_manual_grade = points, extra, flag
        book.find_submission(small.ASSIGNMENT, "emil").notebooks[0].late_submission_penalty = 1.5
        book.db.commit()
    batch = [(task("emil"), judged(square=1.0)), (task("dora"), judged(2.0)), (task("finn"), judged(0.0))]
    written = {change.student: change.after for change in write(registered, batch, dora=times["dora"])}
    moment = "2026-03-06 10:00:00"
    for change in update_times(registered, small.ASSIGNMENT, moment=moment, times=dict.fromkeys(written)):
        assert change.before is not None
        assert change.before == written[change.student] == replace(change.after, moment=change.before.moment)
        assert (change.causes, change.questions) == ((), ())
    assert written["dora"].hand == {"numbers/conclusions": 3.5, "numbers/test_double": 0.0}
    assert written["emil"].submitted == "2026-03-02 10:00:00"


def test_a_student_without_a_name_is_called_as_in_the_download(registered: Course) -> None:
    named = Downloaded("moodle", "Ada Example_1_assignsubmission_file", "x", "Ada Example")
    keep_downloaded(registered, small.ASSIGNMENT, {"named-1": named})
    write(registered, [(task("named-1"), judged()), (task("named-2"), judged())])
    names = read_marks(registered, small.ASSIGNMENT).names
    assert (names["named-1"], names["named-2"]) == ("Ada Example", "")
