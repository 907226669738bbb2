"""Sum up a class, student by student: points and mistakes by question, and who needs a look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from statistics import mean
from typing import Any, Literal
from urllib.parse import quote

from autograder.checking.verdict import Hint, Verdict
from autograder.course.course import Course
from autograder.course.roster import Roster
from autograder.errors import SubmissionError
from autograder.gradebook.read_marks import ClassMarks, Mark, NotebookMarks
from autograder.gradebook.words import late_line
from autograder.language import chosen_language, language, translated, use_language
from autograder.notebook.roles import TEST_PREFIX
from autograder.pages import words
from autograder.pages.autograded_notebook import AutogradedNotebook, Question, note_texts, read_autograded, text_of
from autograder.pages.render import question_label
from autograder.pages.sanitize.text import plain_text, shortened, without_paths
from autograder.pages.snippets import line_keys
from autograder.similarity.work import Part, Work, code_tokens, word_tokens
from autograder.spread import on_processes
from labkit.calls.call import NeededResultError

Key = tuple[str, str]
"""A question of an assignment: its notebook and its grade_id."""


Reason = Literal["mistake", "wrong", "error", "unfinished"]
"""Why points were lost: a known mistake, another wrong function, code that stopped, nothing there or returned."""
State = Literal["", "empty", "unreadable"]
"""What is to be said of a submission as a whole: nothing was filled in, or the file could not be used."""


@dataclass
class QuestionRow:
    """One question over the whole class.

    `scores` are those of submissions with work in them; `missed` leaves out a criterion that could not be judged
    because another failed.
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


@dataclass(frozen=True)
class Loss:
    """Points that a student lost in a question that the machine judges.

    Attributes:
        student: the student's id.
        question: the question.
        work: the cell with the function: its notebook and grade_id.
        check: name of the check; empty if there is no verdict.
        function: name of the function.
        points: how many.
        reason: why.
        hints: what the verdict says about it.
        graded: the question in the graded notebook, without outputs.
    """

    student: str
    question: Key
    work: Key
    check: str
    function: str
    points: float
    reason: Reason
    hints: tuple[Hint, ...]
    graded: Question

    @property
    def code(self) -> str:
        """The function as it was handed in."""
        return text_of(self.graded.cell) if self.graded.cell else ""


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
    state: State = ""
    section: str = ""
    submitted: datetime | None = None
    seconds_late: float = 0.0
    penalty: float = 0.0

    def share(self, among: Collection[Key]) -> float | None:
        """Return the share of the points that were reached in some questions; None if one of them is still open."""
        marks = [mark for key in among if (mark := self.scores.get(key))]
        most = sum(mark.max_score for mark in marks)
        if not most or any(mark.open for mark in marks):
            return None
        return sum(mark.score for mark in marks) / most


@dataclass
class NeedsAttention:
    """Who needs a look, and why."""

    not_submitted: list[str] = field(default_factory=list)
    ungraded: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)

    def state(self) -> Iterator[str]:
        """Say in lines for a terminal what every class has: who handed in nothing, what waits for a person."""
        if self.not_submitted:
            yield words.not_submitted(self.not_submitted)
        if self.open:
            yield words.still_open(self.open)
        if self.notes:
            yield words.notes_on_page(len(self.notes))

    def lines(self) -> Iterator[str]:
        """Say in lines for a terminal what should not be so."""
        if self.ungraded:
            yield words.ungraded(self.ungraded)
        if self.gone:
            yield words.gone(self.gone)


