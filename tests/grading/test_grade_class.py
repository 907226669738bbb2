"""The way from submitted/ to the gradebook with the nbgrader engine, on one class that is graded once."""

import csv
import json
import shutil
import subprocess
import sys
from copy import deepcopy
from functools import partial
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.course.course import Course
from autograder.engines.registry import Engine
from autograder.errors import CourseError
from autograder.export.table import table
from autograder.gradebook.register import register
from autograder.grading.grade_class import grade as grade_with
from autograder.grading.result import GradedStudent
from autograder.pages.feedback import write_feedback
from tests.helpers import small_course as small

pytestmark = [pytest.mark.slow, pytest.mark.kernel, pytest.mark.xdist_group("grade_class")]

GradedClass = tuple[Course, dict[str, GradedStudent]]

grade = partial(grade_with, engine=Engine("nbgrader"))


def with_work(**work: str) -> small.Notebook:
    notebook = small.filled()
    for name, text in work.items():
        small.cell(notebook, name)["source"] = text
    return notebook


def tampered() -> small.Notebook:
    """Wrong work, and everything tried on the tests: one deleted, one edited, doubled, retagged and made expensive."""
    notebook = with_work(double="def double(x):\n    return x", square="def square(x):\n    return x")
    test = small.cell(notebook, "test_square")
    test["source"] = "6.0"
    test["metadata"]["tags"] = ["skip-execution"]
    test["metadata"]["nbgrader"]["points"] = 600
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] != "test_double"] + [deepcopy(test)]
    return notebook


def answered_elsewhere() -> small.Notebook:
    """Right work, with the written answer as a comment in a code cell at the end."""
    notebook = with_work(conclusions="YOUR ANSWER HERE")
    notebook["cells"] += [small.code("plot", "square(4)"), small.code("mine", "# Squares grow faster and faster.")]
    return notebook


HOLDS_ON = """def square(x):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass"""

CLASS: dict[str, small.Notebook | bytes] = {
    "right": small.filled(),
    "partial": with_work(square="def square(x):\n    return x * abs(x)"),
    "untouched": small.released(),
    "tampered": tampered(),
    "answered-elsewhere": answered_elsewhere(),
    "doubled-solution": small.filled() | {"cells": [*small.filled()["cells"], small.filled()["cells"][2]]},
    "lost-ids": small.without_ids(small.filled()),
    "syntax-error": with_work(double="def double(x:\n    return"),
    "exits": with_work(double="import sys\ndef double(x):\n    sys.exit(0)"),
    "kills-kernel": with_work(square="import os\ndef square(x):\n    os._exit(0)"),
    "endless": with_work(double="def double(x):\n    while True:\n        pass"),
    "holds-on": with_work(square=HOLDS_ON),
    "shadows": with_work(imports="import statistics"),
    "broken": b'{"cells": [',
    "other": small.source()
    | {"cells": [small.code("triple", "def triple(x):\n    return 3 * x", solution=True, locked=False)]},
}

POINTS = {
    "right": (4, 6),
    "partial": (4, 2),
    "untouched": (0, 0),
    "tampered": (0, 0),
    "answered-elsewhere": (4, 6),
    "doubled-solution": (4, 6),
    "lost-ids": (4, 6),
    "syntax-error": (0, 6),
    "exits": (0, 6),
    "kills-kernel": (4, 0),
    "endless": (0, 6),
    "holds-on": (4, 0),
    "shadows": (4, 6),
    "broken": (0, 0),
    "other": (0, 0),
    "empty-folder": (0, 0),
    "linked": (0, 0),
}

WELL_FORMED = ("right", "partial", "tampered", "answered-elsewhere", "doubled-solution", "kills-kernel", "shadows")
"""Those that nbformat can read: plain nbgrader is compared on them."""


def make_class(folder: Path, students: list[str]) -> Course:
    root = small.make_course(folder)
    config = root / "nbgrader_config.py"
    config.write_text(config.read_text().replace("timeout = 30", "timeout = 2"))
    for student in students:
        if student in CLASS:
            file = small.hand_in(root, student, CLASS[student])
            (file.parent / "timestamp.txt").write_text("2026-03-02 10:00:00 UTC\n")
        else:
            (root / "submitted" / student / small.ASSIGNMENT).mkdir(parents=True)
    if "linked" in students:
        (root / "submitted/linked" / small.ASSIGNMENT / "numbers.ipynb").symlink_to(root / "nbgrader_config.py")
    if "shadows" in students:
        (root / "submitted/shadows" / small.ASSIGNMENT / "statistics.py").write_text("import os\nos._exit(0)\n")
    return Course.at(root)


