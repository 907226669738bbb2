"""Judge one submission: a pure function of the task and of the course's secret."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from autograder.assignments import datasets_of, find_check
from autograder.checking.judging import PreparedCheck
from autograder.checking.verdict import Verdict
from autograder.course.course import Course
from autograder.engines import words as engine_words
from autograder.engines.result import Judged
from autograder.engines.sandbox import words
from autograder.engines.sandbox.limits import Limits
from autograder.engines.sandbox.plan import HiddenGrade, plan
from autograder.engines.sandbox.running import BROKEN, KilledError, run_steps
from autograder.engines.sandbox.workers import (
    CallRequest,
    Worker,
    Zygote,
)
from autograder.engines.scoring import as_nbgrader_scores, is_guess, judged, mark_not_graded
from autograder.engines.task import NotebookTask, Task
from autograder.errors import AutograderError, CourseError, SandboxError
from autograder.notebook.format import Cell
from autograder.notebook.notes import Note
from autograder.notebook.roles import role
from autograder.notebook.source import Source, parse_source
from autograder.restore.restore import Restored, restore_or_untouched
from labkit.calls.call import Call

ATTEMPTS = 2


class Grader:
    """Judges submissions of one course, one after the other.

    What costs time and is the same for a whole class is done once: the warm parent, probes, references' outcomes.

    Args:
        course: the course's folder; its secret draws the probes.
        limits: what a submission may take.
        off: layers of the sandbox to switch off (tests only).
    """

    def __init__(self, course: Path, limits: Limits | None = None, off: Sequence[str] = ()) -> None:
        self._course = Course(course)
        self._limits = limits or Limits()
        self._off = off
        self._zygote: Zygote | None = None
        self._checks: dict[HiddenGrade, _RemoteCheck] = {}
        self._sources: dict[tuple[str, bytes], Source] = {}
        self._files: tuple[object, dict[str, bytes]] = (None, {})

    @cached_property
    def _secret(self) -> bytes:
        return self._course.secret()

    def judge(self, task: Task) -> Judged:
        """Judge a submission. Never raises for what is in it.

        Raises:
            SandboxError: a layer that is needed is missing on this machine.
        """
        try:
            for attempt in range(1, ATTEMPTS + 1):
                try:
                    return self._judge(task, last=attempt == ATTEMPTS)
                except KilledError:
                    continue
                except SandboxError:
                    if attempt == ATTEMPTS:
                        raise
                    self.close()  # the warm parent is gone, or was killed while it started; a new one may do
            raise AssertionError("the last attempt returns or raises")
        except SandboxError:
            raise
        except AutograderError as failure:
            return Judged(problem=str(failure))
        except Exception as failure:  # an error of ours, whatever the submission did to bring it out
            return Judged(problem=words.broken_grader(f"{type(failure).__name__}: {failure}"))

    def close(self) -> None:
        """End the sandbox."""
        if self._zygote is not None:
            self._zygote.close()
            self._zygote = None

    def _judge(self, task: Task, last: bool) -> Judged:
        if self._zygote is None:
            self._zygote = Zygote(self._course.root, self._off)
            self._zygote.start()  # known by now, so that `close` ends it also while it starts
        self._zygote.load_files(self._files_of(task))
        return judged({notebook.name: self._notebook(self._zygote, notebook, last) for notebook in task.notebooks})

    def _notebook(self, zygote: Zygote, task: NotebookTask, last: bool) -> Restored:
        """Restore and run one notebook; its notes include those on the run."""
        restored = restore_or_untouched(self._source(task), task.submission, task.missing)
        if restored.unreadable:
            mark_not_graded(restored.notebook, restored.unreadable)
            return restored
        cells = restored.notebook["cells"]
        notes: list[Note] = []
        steps = plan(restored.notebook)
        for step in steps:
            if step.grade:
                self._check(step.grade, cells[step.cell])
        for step, run in zip(steps, run_steps(zygote, steps, self._limits, self._judge_check, last), strict=True):
            cell, own = cells[step.cell], role(cells[step.cell])
            cell["outputs"], cell["execution_count"] = run.outputs, run.count
            if own.is_test and not step.grade:
                cell["outputs"] = as_nbgrader_scores(run.outputs, own.points, cell["source"])
                if is_guess(cell["outputs"]):
                    notes.append(Note("guessed-score", own.grade_id, engine_words.guessed_score(own.grade_id)))
            for output in run.outputs:
                if step.grade and output["output_type"] == "error" and output["ename"] == BROKEN:
                    notes.append(Note("grader-error", own.grade_id, output["evalue"]))
        restored.notebook["metadata"]["autograder"]["notes"] += [note.to_json() for note in notes]
        return replace(restored, notes=(*restored.notes, *notes))

    def _source(self, task: NotebookTask) -> Source:
        """The instructor's notebook, parsed once for a class."""
        key = (task.name, task.source)
        if key not in self._sources:
            self._sources = {key: parse_source(task.source, task.name)}
        return self._sources[key]

    def _files_of(self, task: Task) -> Mapping[str, bytes]:
        """The files of the working folder: those beside the source, and the datasets that the assignment reads."""
        if self._files[0] != (task.assignment, task.inputs):
            data = {
                f"datasets/{name}": self._course.dataset(name).read_bytes() for name in datasets_of(task.assignment)
            }
            self._files = ((task.assignment, task.inputs), {**task.inputs, **data})
        return self._files[1]

    def _check(self, grade: HiddenGrade, cell: Cell) -> _RemoteCheck:
        if grade not in self._checks:
            name, points = role(cell).grade_id, role(cell).points
            try:
                key, check = find_check(grade.check)
            except KeyError:
                raise CourseError(words.unknown_check(name, grade.check)) from None
            if check.points != points:
                raise CourseError(words.wrong_points(name, points, check.points))
            self._checks[grade] = _RemoteCheck(PreparedCheck(key, check, self._secret), grade.functions)
        return self._checks[grade]

    def _judge_check(self, grade: HiddenGrade, worker: Worker) -> Verdict:
        return self._checks[grade].judge(worker)


class _RemoteCheck:
    """A check whose calls are made in a worker."""

    def __init__(self, prepared: PreparedCheck, functions: Sequence[str]) -> None:
        self._prepared = prepared
        self._functions = dict(zip(prepared.check.functions, functions, strict=False))
        self._requests: dict[int, CallRequest] = {}

    def judge(self, worker: Worker) -> Verdict:
        return self._prepared.judge(lambda calls: worker.call(self._request(calls)))

    def _request(self, calls: Sequence[Call]) -> CallRequest:
        """The request for a list of calls, kept with it: a check has one list or two for a whole class."""
        if id(calls) not in self._requests:
            self._requests[id(calls)] = CallRequest(calls, self._functions)
        return self._requests[id(calls)]
