"""Read an autograded notebook for its pages: questions with verdicts, the student's work and the errors it raised.

The structure (which cell is what, points, ids) is the instructor's; everything inside a cell is a student's, and a
verdict that a notebook's kernel wrote is not believed either: only its form is taken, the points are the gradebook's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Required, TypedDict, cast

import msgspec

from autograder.checking.verdict import MIME, Verdict
from autograder.errors import SubmissionError
from autograder.notebook.notes import UNREADABLE, Note, NoteKind
from autograder.notebook.roles import TEST_PREFIX
from autograder.pages import words
from autograder.pages.stored_verdict import MAX_PARTS, as_number, as_text, parse_verdict

MAX_BYTES = 200_000_000


_Judgement = TypedDict("_Judgement", {MIME: Any}, total=False)  # type: ignore[misc]  # no literal


class _Output(TypedDict, total=False):
    output_type: Any
    ename: Any
    evalue: Any
    data: _Judgement


class _Cell(TypedDict, total=False):
    cell_type: Any
    source: Any
    id: Any
    metadata: Any
    outputs: list[_Output]


class _Notebook(TypedDict, total=False):
    cells: Required[list[_Cell]]
    metadata: Any


_ANYTHING, _JUDGED = msgspec.json.Decoder(), msgspec.json.Decoder(_Notebook)


@dataclass(frozen=True)
class Failure:
    """An exception that ended a test cell: its name and text. Its traceback stays out, for it may show hidden tests."""

    kind: str
    message: str

    @property
    def is_verdict(self) -> bool:
        """Whether it is how a plain test says that something is wrong."""
        return self.kind == AssertionError.__name__


@dataclass(frozen=True)
class Question:
    """A graded cell of the notebook, with what it grades.

    Attributes:
        grade_id: id of the graded cell.
        name: the same without `test_`.
        max_score: the most points it gives.
        written: whether it is answered in words, and graded by hand.
        cell: the student's work: the stub that is tested, or the answer; None if no cell holds it.
        verdict: what the check says; None for plain tests, answers, and a test that did not get that far.
        failure: the exception that ended the test, if one did.
    """

    grade_id: str
    name: str
    max_score: float
    written: bool
    cell: dict[str, Any] | None
    verdict: Verdict | None = None
    failure: Failure | None = None

    @property
    def work(self) -> str:
        """The grade_id of the cell with the student's work, under which comments are kept."""
        return as_text(_role(self.cell).get("grade_id")) if self.cell is not None else self.grade_id


@dataclass(frozen=True)
class AutogradedNotebook:
    """An autograded notebook.

    Attributes:
        title: its first heading, or empty.
        questions: in the order of the notebook.
        notes: what the student and the instructor should know.
        others: the other cells that show something: code with outputs, and texts of the student's own.
        language: the language of the edition that the student worked in; empty where nothing could be read.
    """

    title: str
    questions: tuple[Question, ...]
    notes: tuple[Note, ...]
    others: tuple[dict[str, Any], ...]
    language: str = ""

    @property
    def unreadable(self) -> bool:
        """Whether nothing of the submission could be used; the notes say why."""
        return any(note.kind == UNREADABLE for note in self.notes)


def note_texts(notes: Sequence[Note]) -> list[str]:
    """Put notes in words; of three or more of the same kind the first, and how many more there are."""
    kinds: dict[str, list[str]] = {}
    for note in notes:
        kinds.setdefault(note.kind, []).append(note.message)
    texts: list[str] = []
    for messages in kinds.values():
        texts += messages if len(messages) < 3 else [words.and_more(messages[0], len(messages) - 1)]
    return texts


def read_autograded(path: Path, *, with_shown: bool = True) -> AutogradedNotebook:
    """Read a notebook of `autograded/`.

    Args:
        path: the file.
        with_shown: whether to read what cells showed, which is nearly all of a notebook; without, there are the
            verdicts and errors of outputs and no `others`.

    Raises:
        SubmissionError: it is missing or is no notebook.
    """
    cells, metadata = read_graded_cells(path, with_shown=with_shown)
    questions = tuple(_questions(cells))
    shown = {id(question.cell) for question in questions}
    own = metadata.get("own_texts")
    own_texts = {as_text(name) for name in own} if isinstance(own, list) else set()
    return AutogradedNotebook(
        title=_title(cells),
        questions=questions,
        notes=tuple(notes_of(metadata)),
        others=tuple(
            cell
            for cell in cells
            if with_shown
            and not _role(cell).get("grade")
            and id(cell) not in shown
            and (cell["outputs"] if cell["cell_type"] == "code" else as_text(cell.get("id")) in own_texts)
        ),
        language=as_text(metadata.get("language")),
    )


