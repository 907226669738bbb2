"""What an engine is given, and what it gives back: data that grading, the engines and the gradebook share.

A task holds everything that a judge may use, so that a result depends on nothing else.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from autograder.course.toolkit import labkit_folder
from autograder.notebook.format import Notebook
from autograder.notebook.notes import Note


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
    """

    assignment: str
    student: str
    notebooks: tuple[NotebookTask, ...]
    inputs: dict[str, bytes] = field(repr=False)
    course: str

    def fingerprint(self, engine: str, secret: bytes, limits: Sequence[str] = ()) -> str:
        """A hash of everything that the result depends on."""
        digest = hashlib.sha256()
        parts = [engine.encode(), secret, code_version().encode(), " ".join(sorted(limits)).encode()]
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


@dataclass(frozen=True)
class CellScore:
    """The score of one graded cell; None where a person grades it.

    Attributes:
        notebook: name of the notebook.
        grade_id: nbgrader's id of the cell.
        score: points, or None.
        max_score: points to be had.
        manual: whether a person grades this cell; 0 points where it was not filled in.
    """

    notebook: str
    grade_id: str
    score: float | None
    max_score: float
    manual: bool


@dataclass(frozen=True)
class Judged:
    """What an engine found.

    Attributes:
        notebooks: the autograded notebooks by name, outputs included.
        scores: the graded cells in order.
        unanswered: (notebook, grade_id) of solution cells that are as they were given.
        notes: what restoring noticed.
        unreadable: why nothing of a notebook could be used; empty where it could.
        problem: why the engine could not judge; then there is nothing else.
    """

    notebooks: dict[str, Notebook] = field(default_factory=dict)
    scores: tuple[CellScore, ...] = ()
    unanswered: frozenset[tuple[str, str]] = frozenset()
    notes: tuple[Note, ...] = ()
    unreadable: str = ""
    problem: str = ""

    @property
    def score(self) -> float:
        """The points given by machine."""
        return sum(cell.score for cell in self.scores if not cell.manual and cell.score is not None)

    @property
    def max_score(self) -> float:
        """The points that the machine could give."""
        return sum(cell.max_score for cell in self.scores if not cell.manual)


@cache
def code_version() -> str:
    """A hash of the code that judges: the answer keys, the grader and the toolkit."""
    digest = hashlib.sha256()
    for package in (Path(__file__).parents[1], labkit_folder()):
        for path in sorted(package.rglob("*.py")):
            digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
