"""Sort a platform's download into `submitted/STUDENT/ASSIGNMENT/`: one notebook a name, under a name of our own.

Of a student's notebooks the one with the most in it counts: the student's work before a fragment, the untouched
notebook, another assignment's, a broken file. Among equals it is the latest, and only then the name decides.
"""

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from unicodedata import normalize

from autograder.collect import words
from autograder.collect.archives import Download, Entry, File
from autograder.collect.budget import Budget, OverBudgetError
from autograder.collect.content import Content, Look, look_into
from autograder.collect.layouts import Owner, Recognised, recognise
from autograder.collect.left_out import LeftOut, tell
from autograder.collect.names import (
    assignment_named,
    has_notebook_name,
    is_checkpoint,
    is_zip,
    numbers,
    resubmission,
    stem_of,
)
from autograder.course.course import Course, folder_key
from autograder.course.ids import as_id, is_usable
from autograder.course.timestamp import TIMESTAMP
from autograder.errors import SubmissionError
from autograder.files import write_whole
from autograder.notebook.source import Source, read_source


@dataclass(frozen=True)
class Collected:
    """What `collect` did.

    Attributes:
        students: ids whose submission was written.
        unchanged: ids whose submission was there already, the same byte for byte.
        skipped: what needs a look, a line each: first students without work, then what was not taken, by kind.
        layout: a line that says how the download was read.
    """

    students: tuple[str, ...]
    unchanged: tuple[str, ...]
    skipped: tuple[str, ...]
    layout: str


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


def collect(course: Course, assignment: str, path: Path, layout: str | None = None) -> Collected:
    """Sort a download into the course; a student's files are read and written before the next student's.

    Args:
        course: the course.
        assignment: name of the assignment.
        path: a folder or a zip archive in one of the layouts of `layouts.LAYOUTS`.
        layout: the layout's name; None to recognise it.

    Raises:
        ArchiveError: it is neither, cannot be read, or does not show which level of folders is the students'.
        CourseError: there is no such assignment, or its source cannot be read.
    """
    sources = [read_source(source) for source in course.notebooks(assignment)]
    known = {*course.assignments(), *(source.name for source in sources)}
    written: list[str] = []
    unchanged: list[str] = []
    faults: list[str] = []
    useless: dict[str, list[str]] = {}
    with Download(path) as download:
        left_out = download.left_out
        paths = [*(entry.path for entry in download.entries), *download.stamps, *(file.path for file in left_out)]
        recognised = recognise(paths, assignment, _submitted_ids(course).values(), layout)
        for student, (entries, places) in sorted(_by_student(course, download, recognised).items()):
            try:
                course.refuse_link(student, assignment)
            except SubmissionError as error:
                faults.append(words.skipped(student, str(error)))
                continue
            before = len(left_out)
            notebooks = list(_read(download, entries, recognised, sources))
            chosen = _choose(notebooks, sources, known)
            not_read = [*places, *(str(file.path) for file in left_out[before:])]
            left_out += _leave_out(student, notebooks, list(chosen.values()))
            if chosen:
                changed = [_write(course, assignment, student, name, one.file) for name, one in chosen.items()]
                (written if any(changed) else unchanged).append(student)
                faults += _faults(student, chosen)
            elif notebooks or not_read:
                useless[student] = [*not_read, *(str(notebook.file.path) for notebook in notebooks)]
    lines = [words.nothing_usable(student, places) for student, places in sorted(useless.items())]
    lines += faults + tell(left_out, _class_files(course, assignment))
    return Collected(
        tuple(written), tuple(unchanged), tuple(lines), words.layout(recognised.name, str(recognised.around))
    )


def _by_student(
    course: Course, download: Download, recognised: Recognised
) -> dict[str, tuple[list[tuple[Entry, Owner]], list[str]]]:
    """Group files by their owners' ids, with the places of those that were refused; leave out what nobody owns."""
    owners = {entry.path: recognised.owners(entry.path) for entry in download.entries}
    refused = {file.path: recognised.owners(file.path) for file in download.left_out}
    ids = _ids(course, {one.student for found in (*owners.values(), *refused.values()) for one in found})
    students: dict[str, tuple[list[tuple[Entry, Owner]], list[str]]] = {}
    for path, found in refused.items():
        if len(found) == 1 and (student := ids.get(found[0].student)):
            students.setdefault(student, ([], []))[1].append(str(path))
    for entry in download.entries:
        place, found = str(entry.path), owners[entry.path]
        if len(found) == 1 and (student := ids.get(found[0].student)):
            students.setdefault(student, ([], []))[0].append((entry, found[0]))
        elif not (has_notebook_name(entry.path) or is_zip(entry.path)):
            download.left_out.append(LeftOut(entry.path, "other"))
        else:
            if len(found) > 1:
                line = words.two_owners(place, [one.student for one in found])
            elif found and is_usable(as_id(found[0].student)):
                line = words.same_folder(place, found[0].student)
            else:
                line = words.no_student(place)
            download.left_out.append(LeftOut(entry.path, "notebook", line))
    return students


def _read(
    download: Download, entries: list[tuple[Entry, Owner]], recognised: Recognised, sources: list[Source]
) -> Iterator[_Submitted]:
    """Read a student's notebooks, as far as the budget of a student goes."""
    budget = Budget()
    for entry, owner in entries:
        time = download.time_in(recognised.stamp(entry.path))
        try:
            for file in download.read(entry, budget):
                own = owner if file.path == entry.path else Owner(owner.student, stem_of(file.path))
                looks = {source.name: look_into(file.data, source) for source in sources}
                yield _Submitted(file._replace(time=time or file.time), own, looks)
        except OverBudgetError:
            download.left_out.append(LeftOut(entry.path, "refused", words.over_budget(str(entry.path))))
            return


def _submitted_ids(course: Course) -> dict[str, str]:
    """Return the ids that the course has, by what systems tell folders apart by."""
    submitted = course.root / "submitted"
    return {folder_key(folder.name): folder.name for folder in submitted.iterdir()} if submitted.is_dir() else {}


def _ids(course: Course, names: Iterable[str]) -> dict[str, str]:
    """Return the id for each name of a student, as the course has it already where it does; none for who has none.

    Names that differ only in how accents are written are one student. Of names that differ in case the one that the
    course has is taken, and no other: on Windows and macOS they would share a folder. Neither is taken of two that
    differ only in signs that no folder can have.
    """
    known = _submitted_ids(course)
    spellings: dict[str, set[str]] = {}
    for name in names:
        if is_usable(as_id(name)):
            spellings.setdefault(folder_key(as_id(name)), set()).add(name)
    ids: dict[str, str] = {}
    for key, group in spellings.items():
        plain = {normalize("NFC", name) for name in group}
        id_of_all = known.get(key) or (as_id(min(plain)) if len(plain) == 1 else "")
        same = [name for name in group if as_id(name) == normalize("NFC", id_of_all)]
        if len({normalize("NFC", name) for name in same}) == 1:
            ids |= dict.fromkeys(same, id_of_all)
    return ids


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
