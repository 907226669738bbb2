"""The made-up download is one that `collect` reads as Moodle's, with the worksheet that says who is who."""

import csv
from datetime import UTC
from pathlib import Path

from autograder.collect.collect import collect
from autograder.course.course import Course
from autograder.course.roster import Roster
from autograder.course.timestamp import read_timestamp
from autograder.demo.made_up_download import DUE, write_download
from autograder.roster.read_list import read_list
from tests.helpers import small_course as small
from tests.roster.helpers import empty_gradebook


def test_the_download_is_collected_by_the_roster_of_its_worksheet_and_every_fifth_is_late(tmp_path: Path) -> None:
    away = Course.at(small.make_course(tmp_path / "away"))
    students = [f"student-{number:04}" for number in range(1, 6)]
    for student in students:
        small.hand_in(away.root, student, small.filled())
    download, worksheet = write_download(away, small.ASSIGNMENT, tmp_path / "downloads", 15.0)
    empty_gradebook(tmp_path)
    course = Course.at(tmp_path / "course")
    read_list(course, worksheet, small.ASSIGNMENT)
    assert sorted(Roster.read(course).people) == students
    assert sorted(collect(course, small.ASSIGNMENT, download).students) == students
    due = DUE.astimezone(UTC).replace(tzinfo=None)
    times = [read_timestamp(course.submitted(one, small.ASSIGNMENT) / "timestamp.txt") for one in students]
    assert [time is not None and time > due for time in times] == [False] * 4 + [True]
    with worksheet.open(newline="") as file:
        assert {row["Maximum grade"] for row in csv.DictReader(file)} == {"15.00"}
