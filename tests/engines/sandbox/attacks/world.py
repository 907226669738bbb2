"""What the attacks could reach if nothing stopped them: sockets, a process, folders. And whether they did."""

from __future__ import annotations

import contextlib
import ctypes
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36

PLACES = ("/tmp", "/dev/shm", "/dev/mqueue", "/var/tmp", "/run", "/var/lock", "/")
"""Folders of the machine in which anybody may leave files; `/` and `/run` are looked at without what lies deeper."""


class World:
    """Listens, keeps a process alive that others could disturb, and adopts every process that a grader leaves behind.

    Args:
        folder: an empty folder for the socket that has a path.
    """

    def __init__(self, folder: Path) -> None:
        self.token = f"mk{secrets.token_hex(8)}"
        self.key = 0x40000000 | secrets.randbits(24)
        self.heard: list[bytes] = []
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self._path = folder / "socket"
        self._abstract = f"{self.token}-abstract"
        self._sockets = [self._listen(socket.AF_INET, ("127.0.0.1", 0)), self._listen(socket.AF_UNIX, str(self._path))]
        self._sockets.append(self._listen(socket.AF_UNIX, f"\0{self._abstract}"))
        self._path.chmod(0o777)
        self._log = folder / "log"
        self._datagrams = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._datagrams.bind(str(self._log))
        self._log.chmod(0o777)
        threading.Thread(target=self._hear, args=(self._datagrams,), daemon=True).start()
        self.precious = folder / "precious"
        self.precious.write_text("precious")
        self._state = self._state_of_precious()
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", 0))
        threading.Thread(target=self._hear, args=(self._udp,), daemon=True).start()
        self._before = set(children())
        self._left: list[int] = []
        self.victim = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])

    def names(self) -> dict[str, object]:
        """What the attacks are told of it."""
        return {
            "PORT": self._sockets[0].getsockname()[1],
            "UDP": self._udp.getsockname()[1],
            "UNIX": self._path,
            "LOG": self._log,
            "PRECIOUS": self.precious,
            "ABSTRACT": self._abstract,
            "VICTIM": self.victim.pid,
            "GRADER": os.getpid(),
            "KEY": self.key,
        }

    def mark(self, attack: str) -> str:
        """The name under which one attack leaves its traces."""
        return f"{self.token}-{attack}"

    def traces(self, *folders: Path) -> list[str]:
        """What was left anywhere: files, shared objects, messages to our sockets, a disturbed process.

        Args:
            folders: further folders to look through.
        """
        found = [f"heard {words[:200]!r}" for words in self.heard]
        found += [f"file {path}" for path in self._files(*folders)]
        if self._state_of_precious() != self._state:
            found.append("a file outside was changed")
        for kind in ("shm", "sem", "msg"):
            table = Path(f"/proc/sysvipc/{kind}")
            if table.exists() and any(line.split()[0] == str(self.key) for line in table.read_text().splitlines()[1:]):
                found.append(f"System V {kind}")
        if self.victim.poll() is not None or os.getpriority(os.PRIO_PROCESS, self.victim.pid) != os.getpriority(
            os.PRIO_PROCESS, 0
        ):
            found.append("the victim was disturbed")
        return found

    def left_processes(self) -> list[int]:
        """Processes that a grader, by now ended, left behind (they were handed on to this process)."""
        self._left = sorted(set(children()) - self._before - {self.victim.pid})
        return self._left

    def close(self) -> None:
        """End everything that this object started, and what a grader left; not what tests have started meanwhile."""
        for pid in self._left:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        self.victim.kill()
        self.victim.wait()
        for one in (*self._sockets, self._udp, self._datagrams):
            one.close()

    def _state_of_precious(self) -> tuple[object, ...]:
        state = self.precious.stat()
        return state.st_mode, state.st_uid, state.st_gid, state.st_size, state.st_mtime_ns, os.listxattr(self.precious)

    def _listen(self, family: int, address: object) -> socket.socket:
        listener = socket.socket(family)
        listener.bind(address)  # type: ignore[arg-type]
        listener.listen()
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
        return listener

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                self.heard.append(b"connection")
                connection.close()

    def _hear(self, one: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                self.heard.append(one.recv(1000))

    def _files(self, *folders: Path) -> Iterator[Path]:
        for place in (*map(Path, PLACES), *folders):
            for folder, below, names in os.walk(place):
                yield from (Path(folder, name) for name in (*names, *below) if self.token in name)
                if str(place) in ("/", "/run", "/dev"):
                    break
                below[:] = [name for name in below if name != ".git"]


def children(of: int | None = None) -> Iterator[int]:
    """Ids of the children of a process, by default of this one."""
    own = of or os.getpid()
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with contextlib.suppress(OSError, IndexError, ValueError):
                status = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(status[1]) == own and status[0] != "Z":
                    yield int(entry.name)
