"""Sort a platform's download into `submitted/STUDENT/ASSIGNMENT/`: one notebook a name, under a name of our own.

Of a student's notebooks the one with the most in it counts: the student's work before a fragment, the untouched
notebook, another assignment's, a broken file. Among equals it is the latest, and only then the name decides.
"""

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from autograder.collect import words
from autograder.collect.archives import Download, Entry
from autograder.collect.layouts import Context, Owner
from autograder.collect.left_out import tell
from autograder.collect.names import stem_of
from autograder.collect.owners import Student, by_student, submitted_ids
from autograder.collect.recognise import Recognised, recognise
from autograder.collect.take import Taker
from autograder.collect.unpack import Handed
from autograder.collect.write import Written
from autograder.course.course import Course, folder_key
from autograder.course.downloads import Downloaded, keep_downloaded
from autograder.course.ids import as_id, is_usable
from autograder.course.roster import Identity, Roster
from autograder.errors import ArchiveError
from autograder.language import chosen_language
from autograder.notebook.source import read_source
from autograder.spread import on_processes


@dataclass(frozen=True)
class Collected:
    """What `collect` did.

    Attributes:
        students: ids whose submission was written.
        unchanged: ids whose submission was there already, the same byte for byte.
        skipped: what needs a look, a line each: first students without work, then what was not taken, by kind.
        layout: a line that says how the download was read; empty for one student's files.
        changed: a line for each student whose submission took the place of an earlier one.
    """

    students: tuple[str, ...]
    unchanged: tuple[str, ...]
    skipped: tuple[str, ...]
    layout: str
    changed: tuple[str, ...] = ()


def collect(
    course: Course,
    assignment: str,
    path: Path,
    layout: str | None = None,
    *,
    student: str | None = None,
    take_older: bool = False,
) -> Collected:
    """Sort a download into the course, student by student.

    Args:
        course: the course.
        assignment: name of the assignment.
        path: a folder or a zip archive in one of the layouts of `layouts.LAYOUTS`.
        layout: the layout's name; None to recognise it.
        student: whose all the files are, a single notebook too; None to tell it from the names.
        take_older: take also what was handed in before the version that the course has.

    Raises:
        ArchiveError: it is neither, cannot be read, or does not show which level of folders is the students'.
        CourseError: there is no such assignment, its source cannot be read, or the course cannot be written to.
    """
    sources = [read_source(source) for source in course.notebooks(assignment)]
    known = {*course.assignments(), *(source.name for source in sources)}
    roster = Roster.read(course)
    with Download(path, single=student is not None) as download:
        if student is not None:
            recognised = Recognised("folders", PurePosixPath(), Context(assignment))
            students = {_named_student(course, roster, student): _all_of(download, student)}
            take_older = True
        else:
            recognised = _recognise(course, download, assignment, roster, layout)
            students = by_student(course, download, recognised, roster)
        in_order = [
            Handed(one, [_with_stamp(download, recognised, *each) for each in files.entries], files.refused)
            for one, files in sorted(students.items())
        ]
        shared = course, assignment, sources, known, take_older, path.absolute(), student is not None, chosen_language()
        written, unchanged, faults = list[str](), list[str](), list[str]()
        changed, useless, names = dict[str, Written](), dict[str, list[str]](), dict[str, Downloaded]()
        results = on_processes(Taker.prepare, shared, Taker.take, in_order, forked=True)
        for handed, taken in zip(in_order, results, strict=True):
            one = handed.student
            download.left_out += taken.left_out
            faults += taken.faults
            if taken.is_written is not None:
                (written if taken.is_written else unchanged).append(one)
            if taken.changed:
                changed[one] = taken.changed
            if taken.useless:
                useless[one] = taken.useless
            if taken.best:
                names[one] = recognised.downloaded(taken.best)
    if student is None:
        keep_downloaded(course, assignment, _without_common_name(names))
    lines = [words.nothing_usable(one, places) for one, places in sorted(useless.items())]
    if student is None and (missing := _missing(course, assignment, roster, students)):
        lines.append(words.nothing_at_all(missing))
    left_out = [file for file in download.left_out if not recognised.is_own(file.path)]
    lines += faults + tell(left_out, _class_files(course, assignment))
    return Collected(
        tuple(written),
        tuple(unchanged),
        tuple(lines),
        "" if student is not None else _how_read(recognised, roster),
        tuple(_changes(course, assignment, changed)),
    )


