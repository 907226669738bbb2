"""Pages go back under the names that the platform gave the files; a page never goes to somebody else."""

import base64
import random
import re
import zipfile
import zlib
from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.course.downloads import Downloaded, keep_downloaded
from autograder.course.roster import Person, Roster
from autograder.errors import CourseError
from autograder.pages.feedback_zip import write_feedback_zip


@pytest.fixture
def course(tmp_path: Path) -> Course:
    (tmp_path / "nbgrader_config.py").touch()
    return Course.at(tmp_path)


def pages(course: Course, *students: str) -> dict[str, tuple[Path, ...]]:
    made: dict[str, tuple[Path, ...]] = {}
    for student in students:
        made[student] = (course.feedback(student, "lab") / "lab.html",)
        made[student][0].parent.mkdir(parents=True)
        made[student][0].write_text(f"page of {student}")
    return made


def moodle(path: Path) -> dict[str, str]:
    """What Moodle takes: number of the participant → page, by the rules of its importer."""
    taken = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            folder, _, file = name.partition("/")
            parts = folder.split("_")
            assert len(parts) == 4 and parts[2:] == ["assignsubmission", "file"] and file[:1] not in (".", "~")
            taken[parts[1]] = archive.read(name).decode()
    return taken


def canvas(path: Path) -> dict[tuple[str, str], str]:
    """What Canvas looks for in a name: (user, attachment) → page."""
    with zipfile.ZipFile(path) as archive:
        found = {name: re.search(r"_(\d+)_(\d+)_", name) for name in archive.namelist()}
        return {(m[1], m[2]): archive.read(name).decode() for name, m in found.items() if m}


def test_moodle_gets_each_page_under_the_name_of_its_download(course: Course) -> None:
    names = {
        "0025001": Downloaded("moodle", "Ada Example_71_assignsubmission_file", "", "Ada Example"),
        "0025002": Downloaded("moodle", "Bo_x_72_assignsubmission_file_lab.ipynb", "", "Bo"),
        "0025003": Downloaded("moodle", "三 张_73_assignsubmission_file_", "", "三 张"),
    }
    keep_downloaded(course, "lab", names)
    packed = write_feedback_zip(course, "lab", pages(course, *names, "other"), "moodle")
    assert moodle(packed.path) == {"71": "page of 0025001", "72": "page of 0025002", "73": "page of 0025003"}
    assert (packed.pages, packed.missing) == (3, ("other",))
    before = packed.path.read_bytes()
    again = {student: (course.feedback(student, "lab") / "lab.html",) for student in names}
    assert write_feedback_zip(course, "lab", again, "moodle").path.read_bytes() == before


def test_the_members_of_a_team_need_their_own_numbers(course: Course) -> None:
    team = Downloaded("moodle", "Team A_17_assignsubmission_file", "")
    keep_downloaded(course, "lab", {"ann": team, "bob": team, "eve": team})
    Roster([Person("ann", "Ann", "Lee", lms_ids={"lab": "71"})]).write(course)
    packed = write_feedback_zip(course, "lab", pages(course, "ann", "bob", "eve"), "moodle")
    assert moodle(packed.path) == {"71": "page of ann"} and packed.missing == ("bob", "eve")


def test_without_names_a_decimal_id_is_the_number_of_an_earlier_download(course: Course) -> None:
    packed = write_feedback_zip(course, "lab", pages(course, "4100", "ann"), "moodle")
    assert moodle(packed.path) == {"4100": "page of 4100"} and packed.missing == ("ann",)


def test_canvas_gets_each_page_under_the_name_of_its_download(course: Course) -> None:
    names = {
        "1001": Downloaded("canvas", "exampleada_1001_5001_lab.ipynb", ""),
        "1002": Downloaded("canvas", "o_example_LATE_1002_5002_x_7_8_work-1.zip", ""),
        "anon_Ab1": Downloaded("canvas", "anon_Ab1_5003_lab.ipynb", ""),
    }
    keep_downloaded(course, "lab", names)
    packed = write_feedback_zip(course, "lab", pages(course, *names), "canvas")
    assert canvas(packed.path) == {("1001", "5001"): "page of 1001", ("1002", "5002"): "page of 1002"}
    assert packed.missing == ("anon_Ab1",)


def test_a_class_without_any_name_is_refused(course: Course) -> None:
    with pytest.raises(CourseError, match="No page can be named for canvas"):
        write_feedback_zip(course, "lab", pages(course, "1001"), "canvas")
    assert not (course.root / "exports").exists()


def test_a_zip_that_cannot_be_written_leaves_the_one_before(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    made = pages(course, "71")
    packed = write_feedback_zip(course, "lab", made, "moodle")
    before = packed.path.read_bytes()
    made["71"][0].unlink()
    with pytest.raises(CourseError, match="cannot be written"):
        write_feedback_zip(course, "lab", made, "moodle")
    assert packed.path.read_bytes() == before and len(list(packed.path.parent.iterdir())) == 1


def test_a_page_with_pictures_is_packed_whole_and_hardly_larger_than_zlib_makes_it(course: Course) -> None:
    written = pages(course, "ada", "bo", "cy")
    pixels = [base64.b64encode(random.Random(number).randbytes(30_000)) for number in range(4)]
    text = "<p>Gradienten, 梯度, λ</p>\n".encode() * 500
    pictures = b"".join(text + b'<img src="data:image/png;base64,' + one + b'" alt="">' for one in pixels)
    contents = {
        "ada": pictures + text,
        "bo": b"",
        "cy": b'<img src="data:image/png;base64,' + pixels[0],
    }
    for student, page in contents.items():
        written[student][0].write_bytes(page)
    Roster(Person(name, lms_ids={"lab": f"{at}"}) for at, name in enumerate(contents, 70)).write(course)
    packed = write_feedback_zip(course, "lab", written, "moodle")
    with zipfile.ZipFile(packed.path) as archive:
        assert archive.testzip() is None
        assert [archive.read(name) for name in sorted(archive.namelist())] == list(contents.values())
        sizes = {info.file_size: info.compress_size for info in archive.infolist()}
    assert sizes[len(contents["ada"])] <= 1.04 * len(zlib.compress(contents["ada"]))
