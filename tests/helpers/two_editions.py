"""A class of which half works in each edition, in pairs with the same work; and what grading makes of it.

`python -m tests.helpers.two_editions --students 100` prints the figures for each assignment.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.assignments import names
from autograder.course.course import CONFIG_NAME, Course
from autograder.demo.demo import copy_course
from autograder.demo.made_up_class import KINDS, simulate
from autograder.engines.registry import Engine
from autograder.gradebook.read_marks import read_marks
from autograder.grading.grade_class import grade
from autograder.language import ENGLISH, speaking
from autograder.pages.feedback import write_feedback
from autograder.pages.report import write_report

CHINESE = "zh_CN"
_SIGNS = re.compile(r"[\u4e00-\u9fff]")
_SENTENCE = re.compile(r"[A-Z][a-z]+(?:,? [a-z]{2,}){2}")
_OWN_WORDS = re.compile(r"“.*?”", re.DOTALL)  # of the student, quoted
_QUOTED = re.compile(r"\b\w*(?:Error|Exception|Exit|Interrupt)\b.*", re.DOTALL)


@dataclass
class Found:
    """What became of the class: the points of all pairs, and what is not as it should be."""

    pairs: int = 0
    points: list[float] = field(default_factory=list)
    texts: int = 0
    pages: int = 0
    unequal: list[str] = field(default_factory=list)
    other_language: list[str] = field(default_factory=list)


def hand_in(course: Course, assignment: str, pairs: int, aside: Path, seed: int) -> dict[str, str]:
    """Hand in for a class: student \u2192 kind of work; of each pair one is in English and one in Chinese."""
    kinds: dict[str, str] = {}
    for language in (ENGLISH, CHINESE):
        made = copy_course(course, aside / language)
        for student, kind in simulate(made, assignment, pairs, seed, kinds=tuple(KINDS), language=language).items():
            name = f"{student}-{language}"
            kinds[name] = kind
            shutil.copytree(made.submitted(student, assignment), course.submitted(name, assignment))
    return kinds


def said_to(notebook: dict[str, Any]) -> Iterator[str]:
    """Yield what grading says in an autograded notebook: notes, and of verdicts causes, criteria and errors."""
    yield from (note["message"] for note in notebook["metadata"]["autograder"]["notes"])
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            for mime, data in output.get("data", {}).items():
                if "verdict" in mime:
                    yield from (data["cause"], *data["notes"], *(one["message"] for one in data["criteria"]))


def is_english(text: str) -> bool:
    """Whether a text, but for what Python says, is an English sentence."""
    return bool(_SENTENCE.search(_QUOTED.sub("", text))) and not _SIGNS.search(text)


def proven(assignment: str, pairs: int, folder: Path, jobs: int = 1, seed: int = 0) -> Found:
    """Grade the class, write its pages, and compare the pairs."""
    course = copy_course(Course.at(Path(__file__).parents[2]), folder / "course")
    with (course.root / CONFIG_NAME).open("a", encoding="utf-8") as config:
        config.write(f'\nc.Autograder.language = "{CHINESE}"\n')
    kinds = hand_in(course, assignment, pairs, folder, seed)
    grade(course, assignment, Engine(jobs=jobs))
    marks = read_marks(course, assignment)
    found = Found(pairs=pairs)
    pages = {result.student: result.pages for result in write_feedback(course, assignment)}
    for number in range(1, pairs + 1):
        english, chinese = (f"student-{number:04}-{language}" for language in (ENGLISH, CHINESE))
        scores = [
            {cell: mark.score for own in marks.notebooks[student].values() for cell, mark in own.marks.items()}
            for student in (english, chinese)
        ]
        found.points.append(sum(scores[0].values()))
        if scores[0] != scores[1]:
            found.unequal.append(f"{english}, {kinds[english]}: {scores}")
        for student, language in ((english, ENGLISH), (chinese, CHINESE)):
            is_read = kinds[student] != "broken file"
            notebook = json.loads((course.autograded(student, assignment) / f"{assignment}.ipynb").read_bytes())
            for text in (_OWN_WORDS.sub("", text) for text in said_to(notebook)):
                found.texts += 1
                wrong = is_english(text) if language == CHINESE or not is_read else bool(_SIGNS.search(text))
                found.other_language += [f"{student}: {text}"] if wrong else []
            for page in pages[student]:
                found.pages += 1
                spoken = language if is_read else CHINESE
                if f'<html lang="{spoken.replace("_", "-")}"' not in page.read_text(encoding="utf-8"):
                    found.other_language.append(f"{student}: the page")
    with speaking(course.language()):
        report = write_report(course, assignment).path.read_text(encoding="utf-8")
    if f'<html lang="{CHINESE.replace("_", "-")}"' not in report:
        found.other_language.append("the report")
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=100)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args(arguments)
    for assignment in names():
        with tempfile.TemporaryDirectory() as folder:
            found = proven(assignment, options.students // 2, Path(folder), options.jobs)
        print(
            f"{assignment}: {found.pairs} pairs, {found.pairs - len(found.unequal)} with equal points in every cell "
            f"({len(set(found.points))} different totals); {found.texts} texts and {found.pages} pages, "
            f"{len(found.other_language)} in the other language"
        )
        for line in (*found.unequal[:5], *found.other_language[:10]):
            print("  ", line[:300])


if __name__ == "__main__":
    main()
