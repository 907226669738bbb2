"""Speed of the grading engines on the same made-up class: `make bench-engine`.

Both engines grade the same submissions in one run, held to one processor core with all their processes, experiments
skipped. What counts is the processor time of all these processes, so that a busy machine gives figures too. Then the
sandbox on all cores, by the clock. The floor (`benchmarks.engine_floor`) is what no engine of this kind goes below.
"""

from __future__ import annotations

import argparse
import ast
import os
import pickle
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from typing import Any, get_args

import psutil

from autograder.assignments import answer_key
from autograder.checking.judging import PreparedCheck
from autograder.course.course import Course
from autograder.demo.demo import copy_course
from autograder.demo.made_up_class import simulate
from autograder.demo.outputs import Outputs
from autograder.engines.kernel import engine as nbgrader_engine
from autograder.engines.result import Judged
from autograder.engines.sandbox import answers, layers, pool, worker_client, zygote_client
from autograder.engines.sandbox import grader as submission
from autograder.engines.sandbox.limits import Limits
from autograder.engines.sandbox.plan import plan
from autograder.engines.sandbox.shared import shared_for
from autograder.engines.task import Task
from autograder.grading.submissions import make_task
from autograder.notebook.source import parse_source
from autograder.release.release import record_public_cases
from autograder.restore.restore import restore
from autograder.scrub.threads import ONE_THREAD
from benchmarks.engine_floor import Work

PROJECT = Path(__file__).parent.parent
ROUNDS = 5
RIGHT = 40
"""How often the right submission is graded in a round."""
MANY = 1000
"""Submissions on all cores, start-up included."""
FAST_PATHS = ("own_run_cell", "kept_requests")
"""What `Grader(off=...)` can do without, see `autograder.engines.sandbox`."""
TURNS, A_TURN = 20, 10
"""How often the engine with a fast path and the one without take turns, and right submissions in a turn."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=50)
    parser.add_argument("--kernels", type=int, default=6, help="submissions that nbgrader grades in each round")
    parser.add_argument("--many", type=int, default=0, help="submissions for the memory test, 5000 say")
    parser.add_argument("--outputs", choices=get_args(Outputs), default="none", help="full: 3 to 4 MB, as after a run")
    parser.add_argument("--pool", type=int, default=MANY, help="submissions on all cores; 0 to leave that out")
    parser.add_argument("--gains", action="store_true", help="only what each fast path saves")
    options = parser.parse_args()
    os.environ.update(ONE_THREAD)
    with tempfile.TemporaryDirectory() as folder:
        course = copy_course(Course.at(PROJECT), Path(folder, "course"))
        for assignment in course.assignments():
            record_public_cases(course, assignment)
            simulate(course, assignment, options.students, outputs=options.outputs)
            tasks = [make_task(course, assignment, student) for student in course.students(assignment)]
            if options.gains:
                gains(assignment, right_one(tasks))
            else:
                compare(assignment, tasks, options.kernels, options.pool)
        if options.gains:
            return
        if options.many:
            memory(tasks, options.many)
        start_up(course, assignment)


def compare(assignment: str, tasks: list[Task], kernels: int, on_all_cores: int) -> None:
    print(f"\n## {assignment}: {len(tasks)} submissions\n")
    cores = len(os.sched_getaffinity(0))
    right = right_one(tasks)
    sample = tasks[:kernels]
    grader = submission.Grader(shared_for(right))
    rounds: list[dict[str, float]] = []
    with one_core():
        ours, _ = timed(tasks, grader)  # the zygote starts, and each mistake is new
        for _ in range(ROUNDS):  # what a busy machine does to one, it does to all of a round
            began = processor_time()
            theirs = {task.student: judged for task, judged in nbgrader_engine.judge_all(sample, 1)}
            kernel = (processor_time() - began) / len(sample)
            _, of_class = timed(tasks, grader)
            own = time.process_time()
            _, of_right = timed([right] * RIGHT, grader)
            own = (time.process_time() - own) / RIGHT
            floor = measure_floor(right)
            rounds.append({"kernel": kernel, "class": of_class, "right": of_right, "floor": floor, "own": own})
        print(where_time_goes(right, grader))
    grader.close()
    began = time.perf_counter()
    for _ in pool.judge_all(islice(cycle(tasks), on_all_cores), cores):
        pass
    every = (time.perf_counter() - began) / max(on_all_cores, 1)

    def row(name: str, seconds: Callable[[dict[str, float]], float]) -> str:
        milliseconds = statistics.median(1e3 * seconds(one) for one in rounds)
        times = statistics.median(one["kernel"] / seconds(one) for one in rounds)
        return f"| {name} | {milliseconds:.1f} | {times:.0f} |"

    print("| engine | processor ms a submission | times nbgrader |\n|---|---:|---:|")
    print(row("nbgrader, one core", lambda one: one["kernel"]))
    print(row("sandbox, one core, a right submission", lambda one: one["right"]))
    print(row("sandbox, one core, a submission of the class", lambda one: one["class"]))
    print(row("the floor, one core", lambda one: one["floor"]))
    print(row("the floor, and what the grader itself computes", lambda one: one["floor"] + one["own"]))
    if on_all_cores:
        print(row(f"sandbox, {cores} cores, {on_all_cores} submissions, by the clock", lambda one: every))
    times = statistics.median(one["right"] / one["floor"] for one in rounds)
    print(f"\nA right submission takes {times:.1f} times the floor.")
    differing = [student for student in theirs if _scores(ours[student]) != _scores(theirs[student])]
    print(f"Scores that differ between the engines on {len(sample)} submissions: {differing or 'none'}.")


def gains(assignment: str, task: Task) -> None:
    """Print how much longer a right submission takes without each fast path: the median of many turns."""
    print(f"\n## {assignment}\n\n| without | a submission takes longer by |\n|---|---:|")
    whole = submission.Grader(shared_for(task))
    for path in FAST_PATHS:
        without = submission.Grader(shared_for(task), off=[path])
        ratios = []
        with one_core():
            for grader in (whole, without):
                grader.judge(task.submission)
            for _ in range(TURNS):
                usual, slow = (timed([task] * A_TURN, grader)[1] for grader in (whole, without))
                ratios.append(slow / usual)
        without.close()
        print(f"| {path} | {100 * statistics.median(ratios) - 100:.0f} % |", flush=True)
    whole.close()


@contextmanager
def one_core() -> Iterator[None]:
    """Hold this process, and those that it starts, to one core."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    yield
    os.sched_setaffinity(0, cores)


