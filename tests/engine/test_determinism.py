"""The same class gives the same results, whatever the number of processes and the order."""

from autograder.course import Course
from autograder.engine import pool
from autograder.grading import make_task
from tests.small_course import ASSIGNMENT, cell, filled, hand_in, make_course, released, to_bytes

LIMITS = ("cpu_cell=1", "wall_cell=5")


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


def test_the_same_class_gives_the_same_bytes_on_any_number_of_processes_in_any_order(tmp_path):
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
    again = {task.student: judged for task, judged in pool.judge_all(tasks[::-1], 1, LIMITS)}
    spread = {task.student: judged for task, judged in pool.judge_all(tasks[3:] + tasks[:3], 4, LIMITS)}
    assert again == first
    assert spread == first
