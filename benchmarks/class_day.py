"""A class from the platform's zip to the zip of feedback, each step measured: `python -m benchmarks.class_day`.

A made-up class with real-sized notebooks hands in both labs. Its download in Moodle's layout goes the way of
docs/instructor.md, a command a step; then nbgrader's own commands go the same way with the first students of the same
class, in the same run. nbgrader has its plain configuration, and only what it needs to read Moodle's names.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, get_args

from autograder.course.course import Course
from autograder.demo.demo import copy_course
from autograder.demo.made_up_class import simulate
from autograder.demo.made_up_download import write_download
from autograder.demo.outputs import Outputs
from autograder.gradebook.read_marks import max_score
from autograder.gradebook.register import register
from autograder.release.release import record_public_cases
from benchmarks.cost import Cost, measure

PROJECT = Path(__file__).parent.parent
PLAIN_CONFIG = r"""
c = get_config()
c.CourseDirectory.course_id = "plain"
c.CourseDirectory.root = {root!r}
c.CourseDirectory.release_directory = "notebooks"
c.FileNameCollectorPlugin.named_regexp = r".+_(?P<student_id>\d+)_assignsubmission_file/(?P<file_id>[^/]+)"
"""
LIKE_OURS = {"collect": "zip_collect", "grade": "autograde", "feedback": "generate_feedback", "export": "export"}
"""Our step → nbgrader's."""
AGAIN = "grade, nothing changed"
"""The step that is measured, but does not belong to the way."""


class Step(NamedTuple):
    """A step of a lab and what it took."""

    name: str
    cost: Cost
    submissions: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=24)
    parser.add_argument("--sample", type=int, default=4, help="students whose work nbgrader goes through; 0: none")
    parser.add_argument("--outputs", choices=get_args(Outputs), default="full", help="full: 3 to 4 MB, as after a run")
    parser.add_argument("--only", default="", help="assignments whose name holds this")
    options = parser.parse_args()
    print(f"Python {platform.python_version()}, {len(os.sched_getaffinity(0))} cores\n")
    for assignment in Course.at(PROJECT).assignments():
        if options.only in assignment:
            go_both_ways(assignment, 2, min(options.sample, 1), "none")  # as on any later day: Python keeps bytecode
            steps, others = go_both_ways(assignment, options.students, options.sample, options.outputs)
            print(table(assignment, steps, others), flush=True)


def go_both_ways(assignment: str, students: int, sample: int, outputs: Outputs) -> tuple[list[Step], list[Step]]:
    """Measure our commands on a class, and nbgrader's on its first students."""
    with tempfile.TemporaryDirectory() as folder:
        steps = list(go_our_way(Path(folder, "ours"), assignment, students, outputs))
        others = list(go_nbgraders_way(Path(folder, "theirs"), assignment, sample, outputs)) if sample else []
    return steps, others


def hand_in(folder: Path, course: Course, assignment: str, students: int, outputs: Outputs) -> tuple[Path, Path]:
    """Make the class's download and worksheet in a course of its own, which is gone then."""
    away = copy_course(course, folder / "away")
    simulate(away, assignment, students, outputs=outputs)
    made = write_download(away, assignment, folder / "downloads", max_score(course, assignment))
    shutil.rmtree(away.root)
    return made


def go_our_way(folder: Path, assignment: str, students: int, outputs: Outputs) -> Iterator[Step]:
    """Measure each command of docs/instructor.md."""
    course = copy_course(Course.at(PROJECT), folder / "course")
    shutil.copytree(PROJECT / "datasets", course.root / "datasets")
    record_public_cases(course, assignment)
    register(course, assignment)
    download, worksheet = hand_in(folder, course, assignment, students, outputs)
    commands = {
        "roster": ["roster", str(worksheet), "--assignment", assignment],
        "collect": ["collect", assignment, str(download)],
        "grade": ["grade", assignment],
        AGAIN: ["grade", assignment],
        "feedback": ["feedback", assignment, "--zip", "moodle"],
        "report": ["report", assignment],
        "export": ["export", assignment, "--to", "moodle", "--into", str(worksheet)],
    }
    for name, arguments in commands.items():
        if name == "feedback":
            mark_by_hand(course)
        command = [sys.executable, "-m", "autograder", *arguments, "--course", str(course.root)]
        yield Step(name, _done(measure(command, PROJECT)), students)
    filled = [line for line in worksheet.read_text(encoding="utf-8").splitlines() if "Participant" in line]
    assert len(filled) == students, "each student has a row"


