"""Write the lab reports of a class: one page a student that prints on A4.

A report is made from the graded notebook, or from the submission itself where that is not graded yet. What is a
student's goes through `sanitize`, and formulas are drawn without the internet.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from autograder.course.course import Course
from autograder.course.database import has_gradebook
from autograder.course.roster import Roster
from autograder.course.timestamp import stored_time
from autograder.errors import ENDS_ALL, MachineError, SubmissionError, keep_traceback
from autograder.gradebook.read_marks import ClassMarks, NotebookMarks, read_marks
from autograder.grading.submissions import make_task, sources_of
from autograder.language import speaking
from autograder.notebook.notes import UNREADABLE
from autograder.notebook.roles import TEST_PREFIX
from autograder.notebook.source import Source, parse_source
from autograder.pages import words
from autograder.pages.autograded_notebook import notes_of, plain_cell, read_graded_cells, text_of
from autograder.pages.lab_report.parts import PARTS, Piece, pieces, places
from autograder.pages.lab_report.title_block import TitleBlock, find_table, title_block
from autograder.pages.render import StudentPages, isolated_text, question_label, render, style, stylesheet, write_page
from autograder.pages.sanitize.outputs import Sanitizer
from autograder.pages.sanitize.text import plain_text
from autograder.pages.stored_verdict import as_text
from autograder.pages.words import Part
from autograder.restore.restore import restore

MAX_PRINTED = 40
"""Lines of one printed text."""
MAX_HEAD = 40
"""Characters of a text over each page: two stand there side by side."""
FONT = Path(__file__).parents[1] / "fonts" / "formulas.woff"


@dataclass(frozen=True)
class RenderedPiece:
    """A piece of a report as the page shows it; `heading` and `group` stand above it where they change."""

    heading: str
    group: str
    function: str = ""
    text: Markup = field(default_factory=Markup)
    code: Markup = field(default_factory=Markup)
    outputs: tuple[Markup, ...] = ()
    empty: bool = False


@dataclass(frozen=True)
class RenderedPart:
    """A part of a report; `empty` says why there is nothing in it."""

    title: str
    pieces: tuple[RenderedPiece, ...]
    empty: str = ""


def write_lab_reports(
    course: Course,
    assignment: str,
    students: Sequence[str] | None = None,
    *,
    points: bool = False,
    on_start: Callable[[int], object] = lambda total: None,
) -> Iterator[StudentPages]:
    """Write the lab reports of a class, one student at a time; a problem with one never stops the others.

    Args:
        course: the course.
        assignment: name of the assignment.
        students: whose reports to write; by default of all who handed in.
        points: whether to print the points.
        on_start: gets the number of students.

    Yields:
        A result a student, when it is done.

    Raises:
        CourseError: there is no such assignment, its source is not right, the gradebook or the roster is damaged, or a
            page cannot be written.
    """
    klass = _Class.of(course, assignment, points=points)
    graded = {path.parent.name for path in (course.root / "autograded").glob(f"*/{assignment}") if path.is_dir()}
    selected = students if students is not None else sorted({*course.students(assignment), *graded})
    on_start(len(selected))
    for student in selected:
        pages: list[Path] = []
        problems: list[str] = []
        for name in klass.sources:
            try:
                page = klass.page(student, name)
            except ENDS_ALL:
                raise
            except (SubmissionError, MachineError, OSError) as error:
                problems.append(str(error))
            except BaseException as error:  # an error of ours that odd content brought out: this page's only
                file = keep_traceback(error, course.private)
                problems.append(words.page_failed(type(error).__name__, str(file or "")))
            else:
                path = klass.path(student, name)
                write_page(path, page.encode())
                pages.append(path)
        if points and student not in klass.marks.notebooks:
            problems.append(words.no_marks())
        yield StudentPages(student, tuple(pages), " ".join(problems))


@dataclass(frozen=True)
class _Class:
    """What is the same for all reports of a class."""

    course: Course
    assignment: str
    sources: Mapping[str, Source]
    raw: Mapping[str, bytes]
    roster: Roster
    marks: ClassMarks
    points: bool

    @classmethod
    def of(cls, course: Course, assignment: str, *, points: bool) -> _Class:
        raw = sources_of(course, assignment)
        sources = {name: parse_source(data, name) for name, data in raw.items()}
        marks = read_marks(course, assignment) if points or has_gradebook(course) else ClassMarks()
        return cls(course, assignment, sources, raw, Roster.read(course), marks, points)

    def path(self, student: str, name: str) -> Path:
        """Name the page of a student's notebook."""
        stem = student if len(self.sources) == 1 else f"{student}-{name}"
        return self.course.reports() / self.assignment / f"{stem}.html"

    def page(self, student: str, name: str) -> str:
        """Render the report of a student's notebook, in its language."""
        cells = self._cells(student, name)
        source = self.sources[name].edition_of(text_of(cell) for cell in cells)
        marks = self.marks.notebooks.get(student, {}).get(name, NotebookMarks())
        handed_in = marks.timestamp or stored_time(self.course.submitted(student, self.assignment))
        table = find_table(source, cells)
        with speaking(source.language):
            who = title_block(
                text_of(table) if table else "",
                student,
                self.roster.people.get(student),
                self.marks.names.get(student, ""),
                handed_in.partition(" ")[0],
            )
            printed = [cell for cell in cells if cell is not table]
            return lab_report_page(source, printed, who, marks if self.points else None)

    def _cells(self, student: str, name: str) -> list[dict[str, Any]]:
        """Take the cells of the graded notebook, or of the submission where there is none, or one of an older source.

        Raises:
            SubmissionError: there is nothing that can be used.
        """
        path = self.course.autograded(student, self.assignment) / f"{name}.ipynb"
        if path.is_file():
            cells, metadata = read_graded_cells(path)
            needed = {cell.cell["id"] for cell in self.sources[name].cells if cell.grade_id}
            if needed <= {as_text(cell.get("id")) for cell in cells}:
                for note in notes_of(metadata):
                    if note.kind == UNREADABLE:
                        raise SubmissionError(note.message)
                return cells
        task = make_task(self.course, self.assignment, student, self.raw, inputs={}, shares="")
        (notebook,) = (one for one in task.notebooks if one.name == name)
        restored = restore(self.sources[name], notebook.handed.need()).notebook
        return [plain_cell({**cell}) for cell in restored["cells"]]


