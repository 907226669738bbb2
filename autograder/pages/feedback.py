"""Write feedback pages: one HTML file a student, in nbgrader's place and under its name.

A page shows, for each question, the points, first of all why they were lost (the cell's own error, a stub that is not
filled in, an exception), then the hint for a known mistake, what was checked, a picture where it helps, the student's
own code and output, and what the instructor wrote. It never shows hidden tests, the numbers that they expect, lines
from inside the grader, or where things lie on a machine. What is a student's goes through `sanitize`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from markupsafe import Markup

from autograder.checking.verdict import CriterionResult
from autograder.checking.words import not_defined
from autograder.course.course import Course
from autograder.course.roster import Person, Roster
from autograder.errors import ENDS_ALL, SubmissionError, keep_traceback
from autograder.files import hash_of, read_plain, write_whole
from autograder.gradebook.behaviours import GivenHint, hints_for, read_behaviours, read_hints
from autograder.gradebook.history import key
from autograder.gradebook.read_marks import ClassMarks, Mark, NotebookMarks, read_marks
from autograder.gradebook.rubric_marks import GivenItems, RubricItem, items_of
from autograder.gradebook.words import late_line
from autograder.language import chosen_language, speaking, translated, use_language
from autograder.notebook.notes import NEWER_PYTHON, Note
from autograder.pages import words
from autograder.pages.autograded_notebook import (
    MAX_BYTES,
    AutogradedNotebook,
    Question,
    note_texts,
    read_autograded,
    text_of,
)
from autograder.pages.drawings import gradient_picture
from autograder.pages.kept_pages import KeptPages, checksum, program_hash
from autograder.pages.lab_report.title_block import says_who, title_block
from autograder.pages.render import StudentPages, question_label, rendered, write_page
from autograder.pages.sanitize.outputs import Sanitizer
from autograder.pages.sanitize.text import plain_text, without_paths
from autograder.spread import on_processes
from labkit.calls.call import CallError, NeededResultError

COMPANIONS = ("timestamp.txt", "submission_secret.txt")
"""What `nbgrader release_feedback` needs beside a page."""
MAX_COMPANION_BYTES = 1_000
CELL_NOTES = ("cell-failed", "cell-lost")
"""Kinds of notes that stand with the question whose cell they are about."""


@dataclass(frozen=True)
class RenderedCell:
    """A cell as a page shows it; the text of a text cell stands in its outputs."""

    code: Markup | None
    outputs: tuple[Markup, ...]


@dataclass(frozen=True)
class RenderedQuestion:
    """A question as a page shows it.

    `state` is full, part, none or open, `cell_failure` the error that its cell stopped with, `cause` why nothing or
    little could be judged, and `code_at` where its code stands.
    """

    anchor: str
    label: str
    written: bool
    state: str
    score: float
    max_score: float
    by_hand: bool
    comment: Markup
    unanswered: bool
    items: tuple[RubricItem, ...] = ()
    adjustment: float = 0.0
    own_hint: Markup = field(default_factory=Markup)
    hints: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    criteria: tuple[CriterionResult, ...] = ()
    failure: Markup = field(default_factory=Markup)
    test_failed: bool = False
    cell_failure: Markup = field(default_factory=Markup)
    cause: tuple[str, ...] = ()
    error: Markup = field(default_factory=Markup)
    picture: Markup = field(default_factory=Markup)
    answer: Markup | None = None
    code: Markup | None = None
    code_at: RenderedQuestion | None = None
    outputs: tuple[Markup, ...] = ()


@dataclass(frozen=True)
class _Class:
    """What is the same for all pages of a class."""

    course: Course
    assignment: str
    marks: ClassMarks
    hints: Mapping[str, GivenHint]
    given: Mapping[str, Mapping[str, GivenItems]]
    people: Mapping[str, Person]
    kept: KeptPages
    language: str

    @classmethod
    def read(cls, root: Path, assignment: str, spoken: str, language: str) -> _Class:
        """Read it, in a process that speaks a language; `language` is the course's."""
        use_language(spoken)
        course = Course(root)
        return cls(
            course,
            assignment,
            read_marks(course, assignment),
            read_hints(course, assignment),
            items_of(course, assignment),
            Roster.read(course).people,
            KeptPages.read(course, assignment),
            language,
        )

    def places(self, student: str, notebook: str) -> tuple[Path, Path, str]:
        """Name a graded notebook, its page, and what that is called among the kept pages."""
        source = self.course.autograded(student, self.assignment) / f"{notebook}.ipynb"
        return source, self.course.feedback(student, self.assignment) / f"{notebook}.html", f"{student}/{notebook}"

    def inputs(self, student: str, notebook: str, language: str) -> tuple[Any, ...]:
        """Gather what `feedback_page` is told about a notebook besides its content."""
        own_hints = hints_for(self.hints, read_behaviours(self.course, self.assignment, student)) if self.hints else {}
        with speaking(language):
            late = late_text(self.marks, student)
        return (
            self.marks.notebooks[student][notebook],
            student,
            self.marks.names.get(student, ""),
            notebook,
            own_hints,
            late,
            given_in(self.given.get(student, {}), notebook),
            self.people.get(student),
        )


