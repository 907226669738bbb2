"""Sort a platform's download into `submitted/STUDENT/ASSIGNMENT/`: one notebook a name, under a name of our own.

Of a student's notebooks the one with the most in it counts: the student's work before a fragment, the untouched
notebook, another assignment's, a broken file. Among equals it is the latest, and only then the name decides.
"""

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from autograder.collect import words
from autograder.collect.archives import Download, Entry, File
from autograder.collect.budget import Budget, OverBudgetError
from autograder.collect.content import Content, Look, look_into
from autograder.collect.layouts import Context, Owner
from autograder.collect.left_out import LeftOut, tell
from autograder.collect.names import assignment_named, is_checkpoint, numbers, resubmission, stem_of
from autograder.collect.owners import Student, by_student, submitted_ids
from autograder.collect.recognise import Recognised, recognise
from autograder.collect.unpack import Unpacked, over_budget, unpack_ahead
from autograder.collect.write import Written, write_submission
from autograder.course.course import Course, folder_key
from autograder.course.downloads import Downloaded, keep_downloaded
from autograder.course.ids import as_id, is_usable
from autograder.course.roster import Identity, Roster
from autograder.errors import ArchiveError, CourseError, SubmissionError
from autograder.notebook.source import Source, read_source


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


@dataclass(frozen=True)
class _Submitted:
    """A notebook whose owner is known, and what it holds of each source notebook, by name."""

    file: File
    owner: Owner
    looks: dict[str, Look]
    entry: Entry

    @property
    def best(self) -> Look:
        """The most that it holds of any source notebook."""
        return max(self.looks.values())

    def may_be(self, name: str, known: Iterable[str]) -> bool:
        """Whether it can count as the source notebook `name`: by its content, or because nothing speaks against it."""
        if self.looks[name].content in (Content.UNTOUCHED, Content.WORK):
            return True
        named = assignment_named(self.file.path, self.owner.stem, known)
        return named == name or (not named and len(self.looks) == 1)

    def order(self, name: str) -> tuple[object, ...]:
        """Order the notebooks of a student: by content, then the latest attempt, then the name."""
        path, stem = self.file.path, self.owner.stem
        attempt = (self.owner.version, self.owner.time, resubmission(stem), self.file.time, numbers(stem))
        return self.looks[name].content, not is_checkpoint(path), attempt, stem.lower() == name.lower(), path


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
        run = _Run(course, assignment, sources, known, download, recognised)
        in_order = sorted(students.items())
        coming = unpack_ahead(download, recognised, [files for _, files in in_order])
        for (one, files), unpacked in zip(in_order, coming, strict=True):
            run.take(one, files, unpacked, take_older=take_older)
    if student is None:
        keep_downloaded(course, assignment, _without_common_name(run.names))
    lines = [words.nothing_usable(one, places) for one, places in sorted(run.useless.items())]
    if student is None and (missing := _missing(course, assignment, roster, students)):
        lines.append(words.nothing_at_all(missing))
    left_out = [file for file in download.left_out if not recognised.is_own(file.path)]
    lines += run.faults + tell(left_out, _class_files(course, assignment))
    return Collected(
        tuple(run.written),
        tuple(run.unchanged),
        tuple(lines),
        "" if student is not None else _how_read(recognised, roster),
        tuple(_changes(course, assignment, run.changed)),
    )


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