def read_graded_cells(path: Path, *, with_shown: bool = True) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Read the cells of a notebook of `autograded/`, and what the grader wrote about it; as `read_autograded`.

    Raises:
        SubmissionError: it is missing or is no notebook.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SubmissionError(words.graded_too_large())
        content = _from_json(path.read_bytes(), _ANYTHING if with_shown else _JUDGED)
    except OSError:
        raise SubmissionError(words.not_graded()) from None
    except (ValueError, RecursionError):
        raise SubmissionError(words.graded_broken()) from None
    cells = content.get("cells") if isinstance(content, dict) else None
    if not isinstance(cells, list):
        raise SubmissionError(words.graded_broken())
    return [plain_cell(cell) for cell in cells if isinstance(cell, dict)], _metadata(content)


def _from_json(data: bytes, decoder: msgspec.json.Decoder[Any]) -> Any:
    """Read JSON that this program or nbgrader wrote: by msgspec, in a fifth of the time where there are pictures.

    Python's own parser reads what msgspec refuses, such as `NaN` and UTF-16.
    """
    try:
        return decoder.decode(data)
    except (msgspec.DecodeError, ValueError):
        return json.loads(data)


def text_of(cell: dict[str, Any]) -> str:
    """The source of a cell as one string."""
    source = cell.get("source")
    if isinstance(source, list):
        return "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""


def plain_cell(cell: dict[str, Any]) -> dict[str, Any]:
    """Give a cell, of any form, a kind and a list of outputs."""
    outputs = cell.get("outputs")
    kept = [output for output in outputs if isinstance(output, dict)] if isinstance(outputs, list) else []
    return {**cell, "cell_type": cell.get("cell_type"), "outputs": kept}


def _role(cell: dict[str, Any]) -> dict[str, Any]:
    metadata = cell.get("metadata")
    role = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return role if isinstance(role, dict) else {}


def _title(cells: list[dict[str, Any]]) -> str:
    for cell in cells:
        if cell["cell_type"] == "markdown":
            for line in text_of(cell).split("\n"):
                if line.startswith("# "):
                    return line[2:].strip()
    return ""


def _metadata(content: dict[str, Any]) -> dict[str, Any]:
    """What the grader wrote about a notebook."""
    metadata = content.get("metadata")
    own = metadata.get("autograder") if isinstance(metadata, dict) else None
    return own if isinstance(own, dict) else {}


def notes_of(metadata: dict[str, Any]) -> Iterator[Note]:
    """Yield the notes in what the grader wrote about a notebook."""
    notes = metadata.get("notes")
    for note in notes[:MAX_PARTS] if isinstance(notes, list) else ():
        if isinstance(note, dict):
            kind, cell, message = (as_text(note.get(key)) for key in ("kind", "cell", "message"))
            yield Note(cast(NoteKind, kind), cell, message)


def _questions(cells: list[dict[str, Any]]) -> Iterator[Question]:
    stubs: dict[str, dict[str, Any]] = {}
    latest: dict[str, Any] | None = None
    for cell in cells:
        role = _role(cell)
        grade_id = as_text(role.get("grade_id"))
        if role.get("grade") and role.get("solution"):
            yield Question(grade_id, grade_id, as_number(role.get("points")), True, cell)
        elif role.get("task"):
            yield Question(grade_id, grade_id, as_number(role.get("points")), True, None)
        elif role.get("grade"):
            name = grade_id.removeprefix(TEST_PREFIX)
            verdict = _find_verdict(cell["outputs"], name)
            tested = stubs.get(verdict.function if verdict else name, latest)
            failure = None if verdict else _failure(cell["outputs"])
            yield Question(grade_id, name, as_number(role.get("points")), False, tested, verdict, failure)
        elif role.get("solution"):
            stubs[grade_id] = latest = cell


def _failure(outputs: list[dict[str, Any]]) -> Failure | None:
    for output in outputs:
        if output.get("output_type") == "error":
            return Failure(as_text(output.get("ename")), as_text(output.get("evalue")))
    return None


def _find_verdict(outputs: list[dict[str, Any]], name: str) -> Verdict | None:
    """The last verdict on the check of that name."""
    for output in reversed(outputs):
        data = output.get("data")
        stored = data.get(MIME) if isinstance(data, dict) else None
        if isinstance(stored, dict) and stored.get("check") == name:
            return parse_verdict(stored)
    return None
