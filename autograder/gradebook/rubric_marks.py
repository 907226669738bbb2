"""Mark written answers by rubric, beside nbgrader's own manual scores.

A mark is a choice of rubric items, an adjustment and a comment. Its points go into nbgrader's `manual_score`, its words
into `manual_comment`, where formgrader, feedback and export read them. What was written there is kept, so that a mark
that somebody gave in formgrader since is seen, and never overwritten unless it is named.

Two people may mark at once: whoever writes names the version that they have seen, and what was written since is handed
back instead.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, select, text, update

from autograder.course.course import Course
from autograder.course.database import has_gradebook
from autograder.gradebook import words
from autograder.gradebook.history import key, now
from autograder.gradebook.rubric_tables import CLAIM, GIVEN, ITEM, LOG, MARK, SECOND, has_mark_tables, marking


@dataclass(frozen=True)
class MarkedQuestion:
    """A question that people mark: where it stands, and the points to be had."""

    assignment: str
    notebook: str
    cell: str
    max_score: float

    @property
    def key(self) -> str:
        """Its name in the tables of our own."""
        return key(self.notebook, self.cell)


@dataclass(frozen=True)
class RubricItem:
    """An item of a rubric: points that it adds or takes away, and why."""

    id: str
    points: float
    words: str
    position: int = 0
    origin: str = ""
    retired: bool = False


@dataclass(frozen=True)
class HandMark:
    """What a person gives an answer.

    Attributes:
        items: ids of rubric items.
        adjustment: points beside them.
        comment: what is said beside their words.
        done: whether this is a mark though no item fits and nothing is adjusted.
    """

    items: tuple[str, ...] = ()
    adjustment: float = 0.0
    comment: str = ""
    done: bool = False

    @property
    def is_given(self) -> bool:
        """Whether it gives points, be it none, and is not only a comment on the way."""
        return bool(self.items or self.adjustment or self.done)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> HandMark:
        """Read a mark that was stored."""
        return cls(tuple(data["items"]), float(data["adjustment"]), str(data["comment"]), bool(data["done"]))


@dataclass(frozen=True)
class AnswerState:
    """What the gradebook holds for an answer.

    Attributes:
        student: whose it is.
        version: how often it was marked here.
        mark: what was given here.
        marker: who gave it last.
        moment: when, UTC.
        score: the manual score that counts now.
        text: the manual comment that counts now.
        flagged: whether it waits for a person.
        written: score and text as they were written from here.
    """

    student: str
    version: int = 0
    mark: HandMark = field(default_factory=HandMark)
    marker: str = ""
    moment: str = ""
    score: float | None = None
    text: str = ""
    flagged: bool = True
    written: tuple[float | None, str] = (None, "")

    @property
    def set_elsewhere(self) -> bool:
        """Whether somebody changed points or comment in another program since, such as formgrader."""
        return (self.score, self.text) != self.written

    @property
    def open(self) -> bool:
        """Whether a person still has to mark it, or to look again because the work changed."""
        return self.score is None or self.flagged


@dataclass(frozen=True)
class Seen:
    """What a marker has seen of an answer before they write: its version, and what formgrader has, if it is to go."""

    version: int
    replaces: tuple[float | None, str] | None = None


@dataclass(frozen=True)
class Action:
    """Who does something, and its name: an action that comes twice is done once."""

    marker: str
    batch: str = field(default_factory=lambda: uuid.uuid4().hex)
    kind: str = "mark"
    undoes: str = ""


@dataclass
class Saved:
    """What became of an action: the states now, and those that somebody else had changed, which are as they were."""

    states: dict[str, AnswerState] = field(default_factory=dict)
    refused: dict[str, AnswerState] = field(default_factory=dict)


_STATES = """
    SELECT submission.student_id AS student, grade.id AS grade, comment.id AS comment, grade.manual_score AS score,
        coalesce(comment.manual_comment, '') AS text, grade.needs_manual_grade AS flagged
    FROM assignment
    JOIN submitted_assignment AS submission ON submission.assignment_id = assignment.id
    JOIN notebook ON notebook.assignment_id = assignment.id
    JOIN submitted_notebook AS submitted
        ON submitted.notebook_id = notebook.id AND submitted.assignment_id = submission.id
    JOIN base_cell AS cell
        ON cell.notebook_id = notebook.id AND cell.name = :cell AND cell.type IN ('GradeCell', 'TaskCell')
    JOIN grade ON grade.cell_id = cell.id AND grade.notebook_id = submitted.id
    LEFT JOIN base_cell AS answer
        ON answer.notebook_id = notebook.id AND answer.name = :cell AND answer.type IN ('SolutionCell', 'TaskCell')
    LEFT JOIN comment ON comment.cell_id = answer.id AND comment.notebook_id = submitted.id
    WHERE assignment.name = :assignment AND notebook.name = :notebook
