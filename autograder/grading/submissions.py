"""Read a submission, and what it is judged against, into a task."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from autograder.course import words as course_words
from autograder.course.course import Course, is_plain_name
from autograder.engines.shares import course_shares
from autograder.engines.task import Handed, NotebookTask, PutAside, Task
from autograder.errors import MachineError, SubmissionError
from autograder.gradebook.register import stored_sources
from autograder.grading import words
from autograder.notebook.autotests import has_autotests, with_autotests

SUFFIX = ".ipynb"


def make_task(
    course: Course,
    assignment: str,
    student: str,
    sources: Mapping[str, bytes] | None = None,
    inputs: dict[str, bytes] | None = None,
    shares: str | None = None,
    put_aside: PutAside | None = None,
) -> Task:
    """Look what a student handed in; it is read when it is needed.

    Args:
        course: the course.
        assignment: name of the assignment.
        student: the student's id.
        sources: what `sources_of` gives, where it is known.
        inputs: what `inputs_of` gives, where it is known.
        shares: what `shares_of` gives, where it is known.
        put_aside: what writes the files of the result where it is judged.

    Raises:
        SubmissionError: the student has no submission folder.
        MachineError: this machine cannot look into it.
    """
    folder = course.submitted(student, assignment)
    files = _files(course, folder, student, assignment)
    sources = sources_of(course, assignment) if sources is None else sources
    inputs = inputs_of(course, assignment) if inputs is None else inputs
    shares = shares_of(course) if shares is None else shares
    others = [name for name in files if name.removesuffix(SUFFIX) not in sources]
    notebooks = []
    for name, source in sources.items():
        file = f"{name}{SUFFIX}"
        if file not in files and len(sources) == len(others) == 1:
            file = others[0]  # handed in under another name
        notebooks.append(NotebookTask(name, source, Handed(folder / file), absent=file not in files))
    return Task(assignment, student, tuple(notebooks), inputs, str(course.root), shares, put_aside)


def _files(course: Course, folder: Path, student: str, assignment: str) -> list[str]:
    """List the notebooks in a submission folder by name."""
    try:
        if is_plain_name(student):
            course.refuse_link(folder)
            return sorted(name for name in os.listdir(folder) if name.endswith(SUFFIX) and name != SUFFIX)  # noqa: PTH208
    except (FileNotFoundError, NotADirectoryError):
        pass
    except OSError as error:
        place = folder.relative_to(course.root).as_posix()
        raise MachineError(course_words.folder_not_read(place, error.strerror or "")) from None
    raise SubmissionError(words.no_submission(student, assignment))


def sources_of(course: Course, assignment: str) -> dict[str, bytes]:
    """Read the source notebooks of an assignment, by name, with the tests in them that nbgrader wrote.

    Raises:
        CourseError: there is no such assignment, or tests of it are not written yet.
    """
    sources = {path.stem: path.read_bytes() for path in course.notebooks(assignment)}
    if not any(has_autotests(source) for source in sources.values()):
        return sources
    stored = stored_sources(course, assignment)
    return {name: with_autotests(source, stored.get(name, {})) for name, source in sources.items()}


def inputs_of(course: Course, assignment: str) -> dict[str, bytes]:
    """Read the files beside the source notebooks, by relative path."""
    folder = course.source(assignment)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in course.inputs(assignment)}


def shares_of(course: Course) -> str:
    """Read the course's own shares for known mistakes, in one form whatever the order and comments of the file.

    Raises:
        CourseError: the file is not right.
    """
    return json.dumps(course_shares(course), sort_keys=True)
