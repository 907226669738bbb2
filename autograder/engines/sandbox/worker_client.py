"""The grader's end of one worker: asks it to run cells and to make calls, and watches every limit."""

from __future__ import annotations

import contextlib
import math
import os
import signal
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from autograder.engines.sandbox import words
from autograder.engines.sandbox.channel import MAX_ANSWER, POLL_SECONDS, WorkerDiedError, receive, send
from autograder.engines.sandbox.inside import frames
from autograder.engines.sandbox.inside.frames import FrameError
from autograder.engines.sandbox.limits import Limits
from autograder.engines.sandbox.temporary import size_of
from autograder.errors import SandboxError
from labkit.calls.call import Call, Outcome

_MEGABYTE = 2**20
_INTERRUPT_SECONDS = 5
"""How long an interrupted cell has to say at which statement it was."""
_BYTES_PER_CHARACTER = 6
"""Bytes that a character may take in JSON."""


class OverLimitError(Exception):
    """A worker went over a limit; `limit` is its name."""

    def __init__(self, limit: str) -> None:
        super().__init__(limit)
        self.limit = limit

    @property
    def ends_submission(self) -> bool:
        """Whether the limit is one of the whole submission."""
        return self.limit.endswith("_submission")


OVER_MEMORY = -1
"""Stands in place of a wait status where the kernel killed the worker because its group was over its memory."""
WORKER_FAILURES = (OverLimitError, WorkerDiedError, FrameError)
"""What may end a worker: a limit, a crash, an answer that makes no sense."""


@dataclass
class Usage:
    """Seconds that a submission has used in workers that are gone."""

    wall: float = 0.0
    cpu: float = 0.0


class CellRequest(NamedTuple):
    """A cell to run.

    Attributes:
        source: the cell.
        own: whether it is the student's: where it fails, what it still defines runs.
        skip: index of the statement that ended an earlier worker and is left out now; None to run all.
    """

    source: str
    own: bool = True
    skip: int | None = None


class CallRequest:
    """Calls as they go over the channel, encoded once.

    Args:
        calls: what to call.
        functions: name in the calls → name in the notebook.
    """

    def __init__(self, calls: Sequence[Call], functions: Mapping[str, str]) -> None:
        self.calls = calls
        writer = frames.Writer()
        self.frame = writer.template({"functions": dict(functions), "calls": writer.calls(calls)})