def write_feedback(
    course: Course,
    assignment: str,
    students: Sequence[str] | None = None,
    on_start: Callable[[int], object] = lambda total: None,
    jobs: int = 1,
) -> Iterator[StudentPages]:
    """Write the feedback of a class, student by student; a problem with one never stops the others.

    A page that would come out as it is stays.

    Args:
        course: the course.
        assignment: name of the assignment.
        students: whose feedback to write; by default of all who have a graded notebook.
        on_start: gets the number of students.
        jobs: how many processes to use.

    Yields:
        A result a student, when it is done.

    Raises:
        CourseError: there is no gradebook, the instructor's hints are damaged, or pages cannot be written.
    """
    arguments = (course.root, assignment, chosen_language(), course.language())
    of = _Class.read(*arguments)
    folders = sorted(path.parent.name for path in (course.root / "autograded").glob(f"*/{assignment}") if path.is_dir())
    selected = students if students is not None else sorted({*folders, *of.marks.notebooks})
    start = partial(on_start, len(selected))
    results = on_processes(_Class.read, arguments, _write_student, selected, jobs, forked=True, on_start=start)
    written: dict[str, tuple[str, str]] = {}
    try:
        for result, hashes in results:
            written |= hashes
            yield result
    finally:
        with suppress(OSError):  # then all are written next time
            of.kept.keep(written)


def _write_student(of: _Class, student: str) -> tuple[StudentPages, dict[str, tuple[str, str]]]:
    """Write the pages of a student, and say what they were made from."""
    course, assignment = of.course, of.assignment
    pages: list[Path] = []
    problems: list[str] = []
    written: dict[str, tuple[str, str]] = {}
    for notebook in of.marks.notebooks.get(student, {}):
        source, path, name = of.places(student, notebook)
        try:
            made_from = _made_from(of, source, student, notebook)
            if of.kept.is_current(path, name, made_from):
                pages.append(path)
                continue
            graded = read_autograded(source)
            language = graded.language or of.language
            with speaking(language):
                page = feedback_page(graded, *of.inputs(student, notebook, language))
        except ENDS_ALL:
            raise
        except SubmissionError as error:
            problems.append(str(error))
        except BaseException as error:  # an error of ours that odd content brought out: this page's only
            file = keep_traceback(error, course.private)
            problems.append(words.page_failed(type(error).__name__, str(file or "")))
        else:
            write_page(path, page)
            pages.append(path)
            written[name] = made_from, checksum(page)
    if pages:
        _copy_companions(course, student, assignment)
    if student not in of.marks.notebooks:
        problems.append(words.no_marks())
    return StudentPages(student, tuple(pages), " ".join(problems)), written


def _made_from(of: _Class, source: Path, student: str, notebook: str) -> str:
    """Hash all that a page depends on; of a notebook that cannot be read, what there is."""
    try:
        content = source.read_bytes() if source.stat().st_size <= MAX_BYTES else b""
    except OSError:
        content = b""
    inputs = of.inputs(student, notebook, of.language)
    return hash_of(program_hash(), content, repr((of.language, inputs)).encode())


