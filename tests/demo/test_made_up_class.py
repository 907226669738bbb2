"""A made-up class is the same for the same seed, does everything that students do, and its right students are right."""

import json
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from autograder.assignments import answer_key, names
from autograder.course.course import Course
from autograder.demo.demo import copy_course
from autograder.demo.editors import EDITORS
from autograder.demo.functions import Answers, Stub
from autograder.demo.habits import HABITS
from autograder.demo.made_up_class import KINDS, RARE, RARITY, simulate
from autograder.demo.outputs import Outputs
from autograder.engines.registry import Engine
from autograder.engines.sandbox import pool
from autograder.gradebook.read_marks import read_marks
from autograder.grading.grade_class import grade
from autograder.grading.submissions import make_task
from autograder.notebook.read import read_cells
from autograder.notebook.source import parse_source
from tests.helpers import small_course as small

REPOSITORY = Path(__file__).parents[2]


def submissions(course: Course) -> dict[Path, bytes]:
    folder = course.root / "submitted"
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
@pytest.mark.parametrize("assignment", names())
def test_a_made_up_class_is_the_same_for_the_same_seed_and_has_every_kind(assignment: str, tmp_path: Path) -> None:
    classes = []
    for number, seed in enumerate((0, 0, 1)):
        course = copy_course(Course.at(REPOSITORY), tmp_path / str(number))
        kinds = simulate(course, assignment, 12, seed)
        assert set(kinds.values()) == set(KINDS)
        classes.append(submissions(course))
    assert classes[0] == classes[1] != classes[2]
    assert len(classes[0]) == 36


def test_a_student_is_the_same_in_a_class_of_another_size(tmp_path: Path) -> None:
    small_class, large_class = (copy_course(Course.at(REPOSITORY), tmp_path / name) for name in ("small", "large"))
    simulate(small_class, "regularization", 3, outputs="none")
    simulate(large_class, "regularization", 6, outputs="none")
    assert submissions(small_class).items() <= submissions(large_class).items()


def test_work_that_costs_a_time_limit_is_rare(tmp_path: Path) -> None:
    course = Course.at(small.make_course(tmp_path))
    kinds = simulate(course, small.ASSIGNMENT, RARITY, outputs="none")
    assert list(kinds.values()).count(RARE) == 1


@pytest.mark.slow
@pytest.mark.parametrize("assignment", names())
def test_every_right_student_of_a_made_up_class_earns_all_points_by_machine(assignment: str, tmp_path: Path) -> None:
    """After every habit, saved by every editor, in styles that are drawn."""
    course = copy_course(Course.at(REPOSITORY), tmp_path / "course")
    students = simulate(course, assignment, max(len(HABITS), len(EDITORS)), seed=11, kinds=("right",))
    tasks = [make_task(course, assignment, student) for student in students]
    scores = {task.student: judged.score for task, judged in pool.judge_all(tasks, 2)}
    assert {student: score for student, score in scores.items() if score != 60.0} == {}


@pytest.mark.slow
def test_a_made_up_class_without_an_answer_key_is_right_and_wrong_too(tmp_path: Path) -> None:
    course = Course.at(small.make_course(tmp_path))
    kinds = simulate(course, small.ASSIGNMENT, 24)
    grade(course, small.ASSIGNMENT, Engine(jobs=1))
    marks = read_marks(course, small.ASSIGNMENT)
    scores = {
        student: sum(mark.score or 0 for name, mark in cells.items() if name[-1] != "conclusions")
        for student, cells in marks.notebooks.items()
    }
    assert {scores[student] for student, kind in kinds.items() if kind == "right"} == {10.0}
    assert {scores[student] for student, kind in kinds.items() if kind == "untouched"} == {0.0}
    assert min(scores[student] for student, kind in kinds.items() if kind == "mistake") < 10


def test_every_notebook_of_an_assignment_is_made_up(tmp_path: Path) -> None:
    course = Course.at(small.make_course(tmp_path))
    folder = course.source(small.ASSIGNMENT)
    (folder / "more.ipynb").write_bytes((folder / f"{small.ASSIGNMENT}.ipynb").read_bytes())
    simulate(course, small.ASSIGNMENT, 1)
    names = {path.name for path in course.submitted("student-0001", small.ASSIGNMENT).glob("*.ipynb")}
    assert names == {"more.ipynb", f"{small.ASSIGNMENT}.ipynb"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("outputs", "least", "most"), [("none", 0, 100_000), ("small", 0, 700_000), ("full", 1_000_000, 3_500_000)]
)
def test_a_notebook_shows_as_much_as_was_asked_for(outputs: Outputs, least: int, most: int, tmp_path: Path) -> None:
    course = copy_course(Course.at(REPOSITORY), tmp_path / "course")
    simulate(course, "regularization", 4, kinds=("right",), outputs=outputs)
    for path in (course.root / "submitted").rglob("*.ipynb"):
        assert least < path.stat().st_size < most
        pictures = path.read_bytes().count(b"iVBORw0KGgo")
        assert pictures > 8 if outputs == "full" else pictures < 16


@pytest.mark.parametrize("editor", EDITORS)
def test_every_editor_saves_a_notebook_that_can_be_read(editor: str) -> None:
    saved = EDITORS[editor](json.loads(json.dumps(small.filled())), Random(0))
    sources = [cell["source"] for cell in read_cells(saved)]
    given = [cell["source"] for cell in small.filled()["cells"]]
    assert [text.replace("\u00a0", " ") for text in sources] == given


def test_a_key_without_recorded_right_answers_makes_students_from_the_solution() -> None:
    source = parse_source((REPOSITORY / "source/regularization/regularization.ipynb").read_bytes(), "regularization")
    key = answer_key("regularization")
    only_one = dict([*key.right_answers.items()][:1])
    stubs = [Stub(cell, f"# the solution of {cell.grade_id}\n") for cell in source.cells if cell.functions]
    for recorded in ({}, only_one):
        answers = Answers(stubs, replace(key, right_answers=recorded))
        assert set(answers.right(Random(1)).values()) == {stub.solution for stub in stubs}
        assert answers.with_mistakes(2, Random(1)).keys() == answers.unfinished(Random(1)).keys()


def test_a_practice_step_is_filled_in_rightly_beside_graded_functions_in_all_styles() -> None:
    source = parse_source((REPOSITORY / "source/regularization/regularization.ipynb").read_bytes(), "regularization")
    key = answer_key("regularization")
    graded = [
        Stub(c, f"# {c.grade_id}\n") for c in source.cells if c.functions & {f for k in key.checks for f in k.functions}
    ]
    step = Stub(
        replace(graded[0].given, cell={**graded[0].given.cell, "id": "step"}, functions=frozenset({"step"})), "# right"
    )
    answers = Answers([*graded, step], key)
    assert answers.in_styles
    for seed in range(8):
        assert answers.right(Random(seed))["step"] == answers.broken(Random(seed))["step"] == "# right"
        assert answers.endless(Random(seed))["step"] == "# right"
