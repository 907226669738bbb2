"""A big class through one scheduler and the workers of this machine: `python -m benchmarks.cluster`.

A made-up class is graded over TLS on loopback, while a worker is killed again and again and the process that leads the
class once; that is started again. Nothing may be lost or doubled. The memory of each process becomes a picture.

With `--judging stand-in` a worker gives the result that was computed for the same notebook before the run: so little is
left to do in the workers that coordinator and scheduler are at their limit. What is printed says which it was.
"""

from __future__ import annotations

import argparse
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from contextlib import suppress
from pathlib import Path

import psutil

from autograder.course.course import Course
from autograder.demo.demo import copy_course
from autograder.demo.made_up_class import simulate
from autograder.engines.cluster.certificates import make_certificates
from autograder.engines.cluster.settings import Cluster
from autograder.engines.registry import Engine
from autograder.engines.sandbox.chunk import close, judge_chunk
from autograder.engines.sandbox.shared import shared_for
from autograder.grading.grade_class import grade
from autograder.grading.submissions import make_task
from autograder.release.release import record_public_cases
from benchmarks.cluster_stand_in import JUDGED, StandIn, name_of
from tests.helpers.cluster import copy_secret, running_cluster

PROJECT = Path(__file__).parent.parent
ASSIGNMENT = "regularization"
ORIGINALS = 40
"""Different notebooks; the rest of the class hands in one of them again, as a link to the same file."""
PORT = 8787
SAMPLE_SECONDS = 1.0
Series = dict[str, list[tuple[float, float]]]
"""Name of a process → (seconds since the start, MB)."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--judging", choices=["real", "stand-in"], default="real")
    parser.add_argument("--kill-every", type=float, default=120, metavar="SECONDS", help="a worker; 0: none")
    parser.add_argument("--picture", type=Path, default=None, help="file for memory over time")
    parser.add_argument("--folder", type=Path, default=None, help="where there is space (default: a temporary one)")
    parser.add_argument("--lead", type=Path, default=None, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.lead:
        lead(options.lead, stand_in=options.judging == "stand-in")
        return
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        run(Path(folder), options)


def lead(folder: Path, stand_in: bool) -> None:
    """Grade the class, as `autograder grade --cluster` does: the process that is killed once."""
    if stand_in:
        from autograder.engines.cluster import coordinator

        vars(coordinator)["Judging"] = StandIn
    cluster = Cluster(f"tls://127.0.0.1:{PORT}", folder / "certificates")
    results = grade(Course.at(folder / "course"), ASSIGNMENT, Engine("sandbox", cluster=cluster))
    print(dict(Counter(graded.state for graded in results)), flush=True)


def run(folder: Path, options: argparse.Namespace) -> None:
    course = hand_in(folder, options.students)
    if options.judging == "stand-in":
        judge_before(course, folder / JUDGED)
    make_certificates(folder / "certificates", [])
    series: Series = defaultdict(list)
    cpu: dict[str, float] = {}
    killed: list[str] = []
    chance = random.Random(1)
    certificates, secret = folder / "certificates", copy_secret(course, folder)
    with running_cluster(certificates, secret, folder / "log", PORT, options.workers) as running:
        began = time.monotonic()
        leader = start_leader(folder, options.judging)
        next_kill = began + options.kill_every
        earlier_cpu = 0.0
        while leader.poll() is None:
            time.sleep(SAMPLE_SECONDS)
            now = time.monotonic()
            workers = running.workers()
            named = {"scheduler": running.scheduler.pid, "coordinator": leader.pid}
            named |= {f"worker {number}": process.pid for number, process in enumerate(workers, 1)}
            for name, pid in named.items():
                with suppress(psutil.Error):
                    process = psutil.Process(pid)
                    if memory := process.memory_info().rss:  # else it is ending
                        series[name].append((now - began, memory / 1e6))
                        used = process.cpu_times()
                        cpu[name] = used.user + used.system
            if options.kill_every and now > next_kill and len(workers) == options.workers:
                next_kill = now + options.kill_every
                victim = chance.choice(workers)
                victim.kill()
                killed.append(f"worker at {now - began:.0f} s")
            if earlier_cpu == 0.0 and graded(course) > options.students / 2:
                earlier_cpu = cpu["coordinator"]
                leader.kill()
                leader.wait()
                killed.append(f"coordinator at {now - began:.0f} s, {graded(course)} recorded")
                leader = start_leader(folder, options.judging)
        seconds = time.monotonic() - began
    print(f"\n{options.students} submissions, judging: {options.judging}, {options.workers} workers")
    print(f"{seconds:.0f} s of wall time, {options.students / seconds:.0f} a second")
    print(f"killed: {'; '.join(killed) or 'nothing'}")
    cpu["coordinator"] += earlier_cpu
    for name in ("coordinator", "scheduler"):
        print(f"{name}: {1e3 * cpu[name] / options.students:.2f} ms of processor time a submission")
    for name, points in sorted(series.items()):
        values = [value for _, value in points]
        print(
            f"memory of {name}: {values[len(values) // 10]:.0f} MB early, {values[-1]:.0f} late, {max(values):.0f} most"
        )
    check(course, options.students)
    if options.picture:
        draw(series, options)


def hand_in(folder: Path, students: int) -> Course:
    """Make a class of so many; the notebooks of most are links to those of the first."""
    course = copy_course(Course.at(PROJECT), folder / "course")
    record_public_cases(course, ASSIGNMENT)
    originals = sorted(simulate(course, ASSIGNMENT, min(ORIGINALS, students), outputs="none"))
    for number in range(len(originals), students):
        target = course.submitted(f"s{number:06d}", ASSIGNMENT)
        target.mkdir(parents=True)
        original = course.submitted(originals[number % len(originals)], ASSIGNMENT)
        os.link(original / f"{ASSIGNMENT}.ipynb", target / f"{ASSIGNMENT}.ipynb")
    return course


def judge_before(course: Course, folder: Path) -> None:
    """Judge each different notebook, for the stand-in."""
    folder.mkdir()
    students = course.students(ASSIGNMENT)[-ORIGINALS:]
    tasks = [make_task(course, ASSIGNMENT, student) for student in students]
    shared = shared_for(tasks[0])
    for task in tasks:
        (result,) = judge_chunk(shared, [task.submission])
        (folder / name_of(task.submission)).write_bytes(result)
    close()


def start_leader(folder: Path, judging: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "benchmarks.cluster", "--lead", str(folder), "--judging", judging]
    return subprocess.Popen(command, cwd=PROJECT)


def graded(course: Course) -> int:
    """Count what the gradebook holds."""
    with suppress(sqlite3.Error), sqlite3.connect(f"file:{course.gradebook}?mode=ro", uri=True) as book:
        return int(book.execute("SELECT count(*) FROM submitted_assignment").fetchone()[0])
    return 0


def check(course: Course, students: int) -> None:
    """Count submissions and notebooks, and compare the points of all who handed in the same."""
    with sqlite3.connect(f"file:{course.gradebook}?mode=ro", uri=True) as book:
        rows = book.execute(
            "SELECT submitted_assignment.student_id, count(DISTINCT submitted_assignment.id), sum(grade.auto_score)"
            " FROM submitted_assignment JOIN submitted_notebook ON submitted_notebook.assignment_id ="
            " submitted_assignment.id JOIN grade ON grade.notebook_id = submitted_notebook.id GROUP BY 1"
        ).fetchall()
    kept = sum(1 for _ in (course.root / "autograded").glob(f"*/{ASSIGNMENT}/{ASSIGNMENT}.ipynb"))
    doubled = sum(count != 1 for _, count, _ in rows)
    file = f"{ASSIGNMENT}.ipynb"
    points: dict[int, set[float]] = defaultdict(set)
    for student, _, score in rows:
        points[(course.submitted(student, ASSIGNMENT) / file).stat().st_ino].add(score)
    odd = sum(len(scores) != 1 for scores in points.values())
    print(f"in the gradebook: {len(rows)} of {students}; notebooks kept: {kept}; doubled: {doubled}")
    print(f"of {len(points)} different notebooks, {odd} got different points")


def draw(series: Series, options: argparse.Namespace) -> None:
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(8, 4.2))
    for name, points in sorted(series.items()):
        seconds, values = zip(*points, strict=True)
        axes.plot([second / 60 for second in seconds], values, ".", markersize=2, label=name)
    axes.set(xlabel="minutes", ylabel="MB of memory", ylim=(0, None))
    axes.set_title(f"{options.students:,} submissions, judging: {options.judging}")
    axes.legend(markerscale=5)
    figure.tight_layout()
    figure.savefig(options.picture, dpi=110)


if __name__ == "__main__":
    main()
