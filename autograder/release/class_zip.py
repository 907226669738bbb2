"""Pack the class zip: one folder with the notebook, labkit and the data, the same bytes each time."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from autograder.assignments import datasets_of
from autograder.course.course import Course
from autograder.course.toolkit import labkit_folder
from autograder.language import ENGLISH
from autograder.release.student_page import readme_files

_TIME_STAMP = (2026, 1, 1, 0, 0, 0)
"""Of every file in the class zip: always the same, and not so old that an editor shows a strange age."""

DATA_NOTES = "README.md"
"""Says of the data where each file comes from, and under which licence."""


def class_files(course: Course, assignment: str, released: Path, language: str = ENGLISH) -> dict[str, bytes]:
    """Gather what the class gets: path inside the zip's folder → content.

    Args:
        course: the course.
        assignment: name of the assignment.
        released: the folder with the students' notebook.
        language: the language of the page for students.

    Raises:
        CourseError: a data file of the assignment, or the page for students, is missing.
    """
    files = readme_files(course.student_page(language), assignment, language)
    for path in released.rglob("*"):
        if path.is_file() and ".ipynb_checkpoints" not in path.parts:
            files[path.relative_to(released).as_posix()] = path.read_bytes()
    toolkit = labkit_folder()
    for path in toolkit.rglob("*"):
        if path.is_file() and path.suffix in (".py", ".typed", ".json", ".mo"):
            files[f"labkit/{path.relative_to(toolkit).as_posix()}"] = path.read_bytes()
    data = datasets_of(assignment)
    for name in (*data, DATA_NOTES) if data else ():
        files[f"datasets/{name}"] = course.dataset(name).read_bytes()
    return files


def pack(assignment: str, files: Mapping[str, bytes]) -> bytes:
    """Make the zip: files sorted, time stamps fixed, and nothing compressed, because compressors differ."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as packed:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{assignment}/{name}", _TIME_STAMP)
            entry.create_system = 3  # so that the mode below means the same everywhere
            entry.external_attr = 0o100644 << 16
            packed.writestr(entry, files[name])
    return archive.getvalue()