def timed(tasks: list[Task], grader: submission.Grader) -> tuple[dict[str, Judged], float]:
    """What was judged, and processor seconds a submission."""
    began = processor_time()
    judged = {task.student: grader.judge(task.submission) for task in tasks}
    return judged, (processor_time() - began) / len(tasks)


def processor_time() -> float:
    """Processor seconds of this process, of those that it has started, and of those that they have."""
    own = psutil.Process()
    times = [process.cpu_times() for process in (own, *own.children(recursive=True))]
    return float(sum(spent.user + spent.system + spent.children_user + spent.children_system for spent in times))


def where_time_goes(task: Task, grader: submission.Grader) -> str:
    """The parts of one submission, as means."""
    spent: dict[str, list[float]] = defaultdict(list)
    parts = [
        ("read and restore the notebook", submission, "restore_or_untouched"),
        ("start a worker", zygote_client.Zygote, "start_worker"),
        ("wait for cells", worker_client.Worker, "next_cell"),
        ("have calls made, decode outcomes", worker_client.Worker, "call"),
        ("weigh outcomes", PreparedCheck, "judge"),
        ("end the worker", worker_client.Worker, "close"),
        ("clean outputs", answers, "clean_outputs"),
    ]
    repeats = 40
    with instrumented(parts, spent):
        for _ in range(repeats):
            began = time.perf_counter()
            grader.judge(task.submission)
            spent["in all"].append(time.perf_counter() - began)
    totals = {name: sum(times) / repeats * 1e3 for name, times in spent.items()}
    totals["weigh outcomes"] -= totals["have calls made, decode outcomes"]
    whole = totals.pop("in all")
    totals["all else"] = whole - sum(totals.values())
    rows = [f"| {name} | {value:.2f} |" for name, value in (*totals.items(), ("in all", whole))]
    return "\n".join(["| part of a right submission | ms |", "|---|---:|", *rows, ""])


