"""Pack the class zip: one folder with the notebook, labkit and the data, the same bytes each time."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from autograder.assignments import datasets_of
from autograder.course.course import Course
from autograder.course.toolkit import labkit_folder
from autograder.release import words

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The time stamp of every file in the class zip: the earliest that the format knows."""


def class_files(course: Course, assignment: str, released: Path) -> dict[str, bytes]:
    """Gather what the class gets: path inside the zip's folder → content.

    Args:
        course: the course.
        assignment: name of the assignment.
        released: the folder with the students' notebook.

    Raises:
        CourseError: a data file of the assignment is missing.
    """
    files = {"README.txt": words.class_readme(assignment).encode()}
    for path in released.rglob("*"):
        if path.is_file() and ".ipynb_checkpoints" not in path.parts:
            files[path.relative_to(released).as_posix()] = path.read_bytes()
    toolkit = labkit_folder()
    for path in toolkit.rglob("*"):
        if path.is_file() and path.suffix in (".py", ".typed", ".json"):
            files[f"labkit/{path.relative_to(toolkit).as_posix()}"] = path.read_bytes()
    for name in datasets_of(assignment):
        files[f"datasets/{name}"] = course.dataset(name).read_bytes()
    return files


def pack(assignment: str, files: Mapping[str, bytes]) -> bytes:
    """Make the zip: files sorted, time stamps fixed, and nothing compressed, because compressors differ."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as packed:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{assignment}/{name}", _FIRST_DAY)
            entry.create_system = 3  # so that the mode below means the same everywhere
            entry.external_attr = 0o100644 << 16
            packed.writestr(entry, files[name])
    return archive.getvalue()