@dataclass
class ClassSummary:
    """Everything on the page."""

    questions: dict[Key, QuestionRow] = field(default_factory=dict)
    mistakes: dict[str, MistakeRow] = field(default_factory=dict)
    students: list[StudentRow] = field(default_factory=list)
    needs_attention: NeedsAttention = field(default_factory=NeedsAttention)
    titles: dict[str, str] = field(default_factory=dict)
    works: dict[str, Work] = field(default_factory=dict)
    losses: list[Loss] = field(default_factory=list)
    right: dict[Key, set[str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The title of the notebook in the language of the page, or in any that it has."""
        return self.titles.get(language()) or next((title for title in self.titles.values() if title), "")

    @property
    def counted(self) -> list[StudentRow]:
        """The students who handed in work: means and counts are theirs."""
        return [row for row in self.students if not row.state]

    @property
    def asked(self) -> dict[tuple[str, str], Question]:
        """The questions in which points were lost: student and name of the check → question."""
        return {(loss.student, loss.graded.verdict.check): loss.graded for loss in self.losses if loss.graded.verdict}

    def with_state(self, state: State) -> list[str]:
        """List the students whose submission is in a state."""
        return [row.student for row in self.students if row.state == state]


@dataclass(frozen=True)
class _Read:
    """What was read of a student's autograded notebooks.

    Attributes:
        notebooks: name → notebook, without what its cells showed.
        tokens: what is compared with the class, by notebook and grade_id of the question.
        problems: why others could not be read.
    """

    notebooks: dict[str, AutogradedNotebook]
    tokens: dict[Key, tuple[str, ...]]
    problems: tuple[str, ...]


def _place(root: Path, assignment: str, spoken: str) -> tuple[Course, str]:
    """Prepare a process that reads notebooks, and speaks a language."""
    use_language(spoken)
    return Course(root), assignment


def _read(place: tuple[Course, str], one: tuple[str, tuple[str, ...]]) -> _Read:
    """Read the notebooks of a student, whose id and whose notebooks' names are given."""
    (course, assignment), (student, names) = place, one
    notebooks: dict[str, AutogradedNotebook] = {}
    tokens: dict[Key, tuple[str, ...]] = {}
    problems: list[str] = []
    for name in names:
        try:
            graded = read_autograded(course.autograded(student, assignment) / f"{name}.ipynb", with_shown=False)
        except SubmissionError as error:
            problems.append(str(error))
            continue
        questions = [replace(question, cell=_what_counts(question)) for question in graded.questions]
        notebooks[name] = replace(graded, questions=tuple(questions))
        for question in questions:
            if question.cell:
                find = word_tokens if question.written else code_tokens
                tokens[name, question.grade_id] = find(text_of(question.cell))
    return _Read(notebooks, tokens, tuple(problems))


def _what_counts(question: Question) -> dict[str, Any] | None:
    """Keep of the cell with the work its text and id: what nbgrader left of a student's metadata may not travel."""
    if question.cell is None:
        return None
    return {"source": text_of(question.cell), "metadata": {"nbgrader": {"grade_id": question.work}}}


def summarise(course: Course, assignment: str, marks: ClassMarks) -> ClassSummary:
    """Count what a class did, student by student; their notebooks are read on all cores."""
    summary = ClassSummary(names=dict(marks.names))
    submitted, people = set(course.students(assignment)), Roster.read(course).people
    graded = [(student, tuple(marks.notebooks[student])) for student in sorted(marks.notebooks)]
    arguments = (course.root, assignment, chosen_language())
    contents = on_processes(_place, arguments, _read, graded, forked=True)
    for student in sorted({*marks.names, *marks.notebooks, *submitted}):
        if student in marks.notebooks:
            section = people[student].section if student in people else ""
            _add_student(summary, course, assignment, marks, student, plain_text(section), next(contents))
        else:
            attention = summary.needs_attention
            (attention.ungraded if student in submitted else attention.not_submitted).append(student)
        if student in marks.notebooks and student not in submitted:
            summary.needs_attention.gone.append(student)
    return summary


def _add_student(
    summary: ClassSummary,
    course: Course,
    assignment: str,
    marks: ClassMarks,
    student: str,
    section: str,
    read: _Read,
) -> None:
    notebooks, attention = marks.notebooks[student], summary.needs_attention
    row = StudentRow(student, marks.names.get(student, ""), {}, 0.0, 0.0, 0, "", section=section)
    row.penalty = sum(own.penalty for own in notebooks.values())
    if student in marks.late:
        row.late, row.seconds_late = late_line(marks.late[student], row.penalty), marks.late[student].seconds
    contents = read.notebooks
    attention.notes += [(student, problem) for problem in read.problems]
    row.state = _state(notebooks, contents)
    for notebook, own in notebooks.items():
        row.total += own.score
        row.submitted = row.submitted or _time(own.timestamp)
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
                question.scores += [] if row.state else [mark.score]
                if mark.flagged:
                    attention.notes.append((student, words.graded_anew(label)))
        if notebook in contents:
            _add_notebook(summary, contents[notebook], row, notebook, own)
            handed_in = course.submitted(student, assignment) / f"{notebook}.ipynb"
            _add_work(summary, read, student, notebook, own, handed_in)
        if (course.feedback(student, assignment) / f"{notebook}.html").is_file():
            row.page = "/".join(["..", "feedback", quote(student), quote(assignment), f"{quote(notebook)}.html"])
    if row.open:
        attention.open.append(student)
    summary.students.append(row)


def _state(notebooks: Mapping[str, NotebookMarks], contents: Mapping[str, AutogradedNotebook]) -> State:
    """Say whether no notebook of a student could be used, or all are as they were handed out."""
    if not contents or len(contents) < len(notebooks):
        return ""
    if all(graded.unreadable for graded in contents.values()):
        return "unreadable"
    work = [(name, question) for name, graded in contents.items() for question in graded.questions if question.cell]
    return "empty" if work and all(notebooks[name].remarks.get(question.work) for name, question in work) else ""


def _time(stored: str) -> datetime | None:
    try:
        return datetime.fromisoformat(stored) if stored else None
    except ValueError:
        return None


def _add_notebook(
    summary: ClassSummary, graded: AutogradedNotebook, student: StudentRow, notebook: str, own: NotebookMarks
) -> None:
    summary.titles.setdefault(graded.language, graded.title)
    notes = summary.needs_attention.notes
    notes += [(student.student, _clean(message)) for message in note_texts(graded.notes)]
    for question in () if graded.unreadable else graded.questions:
        key = notebook, question.grade_id
        row = summary.questions.get(key)
        if row is None:
            continue
        mark, is_empty = own.marks.get(question.grade_id), bool(own.remarks.get(question.work))
        if mark and not question.written and not student.state:
            _add_loss(summary, question, key, student.student, mark, is_empty)
        if is_empty:
            row.empty += not student.state
            continue
        if question.failure and not question.failure.is_verdict:
            kind = _clean(question.failure.kind) or words.error()
            row.errors[kind] += 1
            notes.append((student.student, words.check_failed(row.label, kind, _clean(question.failure.message))))
        if question.verdict:
            _add_verdict(summary, row, question.verdict, student.student)
            problem = _disagreement(question, question.verdict, mark)
            if problem:
                notes.append((student.student, problem))


def _add_loss(summary: ClassSummary, question: Question, key: Key, student: str, mark: Mark, is_empty: bool) -> None:
    """Keep what a student lost in a question and why, or the lines of code that lost nothing."""
    lost, work = mark.max_score - (mark.auto or 0.0), (key[0], question.work)
    if lost < 0.005:
        summary.right.setdefault(work, set()).update(line_keys(text_of(question.cell) if question.cell else ""))
        return
    verdict = question.verdict
    reason: Reason = "error"
    if is_empty or (verdict and verdict.cause):
        reason = "unfinished"
    elif verdict and any(hint.is_known_mistake for hint in verdict.mistakes):
        reason = "mistake"
    elif verdict and not verdict.error:
        reason = "wrong"
    check, function = (_clean(verdict.check), _clean(verdict.function)) if verdict else ("", _clean(question.name))
    hints = tuple(_shown(hint) for hint in verdict.mistakes) if verdict else ()
    summary.losses.append(Loss(student, key, work, check, function, lost, reason, hints, question))


def _add_work(
    summary: ClassSummary,
    read: _Read,
    student: str,
    notebook: str,
    own: NotebookMarks,
    handed_in: Path,
) -> None:
    """Keep what the student wrote, to be compared with the class."""
    graded = read.notebooks[notebook]
    work = summary.works.setdefault(student, Work(student))
    work.files.append(handed_in)
    for question in () if graded.unreadable else graded.questions:
        row = summary.questions.get((notebook, question.grade_id))
        tokens = read.tokens.get((notebook, question.grade_id))
        if row and tokens is not None and not own.remarks.get(question.work):
            work.parts[notebook, question.work] = Part(row.label, question.written, tokens)


def _add_verdict(summary: ClassSummary, row: QuestionRow, verdict: Verdict, student: str) -> None:
    for result in verdict.criteria:
        name = _clean(translated(result.name))
        row.criteria[name] += 1
        row.missed[name] += not result.passed and result.judged
    if verdict.error and verdict.error.kind != NeededResultError.__name__:
        row.errors[_clean(verdict.error.kind)] += 1
    for shown in map(_shown, verdict.mistakes):
        mistake = summary.mistakes.setdefault(shown.id, MistakeRow(shown, _clean(verdict.function)))
        if student not in mistake.students:
            mistake.students.append(student)


def _shown(hint: Hint) -> Hint:
    return Hint(_clean(hint.id), _clean(translated(hint.hint)))


def _disagreement(question: Question, verdict: Verdict, mark: Mark | None) -> str:
    """Say if a verdict does not add up to the points in the gradebook: somebody tampered with one of them."""
    if mark is None or mark.auto is None or abs(mark.auto - verdict.score) < 0.005:
        return ""
    return words.disagreement(question.name, verdict.score, mark.auto)


def _clean(text: str) -> str:
    return shortened(without_paths(plain_text(text)), 300)