"""
"""nbgrader keeps the points with a cell, and the comment with another cell of the same name."""


@dataclass(frozen=True)
class _Row:
    """The rows of nbgrader that belong to an answer, with its state."""

    grade: str
    comment: str | None
    state: AnswerState


def read_states(database: Connection, question: MarkedQuestion) -> dict[str, AnswerState]:
    """Read the state of every answer to a question: student → state."""
    return {student: row.state for student, row in _rows(database, question).items()}


def _rows(database: Connection, question: MarkedQuestion, students: Sequence[str] | None = None) -> dict[str, _Row]:
    """Read the rows of answers; those of named students for writing."""
    place = {"assignment": question.assignment, "notebook": question.notebook, "cell": question.cell}
    marks, given = _of(question, MARK), _of(question, GIVEN)
    rows: list[Any] = []
    if students is None:
        rows += database.execute(text(f"{_STATES} ORDER BY submission.student_id"), place)
    else:
        lock = "" if database.dialect.name == "sqlite" else " FOR UPDATE OF grade"
        one = text(f"{_STATES} AND submission.student_id = :student{lock}")
        for student in sorted(students):  # in the same order by all who write
            rows += database.execute(one, {**place, "student": student})
        marks, given = marks & MARK.c.student.in_(students), given & GIVEN.c.student.in_(students)
    items: dict[str, list[str]] = {}
    ordered = select(GIVEN.c.student, GIVEN.c.item).join(ITEM, ITEM.c.id == GIVEN.c.item).where(given)
    for student, item in database.execute(ordered.order_by(ITEM.c.position, ITEM.c.id)):
        items.setdefault(student, []).append(item)
    stored = {row.student: row for row in database.execute(select(MARK).where(marks))}
    found = {}
    for row in rows:
        state = AnswerState(row.student, score=row.score, text=row.text, flagged=bool(row.flagged))
        if own := stored.get(row.student):
            mark = HandMark(tuple(items.get(row.student, ())), own.adjustment, own.comment, own.done)
            state = replace(state, version=own.version, mark=mark, marker=own.marker, moment=own.moment)
            state = replace(state, written=(own.score, own.text))
        found[row.student] = _Row(row.grade, row.comment, state)
    return found


def _of(question: MarkedQuestion, table: Any) -> Any:
    return and_(table.c.assignment == question.assignment, table.c.question == question.key)


def read_items(database: Connection, question: MarkedQuestion, *, retired: bool = False) -> list[RubricItem]:
    """Read the rubric of a question, in order; with `retired` also the items that were taken away."""
    chosen = select(ITEM).where(_of(question, ITEM)).order_by(ITEM.c.position, ITEM.c.id)
    items = [
        RubricItem(row.id, row.points, row.words, row.position, row.origin, bool(row.retired))
        for row in database.execute(chosen)
    ]
    return [item for item in items if retired or not item.retired]


def score_of(mark: HandMark, items: Iterable[RubricItem], max_score: float) -> float:
    """Add up the points of a mark: never below none, never above the question's.

    A rubric in which every item takes away begins with all points.
    """
    live = [item for item in items if not item.retired]
    only_minus = bool(live) and all(item.points <= 0 for item in live) and any(item.points < 0 for item in live)
    points = (max_score if only_minus else 0.0) + mark.adjustment
    points += sum(item.points for item in live if item.id in mark.items)
    return round(min(max(points, 0.0), max_score), 4)


def text_of(mark: HandMark, items: Iterable[RubricItem]) -> str:
    """Put a mark into words, as Markdown: the comment, then the items."""
    given = [words.given_item(item.points, item.words) for item in items if item.id in mark.items and not item.retired]
    if mark.adjustment:
        given.append(words.adjusted(mark.adjustment))
    return "\n\n".join(part for part in (mark.comment.strip(), "\n".join(given)) if part)


def save(
    database: Connection, question: MarkedQuestion, seen: Mapping[str, Seen], mark: HandMark, action: Action
) -> Saved:
    """Give the same mark to answers, each if it still is as the marker has seen it.

    Args:
        database: the gradebook, open for writing.
        question: the question.
        seen: student → what the marker has seen.
        mark: what to give.
        action: who gives it.
    """
    items = read_items(database, question)
    rows = _rows(database, question, list(seen))
    saved = Saved()
    before: dict[str, AnswerState] = {}
    repeated = _done_before(database, action)
    for student, row in rows.items():
        state, own = row.state, seen[student]
        if repeated:
            saved.states[student] = state
        elif own.version != state.version or (state.set_elsewhere and own.replaces != (state.score, state.text)):
            saved.refused[student] = state
        else:
            before[student] = state
            saved.states[student] = _next(state, mark, items, question, action)
    if before:
        _write(database, question, rows, before, {student: saved.states[student] for student in before}, action)
    return saved


def _next(
    state: AnswerState, mark: HandMark, items: Sequence[RubricItem], question: MarkedQuestion, action: Action
) -> AnswerState:
    """Work out the state that follows when a mark is given."""
    mark = replace(mark, items=tuple(item.id for item in items if item.id in mark.items))
    score = score_of(mark, items, question.max_score) if mark.is_given else None
    written = score, text_of(mark, items)
    return AnswerState(
        state.student, state.version + 1, mark, action.marker, now(), *written, flagged=score is None, written=written
    )


def _done_before(database: Connection, action: Action) -> bool:
    return database.execute(select(LOG.c.id).where(LOG.c.batch == action.batch).limit(1)).first() is not None


def _write(
    database: Connection,
    question: MarkedQuestion,
    rows: Mapping[str, _Row],
    before: Mapping[str, AnswerState],
    after: Mapping[str, AnswerState],
    action: Action,
) -> None:
    """Write states to nbgrader's tables and ours, and what was there before to the log."""
    _write_scores(database, [(rows[student], state) for student, state in after.items()])
    place = {"assignment": question.assignment, "question": question.key}
    for table in (GIVEN, MARK):
        database.execute(delete(table).where(_of(question, table), table.c.student.in_(list(after))))
    marks = [
        {
            **place,
            "student": student,
            "version": state.version,
            "marker": state.marker,
            "moment": state.moment,
            "adjustment": state.mark.adjustment,
            "comment": state.mark.comment,
            "done": state.mark.done,
            "score": state.written[0],
            "text": state.written[1],
        }
        for student, state in after.items()
    ]
    database.execute(insert(MARK), marks)
    given = [
        {**place, "student": student, "item": item} for student, state in after.items() for item in state.mark.items
    ]
    if given:
        database.execute(insert(GIVEN), given)
    _log(database, question, action, {student: (before[student], after[student]) for student in after})


