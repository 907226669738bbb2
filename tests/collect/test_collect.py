"""What of a download comes into the course."""

from pathlib import Path

from autograder.collect.collect import collect
from autograder.course.course import Course
from tests.helpers import small_course as small
from tests.helpers.downloads import NOTEBOOK, make_zip, save, submitted


def test_of_several_notebooks_the_latest_version_is_taken(course: Course, tmp_path: Path) -> None:
    entries = {
        "a_1_5_numbers-1.ipynb": NOTEBOOK + b" ",
        "a_1_6_numbers-10.ipynb": NOTEBOOK,
        "a_1_7_numbers.ipynb": NOTEBOOK + b" ",
        "a_1_8_scratch.ipynb": NOTEBOOK + b" ",
    }
    collected = collect(course, small.ASSIGNMENT, save(tmp_path / "class.zip", make_zip(entries)))
    assert submitted(course) == {"1/numbers/numbers.ipynb": NOTEBOOK}
    assert collected.skipped == (
        "a_1_5_numbers-1.ipynb: skipped; a newer notebook of 1 was used.",
        "a_1_7_numbers.ipynb: skipped; a newer notebook of 1 was used.",
        "a_1_8_scratch.ipynb: skipped; a newer notebook of 1 was used.",
    )


def test_collecting_again_replaces_what_changed_and_keeps_the_rest(course: Course, tmp_path: Path) -> None:
    save(tmp_path / "in/s-1/numbers.ipynb", NOTEBOOK)
    save(tmp_path / "in/s-2/numbers.ipynb", NOTEBOOK)
    collect(course, small.ASSIGNMENT, tmp_path / "in")
    save(tmp_path / "in/s-2/numbers.ipynb", b"{}")
    collected = collect(course, small.ASSIGNMENT, tmp_path / "in")
    assert (collected.students, collected.unchanged) == (("s-2",), ("s-1",))


def test_the_time_of_handing_in_is_kept_where_it_is_known(course: Course, tmp_path: Path) -> None:
    save(tmp_path / "in/s-1/numbers/numbers.ipynb", NOTEBOOK)
    save(tmp_path / "in/s-1/numbers/timestamp.txt", b"2026-03-01 12:00:00 UTC")
    save(tmp_path / "in/s-2/numbers/numbers.ipynb", NOTEBOOK)
    collect(course, small.ASSIGNMENT, tmp_path / "in")
    assert (course.submitted("s-1", "numbers") / "timestamp.txt").read_text().startswith("2026-03-01 12:00:00")
    assert not (course.submitted("s-2", "numbers") / "timestamp.txt").exists()
