"""The grader's end of the zygote: starts it in a Python of its own, and has it fork workers and end them."""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any

from autograder.engines.sandbox import layers, words
from autograder.engines.sandbox.cgroup import Group, NoGroupError, make_group
from autograder.engines.sandbox.channel import MAX_ANSWER, WorkerDiedError, receive
from autograder.engines.sandbox.inside import frames
from autograder.engines.sandbox.inside.frames import FrameError
from autograder.engines.sandbox.limits import Limits
from autograder.engines.sandbox.temporary import make_box, remove_stale_boxes
from autograder.engines.sandbox.worker_client import OVER_MEMORY, Usage, Worker
from autograder.errors import SandboxError
from autograder.scrub.threads import ONE_THREAD

START_TIMEOUT = 60.0
"""Seconds that the zygote may take for its imports, or for a fork."""
_START = (
    "import json, os, sys; os.dup2(int(sys.argv[3]), 3); sys.path.insert(0, sys.argv[1]); "
    "from inside.zygote import main; main(json.loads(sys.argv[2]))"
)
_PROBE = (
    "import json, sys; sys.path.insert(0, sys.argv[1]); from inside import namespaces; "
    "print(namespaces.available(json.loads(sys.argv[2])))"
)
_PYTHON = (sys.executable, "-s", "-S", "-P", "-B", "-c")
"""A Python that runs nothing of a project or a user before the program in its arguments."""
_SANDBOX = str(Path(__file__).parent)


class Zygote:
    """The process from which all workers of one grader are forked; runs from `start` (or `with`) to `close`.

    Args:
        course: the course's folder, hidden from workers.
        off: layers, and fast paths, to switch off (tests and benchmarks only).
        demanding: whether to refuse where a layer is missing.
        fewer_layers: whether to go on without the layers that are not needed; the instructor's choice.
    """

    def __init__(
        self,
        course: Path | None = None,
        off: Iterable[str] = (),
        demanding: bool = True,
        fewer_layers: bool = False,
    ) -> None:
        self._course = course
        self._off = tuple(off)
        self._demanding = demanding
        self._fewer_layers = fewer_layers
        self._box = make_box()
        self._socket, self._child_socket = socket.socketpair()
        self._process: subprocess.Popen[bytes] | None = None
        self._group: Group | None = None
        self._files: object = None

    def start(self) -> None:
        """Start it and wait until it is warm.

        Raises:
            SandboxError: it does not start, or a needed layer is missing.
        """
        remove_stale_boxes()
        try:
            settings = layers.settings(self._course, self._box, self._off)
            self._process = self._start(settings, self._child_socket.fileno())
            self._child_socket.close()
            with contextlib.suppress(NoGroupError, OSError):
                self._group = make_group()
                self._group.add(self._process.pid)
            try:
                hello = self._receive()
            except (FrameError, OSError, WorkerDiedError) as error:
                raise SandboxError(words.no_start(str(error) or self._last_line())) from None
            self.layers: dict[str, bool] = hello["layers"]
            self.refused: dict[str, str] = hello["refused"]
            present = {**self.layers, **dict.fromkeys(self._off, True)}
            for layer in layers.missing(present, self._fewer_layers) if self._demanding else ():
                raise SandboxError(words.layer_missing(layer.name, layer.how, self.refused.get(layer.name, "")))
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
            **ONE_THREAD,
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

    def _last_line(self) -> str:
        """The last line that the zygote wrote before it ended."""
        lines = Path(self._box, "log").read_text(encoding="utf-8", errors="replace").split("\n")
        return next((line.strip()[:300] for line in reversed(lines) if line.strip()), "")

    def load_files(self, files: Mapping[str, bytes]) -> None:
        """Set the files that each worker from now on has in its working folder.

        Args:
            files: relative path → content; the same object again costs nothing.

        Raises:
            SandboxError: the zygote is gone.
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
            SandboxError: the zygote is gone.
        """
        if self._group is not None:
            with contextlib.suppress(OSError):
                self._group.limit(limits)
        channel, child_socket = socket.socketpair()
        try:
            with child_socket:
                self._socket.sendall(frames.Writer().frame({"start": asdict(limits)}))
                socket.send_fds(self._socket, [b"\0"], [child_socket.fileno()])
            pid = int(self._receive()["pid"])
        except (OSError, FrameError, WorkerDiedError) as error:
            channel.close()
            raise SandboxError(words.no_start(str(error))) from None
        folder = None if self.layers["namespaces"] else Path(self._box, "work")
        return Worker(channel, pid, limits, used, folder, self.end_worker)

    def end_worker(self, pid: int, died: bool) -> int:
        """Kill a worker with all that it started; return its wait status if it died by itself, else 0.

        OVER_MEMORY stands for the status of a worker that the kernel killed for its memory.

        Args:
            pid: its process.
            died: whether it seems to have ended by itself; then its own status is waited for, for a moment.

        Raises:
            SandboxError: the zygote is gone.
        """
        try:
            self._socket.sendall(frames.Writer().frame({"end": pid, "died": died}))
            status = int(self._receive()["status"]) if died else 0
        except (OSError, FrameError, WorkerDiedError) as error:
            raise SandboxError(words.no_start(str(error))) from None
        killed = status == signal.SIGKILL and self._group is not None and self._group.was_over_memory()
        return OVER_MEMORY if killed else status

    def _receive(self) -> dict[str, Any]:
        deadline = time.monotonic() + START_TIMEOUT

        def check() -> None:
            if time.monotonic() > deadline:
                raise WorkerDiedError(words.no_answer())

        return receive(self._socket, check, 0, MAX_ANSWER).header

    def close(self) -> None:
        """End the zygote and all its workers."""
        self._socket.close()
        self._child_socket.close()
        process, self._process = self._process, None  # a signal may come, whose handler calls this again
        if process is not None:
            process.kill()
            process.wait()
        group, self._group = self._group, None
        if group is not None:
            group.close()
        shutil.rmtree(self._box, ignore_errors=True)

    def __enter__(self) -> Zygote:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


def no_namespaces(course: Path) -> str:
    """Say why namespaces cannot be used here; empty where they can."""
    box = make_box()
    try:
        command = [*_PYTHON, _PROBE, _SANDBOX, json.dumps(layers.settings(course, box))]
        return subprocess.run(
            command, env={}, cwd="/", capture_output=True, encoding="utf-8", check=False
        ).stdout.strip()
    finally:
        shutil.rmtree(box, ignore_errors=True)
