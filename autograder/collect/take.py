"""Take what a student handed in: read it, look into it, choose the notebooks that count, write them.

That is all that costs time, and it touches nothing of other students: so each is done on whichever process is free.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from autograder.collect import words
from autograder.collect.archives import Download, Entry, File
from autograder.collect.budget import Budget, OverBudgetError
from autograder.collect.content import Content, Look, look_into
from autograder.collect.layouts import Owner
from autograder.collect.left_out import LeftOut
from autograder.collect.names import assignment_named, is_checkpoint, numbers, resubmission
from autograder.collect.unpack import Handed, over_budget, unpack
from autograder.collect.write import Written, write_submission
from autograder.course.course import Course
from autograder.errors import CourseError, SubmissionError
from autograder.language import use_language
from autograder.notebook.source import Source


@dataclass
class Taken:
    """What became of what a student handed in.

    Attributes:
        left_out: what does not count, and why.
        faults: what needs a look, a line each.
        is_written: whether anything was written; None if the student has no notebook that counts.
        changed: the notebook that took the place of an earlier version, if one did.
        useless: places of the files, if there is nothing among them that counts.
        best: the file of the download by which the student is called.
    """

    left_out: list[LeftOut] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    is_written: bool | None = None
    changed: Written | None = None
    useless: list[str] = field(default_factory=list)
    best: PurePosixPath | None = None


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


@dataclass(frozen=True)
class Taker:
    """What the students of a class share.

    Attributes:
        course: the course.
        assignment: name of the assignment.
        sources: its source notebooks.
        known: names of assignments and source notebooks.
        take_older: whether to take also what was handed in before the version that the course has.
        download: where to read.
    """

    course: Course
    assignment: str
    sources: list[Source]
    known: Iterable[str]
    take_older: bool
    download: Download

    @classmethod
    def prepare(
        cls,
        course: Course,
        assignment: str,
        sources: list[Source],
        known: Iterable[str],
        take_older: bool,
        path: Path,
        single: bool,
        language: str,
    ) -> "Taker":
        """Open the download in the process that takes students' work from it; see `Download`."""
        use_language(language)
        return cls(course, assignment, sources, known, take_older, Download(path, single=single, listed=False))

    def take(self, handed: Handed) -> Taken:
        """Choose and write a student's notebooks.

        Raises:
            CourseError: the course cannot be written to.
        """
        student, taken = handed.student, Taken()
        try:
            self.course.refuse_link(self.course.submitted(student, self.assignment))
        except SubmissionError as error:
            taken.faults.append(words.skipped(student, str(error)))
            return taken
        self.download.left_out = taken.left_out
        notebooks = list(self._look(handed))
        chosen = _choose(notebooks, self.sources, self.known)
        not_read = [*handed.refused, *(str(file.path) for file in taken.left_out)]
        taken.left_out += _leave_out(student, notebooks, list(chosen.values()))
        if chosen:
            try:
                self._write(student, chosen, taken)
            except OSError as error:  # no place, no right: true for all students
                folder = self.course.submitted(student, self.assignment)
                raise CourseError(words.not_written(str(folder), error.strerror or str(error))) from error
            taken.faults += _faults(student, chosen)
        else:
            taken.useless = [*not_read, *(str(notebook.file.path) for notebook in notebooks)]
        if handed.entries:
            taken.best = (next(iter(chosen.values())).entry if chosen else handed.entries[0][0]).path
        return taken

    def _look(self, handed: Handed) -> Iterator[_Submitted]:
        """Look into a student's notebooks, as long as the budget of a student lasts."""
        unpacked, budget = unpack(self.download, handed), Budget()
        for file, owner, entry in unpacked:
            try:
                budget.spend()
            except OverBudgetError:
                self.download.left_out.append(over_budget(entry))
                return
            yield _Submitted(file, owner, {one.name: look_into(file.data, one) for one in self.sources}, entry)

    def _write(self, student: str, chosen: dict[str, _Submitted], taken: Taken) -> None:
        """Write notebooks, and note what became of the versions before them."""
        files = {name: one.file for name, one in chosen.items()}
        written = write_submission(self.course, student, self.assignment, files, take_older=self.take_older)
        for name, one in written.items():
            if one.state == "changed":
                taken.changed = one
            elif one.state == "older":
                taken.faults.append(words.older_left(str(files[name].path), student, one.before, one.now))
        taken.is_written = any(one.state in ("new", "changed") for one in written.values())


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
