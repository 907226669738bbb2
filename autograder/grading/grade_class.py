"""Grade a class: judge each submission with an engine, record it, go on."""

import gc
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from pathlib import Path

from autograder.course.course import Course
from autograder.course.database import only_grader
from autograder.course.timestamp import TIMESTAMP, read_timestamp
from autograder.engines.failures import engine_failure
from autograder.engines.fit import refuse_unfit_tests
from autograder.engines.registry import Engine
from autograder.engines.result import Judged
from autograder.engines.task import Task, fingerprint_of, submission_hash
from autograder.errors import AutograderError, CourseError
from autograder.gradebook.history import Change, handed_in, now
from autograder.gradebook.late import read_late_rules
from autograder.gradebook.record import record, recorded_students, update_times
from autograder.gradebook.register import register
from autograder.gradebook.secret import keep_secret_id, known_secret
from autograder.gradebook.tables import BATCH, batches
from autograder.grading import words
from autograder.grading.autograded import Aside, copy_timestamp, keep, share_inputs, unchanged
from autograder.grading.result import GradedStudent, State
from autograder.grading.submissions import inputs_of, make_task, shares_of, sources_of
from autograder.notebook.notes import GRADER_ERROR

BATCH_SECONDS, BATCH_BYTES = 1.0, 32_000_000
"""Submissions are written in one transaction that came in so many seconds; no more than a batch, or so many bytes."""
UNCOLLECTED = 100_000
"""New objects that are not yet looked through for cycles: more than a batch has, which all go without."""


def grade(
    course: Course,
    assignment: str,
    engine: Engine,
    *,
    students: Sequence[str] = (),
    force: bool = False,
    new_secret: bool = False,
    on_start: Callable[[int], object] = lambda total: None,
    on_graded: Callable[[GradedStudent], object] = lambda graded: None,
    on_change: Callable[[Change], object] = lambda change: None,
) -> list[GradedStudent]:
    """Grade submissions and record them, each by itself.

    Args:
        course: the course.
        assignment: name of the assignment.
        engine: what judges them.
        students: ids; all who handed in, if none is given.
        force: grade also what has not changed since it was graded.
        new_secret: go on with another secret than the grades in the gradebook were drawn with.
        on_start: called with the number of submissions.
        on_graded: called with each result when it is there.
        on_change: called with each submission whose points are others than before, when that is in the gradebook.

    Returns:
        An entry for each student, in order of their ids.

    Raises:
        CourseError: there is no such assignment, nobody handed in, answer key or gradebook do not fit the source, the
            file of shares is not right, the secret is lost, the plugin for late submissions does not work, or another
            run grades into the same gradebook on a server.
    """
    course.notebooks(assignment)
    ids = sorted(set(students)) or course.students(assignment)
    if not ids:
        raise CourseError(words.nobody_handed_in(assignment))
    refuse_unfit_tests(course, assignment)
    gc.freeze()  # what is imported and read so far stays: not looked through again with each batch
    gc.set_threshold(UNCOLLECTED)
    with only_grader(course):
        secret = known_secret(course, renew=new_secret)
        register(course, assignment)
        grading = _Grading(course, assignment, engine, secret, on_graded, on_change)
        grading.read_times(ids)
        keep_secret_id(course, secret)
        on_start(len(ids))
        with tempfile.TemporaryDirectory(dir=course.private) as aside:
            tasks = grading.changed_tasks(ids, force, aside)
            first = next(tasks, None)
            if first is not None:  # else there is nothing to do: no need for an engine, and for what it imports
                for batch in _batches(engine.judge_all(chain([first], tasks))):
                    grading.keep_batch(batch)
        grading.update_unchanged()
    return sorted(grading.results, key=lambda graded: graded.student)


