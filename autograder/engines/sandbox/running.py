"""Run the steps of one notebook in workers, judge its checks from outside, and let no cell cost more than itself."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from autograder.checking.verdict import MIME, Verdict
from autograder.engines.remainder import EVERYTHING, Remainder, read_remainder
from autograder.engines.sandbox import words
from autograder.engines.sandbox.answers import Answer, over_limit, read_answer, size_of
from autograder.engines.sandbox.channel import WorkerDiedError
from autograder.engines.sandbox.limits import Limits
from autograder.engines.sandbox.plan import HiddenGrade, Step
from autograder.engines.sandbox.worker_client import (
    OVER_MEMORY,
    WORKER_FAILURES,
    CellRequest,
    OverLimitError,
    Usage,
    Worker,
)
from autograder.engines.sandbox.zygote_client import Zygote
from autograder.engines.scoring import with_score
from autograder.notebook.format import Output
from autograder.notebook.outputs import error, joined, stream
from autograder.scrub.process import Allowance

DIED, BAD_ANSWER, BROKEN = "ProcessEnded", "BadAnswer", "GraderError"
"""Names of the errors that stand in a cell for what the grader saw."""
_OWN_WORDS = 1_000
"""Characters of what the grader itself adds to a cell that showed too much, or met a limit."""


class KilledError(Exception):
    """Something outside killed a worker; the submission is to be judged again from its beginning."""


class BrokenCheckError(Exception):
    """The grader itself failed on a check; the text says so to student and instructor."""


@dataclass(frozen=True)
class CellRun:
    """What running one cell gave.

    Attributes:
        outputs: as nbformat has them.
        count: the execution count; None if the cell was empty or not finished.
        verdict: of a check that was judged.
        broken: why the grader itself could not judge the check; empty where it could.
        cut: why a part of the outputs was left out; empty where none was.
        remainder: what became of the rest of a cell that failed.
        lost: whether the cell ended its worker, so that no more than its definitions can be kept.
    """

    outputs: list[Output]
    count: int | None = None
    verdict: Verdict | None = None
    broken: str = ""
    cut: str = ""
    remainder: Remainder | None = None
    lost: bool = False


Judge = Callable[[HiddenGrade, Worker], Verdict]
"""Judges one check on a worker; raises BrokenCheckError where the grader itself fails."""


def run_steps(zygote: Zygote, steps: Sequence[Step], limits: Limits, judge: Judge, last: bool = False) -> list[CellRun]:
    """Run steps in order.

    After a step that ends its worker, the next ones run in a new worker that has run the earlier steps again.

    Args:
        zygote: started, with the assignment's files loaded.
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
        self._done: list[CellRequest] = []  # the cells that a new worker has to run again
        self._runs: list[CellRun] = []
        self._worker: Worker | None = None
        self._made_calls = False  # whether the worker has made the calls of a check
        self._output_left = limits.output_total
        self._allowance = Allowance()

    def run(self) -> list[CellRun]:
        try:
            while len(self._runs) < len(self._steps):
                self._run_until_check()
        finally:
            self._end_worker()
        return self._runs

    def _run_until_check(self) -> None:
        """Run the next steps up to a check, and judge that; or up to the step that ends the worker."""
        group = self._next_group()
        shown: list[Output] = []
        try:
            worker = self._ready_worker()
            cells = [CellRequest(step.source, step.own) for step in group if step.source]
            if cells:
                worker.send_cells(cells)
            for step in group:
                shown = []
                answer = Answer(shown, None)
                worker.start_cell()
                if step.source:
                    answer = read_answer(worker.next_cell(), self._limits, self._allowance)
                    shown = answer.outputs
                    self._count_output(shown)
                run = self._judged(step.grade, answer, worker)
                self._runs.append(replace(run, cut=answer.cut, remainder=answer.remainder))
                if step.source and not step.grade:  # a check's cell defines nothing, and calls the function it is about
                    self._done.append(CellRequest(step.source, step.own))
        except WORKER_FAILURES as failure:
            if self._caused_by_earlier_check(failure):
                self._end_worker()
            else:
                self._lose_cell(failure, shown)

    def _next_group(self) -> list[Step]:
        """The steps that are left up to the next check: the worker takes them in one message."""
        group: list[Step] = []
        for step in self._steps[len(self._runs) :]:
            group.append(step)
            if step.grade:
                break
        return group

    def _caused_by_earlier_check(self, failure: Exception) -> bool:
        """Tell whether calls of an earlier check, not this cell, may have broken the worker, or left threads in it.

        Then the cell runs again in a fresh worker, in which cells run again, but not the calls of checks.
        """
        if not self._made_calls or self._worker is None:
            return False
        if isinstance(failure, OverLimitError):
            return not failure.ends_submission and self._worker.has_threads()
        return True

    def _count_output(self, shown: list[Output]) -> None:
        """Count what a cell showed; forget it and raise where it is too much."""
        size = size_of(shown)
        self._output_left -= size
        if size > self._limits.output_cell + _OWN_WORDS or self._output_left < -_OWN_WORDS * len(self._steps):
            shown.clear()
            raise OverLimitError("output_cell" if size > self._limits.output_cell else "output_total")

    def _judged(self, grade: HiddenGrade | None, answer: Answer, worker: Worker) -> CellRun:
        """Judge the check of a step, if it has one and its visible part raised nothing."""
        shown, count = answer.outputs, answer.count
        if grade is None or any(output["output_type"] == "error" for output in shown):
            return CellRun(shown, count)
        try:
            verdict = self._judge(grade, worker)
        except BrokenCheckError as failure:
            return CellRun([*shown, error(BROKEN, str(failure))], broken=str(failure))
        self._made_calls = True
        data: Output = {"output_type": "display_data", "data": {MIME: verdict.to_json()}, "metadata": {}}
        outputs = joined(with_score([*shown, stream(f"{verdict}\n"), data], verdict.score, count))
        return CellRun(outputs, count, verdict)

    def _ready_worker(self) -> Worker:
        """The worker, or a new one that has run everything again that ran before."""
        while self._worker is None:
            self._worker = self._zygote.start_worker(self._limits, self._used)
            self._made_calls = False
            if self._done:
                self._run_again(self._worker)
        return self._worker

    def _run_again(self, worker: Worker) -> None:
        """Run the cells again that ran before. One that now fails ends the worker, and is left out next time."""
        again = 0
        try:
            worker.send_cells(self._done)
            while again < len(self._done):
                worker.start_cell()
                worker.next_cell()
                again += 1
        except WORKER_FAILURES as failure:
            self._end_worker()
            if isinstance(failure, OverLimitError) and failure.ends_submission:
                raise
            lost = self._done.pop(again)
            if lost.own and lost.skip != EVERYTHING:
                self._done.insert(again, lost._replace(skip=EVERYTHING))

    def _lose_cell(self, failure: Exception, shown: list[Output]) -> None:
        """Give up the running cell: it keeps what it has shown, and says why."""
        step = self._steps[len(self._runs)]
        is_kept = step.own and not step.grade and bool(step.source)
        skip = self._running_statement(failure) if is_kept else EVERYTHING
        status = self._end_worker(died=isinstance(failure, WorkerDiedError))
        if isinstance(failure, OverLimitError):
            reason = over_limit(failure.limit, self._limits)
        elif isinstance(failure, WorkerDiedError):
            if status == signal.SIGKILL and not self._last:
                raise KilledError
            reason = over_limit("memory", self._limits) if status == OVER_MEMORY else error(DIED, _how_it_ended(status))
        else:
            reason = error(BAD_ANSWER, words.bad_answer())
        if is_kept:
            self._done.append(CellRequest(step.source, step.own, skip))
        self._runs.append(CellRun([*shown, reason], lost=is_kept))
        if isinstance(failure, OverLimitError) and failure.ends_submission:
            self._runs += [CellRun([reason]) for _ in self._steps[len(self._runs) :]]

    def _running_statement(self, failure: Exception) -> int:
        """Find out which statement of the running cell does not end; EVERYTHING if it does not let go, or died."""
        if not isinstance(failure, OverLimitError) or failure.ends_submission or self._worker is None:
            return EVERYTHING
        rest = read_remainder(self._worker.interrupt().get("remainder"))
        return EVERYTHING if rest is None else rest.failed

    def _end_worker(self, died: bool = False) -> int:
        worker, self._worker = self._worker, None
        return worker.close(died) if worker is not None else 0


def _how_it_ended(status: int) -> str:
    """Say how a worker ended, from its wait status."""
    if not os.WIFSIGNALED(status):
        return words.exited(os.WEXITSTATUS(status))
    number = os.WTERMSIG(status)
    name = next((known.name for known in signal.Signals if known == number), str(number))
    return words.ended_by_signal(name)
