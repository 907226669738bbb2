"""Sort a platform's download into `submitted/STUDENT/ASSIGNMENT/`: one notebook a name, under a name of our own.

Of a student's notebooks the one with the most in it counts: the student's work before a fragment, the untouched
notebook, another assignment's, a broken file. Among equals it is the latest, and only then the name decides.
"""

import os
import zipfile
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from unicodedata import normalize

from autograder.collect import words
from autograder.collect.archives import Download, File
from autograder.collect.content import Content, Look, look_into
from autograder.collect.layouts import Owner, Place, owner_of
from autograder.collect.left_out import LeftOut, tell
from autograder.collect.names import CHECKPOINTS, assignment_named, is_checkpoint, numbers, resubmission
from autograder.course.course import Course, folder_key, is_plain_name
from autograder.course.timestamp import TIMESTAMP
from autograder.errors import SubmissionError
from autograder.files import write_whole
from autograder.notebook.source import Source, read_source

MAX_ID = 100
"""Characters of a student's id."""


@dataclass(frozen=True)
class Collected:
    """What `collect` did.

    Attributes:
        students: ids whose submission was written.
        unchanged: ids whose submission was there already, the same byte for byte.
        skipped: what needs a look, a line each: first students without work, then what was not taken, by kind.
    """

    students: tuple[str, ...]
    unchanged: tuple[str, ...]
    skipped: tuple[str, ...]


@dataclass(frozen=True)
class _Submitted:
    """A notebook whose owner is known, and what it holds of each source notebook, by name."""

    file: File
    owner: Owner
    looks: dict[str, Look]

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
        attempt = (resubmission(stem), self.file.time, numbers(stem))
        return self.looks[name].content, not is_checkpoint(path), attempt, stem.lower() == name.lower(), path


def collect(course: Course, assignment: str, path: Path) -> Collected:
    """Sort a download into the course.

    Args:
        course: the course.
        assignment: name of the assignment.
        path: a folder or a zip archive in one of the layouts of `layouts.LAYOUTS`.

    Raises:
        ArchiveError: it is neither, cannot be read, or unpacks to more than is reasonable.
        CourseError: there is no such assignment, or its source cannot be read.
    """
    sources = [read_source(source) for source in course.notebooks(assignment)]
    known = {*course.assignments(), *(source.name for source in sources)}
    download = Download(path)
    files = sorted(download.notebooks(), key=lambda file: file.path)
    left_out = download.left_out
    written: list[str] = []
    unchanged: list[str] = []
    faults: list[str] = []
    students = _by_student(course, files, assignment, sources, left_out)
    useless = _without_notebook(students, files, left_out, assignment)
    for student, notebooks in sorted(students.items()):
        try:
            course.refuse_link(student, assignment)
        except SubmissionError as error:
            faults.append(words.skipped(student, str(error)))
            continue
        chosen = _choose(notebooks, sources, known)
        left_out += _leave_out(student, notebooks, list(chosen.values()))
        if chosen:
            changed = [_write(course, assignment, student, name, one.file) for name, one in chosen.items()]
            (written if any(changed) else unchanged).append(student)
            faults += _faults(student, chosen)
        else:
            useless[student] = [str(notebook.file.path) for notebook in notebooks]
    lines = [words.nothing_usable(student, places) for student, places in sorted(useless.items())]
    lines += faults + tell(left_out, _class_files(course, assignment))
    return Collected(tuple(written), tuple(unchanged), tuple(lines))


def _by_student(
    course: Course, files: list[File], assignment: str, sources: list[Source], left_out: list[LeftOut]
) -> dict[str, list[_Submitted]]:
    """Group notebooks by their owners' ids; add those without a usable id to `left_out`."""
    shared = _shared(file.path for file in files)
    students: dict[str, list[_Submitted]] = {}
    owners = [owner_of(Place(file.path, shared, assignment)) for file in files]
    ids = _ids(course, {owner.student for owner in owners if owner and _is_usable(owner.student)})
    for file, owner in zip(files, owners, strict=True):
        if owner is None or not _is_usable(owner.student):
            left_out.append(LeftOut(file.path, "notebook", words.no_student(str(file.path))))
        elif owner.student not in ids:
            left_out.append(LeftOut(file.path, "notebook", words.same_folder(str(file.path), owner.student)))
        else:
            looks = {source.name: look_into(file.data, source) for source in sources}
            students.setdefault(ids[owner.student], []).append(_Submitted(file, owner, looks))
    return students


def _ids(course: Course, names: Iterable[str]) -> dict[str, str]:
    """Return the id for each name of a student, as the course has it already where it does.

    Names that differ only in how accents are written are one student. Of names that differ in case the one that the
    course has is taken, and no other: on Windows and macOS they would share a folder.
    """
    submitted = course.root / "submitted"
    known = {folder_key(folder.name): folder.name for folder in submitted.iterdir()} if submitted.is_dir() else {}
    spellings: dict[str, set[str]] = {}
    for name in names:
        spellings.setdefault(folder_key(name), set()).add(name)
    ids: dict[str, str] = {}
    for key, group in spellings.items():
        plain = {name: normalize("NFC", name) for name in group}
        id_of_all = known.get(key) or (min(plain.values()) if len(set(plain.values())) == 1 else "")
        ids |= {name: id_of_all for name in group if plain[name] == normalize("NFC", id_of_all)}
    return ids


def _without_notebook(
    students: Collection[str], files: list[File], left_out: list[LeftOut], assignment: str
) -> dict[str, list[str]]:
    """Group the other files of students without a notebook by id, where a folder or the platform names the student."""
    shared = _shared([*(file.path for file in files), *(file.path for file in left_out)])
    without: dict[str, list[str]] = {}
    for path in (file.path for file in left_out):
        owner = owner_of(Place(path, shared, assignment), without=("flat",))
        if not owner or not _is_usable(owner.student) or owner.student in path.parts[:shared]:
            continue
        if not any(name in students for name in (owner.student, *path.parts[:-1])):
            without.setdefault(owner.student, []).append(str(path))
    return without


def _shared(paths: Iterable[PurePosixPath]) -> int:
    """Count the folders at the start that all paths have in common."""
    folders = {"/".join(part for part in path.parts[:-1] if part != CHECKPOINTS) for path in paths}
    return len(PurePosixPath(os.path.commonpath(folders)).parts) if folders else 0


def _is_usable(student: str) -> bool:
    return is_plain_name(student) and len(student) <= MAX_ID and student.isprintable()


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


def _write(course: Course, assignment: str, student: str, name: str, file: File) -> bool:
    """Put a notebook and its time into the course; return False if the notebook was there already."""
    folder = course.submitted(student, assignment)
    target = folder / f"{name}.ipynb"
    if target.is_file() and not target.is_symlink() and target.read_bytes() == file.data:
        return False
    write_whole(target, file.data)
    if file.time:
        write_whole(folder / TIMESTAMP, f"{file.time}\n".encode())
    else:
        (folder / TIMESTAMP).unlink(missing_ok=True)
    return True
