"""A control group (cgroup v2) around each sandbox, where the machine delegates one.

The kernel then counts memory, processes and processor of a worker with all that belongs to it, files in memory
included, and ends what is left with one write. Where nothing is delegated, rlimits and the grader's clock do alone.

A group with limits may hold no processes beside its subgroups. So the grader moves itself into a subgroup, if it has
the delegated group to itself; it never moves a process that it did not start.
https://docs.kernel.org/admin-guide/cgroup-v2.html
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from autograder.engines.sandbox.limits import Limits

CONTROLLERS = ("memory", "pids", "cpu")
GRADER = "autograder-grader"
"""The subgroup of the graders themselves."""
ZYGOTE_MEGABYTES = 1024
"""Memory of the zygote, and of the worker that waits for the next submission: they share most of it."""
_PREFIX = "autograder-"
_MEGABYTE = 2**20
_CPU = "200000 100000"
"""Two processors: one for the worker that runs, one for the worker that gets ready."""
_REMOVE_SECONDS = 2.0

Reason = Literal["no hierarchy", "not delegated", "not alone"]


class NoGroupError(Exception):
    """There is no group to be had; the reason says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


class Group:
    """The group of one zygote and its workers.

    Args:
        path: an empty group.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._limits: Limits | None = None
        self._kills = 0

    def add(self, pid: int) -> None:
        """Take in a process of our own; all that it starts from then on is in the group too.

        Raises:
            OSError: the kernel refuses.
        """
        _write(self._path / "cgroup.procs", str(pid))

    def limit(self, limits: Limits) -> None:
        """Let the group have what one submission may take, and what the zygote needs.

        Raises:
            OSError: the kernel refuses.
        """
        if limits is not self._limits:
            _write(self._path / "memory.max", str((limits.memory + limits.disk + ZYGOTE_MEGABYTES) * _MEGABYTE))
            _write(self._path / "pids.max", str(2 * limits.processes + 8))
            _write(self._path / "cpu.max", _CPU)
            self._limits = limits

    def was_over_memory(self) -> bool:
        """Tell whether the kernel has killed a process of the group for its memory since this was asked before."""
        before = self._kills
        with contextlib.suppress(OSError, ValueError):
            events = dict(
                line.split() for line in (self._path / "memory.events").read_text(encoding="utf-8").splitlines()
            )
            self._kills = int(events.get("oom_kill", 0))
        return self._kills > before

    def close(self) -> None:
        """End all processes of the group, and remove it."""
        with contextlib.suppress(OSError):
            _write(self._path / "cgroup.kill", "1")
        deadline = time.monotonic() + _REMOVE_SECONDS
        while self._path.exists() and time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                self._path.rmdir()
                return
            time.sleep(0.01)


def make_group() -> Group:
    """Make an empty group for a sandbox.

    Raises:
        NoGroupError: this machine delegates none to us.
    """
    parent = prepare()
    try:
        return Group(Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=parent)))
    except OSError:
        raise NoGroupError("not delegated") from None


def prepare() -> Path:
    """Find the group in which ours are made, and make it ready, before processes are started that are to use it too.

    Raises:
        NoGroupError: this machine delegates none to us.
    """
    own = _own_group()
    if own.name == GRADER:
        return own.parent
    try:
        if not set(CONTROLLERS) <= set((own / "cgroup.controllers").read_text(encoding="utf-8").split()):
            raise NoGroupError("not delegated")
        if not os.access(own / "cgroup.procs", os.W_OK) or not os.access(own / "cgroup.subtree_control", os.W_OK):
            raise NoGroupError("not delegated")
        members = {int(pid) for pid in (own / "cgroup.procs").read_text(encoding="utf-8").split()}
        ours = {os.getpid(), *_descendants(os.getpid())}
        if not members <= ours:
            raise NoGroupError("not alone")
        _remove_stale(own)
        (own / GRADER).mkdir(exist_ok=True)
        for pid in sorted(members):
            _write(own / GRADER / "cgroup.procs", str(pid))
        _write(own / "cgroup.subtree_control", " ".join(f"+{name}" for name in CONTROLLERS))
    except OSError:
        raise NoGroupError("not delegated") from None
    return own


def _own_group() -> Path:
    """The folder of the group that this process is in."""
    try:
        mounts = [line.split() for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()]
        root, place = next((mount[3], mount[4]) for mount in mounts if mount[mount.index("-") + 1] == "cgroup2")
        lines = Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines()
        own = next(line[3:] for line in lines if line.startswith("0::"))
    except (OSError, StopIteration, ValueError, IndexError):
        raise NoGroupError("no hierarchy") from None
    below = own.removeprefix(root.rstrip("/")).lstrip("/")
    return Path(place, below)


def _descendants(pid: int) -> Iterator[int]:
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text(encoding="utf-8").split():
                yield int(child)
                yield from _descendants(int(child))


def _remove_stale(own: Path) -> None:
    """Remove the groups of graders that were killed before they could; the kernel refuses where a process is in one."""
    for group in own.glob(f"{_PREFIX}*-*"):
        if not Path("/proc", group.name.removeprefix(_PREFIX).partition("-")[0]).exists():
            with contextlib.suppress(OSError):
                group.rmdir()


def _write(file: Path, text: str) -> None:
    """Write to a control file, which is there already."""
    fd = os.open(file, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(fd, text.encode())
    finally:
        os.close(fd)
