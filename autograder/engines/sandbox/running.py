"""Run the steps of one notebook in workers, judge its checks from outside, and let no cell cost more than itself."""

from __future__ import annotations

import errno
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from autograder.checking.verdict import MIME, Verdict
from autograder.engines.sandbox import words
from autograder.engines.sandbox.inside.frames import FrameError
from autograder.engines.sandbox.limits import Limits
from autograder.engines.sandbox.plan import HiddenGrade, Step
from autograder.engines.sandbox.workers import (
    OverLimitError,
    Usage,
    Worker,
    WorkerDiedError,
    Zygote,
    how_it_died,
)
from autograder.engines.scoring import with_score
from autograder.errors import AutograderError
from autograder.notebook.format import Output
from autograder.notebook.outputs import (
    clean_outputs,
    error,
    joined,
    stream,
)

OVER, DIED, BAD, BROKEN, HIDDEN = "OverLimit", "ProcessEnded", "BadAnswer", "GraderError", "HiddenError"
"""Names of the errors that stand in a cell for what the grader saw."""

_BY_ERRNO = {
    errno.EFBIG: "file_size",
    errno.ENOSPC: "disk",
    errno.EMFILE: "open_files",
    errno.EAGAIN: "processes",
    errno.ENOMEM: "memory",
}


class KilledError(Exception):
    """Something outside killed a worker; the submission is to be judged again from its beginning."""


@dataclass(frozen=True)
class CellRun:
    """What running one cell gave.

    Attributes:
        outputs: as nbformat has them.
        count: the execution count, None if the cell was empty or not finished.
        verdict: of a check that was judged.
    """

    outputs: list[Output]
    count: int | None = None
    verdict: Verdict | None = None


Judge = Callable[[HiddenGrade, Worker], Verdict]
"""Judges one check on a worker."""


def run_steps(zygote: Zygote, steps: Sequence[Step], limits: Limits, judge: Judge, last: bool = False) -> list[CellRun]:
    """Run steps in order.

    After a step that ends its worker, the next ones run in a new worker that has run the earlier steps again.

    Args:
        zygote: the warm parent, with the assignment's files loaded.
        steps: what to run.
        limits: what the submission may take.
        judge: judges a check.
        last: whether a worker that something killed costs the cell, instead of another attempt.

    Returns:
        One entry a step.

    Raises:
        KilledError, SandboxError: as they say.
    """
    return _Run(zygote, steps, limits, judge, last).run()


