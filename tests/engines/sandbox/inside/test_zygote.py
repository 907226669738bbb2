"""The zygote and its forks: how each worker ended, whoever asked first, and what it is given."""

import os
import resource
import signal
import time
from pathlib import Path

import pytest

from autograder.engines.sandbox.inside import serving
from autograder.engines.sandbox.inside.worker import write_files
from autograder.engines.sandbox.zygote_client import Zygote

pytestmark = pytest.mark.slow


def ended_child(code: int) -> int:
    pid = os.fork()
    if pid == 0:
        os._exit(code)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    return pid


def test_a_worker_that_was_reaped_before_the_grader_asks_still_has_its_status() -> None:
    """A busy machine: the worker dies before the next one is forked, and forking reaps."""
    pid = ended_child(3)
    statuses: dict[int, int | None] = {pid: None}
    serving.reap(statuses)
    assert os.waitstatus_to_exitcode(serving.end(pid, True, True, statuses)) == 3
    assert statuses == {}


def test_a_worker_that_ended_and_was_not_reaped_has_its_status() -> None:
    pid = ended_child(4)
    assert os.waitstatus_to_exitcode(serving.end(pid, True, True, {pid: None})) == 4


def running_child() -> int:
    pid = os.fork()
    if pid == 0:
        time.sleep(60)
        os._exit(0)
    return pid


@pytest.mark.parametrize("died", [False, True], ids=["over a limit", "closed its channel"])
def test_a_worker_that_runs_is_killed_and_does_not_count_as_killed_by_others(died: bool) -> None:
    pid = running_child()
    assert serving.end(pid, died, False, {pid: None}) == 0
    with pytest.raises(ChildProcessError):
        os.waitpid(pid, 0)


def test_a_worker_that_something_else_killed_counts_as_killed() -> None:
    pid = running_child()
    os.kill(pid, signal.SIGKILL)
    assert serving.end(pid, True, True, {pid: None}) == signal.SIGKILL


def test_a_sandbox_that_is_closed_while_it_closes_does_not_wait_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two signals that end a grader: the second one comes while the first one waits for the zygote."""
    with Zygote(demanding=False) as sandbox:
        process = sandbox._process
        assert process
        wait = process.wait
        calls: list[str] = []

        def interrupted() -> int:
            calls.append("wait")
            sandbox.close()
            return wait()

        monkeypatch.setattr(process, "wait", interrupted)
    assert calls == ["wait"]
    assert process.returncode == -signal.SIGKILL


def test_a_file_of_the_assignment_that_does_not_fit_is_not_cut_short_in_silence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk takes a part of what is written, and refuses the rest; a limit on files does the same."""
    monkeypatch.chdir(tmp_path)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            write_files({"datasets/points.csv": bytes(5000)})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
