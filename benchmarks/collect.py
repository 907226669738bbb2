"""Memory of `autograder collect`, which must not grow with the class: `python -m benchmarks.collect --students 10000`.

A download in Moodle's layout is written as it is made: notebooks as large as after Run All, from a made-up class of
some dozens whose files differ again for each student, and every twentieth in a zip of the student's own. Then it is
collected. It needs about 3.4 MB of disk a student, in the folder that `TMPDIR` names, and removes them.
"""

from __future__ import annotations

import argparse
import io
import re
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

from autograder.course.course import Course
from autograder.demo.demo import copy_course
from autograder.demo.made_up_class import simulate
from benchmarks.cost import Cost, measure

PROJECT = Path(__file__).parent.parent
DIFFERENT = 48
"""Notebooks that are made up; each stands for many students, with other numbers in it."""
ZIPPED = 20
"""One student in so many hands in a zip."""

_NUMBER = re.compile(rb"cost 0\.\d{6}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, nargs="+", default=[100, 1000])
    parser.add_argument("--assignment", default="regularization")
    options = parser.parse_args()
    print("| students | download, MB | notebooks, MB | peak memory, MB | seconds |\n|---:|---:|---:|---:|---:|")
    for students in options.students:
        with tempfile.TemporaryDirectory() as folder:
            course = copy_course(Course.at(PROJECT), Path(folder, "course"))
            made = write_class(course, options.assignment, Path(folder, "download.zip"), students)
            cost = collect(course, options.assignment, made)
            written = [path.stat().st_size for path in course.root.glob("submitted/*/*/*.ipynb")]
            if cost.code == 2 or len(written) != students:
                sys.exit(f"{len(written)} of {students} were collected.\n{cost.output[-2000:]}")
            sizes = made.stat().st_size / 1e6, sum(written) / 1e6
            print(f"| {students} | {sizes[0]:.0f} | {sizes[1]:.0f} | {cost.peak:.0f} | {cost.wall:.0f} |", flush=True)


def collect(course: Course, assignment: str, download: Path) -> Cost:
    command = [sys.executable, "-m", "autograder", "collect", assignment, str(download), "--course", str(course.root)]
    return measure(command, PROJECT)


def write_class(course: Course, assignment: str, path: Path, students: int) -> Path:
    """Write a download of many students, and never hold more of it than the made-up notebooks."""
    simulate(course, assignment, min(DIFFERENT, students), outputs="full")
    notebooks = [path.read_bytes() for path in sorted(course.root.glob("submitted/*/*/*.ipynb"))]
    shutil.rmtree(course.root / "submitted")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as download:
        for number in range(students):
            data = _NUMBER.sub(b"cost 0.%06d" % number, notebooks[number % len(notebooks)])
            folder = f"Student {number}_{10_000 + number}_assignsubmission_file"
            if number % ZIPPED == 0:
                download.writestr(f"{folder}/work.zip", _zipped(f"{assignment}.ipynb", data))
            else:
                download.writestr(f"{folder}/{assignment}.ipynb", data)
    return path


def _zipped(name: str, data: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(f"lab/{name}", data)
    return file.getvalue()


if __name__ == "__main__":
    main()