class Worker:
    """One process that runs a student's notebook. Made by `Zygote.start_worker`; to be closed.

    Each request and its answer have the same number, so that an answer that was sent ahead of its request is refused.

    Args:
        channel: the grader's end.
        pid: the process.
        limits: what it may take.
        used: what earlier workers of the submission took; kept up to date.
        folder: its working folder, where its size has to be watched from outside.
        end: ends the process, see `Zygote.end_worker`.
    """

    def __init__(
        self,
        channel: socket.socket,
        pid: int,
        limits: Limits,
        used: Usage,
        folder: Path | None,
        end: Callable[[int, bool], int],
    ) -> None:
        self._socket = channel
        self._socket.setblocking(False)
        self._pid = pid
        self._clock = (~pid << 3) | 2  # the kernel's name of the processor clock of a process: clock_getcpuclockid(3)
        self._limits = limits
        self._used = used
        self._folder = folder
        self._end = end
        self._number = 0
        self._started = time.monotonic()
        self._cpu = 0.0
        self._ready = False
        self.start_cell()

    def start_cell(self) -> None:
        """Let time from here on count for the next cell."""
        self._cell_started = time.monotonic()
        self._cell_cpu = self._read_cpu()
        self._test_cpu = math.inf

    def send_cells(self, cells: Sequence[CellRequest]) -> None:
        """Ask to run cells; `next_cell` brings one answer for each.

        Raises:
            OverLimitError, WorkerDiedError: as they say.
        """
        self._send(frames.Writer().frame({"id": self._number, "cells": list(cells)}))

    def next_cell(self) -> dict[str, Any]:
        """Receive the answer for the next cell: `outputs`, `count`, `error` and so on, all of them unchecked.

        Raises:
            OverLimitError, WorkerDiedError, FrameError: as they say.
        """
        return self._answer(0, self._max_answer).header

    def interrupt(self) -> dict[str, Any]:
        """Interrupt the running cell, as a person would, and receive its answer; empty where it does not let go."""
        deadline = time.monotonic() + _INTERRUPT_SECONDS

        def check() -> None:
            if time.monotonic() > deadline:
                raise OverLimitError("wall_cell")

        try:
            os.kill(self._pid, signal.SIGINT)
            answer = receive(self._socket, check, 0, self._max_answer).header
        except (OSError, *WORKER_FAILURES):
            return {}
        return answer if answer.get("id") == self._number else {}

    def call(self, request: CallRequest) -> list[Outcome]:
        """Have calls made.

        Raises:
            OverLimitError, WorkerDiedError, FrameError: as they say.
        """
        self._test_cpu = min(self._test_cpu, self._read_cpu())  # of the first calls, if there are more
        self._send(request.frame(self._number))
        reader = self._answer(self._limits.result * _MEGABYTE, frames.MAX_HEADER)
        if "failed" in reader.header:
            raise FrameError(str(reader.header["failed"])[:200])
        return reader.outcomes(reader.header.get("outcomes"), request.calls)

    def has_threads(self) -> bool:
        """Tell whether more than one thread runs in the process."""
        with contextlib.suppress(OSError):
            return len(list(Path(f"/proc/{self._pid}/task").iterdir())) > 1
        return False

    def close(self, died: bool = False) -> int:
        """End the process; return its wait status if it died by itself.

        Args:
            died: whether it seems to have ended by itself.
        """
        self._used.wall += time.monotonic() - self._started
        self._used.cpu += self._read_cpu()
        self._socket.close()
        return self._end(self._pid, died)

    def _send(self, frame: bytes) -> None:
        send(self._socket, frame, self._check_limits)

    def _answer(self, max_arrays: int, max_header: int) -> frames.Reader:
        if not self._ready:
            if receive(self._socket, self._check_limits, 0, MAX_ANSWER).header != {"ready": True}:
                raise SandboxError(words.no_start(words.not_confined()))
            self._ready = True
        reader = receive(self._socket, self._check_limits, max_arrays, max_header)
        if reader.header.get("id") != self._number:
            raise FrameError("an answer to another question")
        self._number += 1
        self._check_limits()
        return reader

    @property
    def _max_answer(self) -> int:
        return MAX_ANSWER + _BYTES_PER_CHARACTER * self._limits.output_cell

    def _check_limits(self) -> None:
        """Raise if a limit that is watched from outside is reached."""
        now = time.monotonic()
        limits = self._limits
        if now - self._cell_started > limits.wall_cell:
            raise OverLimitError("wall_cell")
        if now - self._started + self._used.wall > limits.wall_submission:
            raise OverLimitError("wall_submission")
        if now - self._cell_started < POLL_SECONDS:
            return
        cpu = self._read_cpu()
        if cpu - self._cell_cpu > limits.cpu_cell:
            raise OverLimitError("cpu_cell")
        if cpu - self._test_cpu > limits.cpu_test:
            raise OverLimitError("cpu_test")
        if cpu + self._used.cpu > limits.cpu_submission:
            raise OverLimitError("cpu_submission")
        if self._folder is not None and size_of(self._folder) > limits.disk * _MEGABYTE:
            raise OverLimitError("disk")

    def _read_cpu(self) -> float:
        """Seconds of processor time, read from outside; the last reading once the process is gone."""
        with contextlib.suppress(OSError):
            self._cpu = time.clock_gettime(self._clock)
        return self._cpu
