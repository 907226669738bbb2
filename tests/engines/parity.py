"""Scores of the sandbox and of nbgrader on the same submissions, cell by cell: `python -m tests.engines.parity`.

Three kinds of submissions: made-up classes of the assignments here, one of them with right work and every habit of
students; nbgrader's own example assignment `ps1`, and the
Python notebooks that nbgrader's tests are made of. The latter two are read from the installed package, and nbgrader
grades them as it comes, with none of this course's configuration. What may differ is listed with its reason; any
other difference fails.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import shutil
import sqlite3
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from fnmatch import fnmatch
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import nbgrader

from autograder.course.course import CONFIG_NAME, Course
from autograder.course.nbgrader_app import generate, load_config
from autograder.demo.demo import copy_course
from autograder.demo.habits import HABITS
from autograder.demo.made_up_class import KINDS, Kind, simulate
from autograder.engines.kernel import engine as nbgrader_engine
from autograder.engines.registry import Engine
from autograder.engines.result import Judged
from autograder.engines.sandbox import pool
from autograder.errors import CourseError
from autograder.gradebook.read_marks import ClassMarks, read_marks
from autograder.grading.grade_class import grade as grade_class
from autograder.grading.submissions import make_task
from autograder.release.release import record_public_cases
from autograder.scrub.threads import ONE_THREAD

PROJECT = Path(__file__).parents[2]
CONFIG = (PROJECT / CONFIG_NAME).read_text(encoding="utf-8")
PACKAGE = Path(nbgrader.__file__).parent
GUIDE = PACKAGE / "docs/source/user_guide"
"""What `nbgrader quickstart` copies its course from, with two submissions."""
APPS, STEPS = PACKAGE / "tests/apps/files", PACKAGE / "tests/preprocessors/files"
"""The notebooks of nbgrader's own tests."""

STUDENTS = 50
SECONDS, SHORT = 30, 4
"""Time a cell for the fixtures, with `Execute.timeout` and our limit; the short one for those that need longer."""

STOCK = """c = get_config()
c.Execute.timeout = {seconds}
c.Execute.extra_arguments = ["--IPKernelApp.log_level=ERROR"]
"""
"""nbgrader as it comes."""

Notebooks = Mapping[str, Path | bytes]
"""Name → notebook: a file, or its content."""
Score = tuple[float | None, float, bool] | None
"""Points by machine, points to be had, whether a person has to look; None where there is no grade at all."""

GIVEN_UP = (
    "where the type of a graded cell was changed, nbgrader's repair is a notebook that it refuses itself, and it gives "
    "the submission up; here the cell comes from the source"
)
NO_TEST = "a deleted test stays ungraded with nbgrader; here it is put back"
DOUBLED = "nbgrader stops at a solution that is there twice; here the last one counts"
EXIT = "`exit()` ends the kernel at some later moment with nbgrader; here it does nothing"
ENDED = "a cell that ends the kernel costs the whole submission with nbgrader; here that cell"
HEADER = (
    "the example was released with a text at its beginning that its source has not; here a person looks whether such a "
    "text holds an answer"
)
TOO_MUCH = "a test that gives more than its points costs the whole submission with nbgrader; here that test"


@dataclass
class Fixture:
    """An assignment, and submissions to it.

    Attributes:
        source: the instructor's notebooks.
        students: student → notebooks.
        beside: files that lie beside the source notebooks.
        differs: (student, pattern of notebook/cell) → why the scores differ.
        refused: whether the source is not fit to be an assignment, with either.
    """

    source: Notebooks
    students: Mapping[str, Notebooks]
    beside: tuple[Path, ...] = ()
    differs: Mapping[tuple[str, str], str] = field(default_factory=dict)
    refused: bool = False


@dataclass
class Compared:
    """What comparing one assignment gave.

    Attributes:
        name: of the assignment.
        submissions: how many.
        cells: graded cells that were compared.
        explained: (student, notebook/cell) → reason why the scores differ.
        unexplained: (student, notebook/cell) → nbgrader's score, ours.
        refused: whether both refused the source.
    """

    name: str
    submissions: int
    cells: int = 0
    explained: dict[tuple[str, str], str] = field(default_factory=dict)
    unexplained: dict[tuple[str, str], tuple[Score, Score]] = field(default_factory=dict)
    refused: bool = False

    def add(
        self,
        student: str,
        theirs: Mapping[str, Score],
        ours: Mapping[str, Score],
        reasons: Mapping[tuple[str, str], str],
    ) -> None:
        """Compare the cells of one student."""
        for cell in sorted(theirs.keys() | ours.keys()):
            self.cells += 1
            if theirs.get(cell) == ours.get(cell):
                continue
            why = [why for (who, what), why in reasons.items() if who == student and fnmatch(cell, what)]
            if why:
                self.explained[student, cell] = why[0]
            else:
                self.unexplained[student, cell] = (theirs.get(cell), ours.get(cell))


