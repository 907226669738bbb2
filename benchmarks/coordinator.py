"""How many results one coordinator takes: `python -m benchmarks.coordinator --students 100 1000 10000`.

It reads each submission, hands it to an engine, checks what comes back, writes it to the gradebook and the notebook to
`autograded/`. Here a stand-in judges: it gives out results as they come from another process, so that what is measured
is the coordinator alone. The result is that of a made-up class with real verdicts, dealt out in
turn. Each class is graded twice, new and then by force, in a process of its own: the rates are by processor time, the
memory is the process's peak. It needs about 0.1 MB of disk a student in the folder that `TMPDIR` names.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from resource import RUSAGE_SELF, getrusage

from autograder.course.course import Course
from autograder.course.timestamp import TIMESTAMP
from autograder.demo.demo import copy_course
from autograder.demo.made_up_class import simulate
from autograder.engines.registry import Engine
from autograder.engines.result import Judged
from autograder.engines.result_json import read_result, result_to_json
from autograder.engines.sandbox.pool import judge_all
from autograder.engines.task import Task
from autograder.gradebook.register import register
from autograder.gradebook.remove import remove_submissions
from autograder.grading.grade_class import grade
from autograder.grading.submissions import make_task
from autograder.release.release import record_public_cases

PROJECT = Path(__file__).parent.parent
DIFFERENT = 24
"""Made-up students whose results are dealt out."""
LINKED = "linked-"
"""What the ids of the other students begin with."""


@dataclass(frozen=True)
class StandIn(Engine):
    """Gives out results that were there before.

    Attributes:
        results: the results as JSON.
    """

    results: tuple[bytes, ...] = field(default=(), repr=False)

    def judge_all(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Judged]]:
        for task, data in zip(tasks, cycle(self.results), strict=False):
            yield task, read_result(data, [notebook.name for notebook in task.notebooks])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, nargs="+", default=[100, 1000, 10_000])
    parser.add_argument("--assignment", default="regularization")
    parser.add_argument("--profile", action="store_true", help="say where the time of a new class goes")
    parser.add_argument("--class", dest="folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.folder:
        measure(options.folder, options.assignment, profile=options.profile)
        return
    print("| students | new: a second | ms each | again: a second | ms each | peak memory, MB |")
    print("|---:|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        course = prepare(Path(folder, "course"), options.assignment)
        for students in options.students:
            hand_in(course, options.assignment, students)
            command = [sys.executable, "-m", "benchmarks.coordinator", "--class", str(course.root)]
            command += ["--assignment", options.assignment, *(["--profile"] if options.profile else [])]
            subprocess.run(command, cwd=PROJECT, check=True)


def prepare(folder: Path, assignment: str) -> Course:
    """Make a course, and the results that are dealt out."""
    course = copy_course(Course.at(PROJECT), folder)
    record_public_cases(course, assignment)
    simulate(course, assignment, DIFFERENT)
    register(course, assignment)
    course.secret()
    tasks = [make_task(course, assignment, student) for student in course.students(assignment)]
    results = [result_to_json(judged) for _, judged in judge_all(tasks, len(os.sched_getaffinity(0)))]
    (folder / "results").write_bytes(b"\n".join(results))
    return course


def hand_in(course: Course, assignment: str, students: int) -> None:
    """Let students hand in until there are so many: the files of the made-up class, linked in turn."""
    notebooks = sorted((course.root / "submitted").glob(f"*/{assignment}/*.ipynb"))
    made_up = [path for path in notebooks if not path.parts[-3].startswith(LINKED)]
    for number, file in zip(range(len(made_up), students), cycle(made_up), strict=False):
        place = course.submitted(f"{LINKED}{number:06}", assignment)
        if not place.exists():
            place.mkdir(parents=True)
            os.link(file, place / f"{assignment}.ipynb")
            (place / TIMESTAMP).write_text("2026-03-01 12:00:00 UTC\n")


def measure(folder: Path, assignment: str, *, profile: bool) -> None:
    """Grade a class twice with the stand-in, and print a row."""
    course = Course.at(folder)
    engine = StandIn("sandbox", results=tuple((folder / "results").read_bytes().splitlines()))
    with suppress(FileNotFoundError):  # moved away: for a minute after files were removed, new ones take longer
        (course.root / "autograded").rename(course.root / f"autograded before {time.monotonic()}")
    remove_submissions(course, assignment, course.students(assignment))
    grade(course, assignment, engine, students=course.students(assignment)[:1])  # what is imported is not counted
    profiler = cProfile.Profile(time.process_time)
    spent = []
    for force in (False, True):
        if profile and not force:
            profiler.enable()
        began = time.process_time()
        graded = grade(course, assignment, engine, force=force)
        spent.append((time.process_time() - began) / len(graded))
        profiler.disable()
    memory = getrusage(RUSAGE_SELF).ru_maxrss / 1024
    cells = [f"{1 / each:.0f} | {1000 * each:.2f}" for each in spent]
    if profile:
        pstats.Stats(profiler).sort_stats("cumulative").print_stats("autograder|sqlalchemy.*execute|json|timestamp", 50)
    print(f"| {len(graded)} | {cells[0]} | {cells[1]} | {memory:.0f} |", flush=True)


if __name__ == "__main__":
    main()
