"""Tell made-up submissions from real ones, so that no real student is ever written over or removed."""

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Literal

from autograder.course.course import Course
from autograder.demo import words
from autograder.files import read_plain
from autograder.gradebook.behaviours import remove_behaviours
from autograder.gradebook.remove import remove_submissions
from autograder.gradebook.students import students_known
from autograder.notebook.read import MAX_BYTES

MARK = "made-up.json"
"""The file in a submission folder that says that nobody handed it in, with the checksums of the files beside it."""

State = Literal["made up", "changed", "real"]


def write_made_up(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write a submission folder with its mark, in place of a made-up one that is there."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    text = json.dumps({"note": words.made_up_note(), "sha256": sums}, ensure_ascii=False, indent=1)
    (folder / MARK).write_text(text + "\n", encoding="utf-8")  # first: a run that is cut off leaves no folder unmarked
    for name, data in files.items():
        (folder / name).write_bytes(data)


def state_of(folder: Path) -> State:
    """Say whether a submission folder is as `simulate` wrote it, was changed since, or is a real one."""
    try:
        sums = json.loads(read_plain(folder / MARK, MAX_BYTES))["sha256"]
        files = [path for path in folder.iterdir() if path.name != MARK and not path.name.startswith(".")]
        now = {path.name: hashlib.sha256(read_plain(path, MAX_BYTES)).hexdigest() for path in files}
    except (OSError, ValueError, KeyError, TypeError):
        return "changed" if (folder / MARK).exists() else "real"
    return (
        "made up" if isinstance(sums, dict) and now.items() <= sums.items() and not folder.is_symlink() else "changed"
    )


def real_among(course: Course, students: Iterable[str]) -> list[str]:
    """List those of the students of whom the course holds anything that is not made up."""
    known = students_known(course)
    return [student for student in students if _is_real(course, student, known)]


def _is_real(course: Course, student: str, known: Mapping[str, bool]) -> bool:
    places = [course.root / kind / student for kind in ("submitted", "autograded", "feedback")]
    if any(place.is_symlink() or (place.exists() and not place.is_dir()) for place in places):
        return True
    there = {path.name for place in places if place.is_dir() for path in place.iterdir()}
    made_up = {name for name in there if state_of(course.submitted(student, name)) == "made up"}
    return bool(there - made_up) or known.get(student, False) or (student in known and not made_up)


def remove_class(course: Course, assignment: str) -> tuple[list[str], list[str]]:
    """Remove the made-up submissions of an assignment, what was graded of them, and their rows in the gradebook.

    Returns:
        The students that were removed; those left because their submission was changed since it was made up.

    Raises:
        CourseError: there is no such assignment, or the gradebook cannot be written; then nothing is removed.
    """
    course.notebooks(assignment)
    states = {student: state_of(course.submitted(student, assignment)) for student in course.students(assignment)}
    removed = [student for student, state in states.items() if state == "made up"]
    if removed:
        remove_submissions(course, assignment, removed)
        remove_behaviours(course, assignment, removed)
    for student in removed:
        # The mark goes last: after a run that was cut off, another one finds what is left.
        for place in (course.feedback, course.autograded, course.submitted):
            folder = place(student, assignment)
            if folder.is_dir() and not folder.is_symlink():
                shutil.rmtree(folder)
            with suppress(OSError):
                folder.parent.rmdir()  # unless something else of the student's is in it
    return removed, [student for student, state in states.items() if state == "changed"]
