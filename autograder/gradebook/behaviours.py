"""Keep behaviours of wrong functions, and the instructor's hints for them, in the tool's own folder.

Both lie in `.autograder/`: they are numbers of one secret's probes, mean nothing without it, and share its backup. In a
file under version control the words of a hint would stand apart from the numbers that say whom it is for.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from msgspec.json import encode

from autograder.checking.behaviours import KeptBehaviour
from autograder.checking.verdict import BEHAVIOUR
from autograder.course.course import Course
from autograder.errors import CourseError
from autograder.files import put, write_whole
from autograder.gradebook import words

Behaviours = dict[str, KeptBehaviour]
"""What the wrong functions of a submission did, by the name of the check."""


@dataclass(frozen=True)
class GivenHint:
    """A hint of the instructor's, for all whose function does the same.

    Attributes:
        check: name of the check.
        text: the hint, in Markdown.
        behaviour: what the functions do.
    """

    check: str
    text: str
    behaviour: KeptBehaviour


def write_behaviours(file: Path, behaviours: Behaviours, fingerprint: str) -> None:
    """Write the behaviours of a student's functions, by the name of the check, where there are any.

    Args:
        file: the file; its folder is made.
        behaviours: by the name of the check.
        fingerprint: of the grading; it stands in the autograded notebook too, and says whether they belong together.

    Raises:
        OSError: the file cannot be written.
    """
    if behaviours:
        file.parent.mkdir(parents=True, exist_ok=True)
        checks = {check: kept.to_json() for check, kept in behaviours.items()}
        file.write_bytes(encode({"fingerprint": fingerprint, "checks": checks}))


def keep_behaviours(course: Course, assignment: str, student: str, file: str | Path) -> None:
    """Put a file of behaviours, alone in its folder, in the place of a student's earlier ones, which go in any case.

    Raises:
        OSError: it cannot be moved there.
    """
    place = _file(course, assignment, student)
    if not os.path.exists(file):  # noqa: PTH110  # called for each student of a class
        _remove(place)
        return
    put(file, place)


def _remove(place: str) -> None:
    try:
        os.unlink(place)  # noqa: PTH108
    except FileNotFoundError:
        return
    with suppress(OSError):  # others' assignments are in it
        os.rmdir(os.path.dirname(place))  # noqa: PTH106, PTH120


def read_behaviours(course: Course, assignment: str, student: str) -> Behaviours:
    """Read what the wrong functions of a student did; nothing if the autograded notebook is of a different grading."""
    try:
        data = json.loads(Path(_file(course, assignment, student)).read_bytes())
        fingerprint = str(data["fingerprint"]).encode()
        graded = course.autograded(student, assignment).glob("*.ipynb")
        if not any(fingerprint in path.read_bytes() for path in graded):
            return {}
        kept = {str(check): KeptBehaviour.from_json(one) for check, one in data["checks"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
    return {check: behaviour for check, behaviour in kept.items() if behaviour}


def class_behaviours(course: Course, assignment: str) -> Iterator[tuple[str, str, KeptBehaviour]]:
    """Yield (student, check, behaviour) for a class, in order."""
    for path in sorted((course.private / "behaviours").glob(f"*/{assignment}.json")):
        student = path.parent.name
        for check, behaviour in read_behaviours(course, assignment, student).items():
            yield student, check, behaviour


def read_hints(course: Course, assignment: str) -> dict[str, GivenHint]:
    """Read the instructor's hints by the id of their group.

    Raises:
        CourseError: the file is damaged.
    """
    path = _hints_file(course, assignment)
    try:
        data: Mapping[str, Any] = json.loads(path.read_bytes())
        hints = {id: (one["check"], one["hint"], KeptBehaviour.from_json(one[BEHAVIOUR])) for id, one in data.items()}
        return {id: GivenHint(check, text, kept) for id, (check, text, kept) in hints.items() if kept}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CourseError(words.bad_hints(str(path), str(error))) from error


def write_hints(course: Course, assignment: str, hints: Mapping[str, GivenHint]) -> None:
    """Write the instructor's hints.

    Raises:
        CourseError: the file cannot be written.
    """
    data = {
        id: {"check": hint.check, "hint": hint.text, BEHAVIOUR: hint.behaviour.to_json()} for id, hint in hints.items()
    }
    lines = ",\n".join(
        f" {json.dumps(id)}: {json.dumps(entry, ensure_ascii=False)}" for id, entry in sorted(data.items())
    )
    path = _hints_file(course, assignment)
    try:
        write_whole(path, f"{{\n{lines}\n}}\n".encode())
    except OSError as error:
        raise CourseError(words.hints_not_written(str(path), str(error))) from error


def hints_for(hints: Mapping[str, GivenHint], behaviours: Behaviours) -> dict[str, str]:
    """Choose the instructor's hints for a student: name of the check → hint."""
    return {
        check: hint.text
        for check, behaviour in behaviours.items()
        for hint in reversed(list(hints.values()))
        if hint.check == check and hint.behaviour.fits(behaviour)
    }


def outdated_hints(course: Course, assignment: str) -> list[str]:
    """List the groups whose hints were given for other probes than the class was graded with."""
    hints = read_hints(course, assignment)
    if not hints:
        return []
    probes: dict[str, set[str]] = {}
    for _, check, behaviour in class_behaviours(course, assignment):
        probes.setdefault(check, set()).add(behaviour.probes)
    return [
        id for id, hint in hints.items() if hint.check in probes and hint.behaviour.probes not in probes[hint.check]
    ]


def remove_behaviours(course: Course, assignment: str, students: Iterable[str]) -> None:
    """Remove what is kept of some students."""
    for student in students:
        _remove(_file(course, assignment, student))


def _file(course: Course, assignment: str, student: str) -> str:
    return f"{course.private}/behaviours/{student}/{assignment}.json"


def _hints_file(course: Course, assignment: str) -> Path:
    return course.private / "hints" / f"{assignment}.json"
