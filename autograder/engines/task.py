"""What an engine is given: everything that it may use, so that a result depends on nothing else."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.course.toolkit import labkit_folder
from autograder.errors import SubmissionError
from autograder.files import hash_of
from autograder.notebook.read import read_submission

if TYPE_CHECKING:
    from autograder.engines.result import Judged


@dataclass(frozen=True)
class Handed:
    """What was handed in as one notebook. It is read once, by the first process that needs it, and then goes with it.

    Whoever leads a class passes on where it lies, and need not take in what only the judging process looks at.

    Attributes:
        file: the student's file.
    """

    file: Path

    @property
    def content(self) -> bytes | None:
        """The student's file; None where there is none to read.

        Raises:
            MachineError: this machine cannot read it.
        """
        return self._read[0]

    @property
    def missing(self) -> str:
        """Why there is none, in the language of whoever read it."""
        return self._read[1]

    def need(self) -> bytes:
        """Return the student's file, where nothing can be done without.

        Raises:
            SubmissionError: there is none to read.
            MachineError: this machine cannot read it.
        """
        if self.content is None:
            raise SubmissionError(self.missing)
        return self.content

    @property
    def hashed(self) -> bytes:
        """What is hashed of it: the file, or what kind of trouble it is."""
        return self._read[0] if self._read[0] is not None else self._read[2]

    def to_travel(self) -> Handed:
        """Return it as it goes to another machine: read, and without the place where it lies.

        Raises:
            MachineError: this machine cannot read it.
        """
        read, travels = self._read, Handed(Path(self.file.name))
        vars(travels)["_read"] = read
        return travels

    @cached_property
    def _read(self) -> tuple[bytes | None, str, bytes]:
        try:
            return read_submission(self.file), "", b""
        except SubmissionError as error:
            return None, str(error), type(error).__name__.encode()


Submission = tuple[Handed, ...]
"""What a student handed in: an entry for each notebook of the assignment, in order."""


PutAside = Callable[["Judged"], "Judged"]
"""Writes the files of a result and returns the rest of it, or all of it where they cannot be written."""


@dataclass(frozen=True)
class NotebookTask:
    """One notebook of a submission.

    Attributes:
        name: file name without suffix.
        source: the instructor's notebook.
        handed: what was handed in.
        absent: whether there is no file at all.
    """

    name: str
    source: bytes
    handed: Handed
    absent: bool = False


@dataclass(frozen=True)
class Task:
    """One submission to judge. A pure function of this, and of the secret of the course, is its result.

    Attributes:
        assignment: name of the assignment.
        student: the student's id; for messages and files only.
        notebooks: the notebooks of the assignment.
        inputs: files that lie beside the notebooks, by relative path.
        course: the folder whose secret the hidden tests are drawn from.
        shares: the course's own shares for known mistakes, as JSON; the engine reads them from the course.
        put_aside: what an engine with processes of its own calls where it judges; None for results in memory.
    """

    assignment: str
    student: str
    notebooks: tuple[NotebookTask, ...]
    inputs: dict[str, bytes] = field(repr=False)
    course: str
    shares: str = ""
    put_aside: PutAside | None = None

    @property
    def submission(self) -> Submission:
        """What the student handed in."""
        return tuple(notebook.handed for notebook in self.notebooks)

    def causes(self, engine: str, secret: bytes, limits: Sequence[str] = ()) -> dict[str, str]:
        """Hash what the result depends on besides the submission, by what may change: a cause → its hash.

        It is the same for a whole class. When a grade changes, the causes that differ say why.
        """
        names = [notebook.name.encode() for notebook in self.notebooks]
        sources = [notebook.source for notebook in self.notebooks]
        return {
            "engine": engine,
            "limits": " ".join(sorted(limits)),
            "secret": secret_id(secret),
            "code": code_version(),
            "shares": hash_of(self.shares.encode()),
            "source": _hash_of_source(tuple(names), tuple(sources), tuple(sorted(self.inputs.items()))),
        }

    def write_inputs(self, folder: Path) -> None:
        """Write the files that lie beside the notebooks."""
        for name, data in self.inputs.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


def fingerprint_of(causes: Mapping[str, str]) -> str:
    """Hash everything that a result depends on."""
    return hash_of(*(part.encode() for cause in sorted(causes) for part in (cause, causes[cause])))


def submission_hash(submission: Submission) -> str:
    """Hash what was handed in.

    Raises:
        MachineError: this machine cannot read it.
    """
    return hash_of(*(one.hashed for one in submission))


@lru_cache(maxsize=8)
def _hash_of_source(names: tuple[bytes, ...], sources: tuple[bytes, ...], inputs: tuple[tuple[str, bytes], ...]) -> str:
    """Hash what is the same for a whole class, once."""
    return hash_of(*names, *sources, *(part for name, data in inputs for part in (name.encode(), data)))


@lru_cache(maxsize=8)
def secret_id(secret: bytes) -> str:
    """Return a keyed hash by which a secret is known again, and which gives nothing of it away."""
    return hmac.new(secret, b"course secret", hashlib.sha256).hexdigest()


@cache
def code_version() -> str:
    """Hash the code that judges: the answer keys, the grader and the toolkit."""
    digest = hashlib.sha256()
    for package in (Path(__file__).parents[1], labkit_folder()):
        for path in sorted(package.rglob("*.py")):
            digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
