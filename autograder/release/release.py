"""Source notebook → what students get: `notebooks/ASSIGNMENT/` and the class zip, byte for byte the same each time."""

import shutil
import tempfile
import zipfile
from pathlib import Path

from autograder.assignments import datasets_of
from autograder.course.course import Course
from autograder.course.toolkit import labkit_folder
from autograder.errors import CourseError
from autograder.release import words
from autograder.restore.restore import read_source

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The time stamp of every file in the class zip: the earliest that the format knows."""


def release(course: Course, assignment: str) -> list[Path]:
    """Make what students of one assignment get, and register its cells in the gradebook.

    Scores that are in the gradebook stay.

    Args:
        course: the course.
        assignment: name of the assignment.

    Returns:
        The released folder and the class zip.

    Raises:
        CourseError: the source notebook is not fit to be released; nothing that was released before changes then.
    """
    record_public_cases(course, assignment)
    course.private.mkdir(mode=0o700, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=course.private) as folder:
        generate_into(course, assignment, Path(folder), register=True)
        target = course.release(assignment)
        if target.exists():
            shutil.rmtree(target)
        target.parent.mkdir(exist_ok=True)
        shutil.move(Path(folder) / assignment, target)
    archive = course.class_zip(assignment)
    archive.parent.mkdir(exist_ok=True)
    write_class_zip(course, assignment, archive)
    return [target, archive]


def record_public_cases(course: Course, assignment: str) -> None:
    """Write what the self-check judges on beside the source notebook, if the assignment has an answer key."""
    from autograder.assignments import answer_key, names

    if assignment not in names():
        return
    from autograder.checking.recording import record
    from labkit.selfcheck.public_cases import FILE_NAME, write

    write(course.source(assignment) / FILE_NAME, record(answer_key(assignment)))


def generate_into(course: Course, assignment: str, folder: Path, *, register: bool) -> None:
    """Write the students' version to `folder/ASSIGNMENT`.

    Raises:
        CourseError: nbgrader refuses, or a mark of what students must not get would go out.
    """
    from autograder.course.nbgrader_app import generate

    for path in course.notebooks(assignment):
        read_source(path)
    generate(course, assignment, into=folder, register=register)
    for path in sorted((folder / assignment).rglob("*.ipynb")):
        text = path.read_text(encoding="utf-8")
        for mark in ("BEGIN SOLUTION", "END SOLUTION", "HIDDEN TESTS", "MARK SCHEME", "autograder"):
            if mark in text:
                raise CourseError(words.would_leak(path.name, mark))


def write_class_zip(course: Course, assignment: str, archive: Path) -> None:
    """Pack the released folder, labkit and the data into one archive with one folder in it.

    Files are sorted, time stamps fixed, and nothing is compressed, because compressors differ between machines.

    Raises:
        CourseError: a data file of the assignment is missing.
    """
    files: dict[str, bytes] = {"README.txt": words.class_readme(assignment).encode()}
    for path in sorted(course.release(assignment).rglob("*")):
        if path.is_file() and ".ipynb_checkpoints" not in path.parts:
            files[path.relative_to(course.release(assignment)).as_posix()] = path.read_bytes()
    toolkit = labkit_folder()
    for path in sorted(toolkit.rglob("*")):
        if path.is_file() and path.suffix in (".py", ".typed", ".json"):
            files[f"labkit/{path.relative_to(toolkit).as_posix()}"] = path.read_bytes()
    for name in datasets_of(assignment):
        files[f"datasets/{name}"] = course.dataset(name).read_bytes()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as packed:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{assignment}/{name}", _FIRST_DAY)
            entry.create_system = 3  # so that the mode below means the same everywhere
            entry.external_attr = 0o100644 << 16
            packed.writestr(entry, files[name])
