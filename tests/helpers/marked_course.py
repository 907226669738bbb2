"""A class whose written answers wait for marks: source, autograded notebooks and gradebook, made in a moment."""

import json
import sqlite3
import tempfile
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

from autograder.course.course import Course
from autograder.gradebook.rubric_marks import MarkedQuestion
from tests.helpers.graded_course import gradebook, png

ASSIGNMENT = "optics"
WHY, SKETCH = "conclusion_1", "conclusion_2"
POINTS = {WHY: 5.0, SKETCH: 4.0}
QUESTION = MarkedQuestion(ASSIGNMENT, ASSIGNMENT, WHY, POINTS[WHY])
GIVEN = "**1.** Why is the sky blue?\n\nYOUR ANSWER HERE\n\nTwo sentences are enough."
SOURCE = {
    WHY: """**1.** Why is the sky blue?

### BEGIN SOLUTION
Air scatters *short* waves more than long ones.

- 3: the scattering is named as the cause
- 2: short waves are scattered more
- -1: speaks of the sea
### END SOLUTION

Two sentences are enough.""",
    SKETCH: """**2.** Where does a rainbow stand?

### BEGIN SOLUTION
Opposite the sun.
- 4 opposite
- 3: so
### END SOLUTION""",
}
ANSWERS = (
    "Because air scatters short waves much more than long ones.",
    "It is the **sea**, which the sky shows us like a mirror.",
    "Rayleigh scattering goes with $1/\\lambda^4$, so blue light comes from everywhere.",
    "I do not know.",
)


def answer(text: str, given: str = GIVEN) -> str:
    return given.replace("YOUR ANSWER HERE", text or "YOUR ANSWER HERE")


def distinct(number: int) -> str:
    """An answer that is like no other."""
    return f"Reason {number}: " + " ".join(f"wave{number * 31 + step * 7}" for step in range(12))


def _cell(grade_id: str, source: str) -> dict[str, Any]:
    role = {"grade_id": grade_id, "grade": True, "solution": True, "locked": False, "task": False, "schema_version": 3}
    metadata = {"nbgrader": role | {"points": POINTS[grade_id]}}
    return {"cell_type": "markdown", "id": grade_id, "metadata": metadata, "source": source}


def _notebook(cells: Sequence[Mapping[str, Any]]) -> bytes:
    texts = [
        {"cell_type": "markdown", "id": f"text-{level}", "metadata": {}, "source": f"{'#' * level} {text}"}
        for level, text in ((1, "Light"), (2, "Conclusions"))
    ]
    return json.dumps({"cells": [*texts, *cells], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def autograded(first: str, second: str = "", pictures: Sequence[str] = ()) -> bytes:
    """A graded notebook with two answers, and an experiment for each picture."""
    experiments = [
        {
            "cell_type": "code",
            "id": f"experiment-{number}",
            "metadata": {},
            "source": "plots.draw()",
            "execution_count": 1,
            "outputs": [{"output_type": "display_data", "metadata": {}, "data": {"image/png": picture}}],
        }
        for number, picture in enumerate(pictures)
    ]
    rest = f"**2.** Where does a rainbow stand?\n\n{second or 'YOUR ANSWER HERE'}"
    return _notebook([*experiments, _cell(WHY, answer(first)), _cell(SKETCH, rest)])


def make_course(folder: Path) -> Course:
    """A course with the assignment registered and nobody graded."""
    (folder / "nbgrader_config.py").write_text("c = get_config()\n")
    course = Course.at(folder)
    source = course.source(ASSIGNMENT)
    source.mkdir(parents=True)
    (source / f"{ASSIGNMENT}.ipynb").write_bytes(_notebook([_cell(name, text) for name, text in SOURCE.items()]))
    course.gradebook.write_bytes(_registered())
    return course


@cache
def _registered() -> bytes:
    """A gradebook with the assignment, made by nbgrader; that takes a second."""
    with tempfile.TemporaryDirectory() as folder:
        course = Course(Path(folder))
        (course.root / "nbgrader_config.py").write_text("c = get_config()\n")
        with closing(sqlite3.connect(course.gradebook)) as database:  # then nbgrader starts no process for migrations
            database.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        with gradebook(course) as book:
            book.add_assignment(ASSIGNMENT)
            book.add_notebook(ASSIGNMENT, ASSIGNMENT)
            for name, points in POINTS.items():
                book.add_grade_cell(name, ASSIGNMENT, ASSIGNMENT, max_score=points, cell_type="markdown")
                book.add_solution_cell(name, ASSIGNMENT, ASSIGNMENT)
        return course.gradebook.read_bytes()


def hand_in(course: Course, notebooks: Mapping[str, bytes]) -> None:
    """Put graded notebooks in their places, and rows without points into the gradebook."""
    with closing(sqlite3.connect(course.gradebook)) as database, database:
        ((assignment,),) = database.execute("SELECT id FROM assignment")
        ((notebook,),) = database.execute("SELECT id FROM notebook")
        cells = database.execute("SELECT id, type FROM base_cell").fetchall()
        for student, content in notebooks.items():
            folder = course.autograded(student, ASSIGNMENT)
            folder.mkdir(parents=True)
            (folder / f"{ASSIGNMENT}.ipynb").write_bytes(content)
            own, submission = uuid.uuid4().hex, uuid.uuid4().hex
            first, _, last = student.partition("-")
            database.execute("INSERT INTO student (id, first_name, last_name) VALUES (?, ?, ?)", (student, first, last))
            database.execute(
                "INSERT INTO submitted_assignment (id, assignment_id, student_id) VALUES (?, ?, ?)",
                (submission, assignment, student),
            )
            database.execute(
                "INSERT INTO submitted_notebook (id, assignment_id, notebook_id, flagged) VALUES (?, ?, ?, 0)",
                (own, submission, notebook),
            )
            for cell, kind in cells:
                table, column, value = (
                    ("grade", "needs_manual_grade", 1) if kind == "GradeCell" else ("comment", "auto_comment", None)
                )
                database.execute(
                    f"INSERT INTO {table} (id, notebook_id, cell_id, {column}) VALUES (?, ?, ?, ?)",
                    (uuid.uuid4().hex, own, cell, value),
                )


def make_class(folder: Path, students: int, text: Callable[[int], str] = distinct) -> Course:
    """A course in which `students` have handed in."""
    course = make_course(folder)
    picture = png()
    hand_in(
        course,
        {f"student-{number:04d}": autograded(text(number), pictures=[picture]) for number in range(students)},
    )
    return course