@pytest.fixture(scope="module")
def graded_once(tmp_path_factory: pytest.TempPathFactory) -> GradedClass:
    course = make_class(tmp_path_factory.mktemp("class"), list(POINTS))
    results = grade(course, small.ASSIGNMENT)
    return course, {one.student: one for one in results}


@pytest.fixture
def graded(graded_once: GradedClass, tmp_path_factory: pytest.TempPathFactory) -> GradedClass:
    """Give each test a copy of its own: some grade again, or mark by hand."""
    course, results = graded_once
    root = tmp_path_factory.mktemp("graded") / "course"
    shutil.copytree(course.root, root, symlinks=True)
    return Course.at(root), results


def scores(course: Course, students: list[str]) -> dict[str, tuple[float, ...]]:
    with Gradebook(course.gradebook_url) as gradebook:
        return {
            student: tuple(
                gradebook.find_grade(name, small.ASSIGNMENT, small.ASSIGNMENT, student).auto_score
                for name in ("test_double", "test_square")
            )
            for student in students
        }


def test_every_submission_is_graded_whatever_the_others_do(graded: GradedClass) -> None:
    course, results = graded
    assert scores(course, list(POINTS)) == POINTS
    assert {student: (one.score, one.max_score) for student, one in results.items()} == {
        student: (sum(points), 10) for student, points in POINTS.items()
    }


def test_what_could_not_be_read_is_said_in_one_line_and_counts_as_not_filled_in(
    graded: GradedClass,
) -> None:
    _, results = graded
    told = {student: one.notes for student, one in results.items() if one.state == "unreadable"}
    assert {student: len(notes) for student, notes in told.items()} == {
        "broken": 1,
        "other": 1,
        "empty-folder": 1,
        "linked": 1,
    }
    assert "not valid JSON" in told["broken"][0]
    assert "not the notebook of numbers" in told["other"][0]
    assert "no numbers.ipynb" in told["empty-folder"][0]


def test_what_was_done_to_tests_is_noted(graded: GradedClass) -> None:
    course, results = graded
    assert len(results["tampered"].notes) == 4
    notebook = json.loads((course.autograded("tampered", "numbers") / "numbers.ipynb").read_text())
    kinds = {(note["kind"], note["cell"]) for note in notebook["metadata"]["autograder"]["notes"]}
    assert kinds == {
        ("test-missing", "test_double"),
        ("test-edited", "test_square"),
        ("test-doubled", "test_square"),
        ("retagged", "test_square"),
    }


def test_a_cell_that_ends_the_kernel_or_holds_on_says_so_and_the_rest_is_run(
    graded: GradedClass,
) -> None:
    course, _ = graded
    for student, name in (("kills-kernel", "KernelDied"), ("holds-on", "CellTimeout"), ("endless", "CellTimeout")):
        notebook = json.loads((course.autograded(student, "numbers") / "numbers.ipynb").read_text())
        test = small.cell(notebook, "test_double" if student == "endless" else "test_square")
        assert [output["ename"] for output in test["outputs"] if output["output_type"] == "error"] == [name]


def test_manual_cells_wait_for_a_person_unless_they_were_not_filled_in(
    graded: GradedClass,
) -> None:
    course, _ = graded
    with Gradebook(course.gradebook_url) as gradebook:
        for student, waits, comment in (
            ("right", True, None),
            ("answered-elsewhere", True, None),
            ("untouched", False, "No response."),
        ):
            found = gradebook.find_grade("conclusions", "numbers", "numbers", student)
            assert (found.needs_manual_grade, found.auto_score) == (waits, None if waits else 0)
            assert gradebook.find_comment("conclusions", "numbers", "numbers", student).auto_comment == comment


def test_an_answer_that_stood_elsewhere_is_on_the_feedback_page(graded: GradedClass) -> None:
    ((page,),) = [result.pages for result in write_feedback(graded[0], "numbers", ["answered-elsewhere"])]
    answer = page.read_text(encoding="utf-8").split('class="answer"')[1]
    assert "Put here by the grader" in answer
    assert "Squares grow faster and faster." in answer


