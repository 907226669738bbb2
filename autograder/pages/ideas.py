"""Add up the points that a class lost by idea.

An idea is a family of known mistakes, in whatever function they are made, or a group of wrong functions that are in no
catalogue and compute the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache

from autograder.checking.verdict import Hint
from autograder.language import translated
from autograder.pages import words
from autograder.pages.class_summary import ClassSummary, Loss, Reason
from autograder.pages.mistakes import WrongGroup
from autograder.pages.snippets import Line, odd_lines, snippet

MOST = 5
"""Ideas that are shown in full."""


@dataclass
class IdeaHint:
    """A hint of an idea.

    Attributes:
        text: the hint.
        ids: the mistakes that it is for.
        functions: where they were made.
        students: who made them.
    """

    text: str
    ids: dict[str, None] = field(default_factory=dict)
    functions: dict[str, None] = field(default_factory=dict)
    students: dict[str, None] = field(default_factory=dict)


@dataclass
class Idea:
    """What a part of the class did not get yet.

    Attributes:
        title: the idea in a few words.
        points: how many points it cost.
        hints: the hints, by text.
        group: the group of functions that are in no catalogue.
        losses: the points that were lost, question by question.
        example: a piece of code of a student.
    """

    title: str
    points: float = 0.0
    hints: dict[str, IdeaHint] = field(default_factory=dict)
    group: WrongGroup | None = None
    losses: list[Loss] = field(default_factory=list)
    example: tuple[Line, ...] = ()

    @property
    def students(self) -> list[str]:
        """Who lost points by it."""
        return list(dict.fromkeys(loss.student for loss in self.losses))

    @property
    def functions(self) -> list[str]:
        """In which functions."""
        return list(dict.fromkeys(loss.function for loss in self.losses))

    @property
    def is_rare(self) -> bool:
        """Whether it is a group of wrong functions, in no catalogue, of a student or two."""
        return self.group is not None and len(self.students) < 3

    @property
    def told(self) -> list[IdeaHint]:
        """The hints, the most frequent first."""
        return sorted(self.hints.values(), key=lambda hint: -len(hint.students))


def class_ideas(
    summary: ClassSummary, patterns: Mapping[str, Sequence[str]], groups: Iterable[WrongGroup]
) -> list[Idea]:
    """List the ideas by which points were lost, those that cost most first.

    Where several ideas explain the loss in one question, each takes an equal part of it.

    Args:
        summary: the class.
        patterns: idea → patterns of the ids of mistakes, as an answer key has them; a mistake that fits none is
            put together with those of the same hint.
        groups: wrong functions that compute the same.
    """
    grouped = {(student, group.check): group for group in groups if not group.known for student in group.students}
    ideas: dict[str, Idea] = {}

    @cache
    def title_of(id: str) -> str | None:
        return next((title for title, ids in patterns.items() if any(fnmatchcase(id, name) for name in ids)), None)

    for loss in summary.losses:
        known: dict[str, list[Hint]] = {}
        for hint in loss.hints:
            if hint.is_known_mistake:
                known.setdefault(title_of(hint.id) or hint.hint, []).append(hint)
        for name, hints in known.items():
            title = translated(name) if title_of(hints[0].id) else words.idea_in(loss.function)
            idea = ideas.setdefault(name, Idea(title))
            _add(idea, loss, hints, loss.points / len(known))
        group = grouped.get((loss.student, loss.check))
        if group and not known:
            idea = ideas.setdefault(f"group {group.id}", Idea(words.group_of(loss.function), group=group))
            _add(idea, loss, loss.hints, loss.points)
    ranked = sorted(ideas.values(), key=lambda idea: (-round(idea.points, 6), idea.title))
    for idea in ranked[:MOST]:
        idea.example = _example(idea, summary.right)
    return ranked


def lost_by_reason(summary: ClassSummary) -> dict[Reason, tuple[float, int]]:
    """Add up the points that were lost, and count the students who lost them, by reason."""
    points: Counter[Reason] = Counter()
    students: dict[Reason, set[str]] = {}
    for loss in summary.losses:
        points[loss.reason] += loss.points  # type: ignore[assignment]
        students.setdefault(loss.reason, set()).add(loss.student)
    return {reason: (points[reason], len(students[reason])) for reason in students}


def _add(idea: Idea, loss: Loss, hints: Iterable[Hint], points: float) -> None:
    idea.points += points
    idea.losses.append(loss)
    for hint in hints:
        entry = idea.hints.setdefault(hint.hint, IdeaHint(hint.hint))
        entry.ids[hint.id] = entry.functions[loss.function] = entry.students[loss.student] = None


def _example(idea: Idea, right: Mapping[tuple[str, str], set[str]]) -> tuple[Line, ...]:
    """Choose the code in which least else is wrong, of those who made the most frequent mistake."""
    most = {*idea.told[0].students} if idea.hints else {loss.student for loss in idea.losses}
    chosen = [
        (len(loss.hints), odd or 1_000, len(loss.code), loss.code, loss.work)
        for loss in idea.losses
        if loss.student in most and loss.code.strip()
        for odd in (odd_lines(loss.code, right.get(loss.work, ())),)
    ]
    if not chosen:
        return ()
    *_, code, work = min(chosen)
    return snippet(code, right.get(work, ()))
