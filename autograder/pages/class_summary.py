"""Sum up a class, student by student: points and mistakes by question, and who needs a look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean
from urllib.parse import quote

from autograder.checking.verdict import Hint, Verdict
from autograder.course.course import Course
from autograder.errors import SubmissionError
from autograder.gradebook.read_marks import ClassMarks, Mark, NotebookMarks
from autograder.gradebook.words import late_line
from autograder.language import translated
from autograder.notebook.roles import TEST_PREFIX
from autograder.pages import words
from autograder.pages.autograded_notebook import AutogradedNotebook, Question, note_texts, read_autograded, text_of
from autograder.pages.render import question_label
from autograder.pages.sanitize.text import plain_text, shortened, without_paths
from autograder.similarity.work import Part, Work, code_tokens, word_tokens
from labkit.calls.call import NeededResultError

Key = tuple[str, str]
"""A question of an assignment: its notebook and its grade_id."""


@dataclass
class QuestionRow:
    """One question over the whole class.

    `missed` leaves out a criterion that could not be judged because another failed.
    """

    label: str
    written: bool
    max_score: float
    scores: list[float] = field(default_factory=list)
    open: int = 0
    empty: int = 0
    criteria: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)

    @property
    def mean(self) -> float:
        """Mean points of those graded."""
        return mean(self.scores) if self.scores else 0.0

    @property
    def full(self) -> int:
        """How many have all points."""
        return sum(score >= self.max_score - 1e-9 for score in self.scores)

    @property
    def none(self) -> int:
        """How many have no points."""
        return sum(score <= 0 for score in self.scores)


@dataclass
class MistakeRow:
    """A known mistake, and who made it."""

    hint: Hint
    function: str
    students: list[str] = field(default_factory=list)


@dataclass
class StudentRow:
    """One student over all questions."""

    student: str
    name: str
    scores: dict[Key, Mark]
    total: float
    machine: float
    open: int
    page: str
    late: str = ""


@dataclass
class NeedsAttention:
    """Who needs a look, and why."""

    not_submitted: list[str] = field(default_factory=list)
    ungraded: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """Put it in lines for a terminal."""
        if self.not_submitted:
            yield words.not_submitted(self.not_submitted)
        if self.ungraded:
            yield words.ungraded(self.ungraded)
        if self.gone:
            yield words.gone(self.gone)
        if self.open:
            yield words.still_open(self.open)
        for student, message in self.notes:
            yield words.student_note(student, message)


@dataclass
class ClassSummary:
    """Everything on the page."""

    questions: dict[Key, QuestionRow] = field(default_factory=dict)
    mistakes: dict[str, MistakeRow] = field(default_factory=dict)
    students: list[StudentRow] = field(default_factory=list)
    needs_attention: NeedsAttention = field(default_factory=NeedsAttention)
    title: str = ""
    works: dict[str, Work] = field(default_factory=dict)


def summarise(course: Course, assignment: str, marks: ClassMarks) -> ClassSummary:
    """Count what a class did, student by student."""
    summary = ClassSummary()
    submitted = set(course.students(assignment))
    for student in sorted({*marks.names, *marks.notebooks, *submitted}):
        if student in marks.notebooks:
            _add_student(summary, course, assignment, marks, student)
        else:
            attention = summary.needs_attention
            (attention.ungraded if student in submitted else attention.not_submitted).append(student)
        if student in marks.notebooks and student not in submitted:
            summary.needs_attention.gone.append(student)
    return summary


def _add_student(summary: ClassSummary, course: Course, assignment: str, marks: ClassMarks, student: str) -> None:
    notebooks = marks.notebooks[student]
    row = StudentRow(student, marks.names.get(student, ""), {}, 0.0, 0.0, 0, "")
    penalty = sum(own.penalty for own in notebooks.values())
    row.late = late_line(marks.late[student], penalty) if student in marks.late else ""
    for notebook, own in notebooks.items():
        row.total += own.score
        for grade_id, mark in own.marks.items():
            key = notebook, grade_id
            row.scores[key] = mark
            row.open += mark.open
            row.machine += 0.0 if mark.written else mark.score
            label = question_label(grade_id.removeprefix(TEST_PREFIX), mark.written)
            title = words.question_of(notebook, label) if len(notebooks) > 1 else label
            question = summary.questions.setdefault(key, QuestionRow(title, mark.written, mark.max_score))
            question.open += mark.open
            if not mark.open:
                question.scores.append(mark.score)
                if mark.flagged:
                    summary.needs_attention.notes.append((student, words.graded_anew(label)))
        try:
            graded = read_autograded(course.autograded(student, assignment) / f"{notebook}.ipynb")
        except SubmissionError as error:
            summary.needs_attention.notes.append((student, str(error)))
        else:
            _add_notebook(summary, graded, student, notebook, own)
            handed_in = course.submitted(student, assignment) / f"{notebook}.ipynb"
            _add_work(summary, graded, student, notebook, own, handed_in)
        if (course.feedback(student, assignment) / f"{notebook}.html").is_file():
            row.page = "/".join(["..", "feedback", quote(student), quote(assignment), f"{quote(notebook)}.html"])
    if row.open:
        summary.needs_attention.open.append(student)
    summary.students.append(row)


def _add_notebook(
    summary: ClassSummary, graded: AutogradedNotebook, student: str, notebook: str, own: NotebookMarks
) -> None:
    summary.title = summary.title or graded.title
    summary.needs_attention.notes += [(student, _clean(message)) for message in note_texts(graded.notes)]
    for question in () if graded.unreadable else graded.questions:
        row = summary.questions.get((notebook, question.grade_id))
        if row is None:
            continue
        if own.remarks.get(question.work):
            row.empty += 1
            continue
        if question.failure:
            kind = _clean(question.failure.kind) or words.error()
            row.errors[kind] += 1
            summary.needs_attention.notes.append(
                (student, words.check_failed(row.label, kind, _clean(question.failure.message)))
            )
        if question.verdict:
            _add_verdict(summary, row, question.verdict, student)
            problem = _disagreement(question, question.verdict, own.marks.get(question.grade_id))
            if problem:
                summary.needs_attention.notes.append((student, problem))


def _add_work(
    summary: ClassSummary,
    graded: AutogradedNotebook,
    student: str,
    notebook: str,
    own: NotebookMarks,
    handed_in: Path,
) -> None:
    """Keep what the student wrote, to be compared with the class."""
    work = summary.works.setdefault(student, Work(student))
    work.files.append(handed_in)
    for question in () if graded.unreadable else graded.questions:
        row = summary.questions.get((notebook, question.grade_id))
        if row and question.cell is not None and not own.remarks.get(question.work):
            tokens = (word_tokens if question.written else code_tokens)(text_of(question.cell))
            work.parts[notebook, question.work] = Part(row.label, question.written, tokens)


def _add_verdict(summary: ClassSummary, row: QuestionRow, verdict: Verdict, student: str) -> None:
    for result in verdict.criteria:
        name = _clean(translated(result.name))
        row.criteria[name] += 1
        row.missed[name] += not result.passed and result.judged
    if verdict.error and verdict.error.kind != NeededResultError.__name__:
        row.errors[_clean(verdict.error.kind)] += 1
    for hint in verdict.mistakes:
        shown = Hint(_clean(hint.id), _clean(translated(hint.hint)))
        mistake = summary.mistakes.setdefault(shown.id, MistakeRow(shown, _clean(verdict.function)))
        if student not in mistake.students:
            mistake.students.append(student)


def _disagreement(question: Question, verdict: Verdict, mark: Mark | None) -> str:
    """Say if a verdict does not add up to the points in the gradebook: somebody tampered with one of them."""
    if mark is None or mark.auto is None or abs(mark.auto - verdict.score) < 0.005:
        return ""
    return words.disagreement(question.name, verdict.score, mark.auto)


def _clean(text: str) -> str:
    return shortened(without_paths(plain_text(text)), 300)
