"""Read what students answered to the written questions, a notebook at a time, and put answers together that are alike.

A class of a thousand has two gigabytes of notebooks, of which the answers are a few megabytes: they are kept in the
course's private folder, and only notebooks that have changed since are read again. Pictures stay in the notebooks until
somebody looks at them.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup
from rapidfuzz import fuzz, process

from autograder.course.course import Course
from autograder.errors import SubmissionError
from autograder.files import write_whole
from autograder.marking.questions import Written
from autograder.notebook.regions import TEXT_STUB
from autograder.pages.autograded_notebook import AutogradedNotebook, read_autograded, text_of
from autograder.pages.sanitize.outputs import Sanitizer
from autograder.pages.sanitize.text import plain_text

MAX_TEXT = 200_000
"""Characters of an answer that are kept."""
MAX_COMPARED = 4_000
"""Characters of an answer that are compared with others."""
NEAR = 90
"""How alike two answers must be, of 100, to stand in one group."""
MIN_NEAR = 40
"""Characters below which only equal answers are alike: a word more may be all that matters."""
MAX_RENDERED = 64
"""Rendered answers that are kept: what markers look at now, and what their pages fetch ahead."""
CACHE_VERSION = 1


@dataclass(frozen=True)
class Answer:
    """An answer of a student.

    Attributes:
        text: the cell.
        attachments: hash of its pictures; empty if it has none.
    """

    text: str = ""
    attachments: str = ""


class Answers:
    """The answers of a class to an assignment."""

    def __init__(self, course: Course, assignment: str) -> None:
        self._course = course
        self._assignment = assignment
        self._secret = course.secret()
        self._file = course.private / "marking" / f"{assignment}.json"
        self._read: dict[str, dict[str, Any]] = _load(self._file)
        self._students: dict[str, str] = {}
        self._rendered: dict[tuple[str, str], tuple[Answer, Markup]] = {}
        self.generation = 0
        """Grows whenever an answer may have changed."""

    def refresh(
        self,
        questions: Mapping[str, Written],
        students: Sequence[str],
        on_start: Callable[[int], object] = lambda total: None,
        on_read: Callable[[], object] = lambda: None,
    ) -> None:
        """Read the notebooks that have changed since they were read last.

        Args:
            questions: the questions.
            students: those who have handed in.
            on_start: gets the number of notebooks.
            on_read: is called after each.
        """
        self._students = {self.key(student): student for student in students}
        notebooks = sorted({written.question.notebook for written in questions.values()})
        on_start(len(students) * len(notebooks))
        changed = False
        for student in students:
            for notebook in notebooks:
                path = self._path(student, notebook)
                name, stamp = f"{student}/{notebook}", _stamp(path)
                known = self._read.get(name)
                if known is None or known["stamp"] != stamp:
                    self._read[name] = {"stamp": stamp, "answers": _answers(path)}
                    changed = True
                on_read()
        if changed:
            write_whole(self._file, json.dumps({"version": CACHE_VERSION, "read": self._read}).encode())
            self.generation += 1

    def _path(self, student: str, notebook: str) -> Path:
        return self._course.autograded(student, self._assignment) / f"{notebook}.ipynb"

    def key(self, student: str) -> str:
        """Name a student so that nobody sees who it is, the same in every session."""
        name = f"mark/{self._assignment}/{student}".encode()
        return hmac.new(self._secret, name, hashlib.sha256).hexdigest()[:16]

    def student(self, key: str) -> str | None:
        """Return the student that a key stands for."""
        return self._students.get(key)

    @property
    def students(self) -> list[str]:
        """The students, in an order that says nothing about them."""
        return [self._students[key] for key in sorted(self._students)]

    def answer(self, written: Written, student: str) -> Answer:
        """Return what a student answered; nothing where there is no notebook."""
        known = self._read.get(f"{student}/{written.question.notebook}", {"answers": {}})
        own = known["answers"].get(written.question.cell)
        return Answer(**own) if own else Answer()

    def html(self, written: Written, student: str) -> Markup:
        """Render an answer; the last ones are kept."""
        place, answer = (written.question.key, student), self.answer(written, student)
        kept = self._rendered.pop(place, None)
        if kept is None or kept[0] != answer:
            kept = answer, self._render(written, student, answer)
        self._rendered[place] = kept
        while len(self._rendered) > MAX_RENDERED:
            self._rendered.pop(next(iter(self._rendered)), None)
        return kept[1]

    def scheme(self, written: Written) -> dict[str, Markup]:
        """Render the question and the model answer."""
        sanitizer = Sanitizer()
        question = written.scheme.question or written.given.replace(TEXT_STUB, "")
        return {
            "question": sanitizer.markdown(question, written.attachments),
            "model": sanitizer.markdown(written.scheme.model, written.attachments),
        }

    def _render(self, written: Written, student: str, answer: Answer) -> Markup:
        own, sanitizer = own_part(answer.text, written.given), Sanitizer()
        if written.code:
            return Markup('<pre tabindex="0"><code>{}</code></pre>').format(sanitizer.code(own))
        pictures = self._attachments(written, student) if answer.attachments else None
        return sanitizer.markdown(own, pictures)

    def _attachments(self, written: Written, student: str) -> Any:
        for question in self._notebook(written, student).questions:
            if question.grade_id == written.question.cell and question.cell is not None:
                return question.cell.get("attachments")
        return None

    def _notebook(self, written: Written, student: str) -> AutogradedNotebook:
        try:
            return read_autograded(self._path(student, written.question.notebook))
        except SubmissionError:
            return AutogradedNotebook("", (), (), ())

    def experiments(self, written: Written, student: str) -> list[tuple[Markup | None, list[Markup]]]:
        """Render the other cells of a student's notebook that show something: code, if it is code, and outputs.

        Other texts, such as the title block with the student's name, are shown only where the answer may stand in them.
        """
        sanitizer = Sanitizer()
        shown: list[tuple[Markup | None, list[Markup]]] = []
        for cell in self._notebook(written, student).others:
            if cell["cell_type"] != "code" and not written.task:
                continue
            if cell["cell_type"] != "code":
                shown.append((None, [sanitizer.markdown(text_of(cell), cell.get("attachments"))]))
            elif outputs := [html for output in cell["outputs"] if (html := sanitizer.output(output))]:
                shown.append((sanitizer.code(text_of(cell).strip("\n")), outputs))
        return shown

    def is_empty(self, written: Written, student: str) -> bool:
        """Whether a student has written nothing."""
        answer = self.answer(written, student)
        return not answer.attachments and not _own_tokens(answer.text, written.given)

    def groups(self, written: Written, students: Sequence[str]) -> list[list[str]]:
        """Put students together whose answers are alike, the largest group first; empty answers are left out."""
        return group_alike(
            {
                student: (answer.attachments, " ".join(tokens))
                for student in students
                if (answer := self.answer(written, student))
                and ((tokens := _own_tokens(answer.text, written.given)) or answer.attachments)
            }
        )


def _load(file: Path) -> dict[str, dict[str, Any]]:
    try:
        stored = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return {}
    if not isinstance(stored, dict) or stored.get("version") != CACHE_VERSION:
        return {}
    read: dict[str, dict[str, Any]] = stored["read"]
    return read


def _stamp(path: Path) -> list[int]:
    try:
        status = path.stat()
    except OSError:
        return []
    return [status.st_mtime_ns, status.st_size]


def _answers(path: Path) -> dict[str, dict[str, str]]:
    try:
        notebook = read_autograded(path)
    except SubmissionError:
        return {}
    return {
        question.grade_id: asdict(
            Answer(plain_text(text_of(question.cell))[:MAX_TEXT], _hash(question.cell.get("attachments")))
        )
        for question in notebook.questions
        if question.written and question.cell is not None and not notebook.unreadable
    }


def _hash(attachments: Any) -> str:
    if not attachments:
        return ""
    return hashlib.sha256(json.dumps(attachments, sort_keys=True).encode()).hexdigest()[:16]


def own_part(text: str, given: str) -> str:
    """Cut off what the cell began and ended with when students got it; what they changed stays."""
    lines, before = text.split("\n"), [line.strip() for line in given.split("\n")]
    if TEXT_STUB in before:
        at = before.index(TEXT_STUB)
        before, after = before[:at], before[at + 1 :]
    else:
        before, after = [], []
    for asked in before:
        if lines and lines[0].strip() == asked:
            del lines[0]
    for asked in reversed(after):
        if lines and lines[-1].strip() == asked:
            del lines[-1]
    own = "\n".join(lines).strip("\n")
    return "" if own.strip() == TEXT_STUB else own


_TOKEN = re.compile(r"[-+−]?\d+(?:[.,]\d+)*|\w+|[^\w\s]")
_QUIET = frozenset("*_`#\"'“”‘’.,;:!?()")
"""Marks of Markdown and of sentences, which change nothing of what is said."""
_NUMBER = re.compile(r"[-+−]?\d+(?:[.,]\d+)*")
_NO = frozenset({"no", "not", "never", "none", "nor", "without", "n't", "t", "不", "没", "没有", "无", "不是"})
"""Words that turn a sentence round."""


def _own_tokens(text: str, given: str) -> list[str]:
    """Part a student's own words into tokens: without the lines that stand in the cell that was given."""
    asked = {line.strip() for line in given.split("\n")} | {TEXT_STUB}
    own = "\n".join(line for line in text[:MAX_TEXT].split("\n") if line.strip() not in asked)
    return [token for token in _TOKEN.findall(unicodedata.normalize("NFKC", own).casefold()) if token not in _QUIET]


