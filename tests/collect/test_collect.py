"""What of a download comes into the course."""

from pathlib import Path

import pytest

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


@pytest.mark.parametrize("name", ["CON", "nul", "aux.2", "COM1", "lpt9.x", "PRN", "alice.", "com¹"])
def test_an_id_that_windows_cannot_have_as_a_folder_is_refused_in_words(
    course: Course, tmp_path: Path, name: str
) -> None:
    save(tmp_path / "class.zip", make_zip({f"{name}/numbers.ipynb": NOTEBOOK, "s-2/numbers.ipynb": NOTEBOOK}))
    collected = collect(course, small.ASSIGNMENT, tmp_path / "class.zip")
    assert submitted(course) == {"s-2/numbers/numbers.ipynb": NOTEBOOK}
    (line,) = collected.skipped
    assert line.startswith(f"{name}/numbers.ipynb: skipped; its path does not tell whose it is.")


def test_two_ways_of_writing_an_accent_are_one_student(course: Course, tmp_path: Path) -> None:
    older = NOTEBOOK + b" "
    save(tmp_path / "class.zip", make_zip({"zoe\u0301/numbers-1.ipynb": older, "zo\u00e9/numbers-2.ipynb": NOTEBOOK}))
    collect(course, small.ASSIGNMENT, tmp_path / "class.zip")
    assert submitted(course) == {"zo\u00e9/numbers/numbers.ipynb": NOTEBOOK}


def test_ids_that_differ_in_case_only_are_told_apart_by_what_the_course_has(course: Course, tmp_path: Path) -> None:
    both = make_zip({"Alice/numbers.ipynb": NOTEBOOK, "alice/numbers.ipynb": NOTEBOOK + b" "})
    collected = collect(course, small.ASSIGNMENT, save(tmp_path / "class.zip", both))
    assert submitted(course) == {}
    assert "skipped; the id alice differs from another id only in upper and lower case" in collected.skipped[-1]
    save(tmp_path / "in/alice/numbers.ipynb", NOTEBOOK)
    collect(course, small.ASSIGNMENT, tmp_path / "in")
    collected = collect(course, small.ASSIGNMENT, tmp_path / "class.zip")
    assert submitted(course) == {"alice/numbers/numbers.ipynb": NOTEBOOK + b" "}
    assert collected.skipped[-1].startswith("Alice/")


SAMES = [
    ("Quote [1]", "Quote _1_"),
    ('Jo "Q" Q', "Jo _Q_ Q"),
    ("ab:c|d?e*", "ab_c_d_e_"),
    ("a\x1b[2J", "a__2J"),
]


@pytest.mark.parametrize(("name", "student"), SAMES)
def test_signs_that_no_folder_can_have_are_replaced_and_the_file_is_taken(
    course: Course, tmp_path: Path, name: str, student: str
) -> None:
    path = save(tmp_path / "class.zip", make_zip({f"{name}/numbers.ipynb": NOTEBOOK, "s-2/numbers.ipynb": NOTEBOOK}))
    assert collect(course, small.ASSIGNMENT, path).students == tuple(sorted([student, "s-2"]))


def test_two_names_that_differ_in_replaced_signs_only_are_both_refused(course: Course, tmp_path: Path) -> None:
    entries = {f"{name}/numbers.ipynb": NOTEBOOK for name in ("a?b", "a*b", "s-2")}
    collected = collect(course, small.ASSIGNMENT, save(tmp_path / "class.zip", make_zip(entries)))
    assert collected.students == ("s-2",)
    assert [line.split(":")[0] for line in collected.skipped] == ["a*b/numbers.ipynb", "a?b/numbers.ipynb"]


EARLY = b"2020-03-01 08:00:00 UTC"
MOODLE = "Mal_1002_assignsubmission_file_"


@pytest.mark.parametrize(
    "files",
    [
        {f"{MOODLE}/timestamp.txt": EARLY, f"{MOODLE}/numbers.ipynb": NOTEBOOK},
        {f"{MOODLE}/numbers/timestamp.txt": EARLY, f"{MOODLE}/numbers/numbers.ipynb": NOTEBOOK},
        {f"{MOODLE}/hw.zip": make_zip({"timestamp.txt": EARLY, "numbers.ipynb": NOTEBOOK}, (2020, 1, 1, 0, 0, 0))},
        {f"{MOODLE}/hw.zip": make_zip({"a.zip": make_zip({"numbers.ipynb": NOTEBOOK}, (2020, 1, 1, 0, 0, 0))})},
        {"1002/timestamp.txt": EARLY, "1002/numbers.ipynb": NOTEBOOK},
        {
            "1002/numbers/timestamp.txt": EARLY,
            **{f"{student}/numbers/numbers.ipynb": NOTEBOOK for student in ("1002", "1003", "1004")},
        },
    ],
)
def test_the_time_of_handing_in_is_the_platforms_and_never_the_students(
    course: Course, tmp_path: Path, files: dict[str, bytes]
) -> None:
    collect(course, small.ASSIGNMENT, save(tmp_path / "class.zip", make_zip(files)))
    assert (course.submitted("1002", "numbers") / "timestamp.txt").read_text().startswith("2026-03-01 12:00:00")


def test_a_zip_in_a_folder_has_no_time_of_its_own(course: Course, tmp_path: Path) -> None:
    save(tmp_path / f"in/{MOODLE}/hw.zip", make_zip({"numbers.ipynb": NOTEBOOK, "timestamp.txt": EARLY}))
    assert collect(course, small.ASSIGNMENT, tmp_path / "in").students == ("1002",)
    assert not (course.submitted("1002", "numbers") / "timestamp.txt").exists()
