"""From the path of a notebook to the id of its student."""

from pathlib import Path

import pytest

from autograder.collect.collect import collect
from autograder.course.course import Course
from autograder.course.roster import Person, Roster
from autograder.errors import ArchiveError
from tests.helpers import small_course as small
from tests.helpers.downloads import NOTEBOOK, make_zip, save, submitted

LAYOUTS = {
    "moodle": {
        "Ada L_1001_assignsubmission_file_/numbers.ipynb": "1001",
        "Li_Si_1002_assignsubmission_file_/my work.ipynb": "1002",
        "Bo_1003_assignsubmission_file_numbers.ipynb": "1003",
    },
    "moodle in a folder": {
        "download/Ada L_1001_assignsubmission_file_numbers.ipynb": "1001",
        "download/Bo_1003_assignsubmission_file_numbers.ipynb": "1003",
    },
    "canvas": {
        "adal_2001_555_numbers.ipynb": "2001",
        "lee_jr_2003_334_numbers_2026_03.ipynb": "2003",
        "boss_LATE_2002_556_numbers-2.ipynb": "2002",
    },
    "folders": {"s-1/numbers.ipynb": "s-1", "s-2/homework/numbers.ipynb": "s-2"},
    "wrapped": {"download/s-1/numbers.ipynb": "s-1", "download/s-2/numbers/numbers.ipynb": "s-2"},
    "flat": {"20260001.ipynb": "20260001", "20260002.ipynb": "20260002"},
    "in the assignment's folder": {"numbers/s-1/numbers.ipynb": "s-1"},
    "one": {"s-1/numbers/numbers.ipynb": "s-1"},
}


@pytest.mark.parametrize("archived", [False, True])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_layout_of_a_download_tells_whose_each_notebook_is(
    course: Course, tmp_path: Path, layout: str, archived: bool
) -> None:
    files = LAYOUTS[layout]
    if archived:
        path = save(tmp_path / "download.zip", make_zip(dict.fromkeys(files, NOTEBOOK)))
    else:
        path = tmp_path / "download"
        for name in files:
            save(path / name, NOTEBOOK)
    collected = collect(course, small.ASSIGNMENT, path)
    assert submitted(course) == {f"{student}/numbers/numbers.ipynb": NOTEBOOK for student in files.values()}
    assert collected.students == tuple(sorted(files.values()))
    assert not collected.skipped


@pytest.mark.parametrize("name", ["numbers.ipynb", "[?]/numbers.ipynb", "\x1b/numbers.ipynb", "*.ipynb"])
def test_a_path_that_tells_no_usable_id_is_named(course: Course, tmp_path: Path, name: str) -> None:
    entries = {name: NOTEBOOK, "s-1/numbers.ipynb": NOTEBOOK}
    collected = collect(course, small.ASSIGNMENT, save(tmp_path / "class.zip", make_zip(entries)))
    assert collected.students == ("s-1",)
    assert "whose it is" in collected.skipped[0] and "\x1b" not in collected.skipped[0]


VICTIM, TRICK = NOTEBOOK, NOTEBOOK + b" "
NAME = "x_{}_assignsubmission_file_numbers-9.ipynb"
FOLDER = "Vic_1001_assignsubmission_file_"
TRICKS = {
    "canvas": ("vict_1001_5_numbers.ipynb", "mal_1002_6_" + NAME.format(1001), TRICK),
    "canvas, canvas's mark": ("vict_1001_5_numbers.ipynb", "mal_1002_6_x_1001_7_numbers-9.ipynb", TRICK),
    "canvas, zip": (
        "vict_1001_5_numbers.ipynb", "mal_1002_6_hw.zip", make_zip({f"{FOLDER}/numbers-9.ipynb": TRICK}),
    ),
    "moodle, flat": (FOLDER + "numbers.ipynb", "Mal_1002_assignsubmission_file_" + NAME.format(1001), TRICK),
    "moodle, folders": (FOLDER + "/numbers.ipynb", "Mal_1002_assignsubmission_file_/" + NAME.format(1001), TRICK),
    "moodle, inner folder": (
        FOLDER + "/numbers.ipynb", f"Mal_1002_assignsubmission_file_/{FOLDER}/numbers-9.ipynb", TRICK,
    ),
    "folders": ("1001/numbers.ipynb", "mal/" + NAME.format(1001), TRICK),
    "folders, inner folder": ("1001/numbers.ipynb", "mal/1001/numbers-9.ipynb", TRICK),
    "folders, zip": ("1001/numbers.ipynb", "mal/hw.zip", make_zip({f"{FOLDER}/numbers-9.ipynb": TRICK})),
    "folders, canvas's mark": ("1001/numbers.ipynb", "mal/mal_1001_5_numbers-9.ipynb", TRICK),
    "zips": ("1001.zip", "mal.zip", make_zip({"1001/numbers-9.ipynb": TRICK})),
}  # fmt: skip


@pytest.mark.parametrize("trick", TRICKS)
def test_nothing_that_a_student_names_can_name_another_student(course: Course, tmp_path: Path, trick: str) -> None:
    own, other, data = TRICKS[trick]
    victim = make_zip({"numbers.ipynb": VICTIM}) if own.endswith(".zip") else VICTIM
    collect(course, small.ASSIGNMENT, save(tmp_path / "class.zip", make_zip({own: victim, other: data})))
    assert submitted(course)["1001/numbers/numbers.ipynb"] == VICTIM
    save(tmp_path / "class.zip", make_zip({f"class/{own}": victim, f"class/{other}": data}))
    assert collect(course, small.ASSIGNMENT, tmp_path / "class.zip").unchanged[:1] == ("1001",)