class _Run:
    """Takes one student after another, and keeps what is to be told of each."""

    def __init__(
        self,
        course: Course,
        assignment: str,
        sources: list[Source],
        known: set[str],
        download: Download,
        recognised: Recognised,
    ) -> None:
        self._course, self._assignment, self._sources, self._known = course, assignment, sources, known
        self._download, self._recognised = download, recognised
        self.written: list[str] = []
        self.unchanged: list[str] = []
        self.changed: dict[str, Written] = {}
        self.faults: list[str] = []
        self.useless: dict[str, list[str]] = {}
        self.names: dict[str, Downloaded] = {}

    def take(self, student: str, files: Student, unpacked: Unpacked, *, take_older: bool) -> None:
        """Choose and write a student's notebooks."""
        left_out = self._download.left_out
        try:
            self._course.refuse_link(self._course.submitted(student, self._assignment))
        except SubmissionError as error:
            self.faults.append(words.skipped(student, str(error)))
            return
        before = len(left_out)
        left_out += unpacked.left_out
        notebooks = list(self._look(unpacked))
        chosen = _choose(notebooks, self._sources, self._known)
        not_read = [*files.refused, *(str(file.path) for file in left_out[before:])]
        left_out += _leave_out(student, notebooks, list(chosen.values()))
        if chosen:
            try:
                wrote = self._write(student, chosen, take_older=take_older)
            except OSError as error:  # no place, no right: true for all students
                folder = self._course.submitted(student, self._assignment)
                raise CourseError(words.not_written(str(folder), error.strerror or str(error))) from error
            (self.written if wrote else self.unchanged).append(student)
            self.faults += _faults(student, chosen)
        elif notebooks or not_read:
            self.useless[student] = [*not_read, *(str(notebook.file.path) for notebook in notebooks)]
        if files.entries:
            best = next(iter(chosen.values())).entry if chosen else files.entries[0][0]
            self.names[student] = self._recognised.downloaded(best.path)

    def _look(self, unpacked: Unpacked) -> Iterator[_Submitted]:
        """Look into a student's notebooks, as long as the budget of a student lasts."""
        budget = Budget()
        for file, owner, entry in unpacked.notebooks:
            try:
                budget.spend()
            except OverBudgetError:
                self._download.left_out.append(over_budget(entry))
                return
            yield _Submitted(file, owner, {one.name: look_into(file.data, one) for one in self._sources}, entry)

    def _write(self, student: str, chosen: dict[str, _Submitted], *, take_older: bool) -> bool:
        """Write notebooks, and keep what became of the versions before them; return whether anything was written."""
        files = {name: one.file for name, one in chosen.items()}
        written = write_submission(self._course, student, self._assignment, files, take_older=take_older)
        for name, one in written.items():
            if one.state == "changed":
                self.changed[student] = one
            elif one.state == "older":
                self.faults.append(words.older_left(str(files[name].path), student, one.before, one.now))
        return any(one.state in ("new", "changed") for one in written.values())


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


def _choose(notebooks: list[_Submitted], sources: list[Source], known: Iterable[str]) -> dict[str, _Submitted]:
    """Choose a student's notebook for each source notebook, by its name."""
    chosen = {}
    for name in (source.name for source in sources):
        candidates = [notebook for notebook in notebooks if notebook.may_be(name, known)]
        if candidates:
            chosen[name] = max(candidates, key=lambda notebook: notebook.order(name))
    return chosen


def _leave_out(student: str, notebooks: list[_Submitted], chosen: list[_Submitted]) -> Iterator[LeftOut]:
    """Say of each further notebook why it does not count; checkpoints are not worth a word."""
    for notebook in notebooks:
        path, (content, fault) = notebook.file.path, notebook.best
        if any(notebook is one for one in chosen) or is_checkpoint(path):
            continue
        if content is Content.UNTOUCHED:
            yield LeftOut(path, "given")
        elif not chosen:
            yield LeftOut(path, "notebook", words.skipped(str(path), fault))
        elif content >= max(one.best.content for one in chosen):
            yield LeftOut(path, "notebook", words.newer_was_used(str(path), student))
        else:
            yield LeftOut(path, "notebook", words.better_was_used(str(path), student, fault))


def _faults(student: str, chosen: dict[str, _Submitted]) -> list[str]:
    """Name the chosen notebooks that have no work in them."""
    looks = [(str(notebook.file.path), notebook.looks[name]) for name, notebook in chosen.items()]
    return [words.no_work(student, place, look.fault) for place, look in looks if look.content <= Content.UNTOUCHED]


def _class_files(course: Course, assignment: str) -> set[str]:
    """List the files of the class's own zip, as they are called below its folder; none if it was not made here."""
    try:
        with zipfile.ZipFile(course.class_zip(assignment)) as archive:
            return {name.partition("/")[2] for name in archive.namelist()}
    except (OSError, zipfile.BadZipFile):
        return set()
