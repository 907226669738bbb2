"""What an engine is given: everything that it may use, so that a result depends on nothing else."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from autograder.course.toolkit import labkit_folder


@dataclass(frozen=True)
class NotebookTask:
    """One notebook of a submission.

    Attributes:
        name: file name without suffix.
        source: the instructor's notebook.
        submission: the student's file; None where there is none to read.
        missing: why there is none.
    """

    name: str
    source: bytes
    submission: bytes | None
    missing: str = ""


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
    """

    assignment: str
    student: str
    notebooks: tuple[NotebookTask, ...]
    inputs: dict[str, bytes] = field(repr=False)
    course: str
    shares: str = ""

    def fingerprint(self, engine: str, secret: bytes, limits: Sequence[str] = ()) -> str:
        """Hash everything that the result depends on."""
        digest = hashlib.sha256()
        parts = [engine.encode(), secret, code_version().encode(), " ".join(sorted(limits)).encode()]
        parts.append(self.shares.encode())
        for notebook in self.notebooks:
            parts += [notebook.name.encode(), notebook.source, notebook.submission or notebook.missing.encode()]
        for name in sorted(self.inputs):
            parts += [name.encode(), self.inputs[name]]
        for part in parts:
            digest.update(len(part).to_bytes(8, "big") + part)
        return digest.hexdigest()

    def write_inputs(self, folder: Path) -> None:
        """Write the files that lie beside the notebooks."""
        for name, data in self.inputs.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


@cache
def code_version() -> str:
    """Hash the code that judges: the answer keys, the grader and the toolkit."""
    digest = hashlib.sha256()
    for package in (Path(__file__).parents[1], labkit_folder()):
        for path in sorted(package.rglob("*.py")):
            digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