def test_a_name_with_two_owners_is_refused_with_the_way_out(course: Course, tmp_path: Path) -> None:
    name = "Mal_1002_assignsubmission_file_" + NAME.format(1001)
    collected = collect(course, small.ASSIGNMENT, save(tmp_path / "class.zip", make_zip({name: NOTEBOOK})))
    assert collected.skipped == (
        f"{name}: skipped; its name names several students: 1002, 1001. Rename it in the download.",
    )


def test_a_class_of_one_cannot_take_another_students_place_either(course: Course, tmp_path: Path) -> None:
    for name in (
        "mal_1002_6_" + NAME.format(1001),
        "mal_1002_6_x_1001_7_numbers-9.ipynb",
        "Mal_1002_assignsubmission_file_x_1001_7_numbers-9.ipynb",
        f"mal/numbers/{NAME.format(1001)}",
    ):
        collect(course, small.ASSIGNMENT, save(tmp_path / "class.zip", make_zip({name: NOTEBOOK})))
        assert not any(path.startswith("1001/") for path in submitted(course))


def test_stray_files_move_nobody(course: Course, tmp_path: Path) -> None:
    students = {f"class/{name}/numbers.ipynb": NOTEBOOK for name in ("anna", "bob", "cem")}
    strays = {"template.ipynb": NOTEBOOK, "class/notes.ipynb": NOTEBOOK, "README.txt": b"x"}
    collected = collect(course, small.ASSIGNMENT, save(tmp_path / "class.zip", make_zip(students | strays)))
    assert collected.students == ("anna", "bob", "cem")
    assert collected.layout == "Read as: a folder or a zip a student, in the folder class"
    assert [line.split(":")[0] for line in collected.skipped[:2]] == ["class/notes.ipynb", "template.ipynb"]


@pytest.mark.parametrize("ending", [".ipynb", "/numbers.ipynb", ".zip"])
def test_a_numbered_copy_of_a_student_s_file_is_no_other_student(course: Course, tmp_path: Path, ending: str) -> None:
    def take(*names: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        data = make_zip({"numbers.ipynb": NOTEBOOK}) if ending == ".zip" else NOTEBOOK
        path = save(tmp_path / "class.zip", make_zip({f"{name}{ending}": data for name in names}))
        collected = collect(course, small.ASSIGNMENT, path)
        return (*collected.students, *collected.unchanged), collected.skipped

    students, skipped = take("Ann", "ann (1)", "ann（2）", "bo (2)", "cem")
    assert students == ("Ann", "bo (2)", "cem")
    assert [(line.split(":")[0], "--student" in line) for line in skipped] == [
        (f"ann (1){ending}", True),
        (f"ann（2）{ending}", True),
    ]
    students, skipped = take("ann (1)", "bo (2)", "bo", "cem")
    assert students == ("bo", "bo (2)", "cem"), "the course has Ann, and bo (2) before bo"
    assert skipped[-1].startswith(f"ann (1){ending}: ")


@pytest.mark.parametrize("name", ["numbers (1).ipynb", "Untitled3.ipynb", "Numbers_final.ipynb", "hw.ipynb.zip"])
def test_a_students_id_does_not_look_like_a_file(course: Course, tmp_path: Path, name: str) -> None:
    entries = dict.fromkeys([name, "2026001.ipynb", "2026002.ipynb"], NOTEBOOK)
    collected = collect(course, small.ASSIGNMENT, save(tmp_path / "class.zip", make_zip(entries)))
    assert collected.students == ("2026001", "2026002")
    assert "whose it is" in collected.skipped[0]


@pytest.mark.parametrize("inside", ["mal/numbers.ipynb", "a1.ipynb"])
def test_a_single_folder_in_doubt_is_refused_unless_the_course_knows_it(
    course: Course, tmp_path: Path, inside: str
) -> None:
    entries = {f"s-1/{inside}": NOTEBOOK, f"s-1/{inside.replace('1', '2')}": NOTEBOOK}
    path = save(tmp_path / "class.zip", make_zip(entries))
    with pytest.raises(ArchiveError, match="either name can be"):
        collect(course, small.ASSIGNMENT, path)
    assert not submitted(course)
    save(tmp_path / "known.zip", make_zip({"s-1/numbers/numbers.ipynb": NOTEBOOK}))
    collect(course, small.ASSIGNMENT, tmp_path / "known.zip")
    assert collect(course, small.ASSIGNMENT, path).unchanged == ("s-1",)


def test_a_layout_can_be_named(course: Course, tmp_path: Path) -> None:
    entries = dict.fromkeys(["a_2026_3_x.ipynb", "b_2026_4_x.ipynb"], NOTEBOOK)
    path = save(tmp_path / "class.zip", make_zip(entries))
    assert collect(course, small.ASSIGNMENT, path, "flat").students == ("a_2026_3_x", "b_2026_4_x")
    with pytest.raises(ArchiveError, match="Known are: moodle"):
        collect(course, small.ASSIGNMENT, path, "noodle")


def test_ids_that_moodle_makes_for_each_assignment_are_called_so(course: Course, tmp_path: Path) -> None:
    download = save(tmp_path / "class.zip", make_zip({"Ada Example_71_assignsubmission_file/numbers.ipynb": NOTEBOOK}))
    layout = collect(course, small.ASSIGNMENT, download).layout
    assert layout.startswith("Read as: Moodle. ") and "autograder roster" in layout
    Roster([Person("0071", "Ada", "Example", lms_ids={small.ASSIGNMENT: "71"})]).write(course)
    assert collect(course, small.ASSIGNMENT, download).layout == "Read as: Moodle"
