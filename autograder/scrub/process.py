"""Call a function on hostile data in a process of its own, which can do nothing but compute.

The process is started when it is first needed and kept. A call that takes too long or too much, or ends the process, is
lost; the next one gets a new process.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.errors import SandboxError
from autograder.scrub import words

CPU_SECONDS = 5.0
"""Seconds of processor time of one call."""
WALL_SECONDS = 60
"""Seconds of one call on a machine that is busy with other things; also what starting may take."""
MEMORY = 1_000_000_000
"""Bytes of address space of the process."""
MAX_ANSWER = 64_000_000
"""Bytes of one answer."""
RESTART_SECONDS = 1.0
"""Seconds that a call is charged with that ends the process: the next one has to wait for a new one."""

LENGTH = struct.Struct("<Q")
"""What stands before each message: the bytes of its JSON."""

HERE = sys.platform == "win32"
"""Whether calls are made in this process: Windows has no sockets to hand on, and no limits to put on a process."""

_ROOT = Path(__file__).resolve().parents[2]
_INSIDE = _ROOT / "autograder" / "engines" / "sandbox"
_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from inside.computing import confine; "
    "from autograder.scrub.serving import main; main(confine, *json.loads(sys.argv[2]))"
)
_POLL_SECONDS = 0.2


class LostError(Exception):
    """A call took too long or too much, or ended the process; its data are not to be tried again."""


@dataclass
class Allowance:
    """What all calls for one submission, or one page, may take together.

    Attributes:
        seconds: processor time.
        characters: of the answers, as JSON.
    """

    seconds: float = 30.0
    characters: int = 100_000_000

    def is_used_up(self) -> bool:
        """Whether no further call is made."""
        return self.seconds <= 0 or self.characters <= 0

    @contextlib.contextmanager
    def timed(self) -> Iterator[None]:
        """Charge what this process does meanwhile."""
        began = time.process_time()
        try:
            yield
        finally:
            self.seconds -= time.process_time() - began


class Scrubber:
    """The process, as whoever asks sees it.

    Args:
        entry: what is called, as "module:function"; the module's `WARM_UP` lists arguments to call it with first.
    """

    def __init__(self, entry: str) -> None:
        self._entry = entry
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._cpu = 0.0
        self.layers: dict[str, bool] = {}
        if sys.platform != "win32":
            os.register_at_fork(after_in_child=self._forget)

    def call(self, *arguments: Any, allowance: Allowance) -> Any:
        """Call the function and return what it returns, of any form that JSON has.

        Args:
            arguments: plain data.
            allowance: what the call is charged to.

        Raises:
            LostError: as it says.
            SandboxError: the process cannot be started.
        """
        if allowance.is_used_up():
            raise LostError
        try:
            request = json.dumps(arguments).encode()
        except (ValueError, RecursionError):
            raise LostError from None
        with self._lock:
            try:
                answer = self._exchange(request, allowance)
                allowance.characters -= len(answer)
                value = json.loads(answer)
            except (OSError, ValueError, RecursionError, MemoryError):
                allowance.seconds -= RESTART_SECONDS
                self.close()
                raise LostError from None
            except BaseException:  # Ctrl-C too: nobody will read the answer
                self.close()
                raise
        if not isinstance(value, list) or len(value) != 1:
            raise LostError
        return value[0]

    def _exchange(self, request: bytes, allowance: Allowance) -> bytes:
        channel = self._started()
        began = self._clock()
        try:
            channel.settimeout(WALL_SECONDS)
            channel.sendall(LENGTH.pack(len(request)) + request)
            return self._receive(channel, began, CPU_SECONDS)
        finally:
            allowance.seconds -= self._clock() - began

    def start(self) -> dict[str, bool]:
        """Start the process if there is none, and say which layers it has.

        Raises:
            SandboxError: it cannot be started.
        """
        with self._lock:
            self._started()
        return self.layers

    @property
    def pid(self) -> int | None:
        """The process id; None while there is no process."""
        return self._process.pid if self._process is not None else None

    def close(self) -> None:
        """End the process."""
        channel, self._socket = self._socket, None
        process, self._process = self._process, None
        if channel is not None:
            channel.close()
        if process is not None:
            process.kill()
            process.wait()

    def _started(self) -> socket.socket:
        if self._socket is not None:
            return self._socket
        self._socket, inner = socket.socketpair()
        path = [str(_INSIDE), *(entry for entry in sys.path if entry), str(_ROOT)]
        arguments = [inner.fileno(), self._entry, MEMORY, WALL_SECONDS, tempfile.gettempdir()]
        command = [sys.executable, "-s", "-S", "-P", "-B", "-c", _START, json.dumps(path), json.dumps(arguments)]
        environment = {"LANG": "C.UTF-8", "PYTHONHASHSEED": "0", "PYTHONUTF8": "1"}
        with inner:
            try:
                self._process = subprocess.Popen(
                    command,
                    env=environment,
                    cwd="/",
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    pass_fds=(inner.fileno(),),
                    start_new_session=True,
                )
            except OSError as error:
                self.close()
                raise SandboxError(words.no_start(error.strerror or str(error))) from None
        try:
            self.layers = json.loads(self._receive(self._socket, self._clock(), WALL_SECONDS))
        except (OSError, ValueError):
            self.close()
            raise SandboxError(words.no_start(words.no_answer())) from None
        return self._socket

    def _receive(self, channel: socket.socket, began: float, cpu_seconds: float) -> bytes:
        deadline = time.monotonic() + WALL_SECONDS
        channel.settimeout(_POLL_SECONDS)

        def read(length: int) -> bytes:
            data = bytearray()
            while len(data) < length:
                if time.monotonic() > deadline or self._clock() - began > cpu_seconds:
                    raise TimeoutError
                with contextlib.suppress(TimeoutError):
                    part = channel.recv(min(length - len(data), 2**20))
                    if not part:
                        raise ConnectionResetError
                    data += part
            return bytes(data)

        (length,) = LENGTH.unpack(read(LENGTH.size))
        if length > MAX_ANSWER:
            raise ConnectionResetError
        return read(length)

    def _clock(self) -> float:
        """Seconds of processor time of the process, the last reading once it is gone; elsewhere those on the wall."""
        if sys.platform != "linux":
            return time.monotonic()
        if self._process is not None:
            with contextlib.suppress(OSError):
                self._cpu = time.clock_gettime((~self._process.pid << 3) | 2)  # clock_getcpuclockid(3)
        return self._cpu

    def _forget(self) -> None:
        """Leave the process to the one that this was forked from."""
        self._lock = threading.Lock()
        if self._socket is not None:
            self._socket.close()
        self._socket = self._process = None
