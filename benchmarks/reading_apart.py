"""What it costs to read markup and pictures in a process of their own: `python -m benchmarks.reading_apart`.

The same made-up class, with the outputs that notebooks really have, is graded by one grader, in turns with markup read
apart and read in the grader itself. A pair of turns gives a ratio; the median of all pairs is printed, of the time on
the clock and of processor time (the grader's and that of the process apart; what workers take is the same in both).
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from autograder.course.course import Course
from autograder.demo.demo import copy_course
from autograder.demo.made_up_class import simulate
from autograder.engines.sandbox.grader import Grader
from autograder.engines.sandbox.shared import shared_for
from autograder.engines.task import Task
from autograder.grading.submissions import make_task
from autograder.notebook.cleaning.guarded import SCRUBBER
from autograder.scrub import process

PROJECT = Path(__file__).parent.parent
ASSIGNMENTS = ("regularization", "batch_normalization")


def turn(grader: Grader, tasks: list[Task], here: bool) -> tuple[float, float]:
    """Grade a class; seconds on the clock, and of the processor."""
    process.HERE = here
    began, cpu, apart = time.perf_counter(), time.process_time(), SCRUBBER._clock()
    for task in tasks:
        grader.judge(task.submission)
    return time.perf_counter() - began, time.process_time() - cpu + SCRUBBER._clock() - apart


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=20)
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--only", default="", help="assignments whose name holds this")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        course = copy_course(Course.at(PROJECT), Path(folder) / "course")
        for assignment in (name for name in ASSIGNMENTS if options.only in name):
            made_up = simulate(course, assignment, options.students, 7, outputs="full")
            tasks = [make_task(course, assignment, student) for student in sorted(made_up)]
            size = sum(len(handed.content or b"") for task in tasks for handed in task.submission)
            grader = Grader(shared_for(tasks[0]))
            try:
                for here in (False, True):
                    turn(grader, tasks[:3], here)
                pairs = []
                for number in range(options.pairs):
                    order = (False, True) if number % 2 else (True, False)
                    times = {here: turn(grader, tasks, here) for here in order}
                    pairs.append([apart / own for apart, own in zip(times[False], times[True], strict=True)])
            finally:
                grader.close()
            clock, cpu = (statistics.median(ratios) for ratios in zip(*pairs, strict=True))
            megabytes = size / len(tasks) / 1e6
            print(
                f"{assignment}: {len(tasks)} notebooks of {megabytes:.2f} MB: {clock:.2f} times the time, "
                f"{cpu:.2f} times the grader's processor time, median of {len(pairs)} pairs",
                flush=True,
            )


if __name__ == "__main__":
    main()