def compare_class(course: Course, assignment: str, students: Iterable[str], jobs: int) -> Compared:
    """Judge made-up students with both engines: the course's secret, and so every hidden test, is the same."""
    tasks = [make_task(course, assignment, student) for student in students]
    ours = {task.student: judged for task, judged in pool.judge_all(tasks, jobs)}
    theirs = {task.student: judged for task, judged in nbgrader_engine.judge_all(tasks, jobs)}
    compared = Compared(assignment, len(tasks))
    for student, judged in ours.items():
        assert judged.scores, judged.problem
        compared.add(student, _judged_scores(theirs[student]), _judged_scores(judged), {})
    return compared


def compare_fixtures(fixtures: Mapping[str, Fixture], folder: Path, seconds: int = SECONDS) -> Iterator[Compared]:
    """Grade submissions in two courses: nbgrader's commands as they come in one, the sandbox in the other."""
    theirs = make_course(folder / "nbgrader", STOCK.format(seconds=seconds))
    ours = make_course(folder / "sandbox", CONFIG)
    for name, fixture in fixtures.items():
        for course in (theirs, ours):
            lay_out(course, name, fixture)
        graders = partial(grade_with_nbgrader, theirs, name), partial(grade_with_sandbox, ours, name, seconds)
        yield _compare_fixture(name, fixture, *graders)


def _compare_fixture(
    name: str, fixture: Fixture, theirs: Callable[[], ClassMarks], ours: Callable[[], ClassMarks]
) -> Compared:
    compared = Compared(name, len(fixture.students))
    if fixture.refused:
        compared.refused = _refuses(theirs) and _refuses(ours)
        return compared
    their_marks, our_marks = theirs(), ours()
    for student in fixture.students:
        compared.add(student, _book_scores(their_marks, student), _book_scores(our_marks, student), fixture.differs)
    return compared


def make_course(root: Path, config: str) -> Course:
    """An empty course folder."""
    root.mkdir(parents=True)
    (root / CONFIG_NAME).write_text(config, encoding="utf-8")
    shutil.copy(APPS / "autotests.yml", root)
    course = Course.at(root)
    with closing(sqlite3.connect(course.gradebook)) as database:  # then nbgrader starts no process for migrations
        database.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
    return course


def lay_out(course: Course, name: str, fixture: Fixture) -> None:
    """Write the source and the submissions of an assignment."""
    _write(fixture.source, course.source(name))
    for path in fixture.beside:
        shutil.copy(path, course.source(name))
    for student, notebooks in fixture.students.items():
        _write(notebooks, course.submitted(student, name))


def _write(notebooks: Notebooks, folder: Path) -> None:
    folder.mkdir(parents=True)
    for name, content in notebooks.items():
        (folder / f"{name}.ipynb").write_bytes(content if isinstance(content, bytes) else content.read_bytes())


def grade_with_nbgrader(course: Course, assignment: str) -> ClassMarks:
    """Run nbgrader's generate_assignment and autograde with the course's own configuration.

    Returns:
        The marks; a student whose submission nbgrader gives up has none, or open ones.

    Raises:
        CourseError: generate_assignment refuses the source.
    """
    from nbgrader.converters import Autograde
    from nbgrader.converters.base import NbGraderException
    from nbgrader.coursedir import CourseDirectory

    generate(course, course.source(assignment), into=course.root / "release", register=True)
    config = load_config(course)
    config.CourseDirectory.assignment_id = assignment
    config.CourseDirectory.root = str(course.root)
    config.CourseDirectory.db_url = course.gradebook_url
    converter: Any = Autograde(coursedir=CourseDirectory(config=config), config=config)
    converter.log = converter.coursedir.log = logging.Logger("quiet", logging.CRITICAL)
    with contextlib.suppress(NbGraderException, SystemExit):  # it goes on to the end, or stops at a student
        converter.start()
    return read_marks(course, assignment)


