"""A class of forty from each platform: who, when, which file, who handed in nothing."""

from datetime import datetime
from pathlib import Path

import pytest

from autograder.collect.collect import Collected, collect
from autograder.course.course import Course
from autograder.course.downloads import downloaded
from autograder.course.roster import Roster
from autograder.course.timestamp import read_timestamp
from autograder.roster.read_list import read_list
from tests.helpers import platforms
from tests.helpers import small_course as small
from tests.helpers.downloads import make_zip, save
from tests.roster.helpers import empty_gradebook

MADE = platforms.make_class()

DOWNLOADS = {
    "moodle": ("Moodle", platforms.moodle(MADE)),
    "moodle, 3.1": ("Moodle", platforms.moodle(MADE, "{name}_{number}_assignsubmission_file_/{file}")),
    "moodle, flat": ("Moodle", platforms.moodle(MADE, "{name}_{number}_assignsubmission_file_{file}")),
    "moodle, anonymous": ("Moodle", platforms.moodle(MADE, name="Teilnehmer in")),
    "canvas": ("Canvas", platforms.canvas(MADE)),
    "blackboard": ("Blackboard", platforms.blackboard(MADE)),
    "brightspace": ("Brightspace", platforms.brightspace(MADE)),
    "gradescope": ("Gradescope", platforms.gradescope(MADE)),
    "sakai": ("Sakai", platforms.sakai(MADE)),
    "sakai, flat": ("Sakai", platforms.sakai(MADE, "{name}({login})_Submission attachment(s)_{file}")),
    "teams": ("Teams", platforms.teams(MADE)),
    "github": ("GitHub Classroom", platforms.github(MADE)),
    "chaoxing": ("number and name", platforms.chaoxing(MADE)),
    "chaoxing, 学号_姓名": ("number and name", platforms.chaoxing(MADE, "{number}_{name}")),
    "nbgrader": ("nbgrader's folders", platforms.nbgrader(MADE)),
    "folders": ("a folder or a zip a student", platforms.folders(MADE)),
    "folders, names": ("a folder or a zip a student", platforms.folders(MADE, lambda one: one.name)),
    "folders, logins": ("a folder or a zip a student", platforms.folders(MADE, lambda one: one.login)),
}
ZIPS = {name: (title, platforms.as_zip(entries)) for name, (title, entries) in DOWNLOADS.items()}


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The gradebook and the roster of a course that has read its lists."""
    folder = tmp_path_factory.mktemp("people")
    empty_gradebook(folder)
    course = Course.at(folder / "course")
    read_list(course, save(folder / "people.csv", platforms.own_list(MADE)))
    read_list(course, save(folder / "worksheet.csv", platforms.worksheet(MADE)), small.ASSIGNMENT)
    roster = course.private / "roster.json"
    return {"gradebook.db": course.gradebook.read_bytes(), ".autograder/roster.json": roster.read_bytes()}


@pytest.fixture
def course(tmp_path: Path, people: dict[str, bytes]) -> Course:
    """A course whose roster is read."""
    course = Course.at(small.make_course(tmp_path / "course"))
    for name, data in people.items():
        save(course.root / name, data)
    return course


def in_course(course: Course) -> dict[str, tuple[bytes, datetime | None]]:
    """What was collected of each student, and when it was handed in, as the machine's clock shows it."""
    found = {}
    for student in course.students(small.ASSIGNMENT):
        folder = course.submitted(student, small.ASSIGNMENT)
        time = read_timestamp(folder / "timestamp.txt")
        found[student] = ((folder / "numbers.ipynb").read_bytes(), time)
    return found


def take(course: Course, tmp_path: Path, data: bytes) -> Collected:
    return collect(course, small.ASSIGNMENT, save(tmp_path / "download.zip", data))


@pytest.mark.slow
@pytest.mark.parametrize("name", ZIPS)
def test_a_class_of_forty_is_collected_from_each_platform(course: Course, tmp_path: Path, name: str) -> None:
    title, data = ZIPS[name]
    collected = take(course, tmp_path, data)
    assert collected.layout.startswith(f"Read as: {title}")
    assert in_course(course) == MADE.counts
    assert sorted(collected.students) == sorted(MADE.counts)
    lines = [line for line in collected.skipped if "handed in nothing" in line]
    assert [line.partition(":")[0] for line in lines[:-1]] == MADE.useless
    assert lines[-1] == f"4 students handed in nothing at all: {', '.join(MADE.nothing)}"
    assert not any("whose it is" in line or "roster" in line for line in collected.skipped)
    assert downloaded(course, small.ASSIGNMENT).keys() == {*MADE.counts, *MADE.useless}


def test_a_team_s_file_is_every_member_s(course: Course, tmp_path: Path) -> None:
    data = platforms.as_zip(platforms.moodle_teams(MADE))
    collected = take(course, tmp_path, data)
    students = {student.number: student for student in MADE.attempts}
    expected = {
        number: MADE.counts[leader.number]
        for number, student in students.items()
        if (leader := students[f"00250{student.index // 4 * 4:05}"]).number in MADE.counts
    }
    assert in_course(course) == expected
    assert sorted(collected.students) == sorted(expected)
    assert take(course, tmp_path, data).unchanged == collected.students


def test_the_names_of_a_download_are_kept_for_the_way_back(course: Course, tmp_path: Path) -> None:
    take(course, tmp_path, ZIPS["moodle"][1])
    kept = downloaded(course, small.ASSIGNMENT)["0025000000"]
    assert (kept.layout, kept.name) == ("moodle", "Ada Example_70_assignsubmission_file")
    assert (kept.path, kept.person) == ("Ada Example_70_assignsubmission_file/numbers.ipynb", "Ada Example")
    take(course, tmp_path, ZIPS["canvas"][1])
    assert downloaded(course, small.ASSIGNMENT)["0025000000"].name == "exampleada_1000_90_numbers.ipynb"


def test_a_name_keeps_no_sign_that_turns_others_round(course: Course, tmp_path: Path) -> None:
    folder = "Ada \u202eExample\u2066_70_assignsubmission_file"
    take(course, tmp_path, make_zip({f"{folder}/n.ipynb": b"{}"}))
    (kept,) = downloaded(course, small.ASSIGNMENT).values()
    assert (kept.name, kept.person) == (folder, "Ada Example")


def test_without_a_roster_the_platform_s_ids_are_taken(course: Course, tmp_path: Path) -> None:
    Roster().write(course)
    take(course, tmp_path, ZIPS["moodle"][1])
    assert set(course.students(small.ASSIGNMENT)) == {
        str(student.moodle) for student in MADE.attempts if student.number in MADE.counts
    }
