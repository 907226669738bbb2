"""What a judging process puts aside, and where it comes."""

import json
import os
import sys
from pathlib import Path
from typing import cast

import pytest

from autograder.checking.behaviours import KeptBehaviour
from autograder.course.course import Course
from autograder.course.timestamp import TIMESTAMP, read_timestamp
from autograder.engines.result import CellScore, Judged, JudgedNotebook
from autograder.engines.task import fingerprint_of
from autograder.gradebook.behaviours import read_behaviours
from autograder.grading.autograded import Aside, keep, share_inputs
from autograder.notebook.format import Notebook
from tests.helpers import small_course as small

NAMES = ("cases.json", "pictures/one.png")
BEHAVIOUR = KeptBehaviour("t", ("value",), {"result": ((0, "()", (1.0, 0.1, -0.0, 3.5, 0.0)),)})


def judged_as(score: float, **behaviours: KeptBehaviour) -> Judged:
    notebook = JudgedNotebook.of(cast(Notebook, small.filled()))
    cell = CellScore(small.ASSIGNMENT, "test_double", score, 4.0, manual=False)
    return Judged({small.ASSIGNMENT: notebook}, (cell,), behaviours=behaviours, submission="0b")


def aside_of(course: Course, student: str, inputs: tuple[str, ...] = ()) -> Aside:
    folder = course.private / "run"
    folder.mkdir(parents=True, exist_ok=True)
    return Aside(str(folder), str(course.root), student, small.ASSIGNMENT, inputs, {"code": "0a"})


@pytest.mark.parametrize("is_aside", [True, False])
def test_files_are_the_same_whoever_prepares_them_and_replace_those_before(tmp_path: Path, is_aside: bool) -> None:
    course = Course.at(small.make_course(tmp_path))
    kept = course.autograded("ann", small.ASSIGNMENT)
    for judged in (judged_as(1.0, square=BEHAVIOUR), judged_as(2.0, double=BEHAVIOUR), judged_as(4.0)):
        if kept.exists():
            (kept / "left over").write_text("of the grading before")
        aside = aside_of(course, "ann")
        rest = aside(judged) if is_aside else judged
        assert (rest == judged) == (not is_aside)
        keep(course, rest, aside)
        fingerprint = fingerprint_of({"code": "0a", "submission": "0b"})
        whole = small.filled()
        whole["metadata"]["autograder"] = {"fingerprint": fingerprint, "score": judged.score, "max_score": 4.0}
        assert json.loads((kept / f"{small.ASSIGNMENT}.ipynb").read_bytes()) == whole
        assert {path.name for path in kept.iterdir()} == {f"{small.ASSIGNMENT}.ipynb"}
        assert read_behaviours(course, small.ASSIGNMENT, "ann") == judged.behaviours
        assert [path for path in (course.private / "run").rglob("*") if path.is_file()] == []
    assert not (course.private / "behaviours" / "ann").exists()


def test_a_problem_has_no_files(tmp_path: Path) -> None:
    course = Course.at(small.make_course(tmp_path))
    problem = Judged(problem="The engine failed.")
    assert aside_of(course, "ann")(problem) is problem
    assert list((course.private / "run").iterdir()) == []


def test_a_disk_that_refuses_leaves_the_result_whole_and_a_second_try_begins_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = Course.at(small.make_course(tmp_path))
    small.hand_in(course.root, "ann", small.filled())
    aside, judged = aside_of(course, "ann"), judged_as(4.0)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(JudgedNotebook, "write", refuse)
        assert aside(judged) == judged
        with pytest.raises(OSError, match="No space"):
            keep(course, judged, aside)
    assert not (course.root / "autograded").exists()
    Path(aside.files, "half").write_text("of the first try")
    keep(course, judged, aside)
    assert [path.name for path in course.autograded("ann", small.ASSIGNMENT).iterdir()] == [f"{small.ASSIGNMENT}.ipynb"]


def test_a_timestamp_that_is_a_link_is_not_copied_and_gives_no_time(tmp_path: Path) -> None:
    course = Course.at(small.make_course(tmp_path))
    small.hand_in(course.root, "ann", small.filled())
    timestamp = course.submitted("ann", small.ASSIGNMENT) / TIMESTAMP
    aside = aside_of(course, "ann")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("2026-03-02 10:00:00 UTC")
    timestamp.symlink_to(elsewhere)
    keep(course, judged_as(4.0), aside)
    assert not (course.autograded("ann", small.ASSIGNMENT) / TIMESTAMP).exists()
    assert read_timestamp(timestamp) is None
    timestamp.unlink()
    timestamp.write_text("x" * 2_000)
    keep(course, judged_as(4.0), aside)
    assert not (course.autograded("ann", small.ASSIGNMENT) / TIMESTAMP).exists()
    timestamp.write_text("2026-03-02 10:00:00 UTC")
    keep(course, judged_as(4.0), aside)
    assert (course.autograded("ann", small.ASSIGNMENT) / TIMESTAMP).read_text() == "2026-03-02 10:00:00 UTC"


def test_the_files_beside_the_notebooks_are_the_same_for_all_students_and_there_once(tmp_path: Path) -> None:
    course = Course.at(small.make_course(tmp_path))
    for name in NAMES:
        path = course.source(small.ASSIGNMENT) / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"content of {name}")
    inputs = {name: course.source(small.ASSIGNMENT).joinpath(name).read_bytes() for name in NAMES}
    share_inputs(Path(aside_of(course, "ann").folder), inputs)
    kept = {}
    for student in ("ann", "bob", "ann"):
        if not course.submitted(student, small.ASSIGNMENT).exists():
            small.hand_in(course.root, student, small.filled())
        keep(course, judged_as(4.0), aside_of(course, student, NAMES))
        kept[student] = course.autograded(student, small.ASSIGNMENT)
    for name in NAMES:
        assert [(folder / name).read_text() for folder in kept.values()] == [f"content of {name}"] * 2
        if sys.platform != "win32":
            assert (kept["ann"] / name).samefile(kept["bob"] / name)
            assert (kept["ann"] / name).stat().st_mode & 0o222 == 0


def test_where_there_are_no_links_each_student_gets_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(31, "too many links")

    course = Course.at(small.make_course(tmp_path))
    (course.source(small.ASSIGNMENT) / "cases.json").write_text("cases")
    share_inputs(Path(aside_of(course, "ann").folder), {"cases.json": b"cases"})
    monkeypatch.setattr(os, "link", refuse)
    for student in ("ann", "bob"):
        small.hand_in(course.root, student, small.filled())
        keep(course, judged_as(4.0), aside_of(course, student, ("cases.json",)))
        assert (course.autograded(student, small.ASSIGNMENT) / "cases.json").read_text() == "cases"
