"""Keep versions of submissions that were replaced: `.autograder/versions/STUDENT/ASSIGNMENT/NAME-HASH.ipynb`."""

import hashlib
import json
from pathlib import Path

from autograder.course.course import Course
from autograder.files import write_whole

INDEX = "index.jsonl"
"""Says of each version when it was handed in, in the order in which they were replaced."""


def versions(course: Course, student: str, assignment: str) -> Path:
    """Name the folder of a student's versions."""
    return course.private / "versions" / student / assignment


def version(name: str, data: bytes) -> str:
    """Name the file of a version."""
    return f"{name}-{hashlib.sha256(data).hexdigest()[:32]}.ipynb"


def keep_version(course: Course, student: str, assignment: str, name: str, data: bytes, time: str) -> None:
    """Keep a version, and add its time to the list.

    Raises:
        OSError: it cannot be written.
    """
    folder = versions(course, student, assignment)
    path = folder / version(name, data)
    if path.exists():
        return
    course.private.mkdir(mode=0o700, exist_ok=True)
    write_whole(path, data)
    with (folder / INDEX).open("a", encoding="utf-8") as index:
        index.write(json.dumps({"file": path.name, "time": time}) + "\n")
