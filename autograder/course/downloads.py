"""Keep what a platform's download called each student's files: a zip of feedback goes back under the same names."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from autograder.course import words
from autograder.course.course import Course
from autograder.errors import CourseError
from autograder.files import write_whole


@dataclass(frozen=True)
class Downloaded:
    """What the last download with files of a student called them.

    Attributes:
        layout: the key of the layout: "moodle", "canvas" …
        name: the outermost name, as the platform wrote it: a folder's, or a file's with its ending.
        path: the whole path of the notebook that counts; of the first file, if none does.
        person: the student's own name, where the platform's names hold it.
    """

    layout: str
    name: str
    path: str
    person: str = ""


def downloaded(course: Course, assignment: str) -> dict[str, Downloaded]:
    """Read what the files of each student were called, by the student's id; nothing if nobody was collected.

    Raises:
        CourseError: the file is damaged.
    """
    path = _list(course, assignment)
    try:
        data = json.loads(path.read_bytes())
        return {str(student): Downloaded(**names) for student, names in data.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise CourseError(words.bad_downloads(str(path), str(error))) from error


def download_lists(course: Course) -> list[Path]:
    """List the files in which names of downloads are kept, one an assignment."""
    return sorted((course.private / "downloads").glob("*.json"))


def keep_downloaded(course: Course, assignment: str, names: Mapping[str, Downloaded]) -> None:
    """Add the names of a download; students who are not in it keep theirs.

    Raises:
        CourseError: the file is damaged.
        OSError: it cannot be written.
    """
    _write(course, assignment, downloaded(course, assignment) | dict(names))


def rename_downloaded(course: Course, old: str, new: str) -> None:
    """Give what a student's files were called to another id, in all assignments where that has none of its own.

    Raises:
        CourseError: a file is damaged.
        OSError: it cannot be written.
    """
    for path in download_lists(course):
        names = downloaded(course, path.stem)
        if old in names:
            names.setdefault(new, names.pop(old))
            _write(course, path.stem, names)


def _list(course: Course, assignment: str) -> Path:
    return course.private / "downloads" / f"{assignment}.json"


def _write(course: Course, assignment: str, names: Mapping[str, Downloaded]) -> None:
    path = _list(course, assignment)
    rows = {student: asdict(kept) for student, kept in sorted(names.items())}
    course.private.mkdir(mode=0o700, exist_ok=True)
    write_whole(path, json.dumps(rows, ensure_ascii=False, indent=0).encode())
