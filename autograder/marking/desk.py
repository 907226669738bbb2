"""What the pages of marking show and do, for one assignment: plain data in, plain data out; the server only carries it.

A page knows an answer by a key, never by the student; names are handed out only where they are asked for.
"""

from __future__ import annotations

import math
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from sqlalchemy import Connection, text

from autograder.course.course import Course
from autograder.errors import AutograderError
from autograder.gradebook import rubric_marks
from autograder.gradebook.rubric_marks import (
    Action,
    AnswerState,
    HandMark,
    RubricItem,
    Saved,
    Seen,
    read_claims,
    read_items,
    read_log,
    read_seconds,
    read_states,
    seed_items,
    set_item,
)
from autograder.gradebook.rubric_tables import make_mark_tables, marking
from autograder.marking import words
from autograder.marking.answers import Answers
from autograder.marking.questions import Written, written_questions
from autograder.pages.render import isolated_text, question_label

MAX_COMMENT = 20_000
"""Characters of a comment, and of the words of an item."""
MAX_AHEAD = 20
"""Answers that a page may fetch at once."""


class RequestError(AutograderError):
    """A page asked for something that is not there, or cannot be done."""


@dataclass(frozen=True)
class Choice:
    """Which answers a page is about.

    Attributes:
        part: the part of the answers, from 1; 0 for all.
        parts: into how many they are parted.
        second: per cent of the answers that are marked a second time; 0 where they are marked at all.
        first: key of the answer to begin with.
    """

    part: int = 0
    parts: int = 1
    second: int = 0
    first: str = ""

    def holds(self, key: str) -> bool:
        """Whether an answer belongs to it. Keys are as good as drawn, and stay the same."""
        number = int(key, 16)
        return (not self.part or number % self.parts == self.part - 1) and (
            not self.second or number // self.parts % 100 < self.second
        )