class _Grading:
    """What grading one class needs for each of its submissions, and the results so far."""

    def __init__(
        self,
        course: Course,
        assignment: str,
        engine: Engine,
        secret: bytes,
        on_graded: Callable[[GradedStudent], object],
        on_change: Callable[[Change], object],
    ) -> None:
        self.results: list[GradedStudent] = []
        self._course, self._assignment, self._engine, self._secret = course, assignment, engine, secret
        self._on_graded, self._on_change = on_graded, on_change
        self._shares = shares_of(course)
        self._rules = read_late_rules(course)
        self._moment = now()
        self._times: dict[str, datetime | None] = {}
        self._before: list[str] = []
        self._causes: dict[str, str] = {}
        self._root, self._aside = str(course.root), ""
        self._inputs: tuple[str, ...] = ()

    def read_times(self, students: Sequence[str]) -> None:
        """Read when submissions were handed in, and load the plugin for late ones before anything is written.

        Raises:
            CourseError: the plugin does not work.
        """
        for student in students:
            self._times[student] = read_timestamp(self._course.submitted(student, self._assignment) / TIMESTAMP)
        if self._rules.needs_plugin(self._assignment, list(self._times.values())):
            _ = self._rules.plugin

    def changed_tasks(self, students: Sequence[str], force: bool, aside: str) -> Iterator[Task]:
        """Yield the submissions to judge, read one at a time so that memory does not grow with the class.

        Those that cannot be judged, or have not changed since they were graded, become results at once.
        """
        sources, inputs = sources_of(self._course, self._assignment), inputs_of(self._course, self._assignment)
        share_inputs(Path(aside), inputs)
        self._aside, self._inputs = aside, tuple(inputs)
        for batch in batches(students):
            recorded = set() if force else recorded_students(self._course, self._assignment, batch)
            files = handed_in(self._course, self._assignment, sorted(recorded)) if recorded else {}
            for student in batch:
                if task := self._changed_task(student, sources, inputs, files.get(student, ()), student in recorded):
                    yield task

    def _aside_of(self, student: str) -> Aside:
        return Aside(self._aside, self._root, student, self._assignment, self._inputs, self._causes)

    def _changed_task(
        self,
        student: str,
        sources: Mapping[str, bytes],
        inputs: dict[str, bytes],
        files: Sequence[str],
        is_recorded: bool,
    ) -> Task | None:
        try:
            task = make_task(
                self._course, self._assignment, student, sources, inputs, self._shares, self._aside_of(student)
            )
            if not self._causes:  # the same dictionary that is in `task`
                self._causes |= self._engine.causes(task, self._secret)
            is_read_here = is_recorded or self._engine.cluster is not None
            submitted = submission_hash(task.submission) if is_read_here else ""
        except AutograderError as error:
            self._add(GradedStudent(student, "failed", notes=(engine_failure(error, self._course.private),)))
            return None
        gone = [one.name for one in task.notebooks if one.absent and one.name in files]
        if gone:
            notes = tuple(words.notebook_gone(f"{name}.ipynb") for name in gone)
            self._add(GradedStudent(student, "failed", notes=notes))
            return None
        if not is_recorded:
            return task
        fingerprint = fingerprint_of({**self._causes, "submission": submitted})
        before = unchanged(self._course, task, fingerprint)
        if before is None:
            return task
        self._before.append(student)
        self._add(before)
        return None

    def keep_batch(self, batch: Sequence[tuple[Task, Judged]]) -> None:
        """Write results to the gradebook, then the notebooks to their places.

        The notebook holds the fingerprint and comes last: a run that is cut off in between does this submission again.
        """
        problems = {task.student: judged.problem for task, judged in batch if judged.problem}
        good = [(task, judged) for task, judged in batch if not judged.problem]
        causes = {task.student: {**self._causes, "submission": judged.submission} for task, judged in good}
        try:
            if good:
                changes = record(
                    self._course, good, moment=self._moment, times=self._times, causes=causes, rules=self._rules
                )
                self._tell(changes)
        except AutograderError as error:
            problems |= dict.fromkeys((task.student for task, _ in good), str(error))
        for task, judged in batch:
            if task.student not in problems:
                try:
                    keep(self._course, judged, self._aside_of(task.student))
                except OSError as error:
                    problems[task.student] = words.notebook_not_kept(error.strerror or str(error))
            if task.student in problems:
                self._add(GradedStudent(task.student, "failed", notes=(problems[task.student],)))
            else:
                state: State = "unreadable" if judged.unreadable else "graded"
                notes = tuple(sys.intern(note.message) for note in judged.notes)
                faults = tuple(note.message for note in judged.notes if note.kind == GRADER_ERROR)
                self._add(GradedStudent(task.student, state, judged.score, judged.max_score, notes, faults))

    def update_unchanged(self) -> None:
        """Bring the times and penalties of submissions that need no grading up to date.

        Raises:
            CourseError: the gradebook cannot be written, or the plugin for late submissions does not work.
        """
        for batch in batches(self._before):
            for student in batch:
                folder = self._course.autograded(student, self._assignment)
                copy_timestamp(self._course, student, self._assignment, folder)
            times = {student: self._times[student] for student in batch}
            changes = update_times(self._course, self._assignment, moment=self._moment, times=times, rules=self._rules)
            self._tell(changes)

    def _tell(self, changes: Sequence[Change]) -> None:
        for change in changes:
            if change.is_news:
                self._on_change(change)

    def _add(self, graded: GradedStudent) -> None:
        self.results.append(graded)
        self._on_graded(graded)


def _batches(results: Iterator[tuple[Task, Judged]]) -> Iterator[list[tuple[Task, Judged]]]:
    """Group results that are written together; yield the last group also when the work is stopped."""
    batch: list[tuple[Task, Judged]] = []
    began, size = time.monotonic(), 0
    try:
        for result in results:
            batch.append(result)
            size += sum(len(notebook.cells) for notebook in result[1].notebooks.values())
            if len(batch) >= BATCH or size > BATCH_BYTES or time.monotonic() - began > BATCH_SECONDS:
                whole, batch, size = batch, [], 0
                yield whole
                began = time.monotonic()
    except (KeyboardInterrupt, AutograderError):
        if batch:
            yield batch
        raise
    if batch:
        yield batch
