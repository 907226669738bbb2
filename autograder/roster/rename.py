"""Give a student another id with all that the course has of the student, or join two ids that are one person."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from autograder.course.course import Course
from autograder.course.downloads import download_lists, rename_downloaded
from autograder.course.ids import as_id, is_usable
from autograder.course.roster import Person, Roster, roster_file
from autograder.course.timestamp import stored_time
from autograder.course.versions import keep_version
from autograder.errors import CourseError
from autograder.files import write_whole
from autograder.gradebook.rename import graded_assignments, renaming
from autograder.gradebook.students import students_known
from autograder.roster import words

PLACES = ("submitted", "autograded", "feedback")
"""Folders of the course with a folder a student."""
PRIVATE_PLACES = ("behaviours", "versions")
"""The same in the tool's own folder."""


def rename(course: Course, old: str, new: str, *, merge: bool = False, keep: str | None = None) -> list[str]:
    """Give a student another id: files, grades, history, roster; all of it or nothing.

    Args:
        course: the course.
        old: the id that the student has.
        new: the id that the student gets.
        merge: whether `new` may be a student who has handed in something, too.
        keep: whose submission counts, where both have handed in the same assignment; the other is kept as a version.

    Returns:
        A line for each submission that no longer counts.

    Raises:
        CourseError: there is no such student, or it is not clear what is meant.
    """
    if as_id(new) != new or not is_usable(new):
        raise CourseError(words.no_new_id(new))
    roster = Roster.read(course)
    have = {student: _assignments(course, student) for student in (old, new)}
    if old == new or (old not in roster.people and old not in students_known(course) and not have[old]):
        raise CourseError(words.no_student_to_rename(old))
    if have[new] and not merge:
        raise CourseError(words.is_student_already(old, new))
    both = sorted(have[old].keys() & have[new].keys())
    if both and keep not in (old, new):
        raise CourseError(words.both_handed_in(old, new, both))
    dropped = dict.fromkeys(both, new if keep == old else old)
    lines = [words.dropped(student, name, have[student][name]) for name, student in dropped.items()]
    with renaming(course, old, new, dropped), _undone_on_failure(course, old) as moves:
        for assignment, student in dropped.items():
            _keep_aside(course, student, new, assignment)
        for source, target in _moves(course, old, new, dropped):
            target.parent.mkdir(parents=True, exist_ok=True)
            source.rename(target)
            moves.append((source, target))
        rename_downloaded(course, old, new)
        _rename_person(course, roster, old, new)
    for place in _folders(course, old):
        with suppress(OSError):  # something else lies in it
            place.rmdir()
    return lines


def _assignments(course: Course, student: str) -> dict[str, float | None]:
    """Return what a student has handed in, each with the points that the gradebook has."""
    folder = course.root / "submitted" / student
    handed_in = {path.name: None for path in folder.iterdir() if path.is_dir()} if folder.is_dir() else {}
    return {**handed_in, **graded_assignments(course, student)}


def _folders(course: Course, student: str) -> list[Path]:
    places = [course.root / place for place in PLACES] + [course.private / place for place in PRIVATE_PLACES]
    return [place / student for place in places]


def _keep_aside(course: Course, dropped: str, new: str, assignment: str) -> None:
    """Keep the notebooks of a submission that no longer counts as versions of the student."""
    folder = course.submitted(dropped, assignment)
    time = stored_time(folder)
    for path in sorted(folder.glob("*.ipynb")):
        if path.is_file() and not path.is_symlink():
            keep_version(course, new, assignment, path.stem, path.read_bytes(), time)


@contextmanager
def _undone_on_failure(course: Course, old: str) -> Iterator[list[tuple[Path, Path]]]:
    """Move files back, and lists of names to what they were, if anything goes wrong."""
    lists = [roster_file(course), *download_lists(course)]
    before = {path: path.read_bytes() for path in lists if path.is_file()}
    moves: list[tuple[Path, Path]] = []
    try:
        yield moves
    except (OSError, CourseError) as error:
        for source, target in reversed(moves):
            source.parent.mkdir(parents=True, exist_ok=True)
            target.rename(source)
        for path, data in before.items():
            with suppress(OSError):
                write_whole(path, data)
        raise CourseError(words.not_renamed(old, str(error))) from error


def _moves(course: Course, old: str, new: str, dropped: dict[str, str]) -> Iterator[tuple[Path, Path]]:
    """Yield what is to be moved where: first what no longer counts goes aside, then what is left to the new id."""
    aside = course.private / "renamed" / f"{old} and {new}"
    for source, target in zip(_folders(course, old), _folders(course, new), strict=True):
        place = source.parent.name
        for assignment, student in dropped.items() if place != "versions" else ():
            folder = source if student == old else target
            for path in (folder / assignment, folder / f"{assignment}.json"):
                if path.exists():
                    yield path, aside / place / student / path.name
        if not source.is_dir() or source.is_symlink():
            continue
        if not target.exists() or target.samefile(source):  # the same where a disk knows no upper and lower case
            yield source, target
            continue
        for path in sorted(source.iterdir()):
            if not (target / path.name).exists():
                yield path, target / path.name
            elif place == "versions":
                yield from ((file, target / path.name / file.name) for file in _versions(path, target / path.name))
            else:
                yield path, aside / place / old / path.name


def _versions(folder: Path, target: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.ipynb") if not (target / path.name).exists())


def _rename_person(course: Course, roster: Roster, old: str, new: str) -> None:
    person = roster.people.pop(old, None)
    if person is None:
        return
    other = roster.people.get(new, Person(new))
    roster.people[new] = replace(
        other,
        first_name=other.first_name if other.name else person.first_name,
        last_name=other.last_name if other.name else person.last_name,
        email=other.email or person.email,
        section=other.section or person.section,
        logins=tuple(dict.fromkeys((*other.logins, *person.logins))),
        lms_id=other.lms_id or person.lms_id,
        lms_ids={**person.lms_ids, **other.lms_ids},
    )
    roster.write(course)
