"""What is read of folders and zips, and what of hostile ones is not."""

import io
import os
import stat
import zipfile
from pathlib import Path

import pytest

from autograder.collect import archives, budget
from autograder.collect.collect import collect
from autograder.course.course import Course
from autograder.errors import ArchiveError, CourseError
from tests.helpers import small_course as small
from tests.helpers.downloads import NOTEBOOK, everything, make_zip, save


def test_a_zip_of_zips_is_read(course: Course, tmp_path: Path) -> None:
    inner = make_zip({"numbers/numbers.ipynb": NOTEBOOK, "numbers/labkit/network.py": b"x", "numbers/README.txt": b"x"})
    path = save(tmp_path / "class.zip", make_zip({"s-1.zip": inner, "s-2/work.zip": inner}))
    collected = collect(course, small.ASSIGNMENT, path)
    assert collected.students == ("s-1", "s-2")
    assert everything(course) == {"numbers.ipynb", "timestamp.txt"}


def test_only_the_notebook_is_taken_and_the_rest_is_named(course: Course, tmp_path: Path) -> None:
    names = ("numpy.py", "sitecustomize.py", "labkit/__init__.py", "notes.pdf", ".env")
    for name in names:
        save(tmp_path / "in/s-1" / name, b"import os")
    save(tmp_path / "in/s-1/numbers.ipynb", NOTEBOOK)
    collected = collect(course, small.ASSIGNMENT, tmp_path / "in")
    assert everything(course) == {"numbers.ipynb"}
    (line,) = collected.skipped
    assert line.startswith("5 files") and all(f"s-1/{name}" in line for name in names)


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
    assert len(collected.skipped) == 6
    assert collected.skipped[0] == "s-3: handed in nothing usable: s-3/numbers.ipynb"
    assert sum("outside" in line for line in collected.skipped) == 4
    assert {path.name for path in tmp_path.iterdir()} == {"course", "class.zip"}


def test_an_entry_without_a_name_is_nobody_s_and_the_rest_goes_on(course: Course, tmp_path: Path) -> None:
    nameless = make_zip({"": b"x", "numbers.ipynb": NOTEBOOK})
    path = save(tmp_path / "class.zip", make_zip({"": b"x", "s-1/numbers.ipynb": NOTEBOOK, "s-2.zip": nameless}))
    assert collect(course, small.ASSIGNMENT, path).students == ("s-1", "s-2")


def test_links_in_a_folder_are_not_followed(course: Course, tmp_path: Path) -> None:
    secret = save(tmp_path / "secret.ipynb", NOTEBOOK)
    save(tmp_path / "in/s-1/numbers.ipynb", NOTEBOOK)
    (tmp_path / "in/s-2").mkdir()
    (tmp_path / "in/s-2/numbers.ipynb").symlink_to(secret)
    (tmp_path / "in/s-3").symlink_to(tmp_path / "in/s-1")
    collected = collect(course, small.ASSIGNMENT, tmp_path / "in")
    assert collected.students == ("s-1",)
    assert [line.split(":")[0] for line in collected.skipped] == ["s-2", "s-3", "s-2/numbers.ipynb"]


def test_nothing_is_written_through_a_link_in_the_course(course: Course, tmp_path: Path) -> None:
    for student in ("s-1", "s-2", "s-3"):
        save(tmp_path / "in" / student / "numbers.ipynb", NOTEBOOK)
    outside = tmp_path / "outside"
    outside.mkdir()
    (course.root / "submitted" / "s-2").mkdir(parents=True)
    (course.root / "submitted" / "s-1").symlink_to(outside)
    (course.root / "submitted" / "s-2" / small.ASSIGNMENT).symlink_to(outside)
    collected = collect(course, small.ASSIGNMENT, tmp_path / "in")
    assert collected.students == ("s-3",)
    assert [line.split(":")[0] for line in collected.skipped] == ["s-1", "s-2"]
    assert list(outside.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="There are no pipes in folders here.")