def feedback_page(
    graded: AutogradedNotebook,
    marks: NotebookMarks,
    student: str,
    name: str = "",
    notebook: str = "",
    own_hints: Mapping[str, str] | None = None,
    late: str = "",
    given: Mapping[str, GivenItems] | None = None,
    person: Person | None = None,
) -> bytes:
    """Render the page of one notebook of one student, in UTF-8.

    Args:
        graded: the graded notebook.
        marks: what the gradebook has for it; its points are the ones shown.
        student: the student's id.
        name: the student's name, if it is known.
        notebook: the notebook's name, for one without a title.
        own_hints: the instructor's hints for what the student's functions do, by the name of the check.
        late: how late it was handed in and what that costs, in words.
        given: the rubric items that were given, by the cell of the answer.
        person: what the roster knows of the student.
    """
    sanitizer = Sanitizer()
    table = next((cell for cell in graded.others if cell["cell_type"] != "code" and says_who(text_of(cell))), None)
    items = tuple(_items(graded, marks, sanitizer, own_hints or {}, given or {}))
    open_items = [item for item in items if item.state == "open"]
    first_words = next((at for at in range(len(items)) if all(item.written for item in items[at:])), len(items))
    page = {
        "title": plain_text(graded.title) or notebook,
        "student": student,
        "name": name,
        "who": title_block(text_of(table), student, person, name, marks.timestamp.partition(" ")[0]) if table else None,
        "timestamp": marks.timestamp,
        "score": marks.score,
        "max_score": marks.max_score,
        "penalty": marks.penalty,
        "late": late,
        "open": open_items,
        "open_points": sum(item.max_score for item in open_items),
        "first": [plain_text(note.message) for note in graded.notes if note.kind == NEWER_PYTHON],
        "notes": [without_paths(plain_text(note)) for note in note_texts(_page_notes(graded))],
        "unreadable": graded.unreadable,
        "questions": items,
        "functions": items[:first_words],
        "words": items[first_words:],
        "others": [
            cell for source in graded.others if source is not table and (cell := _other_cell(source, sanitizer)).outputs
        ],
    }
    return rendered("feedback.html.j2", page=page)


def late_text(marks: ClassMarks, student: str) -> str:
    """Say how late a student was and what it costs; empty for who was in time."""
    penalty = sum(own.penalty for own in marks.notebooks.get(student, {}).values())
    return late_line(marks.late[student], penalty) if student in marks.late else ""


def given_in(given: Mapping[str, GivenItems], notebook: str) -> dict[str, GivenItems]:
    """Pick what was given for the answers of a notebook: grade_id → items."""
    start = key(notebook, "")
    return {name.removeprefix(start): items for name, items in given.items() if name.startswith(start)}


def _items(
    graded: AutogradedNotebook,
    marks: NotebookMarks,
    sanitizer: Sanitizer,
    own_hints: Mapping[str, str],
    given: Mapping[str, GivenItems],
) -> Iterator[RenderedQuestion]:
    shown: dict[int, RenderedQuestion] = {}
    for number, question in enumerate(graded.questions, start=1):
        own_notes = [note for note in graded.notes if note.kind in CELL_NOTES and note.cell == question.work]
        item = _item(f"q{number}", question, marks, sanitizer, shown, own_notes)
        if question.verdict and question.verdict.check in own_hints:
            item = replace(item, own_hint=sanitizer.markdown(own_hints[question.verdict.check]))
        own = given.get(question.grade_id)
        if own and (own.items or own.adjustment) and own.text == marks.comments.get(question.work, ""):
            comment = sanitizer.markdown(own.comment) if own.comment else Markup("")
            item = replace(item, items=own.items, adjustment=own.adjustment, comment=comment)
        if question.cell is not None:
            shown.setdefault(id(question.cell), item)
        yield item


def _page_notes(graded: AutogradedNotebook) -> list[Note]:
    """Take the notes that stand neither at the top nor with a question."""
    work = {question.work for question in graded.questions}
    return [
        note
        for note in graded.notes
        if note.kind != NEWER_PYTHON and (graded.unreadable or note.kind not in CELL_NOTES or note.cell not in work)
    ]


