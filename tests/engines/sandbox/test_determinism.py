"""The same class gives the same results, whatever the number of processes and the order."""

import re
import shutil
from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.demo.demo import copy_course
from autograder.demo.made_up_class import simulate
from autograder.engines.registry import Engine
from autograder.engines.result_json import result_from_json
from autograder.engines.sandbox import pool
from autograder.engines.sandbox.chunk import close, judge_chunk
from autograder.engines.sandbox.limits import Limits
from autograder.engines.sandbox.shared import shared_for
from autograder.gradebook.read_marks import read_marks
from autograder.gradebook.register import register
from autograder.grading.grade_class import grade
from autograder.grading.submissions import make_task
from tests.helpers.small_course import ASSIGNMENT, cell, filled, hand_in, make_course, released, to_bytes

pytestmark = pytest.mark.slow

LIMITS = ("cpu_cell=3", "wall_cell=60")


def with_square(text: str) -> bytes:
    notebook = filled()
    cell(notebook, "square")["source"] = text
    return to_bytes(notebook)


CLASS = {
    "right": to_bytes(filled()),
    "untouched": to_bytes(released()),
    "partial": with_square("def square(x):\n    return x * abs(x)"),
    "random": with_square("import random\nprint(random.random(), {'a', 'b', 'c'})\ndef square(x):\n    return x * x"),
    "figure": with_square("import matplotlib.pyplot as plt\nplt.plot([1]); plt.show()\ndef square(x):\n    return 9"),
    "endless": with_square("def square(x):\n    while True: pass"),
    "ends": with_square("import os\ndef square(x):\n    os._exit(1)"),
    "error": with_square("def square(x):\n    return x.square"),
    "broken": b"{",
}


def test_the_same_class_gives_the_same_results_on_any_number_of_processes_in_any_order(tmp_path: Path) -> None:
    course = Course.at(make_course(tmp_path))
    for student, submission in CLASS.items():
        hand_in(course.root, student, submission)
    tasks = [make_task(course, ASSIGNMENT, student) for student in CLASS]
    first = {task.student: judged for task, judged in pool.judge_all(tasks, 1, LIMITS)}
    assert {name: judged.score for name, judged in first.items()} == {
        **dict.fromkeys(("right", "random"), 10),
        **dict.fromkeys(("untouched", "broken"), 0),
        **dict.fromkeys(("endless", "ends", "error"), 4),
        "partial": 6,
        "figure": 6,
    }
    shared = shared_for(tasks[0], Limits().with_values(LIMITS))
    together = judge_chunk(shared, [task.submission for task in tasks])
    close()
    assert [result_from_json(data, [ASSIGNMENT]) for data in together] == [first[student] for student in CLASS]
    again = {task.student: judged for task, judged in pool.judge_all(tasks[::-1], 2, LIMITS)}
    for student in CLASS:
        assert again[student] == first[student], student


def everything_below(folder: Path) -> dict[str, bytes]:
    """Read all files of a folder, without the times that `%time` prints, which are never the same."""
    files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {name: re.sub(rb"CPU times: .*?Wall time: [^\\]*", b"", data) for name, data in files.items()}


def test_a_class_graded_twice_has_the_same_gradebook_and_the_same_files(tmp_path: Path) -> None:
    """On one process, and on two with the second half before the first; both from the same empty gradebook."""
    assignment = "regularization"
    project = Course.at(Path(__file__).parents[3])
    course = copy_course(project, tmp_path / "course")
    students = sorted(simulate(course, assignment, students=8, seed=3))
    course.secret()
    register(course, assignment)
    ways = {"one": [(students, 1)], "halves": [(students[4:], 2), (students[:4], 2)]}
    results = []
    for way, runs in ways.items():
        shutil.copytree(course.root, tmp_path / way)
        again = Course.at(tmp_path / way)
        for some, jobs in runs:
            graded = grade(again, assignment, Engine("sandbox", jobs), students=some)
            assert [one.student for one in graded if one.state == "failed"] == []
        marks = read_marks(again, assignment)
        assert sorted(marks.notebooks) == students
        results.append((marks, everything_below(again.root / "autograded")))
    assert len({mark.score for one in results[0][0].notebooks.values() for mark in one.values()}) > 3
    assert results[0] == results[1]
