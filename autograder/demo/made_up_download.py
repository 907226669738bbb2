"""Make a platform's download out of a made-up class: what Moodle gives out, and the worksheet that it takes back."""

import csv
import io
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

from autograder.course.course import Course
from autograder.demo import words
from autograder.files import write_whole

DUE = datetime(2026, 3, 1, 23, 59)
"""When the demo's assignments are due, on this machine's clock."""

_NUMBERS = 70
"""Before the number of the first student; Moodle gives people another number in each assignment."""


def write_download(course: Course, assignment: str, folder: Path, maximum: float) -> tuple[Path, Path]:
    """Write the zip and the worksheet of an assignment; every fifth student hands in a day late.

    Args:
        course: the course in which the class was made up.
        assignment: name of the assignment.
        folder: the folder for both files.
        maximum: points to be had.

    Raises:
        OSError: they cannot be written.
    """
    first = _NUMBERS + 1000 * course.assignments().index(assignment)
    paths = folder / f"{assignment}-moodle.zip", folder / f"{assignment}-worksheet.csv"
    worksheet = io.StringIO()
    table = csv.writer(worksheet)
    table.writerow(words.worksheet_header())
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(paths[0], "w", zipfile.ZIP_DEFLATED) as packed:
        for place, student in enumerate(course.students(assignment), 1):
            name = student.replace("-", " ").capitalize()
            time = DUE - timedelta(hours=place) + timedelta(days=place % 5 == 0)
            for file in sorted(course.submitted(student, assignment).glob("*.ipynb")):
                entry = f"{name}_{first + place}_assignsubmission_file/{file.name}"
                packed.writestr(zipfile.ZipInfo(entry, time.timetuple()[:6]), file.read_bytes(), zipfile.ZIP_DEFLATED)
            table.writerow(words.worksheet_row(first + place, name, student, maximum))
    write_whole(paths[1], worksheet.getvalue().encode())
    return paths