def test_plain_nbgrader_autograde_gives_the_same_scores(tmp_path: Path, graded: GradedClass) -> None:
    course = make_class(tmp_path, list(WELL_FORMED))
    register(course, "numbers")
    autograde = subprocess.run(
        [sys.executable, "-m", "nbgrader", "autograde", "numbers"], cwd=course.root, capture_output=True, text=True
    )
    assert autograde.returncode == 0, autograde.stderr
    assert scores(course, list(WELL_FORMED)) == scores(graded[0], list(WELL_FORMED))
    ours = {row["student"]: row for row in table(graded[0], "numbers")}
    assert {row["student"]: row for row in table(course, "numbers")} == {name: ours[name] for name in WELL_FORMED}


def test_the_export_of_nbgrader_reads_what_was_recorded(graded: GradedClass, tmp_path: Path) -> None:
    from nbgrader.plugins import CsvExportPlugin

    with Gradebook(graded[0].gradebook_url) as gradebook:
        CsvExportPlugin(to=str(tmp_path / "grades.csv")).export(gradebook)
    lines = (tmp_path / "grades.csv").read_text(encoding="utf-8").splitlines()
    rows = {row["student_id"]: row for row in csv.DictReader(lines)}
    assert {name: float(rows[name]["raw_score"]) for name in POINTS} == {
        name: sum(points) for name, points in POINTS.items()
    }


def test_a_second_run_leaves_what_has_not_changed_and_grades_what_has(
    graded: GradedClass,
) -> None:
    course, _ = graded
    file = course.submitted("partial", "numbers") / "numbers.ipynb"
    before = file.read_bytes()
    paths = [course.autograded(student, "numbers") / "numbers.ipynb" for student in POINTS]
    stamps = [path.stat().st_mtime_ns for path in paths]
    file.write_bytes(small.to_bytes(small.released()))
    states = {one.student: one.state for one in grade(course, "numbers")}
    assert states.pop("partial") == "graded"
    assert set(states.values()) == {"unchanged", "unreadable"}
    assert [path.stat().st_mtime_ns for path in paths if "partial" not in str(path)] == [
        stamp for stamp, path in zip(stamps, paths, strict=True) if "partial" not in str(path)
    ]
    assert scores(course, ["partial"]) == {"partial": (0, 0)}
    file.write_bytes(before)
    assert grade(course, "numbers", students=["partial"])[0].score == 6


def test_scores_and_comments_by_hand_stay_when_a_submission_is_graded_again(
    graded: GradedClass,
) -> None:
    course, _ = graded
    with Gradebook(course.gradebook_url) as gradebook:
        found = gradebook.find_grade("conclusions", "numbers", "numbers", "right")
        found.manual_score, found.needs_manual_grade = 4.5, False
        gradebook.find_comment("conclusions", "numbers", "numbers", "right").manual_comment = "Well seen."
        gradebook.db.commit()
    assert [one.state for one in grade(course, "numbers", students=["right"], force=True)] == ["graded"]
    with Gradebook(course.gradebook_url) as gradebook:
        found = gradebook.find_grade("conclusions", "numbers", "numbers", "right")
        assert (found.manual_score, found.needs_manual_grade) == (4.5, False)
        assert gradebook.find_comment("conclusions", "numbers", "numbers", "right").manual_comment == "Well seen."


def test_two_processes_grade_as_one_does_and_the_same_bytes_come_out(
    graded: GradedClass,
) -> None:
    course, _ = graded
    paths = [course.autograded(student, "numbers") / "numbers.ipynb" for student in ("partial", "right")]
    before = [path.read_bytes() for path in paths]
    again = grade(course, "numbers", students=["right", "partial"], engine=Engine("nbgrader", 2), force=True)
    assert [one.score for one in again] == [6, 10]
    assert [path.read_bytes() for path in paths] == before


def test_a_student_who_handed_in_nothing_is_named_and_the_others_are_graded(
    graded: GradedClass,
) -> None:
    course, _ = graded
    results = grade(course, "numbers", students=["nobody", "right", "../right"])
    assert [(one.student, one.state) for one in results] == [
        ("../right", "failed"),
        ("nobody", "failed"),
        ("right", "unchanged"),
    ]
    assert "handed in nothing" in results[1].notes[0]


def test_a_link_in_place_of_the_notebook_is_not_followed(graded: GradedClass) -> None:
    _, results = graded
    assert "not a plain file" in results["linked"].notes[0]


def test_an_empty_class_is_said(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="Nobody handed in numbers"):
        grade(Course.at(small.make_course(tmp_path)), "numbers")
