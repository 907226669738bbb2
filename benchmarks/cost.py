"""Measure what a command takes: seconds on the clock, processor time, and memory.

A program is started in between, for the memory of a process counts from before it becomes another program: a command
that this process started itself would seem to hold at least what this process does.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cost:
    """What a command took.

    Attributes:
        wall: seconds on the clock.
        cpu: seconds of the processor, in all its processes, those that outlive it included.
        peak: megabytes that its largest process held.
        code: its exit code.
        output: what it printed, errors included.
    """

    wall: float
    cpu: float
    peak: float
    code: int
    output: str


def measure(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> Cost:
    """Run a command in a folder; bytecode that Python writes is there the next time, as in an installation."""
    with tempfile.TemporaryDirectory() as aside:
        figures = Path(aside, "figures.json")
        run = subprocess.run(
            [sys.executable, "-S", __file__, str(figures), *command],
            cwd=folder,
            env={**(os.environ if environment is None else environment), "PYTHONDONTWRITEBYTECODE": ""},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        return Cost(**json.loads(figures.read_text()), code=run.returncode, output=run.stdout)


_PR_SET_CHILD_SUBREAPER = 36


def _run_between(figures: Path, command: Sequence[str]) -> int:
    if sys.platform == "linux":  # processes that a command does not wait for become ours, with what they used
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    began = time.perf_counter()
    code = subprocess.run(command, check=False).returncode
    wall = time.perf_counter() - began
    with contextlib.suppress(ChildProcessError):
        while sys.platform != "win32":
            os.wait()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    figures.write_text(json.dumps({"wall": wall, "cpu": used.ru_utime + used.ru_stime, "peak": used.ru_maxrss / 1024}))
    return code


if __name__ == "__main__":
    sys.exit(_run_between(Path(sys.argv[1]), sys.argv[2:]))