def _with_stamp(
    download: Download, recognised: Recognised, entry: Entry, owner: Owner
) -> tuple[Entry, Owner, Entry | None]:
    """Put the file with its time beside a student's file."""
    stamp = recognised.stamp(entry.path)
    return entry, owner, download.stamps.get(stamp) if stamp else None


def _how_read(recognised: Recognised, roster: Roster) -> str:
    line = words.layout(recognised.name, str(recognised.around))
    return line if roster.people or recognised.name != "moodle" else f"{line}. {words.numbers_of_assignment()}"


def _recognise(course: Course, download: Download, assignment: str, roster: Roster, layout: str | None) -> Recognised:
    paths = [entry.path for entry in download.entries]
    paths += [*download.stamps, *(file.path for file in download.left_out)]
    submitted = submitted_ids(course)

    def is_student(name: str) -> bool:
        identity = Identity(student=name, login=name, email=name, name=name)
        return folder_key(as_id(name)) in submitted or bool(roster.find(identity, assignment))

    return recognise(paths, assignment, is_student, layout, download.content)


def _named_student(course: Course, roster: Roster, student: str) -> str:
    """Return the id of a student whom the instructor names.

    Raises:
        ArchiveError: the roster has no such student, or the name cannot be an id.
    """
    matches = roster.find(Identity(student=student, login=student, email=student, name=student))
    if not matches and (known := submitted_ids(course).get(folder_key(as_id(student)))):
        return known
    if len(matches) == 1:
        return matches[0]
    if matches or roster.people or not is_usable(as_id(student)):
        raise ArchiveError(words.no_such_student(student, matches))
    return as_id(student)


def _all_of(download: Download, student: str) -> Student:
    """Take all files as one student's; dates inside are not the platform's."""
    files = Student()
    files.entries = [(entry._replace(time=""), Owner(student, stem_of(entry.path))) for entry in download.entries]
    files.refused = [str(file.path) for file in download.left_out]
    return files


def _without_common_name(names: dict[str, Downloaded]) -> dict[str, Downloaded]:
    """Leave out what an anonymous download has in the place of all names."""
    if len(names) > 1 and len({one.person for one in names.values()}) == 1:
        return {student: replace(one, person="") for student, one in names.items()}
    return names


def _changes(course: Course, assignment: str, changed: dict[str, Written]) -> Iterator[str]:
    """Name the students whose submission was replaced, with its time and what it was graded."""
    if not changed:
        return
    from autograder.course.database import has_gradebook  # SQLAlchemy: longer than to collect some dozens
    from autograder.gradebook.read_marks import read_marks

    marks = read_marks(course, assignment).notebooks if has_gradebook(course) else {}
    for student, written in sorted(changed.items()):
        graded = marks.get(student)
        score = sum(notebook.score for notebook in graded.values()) if graded else None
        yield words.changed(student, written.before, written.now, score)


def _missing(course: Course, assignment: str, roster: Roster, students: Iterable[str]) -> list[str]:
    """List the students of the course who have handed in nothing at all."""
    have = {folder_key(student) for student in (*students, *course.students(assignment))}
    people: Iterable[str] = roster.people
    if not people:
        from autograder.gradebook.students import students_known  # SQLAlchemy, as below

        people = students_known(course)
    return sorted(student for student in people if folder_key(student) not in have)


def _class_files(course: Course, assignment: str) -> set[str]:
    """List the files of the class's own zip, as they are called below its folder; none if it was not made here."""
    try:
        with zipfile.ZipFile(course.class_zip(assignment)) as archive:
            return {name.partition("/")[2] for name in archive.namelist()}
    except (OSError, zipfile.BadZipFile):
        return set()
