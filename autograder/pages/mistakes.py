"""Group a class's wrong functions by what they compute, and give a group the instructor's own hint.

Nothing of a student's runs here: behaviours were kept when the class was graded, and the code is shown as text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from autograder.checking.behaviours import Group, group_behaviours
from autograder.course.course import Course
from autograder.errors import CourseError, SubmissionError
from autograder.gradebook.behaviours import GivenHint, class_behaviours, outdated_hints, read_hints, write_hints
from autograder.language import translated
from autograder.pages import words
from autograder.pages.autograded_notebook import Question, read_autograded, text_of
from autograder.pages.sanitize.text import plain_text, without_paths

MAX_LINES, MAX_WIDTH = 40, 120
"""Lines and columns of the code that is shown for a group."""
MAX_HINT = 2_000
"""Characters of a hint."""


@dataclass(frozen=True)
class WrongGroup:
    """Wrong functions that compute the same.

    Attributes:
        id: what to type for the group.
        check: name of the check.
        students: who wrote them.
        criteria: criterion → how many of them do not meet it.
        example: the student whose code is shown.
        code: the code.
        known: hints of the catalogue that feedback gives.
        hint: the instructor's hint.
    """

    id: str
    check: str
    students: tuple[str, ...]
    criteria: Mapping[str, int]
    example: str
    code: str
    known: tuple[str, ...] = ()
    hint: str = ""


Asked = tuple[str, str]
"""A student, and the name of a check."""


def wrong_groups(course: Course, assignment: str, known: Mapping[Asked, Question] | None = None) -> list[WrongGroup]:
    """Group the wrong functions of a class, the largest group first.

    Args:
        course: the course.
        assignment: name of the assignment.
        known: questions of graded notebooks that have been read already.

    Raises:
        CourseError: the hints are damaged.
    """
    hints = read_hints(course, assignment)
    described = []
    for group in _groups(course, assignment, hints):
        asked = group.students[0], group.check
        question = (known or {}).get(asked) or _question(course, assignment, *asked)
        described.append(_described(group, question, hints))
    return described


def waiting_hints(course: Course, assignment: str) -> dict[str, GivenHint]:
    """Return the hints that nobody gets now, as all of their group have handed in something else: id → hint."""
    hints, gone = read_hints(course, assignment), outdated_hints(course, assignment)
    met = {group.id for group in _groups(course, assignment, hints)}
    return {id: hint for id, hint in hints.items() if id not in met and id not in gone}


def hint_command(assignment: str, group: str) -> str:
    """Write the command that gives a group a hint."""
    return f'autograder mistakes {assignment} --hint {group} "…"'


def give_hint(course: Course, assignment: str, id: str, text: str) -> int:
    """Give a group a hint, or a new one; feedback shows it to all of the group, now and later.

    Returns:
        How many students the group has now.

    Raises:
        CourseError: there is no such group, the hint is empty or too long, or it cannot be written.
    """
    hints = read_hints(course, assignment)
    groups = {group.id: group for group in _groups(course, assignment, hints)}
    if not text.strip():
        raise CourseError(words.empty_hint(id))
    if len(text) > MAX_HINT:
        raise CourseError(words.long_hint(len(text), MAX_HINT))
    if id in hints:
        hints[id] = replace(hints[id], text=text.strip())
    elif id in groups:
        hints[id] = GivenHint(groups[id].check, text.strip(), groups[id].behaviour)
    else:
        raise CourseError(words.no_group(id, assignment))
    write_hints(course, assignment, hints)
    return len(groups[id].students) if id in groups else 0


def remove_hint(course: Course, assignment: str, id: str) -> None:
    """Take a group's hint away.

    Raises:
        CourseError: the group has no hint, or the file cannot be written.
    """
    hints = read_hints(course, assignment)
    if id not in hints:
        raise CourseError(words.no_hint(id, assignment, sorted(hints)))
    write_hints(course, assignment, {other: hint for other, hint in hints.items() if other != id})


def _groups(course: Course, assignment: str, hints: Mapping[str, GivenHint]) -> list[Group]:
    known = {id: (hint.check, hint.behaviour) for id, hint in hints.items()}
    return group_behaviours(class_behaviours(course, assignment), known)


def _described(group: Group, question: Question | None, hints: Mapping[str, GivenHint]) -> WrongGroup:
    verdict = question.verdict if question else None
    return WrongGroup(
        id=group.id,
        check=_clean(group.check),
        students=tuple(group.students),
        criteria={_clean(translated(name)): count for name, count in group.missed.items()},
        example=group.students[0],
        code=_bounded(text_of(question.cell)) if question and question.cell else "",
        known=tuple(_clean(translated(h.hint)) for h in verdict.mistakes if h.is_known_mistake) if verdict else (),
        hint=hints[group.id].text if group.id in hints else "",
    )


def _question(course: Course, assignment: str, student: str, check: str) -> Question | None:
    for path in sorted(course.autograded(student, assignment).glob("*.ipynb")):
        try:
            questions = read_autograded(path, with_shown=False).questions
        except SubmissionError:
            continue
        for question in questions:
            if question.verdict and question.verdict.check == check:
                return question
    return None


def _clean(text: str) -> str:
    return without_paths(plain_text(text))


def _bounded(code: str) -> str:
    """Cut a student's code to what is shown."""
    lines = plain_text(code).strip("\n").split("\n")
    shown = [line if len(line) <= MAX_WIDTH else f"{line[: MAX_WIDTH - 1]}…" for line in lines[:MAX_LINES]]
    return "\n".join(shown if len(lines) <= MAX_LINES else [*shown, words.more_lines(len(lines) - MAX_LINES)])
