"""A newer submission takes an older one's place, never the other way round, and nothing is lost."""

import errno
import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path, PurePosixPath

import pytest

from autograder.collect import write
from autograder.collect.archives import File
from autograder.collect.collect import Collected, collect
from autograder.course.course import Course
from autograder.errors import CourseError
from tests.helpers import small_course as small
from tests.helpers.downloads import NOTEBOOK, make_zip, save, submitted
from tests.roster.helpers import empty_gradebook

FIRST, SECOND = NOTEBOOK, NOTEBOOK + b" "


def take(course: Course, tmp_path: Path, data: bytes, day: int, *, take_older: bool = False) -> Collected:
    path = save(tmp_path / "class.zip", make_zip({"s-1/n.ipynb": data, "s-2/n.ipynb": FIRST}, (2026, 3, day, 12, 0, 0)))
    return collect(course, small.ASSIGNMENT, path, take_older=take_older)


def in_course(course: Course) -> tuple[bytes, str]:
    stamp = course.submitted("s-1", small.ASSIGNMENT) / "timestamp.txt"
    return submitted(course)["s-1/numbers/numbers.ipynb"], stamp.read_text()[:10]


def kept(course: Course) -> list[bytes]:
    return [path.read_bytes() for path in (course.private / "versions/s-1/numbers").glob("*.ipynb")]


def test_an_older_download_never_replaces_a_newer_submission_unless_told_to(course: Course, tmp_path: Path) -> None:
    assert take(course, tmp_path, FIRST, 1).changed == ()
    (line,) = take(course, tmp_path, SECOND, 2).changed
    assert line.startswith("s-1: replaced; handed in 2026-03-01 12:00:00") and ", now 2026-03-02 12:00:00" in line
    assert kept(course) == [FIRST]
    again = take(course, tmp_path, FIRST, 1)
    assert in_course(course) == (SECOND, "2026-03-02")
    assert (again.students, again.unchanged, again.changed) == ((), ("s-1", "s-2"), ())
    assert "s-1/n.ipynb: skipped; the course has a newer notebook of s-1" in again.skipped[0]
    assert take(course, tmp_path, FIRST, 1, take_older=True).students == ("s-1",)
    assert in_course(course) == (FIRST, "2026-03-01")
    assert sorted(kept(course)) == sorted([FIRST, SECOND])


def test_a_replaced_submission_is_named_with_what_it_was_graded(course: Course, tmp_path: Path) -> None:
    empty_gradebook(tmp_path / "empty")
    (tmp_path / "empty/course/gradebook.db").rename(course.gradebook)
    with closing(sqlite3.connect(course.gradebook)) as database, database:
        database.executescript("""
            INSERT INTO student (id) VALUES ('s-1');
            INSERT INTO assignment (id, name, course_id) VALUES ('a', 'numbers', 'default_course');
            INSERT INTO notebook (id, name, assignment_id) VALUES ('n', 'numbers', 'a');
            INSERT INTO base_cell (id, name, type, notebook_id) VALUES ('c', 'test_double', 'GradeCell', 'n');
            INSERT INTO grade_cells (id, max_score, cell_type) VALUES ('c', 100, 'code');
            INSERT INTO submitted_assignment (id, assignment_id, student_id) VALUES ('sa', 'a', 's-1');
            INSERT INTO submitted_notebook (id, assignment_id, notebook_id) VALUES ('sn', 'sa', 'n');
            INSERT INTO grade (id, notebook_id, cell_id, auto_score, needs_manual_grade)
                VALUES ('g', 'sn', 'c', 60, 0);
        """)
    take(course, tmp_path, FIRST, 1)
    (line,) = take(course, tmp_path, SECOND, 2).changed
    assert line.endswith("; was graded 60")


def test_a_version_that_was_replaced_does_not_come_back_where_times_are_not_known(
    course: Course, tmp_path: Path
) -> None:
    for data in (FIRST, SECOND, FIRST):
        save(tmp_path / "in/s-1/n.ipynb", data)
        save(tmp_path / "in/s-2/n.ipynb", FIRST)
        collect(course, small.ASSIGNMENT, tmp_path / "in")
    assert submitted(course)["s-1/numbers/numbers.ipynb"] == SECOND


def test_versions_have_their_times_beside_them(course: Course, tmp_path: Path) -> None:
    for day, data in enumerate((FIRST, SECOND, SECOND + b" "), 1):
        take(course, tmp_path, data, day)
    index = (course.private / "versions/s-1/numbers/index.jsonl").read_text().splitlines()
    assert [json.loads(line)["time"][:10] for line in index] == ["2026-03-01", "2026-03-02"]


def test_a_time_that_was_not_known_is_added_and_one_that_is_stays(course: Course, tmp_path: Path) -> None:
    save(tmp_path / "in/s-1/n.ipynb", FIRST)
    save(tmp_path / "in/s-2/n.ipynb", FIRST)
    collect(course, small.ASSIGNMENT, tmp_path / "in")
    take(course, tmp_path, FIRST, 3)
    assert in_course(course)[1] == "2026-03-03"
    take(course, tmp_path, FIRST, 9)
    assert in_course(course)[1] == "2026-03-03"


def test_a_course_that_cannot_be_written_to_is_one_line(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(course, tmp_path, FIRST, 1)

    def refuse(path: Path, data: bytes) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    monkeypatch.setattr(write, "write_whole", refuse)
    with pytest.raises(CourseError, match=r"s-1.numbers cannot be written \(No space left on device\)"):
        take(course, tmp_path, SECOND, 2)
    assert in_course(course) == (FIRST, "2026-03-01")


def test_a_version_that_is_handed_in_again_later_is_the_newest(course: Course, tmp_path: Path) -> None:
    for day, data in enumerate((FIRST, SECOND, FIRST), 1):
        take(course, tmp_path, data, day)
    assert in_course(course) == (FIRST, "2026-03-03")


def test_notebooks_of_one_submission_with_times_of_their_own_are_all_taken(course: Course, tmp_path: Path) -> None:
    early, late = (f"2026-03-0{day} 12:00:00+00:00" for day in (1, 2))

    def write_both(first: bytes, second: bytes) -> list[str]:
        files = {"a": File(PurePosixPath("a"), first, late), "b": File(PurePosixPath("b"), second, early)}
        written = write.write_submission(course, "s-1", small.ASSIGNMENT, files, take_older=False)
        return [one.state for one in written.values()]

    stamp = course.submitted("s-1", small.ASSIGNMENT) / "timestamp.txt"
    assert write_both(b"1", b"2") == ["new", "new"]
    assert stamp.read_text() == f"{late}\n"
    assert write_both(b"3", b"2") == ["changed", "same"]
    assert stamp.read_text() == f"{late}\n"