class _Run:
    def __init__(self, zygote: Zygote, steps: Sequence[Step], limits: Limits, judge: Judge, last: bool) -> None:
        self._zygote = zygote
        self._steps = steps
        self._limits = limits
        self._judge = judge
        self._last = last
        self._used = Usage()
        self._done: list[str] = []
        self._runs: list[CellRun] = []
        self._worker: Worker | None = None
        self._called = False  # whether the worker has made the calls of a check
        self._output_left = limits.output_total

    def run(self) -> list[CellRun]:
        try:
            while len(self._runs) < len(self._steps):
                self._run_until_check()
        finally:
            self._end_worker()
        return self._runs

    def _run_until_check(self) -> None:
        """Run the next steps up to a check, and judge that; or up to the step that ends the worker."""
        start = len(self._runs)
        group = list(self._steps[start : start + 1])
        while not group[-1].grade and start + len(group) < len(self._steps):
            group.append(self._steps[start + len(group)])
        outputs: list[Output] = []
        try:
            worker = self._ready_worker()
            sources = [step.source for step in group if step.source]
            if sources:
                worker.send_cells(sources)
            for step in group:
                outputs, count = [], None
                worker.start_cell()
                if step.source:
                    answer = worker.next_cell()
                    outputs = clean_outputs(answer.get("outputs"))
                    outputs += self._limit_met(answer.get("error")) or _not_shown(answer.get("error"), outputs)
                    count = answer.get("count")
                    count = count if type(count) is int else None
                    self._count_output(outputs)
                judged = self._judged(step.grade, outputs, count, worker) if step.grade else CellRun(outputs, count)
                self._runs.append(judged)
                if step.source and not step.grade:  # a check's cell defines nothing, and calls the function it is about
                    self._done.append(step.source)
        except (OverLimitError, WorkerDiedError, FrameError) as failure:
            if self._may_be_anothers(failure):
                self._end_worker()
            else:
                self._lose_cell(failure, outputs)

    def _may_be_anothers(self, failure: Exception) -> bool:
        """Whether an earlier function may have broken the worker while it was judged, or have left threads in it.

        The cell then gets another chance in a new worker, in which cells run again, but not the calls of checks.
        """
        if not self._called or self._worker is None:
            return False
        if isinstance(failure, OverLimitError):
            return not failure.limit.endswith("_submission") and self._worker.has_threads()
        return True

    def _count_output(self, outputs: list[Output]) -> None:
        """The worker counts as well, but what it says is the student's."""
        size = sum(len(text) for output in outputs for text in _texts(output))
        self._output_left -= size
        if size > self._limits.output_cell:
            outputs.clear()
            raise OverLimitError("output_cell")
        if self._output_left < 0:
            outputs.clear()
            raise OverLimitError("output_total")

    def _judged(self, grade: HiddenGrade, shown: list[Output], count: int | None, worker: Worker) -> CellRun:
        if any(output["output_type"] == "error" for output in shown):
            return CellRun(shown, count)
        try:
            verdict = self._judge(grade, worker)
            self._called = True
        except (OverLimitError, WorkerDiedError, FrameError, AutograderError):
            raise
        except Exception as failure:  # an error of ours that an odd result brought out: this cell's, and told
            return CellRun([*shown, error(BROKEN, words.broken_grader(f"{type(failure).__name__}: {failure}"))])
        data: Output = {"output_type": "display_data", "data": {MIME: verdict.to_json()}, "metadata": {}}
        outputs = joined(with_score([*shown, stream(f"{verdict}\n"), data], verdict.score, count))
        return CellRun(outputs, count, verdict)

    def _ready_worker(self) -> Worker:
        """The worker, or a new one that has run everything again that ran before."""
        while self._worker is None:
            worker = self._worker = self._zygote.start_worker(self._limits, self._used)
            self._called = False
            if not self._done:
                break
            again = 0
            try:
                worker.send_cells(self._done)
                while again < len(self._done):
                    worker.start_cell()
                    worker.next_cell()
                    again += 1
            except (OverLimitError, WorkerDiedError, FrameError) as failure:
                self._end_worker()
                if isinstance(failure, OverLimitError) and failure.limit.endswith("_submission"):
                    raise
                del self._done[again]  # it ran the first time; now it costs nothing but its definitions
        return self._worker

    def _lose_cell(self, failure: Exception, outputs: list[Output]) -> None:
        """The running cell is over; it keeps what it has shown, and says why."""
        status = self._end_worker(died=isinstance(failure, WorkerDiedError))
        if isinstance(failure, OverLimitError):
            value = getattr(self._limits, failure.limit)
            reason = error(OVER, words.over(failure.limit, value))
        elif isinstance(failure, WorkerDiedError):
            if status == signal.SIGKILL and not self._last:
                raise KilledError
            reason = error(DIED, words.died(how_it_died(status or 0)))
        else:
            reason = error(BAD, words.BAD_ANSWER)
        self._runs.append(CellRun([*outputs, reason]))
        if isinstance(failure, OverLimitError) and failure.limit.endswith("_submission"):
            while len(self._runs) < len(self._steps):
                self._runs.append(CellRun([reason]))

    def _end_worker(self, died: bool = False) -> int | None:
        worker, self._worker = self._worker, None
        return worker.close(died) if worker is not None else None

    def _limit_met(self, failure: Any) -> list[Output]:
        """A line for the student where the cell's own exception comes from a limit."""
        if not (isinstance(failure, list) and len(failure) == 3 and isinstance(failure[0], list)):
            return []
        kinds, number, text = failure
        limit = _BY_ERRNO.get(number) if type(number) is int else None
        if "MemoryError" in kinds:
            limit = "memory"
        if text == "can't start new thread":
            limit = "processes"
        return [error(OVER, words.over(limit, getattr(self._limits, limit)))] if limit else []


def _not_shown(failure: Any, outputs: list[Output]) -> list[Output]:
    """The exception of a cell whose notebook keeps the shell from showing it: it counts as shown, as in nbgrader."""
    if failure is None or any(output["output_type"] == "error" for output in outputs):
        return []
    return [error(HIDDEN, words.NOT_SHOWN)]


def _texts(output: Output) -> list[str]:
    if output["output_type"] == "stream":
        return [output["text"]]
    if output["output_type"] == "error":
        return [output["evalue"], *output["traceback"]]
    return list(output["data"].values())