@contextmanager
def instrumented(parts: list[tuple[str, Any, str]], spent: dict[str, list[float]]) -> Iterator[None]:
    kept = [(place, name, getattr(place, name)) for _, place, name in parts]
    for label, place, name in parts:
        setattr(place, name, _clocked(getattr(place, name), spent[label]))
    yield
    for place, name, function in kept:
        setattr(place, name, function)


def _clocked(function: Callable[..., Any], times: list[float]) -> Callable[..., Any]:
    def clocked(*args: Any, **others: Any) -> Any:
        began = time.perf_counter()
        try:
            return function(*args, **others)
        finally:
            times.append(time.perf_counter() - began)

    return clocked


def measure_floor(task: Task) -> float:
    """Seconds of the floor of a submission, see `benchmarks.engine_floor`."""
    course = Course(Path(task.course))
    key, secret = answer_key(task.assignment), course.secret()
    (notebook,) = task.notebooks
    assert notebook.handed.content is not None
    steps = plan(restore(parse_source(notebook.source, notebook.name), notebook.handed.content).notebook)
    with tempfile.TemporaryDirectory(prefix="autograder-floor-") as folder:
        box, file = Path(folder, "box"), Path(folder, "work")
        box.mkdir()
        work = Work(
            sources=[step.source for step in steps if not step.grade and _is_plain_python(step.source)],
            calls=[PreparedCheck(key, check, secret).calls for check in key.checks],
            settings=layers.settings(course.root, str(box)),
            limits=vars(Limits()),
        )
        file.write_bytes(pickle.dumps(work))
        command = [sys.executable, "-m", "benchmarks.engine_floor", str(file)]
        environment = {**os.environ, **ONE_THREAD}
        text = subprocess.check_output(command, cwd=PROJECT, env=environment, stdin=subprocess.DEVNULL)
    return float(text)


def _is_plain_python(source: str) -> bool:
    """Tell whether a cell has no magic in it, which takes IPython."""
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


def memory(tasks: list[Task], many: int) -> None:
    """Peak memory of the grader's process after 100 and after many submissions."""
    peaks = {}
    for count, _ in enumerate(pool.judge_all(islice(cycle(tasks), many), 1), start=1):
        if count in (100, many):
            peaks[count] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print("\n| submissions | peak memory of the grader, MB |\n|---|---|")
    print("\n".join(f"| {count} | {peak:.0f} |" for count, peak in peaks.items()))


def start_up(course: Course, assignment: str) -> None:
    """The command on a class in which nothing changed, and with nothing to do."""
    command = [sys.executable, "-m", "autograder", "grade", assignment, "--course", str(course.root)]
    subprocess.run(command, capture_output=True, check=False)
    for label, arguments in (("grade, nothing changed", command), ("--help", [*command[:3], "--help"])):
        began = time.perf_counter()
        subprocess.run(arguments, capture_output=True, check=False)
        print(f"\n`autograder {label}`: {time.perf_counter() - began:.2f} s")


def right_one(tasks: list[Task]) -> Task:
    """Choose the submission with full marks in which the least is odd."""
    judged = {task.student: judged for task, judged in pool.judge_all(tasks, len(os.sched_getaffinity(0)))}
    right = [task for task in tasks if judged[task.student].score == judged[task.student].max_score > 0]
    return min(right, key=lambda task: len(judged[task.student].notes))


def _scores(judged: Judged) -> list[float | None]:
    return [cell.score for cell in judged.scores]


if __name__ == "__main__":
    main()