def lab_report_page(
    source: Source, cells: list[dict[str, Any]], who: TitleBlock, marks: NotebookMarks | None = None
) -> str:
    """Render the lab report of one notebook of one student.

    Args:
        source: the instructor's notebook, which says what is printed where.
        cells: the student's notebook, restored.
        who: the title block.
        marks: the points to print; None for none.
    """
    sanitizer = Sanitizer(lines=MAX_PRINTED)
    title = _title(source)
    by_part: dict[Part, list[Piece]] = {part: [] for part in PARTS}
    for piece in pieces(source, cells):
        by_part[piece.place.part].append(piece)
    has = {place.part for place in places(source).values()}
    parts = [_part(part, by_part[part], sanitizer) for part in PARTS if part in has or by_part[part]]
    css = "\n".join((stylesheet("page.css"), stylesheet("lab_report.css"), _font(), _running_head(title, who)))
    return render(
        "lab_report.html.j2",
        **style(css),
        title=title,
        who=who,
        parts=parts,
        marks=marks,
        questions=[
            (question_label(plain_text(mark.cell.removeprefix(TEST_PREFIX)), mark.written), mark)
            for mark in (marks.marks.values() if marks else ())
        ],
    )


def _title(source: Source) -> str:
    """The name of the experiment: the title of the source, without the words that all lab reports begin with."""
    for cell in source.cells:
        if cell.kind == "markdown" and (title := re.search(r"^#[ \t]+(.+)$", cell.released, re.MULTILINE)):
            kind, sep, name = title[1].replace("：", ":").partition(":")
            is_kind = sep and kind.strip().casefold() == words.lab_report().casefold()
            text = (name if is_kind else title[1]).strip()
            return text[:1].upper() + text[1:]
    return source.name


def _part(part: Part, own: list[Piece], sanitizer: Sanitizer) -> RenderedPart:
    """Render a part, with a heading where the notebook has another one."""
    has_groups = part in ("principle", "steps") and len({piece.place.group for piece in own}) > 1
    rendered: list[RenderedPiece] = []
    above = ("", "")
    for piece in own:
        shown = _piece(piece, sanitizer)
        if shown.text or shown.code or shown.outputs or shown.empty:
            place, is_function = piece.place, bool(piece.function or piece.code)
            group = place.group if has_groups else ""
            heading = "" if is_function else place.heading or (place.group if part == "results" else "")
            is_new = group != above[0]
            rendered.append(
                replace(shown, group=group * is_new, heading=heading if is_new or heading != above[1] else "")
            )
            above = group, heading
    return RenderedPart(words.part_title(part), tuple(rendered), "" if rendered else words.part_empty(part))


def _piece(piece: Piece, sanitizer: Sanitizer) -> RenderedPiece:
    outputs = (sanitizer.output(output) for output in piece.outputs)
    return RenderedPiece(
        heading="",
        group="",
        function=piece.function,
        text=sanitizer.markdown(piece.text, piece.attachments) if piece.text.strip() else Markup(""),
        code=sanitizer.code(piece.code) if piece.code.strip() else Markup(""),
        outputs=tuple(output for output in outputs if output),
        empty=piece.empty,
    )


@cache
def _font() -> str:
    """The stylesheet that brings the font of formulas: with that of the machine they look different, or broken."""
    data = base64.b64encode(FONT.read_bytes()).decode()
    return f"@font-face {{ font-family: formulas; src: url(data:font/woff;base64,{data}); }}"


def _running_head(title: str, who: TitleBlock) -> str:
    """The stylesheet that writes the experiment and the student over each page, and its number below."""
    person = " · ".join(map(isolated_text, filter(None, (who.name, who.student))))
    return (
        f"@page {{ @top-left {{ content: {_css_text(title)} }} @top-right {{ content: {_css_text(person)} }}\n"
        f'@bottom-center {{ content: counter(page) " / " counter(pages) }} }}'
    )


def _css_text(text: str) -> str:
    """Write a text as CSS does, every sign that is no plain letter or digit by its number."""
    text = text if len(text) <= MAX_HEAD else f"{text[: MAX_HEAD - 1]}…"
    signs = (sign if sign.isascii() and sign.isalnum() else f"\\{ord(sign):x} " for sign in text)
    return '"' + "".join(signs) + '"'
