"""Release an assignment: source notebook → `notebooks/ASSIGNMENT/` and the class zip, the same bytes each time."""

import shutil
import tempfile
from pathlib import Path

from autograder.assignments import answer_key, names
from autograder.checking.recording import record
from autograder.course.course import Course
from autograder.files import write_whole
from autograder.notebook.source import read_source
from autograder.release.class_zip import class_files, pack
from autograder.release.leaks import refuse_forbidden
from labkit.selfcheck.public_cases import FILE_NAME, write


def release(course: Course, assignment: str) -> tuple[Path, Path]:
    """Make what students of an assignment get, and register its cells in the gradebook.

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
    target, archive = course.release(assignment), course.class_zip(assignment)
    with tempfile.TemporaryDirectory(dir=course.private) as folder:
        generate_into(course, assignment, Path(folder), register=True)
        files = class_files(course, assignment, Path(folder) / assignment)
        refuse_forbidden(files)
        if target.exists():
            shutil.rmtree(target)
        target.parent.mkdir(exist_ok=True)
        shutil.move(Path(folder) / assignment, target)
    write_whole(archive, pack(assignment, files))
    return target, archive


def record_public_cases(course: Course, assignment: str) -> None:
    """Write what the self-check judges on beside the source notebook, if the assignment has an answer key."""
    if assignment in names():
        write(course.source(assignment) / FILE_NAME, record(answer_key(assignment)))


def generate_into(course: Course, assignment: str, folder: Path, *, register: bool) -> None:
    """Write the students' version to `folder/ASSIGNMENT`.

    Raises:
        CourseError: nbgrader refuses, or a notebook holds a string that must stay with the instructor.
    """
    from autograder.course.nbgrader_app import generate  # seconds of imports, which only this function needs

    for path in course.notebooks(assignment):
        read_source(path)
    generate(course, assignment, into=folder, register=register)
    refuse_forbidden({path.name: path.read_bytes() for path in (folder / assignment).rglob("*.ipynb")})
