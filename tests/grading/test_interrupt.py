"""Ctrl-C while a class is graded: one line, nothing left that runs or is half written, and a rerun that goes on."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder.cli import words
from autograder.course.course import CONFIG_NAME, Course
from autograder.demo.demo import copy_course
from autograder.demo.made_up_class import simulate
from autograder.gradebook.read_marks import read_marks
from autograder.gradebook.register import register
from autograder.grading.grade_class import BATCH_SECONDS
from tests.engines.sandbox.attacks.world import World
from tests.engines.sandbox.kill_rounds import below
from tests.helpers import small_course as small

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("interrupt")]

PROJECT = Path(__file__).parents[2]
ASSIGNMENT = "regularization"
STUDENTS = 5
SLOW, LAST = "student-0002", f"student-{STUDENTS:04}"
STOPPED = f"autograder: {words.stopped()}"
LIMITS = ("wall_cell=7200", "wall_submission=7200")
PATIENCE = 600
"""Seconds until a test that hangs is given up; much more than a busy machine needs."""


@dataclass
class Run:
    """The command at work on a course; its temporary files are in a folder of its own."""

    process: subprocess.Popen[str]
    temporary: Path

    @classmethod
    def start(cls, course: Course, jobs: int, assignment: str = ASSIGNMENT, engine: str = "sandbox") -> Run:
        temporary = course.root.with_name(f"{course.root.name}-temporary")
        temporary.mkdir(exist_ok=True)
        limits = [word for limit in LIMITS for word in ("--limit", limit)] if engine == "sandbox" else []
        own = ["grade", assignment, "--course", str(course.root), "--engine", engine, "--jobs", str(jobs), *limits]
        # A job in the background ignores Ctrl-C, and so would what it starts.
        handler = signal.signal(signal.SIGINT, signal.default_int_handler)
        process = subprocess.Popen(
            [sys.executable, "-m", "autograder", *own],
            cwd=PROJECT,
            env={**os.environ, "TMPDIR": str(temporary)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        signal.signal(signal.SIGINT, handler)
        return cls(process, temporary)

    def interrupt(self, is_time: Callable[[], object]) -> tuple[int, str, list[str]]:
        """Press Ctrl-C when it is time; what `end` returns."""
        wait_until(lambda: self.process.poll() is not None or is_time())
        os.killpg(self.process.pid, signal.SIGINT)
        return self.end()

    def end(self) -> tuple[int, str, list[str]]:
        """Exit code, stdout, and the lines of stderr without progress."""
        try:
            out, err = self.process.communicate(timeout=PATIENCE)
        finally:
            if self.process.poll() is None:
                os.killpg(self.process.pid, signal.SIGKILL)
        return self.process.returncode, out, [line for line in err.splitlines() if line and not _is_progress(line)]


def wait_until(holds: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until, "what the test waits for does not happen"
        time.sleep(0.01)


def _is_progress(line: str) -> bool:
    return line.startswith(f"{words.grading()}: ")


@pytest.fixture(scope="module")
def ungraded(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A class that nobody graded; one submission takes long enough for the results before it to be written."""
    course = copy_course(Course.at(PROJECT), tmp_path_factory.mktemp("class") / "ungraded")
    simulate(course, ASSIGNMENT, STUDENTS)
    add_cell(course, SLOW, f"import time\ntime.sleep({1.2 * BATCH_SECONDS})")
    course.secret()
    register(course, ASSIGNMENT)
    return course


@pytest.fixture(scope="module")
def undisturbed(ungraded: Course) -> tuple[Course, list[str]]:
    """The same class graded in peace, and what the command said on stderr."""
    course = copied(ungraded, "undisturbed")
    code, _, said = Run.start(course, 2).end()
    assert code in (0, 1), said
    return course, said


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.close()


def copied(course: Course, name: str) -> Course:
    return Course.at(shutil.copytree(course.root, course.root.with_name(name)))


def submission(course: Course, student: str) -> Path:
    return course.submitted(student, ASSIGNMENT) / f"{ASSIGNMENT}.ipynb"


def add_cell(course: Course, student: str, source: str) -> None:
    notebook = json.loads(submission(course, student).read_bytes())  # in whatever encoding an editor saved it
    notebook["cells"].insert(1, small.code("waits", source))
    submission(course, student).write_bytes(small.to_bytes(notebook))


def graded(course: Course) -> dict[str, dict[str, bytes]]:
    """Student → file in autograded/ → content."""
    found: dict[str, dict[str, bytes]] = {}
    for path in (course.root / "autograded").rglob("*"):
        if path.is_file():
            student, _, name = path.relative_to(course.root / "autograded").as_posix().partition("/")
            content = re.sub(rb"(CPU|Wall) time[^\"]*", b"", path.read_bytes())  # what %%time prints
            found.setdefault(student, {})[name] = content
    return found


def stamps_of(course: Course, students: Iterable[str]) -> list[tuple[int, int]]:
    """What tells whether a folder is the same one as before."""
    found = [course.autograded(student, ASSIGNMENT).stat() for student in sorted(students)]
    return [(status.st_ino, status.st_mtime_ns) for status in found]


def assert_nothing_is_left(run: Run, world: World) -> None:
    """No process of the command, and no file outside the course."""
    wait_until(lambda: not world.left_processes())  # the kernel takes a moment to end what was killed
    assert world.left_processes() == []
    assert list(run.temporary.iterdir()) == []


