"""The grader's side of the sandbox: starts the warm parent and its workers, asks them, and watches every limit."""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from autograder.engines.sandbox import layers, words
from autograder.engines.sandbox.inside import frames
from autograder.engines.sandbox.inside.frames import FrameError
from autograder.engines.sandbox.limits import Limits
from autograder.errors import SandboxError
from labkit.calls.call import Call, Outcome

_START = (
    "import json, os, sys; os.dup2(int(sys.argv[3]), 3); sys.path.insert(0, sys.argv[1]); "
    "from inside.zygote import main; main(json.loads(sys.argv[2]))"
)
_PROBE = (
    "import json, sys; sys.path.insert(0, sys.argv[1]); from inside import namespaces; "
    "print(namespaces.available(json.loads(sys.argv[2])))"
)
_PYTHON = (sys.executable, "-s", "-S", "-P", "-B", "-c")
"""A Python that runs nothing of a project or a user before what it is told."""
_SANDBOX = str(Path(__file__).parent)
_BOX = "autograder-"
"""Beginning of the names of temporary folders; the process that made one comes next."""
_OLD = 3600.0
"""Seconds after which the folder of a process that is not there is not another container's."""
_PATIENCE = 60.0
"""Seconds that the warm parent may take for its imports, or for a fork."""
_GLANCE = 0.05
"""Seconds between two looks at the limits while a worker is busy."""
_MEGABYTE = 2**20
_AT_ONCE = 2**16
"""Bytes to receive at once: little enough that the memory is used again, not fetched anew."""
_SLACK = 2**20
"""Bytes that a header may have beside a cell's outputs."""
_ESCAPED = 6
"""Bytes that a character may take in JSON."""


class OverLimitError(Exception):
    """A worker went over a limit; `limit` is its name."""

    def __init__(self, limit: str) -> None:
        super().__init__(limit)
        self.limit = limit


class WorkerDiedError(Exception):
    """A worker ended by itself, or something outside ended it."""


@dataclass
class Usage:
    """What a submission has used in workers that are gone."""

    wall: float = 0.0
    cpu: float = 0.0