def grade_with_sandbox(course: Course, assignment: str, seconds: int) -> ClassMarks:
    """Run our own `grade`.

    Raises:
        CourseError: the source is not fit to be graded.
    """
    grade_class(course, assignment, Engine("sandbox", limits=[f"wall_cell={seconds}"]))
    return read_marks(course, assignment)


def _refuses(grade: Callable[[], ClassMarks]) -> bool:
    try:
        grade()
    except CourseError:
        return True
    return False


def _judged_scores(judged: Judged) -> dict[str, Score]:
    return {
        f"{cell.notebook}/{cell.grade_id}": (cell.score, cell.max_score, cell.score is None) for cell in judged.scores
    }


def _book_scores(marks: ClassMarks, student: str) -> dict[str, Score]:
    return {
        f"{notebook}/{mark.cell}": (mark.auto, mark.max_score, mark.flagged)
        for notebook, found in marks.notebooks.get(student, {}).items()
        for mark in found.marks.values()
    }


# --- what is compared ---------------------------------------------------------------------------------------------


def fixtures() -> dict[str, Fixture]:
    """All assignments of the installed package that are Python notebooks, and `printed`."""
    return {
        "ps1": quickstart(("problem1", "problem2")),
        "ps1_autotest": _autotest_guide(),
        "submitted": submitted(*_SUBMITTED_APPS),
        "steps": _changed_types(),
        "autotest-simple": autotest("simple", "changed", "unchanged"),
        "autotest-hashed": autotest("hashed", "changed", "unchanged"),
        "autotest-multi": autotest("multi", "changed", "unchanged"),
        "autotest-hidden": autotest("hidden", "changed-right", "changed-wrong", "unchanged"),
        "test": _one(APPS / "test.ipynb", APPS, "test", ("", "-with-output")),
        **{f"app-{name}": itself(APPS / f"{name}.ipynb") for name in _ALONE_APPS},
        **{f"step-{name}": itself(STEPS / f"{name}.ipynb") for name in _ALONE_STEPS},
        **{f"app-{name}": itself(APPS / f"{name}.ipynb", refused=True) for name in _REFUSED_APPS},
        **{f"step-{name}": itself(STEPS / f"{name}.ipynb", refused=True) for name in _REFUSED_STEPS},
        "ps1-doubled": doubled(),
        "printed": printed(),
        "too-much": stopping("4.5", TOO_MUCH),
        "exit": stopping("exit()", EXIT),
        "ending": stopping("import os\nos._exit(0)", ENDED),
    }


def endless() -> dict[str, Fixture]:
    """Those that take longer than they may."""
    return {f"app-{name}": itself(APPS / f"{name}.ipynb") for name in _ENDLESS}


_ENDLESS = ("infinite-loop", "infinite-loop-with-output", "timeout")
_SUBMITTED_APPS = (
    *("unchanged", "changed", "cheat-attempt", "cheat-attempt-alternative"),
    *("grade-cell-changed", "locked-cell-changed"),
)
_SUBMITTED_STEPS = (
    *("unchanged", "changed", "answer-cell-type-changed", "grade-cell-changed"),
    *("grade-cell-type-changed", "locked-cell-changed"),
)
_ALONE_APPS = (
    *("open_relative_file", "side-effects", "validating-environment-variable"),
    *("validation-zero-points", "test-hidden-tests"),
)
_ALONE_STEPS = (
    *("infinite-recursion", "long-output", "manually-graded-code-cell", "no-cell-type"),
    *("test", "test_taskcell", "warning-pattern", "header"),
)
_REFUSED_APPS = ("test-no-metadata", "test-v0", "test-v0-invalid", "test-v1", "test-v2", "too-new")
_REFUSED_STEPS = (
    *("bad-markdown-cell-1", "bad-markdown-cell-2", "blank-grade-id", "blank-points"),
    *("duplicate-grade-ids", "cell-type-changed"),
)


def _one(source: Path, folder: Path, prefix: str, names: Iterable[str]) -> Fixture:
    return Fixture({"p1": source}, {name or "same": {"p1": folder / f"{prefix}{name}.ipynb"} for name in names})


def submitted(*names: str) -> Fixture:
    """The submissions of nbgrader's tests of `autograde`."""
    return _one(APPS / "submitted-unchanged.ipynb", APPS, "submitted-", names)


