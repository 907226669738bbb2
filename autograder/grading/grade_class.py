"""submitted/ → autograded/ and gradebook.db: judge each submission with an engine, record it, go on.

An engine is a module with `judge_all(tasks, jobs, limits)`: it takes tasks and yields each with what it judged. The
gradebook is imported where it is needed: that takes half a second, which judging alone can do without.
"""

import importlib
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Protocol, cast

from autograder.course.course import Course, is_plain_name
from autograder.course.timestamp import TIMESTAMP
from autograder.engines.result import Judged
from autograder.engines.task import NotebookTask, Task
from autograder.errors import AutograderError, CourseError, SubmissionError
from autograder.grading import words
from autograder.notebook.autotests import has_autotests, with_autotests
from autograder.notebook.notes import UNREADABLE
from autograder.notebook.read import read_submission
from autograder.notebook.write import write_compact

ENGINES = {"nbgrader": "autograder.engines.kernel.engine", "sandbox": "autograder.engines.sandbox.pool"}
DEFAULT_ENGINE = "sandbox" if sys.platform == "linux" else "nbgrader"

BATCH, BATCH_SECONDS = 32, 1.0
"""Submissions that are written in one transaction: so many, or what came in so many seconds."""


class Engine(Protocol):
    """What an engine module offers."""

    def judge_all(self, tasks: Iterable[Task], jobs: int, limits: Sequence[str] = ()) -> Iterator[tuple[Task, Judged]]:
        """Judge tasks, in any order, on so many processes, with some limits ("NAME=VALUE") other than usual."""


@dataclass(frozen=True)
class Graded:
    """How it went for one student.

    Attributes:
        student: the student's id.
        state: `graded`, `unchanged`, `unreadable` (graded as not filled in) or `failed` (not graded).
        score: points by machine.
        max_score: points by machine to be had.
        notes: what the instructor should know, one line each.
    """

    student: str
    state: str
    score: float = 0.0
    max_score: float = 0.0
    notes: tuple[str, ...] = ()

    @property
    def needs_look(self) -> bool:
        """Whether a person should look at this submission."""
        return self.state in ("unreadable", "failed")


def require_engine(name: str) -> None:
    """See that there is an engine of that name, for this system.

    Raises:
        CourseError: there is none.
    """
    if name not in ENGINES:
        raise CourseError(words.no_engine(name, ENGINES))
    if name == "sandbox" and sys.platform != "linux":
        raise CourseError(words.sandbox_needs_linux())


def engine_named(name: str) -> Engine:
    """The engine of that name.

    Raises:
        CourseError: there is none.
    """
    require_engine(name)
    return cast(Engine, importlib.import_module(ENGINES[name]))


def grade(
    course: Course,
    assignment: str,
    *,
    students: Sequence[str] = (),
    engine: str = DEFAULT_ENGINE,
    jobs: int = 1,
    force: bool = False,
    limits: Sequence[str] = (),
    on_start: Callable[[int], object] = lambda total: None,
    on_graded: Callable[[Graded], object] = lambda graded: None,
) -> list[Graded]:
    """Grade submissions and record them, each by itself.

    Args:
        course: the course.
        assignment: name of the assignment.
        students: ids; all who handed in, if none is given.
        engine: a name of ENGINES.
        jobs: processes to use.
        force: grade also what has not changed since it was graded.
        limits: limits of a submission that are not the usual ones, "NAME=VALUE"; for the sandbox engine.
        on_start: told how many submissions there are.
        on_graded: told of each submission when it is done.

    Returns:
        One entry a student, in order of their ids.

    Raises:
        CourseError: there is no such assignment, nobody handed in, or the gradebook does not fit the source.
    """
    from autograder.gradebook.record import recorded_students
    from autograder.gradebook.register import register

    require_engine(engine)
    course.notebooks(assignment)
    wanted = sorted(set(students)) or course.students(assignment)
    if not wanted:
        raise CourseError(words.nobody_handed_in(assignment))
    register(course, assignment)
    on_start(len(wanted))
    results: list[Graded] = []

    def done(graded: Graded) -> None:
        results.append(graded)
        on_graded(graded)

    secret = course.secret()
    known = recorded_students(course, assignment)

    def changed_tasks() -> Iterator[Task]:
        """One at a time, so that memory does not grow with the class."""
        sources, inputs = sources_of(course, assignment), inputs_of(course, assignment)
        for student in wanted:
            try:
                task = make_task(course, assignment, student, sources, inputs)
            except AutograderError as error:
                done(Graded(student, "failed", notes=(str(error),)))
                continue
            graded = None if force else _unchanged(course, task, task.fingerprint(engine, secret, limits))
            if graded and student in known:
                done(graded)
            else:
                yield task

    tasks = changed_tasks()
    first = next(tasks, None)
    if first is None:  # nothing to do: no need for an engine, and for what it imports
        return sorted(results, key=lambda graded: graded.student)
    with tempfile.TemporaryDirectory(dir=course.private) as aside:
        for batch in _batches(engine_named(engine).judge_all(chain([first], tasks), jobs, limits)):
            for graded in _keep_batch(
                course, batch, Path(aside), lambda task: task.fingerprint(engine, secret, limits)
            ):
                done(graded)
    return sorted(results, key=lambda graded: graded.student)


