"""The warm parent knows how each worker ended, whoever asked first."""

import os
import signal
import time

from autograder.engine import workers
from autograder.engine.sandbox import zygote


def ended_child(code: int) -> int:
    pid = os.fork()
    if pid == 0:
        os._exit(code)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    return pid


def test_a_worker_that_was_reaped_before_the_grader_asks_still_has_its_status():
    """A busy machine: the worker dies before the next one is forked, and forking reaps."""
    pid = ended_child(3)
    statuses: dict[int, int | None] = {pid: None}
    zygote._reap(statuses)
    assert os.waitstatus_to_exitcode(zygote._end(pid, True, True, statuses)) == 3
    assert statuses == {}


def test_a_worker_that_ended_and_was_not_reaped_has_its_status():
    pid = ended_child(4)
    assert os.waitstatus_to_exitcode(zygote._end(pid, True, True, {pid: None})) == 4


def test_a_worker_that_runs_is_killed():
    pid = os.fork()
    if pid == 0:
        time.sleep(60)
        os._exit(0)
    assert zygote._end(pid, False, False, {pid: None}) == signal.SIGKILL


def test_a_sandbox_that_is_closed_while_it_closes_does_not_wait_for_itself(monkeypatch):
    """Two signals that end a grader: the second one comes while the first one waits for the warm parent."""
    with workers.Zygote(demanding=False) as sandbox:
        process = sandbox._process
        wait, calls = process.wait, []

        def interrupted():
            calls.append("wait")
            sandbox.close()
            return wait()

        monkeypatch.setattr(process, "wait", interrupted)
    assert calls == ["wait"]
    assert process.returncode == -signal.SIGKILL