class Zygote:
    """The warm parent of all workers of one grader; runs from `start` (or `with`) to `close`.

    Args:
        course: the course's folder, hidden from workers.
        off: layers to switch off (tests only).
        demanding: whether to refuse where a needed layer is missing.
    """

    def __init__(self, course: Path | None = None, off: Iterable[str] = (), demanding: bool = True) -> None:
        self._course = course
        self._off = tuple(off)
        self._demanding = demanding
        self._box = tempfile.mkdtemp(prefix=f"{_BOX}{os.getpid()}-")
        self._socket, self._theirs = socket.socketpair()
        self._process: subprocess.Popen[bytes] | None = None
        self._files: object = None
        self._ordered: tuple[Limits, object, socket.socket] | None = None
        self._ordered_pid: int | None = None

    def start(self) -> None:
        """Start it and wait until it is warm.

        Raises:
            SandboxError: it does not start, or a needed layer is missing.
        """
        _remove_left_boxes()
        try:
            self._process = self._start(layers.settings(self._course, self._box, self._off), self._theirs.fileno())
            self._theirs.close()
            try:
                hello = self._receive()
            except (FrameError, OSError, WorkerDiedError, OverLimitError) as error:
                raise SandboxError(words.no_start(str(error) or self._last_words())) from None
            self.layers: dict[str, bool] = hello["layers"]
            self.refused: dict[str, str] = hello["refused"]
            there = {**self.layers, **dict.fromkeys(self._off, True)}
            for layer in layers.missing(there) if self._demanding else ():
                raise SandboxError(words.layer_missing(layer.name, layer.how))
        except BaseException:  # Ctrl-C too
            self.close()
            raise

    def _start(self, settings: Mapping[str, Any], control: int) -> subprocess.Popen[bytes]:
        cache = Path.home() / ".cache" / "autograder"
        with contextlib.suppress(OSError):
            cache.mkdir(parents=True, exist_ok=True)
        environment = {
            "LANG": "C.UTF-8",
            "PATH": "/usr/bin:/bin",
            "HOME": self._box,
            "IPYTHONDIR": f"{self._box}/ipython",
            "MPLCONFIGDIR": str(cache),
            "PYTHONHASHSEED": "0",
            "PYTHONUTF8": "1",
            **dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
        }

        # Without `preexec_fn`: Python would run hooks of its own at the fork, in which a Ctrl-C is lost.
        command = [*_PYTHON, _START, _SANDBOX, json.dumps(settings), str(control)]
        with Path(self._box, "log").open("wb") as log:
            return subprocess.Popen(
                command,
                env=environment,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(control,),
                start_new_session=True,
            )

    def _last_words(self) -> str:
        """The last line that the warm parent wrote before it ended."""
        lines = Path(self._box, "log").read_text(encoding="utf-8", errors="replace").split("\n")
        return next((line.strip()[:300] for line in reversed(lines) if line.strip()), "")

    def load_files(self, files: Mapping[str, bytes]) -> None:
        """Set the files that each worker from now on finds in its working folder.

        Args:
            files: relative path → content; the same object again costs nothing.

        Raises:
            SandboxError: the warm parent is gone.
        """
        if files is self._files:
            return
        import numpy as np

        writer = frames.Writer()
        forms = {name: writer.value(np.frombuffer(data, np.uint8)) for name, data in files.items()}
        try:
            self._socket.sendall(writer.frame({"files": forms}))
        except OSError as error:
            raise SandboxError(words.no_start(str(error))) from None
        self._files = files

    def start_worker(self, limits: Limits, used: Usage) -> Worker:
        """Fork a worker.

        Args:
            limits: what it may take.
            used: what earlier workers of the same submission took; kept up to date.

        Raises:
            SandboxError: the warm parent is gone.
        """
        if self._ordered is not None and not (self._ordered[0] == limits and self._ordered[1] is self._files):
            self._give_up_ordered()
        if self._ordered is None:
            self._order(limits)
        channel, pid = self._take_ordered()
        folder = None if self.layers["namespaces"] else Path(self._box, "work")
        worker = Worker(self, channel, pid, limits, used, folder)
        if folder is None:  # where each one has a folder of its own, the next one gets ready while this one runs
            self._order(limits)
        return worker

    def _order(self, limits: Limits) -> None:
        """Ask for a worker; `_take_ordered` waits for it."""
        ours, theirs = socket.socketpair()
        self._ordered = (limits, self._files, ours)
        with theirs:
            try:
                self._socket.sendall(frames.Writer().frame({"start": asdict(limits)}))
                socket.send_fds(self._socket, [b"\0"], [theirs.fileno()])
            except OSError as error:
                raise SandboxError(words.no_start(str(error))) from None

    def _take_ordered(self) -> tuple[socket.socket, int]:
        assert self._ordered is not None
        pid = self._ordered_pid
        try:
            pid = self._receive()["pid"] if pid is None else pid
        except (OSError, FrameError, WorkerDiedError) as error:
            raise SandboxError(words.no_start(str(error))) from None
        channel = self._ordered[2]
        self._ordered = self._ordered_pid = None
        return channel, pid

    def _give_up_ordered(self) -> None:
        """The next worker is to be another one than was ordered."""
        channel, pid = self._take_ordered()
        channel.close()
        self.end(pid, died=False)

    def end(self, pid: int, died: bool) -> int:
        """Kill a worker with all that it started; its wait status if it died by itself, else 0.

        Args:
            pid: its process.
            died: whether it seems to have ended by itself; then its own status is waited for, for a moment.

        Raises:
            SandboxError: the warm parent is gone.
        """
        try:
            if died and self._ordered is not None and self._ordered_pid is None:
                self._ordered_pid = self._receive()["pid"]  # answers come in order
            self._socket.sendall(frames.Writer().frame({"end": pid, "died": died}))
            return int(self._receive()["status"]) if died else 0
        except (OSError, FrameError, WorkerDiedError) as error:
            raise SandboxError(words.no_start(str(error))) from None

    def _receive(self) -> dict[str, Any]:
        deadline = time.monotonic() + _PATIENCE

        def check() -> None:
            if time.monotonic() > deadline:
                raise WorkerDiedError("it does not answer")

        return _receive(self._socket, check, 0, _SLACK).header

    def close(self) -> None:
        """End the warm parent and all its workers."""
        self._socket.close()
        self._theirs.close()
        if self._ordered is not None:
            self._ordered[2].close()
        process, self._process = self._process, None  # a signal may come, whose handler calls this again
        if process is not None:
            process.kill()
            process.wait()
        shutil.rmtree(self._box, ignore_errors=True)

    def __enter__(self) -> Zygote:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


