"""A class of forty goes from a platform's download to the same platform's grades: who, late or not, open or not."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from autograder.collect.collect import collect
from autograder.course.course import Course
from autograder.course.timestamp import parse_moment
from autograder.export.export import export
from autograder.gradebook.history import change_rules, now
from autograder.gradebook.late import NewRule, set_due
from autograder.pages.feedback_zip import write_feedback_zip
from autograder.roster.read_list import read_list
from tests.helpers import importers, platforms
from tests.helpers import small_course as small
from tests.helpers.platforms import START, Made, Student, as_zip, make_class, people
from tests.helpers.stub_engine import registered_course, run

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("gradebook")]

BY_HAND = 5.0


@pytest.fixture(scope="module")
def made() -> Made:
    return make_class()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory, made: Made) -> Course:
    """A course with the class's roster and a due date half a day after the first hand in."""
    course = registered_course(tmp_path_factory.mktemp("template") / "course")
    (course.root / "people.csv").write_bytes(platforms.own_list(made))
    read_list(course, course.root / "people.csv")
    rule = NewRule(due=parse_moment(f"{START + timedelta(hours=12):%Y-%m-%d %H:%M}"), per_day=10.0)
    change_rules(course, small.ASSIGNMENT, lambda database: set_due(database, small.ASSIGNMENT, rule), now())
    return course


def moodle_file(made: Made) -> bytes:
    return people(
        made, "Identifier", "Full name", "Email address", "Status", "Grade", "Maximum grade", "Last modified (grade)",
        rows=lambda one: (f"Participant {one.moodle}", one.name, one.email, "Submitted", "", "15.00", "-"),
    )  # fmt: skip


def canvas_file(made: Made) -> bytes:
    return people(
        made, "Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Numbers (4711)",
        rows=lambda one: (f"{one.last}, {one.first}", one.canvas, one.number, one.login, one.group, ""),
    )  # fmt: skip


def blackboard_file(made: Made) -> bytes:
    return people(
        made, "Last Name", "First Name", "Username", "Student ID", "Numbers [Total Pts: 15 Score] |77",
        rows=lambda one: (one.last, one.first, one.login, one.number, ""),
    )  # fmt: skip


def brightspace_file(made: Made) -> bytes:
    return people(
        made, "OrgDefinedId", "Username", "Last Name", "First Name", "Numbers Points Grade", "End-of-Line Indicator",
        rows=lambda one: (f"#{one.number}", f"#{one.login}", one.last, one.first, "", "#"),
    )  # fmt: skip


def sakai_file(made: Made) -> bytes:
    return b'"Lab 1","SCORE_GRADE_TYPE"\n""\n' + people(
        made, "Display ID", "ID", "Last Name", "First Name", "grade",
        rows=lambda one: (one.number, one.login, one.last, one.first, ""),
    )  # fmt: skip


Download = Callable[[Made], platforms.Entries]
File = Callable[[Made], bytes]
Read = Callable[[bytes], dict[str, float]]
Key = Callable[[Student], str]

WAYS: dict[str, tuple[Download, File, Read, Key]] = {
    "moodle": (
        platforms.moodle,
        moodle_file,
        lambda data: importers.moodle_worksheet(data, "Grade", "Maximum grade"),
        lambda one: str(one.moodle),
    ),
    "canvas": (
        platforms.canvas,
        canvas_file,
        lambda data: {who: float(grade) for who, grade in importers.canvas(data, "4711").items()},
        lambda one: str(one.canvas),
    ),
    "blackboard": (
        platforms.blackboard, blackboard_file, lambda data: importers.blackboard(data, "77"), lambda one: one.login
    ),
    "brightspace": (
        platforms.brightspace,
        brightspace_file,
        lambda data: importers.brightspace(data, "Numbers"),
        lambda one: one.number,
    ),
    "sakai": (platforms.sakai, sakai_file, importers.sakai, lambda one: one.login),
}  # fmt: skip


@pytest.mark.parametrize("platform", WAYS)
def test_each_gets_the_grade_of_the_own_work_and_nobody_else_s(
    template: Course, made: Made, tmp_path: Path, platform: str
) -> None:
    download, grade_file, read, key = WAYS[platform]
    course = Course.at(shutil.copytree(template.root, tmp_path / "course"))
    (tmp_path / "grades.csv").write_bytes(grade_file(made))
    (tmp_path / "download.zip").write_bytes(as_zip(download(made)))
    if platform == "moodle":
        read_list(course, tmp_path / "grades.csv", small.ASSIGNMENT)
    collect(course, small.ASSIGNMENT, tmp_path / "download.zip")
    results, _ = run(course)
    assert results.keys() == made.counts.keys()
    students = {one.number: one for one in made.attempts}
    closed = {number for number in made.counts if students[number].index % 3}
    mark_by_hand(course, closed)
    exported = export(course, small.ASSIGNMENT, None, platform, into=tmp_path / "grades.csv")
    late = {number for number, (_, time) in made.counts.items() if time > START + timedelta(hours=12)}
    expected = {key(students[number]): 13.5 if number in late else 15.0 for number in closed}
    assert 0 < len(late & closed) < len(closed) < len(made.counts) < len(students)
    assert read((tmp_path / "grades.csv").read_bytes()) == expected
    assert f"{len(made.counts) - len(closed)} students have answers" in exported.look[0]
    assert f"{len(students) - len(made.counts)} people in the file have no marks" in exported.look[1]
    if platform in ("moodle", "canvas"):
        pages = {number: (course.submitted(number, small.ASSIGNMENT) / "numbers.ipynb",) for number in made.counts}
        packed = write_feedback_zip(course, small.ASSIGNMENT, pages, platform)
        sent = importers.feedback_zip(packed.path, platform)
        assert sent == {key(students[number]): data for number, (data, _) in made.counts.items()}


def mark_by_hand(course: Course, students: set[str]) -> None:
    query = """
        UPDATE grade SET manual_score = ?, needs_manual_grade = 0
        WHERE cell_id = (SELECT id FROM base_cell WHERE name = 'conclusions') AND notebook_id =
            (SELECT submitted_notebook.id FROM submitted_notebook JOIN submitted_assignment AS submission
             ON submission.id = submitted_notebook.assignment_id WHERE submission.student_id = ?)
    """
    with closing(sqlite3.connect(course.gradebook)) as database, database:
        database.executemany(query, [(BY_HAND, student) for student in students])
