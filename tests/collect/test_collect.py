import io
import stat
import zipfile
from pathlib import Path

import pytest

from autograder.collect import collect as collecting
from autograder.collect.collect import collect
from autograder.course.course import Course
from autograder.errors import ArchiveError, CourseError
from tests.helpers import small_course as small

NOTEBOOK = small.to_bytes(small.filled())


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return Course.at(small.make_course(tmp_path / "course"))


def make_zip(entries: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 3, 1, 12, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def save(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def submitted(course: Course) -> dict[str, bytes]:
    files = sorted((course.root / "submitted").rglob("*.ipynb"))
    return {path.relative_to(course.root / "submitted").as_posix(): path.read_bytes() for path in files}


def everything(course: Course) -> set[str]:
    return {path.name for path in (course.root / "submitted").rglob("*") if path.is_file()}


LAYOUTS = {
    "moodle": {
        "Ada L_1001_assignsubmission_file_/numbers.ipynb": "1001",
        "Li_Si_1002_assignsubmission_file_/my work.ipynb": "1002",
        "Bo_1003_assignsubmission_file_numbers.ipynb": "1003",
    },
    "canvas": {
        "adal_2001_555_numbers.ipynb": "2001",
        "boss_LATE_2002_556_numbers-2.ipynb": "2002",
    },
    "folders": {"s-1/numbers.ipynb": "s-1", "s-2/homework/numbers.ipynb": "s-2"},
    "wrapped": {"download/s-1/numbers.ipynb": "s-1", "download/s-2/numbers/numbers.ipynb": "s-2"},
    "flat": {"20260001.ipynb": "20260001", "20260002.ipynb": "20260002"},
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
    assert not collected.ignored


def test_a_zip_of_zips_is_read(course: Course, tmp_path: Path) -> None:
    inner = make_zip({"numbers/numbers.ipynb": NOTEBOOK, "numbers/labkit/network.py": b"x", "numbers/README.txt": b"x"})
    path = save(tmp_path / "class.zip", make_zip({"s-1.zip": inner, "Al_77_assignsubmission_file_/work.zip": inner}))
    collected = collect(course, small.ASSIGNMENT, path)
    assert collected.students == ("77", "s-1")
    assert everything(course) == {"numbers.ipynb", "timestamp.txt"}


def test_only_the_notebook_is_taken_and_the_rest_is_named(course: Course, tmp_path: Path) -> None:
    names = ("numpy.py", "sitecustomize.py", "labkit/__init__.py", "notes.pdf", ".env")
    for name in names:
        save(tmp_path / "in/s-1" / name, b"import os")
    save(tmp_path / "in/s-1/numbers.ipynb", NOTEBOOK)
    collected = collect(course, small.ASSIGNMENT, tmp_path / "in")
    assert everything(course) == {"numbers.ipynb"}
    assert {line.split(":")[0] for line in collected.ignored} == {f"s-1/{name}" for name in names}


def test_names_that_point_elsewhere_and_links_are_refused_and_the_rest_goes_on(course: Course, tmp_path: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in ("../evil/numbers.ipynb", "/etc/numbers.ipynb", "C:/x/numbers.ipynb", "..\\up\\numbers.ipynb"):
            archive.writestr(name, NOTEBOOK)
        link = zipfile.ZipInfo("s-3/numbers.ipynb")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("s-1/numbers.ipynb", NOTEBOOK)
    collected = collect(course, small.ASSIGNMENT, save(tmp_path / "class.zip", file.getvalue()))
    assert collected.students == ("s-1",)
    assert len(collected.ignored) == 5
    assert sum("outside" in line for line in collected.ignored) == 4
    assert {path.name for path in tmp_path.iterdir()} == {"course", "class.zip"}


def test_links_in_a_folder_are_not_followed(course: Course, tmp_path: Path) -> None:
    secret = save(tmp_path / "secret.ipynb", NOTEBOOK)
    save(tmp_path / "in/s-1/numbers.ipynb", NOTEBOOK)
    (tmp_path / "in/s-2").mkdir()
    (tmp_path / "in/s-2/numbers.ipynb").symlink_to(secret)
    (tmp_path / "in/s-3").symlink_to(tmp_path / "in/s-1")
    collected = collect(course, small.ASSIGNMENT, tmp_path / "in")
    assert collected.students == ("s-1",)
    assert len(collected.ignored) == 2


def test_a_zip_bomb_costs_one_student_and_little_memory(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collecting, "MAX_BYTES", 100_000)
    bomb = make_zip({"numbers.ipynb": b"0" * 5_000_000})
    entries = {"s-1/numbers.ipynb": NOTEBOOK, "s-2/numbers.ipynb": b" " * 5_000_000, "s-3.zip": bomb}
    collected = collect(course, small.ASSIGNMENT, save(tmp_path / "class.zip", make_zip(entries)))
    assert collected.students == ("s-1",)
    assert sum("unpacks to more" in line for line in collected.ignored) == 2


def test_an_archive_that_unpacks_to_too_much_in_all_is_refused(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collecting, "MAX_TOTAL_BYTES", 3 * len(NOTEBOOK))
    path = save(tmp_path / "class.zip", make_zip({f"s-{i}/numbers.ipynb": NOTEBOOK for i in range(4)}))
    with pytest.raises(ArchiveError, match="more than a class"):
        collect(course, small.ASSIGNMENT, path)


def test_damaged_and_encrypted_entries_are_named_and_the_rest_goes_on(course: Course, tmp_path: Path) -> None:
    data = bytearray(make_zip({"s-1/numbers.ipynb": NOTEBOOK, "s-2/numbers.ipynb": NOTEBOOK, "s-3.zip": b"PK broken"}))
    data[60] ^= 0xFF  # in the packed bytes of the first entry
    collected = collect(course, small.ASSIGNMENT, save(tmp_path / "class.zip", bytes(data)))
    assert collected.students == ("s-2",)
    assert len(collected.ignored) == 2
    encrypted = bytearray(make_zip({"s-4/numbers.ipynb": NOTEBOOK}))
    central = encrypted.index(b"PK\x01\x02")
    for flags in (6, central + 8):
        encrypted[flags] |= 1
    collected = collect(course, small.ASSIGNMENT, save(tmp_path / "class.zip", bytes(encrypted)))
    assert not collected.students and "encrypted" in collected.ignored[0]


def test_chinese_names_packed_by_windows_are_read(course: Course, tmp_path: Path) -> None:
    data = make_zip({"AAAA_31_assignsubmission_file_/numbers.ipynb": NOTEBOOK})
    data = data.replace(b"AAAA_31", "张三".encode("gb18030") + b"_31")
    assert collect(course, small.ASSIGNMENT, save(tmp_path / "class.zip", data)).students == ("31",)


def test_of_several_notebooks_the_latest_version_of_the_right_name_is_taken(course: Course, tmp_path: Path) -> None:
    entries = {
        "a_1_5_numbers-1.ipynb": b"{}",
        "a_1_6_numbers-10.ipynb": NOTEBOOK,
        "a_1_7_numbers.ipynb": b"{}",
        "a_1_8_scratch.ipynb": b"{}",
    }
    collected = collect(course, small.ASSIGNMENT, save(tmp_path / "class.zip", make_zip(entries)))
    assert submitted(course) == {"1/numbers/numbers.ipynb": NOTEBOOK}
    assert len(collected.ignored) == 3


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


@pytest.mark.parametrize("name", ["numbers.ipynb", "[1]/numbers.ipynb", "a\x1b[2J/numbers.ipynb", "*.ipynb"])
def test_a_path_that_tells_no_usable_id_is_named(course: Course, tmp_path: Path, name: str) -> None:
    entries = {name: NOTEBOOK, "s-1/numbers.ipynb": NOTEBOOK}
    collected = collect(course, small.ASSIGNMENT, save(tmp_path / "class.zip", make_zip(entries)))
    assert collected.students == ("s-1",)
    assert "whose it is" in collected.ignored[0] and "\x1b" not in collected.ignored[0]


def test_what_is_no_download_is_refused(course: Course, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="not a zip"):
        collect(course, small.ASSIGNMENT, save(tmp_path / "class.rar", b"Rar!"))
    with pytest.raises(ArchiveError, match="not a zip"):
        collect(course, small.ASSIGNMENT, save(tmp_path / "cut.zip", make_zip({"a.ipynb": NOTEBOOK})[-60:]))
    with pytest.raises(ArchiveError, match="There is no"):
        collect(course, small.ASSIGNMENT, tmp_path / "nothing")
    with pytest.raises(CourseError):
        collect(course, "letters", tmp_path)
