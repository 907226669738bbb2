"""Grade a class: judge each submission with an engine, record it, go on."""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from autograder.course.course import Course
from autograder.engines.registry import Engine
from autograder.engines.result import Judged
from autograder.engines.task import Task
from autograder.errors import AutograderError, CourseError
from autograder.gradebook.record import record, recorded_students
from autograder.gradebook.register import register
from autograder.grading import words
from autograder.grading.autograded import keep, unchanged
from autograder.grading.result import GradedStudent, State
from autograder.grading.submissions import inputs_of, make_task, shares_of, sources_of

BATCH, BATCH_SECONDS = 32, 1.0
"""Submissions that are written in one transaction: so many, or what came in so many seconds."""


def grade(
    course: Course,
    assignment: str,
    engine: Engine,
    *,
    students: Sequence[str] = (),
    force: bool = False,
    on_start: Callable[[int], object] = lambda total: None,
    on_graded: Callable[[GradedStudent], object] = lambda graded: None,
) -> list[GradedStudent]:
    """Grade submissions and record them, each by itself.

    Args:
        course: the course.
        assignment: name of the assignment.
        engine: what judges them.
        students: ids; all who handed in, if none is given.
        force: grade also what has not changed since it was graded.
        on_start: called with the number of submissions.
        on_graded: called with each result when it is there.

    Returns:
        An entry for each student, in order of their ids.

    Raises:
        CourseError: there is no such assignment, nobody handed in, the gradebook does not fit the source, or the
            file of shares is not right.
    """
    course.notebooks(assignment)
    ids = sorted(set(students)) or course.students(assignment)
    if not ids:
        raise CourseError(words.nobody_handed_in(assignment))
    register(course, assignment)
    on_start(len(ids))
    grading = _Grading(course, assignment, engine, on_graded)
    tasks = grading.changed_tasks(ids, force)
    first = next(tasks, None)
    if first is not None:  # else there is nothing to do: no need for an engine, and for what it imports
        with tempfile.TemporaryDirectory(dir=course.private) as aside:
            for batch in _batches(engine.judge_all(chain([first], tasks))):
                grading.keep_batch(batch, Path(aside))
    return sorted(grading.results, key=lambda graded: graded.student)


class _Grading:
    """What grading one class needs for each of its submissions, and the results so far."""

    def __init__(
        self, course: Course, assignment: str, engine: Engine, on_graded: Callable[[GradedStudent], object]
    ) -> None:
        self.results: list[GradedStudent] = []
        self._course, self._assignment, self._engine, self._on_graded = course, assignment, engine, on_graded
        self._secret = course.secret()
        self._shares = shares_of(course)

    def changed_tasks(self, students: Sequence[str], force: bool) -> Iterator[Task]:
        """Yield the submissions to judge, read one at a time so that memory does not grow with the class.

        Those that cannot be judged, or have not changed since they were graded, become results at once.
        """
        sources, inputs = sources_of(self._course, self._assignment), inputs_of(self._course, self._assignment)
        recorded = recorded_students(self._course, self._assignment)
        for student in students:
            try:
                task = make_task(self._course, self._assignment, student, sources, inputs, self._shares)
            except AutograderError as error:
                self._add(GradedStudent(student, "failed", notes=(str(error),)))
                continue
            before = None if force else unchanged(self._course, task, self._fingerprint(task))
            if before and student in recorded:
                self._add(before)
            else:
                yield task

    def keep_batch(self, batch: Sequence[tuple[Task, Judged]], aside: Path) -> None:
        """Write results to the gradebook, then the notebooks to their places.

        The notebook holds the fingerprint and comes last: a run that is cut off in between does this submission again.
        """
        problems = {task.student: judged.problem for task, judged in batch if judged.problem}
        good = [(task, judged) for task, judged in batch if not judged.problem]
        try:
            if good:
                record(self._course, good)
        except AutograderError as error:
            problems |= dict.fromkeys((task.student for task, _ in good), str(error))
        for task, judged in batch:
            if task.student not in problems:
                try:
                    keep(self._course, task, judged, aside, self._fingerprint(task))
                except OSError as error:
                    problems[task.student] = str(error)
            if task.student in problems:
                self._add(GradedStudent(task.student, "failed", notes=(problems[task.student],)))
            else:
                state: State = "unreadable" if judged.unreadable else "graded"
                notes = tuple(note.message for note in judged.notes)
                self._add(GradedStudent(task.student, state, judged.score, judged.max_score, notes))

    def _fingerprint(self, task: Task) -> str:
        return self._engine.fingerprint(task, self._secret)

    def _add(self, graded: GradedStudent) -> None:
        self.results.append(graded)
        self._on_graded(graded)


def _batches(results: Iterator[tuple[Task, Judged]]) -> Iterator[list[tuple[Task, Judged]]]:
    """Group results that are written together; yield the last group also when the work is stopped."""
    batch: list[tuple[Task, Judged]] = []
    began = time.monotonic()
    try:
        for result in results:
            batch.append(result)
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