def mark_by_hand(course: Course) -> None:
    """Give all written answers some points, so that the worksheet has grades for all."""
    from nbgrader.api import Grade, Gradebook

    with Gradebook(course.gradebook_url) as gradebook:
        for grade in gradebook.db.query(Grade).filter(Grade.needs_manual_grade.is_(True)):
            grade.manual_score, grade.needs_manual_grade = 1.0, False
        gradebook.db.commit()


def go_nbgraders_way(folder: Path, assignment: str, students: int, outputs: Outputs) -> Iterator[Step]:
    """Measure nbgrader's commands on the first students of the class."""
    course = copy_course(Course.at(PROJECT), folder / "course")
    record_public_cases(course, assignment)
    register(course, assignment)
    download, _ = hand_in(folder, course, assignment, students, outputs)
    (course.root / "nbgrader_config.py").write_text(PLAIN_CONFIG.format(root=str(course.root)))
    archive = course.root / "downloaded" / assignment / "archive"
    archive.mkdir(parents=True)
    shutil.move(download, archive)
    _done(measure([sys.executable, "-m", "nbgrader", "generate_assignment", assignment, "--force"], course.root))
    for name in LIKE_OURS.values():
        arguments = [name] if name == "export" else [name, assignment]
        yield Step(name, measure([sys.executable, "-m", "nbgrader", *arguments], course.root), students)
    pages = len(list((course.root / "feedback").glob("*/*/*.html")))
    print(f"nbgrader: {pages} of {students} notebooks of {assignment} have feedback\n")


def _done(cost: Cost) -> Cost:
    if cost.code not in (0, 1):
        sys.exit(cost.output[-2000:])
    return cost


def table(assignment: str, steps: list[Step], others: list[Step]) -> str:
    """Set our steps beside nbgrader's, and the whole way beside the whole way."""
    lines = [
        f"### {assignment}: {steps[0].submissions} submissions; nbgrader: {others[0].submissions if others else 0}\n",
        "| step | seconds | processor, s | peak memory, MB | nbgrader's step: seconds | processor, s "
        "| a submission, nbgrader's / ours: seconds | processor |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    theirs = {step.name: step for step in others}
    lines += [_row(step, theirs.get(LIKE_OURS.get(step.name, ""))) for step in steps]
    lines.append(_row(_whole([step for step in steps if step.name != AGAIN]), _whole(others) if others else None))
    return "\n".join([*lines, ""])


def _row(own: Step, other: Step | None) -> str:
    line = f"| {own.name} | {own.cost.wall:.1f} | {own.cost.cpu:.1f} | {own.cost.peak:.0f} "
    if other is None:
        return line + "| | | | |"
    share = own.submissions / other.submissions
    wall, cpu = other.cost.wall * share / own.cost.wall, other.cost.cpu * share / own.cost.cpu
    return line + f"| {other.name}: {other.cost.wall:.1f} | {other.cost.cpu:.1f} | {wall:.0f}× | {cpu:.0f}× |"


def _whole(steps: list[Step]) -> Step:
    costs = [step.cost for step in steps]
    wall, cpu, peak = sum(c.wall for c in costs), sum(c.cpu for c in costs), max(c.peak for c in costs)
    return Step("the whole way", Cost(wall, cpu, peak, 0, ""), steps[0].submissions)


if __name__ == "__main__":
    main()
