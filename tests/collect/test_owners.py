"""Where a roster exists, it decides who a name is; what it cannot tell is refused with the way out."""

from pathlib import Path

import pytest

from autograder.collect.collect import Collected, collect
from autograder.course.course import Course
from autograder.course.roster import Person, Roster
from autograder.errors import ArchiveError
from tests.helpers import small_course as small
from tests.helpers.downloads import NOTEBOOK, make_zip, save, submitted

ADA = Person("0071", "Ada", "Example", "a@x.org", "Team A", ("ada", "AdaHub"), "1001", {small.ASSIGNMENT: "17"})
BO = Person("0072", "Bo", "Sample", "b@x.org", "Team A", ("bo",), "1002", {small.ASSIGNMENT: "18"})
WEI = Person("0073", "Wei", "Li")
OTHER_WEI = Person("0074", "Li", "Wei")
ANNA = Person("0075", "Anna de la", "Cruz")
PEOPLE = [ADA, BO, WEI, OTHER_WEI, ANNA]


def take(course: Course, tmp_path: Path, *names: str, layout: str | None = None) -> Collected:
    return collect(course, small.ASSIGNMENT, save(tmp_path / "c.zip", make_zip(dict.fromkeys(names, NOTEBOOK))), layout)


def taken(course: Course) -> list[str]:
    return [path.partition("/")[0] for path in submitted(course)]


@pytest.fixture
def course(course: Course) -> Course:
    Roster(PEOPLE).write(course)
    return course


NAMES = {
    "a number of the assignment": ("Ada Example_17_assignsubmission_file_/n.ipynb", "0071"),
    "Canvas's number": ("exampleada_1001_5_n.ipynb", "0071"),
    "a login in other case": ("x_ADA_attempt_2026-03-01-10-11-12_n.ipynb", "0071"),
    "a login at GitHub": ("numbers-adahub/n.ipynb", "0071"),
    "an address": ("A@X.org/n.ipynb", "0071"),
    "a name": ("Example, Ada/n.ipynb", "0071"),
    "a name in another order": ("Cruz Anna de la/n.ipynb", "0075"),
    "a name without blanks": ("ada_example/n.ipynb", "0071"),
    "a name before the assignment": ("Ada Example - numbers.ipynb", "0071"),
    "a number before the assignment": ("0072_numbers_final.ipynb", "0072"),
    "a login behind the assignment": ("Numbers_bo (2).ipynb", "0072"),
    "the id": ("0072.ipynb", "0072"),
    "a folder a student": ("0072/numbers/n.ipynb", "0072"),
    "a team": ("Team A_99_assignsubmission_file/n.ipynb", "0071 0072"),
}


@pytest.mark.parametrize("name", NAMES)
def test_the_roster_knows_who_a_name_is(course: Course, tmp_path: Path, name: str) -> None:
    path, students = NAMES[name]
    take(course, tmp_path, path)
    assert taken(course) == students.split()