class Desk:
    """The written answers of an assignment, and what is done with them."""

    def __init__(self, course: Course, assignment: str) -> None:
        self.course = course
        self.assignment = assignment
        self._questions: dict[str, Written] = {}
        self._answers = Answers(course, assignment)
        self._groups: dict[str, tuple[int, list[list[str]]]] = {}
        self._lock = threading.Lock()

    def refresh(
        self,
        on_start: Callable[[int], object] = lambda total: None,
        on_read: Callable[[], object] = lambda: None,
    ) -> None:
        """Read what has changed in the source and in the answers since.

        Raises:
            CourseError: there is no such assignment, or nobody was graded yet.
        """
        with self._lock:
            make_mark_tables(self.course)
            questions = written_questions(self.course, self.assignment)
            if not questions:
                raise RequestError(words.nothing_written(self.assignment))
            students: set[str] = set()
            with marking(self.course, writes=True) as database:
                for written in questions.values():
                    items = [(item.points, item.words) for item in written.scheme.items]
                    seed_items(database, written.question, items)
                    students |= read_states(database, written.question).keys()
            if not students:
                raise RequestError(words.nobody_graded(self.assignment))
            self._answers.refresh(questions, sorted(students), on_start, on_read)
            self._questions = questions

    @property
    def ready(self) -> bool:
        """Whether all of it has been read: a mark that came before would be one of an answer that is not there."""
        return bool(self._questions)

    def problems(self) -> list[str]:
        """Say what is wrong with the mark schemes."""
        return [problem for written in self._questions.values() for problem in written.problems]

    def written(self, key: str) -> Written:
        """Return a question.

        Raises:
            RequestError: there is none of that key.
        """
        if key not in self._questions:
            raise RequestError(words.no_question(key, self.assignment))
        return self._questions[key]

    def _alike(self, written: Written) -> list[list[str]]:
        """Return the groups of alike answers to a question; worked out once."""
        key = written.question.key
        known = self._groups.get(key)
        if known is None or known[0] != self._answers.generation:
            known = self._answers.generation, self._answers.groups(written, self._answers.students)
            self._groups[key] = known
        return known[1]

    def overview(self) -> dict[str, Any]:
        """Say how far the marking of each question is, and who does what."""
        with marking(self.course) as database:
            rows = [self._progress(database, written) for written in self._questions.values()]
        return {"assignment": self.assignment, "questions": rows, "problems": self.problems()}

    def _progress(self, database: Connection, written: Written) -> dict[str, Any]:
        states = read_states(database, written.question)
        marked = [state for state in states.values() if not state.open]
        by = Counter(words.elsewhere() if state.set_elsewhere else state.marker for state in marked)
        empty = sum(
            state.open and state.score is None and self._answers.is_empty(written, student)
            for student, state in states.items()
        )
        return {
            **self._about(written),
            "answers": len(states),
            "marked": len(marked),
            "again": sum(state.open and state.score is not None for state in states.values()),
            "empty": empty,
            "by": by.most_common(),
            "mean": sum(state.score or 0 for state in marked) / len(marked) if marked else None,
            "claims": read_claims(database, written.question),
            "agreement": agreement(states, read_seconds(database, written.question)),
        }

    def _about(self, written: Written) -> dict[str, Any]:
        question = written.question
        return {
            "key": question.key,
            "label": question_label(question.cell, written=True),
            "title": written.title,
            "max_score": question.max_score,
        }

    def page(self, key: str, marker: str, choice: Choice) -> dict[str, Any]:
        """Return all that the page of a question needs besides the answers' texts."""
        written = self.written(key)
        question = written.question
        sizes = {
            student: (number, len(group)) for number, group in enumerate(self._alike(written)) for student in group
        }
        with marking(self.course) as database:
            states = read_states(database, question)
            if choice.second:
                states = _second_states(database, written, states, marker)
            rows = []
            for student, state in states.items():
                answer = self._answers.key(student)
                if choice.holds(answer) and self._answers.student(answer):
                    group, size = sizes.get(student, (-1, 1))
                    rows.append(
                        {
                            **self._state(state),
                            "group": group if size > 1 else -1,
                            "empty": self._answers.is_empty(written, student),
                        }
                    )
            rows.sort(key=lambda row: (row["key"] != choice.first, not row["open"], row["empty"], row["key"]))
            return {
                **self._about(written),
                "assignment": self.assignment,
                "marker": marker,
                "second": choice.second,
                "items": [_item(item) for item in read_items(database, question, retired=True)],
                "answers": rows,
                "log": rubric_marks.last_log_id(database),
                "problems": written.problems,
            }

    def scheme(self, key: str) -> dict[str, Markup]:
        """Render a question and its model answer."""
        return self._answers.scheme(self.written(key))

    def groups(self, key: str) -> dict[str, Any]:
        """List the groups of alike answers to a question, with how many of each are marked, and the empty answers."""
        written = self.written(key)
        with marking(self.course) as database:
            states = read_states(database, written.question)
        rows = []
        for group in self._alike(written):
            known = [student for student in group if student in states]
            if len(known) > 1:
                rows.append(
                    {
                        "first": self._answers.key(known[0]),
                        "size": len(known),
                        "marked": sum(not states[student].open for student in known),
                        "scores": sorted({score for student in known if (score := states[student].score) is not None}),
                        "text": self._answers.html(written, known[0]),
                    }
                )
        empty = [student for student in states if self._answers.is_empty(written, student)]
        waiting = [student for student in empty if states[student].open and states[student].score is None]
        return {**self._about(written), "groups": rows, "empty": len(empty), "waiting": len(waiting)}

    def settle_empty(self, key: str, marker: str) -> Saved:
        """Give no points to all empty answers that nobody has marked."""
        written = self.written(key)
        with marking(self.course, writes=True) as database:
            states = read_states(database, written.question)
            seen = {
                student: Seen(state.version)
                for student, state in states.items()
                if state.open and state.score is None and self._answers.is_empty(written, student)
            }
            mark = HandMark(done=True, comment=words.no_answer())
            return rubric_marks.save(database, written.question, seen, mark, Action(marker, kind="empty"))

    def answers(self, key: str, keys: Iterable[str], *, names: bool = False) -> list[dict[str, Any]]:
        """Render answers, with what was done to each."""
        written = self.written(key)
        students = {answer: student for answer in keys if (student := self._answers.student(answer))}
        with marking(self.course) as database:
            known = _names(database) if names else {}
            logs = {
                answer: read_log(database, written.question, student=student) for answer, student in students.items()
            }
        return [
            {
                "key": answer,
                "html": self._answers.html(written, student),
                "empty": self._answers.is_empty(written, student),
                "name": _called(student, known.get(student, "")) if names else "",
                "log": [
                    {"kind": entry.kind, "marker": entry.marker, "moment": entry.moment, "score": entry.score}
                    for entry in logs[answer][-10:]
                ],
            }
            for answer, student in list(students.items())[:MAX_AHEAD]
        ]

    def experiments(self, key: str, answer: str) -> list[Any]:
        """Render what else a student's notebook shows."""
        return self._answers.experiments(self.written(key), self._student(answer))

    def _student(self, answer: str) -> str:
        student = self._answers.student(answer)
        if student is None:
            raise RequestError(words.no_answer_of_key())
        return student

    def mark(self, key: str, marker: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Give a mark to one answer, or the same to several."""
        question = self.written(key).question
        seen = {self._student(answer): _seen(own) for answer, own in dict(body.get("answers") or {}).items()}
        kind = "group" if len(seen) > 1 else "mark"
        with marking(self.course, writes=True) as database:
            saved = rubric_marks.save(database, question, seen, _mark(body), Action(marker, _batch(body), kind))
        return self._saved(saved)

    def undo(self, key: str, marker: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Take back the last that a marker did."""
        question = self.written(key).question
        with marking(self.course, writes=True) as database:
            saved = rubric_marks.undo(database, question, Action(marker, _batch(body)))
        return {**self._saved(saved or Saved()), "nothing": saved is None}

    def item(self, key: str, marker: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Change the rubric."""
        question = self.written(key).question
        says = " ".join(_text(body.get("words")).split())
        if not says:
            raise RequestError(words.item_without_words())
        id, points = _text(body.get("id"))[:32], _number(body.get("points"))
        with marking(self.course, writes=True) as database:
            saved = set_item(
                database, question, id, points, says, Action(marker, _batch(body)), retired=bool(body.get("retired"))
            )
            items = [_item(item) for item in read_items(database, question, retired=True)]
        return {**self._saved(saved), "items": items}

    def second(self, key: str, marker: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Keep what a second marker would give."""
        question = self.written(key).question
        with marking(self.course, writes=True) as database:
            for answer in dict(body.get("answers") or {}):
                rubric_marks.save_second(database, question, self._student(answer), _mark(body), marker)
            states = _second_states(database, self.written(key), read_states(database, question), marker)
        changed = {
            student: states[student] for answer in body["answers"] if (student := self._student(answer)) in states
        }
        return self._saved(Saved(changed))

    def claim(self, key: str, marker: str, part: int, parts: int, *, take: bool) -> str:
        """Claim a part of a question, or give it back; say who has it already, if somebody has."""
        if not 1 <= part <= parts <= 50:
            raise RequestError(words.no_part(part, parts))
        with marking(self.course, writes=True) as database:
            other = rubric_marks.claim(database, self.written(key).question, part, parts, marker, take=take)
        return words.claimed_by(other.marker) if other else ""

    def changes(self, key: str, after: int) -> dict[str, Any]:
        """Return what was done to a question since an entry of the log."""
        question = self.written(key).question
        with marking(self.course) as database:
            entries = read_log(database, question, after=after)
            states = read_states(database, question) if entries else {}
            items = [_item(item) for item in read_items(database, question, retired=True)]
        rubric = any(not entry.student for entry in entries)
        touched = states if rubric else {entry.student: None for entry in entries}
        return {
            **self._saved(Saved({student: states[student] for student in touched if student in states})),
            "items": items if rubric else None,
            "log": max((entry.id for entry in entries), default=after),
        }

    def _saved(self, saved: Saved) -> dict[str, Any]:
        return {
            "states": [self._state(state) for state in saved.states.values()],
            "refused": [self._state(state) for state in saved.refused.values()],
        }

    def _state(self, state: AnswerState) -> dict[str, Any]:
        return {
            "key": self._answers.key(state.student),
            "version": state.version,
            "items": list(state.mark.items),
            "adjustment": state.mark.adjustment,
            "comment": state.mark.comment,
            "done": state.mark.done,
            "marker": state.marker,
            "moment": state.moment,
            "score": state.score,
            "text": state.text,
            "open": state.open,
            "elsewhere": state.set_elsewhere,
        }


def _second_states(
    database: Connection, written: Written, states: Mapping[str, AnswerState], marker: str
) -> dict[str, AnswerState]:
    """Return the answers that a marker may mark a second time, as they see them: without the first mark."""
    own = {second.student: second for second in read_seconds(database, written.question) if second.marker == marker}
    return {
        student: AnswerState(student, 1, second.mark, marker, second.moment, second.score, flagged=False)
        if (second := own.get(student))
        else AnswerState(student)
        for student, state in states.items()
        if not state.open and (state.marker != marker or state.set_elsewhere)
    }


@dataclass(frozen=True)
class Agreement:
    """How far two markers differ.

    Attributes:
        count: answers that were marked twice.
        mean: points by which the two differ on average.
        most: points by which they differ most.
        close: how many differ by half a point at most.
        higher: by how much the second ones are higher on average.
    """

    count: int
    mean: float
    most: float
    close: int
    higher: float


def agreement(states: Mapping[str, AnswerState], seconds: Iterable[rubric_marks.SecondMark]) -> Agreement | None:
    """Compare second marks with those that count; None where nothing was marked twice."""
    differences = [
        second.score - score
        for second in seconds
        if (state := states.get(second.student)) and (score := state.score) is not None
    ]
    if not differences:
        return None
    sizes = [abs(difference) for difference in differences]
    return Agreement(
        len(sizes),
        sum(sizes) / len(sizes),
        max(sizes),
        sum(size <= 0.5 for size in sizes),
        sum(differences) / len(sizes),
    )


def _names(database: Connection) -> dict[str, str]:
    rows = database.execute(text("SELECT id, first_name, last_name FROM student"))
    return {id: " ".join(part for part in (first, last) if part) for id, first, last in rows}


def _called(student: str, name: str) -> str:
    return f"{student} · {isolated_text(name)}" if name else student


def _item(item: RubricItem) -> dict[str, Any]:
    return {"id": item.id, "points": item.points, "words": item.words, "retired": item.retired}


def _text(value: Any) -> str:
    return value.replace("\0", "")[:MAX_COMMENT] if isinstance(value, str) else ""


def _number(value: Any) -> float:
    """Read points.

    Raises:
        RequestError: it is no number that points can be.
    """
    number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
    if not abs(number) <= 10_000:
        raise RequestError(words.no_points())
    return round(number, 4)


def _batch(body: Mapping[str, Any]) -> str:
    batch = _text(body.get("op"))[:64]
    if not batch:
        raise RequestError(words.no_op())
    return batch


def _mark(body: Mapping[str, Any]) -> HandMark:
    own = body.get("mark")
    if not isinstance(own, dict):
        raise RequestError(words.no_op())
    items = own.get("items")
    return HandMark(
        tuple(_text(item) for item in items) if isinstance(items, list) else (),
        _number(own.get("adjustment", 0)),
        _text(own.get("comment")),
        bool(own.get("done")),
    )


def _seen(own: Any) -> Seen:
    if not isinstance(own, dict) or not isinstance(own.get("seen"), int):
        raise RequestError(words.no_op())
    replaces = own.get("replaces")
    if not isinstance(replaces, list) or len(replaces) != 2:
        return Seen(own["seen"])
    score = replaces[0]
    return Seen(own["seen"], (None if score is None else float(score), _text(replaces[1])))