_SET_SCORE = text("UPDATE grade SET manual_score = :score, needs_manual_grade = :flagged WHERE id = :id")
_SET_COMMENT = text("UPDATE comment SET manual_comment = :text WHERE id = :id")


def _write_scores(database: Connection, states: Sequence[tuple[_Row, AnswerState]]) -> None:
    scores = [{"id": row.grade, "score": state.score, "flagged": state.flagged} for row, state in states]
    database.execute(_SET_SCORE, scores)
    if comments := [{"id": row.comment, "text": state.text or None} for row, state in states if row.comment]:
        database.execute(_SET_COMMENT, comments)


def _log(
    database: Connection,
    question: MarkedQuestion,
    action: Action,
    changes: Mapping[str, tuple[Any, Any]],
) -> None:
    common = {
        "assignment": question.assignment,
        "question": question.key,
        "batch": action.batch,
        "undoes": action.undoes,
        "kind": action.kind,
        "marker": action.marker,
        "moment": now(),
    }
    rows = [
        {**common, "student": student, "before": json.dumps(asdict(old)), "after": json.dumps(asdict(new))}
        for student, (old, new) in changes.items()
    ]
    database.execute(insert(LOG), rows)


MARKING = ("mark", "group", "empty")
"""Kinds of actions that a marker can take back."""