REFUSED = {
    "somebody else": ("Zed Zed_50_assignsubmission_file/n.ipynb", "Zed Zed is not in the roster"),
    "a team that nobody is in": ("Team Z_50_assignsubmission_file/n.ipynb", "Team Z is not in the roster"),
    "no group": ("Default group_assignsubmission_file/n.ipynb", "Default group is not in the roster"),
    "a name of two": ("Li Wei/n.ipynb", "it can be of any of these: 0073, 0074"),
    "a file's name": ("homework 3.ipynb", "homework 3 is not in the roster"),
    "an unknown login": ("x_zed_attempt_2026-03-01-10-11-12_n.ipynb", "zed is not in the roster"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_who_is_not_in_the_roster_or_cannot_be_told_is_refused(course: Course, tmp_path: Path, name: str) -> None:
    path, line = REFUSED[name]
    collected = take(course, tmp_path, path)
    assert not taken(course)
    (refused,) = (text for text in collected.skipped if text.startswith(path))
    assert line in refused and "autograder roster" in refused
    assert collected.skipped[0] == "5 students handed in nothing at all: 0071, 0072, 0073, 0074, 0075"


def test_a_team_with_a_student_s_number_is_not_that_student(course: Course, tmp_path: Path) -> None:
    paths = ["Team X_17_assignsubmission_file/n.ipynb", "Bo Sample_18_assignsubmission_file/n.ipynb"]
    collected = take(course, tmp_path, *paths)
    assert taken(course) == ["0072"]
    assert "it can be of any of these: 0071, Team X" in collected.skipped[1]


def test_two_people_of_the_platform_are_not_one_of_the_roster(course: Course, tmp_path: Path) -> None:
    Roster([Person("0071", "Ada", "Example")]).write(course)
    names = [f"Ada Example_{number}_assignsubmission_file/n.ipynb" for number in (50, 51)]
    collected = take(course, tmp_path, *names)
    assert not taken(course)
    assert all("all of these are 0071: 50, 51" in line for line in collected.skipped[1:])


def test_one_number_with_two_names_is_refused(course: Course, tmp_path: Path) -> None:
    Roster().write(course)
    collected = take(course, tmp_path, "2025001-张三.ipynb", "2025001-李四.ipynb", "2025002-王五.ipynb")
    assert taken(course) == ["2025002"]
    assert "2025001 stands beside several names" in collected.skipped[0]


def test_students_whom_the_course_has_are_taken_though_no_list_names_them(course: Course, tmp_path: Path) -> None:
    save(course.submitted("guest", "letters") / "letters.ipynb", b"{}")
    take(course, tmp_path, "guest/n.ipynb", "0071/n.ipynb")
    assert taken(course) == ["0071", "guest", "guest"]


def test_file_names_are_no_students_without_a_roster_either(course: Course, tmp_path: Path) -> None:
    Roster().write(course)
    names = ["homework 3.ipynb", "Final_v2.ipynb", "实验 1.ipynb", "hw1-final.ipynb", "solution (2).ipynb"]
    collected = take(course, tmp_path, *names, *(f"20260{number}.ipynb" for number in range(9)))
    assert len(taken(course)) == 9
    assert all("--layout" in line and "autograder roster" in line for line in collected.skipped)


def test_one_student_s_file_needs_no_layout(course: Course, tmp_path: Path) -> None:
    mail = save(tmp_path / "late (2).ipynb", NOTEBOOK)
    assert collect(course, small.ASSIGNMENT, mail, student="ada").students == ("0071",)
    folder = make_zip({"1002/n.ipynb": NOTEBOOK + b" "}, (2030, 1, 1, 0, 0, 0))
    collected = collect(course, small.ASSIGNMENT, save(tmp_path / "mail.zip", folder), student="0071")
    assert (collected.students, collected.layout) == (("0071",), "")
    assert submitted(course) == {"0071/numbers/numbers.ipynb": NOTEBOOK + b" "}
    assert not (course.submitted("0071", "numbers") / "timestamp.txt").exists()
    for name, line in (("zed", "There is no student zed in the roster"), ("Li Wei", "any of these: 0073, 0074")):
        with pytest.raises(ArchiveError, match=line):
            collect(course, small.ASSIGNMENT, mail, student=name)
    with pytest.raises(ArchiveError, match="not a zip archive"):
        collect(course, small.ASSIGNMENT, mail)


def test_drafts_are_never_taken(course: Course, tmp_path: Path) -> None:
    top = "Class - Student Work"
    paths = [f"{top}/Working files/Ada Example/Lab 1/n.ipynb", f"{top}/Submitted files/Bo Sample/Lab 1/n.ipynb"]
    collected = take(course, tmp_path, *paths)
    assert taken(course) == ["0072"]
    assert collected.skipped[-1] == "1 draft left out, which was not handed in"


def test_a_login_may_hold_blackboard_s_signs(course: Course, tmp_path: Path) -> None:
    Roster().write(course)
    start, end = "Lab_1_", "_attempt_2026-03-01-10-11-12_n.ipynb"
    take(course, tmp_path, f"{start}a_b{end}", f"{start}c_b{end}", f"{start}dd{end}", f"{start}ee{end}")
    assert taken(course) == ["a_b", "c_b", "dd", "ee"]


def test_who_is_anonymous_at_canvas_keeps_canvas_s_id_late_or_not(course: Course, tmp_path: Path) -> None:
    names = ["anon_Ab1c2_5001_n.ipynb", "LATE_anon_Cd3e4_5002_hw.ipynb", "anon_Ab1c2_5003_n-1.ipynb"]
    for people in (PEOPLE, []):
        Roster(people).write(course)
        take(course, tmp_path, *names)
        assert taken(course) == ["anon_Ab1c2", "anon_Cd3e4"]


def test_canvas_s_number_counts_whatever_signs_and_marks_stand_around_it(course: Course, tmp_path: Path) -> None:
    take(
        course,
        tmp_path,
        "lee_jr_LATE_1001_334_n.ipynb",
        "sample_1002_9_homework_5_6_x.zip.ipynb",
        "sample_1002_8_hw.zip",
    )
    assert taken(course) == ["0071", "0072"]
