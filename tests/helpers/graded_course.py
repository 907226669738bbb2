"""A graded course in a temporary folder, written by hand: notebooks with verdicts, and a gradebook made by nbgrader."""

import base64
import io
import json
import sqlite3
import warnings
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np

from autograder.checking.verdict import MIME, CriterionResult, Hint, Picture, Verdict
from autograder.course.course import Course
from autograder.notebook.format import Cell, Notebook, Output
from labkit.calls.call import CallError

matplotlib.use("Agg")

ASSIGNMENT = "shapes"
QUESTIONS = {"test_area": 10.0, "test_area_gradient": 20.0, "test_volume": 15.0, "conclusions": 25.0, "questions": 15.0}
MANUAL = ("conclusions", "questions")
SECRET_LINE = "assert area(918273) == 'hidden'"

AREA = '''def area(sides, scale=1.0):
    """The area of a rectangle."""
    ### START CODE HERE ### (approx. 1 line)
    result = sides[0] * sides[1]  # <b>no scale</b> & nothing else
    ### END CODE HERE ###
    return result'''
VOLUME = "def volume(sides):\n    return sides @ np.zeros(3)"


def png() -> str:
    """A small figure as a notebook holds it."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 1, 2, 3], [0.7, 0.5, 0.42, 0.4], label="train")
    axes.plot([0, 1, 2, 3], [0.7, 0.55, 0.52, 0.51], label="test")
    axes.set(xlabel="epoch", ylabel="cost")
    axes.legend()
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png")
    return base64.b64encode(drawn.getvalue()).decode()


def criterion(name: str, points: float, message: str = "") -> CriterionResult:
    return CriterionResult(name, not message, 0.0 if message else points, points, message)


def right_area() -> Verdict:
    return Verdict(
        "area", "area", (criterion("value", 6.0), criterion("scalar", 2.0), criterion("inputs unchanged", 2.0))
    )


def wrong_gradient() -> Verdict:
    expected = [[0.8, -0.4, 0.1, 0.0], [0.2, 0.3, -0.9, 0.5], [-0.1, 0.6, 0.2, -0.3]]
    actual = [[0.8, -0.4, 0.1, 0.0], [0.4, 0.6, -1.8, 1.0], [-0.1, 0.6, 0.2, -0.3]]
    return Verdict(
        "area_gradient",
        "area",
        (
            criterion("value", 10.0, "scale = 0.7: dW1[1, 0] is off by about 50 %"),
            criterion("shape", 2.0),
            criterion("numeric gradient", 8.0, "dW1 differs from the numeric gradient by about 50 %."),
        ),
        mistakes=(Hint("area-row-twice", "Look at the second row: is it counted more than once?"),),
        picture=Picture.of("dW1, scale = 0.7", np.array(expected), np.array(actual)),
    )


def failing_volume() -> Verdict:
    return Verdict(
        "volume",
        "volume",
        (criterion("value", 15.0, "ValueError: matmul: 4 is different from 3"),),
        error=CallError("ValueError", "matmul: 4 is different from 3", ("line 2: return sides @ np.zeros(3)",)),
    )


def display(data: dict[str, Any]) -> Output:
    return {"output_type": "display_data", "metadata": {}, "data": data}


def stream(text: str) -> Output:
    return {"output_type": "stream", "name": "stdout", "text": text}


def markdown(source: str, grade_id: str = "", points: float = 0.0) -> Cell:
    return {
        "cell_type": "markdown",
        "id": grade_id or "text",
        "metadata": _role(grade_id, points, True, True),
        "source": source,
    }


def code(source: str, grade_id: str = "", points: float = 0.0, outputs: list[Output] | None = None) -> Cell:
    return {
        "cell_type": "code",
        "id": grade_id or "plain",
        "metadata": _role(grade_id, points, points > 0, points == 0),
        "source": source,
        "execution_count": 1,
        "outputs": outputs or [],
    }


def test_cell(name: str, verdict: Verdict | None, extra: list[Output] | None = None) -> Cell:
    outputs = [stream(f"{verdict}\n"), display({MIME: verdict.to_json()})] if verdict else []
    source = f"labkit.check({name!r})\n### BEGIN HIDDEN TESTS\n{SECRET_LINE}\n### END HIDDEN TESTS"
    return code(source, f"test_{name}", QUESTIONS[f"test_{name}"], outputs + (extra or []))


def _role(grade_id: str, points: float, grade: bool, solution: bool) -> dict[str, Any]:
    if not grade_id:
        return {}
    role = {"grade_id": grade_id, "grade": grade, "solution": solution, "task": False, "schema_version": 3}
    return {"nbgrader": role | {"locked": not solution} | ({"points": points} if grade else {})}


def notebook(
    *verdicts: Verdict | None,
    answer: str = "It **grows** with $a_1 * a_2$.",
    outputs: list[Output] | None = None,
    others: list[Cell] | None = None,
    notes: list[str] | None = None,
) -> Notebook:
    """A graded notebook with the three verdicts, in order; None leaves a test without one."""
    first, second, third = verdicts or (right_area(), wrong_gradient(), failing_volume())
    failed: list[Output] = [
        {
            "output_type": "error",
            "ename": "NameError",
            "evalue": "name 'area' is not defined",
            "traceback": [SECRET_LINE],
        }
    ]
    return {
        "cells": [
            markdown("# Shapes and sizes\nHow large is it?"),
            code("import numpy as np"),
            code(AREA, "area", outputs=outputs),
            test_cell("area", first, None if first else failed),
            test_cell("area_gradient", second, None if second else failed),
            code(VOLUME, "volume"),
            test_cell("volume", third, None if third else failed),
            *(others or []),
            markdown(answer, "conclusions", 25.0),
            markdown("Why is it so?", "questions", 15.0),
        ],
        "metadata": {
            "autograder": {
                "notes": [{"kind": "test-edited", "cell": "test_area", "message": note} for note in notes or []]
            }
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def make_course(folder: Path) -> Course:
    """A course with the assignment registered in its gradebook and nobody graded."""
    (folder / "nbgrader_config.py").write_text("c = get_config()\n")
    course = Course.at(folder)
    course.source(ASSIGNMENT).mkdir(parents=True)
    (course.source(ASSIGNMENT) / f"{ASSIGNMENT}.ipynb").write_text(json.dumps(notebook()))
    with closing(sqlite3.connect(course.gradebook)) as database:  # then nbgrader starts no process for migrations
        database.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
    with gradebook(course) as book:
        book.add_assignment(ASSIGNMENT)
        book.add_notebook(ASSIGNMENT, ASSIGNMENT)
        for name, points in QUESTIONS.items():
            written = name in MANUAL
            kind = "markdown" if written else "code"
            book.add_grade_cell(name, ASSIGNMENT, ASSIGNMENT, max_score=points, cell_type=kind)
        for name in ("area", "volume", *MANUAL):
            book.add_solution_cell(name, ASSIGNMENT, ASSIGNMENT)
    return course


@contextmanager
def gradebook(course: Course) -> Iterator[Any]:
    from nbgrader.api import Gradebook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # from nbgrader's own models
        with Gradebook(course.gradebook_url) as book:
            yield book


def enter(
    course: Course,
    student: str,
    content: Mapping[str, Any] | bytes,
    *,
    scores: dict[str, float] | None = None,
    manual: dict[str, float] | None = None,
    comments: dict[str, str] | None = None,
) -> None:
    """Put a student's graded notebook in its place and the marks into the gradebook."""
    folder = course.autograded(student, ASSIGNMENT)
    folder.mkdir(parents=True)
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    (folder / f"{ASSIGNMENT}.ipynb").write_bytes(data)
    (folder / "timestamp.txt").write_text("2026-03-01 12:00:00.000000 UTC")
    course.submitted(student, ASSIGNMENT).mkdir(parents=True)
    with gradebook(course) as book:
        book.update_or_create_student(student)
        book.update_or_create_submission(ASSIGNMENT, student, timestamp="2026-03-01 12:00:00.000000 UTC")
        for name in QUESTIONS:
            grade = book.find_grade(name, ASSIGNMENT, ASSIGNMENT, student)
            grade.auto_score = (scores or {}).get(name, None if name in MANUAL else 0.0)
            grade.manual_score = (manual or {}).get(name)
            grade.needs_manual_grade = name in MANUAL and grade.manual_score is None
        for name, text in (comments or {}).items():
            book.find_comment(name, ASSIGNMENT, ASSIGNMENT, student).manual_comment = text
        book.db.commit()