def rows_of(course: Course) -> dict[str, list[int]]:
    """Student → number of notebooks, grades and comments in the gradebook, which is whole."""
    query = """
        SELECT student_id, count(DISTINCT submitted_notebook.id), count(DISTINCT grade.id), count(DISTINCT comment.id)
        FROM submitted_assignment
        LEFT JOIN submitted_notebook ON submitted_notebook.assignment_id = submitted_assignment.id
        LEFT JOIN grade ON grade.notebook_id = submitted_notebook.id
        LEFT JOIN comment ON comment.notebook_id = submitted_notebook.id
        GROUP BY submitted_assignment.id
    """
    with closing(sqlite3.connect(course.gradebook)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return {student: counts for student, *counts in database.execute(query)}


@pytest.mark.parametrize("jobs", [1, 2])
def test_ctrl_c_leaves_whole_results_and_nothing_else_and_a_rerun_goes_on(
    ungraded: Course, undisturbed: tuple[Course, list[str]], world: World, jobs: int
) -> None:
    peaceful, usual = undisturbed
    course = copied(ungraded, f"jobs-{jobs}")
    answer = submission(course, LAST).read_bytes()
    add_cell(course, LAST, "import time\ntime.sleep(3600)")  # so that the class is never done before the signal
    before = {path.name for path in course.root.iterdir()}

    run = Run.start(course, jobs)
    code, out, said = run.interrupt(lambda: graded(course))
    assert (code, out, [line for line in said if line not in usual]) == (2, "", [STOPPED])
    assert_nothing_is_left(run, world)
    assert {path.name for path in course.root.iterdir()} == before | {"autograded"}
    assert [path.name for path in course.private.iterdir()] == ["secret"]

    done, whole = graded(course), graded(peaceful)
    assert set(done) and LAST not in done
    assert done == {student: whole[student] for student in done}
    marks, right = (read_marks(one, ASSIGNMENT).notebooks for one in (course, peaceful))
    assert set(done) <= set(marks) <= set(whole) - {LAST}
    assert marks == {student: right[student] for student in marks}
    assert rows_of(course) == {student: rows_of(peaceful)[student] for student in marks}

    submission(course, LAST).write_bytes(answer)
    stamps = stamps_of(course, done)
    code, _, said = Run.start(course, jobs).end()
    assert code in (0, 1), said
    assert stamps_of(course, done) == stamps
    assert graded(course) == whole
    assert read_marks(course, ASSIGNMENT) == read_marks(peaceful, ASSIGNMENT)
    assert rows_of(course) == rows_of(peaceful)


def has_process_starting(run: Run) -> bool:
    """Whether a process of the pool is on its way, and cannot look away from Ctrl-C yet."""
    return _is_importing(run, b"spawn_main")


def has_zygote_starting(run: Run) -> bool:
    """Whether the zygote of a sandbox is on its way."""
    return _is_importing(run, b"inside.zygote")


def _is_importing(run: Run, word: bytes) -> bool:
    """Whether a process of the run with this word in its command has come as far as numpy."""
    for pid in below(run.process.pid):
        with suppress(OSError):
            if word in Path(f"/proc/{pid}/cmdline").read_bytes():
                return b"_multiarray_umath" in Path(f"/proc/{pid}/maps").read_bytes()
    return False


@pytest.mark.parametrize(
    ("jobs", "is_time"), [(1, has_zygote_starting), (2, has_zygote_starting), (2, has_process_starting)]
)
def test_ctrl_c_before_the_first_result_leaves_nothing(
    ungraded: Course,
    undisturbed: tuple[Course, list[str]],
    world: World,
    jobs: int,
    is_time: Callable[[Run], bool],
) -> None:
    course = copied(ungraded, f"{is_time.__name__}-{jobs}")
    add_cell(course, LAST, "import time\ntime.sleep(3600)")
    run = Run.start(course, jobs)
    code, out, said = run.interrupt(lambda: is_time(run))
    assert (code, out, [line for line in said if line not in undisturbed[1]]) == (2, "", [STOPPED])
    assert_nothing_is_left(run, world)
    assert [path.name for path in course.private.iterdir()] == ["secret"]


@pytest.mark.kernel
def test_ctrl_c_while_kernels_run_leaves_nothing_either(tmp_path: Path, world: World) -> None:
    """A kernel may have a last word of its own on stderr."""
    course = Course.at(small.make_course(tmp_path / "course"))
    mark = tmp_path / "running"
    notebook = small.filled()
    small.cell(notebook, "double")["source"] = f"open({str(mark)!r}, 'w').close()\nimport time\ntime.sleep(3600)"
    with (course.root / CONFIG_NAME).open(
        "a", encoding="utf-8"
    ) as config:  # so that no kernel is done before the signal
        config.write("\nc.ExecuteSubmission.timeout = 7200\n")
    for student in ("ada", "bob", "eve"):
        small.hand_in(course.root, student, notebook)
    register(course, small.ASSIGNMENT)
    run = Run.start(course, 2, small.ASSIGNMENT, "nbgrader")
    code, out, said = run.interrupt(mark.exists)
    assert (code, out) == (2, "")
    assert STOPPED in said
    assert_nothing_is_left(run, world)
    assert read_marks(course, small.ASSIGNMENT).notebooks == {}