def undo(database: Connection, question: MarkedQuestion, action: Action) -> Saved | None:
    """Take back the last that a marker did to a question, where nobody has changed it since.

    Returns:
        What became of it; None if there is nothing to take back.
    """
    if _done_before(database, action):
        return Saved()
    undone = select(LOG.c.undoes).where(LOG.c.undoes != "")
    own = select(LOG.c.batch).where(_of(question, LOG), LOG.c.marker == action.marker, LOG.c.kind.in_(MARKING))
    last = database.execute(own.where(LOG.c.batch.not_in(undone)).order_by(LOG.c.id.desc()).limit(1)).first()
    if last is None:
        return None
    entries = {row.student: row for row in database.execute(select(LOG).where(LOG.c.batch == last.batch))}
    items = read_items(database, question)
    rows = _rows(database, question, list(entries))
    action = replace(action, kind="undo", undoes=last.batch)
    saved = Saved()
    before: dict[str, AnswerState] = {}
    for student, row in rows.items():
        old, new = _state(entries[student].before), _state(entries[student].after)
        if row.state.mark != new.mark or row.state.set_elsewhere:
            saved.refused[student] = row.state
            continue
        before[student] = row.state
        following = replace(old, version=row.state.version + 1)
        if not old.set_elsewhere:  # the rubric may have changed since
            again = _next(row.state, old.mark, items, question, action)
            following = replace(following, score=again.score, text=again.text, written=again.written)
        saved.states[student] = following
    if before:
        _write(database, question, rows, before, saved.states, action)
    return saved


def _state(stored: str) -> AnswerState:
    data = json.loads(stored)
    score, comment = data["written"]
    return AnswerState(**{**data, "mark": HandMark.from_json(data["mark"]), "written": (score, comment)})


def seed_items(database: Connection, question: MarkedQuestion, scheme: Sequence[tuple[float, str]]) -> None:
    """Take over the rubric of the source notebook: new items are added, what people changed here stays.

    An item that the source has no longer goes, unless it was changed here or given to somebody.
    """
    stored = read_items(database, question, retired=True)
    origins = [words.given_item(points, says) for points, says in scheme]
    used = set(database.scalars(select(GIVEN.c.item).where(_of(question, GIVEN))))
    for item in stored:
        as_given = item.origin == words.given_item(item.points, item.words)
        if item.origin and item.origin not in origins and as_given and item.id not in used:
            database.execute(delete(ITEM).where(ITEM.c.id == item.id))
    known = {item.origin for item in stored}
    for position, ((points, says), origin) in enumerate(zip(scheme, origins, strict=True)):
        if origin not in known:
            known.add(origin)
            _put_item(database, question, RubricItem(uuid.uuid4().hex, points, says, position, origin))


