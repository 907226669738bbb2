"""Students' work is taken on several processes as on one: the same files, the same lines, in the same order."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder import spread
from autograder.collect.collect import Collected, collect
from autograder.collect.take import Taken, Taker
from autograder.collect.unpack import Handed
from autograder.course.course import Course
from autograder.errors import CourseError
from autograder.language import chosen_language, use_language
from tests.helpers import small_course as small
from tests.helpers.downloads import NOTEBOOK, make_zip, save

UNTOUCHED = small.to_bytes(small.released())

WORK = {
    "numbers.ipynb": NOTEBOOK,
    "other.ipynb": b"",
    "empty.json": b"{}",
    "given.ipynb": UNTOUCHED,
    "notes.pdf": b"x",
    "work.zip": make_zip({"a.ipynb": NOTEBOOK, "b.pdf": b"x", "../c.ipynb": b"x", "deep.zip": b"PK broken"}),
}
"""What each student hands in a part of."""


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spread, "cores", lambda: 2)


@pytest.fixture
def chinese() -> Iterator[None]:
    before = chosen_language()
    use_language("zh_CN")
    yield
    use_language(before)


def hostile_class(start: int = 0) -> dict[str, bytes]:
    """Return a download in which each student has handed in other parts of all that there is."""
    files: dict[str, bytes] = {}
    for number in range(3 * spread.WORTH):
        parts = [part for bit, part in enumerate(WORK) if (number + start) % 41 >> bit & 1]
        files |= {f"s-{number:02}/{part}": WORK[part] for part in parts or ["notes.pdf"]}
    return files


def state(course: Course) -> dict[str, bytes]:
    """Return all files that collecting has put into the course."""
    places = [path for name in ("submitted", ".autograder") for path in (course.root / name).rglob("*")]
    return {path.relative_to(course.root).as_posix(): path.read_bytes() for path in places if path.is_file()}


def collected(course: Course, path: Path, *, processes: bool) -> tuple[Collected, dict[str, bytes]]:
    with pytest.MonkeyPatch.context() as patch:
        if not processes:
            patch.setattr(spread, "cores", lambda: 1)
        return collect(course, small.ASSIGNMENT, path), state(course)


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize("kind", ["zip", "folder"])
def test_processes_write_and_say_what_one_process_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.chdir(tmp_path)
    courses = [Course.at(small.make_course(tmp_path / name)) for name in ("one", "two")]
    for round_, files in enumerate((hostile_class(), hostile_class(7))):
        path = Path(f"class-{round_}")
        if kind == "zip":
            save(path, make_zip(files, (2026, 3, 1 + round_, 12, 0, 0)))
        else:
            for name, data in files.items():
                save(path / name, data)
            (path / "s-03/link.ipynb").symlink_to("/etc/passwd")
        alone = collected(courses[0], path, processes=False)
        shared = collected(courses[1], path, processes=True)
        assert shared == alone
        assert len(alone[0].students) + len(alone[0].unchanged) > 20 and len(alone[0].skipped) > 20


def test_a_course_that_cannot_be_written_ends_the_command(course: Course, tmp_path: Path) -> None:
    (course.root / "submitted").mkdir(exist_ok=True)
    for number in range(3 * spread.WORTH):  # a file in the place of each folder
        save(course.root / f"submitted/s-{number:02}", b"x")
    with pytest.raises(CourseError, match="s-0"):
        collect(course, small.ASSIGNMENT, save(tmp_path / "class.zip", make_zip(hostile_class())))


def test_ctrl_c_leaves_whole_files_and_one_line(course: Course, tmp_path: Path) -> None:
    files = {f"s-{number:04}/numbers.ipynb": NOTEBOOK for number in range(2000)}
    path = save(tmp_path / "class.zip", make_zip(files))
    command = [sys.executable, "-m", "autograder", "collect", small.ASSIGNMENT, str(path), "--course", str(course.root)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        end = time.monotonic() + 60
        while not any((course.root / "submitted").glob("*")) and time.monotonic() < end:
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGINT)
        _, stderr = process.communicate(timeout=60)
    there = state(course)
    assert process.returncode == 2 and len(stderr.strip().splitlines()) == 1
    assert 0 < len(there) < 4000 and all(not Path(name).name.startswith(".") for name in there)
    assert {data for name, data in there.items() if name.endswith(".ipynb")} == {NOTEBOOK}


def test_a_process_keeps_nothing_of_one_student_for_the_next(course: Course, tmp_path: Path) -> None:
    taker = Taker.prepare(course, small.ASSIGNMENT, [], (), False, tmp_path, False, "en")
    assert Taker.take(taker, Handed("s-1", [], ["s-1/x"])).useless == ["s-1/x"]
    assert Taker.take(taker, Handed("s-2", [], [])) == Taken()
