"""From the path of a notebook to the id of its student."""

from pathlib import Path

import pytest

from autograder.collect.collect import collect
from autograder.course.course import Course
from tests.helpers import small_course as small
from tests.helpers.downloads import NOTEBOOK, make_zip, save, submitted

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
    assert not collected.skipped


@pytest.mark.parametrize("name", ["numbers.ipynb", "[1]/numbers.ipynb", "a\x1b[2J/numbers.ipynb", "*.ipynb"])
def test_a_path_that_tells_no_usable_id_is_named(course: Course, tmp_path: Path, name: str) -> None:
    entries = {name: NOTEBOOK, "s-1/numbers.ipynb": NOTEBOOK}
    collected = collect(course, small.ASSIGNMENT, save(tmp_path / "class.zip", make_zip(entries)))
    assert collected.students == ("s-1",)
    assert "whose it is" in collected.skipped[0] and "\x1b" not in collected.skipped[0]