def _put_item(database: Connection, question: MarkedQuestion, item: RubricItem) -> None:
    values = asdict(item)
    if database.execute(update(ITEM).where(ITEM.c.id == values["id"]).values(values)).rowcount == 0:
        place = {"assignment": question.assignment, "question": question.key}
        database.execute(insert(ITEM).values(**place, **values))


def set_item(
    database: Connection,
    question: MarkedQuestion,
    item_id: str,
    points: float,
    says: str,
    action: Action,
    *,
    retired: bool = False,
) -> Saved:
    """Change an item of the rubric, or add one, and with it every answer that has it.

    Points and words that somebody set in formgrader since stay; those answers are named as refused.
    """
    if _done_before(database, action):
        return Saved()
    stored = {item.id: item for item in read_items(database, question, retired=True)}
    last = max((item.position for item in stored.values()), default=-1)
    old = stored.get(item_id) or RubricItem(item_id, points, says, last + 1)
    new = replace(old, points=points, words=says, retired=retired)
    _put_item(database, question, new)
    _log(database, question, replace(action, kind="item"), {"": (old, new)})
    items = read_items(database, question)
    saved = Saved()
    changed = []
    rows = _rows(database, question, sorted(_marked(database, question)))
    for student, row in rows.items():
        state = row.state
        if not state.mark.is_given:
            continue
        written = score_of(state.mark, items, question.max_score), text_of(state.mark, items)
        if written == state.written:
            continue
        if state.set_elsewhere:
            saved.refused[student] = state
            continue
        saved.states[student] = replace(state, score=written[0], text=written[1], written=written)
        changed.append((row, saved.states[student]))
    if changed:
        _write_scores(database, changed)
        for _, state in changed:
            own = _of(question, MARK) & (MARK.c.student == state.student)
            database.execute(update(MARK).where(own).values(score=state.written[0], text=state.written[1]))
    return saved


def _marked(database: Connection, question: MarkedQuestion) -> set[str]:
    return set(database.scalars(select(MARK.c.student).where(_of(question, MARK))))


@dataclass(frozen=True)
class LogEntry:
    """Something that was done: by whom, when, and the points that came of it."""

    id: int
    student: str
    kind: str
    marker: str
    moment: str
    score: float | None = None


def read_log(
    database: Connection, question: MarkedQuestion, *, after: int = 0, student: str | None = None
) -> list[LogEntry]:
    """Read what was done to a question, or to one answer, in order."""
    chosen = select(LOG).where(_of(question, LOG), LOG.c.id > after)
    if student is not None:
        chosen = chosen.where(LOG.c.student == student)
    return [
        LogEntry(row.id, row.student, row.kind, row.marker, row.moment, json.loads(row.after).get("score"))
        for row in database.execute(chosen.order_by(LOG.c.id))
    ]


def last_log_id(database: Connection) -> int:
    """Return where the log ends."""
    return database.scalar(select(func.coalesce(func.max(LOG.c.id), 0))) or 0


@dataclass(frozen=True)
class Claim:
    """A part of the answers to a question that somebody wants to mark: part 1 of 1 is all of them."""

    part: int
    parts: int
    marker: str
    moment: str = ""


def read_claims(database: Connection, question: MarkedQuestion) -> list[Claim]:
    """Read who marks what of a question."""
    rows = database.execute(select(CLAIM).where(_of(question, CLAIM)).order_by(CLAIM.c.parts, CLAIM.c.part))
    return [Claim(row.part, row.parts, row.marker, row.moment) for row in rows]


