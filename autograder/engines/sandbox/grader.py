"""Judge one submission: a pure function of it, of what its class shares, and of the course's secret."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial

from autograder.assignments import find_check
from autograder.checking.judging import PreparedCheck
from autograder.checking.verdict import Verdict
from autograder.course.course import read_secret
from autograder.engines import words as engines_words
from autograder.engines.failures import engine_failure
from autograder.engines.remainder import notes_on_run
from autograder.engines.result import Judged
from autograder.engines.sandbox.plan import HiddenGrade, plan
from autograder.engines.sandbox.running import BrokenCheckError, KilledError, run_steps
from autograder.engines.sandbox.shared import Shared
from autograder.engines.sandbox.worker_client import WORKER_FAILURES, CallRequest, Worker
from autograder.engines.sandbox.zygote_client import Zygote
from autograder.engines.scoring import as_nbgrader_scores, is_guess, judged, mark_not_graded
from autograder.engines.task import Handed, Submission, submission_hash
from autograder.errors import ENDS_ALL, AutograderError, SandboxError
from autograder.language import speaking
from autograder.notebook.notes import GRADER_ERROR, Note
from autograder.notebook.roles import role
from autograder.notebook.source import Source, parse_source
from autograder.restore.restore import Restored, restore_or_untouched
from autograder.scrub.memory import keep_freed_memory
from labkit.calls.call import Call

ATTEMPTS = 2


class Grader:
    """Judges submissions of one class, one after the other.

    What costs time and is the same for a whole class is done once: the zygote, probes, references' outcomes.

    Args:
        shared: what the class shares; the secret that it names draws the probes.
        off: layers of the sandbox, and fast paths, to switch off (tests and benchmarks only).
    """

    def __init__(self, shared: Shared, off: Sequence[str] = ()) -> None:
        self._material, self._home = shared
        self._off = off
        self._zygote: Zygote | None = None
        self._checks: dict[HiddenGrade, _RemoteCheck] = {}

    @cached_property
    def _secret(self) -> bytes:
        return read_secret(self._home.secret)

    @cached_property
    def _sources(self) -> list[Source]:
        """The instructor's notebooks, parsed once for a class."""
        return [parse_source(source, name) for name, source in self._material.sources.items()]

    def start(self) -> None:
        """Start the sandbox, if it does not run.

        Raises:
            SandboxError: a layer is missing on this machine.
        """
        if self._zygote is None:
            fewer = self._material.fewer_layers
            self._zygote = Zygote(self._home.hidden, self._off, fewer_layers=fewer)
            keep_freed_memory()
            self._zygote.start()  # known by now, so that `close` ends it also while it starts
        self._zygote.load_files(self._material.files)

    def judge(self, submission: Submission) -> Judged:
        """Judge a submission. Never raises for what is in it.

        Raises:
            SandboxError: a layer is missing on this machine.
        """
        try:
            for attempt in range(1, ATTEMPTS + 1):
                try:
                    return self._judge(submission, last=attempt == ATTEMPTS)
                except KilledError:
                    continue
                except SandboxError:
                    if attempt == ATTEMPTS:
                        raise
                    self.close()  # the zygote is gone, or was killed while it started; a new one may do
            raise AssertionError("the last attempt returns or raises")
        except SandboxError:
            raise
        except ENDS_ALL:
            raise
        except BaseException as failure:  # an error of ours, whatever the submission did to bring it out
            return Judged(problem=engine_failure(failure, self._home.private))

    def close(self) -> None:
        """End the sandbox."""
        if self._zygote is not None:
            self._zygote.close()
            self._zygote = None

    def _judge(self, submission: Submission, last: bool) -> Judged:
        self.start()
        pairs = zip(self._sources, submission, strict=True)
        result = judged({source.name: self._notebook(source, handed, last) for source, handed in pairs})
        return replace(result, submission=submission_hash(submission))

    def _notebook(self, source: Source, handed: Handed, last: bool) -> Restored:
        """Restore and run one notebook; its notes include those on the run."""
        with speaking(self._material.language):
            restored = restore_or_untouched(source, handed.content, handed.missing)
        if restored.unreadable:
            mark_not_graded(restored.notebook, restored.unreadable)
            return restored
        with speaking(restored.edition.language):
            return self._run(restored, last)

    def _run(self, restored: Restored, last: bool) -> Restored:
        assert self._zygote is not None
        cells = restored.notebook["cells"]
        steps = plan(restored.notebook)
        for step in steps:
            if step.grade:
                self._prepare(step.grade)
        notes: list[Note] = []
        judge = partial(self._judge_check, {})
        for step, run in zip(steps, run_steps(self._zygote, steps, self._material.limits, judge, last), strict=True):
            cell, own = cells[step.cell], role(cells[step.cell])
            cell["outputs"], cell["execution_count"] = run.outputs, run.count
            notes += notes_on_run(cell, run.remainder, run.lost, run.cut)
            if run.broken:
                notes.append(Note(GRADER_ERROR, own.grade_id, run.broken))
            if own.is_test and not step.grade:
                cell["outputs"] = as_nbgrader_scores(run.outputs, own.points, cell["source"])
                if is_guess(cell["outputs"]):
                    notes.append(Note("guessed-score", own.grade_id, engines_words.guessed_score(own.grade_id)))
        restored.notebook["metadata"]["autograder"]["notes"] += [note.to_json() for note in notes]
        return replace(restored, notes=(*restored.notes, *notes))

    def _prepare(self, grade: HiddenGrade) -> None:
        """Look up a check and draw its probes, once for a class; `refuse_unfit_tests` has looked at all checks."""
        if grade in self._checks:
            return
        key, check = find_check(grade.check)
        keeps = "kept_requests" not in self._off
        prepared = PreparedCheck(key.with_shares(self._material.shares), check, self._secret)
        self._checks[grade] = _RemoteCheck(prepared, grade.functions, keeps)

    def _judge_check(self, judged: dict[str, Verdict | None], grade: HiddenGrade, worker: Worker) -> Verdict:
        """Judge a check, and keep its verdict for the later checks of the notebook."""
        judged[grade.check] = None
        try:
            verdict = judged[grade.check] = self._checks[grade].judge(worker, judged)
            return verdict
        except (*WORKER_FAILURES, *ENDS_ALL, AutograderError):
            raise
        except BaseException as failure:  # an error of ours that an odd result brought out: it costs this cell only
            raise BrokenCheckError(engine_failure(failure, self._home.private)) from failure


class _RemoteCheck:
    """A check whose calls are made in a worker.

    Args:
        prepared: the check with its probes.
        functions: names of the student's functions, in the check's order; others have the names of the check.
        keeps: whether to keep encoded requests.
    """

    def __init__(self, prepared: PreparedCheck, functions: Sequence[str], keeps: bool) -> None:
        self._prepared = prepared
        names = prepared.check.functions
        self._functions = {**{name: name for name in names}, **dict(zip(names, functions, strict=False))}
        self._keeps = keeps
        self._requests: dict[int, CallRequest] = {}

    def judge(self, worker: Worker, earlier: Mapping[str, Verdict | None]) -> Verdict:
        return self._prepared.judge(lambda calls: worker.call(self._request(calls)), earlier)

    def _request(self, calls: Sequence[Call]) -> CallRequest:
        """Encode a list of calls.

        Fast path "kept_requests": a check has one list or two for a whole class, so its requests are encoded once. A
        list is known by its id, which is its own for as long as the request refers to it.
        """
        request = self._requests.get(id(calls)) or CallRequest(calls, self._functions)
        if self._keeps:
            self._requests[id(calls)] = request
        return request
