"""Serve the grader inside the sandbox: keep the assignment's files, fork workers, end them."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from labkit.selfcheck import check as selfcheck
from labkit.selfcheck import public_cases

from . import frames, landlock, namespaces, shell, system, worker

CONTROL = 3
"""The descriptor that leads to the grader; in a worker, its own channel."""
_STATUS_TRIES = 500
"""How often to look, a millisecond apart, whether a worker that seems dead has a status."""


class Server:
    """Answers the grader's requests one after the other.

    Args:
        config: from `autograder.engines.sandbox.layers.settings`.
        layers: which layers there are.
        home: the folder that holds the working folder.
        rules: Landlock's rules for all workers; None to make them in each one.
        notebook: the warm shell.
    """

    def __init__(
        self,
        config: Mapping[str, Any],
        layers: Mapping[str, bool],
        home: str,
        rules: landlock.Ruleset | None,
        notebook: shell.Shell,
    ) -> None:
        self._config = config
        self._layers = layers
        self._home = home
        self._work = Path(home, namespaces.WORK)
        self._rules = rules
        self._notebook = notebook
        self._files: dict[str, bytes] = {}
        self._statuses: dict[int, int | None] = {}
        self._control = socket.socket(fileno=os.dup(CONTROL))
        self._channel = worker.Channel(CONTROL)

    def serve(self, refused: Mapping[str, str]) -> None:
        """Say which layers there are, and why some are not; then answer until the grader hangs up."""
        self._answer({"layers": self._layers, "refused": refused})
        while (request := self._channel.receive()) is not None:
            if "files" in request.header:
                self._load_files(request)
            elif "start" in request.header:
                self._start_worker(request.header["start"])
            else:
                self._end_worker(request.header["end"], request.header["died"])

    def _answer(self, header: Mapping[str, Any]) -> None:
        self._channel.send(frames.Writer().pieces(dict(header)))

    def _load_files(self, request: frames.Reader) -> None:
        self._files = {name: request.value(form).tobytes() for name, form in request.header["files"].items()}
        if public_cases.FILE_NAME in self._files:
            with contextlib.suppress(Exception):  # a file that is no good is for the self-check to say
                for case in public_cases.parse(self._files[public_cases.FILE_NAME])["checks"].values():
                    selfcheck.prepare(case)  # so that the forks have it ready
        system.freeze_memory()

    def _start_worker(self, limits: Mapping[str, int]) -> None:
        _, (fd, *_), _, _ = socket.recv_fds(self._control, 1, 1)
        reap(self._statuses)
        pid = system.fork(namespaces.FOR_FORK if self._layers["namespaces"] else 0)
        if pid == 0:
            try:
                self._become_worker(fd, limits)
                worker.serve(worker.Channel(CONTROL), self._notebook, limits)
            finally:
                os._exit(1)
        os.close(fd)
        self._statuses[pid] = None
        self._answer({"pid": pid})

    def _become_worker(self, fd: int, limits: Mapping[str, int]) -> None:
        rules = self._rules
        if self._layers["landlock"] and not self._layers["namespaces"]:
            rules = landlock.rules_for(self._config, str(self._work))  # this very folder, not the next submission's
        os.dup2(fd, CONTROL)
        worker.confine(self._layers, limits, self._home, rules)
        os.closerange(CONTROL + 1, 2**16)
        worker.redirect_output()
        worker.write_files(self._files)

    def _end_worker(self, pid: int, died: bool) -> None:
        status = end(pid, died, self._layers["namespaces"], self._statuses)
        if not self._layers["namespaces"]:
            _empty(self._work)
        if died:
            self._answer({"status": status})


def end(pid: int, died: bool, alone: bool, statuses: dict[int, int | None]) -> int:
    """End a worker. Where it died by itself its own status counts, which may be a moment away.

    One that closed its channel and runs on has ended its work by itself, and is not taken for one that was killed.
    Nobody waits for one that is killed in namespaces: the kernel takes those apart while the next one runs.

    Args:
        pid: its process.
        died: whether it seems to have ended by itself.
        alone: whether it has a process-id namespace of its own.
        statuses: worker that nobody has ended yet → its wait status, once `reap` has seen it.
    """
    seen = statuses.pop(pid, None)
    if seen is not None:
        return seen
    for _ in range(_STATUS_TRIES if died else 0):
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return status
        time.sleep(0.001)
    os.kill(pid, signal.SIGKILL)
    if died or not alone:
        os.waitpid(pid, 0)
    return 0


def reap(statuses: dict[int, int | None]) -> None:
    """Let go of the workers that have ended by now; keep the status of those that the grader has yet to ask about."""
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            if pid in statuses:
                statuses[pid] = status


def _empty(work: Path) -> None:
    """Clear a working folder that does not vanish by itself, whatever a notebook put into it."""
    aside = work.with_name("gone")
    work.rename(aside)
    work.mkdir()
    shutil.rmtree(aside, ignore_errors=True)
