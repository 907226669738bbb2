"""How many results one coordinator takes: `python -m benchmarks.coordinator --students 100 1000 10000`.

It looks for each submission, hands it to an engine, checks what comes back, writes it to the gradebook and the notebook
to its place. Here a stand-in judges in processes of its own, which read, hash and write what those of the pool do, and
give out the results of a made-up class with real verdicts in turn; so what is measured is the coordinator alone. Each
class is graded twice, new and then by force, in a process of its own: the rates are by processor time, the memory is
the process's peak. With `--outputs full` notebooks are as large as after Run All; they need as much disk twice.
"""

from __future__ import annotations

import argparse
import cProfile
import multiprocessing
import os
import pstats
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from typing import get_args

import msgspec

from autograder.course.course import Course
from autograder.course.timestamp import TIMESTAMP
from autograder.demo.demo import copy_course
from autograder.demo.made_up_class import simulate
from autograder.demo.outputs import Outputs
from autograder.engines.registry import Engine
from autograder.engines.result import Judged
from autograder.engines.result_json import read_result, result_to_json
from autograder.engines.sandbox.pool import PER_PROCESS, in_chunks, judge_all
from autograder.engines.task import PutAside, Submission, Task, submission_hash
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
    """Gives out results that were there before, from processes that do all but judge.

    Attributes:
        results: the folder of the results as JSON.
    """

    results: Path = Path()

    def judge_all(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Judged]]:
        context = multiprocessing.get_context("spawn")
        numbers = cycle(range(DIFFERENT))
        with ProcessPoolExecutor(1, context, initializer=read_results, initargs=(self.results,)) as pool:
            running: deque[tuple[list[Task], Future[list[bytes]]]] = deque()
            for chunk in in_chunks(iter(tasks), jobs=1):
                sent = [(task.submission, task.put_aside, next(numbers)) for task in chunk]
                running.append((chunk, pool.submit(judge, sent)))
                if len(running) >= PER_PROCESS:
                    yield from results_of(*running.popleft())
            while running:
                yield from results_of(*running.popleft())


RESULTS: list[Judged] = []
"""In a process of the stand-in: the results that it deals out."""


def read_results(folder: Path) -> None:
    """Prepare a process of the stand-in."""
    for file in sorted(folder.iterdir()):
        names = list(msgspec.json.decode(file.read_bytes().split(b"\n")[0])["notebooks"])
        RESULTS.append(read_result(file.read_bytes(), names))


def judge(chunk: Sequence[tuple[Submission, PutAside | None, int]]) -> list[bytes]:
    """Do what a process of the pool does, but judge."""
    results = []
    for submission, put_aside, number in chunk:
        judged = replace(RESULTS[number], submission=submission_hash(submission))
        results.append(result_to_json(put_aside(judged) if put_aside else judged))
    return results


def results_of(chunk: Sequence[Task], future: Future[list[bytes]]) -> Iterator[tuple[Task, Judged]]:
    for task, result in zip(chunk, future.result(), strict=True):
        yield task, read_result(result, [notebook.name for notebook in task.notebooks], is_aside=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, nargs="+", default=[100, 1000, 10_000])
    parser.add_argument("--assignment", default="regularization")
    parser.add_argument("--outputs", choices=get_args(Outputs), default="small", help="full: 3 to 4 MB, as after a run")
    parser.add_argument("--profile", action="store_true", help="say where the time of a new class goes")
    parser.add_argument("--class", dest="folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.folder:
        measure(options.folder, options.assignment, profile=options.profile)
        return
    print("| students | new: a second | ms each | again: a second | ms each | peak memory, MB |")
    print("|---:|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        course = prepare(Path(folder, "course"), options.assignment, options.outputs)
        for students in options.students:
            hand_in(course, options.assignment, students)
            command = [sys.executable, "-m", "benchmarks.coordinator", "--class", str(course.root)]
            command += ["--assignment", options.assignment, *(["--profile"] if options.profile else [])]
            subprocess.run(command, cwd=PROJECT, check=True)


def prepare(folder: Path, assignment: str, outputs: Outputs) -> Course:
    """Make a course, and the results that are dealt out."""
    course = copy_course(Course.at(PROJECT), folder)
    record_public_cases(course, assignment)
    simulate(course, assignment, DIFFERENT, outputs=outputs)
    register(course, assignment)
    course.secret()
    tasks = [make_task(course, assignment, student) for student in course.students(assignment)]
    (folder / "results").mkdir()
    for task, judged in judge_all(tasks, len(os.sched_getaffinity(0))):
        (folder / "results" / task.student).write_bytes(result_to_json(judged))
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
    engine = StandIn("sandbox", results=folder / "results")
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
