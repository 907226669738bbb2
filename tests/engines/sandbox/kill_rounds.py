"""Kills the grader or one of its processes at random moments, again and again, and compares what is there afterwards.

`python -m tests.engines.sandbox.kill_rounds --rounds 50` prints a line a round and ends with 1 if anything was lost
or doubled.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.course.course import Course
from autograder.gradebook.read_marks import read_marks
from autograder.gradebook.register import register
from tests.engines.sandbox.attacks.attack import function
from tests.engines.sandbox.attacks.grading import command, environment, grade
from tests.engines.sandbox.attacks.laboratory import ASSIGNMENT, POINTS, PROJECT, Laboratory, right_notebook
from tests.engines.sandbox.attacks.world import World, children
from tests.helpers import small_course as small

WHOM = ("grader", "grader", "one of its processes")

Scores = dict[str, dict[str, tuple[float | None, float | None, bool]]]


@dataclass(frozen=True)
class Round:
    """How one round went."""

    words: str
    faults: tuple[str, ...]


class Arena:
    """A class of a few submissions, graded once in peace; what a person graded is in the gradebook too.

    Args:
        folder: an empty folder.
    """

    def __init__(self, folder: Path) -> None:
        self.lab = Laboratory.build(folder)
        self._screen = folder / "screen"
        for number in range(4):
            notebook = right_notebook()
            name = list(POINTS)[number % len(POINTS)]
            if number % 2:
                small.cell(notebook, name)["source"] = function("return None", name)
            notebook["cells"].insert(1, small.code("slow", f"import time\ntime.sleep({0.1 * (number % 3)})"))
            self.lab.hand_in(f"student-{number}", small.to_bytes(notebook))
        register(Course(self.lab.course), ASSIGNMENT)
        started = time.monotonic()
        code, words = grade(self.lab)
        self.time = time.monotonic() - started
        assert code in (0, 1), words.decode()
        with sqlite3.connect(self.gradebook) as database:
            database.execute(
                "UPDATE grade SET manual_score = 21, needs_manual_grade = 0 "
                "WHERE cell_id IN (SELECT id FROM base_cell WHERE name = 'conclusions')"
            )
            database.execute("UPDATE comment SET manual_comment = 'well written'")
        code, words = grade(self.lab, "--force")  # what a person changed comes into the history
        assert code in (0, 1), words.decode()
        self.right = self.scores()
        self.counts = self.count_rows()

    @property
    def gradebook(self) -> Path:
        return self.lab.course / "gradebook.db"

    def scores(self) -> Scores:
        """Student → cell → automatic score, manual score, whether it is open."""
        found = read_marks(Course(self.lab.course), ASSIGNMENT).notebooks
        return {
            student: {cell: (mark.auto, mark.manual, mark.open) for cell, mark in books[ASSIGNMENT].marks.items()}
            for student, books in found.items()
        }

    def count_rows(self) -> dict[str, int]:
        """Rows a table, and how many of them carry what a person wrote."""
        with sqlite3.connect(self.gradebook) as database:
            tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            counts = {name: database.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables}
            for word, query in (
                ("comments by hand", "SELECT count(*) FROM comment WHERE manual_comment = 'well written'"),
                ("scores by hand", "SELECT count(*) FROM grade WHERE manual_score = 21"),
            ):
                counts[word] = database.execute(query).fetchone()[0]
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return counts

    def play(self, source: random.Random, world: World) -> Round:
        """Grade all anew, kill somebody on the way, look, grade what is left, look again."""
        whom = source.choice(WHOM)
        delay = source.uniform(0, self.time)
        with self._screen.open("wb") as screen:
            grader = subprocess.Popen(
                command(self.lab, "--force"),
                cwd=PROJECT,
                env=environment(self.lab),
                stdin=subprocess.DEVNULL,
                stdout=screen,
                stderr=screen,
                start_new_session=True,
            )
        with contextlib.suppress(subprocess.TimeoutExpired):
            grader.wait(delay)
        victims = [grader.pid] if whom == "grader" else sorted(below(grader.pid))
        killed = source.choice(victims) if victims else 0
        if killed and grader.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(killed, signal.SIGKILL)
        faults = []
        try:
            code = grader.wait(60)
        except subprocess.TimeoutExpired:
            grader.kill()
            code = grader.wait()
            faults.append("the command did not end")
        if whom != "grader" and code not in (0, 1):
            faults.append(f"the command ended with {code}: {self._screen.read_text()[-500:]}")
        faults += self._differences("after the kill")
        for _ in range(200):
            if not world.left_processes():
                break
            time.sleep(0.1)
        faults += [f"process {pid} is left" for pid in world.left_processes()]
        again, words = grade(self.lab)
        if again not in (0, 1):
            faults.append(f"grading again ended with {again}: {words.decode()[-300:]}")
        faults += self._differences("after grading again")
        return Round(f"{whom} killed after {delay:.2f} s", tuple(faults))

    def _differences(self, when: str) -> Iterator[str]:
        with contextlib.closing(sqlite3.connect(self.gradebook)) as database:
            database.execute("SELECT count(*) FROM grade").fetchone()  # rolls back what was not finished
        if self.scores() != self.right:
            yield f"{when}: other scores"
        if self.count_rows() != self.counts:
            yield f"{when}: other rows: {self.count_rows()} for {self.counts}"
        for student in self.right:
            folder = self.lab.course / "autograded" / student / ASSIGNMENT
            if not (folder / f"{ASSIGNMENT}.ipynb").is_file() and when == "after grading again":
                yield f"{when}: {student} has no autograded notebook"


def below(pid: int) -> Iterator[int]:
    """Ids of all processes below one."""
    for child in children(pid):
        yield child
        yield from below(child)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    source = random.Random(options.seed)
    bad = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        arena = Arena(folder)
        world = World(folder)
        try:
            for number in range(1, options.rounds + 1):
                done = arena.play(source, world)
                bad += bool(done.faults)
                print(
                    f"{number}: {done.words}: {'; '.join(done.faults) or 'nothing lost, nothing doubled'}", flush=True
                )
        finally:
            world.close()
    print(f"{options.rounds} rounds, {bad} with faults")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