def claim(
    database: Connection, question: MarkedQuestion, part: int, parts: int, marker: str, *, take: bool = True
) -> Claim | None:
    """Claim a part of a question, or give it back.

    Returns:
        The claim of somebody else who was first; then nothing changed.
    """
    own = _of(question, CLAIM) & (CLAIM.c.part == part) & (CLAIM.c.parts == parts)
    row = database.execute(select(CLAIM).where(own)).first()
    if row is not None and row.marker != marker:
        return Claim(row.part, row.parts, row.marker, row.moment)
    database.execute(delete(CLAIM).where(own))
    if take:
        place = {"assignment": question.assignment, "question": question.key}
        database.execute(insert(CLAIM).values(**place, part=part, parts=parts, marker=marker, moment=now()))
    return None


@dataclass(frozen=True)
class SecondMark:
    """What a second person would give an answer; the first mark counts."""

    student: str
    marker: str
    moment: str
    mark: HandMark
    score: float


def save_second(
    database: Connection, question: MarkedQuestion, student: str, mark: HandMark, marker: str
) -> SecondMark:
    """Keep what a second marker would give; a mark of theirs that is there is replaced."""
    score = score_of(mark, read_items(database, question), question.max_score)
    own = _of(question, SECOND) & (SECOND.c.student == student) & (SECOND.c.marker == marker)
    database.execute(delete(SECOND).where(own))
    second = SecondMark(student, marker, now(), mark, score)
    place = {"assignment": question.assignment, "question": question.key}
    values = {**asdict(second), "mark": json.dumps(asdict(mark))}
    database.execute(insert(SECOND).values(**place, **values))
    return second


def read_seconds(database: Connection, question: MarkedQuestion) -> list[SecondMark]:
    """Read all second marks of a question."""
    rows = database.execute(select(SECOND).where(_of(question, SECOND)).order_by(SECOND.c.student, SECOND.c.marker))
    return [
        SecondMark(row.student, row.marker, row.moment, HandMark.from_json(json.loads(row.mark)), row.score)
        for row in rows
    ]


@dataclass(frozen=True)
class GivenItems:
    """What a student was given for an answer, for a page that shows it.

    Attributes:
        items: the rubric items, in order.
        adjustment: points beside them.
        comment: what the marker wrote beside them.
        text: all of it as it stands in nbgrader's manual comment. Where that says something else now, somebody wrote
            there since, and only that comment is to be shown.
        marker: who gave it last.
    """

    items: tuple[RubricItem, ...]
    adjustment: float
    comment: str
    text: str
    marker: str = ""


def items_of(course: Course, assignment: str, student: str | None = None) -> dict[str, dict[str, GivenItems]]:
    """Read the rubric items that students were given: student → question (`history.key`) → items.

    Args:
        course: the course; without a gradebook, or where nobody has marked by rubric, there are none.
        assignment: name of the assignment.
        student: only this student's.

    Raises:
        CourseError: the gradebook cannot be read.
    """
    if not has_gradebook(course):
        return {}
    with marking(course) as database:
        if not has_mark_tables(database):
            return {}
        marks = select(MARK).where(MARK.c.assignment == assignment, MARK.c.score.is_not(None))
        given = (
            select(GIVEN.c.student, GIVEN.c.question, ITEM)
            .join(ITEM, ITEM.c.id == GIVEN.c.item)
            .where(GIVEN.c.assignment == assignment, ITEM.c.retired.is_(False))
            .order_by(ITEM.c.position, ITEM.c.id)
        )
        if student is not None:
            marks, given = marks.where(MARK.c.student == student), given.where(GIVEN.c.student == student)
        items: dict[tuple[str, str], list[RubricItem]] = {}
        for row in database.execute(given):
            place = (row.student, row.question)
            items.setdefault(place, []).append(RubricItem(row.id, row.points, row.words, row.position, row.origin))
        found: dict[str, dict[str, GivenItems]] = {}
        for row in database.execute(marks):
            own_items = tuple(items.get((row.student, row.question), ()))
            own = GivenItems(own_items, row.adjustment, row.comment, row.text, row.marker)
            found.setdefault(row.student, {})[row.question] = own
        return found