def test_a_pipe_with_the_name_of_an_archive_is_not_waited_for(course: Course, tmp_path: Path) -> None:
    save(tmp_path / "in/s-1/numbers.ipynb", NOTEBOOK)
    save(tmp_path / "in/s-2/numbers.ipynb", NOTEBOOK)
    os.mkfifo(tmp_path / "in/s-1/hw.zip")
    assert collect(course, small.ASSIGNMENT, tmp_path / "in").students == ("s-1", "s-2")


def test_a_zip_bomb_costs_one_student_and_little_memory(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MAX_BYTES", 100_000)
    bomb = make_zip({"numbers.ipynb": b"0" * 5_000_000})
    entries = {"s-1/numbers.ipynb": NOTEBOOK, "s-2/numbers.ipynb": b" " * 5_000_000, "s-3.zip": bomb}
    collected = collect(course, small.ASSIGNMENT, save(tmp_path / "class.zip", make_zip(entries)))
    assert collected.students == ("s-1",)
    assert sum("unpacks to more" in line for line in collected.skipped) == 2


@pytest.mark.parametrize("limit", ["MAX_STUDENT_BYTES", "MAX_STUDENT_ENTRIES", "MAX_STUDENT_SECONDS"])
def test_one_students_files_over_the_budget_cost_nobody_else(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    many = make_zip({f"{i}.ipynb": b"0" * len(NOTEBOOK) for i in range(5)})
    entries = {f"s-{i}/numbers.ipynb": NOTEBOOK for i in range(4)} | {"s-2/all.zip": many}
    if limit == "MAX_STUDENT_SECONDS":
        monkeypatch.setattr(budget, limit, -1.0)
    else:
        monkeypatch.setattr(budget, limit, 3 * len(NOTEBOOK) if limit == "MAX_STUDENT_BYTES" else 4)
    collected = collect(course, small.ASSIGNMENT, save(tmp_path / "class.zip", make_zip(entries)))
    if limit == "MAX_STUDENT_SECONDS":
        assert not collected.students and len(collected.skipped) == 8
    else:
        assert {"s-0", "s-1", "s-3"} <= set(collected.students)
        assert [line for line in collected.skipped if line.startswith("s-2/all.zip: not read to its end")]


def test_damaged_and_encrypted_entries_are_named_and_the_rest_goes_on(course: Course, tmp_path: Path) -> None:
    data = bytearray(make_zip({"s-1/numbers.ipynb": NOTEBOOK, "s-2/numbers.ipynb": NOTEBOOK, "s-3.zip": b"PK broken"}))
    data[60] ^= 0xFF  # in the packed bytes of the first entry
    collected = collect(course, small.ASSIGNMENT, save(tmp_path / "class.zip", bytes(data)))
    assert collected.students == ("s-2",)
    assert [line.split(":")[0] for line in collected.skipped] == ["s-1", "s-3", "s-1/numbers.ipynb", "s-3.zip"]
    encrypted = bytearray(make_zip({"s-4/numbers.ipynb": NOTEBOOK}))
    central = encrypted.index(b"PK\x01\x02")
    for flags in (6, central + 8):
        encrypted[flags] |= 1
    collected = collect(course, small.ASSIGNMENT, save(tmp_path / "class.zip", bytes(encrypted)))
    assert not collected.students and "encrypted" in collected.skipped[1]


def test_chinese_names_packed_by_windows_are_read(course: Course, tmp_path: Path) -> None:
    data = make_zip({"AAAA_31_assignsubmission_file_/numbers.ipynb": NOTEBOOK})
    data = data.replace(b"AAAA_31", "张三".encode("gb18030") + b"_31")
    assert collect(course, small.ASSIGNMENT, save(tmp_path / "class.zip", data)).students == ("31",)


def test_what_is_no_download_is_refused(course: Course, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="not a zip"):
        collect(course, small.ASSIGNMENT, save(tmp_path / "class.rar", b"Rar!"))
    with pytest.raises(ArchiveError, match="not a zip"):
        collect(course, small.ASSIGNMENT, save(tmp_path / "cut.zip", make_zip({"a.ipynb": NOTEBOOK})[-60:]))
    with pytest.raises(ArchiveError, match="There is no"):
        collect(course, small.ASSIGNMENT, tmp_path / "nothing")
    with pytest.raises(CourseError):
        collect(course, "letters", tmp_path)