def _batches(judged: Iterator[tuple[Task, Judged]]) -> Iterator[list[tuple[Task, Judged]]]:
    """Results in groups that are written together; also the last group, when the work is stopped."""
    batch: list[tuple[Task, Judged]] = []
    began = time.monotonic()
    try:
        for one in judged:
            batch.append(one)
            if len(batch) >= BATCH or time.monotonic() - began > BATCH_SECONDS:
                whole, batch = batch, []
                yield whole
                began = time.monotonic()
    except KeyboardInterrupt:
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def _keep_batch(
    course: Course, batch: Sequence[tuple[Task, Judged]], aside: Path, fingerprint: Callable[[Task], str]
) -> Iterator[Graded]:
    """Write results to the gradebook, then the notebooks to their places.

    The notebook holds the fingerprint and comes last: a run that is cut off in between does this submission again.
    """
    from autograder.gradebook.record import record

    good = [one for one in batch if not one[1].problem]
    problems = {task.student: judged.problem for task, judged in batch if judged.problem}
    try:
        if good:
            record(course, good)
    except AutograderError as error:
        problems |= dict.fromkeys((task.student for task, _ in good), str(error))
    for task, judged in batch:
        if task.student not in problems:
            try:
                _keep(course, task, judged, aside / task.student, fingerprint(task))
            except OSError as error:
                problems[task.student] = str(error)
        if task.student in problems:
            yield Graded(task.student, "failed", notes=(problems[task.student],))
        else:
            yield _graded(task.student, judged)


def make_task(
    course: Course,
    assignment: str,
    student: str,
    sources: Mapping[str, bytes] | None = None,
    inputs: dict[str, bytes] | None = None,
) -> Task:
    """Read a student's submission, as far as it can be read.

    Args:
        course: the course.
        assignment: name of the assignment.
        student: the student's id.
        sources: what `sources_of` gives, where it is known.
        inputs: what `inputs_of` gives, where it is known.

    Raises:
        SubmissionError: the student has no submission folder.
    """
    folder = course.submitted(student, assignment)
    if not is_plain_name(student) or not folder.is_dir():
        raise SubmissionError(words.no_submission(student, assignment))
    sources = sources_of(course, assignment) if sources is None else sources
    inputs = inputs_of(course, assignment) if inputs is None else inputs
    others = [path for path in sorted(folder.glob("*.ipynb")) if path.stem not in sources]
    notebooks = []
    for name, source in sources.items():
        file = folder / f"{name}.ipynb"
        if not file.exists() and len(sources) == len(others) == 1:
            file = others[0]  # handed in under another name
        try:
            notebooks.append(NotebookTask(name, source, read_submission(file)))
        except SubmissionError as error:
            notebooks.append(NotebookTask(name, source, None, str(error)))
    return Task(assignment, student, tuple(notebooks), inputs, str(course.root))


def sources_of(course: Course, assignment: str) -> dict[str, bytes]:
    """The source notebooks of an assignment, by name, with the tests in them that nbgrader wrote.

    Raises:
        CourseError: there is no such assignment, or tests of it are not written yet.
    """
    sources = {path.stem: path.read_bytes() for path in course.notebooks(assignment)}
    if not any(has_autotests(source) for source in sources.values()):
        return sources
    from autograder.gradebook.register import stored_sources

    stored = stored_sources(course, assignment)
    return {name: with_autotests(source, stored.get(name, {})) for name, source in sources.items()}


def inputs_of(course: Course, assignment: str) -> dict[str, bytes]:
    """The files beside the source notebooks, by relative path."""
    folder = course.source(assignment)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in course.inputs(assignment)}


def _graded(student: str, judged: Judged, state: str = "graded") -> Graded:
    notes = tuple(note.message for note in judged.notes)
    return Graded(student, "unreadable" if judged.unreadable else state, judged.score, judged.max_score, notes)


def _keep(course: Course, task: Task, judged: Judged, fresh: Path, fingerprint: str) -> None:
    """Put the autograded notebooks in place, in one move, after the scores are in the gradebook."""
    target = course.autograded(task.student, task.assignment)
    submitted = course.submitted(task.student, task.assignment)
    fresh.mkdir()
    task.write_inputs(fresh)
    if (submitted / TIMESTAMP).is_file():
        shutil.copyfile(submitted / TIMESTAMP, fresh / TIMESTAMP)
    for name, notebook in judged.notebooks.items():
        told = notebook["metadata"].setdefault("autograder", {})
        told["fingerprint"] = fingerprint
        told["score"], told["max_score"] = judged.score, judged.max_score
        (fresh / f"{name}.ipynb").write_bytes(write_compact(notebook))
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        shutil.rmtree(target)
    fresh.rename(target)


def _unchanged(course: Course, task: Task, fingerprint: str) -> Graded | None:
    """How it went before, if everything is as it was then."""
    state, notes = "unchanged", []
    score = max_score = 0.0
    for notebook in task.notebooks:
        path = course.autograded(task.student, task.assignment) / f"{notebook.name}.ipynb"
        try:
            told = json.loads(path.read_bytes())["metadata"]["autograder"]
            if told["fingerprint"] != fingerprint:
                return None
            notes += [note["message"] for note in told["notes"]]
            if any(note["kind"] == UNREADABLE for note in told["notes"]):
                state = "unreadable"
            score, max_score = told["score"], told["max_score"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
    return Graded(task.student, state, score, max_score, tuple(notes))