def group_alike(answers: Mapping[str, tuple[str, str]]) -> list[list[str]]:
    """Put answers together that are equal or nearly so.

    Each text joins the first of the more frequent ones that it is like, so a group does not drift. Nearly equal texts
    have the same numbers, as many negations and the same pictures: there a single sign may be the answer.

    Args:
        answers: student → hash of the pictures, and the words.
    """
    equal: dict[tuple[str, str], list[str]] = {}
    for student, content in answers.items():
        equal.setdefault(content, []).append(student)
    leaders: dict[Any, dict[tuple[str, str], str]] = {}
    groups: dict[tuple[str, str], list[str]] = {}
    for content, students in sorted(equal.items(), key=lambda item: (-len(item[1]), item[0])):
        pictures, said = content
        text = said[:MAX_COMPARED]
        facts = (pictures, tuple(sorted(Counter(_NUMBER.findall(said)).items())), _negations(said))
        rivals = leaders.setdefault(facts, {})
        like = None
        if len(text) >= MIN_NEAR:
            like = process.extractOne(text, rivals, scorer=fuzz.ratio, score_cutoff=NEAR)
        if like:
            groups[like[2]] += students
        else:
            groups[content] = list(students)
            if len(text) >= MIN_NEAR:
                rivals[content] = text
    return sorted(groups.values(), key=lambda group: -len(group))


def _negations(said: str) -> int:
    words = said.split(" ")
    return sum(word in _NO for word in words) + sum(said.count(sign) for sign in "不没无" if not said.isascii())
