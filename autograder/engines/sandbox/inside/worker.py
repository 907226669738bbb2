"""One submission's process: confines itself, then runs cells and makes calls as the grader asks.

Everything that it answers is under the student's control; the grader treats it so. What it holds is the student's.
"""

from __future__ import annotations

import os
import random
import resource
import signal
import sys
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import numpy as np

from labkit.calls.call import performed

from . import frames, namespaces, seccomp, shell, system
from .landlock import Ruleset

MEGABYTE = 2**20
_AT_ONCE = 1024
"""Pieces that the kernel takes in one call."""


def confine(layers: Mapping[str, bool], limits: Mapping[str, int], home: str, rules: Ruleset | None) -> None:
    """Give up everything that a notebook does not need, in the working folder.

    Args:
        layers: which layers there are; all that are there are put on.
        limits: as `autograder.engines.sandbox.limits` has them.
        home: the folder that holds the working folder.
        rules: Landlock's rules, where it is there.

    Raises:
        OSError: a layer refuses; the process must end then.
    """
    work = f"{home}/{namespaces.WORK}"
    if layers["namespaces"]:
        namespaces.mount_folder(work, limits["disk"])
    os.chdir(work)
    system.prctl(system.PR_SET_PDEATHSIG, signal.SIGKILL)
    if layers["capabilities"] and layers["namespaces"]:  # without them, the zygote has none
        system.drop_capabilities()
    if layers["rlimits"]:
        _limit_resources(limits, layers)
    if rules is not None:
        rules.restrict_self()
    if layers["seccomp"]:
        # Without a user namespace the limit on threads counts all processes of the user, so there are none.
        seccomp.restrict_self(threads=layers["namespaces"])


def _limit_resources(limits: Mapping[str, int], layers: Mapping[str, bool]) -> None:
    values = {
        resource.RLIMIT_AS: limits["memory"] * MEGABYTE,
        resource.RLIMIT_FSIZE: limits["file_size"] * MEGABYTE,
        resource.RLIMIT_NOFILE: limits["open_files"],
        resource.RLIMIT_CPU: limits["cpu_submission"] + 1,  # behind the grader's own watch
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_MEMLOCK: 0,
    }
    if layers["namespaces"]:
        # The zygote, and the worker before this one, count as well.
        values[resource.RLIMIT_NPROC] = limits["processes"] + 2
    for name, value in values.items():
        resource.setrlimit(name, (value, value))


def write_files(files: Mapping[str, bytes]) -> None:
    """Put the assignment's data into the working folder."""
    for name, data in files.items():
        folder = os.path.dirname(name)  # noqa: PTH120
        if folder:
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103
        with open(name, "wb") as file:  # noqa: PTH123
            file.write(data)


def redirect_output() -> None:
    """Let the three standard descriptors lead nowhere but to files in the working folder."""
    os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
    for descriptor in shell.STREAMS:
        fd = os.open(f".{descriptor}", os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_EXCL, 0o600)
        os.unlink(f".{descriptor}")  # noqa: PTH108
        os.dup2(fd, descriptor)
        os.close(fd)


class Channel:
    """The way to the grader: frames over one descriptor."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def receive(self) -> frames.Reader | None:
        """The next request; None at the end."""
        prefix = self._read(frames.PREFIX.size)
        if prefix is None:
            return None
        header, arrays = frames.lengths(prefix)
        text, data = self._read(header), self._read(arrays)
        return None if text is None or data is None else frames.Reader(frames.parse_header(text), data)

    def send(self, pieces: Sequence[bytes]) -> None:
        """Answer with a frame in pieces."""
        for start in range(0, len(pieces), _AT_ONCE):
            some = pieces[start : start + _AT_ONCE]
            written = os.writev(self._fd, some)
            if written < sum(map(len, some)):
                rest = memoryview(b"".join(some))[written:]
                while len(rest):
                    rest = rest[os.write(self._fd, rest) :]

    def _read(self, length: int) -> bytes | None:
        parts = []
        while length:
            part = os.read(self._fd, min(length, MEGABYTE))
            if not part:
                return None
            parts.append(part)
            length -= len(part)
        return b"".join(parts)


def serve(channel: Channel, notebook: shell.Shell, limits: Mapping[str, int]) -> NoReturn:
    """Answer the grader until it hangs up."""
    ticket = 0

    notebook.recorder = recorder = shell.Recorder()
    recorder.limit(limits["output_cell"], limits["output_total"])
    sys.path.insert(0, "")  # as a kernel has it: a module that the notebook writes can be imported
    notebook.user_ns["_dh"] = [os.getcwd()]  # noqa: PTH109
    np.random.seed(0)
    random.seed(0)
    channel.send(frames.Writer().pieces({"ready": True}))
    while (request := channel.receive()) is not None:
        ticket = request.header["id"]
        if "cells" in request.header:
            for source, own, skip in request.header["cells"]:
                answer = {"id": ticket, **_run(notebook, source, own, skip)}
                channel.send(frames.Writer().pieces(answer))
                ticket += 1
        else:
            writer = frames.Writer()
            answer = {"id": ticket, **_call(notebook, request, writer)}
            channel.send(writer.pieces(answer))
    os._exit(0)


def _run(notebook: shell.Shell, source: str, own: bool, skip: int | None) -> dict[str, Any]:
    try:
        return shell.run(notebook, source, own) if skip is None else shell.run_again(notebook, source, skip)
    except BaseException as error:
        return {"outputs": [], "count": None, "error": shell.describe(error)}


def _call(notebook: shell.Shell, request: frames.Reader, writer: frames.Writer) -> dict[str, Any]:
    """Make the calls; what a function prints or shows on the way is dropped."""
    functions = {
        name: notebook.user_ns[own] for name, own in request.header["functions"].items() if own in notebook.user_ns
    }
    notebook.recorder.start()
    sys.stdout, sys.stderr = shell.Stream(notebook.recorder, 1), shell.Stream(notebook.recorder, 2)
    try:
        with notebook.showing_nothing():
            return {"outcomes": writer.outcomes(performed(request.calls(request.header["calls"]), functions))}
    except BaseException as error:
        return {"failed": shell.describe(error)}