def _changed_types() -> Fixture:
    fixture = _one(STEPS / "submitted-unchanged.ipynb", STEPS, "submitted-", _SUBMITTED_STEPS)
    fixture.differs = {(f"{what}-cell-type-changed", "*"): GIVEN_UP for what in ("answer", "grade")}
    return fixture


def itself(path: Path, refused: bool = False) -> Fixture:
    """A notebook that is handed in as it is."""
    data = (APPS / "data.txt",) if path.stem == "open_relative_file" else ()
    return Fixture({"p1": path}, {"same": {"p1": path}}, beside=data, refused=refused)


def autotest(kind: str, *names: str) -> Fixture:
    """Tests that nbgrader writes itself."""
    return _one(APPS / f"autotest-{kind}.ipynb", APPS, f"autotest-{kind}-", names)


def _autotest_guide() -> Fixture:
    source = {"problem1": GUIDE / "source/ps1_autotest/problem1.ipynb"}
    right = with_cells(source["problem1"])
    wrong = with_cells(source["problem1"], squares="def squares(n):\n    return [1, 4]")
    return Fixture(source, {"right": {"problem1": right}, "wrong": {"problem1": wrong}})


REIMPLEMENTED = "def sum_of_squares(n):\n    return sum(i * i for i in range(1, n + 1))"
NO_CHECK = "def squares(n):\n    return [i * i for i in range(1, n + 1)]"


def quickstart(notebooks: Iterable[str], students: Sequence[str] = ()) -> Fixture:
    """The course that `nbgrader quickstart` makes: its `ps1`, filled in all ways, and the guide's two submissions.

    Args:
        notebooks: names of notebooks.
        students: only these.
    """
    source = {name: GUIDE / f"source/ps1/{name}.ipynb" for name in notebooks}
    problem = source["problem1"]
    filled = {
        "right": with_cells(problem),
        "wrong": with_cells(problem, squares="def squares(n):\n    return [0]"),
        "partial": with_cells(problem, squares=NO_CHECK, sum_of_squares=REIMPLEMENTED),
        "syntax-error": with_cells(problem, squares="def squares(n:\n    return"),
        "test-deleted": with_cells(problem, correct_squares=None),
    }
    done: dict[str, Notebooks] = {student: {**source, "problem1": data} for student, data in filled.items()}
    for student, folder in (
        ("untouched", GUIDE / "release/ps1"),
        *((student, GUIDE / "submitted" / student / "ps1") for student in ("bitdiddle", "hacker")),
    ):
        done[student] = {name: folder / f"{name}.ipynb" for name in source}
    reasons = {("test-deleted", "problem1/correct_squares"): NO_TEST}
    reasons |= dict.fromkeys((("untouched", "problem1/sum_of_squares_equation"), ("untouched", "problem2/*")), HEADER)
    picture = GUIDE / "source/ps1/jupyter.png"
    return Fixture(source, {name: done[name] for name in students or done}, beside=(picture,), differs=reasons)


def doubled() -> Fixture:
    """A submission in which a solution is there twice."""
    problem = GUIDE / "source/ps1/problem1.ipynb"
    return Fixture(
        {"problem1": problem},
        {"doubled": {"problem1": with_cells(problem, twice="squares")}},
        differs={("doubled", "*"): DOUBLED},
    )


def with_cells(path: Path, twice: str = "", **texts: str | None) -> bytes:
    """An instructor's notebook as a submission: the solutions, some of them replaced.

    Args:
        path: the notebook.
        twice: the grade_id of a cell that is there twice.
        texts: grade_id → text; None deletes the cell.
    """
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cells = []
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        text = texts.get(name, "".join(cell["source"]))
        if text is None:
            continue
        lines = [line for line in text.split("\n") if "BEGIN SOLUTION" not in line and "END SOLUTION" not in line]
        cells += [{**cell, "source": "\n".join(lines)}] * (2 if name and name == twice else 1)
    return json.dumps(notebook | {"cells": cells}).encode()


