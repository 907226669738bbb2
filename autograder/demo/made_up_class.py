"""Make up a class: right and wrong answers in many styles, in notebooks that were changed and saved in many ways."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Literal

from autograder.assignments import answer_key, names
from autograder.course.course import Course
from autograder.course.timestamp import TIMESTAMP
from autograder.demo import words
from autograder.demo.answers import PLACES, write_answers
from autograder.demo.editors import EDITORS, cut_off
from autograder.demo.functions import Answers, Stub, solution_of
from autograder.demo.habits import HABITS, Draft
from autograder.demo.made_up_folders import real_among, write_made_up
from autograder.demo.outputs import Outputs, run_all
from autograder.errors import CourseError
from autograder.language import ENGLISH
from autograder.notebook.edition import edition
from autograder.notebook.format import Cell
from autograder.notebook.read import read_cells
from autograder.notebook.source import Source, parse_source
from autograder.release.release import require_edition

Kind = Literal[
    "right",
    "mistake",
    "two mistakes",
    "unfinished",
    "untouched",
    "syntax error",
    "endless loop",
    "broken file",
]
KINDS: tuple[Kind, ...] = (
    *("right", "mistake", "right", "two mistakes", "right", "unfinished"),
    *("right", "untouched", "mistake", "syntax error", "right", "broken file"),
)  # fmt: skip
"""What the work of students is, in turn; a class of twelve has every kind but the rare one."""
RARE: Kind = "endless loop"
RARITY = 300
"""One student in so many has work of the rare kind, because each costs the time limit of a cell."""


@dataclass(frozen=True)
class _Assignment:
    """A notebook of an assignment, and how it is filled in."""

    source: Source
    answers: Answers


def simulate(
    course: Course,
    assignment: str,
    students: int,
    seed: int = 0,
    *,
    kinds: Sequence[Kind] = KINDS,
    outputs: Outputs = "small",
    language: str = ENGLISH,
) -> dict[str, Kind]:
    """Write a made-up class into submitted/. The same arguments give the same files, whatever the number of students.

    Args:
        course: the course.
        assignment: name of an assignment; with an answer key its students make the known mistakes.
        students: how many.
        seed: of the random choices; another seed gives another class.
        kinds: what the work of the students is, in turn.
        outputs: how much the notebooks show.
        language: the edition that they work in, one of `languages_of`; the work is the same in each.

    Returns:
        Student id → what the student's work is.

    Raises:
        CourseError: there is no such assignment or edition, or a student of that name is real; then nothing is written.
    """
    require_edition(course, assignment, language)
    notebooks = [_read(path, assignment, language) for path in course.notebooks(assignment)]
    ids = [f"student-{number:04}" for number in range(1, students + 1)]
    real = real_among(course, ids)
    if real:
        raise CourseError(words.real_students(real))
    order = Random(f"{seed} {assignment}")
    habits, editors = order.sample(sorted(HABITS), len(HABITS)), order.sample(sorted(EDITORS), len(EDITORS))
    written: dict[str, Kind] = {}
    for number, student in enumerate(ids, start=1):
        chance = Random(f"{seed} {assignment} {number}")
        kind = RARE if kinds is KINDS and number % RARITY == RARITY // 2 else kinds[(number - 1) % len(kinds)]
        own = [habits[number % len(habits)], *chance.sample(habits, chance.choice((0, 0, 1, 2)))]
        editor = editors[number % len(editors)]
        files = {
            f"{notebook.source.name}.ipynb": _handed_in(notebook, kind, own, editor, outputs, chance)
            for notebook in notebooks
        }
        time = f"2026-03-{1 + number % 28:02} {8 + number % 12:02}:{number % 60:02}:00 UTC\n"
        write_made_up(course.submitted(student, assignment), {**files, TIMESTAMP: time.encode()})
        written[student] = kind
    return written


def _read(path: Path, assignment: str, language: str) -> _Assignment:
    """Read an edition of a source notebook with its solutions."""
    data = path.read_bytes()
    source = parse_source(data, path.stem).in_language(language)
    data = edition(data, path.stem, language)
    stubs = [
        Stub(given, solution_of(original["source"], given.released))
        for given, original in zip(source.cells, read_cells(data), strict=True)
        if given.answer and given.kind == "code"
    ]
    return _Assignment(source, Answers(stubs, answer_key(assignment) if assignment in names() else None))


def _handed_in(
    notebook: _Assignment, kind: Kind, habits: Sequence[str], editor: str, outputs: Outputs, chance: Random
) -> bytes:
    """Write the file that a student hands in."""
    work = _work(notebook.answers, kind, chance)
    cells: list[Cell] = [
        {**deepcopy(given.cell), "source": work.get(given.cell["id"], given.released)}
        for given in notebook.source.cells
    ]
    draft = Draft(notebook.source, cells, chance)
    if kind != "untouched":
        write_answers(draft, "in place" if chance.random() < 0.5 else chance.choice(sorted(PLACES)))
        for habit in habits:
            HABITS[habit](draft)
    run_all(draft, outputs if kind != "untouched" else "none")
    metadata = dict(notebook.source.metadata)
    data = EDITORS[editor]({"cells": draft.cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}, chance)
    return cut_off(data, chance) if kind == "broken file" else data


def _work(answers: Answers, kind: Kind, chance: Random) -> dict[str, str]:
    """Fill in the stubs: cell id → text."""
    match kind:
        case "untouched":
            return {}
        case "mistake" | "two mistakes":
            return answers.with_mistakes(1 if kind == "mistake" else 2, chance)
        case "unfinished":
            return answers.unfinished(chance)
        case "syntax error":
            return answers.broken(chance)
        case "endless loop":
            return answers.endless(chance)
    return answers.right(chance)