def no_namespaces(course: Path) -> str:
    """Why namespaces cannot be used here; empty where they can."""
    with tempfile.TemporaryDirectory(prefix=f"{_BOX}{os.getpid()}-") as box:
        command = [*_PYTHON, _PROBE, _SANDBOX, json.dumps(layers.settings(course, box))]
        return subprocess.run(command, env={}, cwd="/", capture_output=True, text=True, check=False).stdout.strip()


class Worker:
    """One process that runs a student's notebook. Made by `Zygote.start_worker`; to be closed."""

    def __init__(
        self, zygote: Zygote, channel: socket.socket, pid: int, limits: Limits, used: Usage, folder: Path | None
    ) -> None:
        self._zygote = zygote
        self._socket = channel
        self._socket.setblocking(False)
        self._pid = pid
        self._clock = (~pid << 3) | 2  # the kernel's name of the processor clock of a process: clock_getcpuclockid(3)
        self._limits = limits
        self._used = used
        self._folder = folder
        self._ticket = 0
        self._started = time.monotonic()
        self._cpu = 0.0
        self._ready = False
        self.start_cell()

    def start_cell(self) -> None:
        """From here on, time counts for the next cell."""
        self._cell_started = time.monotonic()
        self._cell_cpu = self._read_cpu()

    def send_cells(self, sources: Sequence[str]) -> None:
        """Ask to run cells; `next_cell` brings one answer for each.

        Raises:
            OverLimitError, WorkerDiedError: as they say.
        """
        self._send(frames.Writer().frame({"id": self._ticket, "cells": list(sources)}))

    def next_cell(self) -> dict[str, Any]:
        """The answer for the next cell: `outputs`, `count`, `error`, all of them unchecked.

        Raises:
            OverLimitError, WorkerDiedError, FrameError: as they say.
        """
        return self._answer(0, _SLACK + _ESCAPED * self._limits.output_cell).header

    def call(self, request: CallRequest) -> list[Outcome]:
        """Have calls made.

        Raises:
            OverLimitError, WorkerDiedError, FrameError: as they say.
        """
        self._send(request.frame(self._ticket))
        reader = self._answer(self._limits.result * _MEGABYTE, frames.MAX_HEADER)
        if "failed" in reader.header:
            raise FrameError(str(reader.header["failed"])[:200])
        return reader.outcomes(reader.header.get("outcomes"), request.calls)

    def has_threads(self) -> bool:
        """Whether more than one thread runs in the process."""
        with contextlib.suppress(OSError):
            return len(list(Path(f"/proc/{self._pid}/task").iterdir())) > 1
        return False

    def close(self, died: bool = False) -> int:
        """End the process; its wait status if it died by itself.

        Args:
            died: whether it seems to have ended by itself.
        """
        self._used.wall += time.monotonic() - self._started
        self._used.cpu += self._read_cpu()
        self._socket.close()
        return self._zygote.end(self._pid, died)

    def _send(self, frame: bytes) -> None:
        view = memoryview(frame)
        while len(view):
            try:
                view = view[self._socket.send(view) :]
            except BlockingIOError:
                _wait(self._socket, select.POLLOUT)
                self._check()
            except OSError:
                raise WorkerDiedError from None

    def _answer(self, max_arrays: int, max_header: int) -> frames.Reader:
        if not self._ready:
            if _receive(self._socket, self._check, 0, _SLACK).header != {"ready": True}:
                raise SandboxError(words.no_start("a worker could not confine itself"))
            self._ready = True
        reader = _receive(self._socket, self._check, max_arrays, max_header)
        limit = reader.header.get("over")
        if limit in ("output_cell", "output_total"):
            raise OverLimitError(limit)
        if reader.header.get("id") != self._ticket:
            raise FrameError("an answer to another question")
        self._ticket += 1
        self._check()
        return reader

    def _check(self) -> None:
        """Raise if a limit of time is reached."""
        now = time.monotonic()
        limits = self._limits
        if now - self._cell_started > limits.wall_cell:
            raise OverLimitError("wall_cell")
        if now - self._started + self._used.wall > limits.wall_submission:
            raise OverLimitError("wall_submission")
        if now - self._cell_started < _GLANCE:
            return
        cpu = self._read_cpu()
        if cpu - self._cell_cpu > limits.cpu_cell:
            raise OverLimitError("cpu_cell")
        if cpu + self._used.cpu > limits.cpu_submission:
            raise OverLimitError("cpu_submission")
        if self._folder is not None and _size(self._folder) > limits.disk * _MEGABYTE:
            raise OverLimitError("disk")

    def _read_cpu(self) -> float:
        """Seconds of processor time, read from outside; the last reading once the process is gone."""
        with contextlib.suppress(OSError):
            self._cpu = time.clock_gettime(self._clock)
        return self._cpu