PRINTED = {
    "number": "2.5",
    "whole-number": "3",
    "zero": "0",
    "all": "4.0",
    "nothing": "None",
    "numpy-number": "import numpy\nnumpy.float64(0.5)",
    "numpy-array": "numpy.array(0.5)",
    "true": "True",
    "false": "False",
    "text": "'2.5'",
    "pair": "(2.5, 4)",
    "not-a-number": "float('nan')",
    "negative": "-1.0",
    "infinite": "-float('inf')",
    "on-stdout": "print('0.5')",
    "on-stderr": "import sys\nprint('careful', file=sys.stderr)",
    "warning": "import warnings\nwarnings.warn('careful')\n4.0",
    "stderr-after": "display(1)\nsys.stderr.write('careful')\n3.0",
    "exception": "print('so far')\nraise ValueError('no')",
    "failed-assert": "assert 1 == 2",
    "system-exit": "raise SystemExit(0)",
    "interrupt": "raise KeyboardInterrupt",
    "syntax": "x = = 1",
    "two-values": "from IPython.core.interactiveshell import InteractiveShell as S\n"
    "S.ast_node_interactivity = 'all'\n1.0\n2.0",
    "two-values-on": "0.5\n3.0\nS.ast_node_interactivity = 'last_expr'",
    "displayed": "from IPython.display import display\ndisplay(0.5)",
    "semicolon": "2.5;",
    "assigned": "grade = 0.5",
    "magic": "%precision 2\n0.123456",
    "unknown-magic": "%nonsense",
    "cell-magic": "%%capture\n1/0",
    "helper": "def f():\n    return 1.25\nf()",
    "empty": "",
    "comment": "# nothing here",
    "cleared": "from IPython.display import clear_output\nprint('x', file=sys.stderr)\nclear_output()",
    "awaits": "import asyncio\nawait asyncio.sleep(0)\n1.5",
    "deep": "def g(n):\n    return g(n + 1)\ng(0)",
    "long": "print('x' * 300_000)\n1.0",
    "figure": "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\n1.0",
}
"""Tests that end in all ways, four points each: nbgrader reads the score from what they show."""


def printed(tests: Mapping[str, str] = PRINTED) -> Fixture:
    """A notebook of tests only."""
    source = {"p1": _notebook(tests)}
    return Fixture(source, {"same": source})


def stopping(test: str, reason: str) -> Fixture:
    """A test that makes nbgrader give the submission up, beside another one."""
    fixture = printed({"stops": test, "other": "1.0"})
    fixture.differs = {("same", "*"): reason}
    return fixture


def _notebook(tests: Mapping[str, str]) -> bytes:
    cells: list[dict[str, Any]] = [
        {
            "cell_type": "code",
            "id": name,
            "metadata": {
                "nbgrader": {"grade": True, "grade_id": name, "locked": True, "points": 4}
                | {"schema_version": 3, "solution": False, "task": False}
            },
            "execution_count": None,
            "outputs": [],
            "source": text,
        }
        for name, text in tests.items()
    ]
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}).encode()


# --- the table ----------------------------------------------------------------------------------------------------


def main() -> int:
    os.environ |= ONE_THREAD
    warnings.simplefilter("ignore")  # of nbgrader's own models
    began = time.perf_counter()
    print("| assignment | submissions | cells compared | equal | different, with a reason | different |")
    print("|---|---:|---:|---:|---:|---:|")
    done = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        course = copy_course(Course.at(PROJECT), Path(folder, "course"))
        for assignment in course.assignments():
            record_public_cases(course, assignment)
            classes: Sequence[tuple[Sequence[Kind], int]] = ((KINDS, STUDENTS), (("right",), len(HABITS)))
            for kinds, number in classes:
                students = simulate(course, assignment, number, kinds=kinds)
                done.append(compare_class(course, assignment, students, jobs=2))
                print(_row(done[-1]), flush=True)
        for compared in chain(
            compare_fixtures(fixtures(), Path(folder, "fixtures")),
            compare_fixtures(endless(), Path(folder, "endless"), SHORT),
        ):
            done.append(compared)
            print(_row(compared), flush=True)
    print(f"\n{time.perf_counter() - began:.0f} s in all.")
    for reason in dict.fromkeys(why for one in done for why in one.explained.values()):
        print(f"- {reason}")
    for one in done:
        for (student, cell), (theirs, ours) in one.unexplained.items():
            print(f"DIFFERENT: {one.name} {student} {cell}: nbgrader {theirs}, sandbox {ours}")
    return int(any(one.unexplained for one in done))


def _row(one: Compared) -> str:
    if one.refused:
        return f"| {one.name} | refused by both | | | | |"
    different = len(one.unexplained)
    explained = len(one.explained)
    equal = one.cells - different - explained
    return f"| {one.name} | {one.submissions} | {one.cells} | {equal} | {explained} | {different} |"


if __name__ == "__main__":
    sys.exit(main())