def _item(
    anchor: str,
    question: Question,
    marks: NotebookMarks,
    sanitizer: Sanitizer,
    shown: dict[int, RenderedQuestion],
    own_notes: Sequence[Note],
) -> RenderedQuestion:
    mark = marks.marks.get(question.grade_id, Mark(question.grade_id, question.max_score))
    seen = shown.get(id(question.cell))
    comment = "" if seen else marks.comments.get(question.work, "")
    common: dict[str, Any] = {
        "anchor": anchor,
        "label": question_label(plain_text(question.name), question.written),
        "written": question.written,
        "state": _state(mark),
        "score": mark.score,
        "max_score": mark.max_score,
        "by_hand": mark.manual is not None and not question.written,
        "comment": sanitizer.markdown(comment) if comment else Markup(""),
        "unanswered": bool(marks.remarks.get(question.work)),
    }
    if question.cell is not None and question.cell["cell_type"] != "code":
        return RenderedQuestion(
            **common, answer=sanitizer.markdown(text_of(question.cell), question.cell.get("attachments"))
        )
    failed = _failed_output(question) if common["state"] != "full" else None
    cause = []
    if seen:
        common["code_at"] = seen
        cause += [words.cell_failed_above(seen.label)] if failed else []
    elif question.cell is not None:
        cell = _cell(question.cell, sanitizer, without=failed)
        common |= {"code": cell.code, "outputs": cell.outputs}
        common["cell_failure"] = sanitizer.output(failed) if failed else Markup("")
        cause += [without_paths(plain_text(note.message)) for note in own_notes]
    if common["unanswered"]:
        return RenderedQuestion(**common, cause=(words.not_filled_in(),))
    verdict, missing = question.verdict, bool(failed and question.failure and question.failure.kind == "NameError")
    if question.failure and not missing:
        common["test_failed"] = question.failure.is_verdict
        common["failure"] = sanitizer.error(question.failure.kind, question.failure.message, ())
    if verdict is None:
        return RenderedQuestion(**common, cause=tuple(cause))
    if verdict.cause and not (failed and verdict.cause == not_defined(verdict.function)):
        cause.append(without_paths(plain_text(verdict.cause)))
    return RenderedQuestion(
        **common,
        cause=tuple(cause),
        hints=tuple(plain_text(translated(hint.hint)) for hint in verdict.mistakes),
        notes=tuple(without_paths(plain_text(note)) for note in verdict.notes),
        criteria=tuple(_criterion(result) for result in verdict.criteria if any(r.judged for r in verdict.criteria)),
        error=sanitizer.error(verdict.error.kind, verdict.error.message, verdict.error.lines)
        if verdict.error and verdict.error.kind != NeededResultError.__name__ and not _is_told(verdict.error, failed)
        else Markup(""),
        picture=gradient_picture(verdict.picture) if verdict.picture else Markup(""),
    )


def _criterion(result: CriterionResult) -> CriterionResult:
    name, message = (without_paths(plain_text(text)) for text in (translated(result.name), result.message))
    return replace(result, name=name, message=message)


def _failed_output(question: Question) -> dict[str, Any] | None:
    """Take the error that the question's cell stopped with, if it did."""
    outputs = question.cell["outputs"] if question.cell is not None else []
    return next((output for output in outputs if output.get("output_type") == "error"), None)


def _is_told(error: CallError, failed: dict[str, Any] | None) -> bool:
    """Tell whether the cell's own error is the same exception."""
    return failed is not None and (failed.get("ename"), failed.get("evalue")) == (error.kind, error.message)


def _cell(source: dict[str, Any], sanitizer: Sanitizer, without: dict[str, Any] | None = None) -> RenderedCell:
    outputs = (sanitizer.output(output) for output in source["outputs"] if output is not without)
    code = text_of(source).strip("\n")
    return RenderedCell(_without_docstring(sanitizer.code(code), code), tuple(output for output in outputs if output))


_DOCSTRING = re.compile(
    r"""^[ \t]*def [^\n]*\n(?P<lines>[ \t]+[rR]?(?P<sign>\"{3}|'{3})[\s\S]*?(?P=sign)[ \t]*\n)""", re.MULTILINE
)


def _without_docstring(shown: Markup, code: str) -> Markup:
    """Leave the docstring, which was given, out on paper.

    Args:
        shown: the code, coloured line by line.
        code: the same as text.
    """
    docstring = _DOCSTRING.search(code)
    if docstring is None:
        return shown
    lines = shown.split("\n")
    if len(lines) != code.count("\n") + 1:
        return shown
    first, last = (code.count("\n", 0, at) for at in docstring.span("lines"))
    inside = Markup('<span class="screen">{}\n</span>').format(Markup("\n").join(lines[first:last]))
    return Markup("\n").join((*lines[:first], inside + Markup("\n").join(lines[last:])))


def _other_cell(source: dict[str, Any], sanitizer: Sanitizer) -> RenderedCell:
    if source["cell_type"] == "code":
        return _cell(source, sanitizer)
    text = text_of(source)
    if source["cell_type"] == "markdown":
        return RenderedCell(None, (sanitizer.markdown(text, source.get("attachments")),))
    return RenderedCell(None, (sanitizer.text(text),))


def _state(mark: Mark) -> str:
    if mark.open:
        return "open"
    if mark.score >= mark.max_score - 1e-9:
        return "full"
    return "part" if mark.score > 0 else "none"


def _copy_companions(course: Course, student: str, assignment: str) -> None:
    for name in COMPANIONS:
        for folder in (course.autograded(student, assignment), course.submitted(student, assignment)):
            with suppress(OSError):  # none, or one that is a link
                data = read_plain(folder / name, MAX_COMPANION_BYTES)
                write_whole(course.feedback(student, assignment) / name, data)
                break