class CallRequest:
    """Calls as they go over the channel; encoded once for a whole class.

    Args:
        calls: what to call.
        functions: name in the calls → name in the notebook.
    """

    def __init__(self, calls: Sequence[Call], functions: Mapping[str, str]) -> None:
        self.calls = calls
        writer = frames.Writer()
        self.frame = writer.template({"functions": dict(functions), "calls": writer.calls(calls)})


def _remove_left_boxes() -> None:
    """Remove the folders of graders that were killed before they could."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_BOX}*-*"):
        owner = folder.name.removeprefix(_BOX).partition("-")[0]
        with contextlib.suppress(OSError):
            status = folder.stat()
            old = status.st_mtime < time.time() - _OLD
            if old and status.st_uid == os.getuid() and not Path("/proc", owner).exists():
                shutil.rmtree(folder, ignore_errors=True)


def how_it_died(status: int) -> str:
    """A wait status in words."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        try:
            return signal.Signals(number).name
        except ValueError:
            return f"signal {number}"
    return f"exit code {os.WEXITSTATUS(status)}"


def _receive(channel: socket.socket, check: Any, max_arrays: int, max_header: int) -> frames.Reader:
    header, arrays = frames.lengths(bytes(_read(channel, frames.PREFIX.size, check)), max_header, max_arrays)
    return frames.Reader(frames.parse_header(bytes(_read(channel, header, check))), _read(channel, arrays, check))


def _read(channel: socket.socket, length: int, check: Any) -> bytearray:
    """Exactly so many bytes; memory grows with what really comes, not with what was announced."""
    data = bytearray()
    while len(data) < length:
        try:
            part = channel.recv(min(length - len(data), _AT_ONCE), socket.MSG_DONTWAIT)
        except BlockingIOError:
            _wait(channel, select.POLLIN)
            check()
            continue
        except OSError:
            part = b""
        if not part:
            raise WorkerDiedError
        data += part
    return data


def _wait(channel: socket.socket, event: int) -> None:
    poll = select.poll()
    poll.register(channel, event)
    poll.poll(_GLANCE * 1000)


def _size(folder: Path) -> int:
    """Bytes in a folder; used where its size cannot be limited by a mount."""
    total = 0
    waiting = [str(folder)]
    while waiting:
        with contextlib.suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    else:
                        total += entry.stat(follow_symlinks=False).st_blocks * 512
    return total
