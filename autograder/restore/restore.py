"""The one place where an untrusted submission becomes a trusted notebook; every engine starts from what this returns.

What is the instructor's comes from the source: the order, the tests, locked cells, points, ids, tags. What is the
student's comes from the submission: the text of solution cells, written answers, changed plain cells, own cells.
A student's cell is recognised by its nbgrader id; where an editor lost that, by its cell id, by the function it
defines, by its text, or by its place. The rules, each with a note where it applies:

- If several cells hold the same solution, the last above its test counts that defines the function and is not the
  untouched stub, or else the last.
- A missing solution is graded as the untouched stub, unless another cell defines the function; a missing test is put
  back.
- An untouched solution gives way to another cell that defines its function: a function decides before an id.
- A written answer that stands outside its cell is put into it, marked, for a person to grade (see `answers`).
- A student's own cell runs where it stands, and above the solutions below it that use it, also where the order of the
  source is another. Among the experiments (below a source cell that is skipped) it is skipped too if it uses what an
  experiment binds or stands below the last test, unless it defines or imports something, or a solution needs what it
  binds.
- The source decides which cells are skipped; tags of a submission are ignored. A skipped cell above the last test still
  runs if a solution needs a name that it binds, and nothing else above the solution does.
- If a student added to a locked cell, the original runs first, then a cell with what was added: imports, definitions
  and assignments of names that the original does not bind. What stands above a test in its cell runs before it.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from autograder.errors import SubmissionError
from autograder.language import language, speaking
from autograder.notebook.budget import limited
from autograder.notebook.format import Cell, Notebook, Output, StudentCell
from autograder.notebook.notes import NEWER_PYTHON, UNREADABLE, Note, NoteKind
from autograder.notebook.outputs import left_out_in
from autograder.notebook.python_version import HERE, newer_syntax
from autograder.notebook.read import StudentNotebook, read_notebook
from autograder.notebook.roles import SKIP_TAG
from autograder.notebook.source import Source, SourceCell, unspaced
from autograder.notebook.words import showed_more
from autograder.restore import words
from autograder.restore.additions import added_code
from autograder.restore.answers import Answers, answer_text, find_answers
from autograder.restore.matching import Matching, same_text
from autograder.restore.skipping import CodeCell, skip_unneeded_cells

_MISSING: dict[words.Part, NoteKind] = {"test": "test-missing", "locked": "locked-missing", "answer": "answer-missing"}
_DOUBLED: dict[words.Part, NoteKind] = {"test": "test-doubled", "locked": "locked-doubled", "answer": "answer-doubled"}
_EDITED: dict[words.Part, NoteKind] = {"test": "test-edited", "locked": "locked-edited"}


@dataclass(frozen=True)
class Restored:
    """A trusted notebook (nbformat 4.5) and what was noticed on the way.

    Attributes:
        notebook: cells in running order; its metadata holds the notes under `autograder`.
        notes: what the student and the instructor should know.
        edition: the instructor's notebook in the language that the student worked in.
        unreadable: why nothing of the submission could be used; empty where it could.
    """

    notebook: Notebook
    notes: tuple[Note, ...]
    edition: Source
    unreadable: str = ""


def restore_or_untouched(source: Source, submission: bytes | None, missing: str = "") -> Restored:
    """Make the trusted notebook of a submission, or the untouched one with the reason why there is nothing to use.

    Args:
        source: the instructor's notebook.
        submission: the bytes of the file that the student handed in; None if there are none.
        missing: why there are none.
    """
    if submission is None:
        return untouched(source, missing)
    try:
        return restore(source, submission)
    except SubmissionError as error:
        return untouched(source, str(error))


def restore(source: Source, submission: bytes) -> Restored:
    """Make the trusted notebook of a submission.

    Args:
        source: the instructor's notebook.
        submission: the bytes of the file that the student handed in.

    Raises:
        SubmissionError: it is not a notebook, the notebook of another assignment, or takes too long to look through.
    """
    with _read(source, submission) as (edition, student):
        return _restore(edition, student)


@dataclass(frozen=True)
class RestoredAnswer:
    """What stands in one of the cells that students fill in, and nothing of the rest of the notebook.

    Attributes:
        is_untouched: whether it is as it was handed out.
        is_missing: whether the submission has no such cell.
    """

    is_untouched: bool
    is_missing: bool


def restore_answers(source: Source, submission: bytes) -> list[RestoredAnswer]:
    """Look at the cells that students fill in; as `restore`, in a third of the time."""
    with _read(source, submission, with_outputs=False) as (edition, student):
        matching = Matching(edition, student.cells)
        answers = find_answers(matching)
        _refuse_foreign(matching)
        looks = []
        for at, source_cell in enumerate(edition.cells):
            cell = _restored_cell(at, source_cell, matching, answers) if source_cell.answer else None
            if cell is not None:
                is_untouched = same_text(cell["source"], source_cell.released) and "attachments" not in cell
                notes = _notes(at, source_cell, matching, answers)
                looks.append(RestoredAnswer(is_untouched, any(note.kind == _MISSING["answer"] for note in notes)))
        return looks


@contextmanager
def _read(source: Source, submission: bytes, *, with_outputs: bool = True) -> Iterator[tuple[Source, StudentNotebook]]:
    """Read a submission and choose its edition, whose language is spoken meanwhile, within the budget of one."""
    with limited():
        student = read_notebook(submission, with_outputs=with_outputs)
        texts = [cell["source"] for cell in student.cells]
        edition = source.edition_of(texts)
        for cell, text in zip(student.cells, source.as_given(texts, edition), strict=True):
            cell["source"] = text
        with speaking(edition.language):
            yield edition, student


def _refuse_foreign(matching: Matching) -> None:
    if not matching.is_this_assignment:
        raise SubmissionError(words.another_assignment(matching.source.name))


def _restore(source: Source, student: StudentNotebook) -> Restored:
    matching = Matching(source, student.cells)
    answers = find_answers(matching)
    _refuse_foreign(matching)
    notes = [note for at, cell in enumerate(source.cells) for note in _notes(at, cell, matching, answers)]
    rebuilt, code = _rebuild(matching, answers)
    notes += skip_unneeded_cells(source, code)
    lost = [cell.grade_id for at, cell in enumerate(source.cells) if cell.answer and matching.has_lost_id(at)]
    if lost:
        notes.append(Note("id-lost", lost[0] if len(lost) == 1 else "", words.id_lost(lost)))
    notes = [*_newer_python(student), *notes]
    own_texts = _own_texts(source, rebuilt)
    missing = left_out_in(rebuilt, own_texts)
    if missing:
        notes.append(Note("left-out", "", showed_more(missing)))
    notebook = _notebook(source, rebuilt, notes)
    notebook["metadata"]["autograder"]["own_texts"] = [cell["id"] for cell in own_texts]
    return Restored(notebook, tuple(notes), source)


def untouched(source: Source, reason: str) -> Restored:
    """Make the notebook for a submission that cannot be used: nothing filled in, the reason as its note.

    It is in the language of now, which is the course's: nobody knows that of the student.
    """
    source = source.in_language(language())
    note = Note(UNREADABLE, "", reason)
    cells: list[Cell] = [{**cell.cell} for cell in source.cells]
    notebook = _notebook(source, cells, [note])
    notebook["metadata"]["autograder"]["language"] = ""
    return Restored(notebook, (note,), source, reason)


def _rebuild(matching: Matching, answers: Answers) -> tuple[list[Cell], list[CodeCell]]:
    """Put the cells in the source's order, the student's own ones after the cell that they follow.

    Returns:
        All cells; of those the code cells, each with what stands for what.
    """
    source = matching.source
    added = matching.own_cells()
    ids = {cell.cell["id"] for cell in source.cells}
    rebuilt: list[Cell] = []
    code: list[CodeCell] = []
    among_experiments = False

    def put(cell: Cell, given: SourceCell | None, outputs: list[Output]) -> None:
        rebuilt.append(cell)
        if cell["cell_type"] == "code":
            code.append(CodeCell(cell, given, outputs, among_experiments))

    for at, source_cell in enumerate((None, *source.cells), start=-1):
        if source_cell is not None:
            if source_cell.kind == "code":
                among_experiments = source_cell.skipped
            above, below = added_code(source_cell, matching.cell_for(at))
            restored = _restored_cell(at, source_cell, matching, answers)
            for part in (above, restored, below):
                if isinstance(part, str) and part:
                    put(_own_cell({**matching.cells[matching.matched[at]], "id": "", "source": part}, ids), None, [])
                elif part and not isinstance(part, str):
                    put(part, source_cell, [])
        for index in added.get(at, ()):
            if index not in answers.moved:
                student_cell = matching.cells[index]
                put(_own_cell(student_cell, ids), None, student_cell["outputs"])
    return rebuilt, code


def _restored_cell(at: int, source_cell: SourceCell, matching: Matching, answers: Answers) -> Cell | None:
    """Make the trusted version of a source cell; None for a plain text that the student deleted."""
    student_cell = matching.cell_for(at)
    cell: Cell = {**source_cell.cell, "metadata": dict(source_cell.cell["metadata"])}
    if source_cell.fixed:
        return cell
    if at in answers.found:
        text, pictures = answer_text(at, answers, matching)
        if text:
            cell["source"] = text
        if pictures:
            cell["attachments"] = pictures
        return cell
    if student_cell is None:
        if at in matching.elsewhere:
            cell["source"] = words.elsewhere(source_cell.grade_id)
        return cell if source_cell.grade_id or source_cell.kind == "code" else None
    cell["source"] = student_cell["source"]
    if student_cell["attachments"] and source_cell.kind == "markdown":
        cell["attachments"] = student_cell["attachments"]
    if source_cell.skipped and source_cell.kind == "code":
        cell["outputs"] = student_cell["outputs"]
    return cell


def _own_cell(student_cell: StudentCell, ids: set[str]) -> Cell:
    """Make the trusted version of a cell that the student added: without its metadata, under an id not in `ids`."""
    name = student_cell["id"] if student_cell["id"] and student_cell["id"] not in ids else f"own-{len(ids)}"
    while name in ids:
        name += "-"
    ids.add(name)
    cell: Cell = {
        "cell_type": student_cell["cell_type"],
        "id": name,
        "metadata": {},
        "source": student_cell["source"],
    }
    if cell["cell_type"] == "code":
        cell["execution_count"], cell["outputs"] = None, []
    elif student_cell["attachments"]:
        cell["attachments"] = student_cell["attachments"]
    return cell


def _own_texts(source: Source, cells: Iterable[Cell]) -> list[Cell]:
    """Choose the text cells that say something which the source does not: the student's.

    Blanks do not count: editors wrap lines, and put blanks of other kinds in.
    """
    given, unspaced_given = source.given_texts, source.unspaced_texts
    texts = (cell for cell in cells if cell["cell_type"] != "code" and cell["source"] not in given)
    return [cell for cell in texts if unspaced(cell["source"]) not in unspaced_given]


def _newer_python(student: StudentNotebook) -> Iterator[Note]:
    """Note that the notebook was written with a newer Python than the one that grades it."""
    needed = newer_syntax(cell["source"] for cell in student.cells if cell["cell_type"] == "code")
    if student.python and student.python > HERE:
        yield Note(NEWER_PYTHON, "", words.newer_python(student.python, HERE))
    elif needed:
        yield Note(NEWER_PYTHON, "", words.newer_syntax(needed, HERE))


def _notes(at: int, source_cell: SourceCell, matching: Matching, answers: Answers) -> Iterator[Note]:
    """Note what is odd about the student's version of a source cell."""
    student_cell = matching.cell_for(at)
    name = source_cell.grade_id
    if not name or source_cell.is_practice:
        if student_cell is None and source_cell.kind == "code":
            yield Note("given-missing", "", words.given_missing(source_cell.cell["id"]))
        return
    part: words.Part = "test" if source_cell.is_test else "locked" if source_cell.fixed else "answer"
    if at in answers.found:
        yield from _notes_on_found(at, name, matching, answers)
    elif at in matching.elsewhere:
        yield Note("answer-elsewhere", name, words.answer_elsewhere(name))
    elif student_cell is None:
        yield Note(_MISSING[part], name, words.cell_missing(part, name))
    else:
        if at in matching.doubled:
            yield Note(_DOUBLED[part], name, words.cell_doubled(part, name))
        if source_cell.fixed and not same_text(student_cell["source"], source_cell.released):
            yield Note(_EDITED[part], name, words.cell_edited(part, name))
            if any(added_code(source_cell, student_cell)):
                yield Note("locked-extended", name, words.locked_extended(name))
        if source_cell.answer and matching.has_other_id(at):
            yield Note("answer-elsewhere", name, words.answer_with_other_id(name))
        if student_cell["cell_type"] != source_cell.kind:
            yield Note("type-changed", name, words.type_changed(name, source_cell.kind))
        if SKIP_TAG in student_cell["tags"] and not source_cell.skipped:
            yield Note("retagged", name, words.retagged(name))


def _notes_on_found(at: int, name: str, matching: Matching, answers: Answers) -> Iterator[Note]:
    """Note what became of a written answer whose own cell was not filled in, or not only that."""
    answer = answers.found[at]
    if answer.other:
        yield Note("answer-shared", name, words.answer_shared(name, answer.other))
    elif not answer.pieces:
        missing = at not in matching.matched
        text = words.cell_missing("answer", name) if missing else words.answer_empty(name)
        yield Note("answer-missing" if missing else "answer-empty", name, text)
    elif not answers.is_directly_below(at, matching):
        yield Note("answer-found", name, words.answer_found(name))
    elif not matching.has_lost_id(at):
        yield Note("answer-below", name, words.answer_below(name))


def _notebook(source: Source, cells: list[Cell], notes: Iterable[Note]) -> Notebook:
    return {
        "cells": cells,
        "metadata": {
            **source.metadata,
            "autograder": {"language": source.language, "notes": [note.to_json() for note in notes]},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
