"""A class whose mistakes no catalogue has, planted into right answers of all styles; and what `mistakes` makes of it.

`python -m tests.helpers.uncatalogued --students 300` prints the figures of docs/grader_quality.md.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from random import Random

from autograder.assignments import answer_key
from autograder.checking.check import AnswerKey
from autograder.course.course import Course
from autograder.demo.demo import copy_course
from autograder.engines.registry import Engine
from autograder.gradebook.behaviours import read_behaviours
from autograder.grading.grade_class import grade
from autograder.notebook.format import Cell
from autograder.notebook.source import Source, parse_source
from autograder.pages.feedback import write_feedback
from autograder.pages.mistakes import give_hint, wrong_groups

ASSIGNMENT = "regularization"
COST = "compute_cost_with_regularization"
L2_BACKWARD = "backward_propagation_with_regularization"
FORWARD = "forward_propagation_with_dropout"
BACKWARD = "backward_propagation_with_dropout"

SLIPS = {
    "half of λ is added": (COST, "result = result + args[3] / 2"),
    "divided by m + 1": (COST, "result = result * args[1].shape[1] / (args[1].shape[1] + 1)"),
    "dW1 upside down": (L2_BACKWARD, "result['dW1'] = result['dW1'][::-1]"),
    "db2 is the largest entry": (L2_BACKWARD, "result['db2'] = result['dZ2'].max(axis=1, keepdims=True)"),
    "A3 is squared": (FORWARD, "result = (result[0] ** 2, *result[1:])"),
    "A3 is the probability of the other class": (FORWARD, "result = (1 - result[0], *result[1:])"),
    "dA1 is a third": (BACKWARD, "result['dA1'] = result['dA1'] / 3"),
    "dW3 is one too large": (BACKWARD, "result['dW3'] = result['dW3'] + 1"),
}
"""Name → the function, and what it does with its result before it returns it."""

Work = str | None
"""A key of SLIPS; "" for right functions, None for untouched stubs."""


def planted(text: str, name: str, slip: str) -> str:
    """Plant a slip at the end of a right function, whatever its style."""
    inner = text.replace(f"def {name}(", f"def right_{name}(", 1)
    lines = [f"def {name}(*args):", f"    result = right_{name}(*args)", f"    {slip}", "    return result"]
    return "\n".join([inner, "", "", *lines])


def hand_in(course: Course, student: str, work: Work, chance: Random) -> None:
    """Write a submission with functions in styles that are drawn."""
    (path,) = course.notebooks(ASSIGNMENT)
    source, key = parse_source(path.read_bytes(), path.stem), answer_key(ASSIGNMENT)
    cells = [_filled_in(cell, source, key, work, chance) for cell in range(len(source.cells))]
    notebook = {"cells": cells, "metadata": dict(source.metadata), "nbformat": 4, "nbformat_minor": 5}
    folder = course.submitted(student, ASSIGNMENT)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / path.name).write_text(json.dumps(notebook))


def _filled_in(number: int, source: Source, key: AnswerKey, work: Work, chance: Random) -> Cell:
    given = source.cells[number]
    text = given.released
    if work is not None and given.answer and given.kind == "code":
        (name,) = given.functions
        if name not in key.right_answers:
            return {**deepcopy(given.cell), "source": text}  # a step to practise
        styles = key.right_answers[name]
        text = styles[chance.choice(sorted(styles))]
        if work and SLIPS[work][0] == name:
            text = planted(text, name, SLIPS[work][1])
    return {**deepcopy(given.cell), "source": text}


def make_class(course: Course, works: Sequence[Work], seed: int = 0) -> dict[str, Work]:
    """Hand in for a class: student → work."""
    written = {f"s{number:03}": work for number, work in enumerate(works)}
    for number, (student, work) in enumerate(written.items()):
        hand_in(course, student, work, Random(f"{seed} {number}"))
    return written


def main() -> None:
    """Measure on a class: half of it with a slip, the others right."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=300)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    names = list(SLIPS)
    works = [names[number // 2 % len(names)] if number % 2 else "" for number in range(options.students)]
    with tempfile.TemporaryDirectory() as folder:
        course = copy_course(Course.at(Path(__file__).parents[2]), Path(folder) / "course")
        written = make_class(course, works)
        grade(course, ASSIGNMENT, Engine(jobs=options.jobs))
        began = time.perf_counter()
        groups = wrong_groups(course, ASSIGNMENT)
        seconds = time.perf_counter() - began
        wrong = [student for student, work in written.items() if work]
        own = {group.id: Counter(written[student] for student in group.students) for group in groups}
        together = sum(kinds.most_common(1)[0][1] for kinds in own.values())
        for group in groups:
            give_hint(course, ASSIGNMENT, group.id, f"Hint {group.id}.")
        hints = {student: f"Hint {group.id}." for group in groups for student in group.students}
        pages = {result.student: result.pages[0].read_text() for result in write_feedback(course, ASSIGNMENT)}
        right = sum(("Hint " in page) == (student in hints) for student, page in pages.items())
        shown = sum(hints[student] in pages[student] for student in hints)
        sizes = [
            len(json.dumps([kept.to_json() for kept in read_behaviours(course, ASSIGNMENT, s).values()])) for s in wrong
        ]
        print(f"{len(wrong)} wrong functions in {len(groups)} groups, {together} with their own slip, {seconds:.1f} s")
        print(
            f"hints on {shown} of {len(hints)} pages that have a group; {right} of {len(pages)} pages as they should be"
        )
        print(f"kept: {max(sizes) / 1000:.1f} kB a student at most, {sum(sizes) / len(sizes) / 1000:.1f} kB on average")


if __name__ == "__main__":
    main()
