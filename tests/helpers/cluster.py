"""A cluster on this machine, started with the commands that an instructor types."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from autograder.course.course import Course
from autograder.engines.cluster.judging import Judging
from autograder.engines.cluster.settings import Cluster
from autograder.engines.task import Submission

REPOSITORY = Path(__file__).parents[2]
KILLER = b"this notebook ends its worker"


@dataclass
class RunningCluster:
    """A scheduler and its workers.

    Attributes:
        cluster: as the coordinator knows it.
        scheduler: the process.
        nannies: the process that starts the workers, and starts them again.
        log: what all of them print.
    """

    cluster: Cluster
    scheduler: psutil.Popen
    nannies: psutil.Popen
    log: Path

    def workers(self) -> list[psutil.Process]:
        """The processes that judge."""
        children: list[psutil.Process] = self.nannies.children()
        return [child for child in children if any("spawn_main" in word for word in child.cmdline())]

    def processes(self) -> list[psutil.Process]:
        """All of Dask's processes."""
        return [self.scheduler, self.nannies, *self.workers()]


class Mortal(Judging):
    """Judges, but for one submission, which ends the worker: as the kernel does that runs out of memory."""

    def judge(self, submissions: Sequence[Submission]) -> bytes:
        if any(KILLER in (handed.content or b"") for submission in submissions for handed in submission):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().judge(submissions)


MARKED = b"this submission is looked for"


def keeps_marked() -> bool:
    """Whether this process holds a submission that is marked; called in the scheduler."""
    held = (item for owner in gc.get_objects() for item in gc.get_referents(owner) if isinstance(item, bytes))
    return any(MARKED in item and item != MARKED for item in held)


def copy_secret(course: Course, folder: Path) -> Path:
    """Copy the secret as an instructor does to a worker's machine."""
    course.secret()
    file = folder / "secret"
    folder.mkdir(exist_ok=True)
    shutil.copyfile(course.secret_file, file)
    file.chmod(0o600)
    return file


@contextmanager
def running_cluster(certificates: Path, secret: Path, log: Path, port: int, workers: int) -> Iterator[RunningCluster]:
    address = f"tls://127.0.0.1:{port}"
    shown = ["--certificates", str(certificates)]
    scheduler = start(log, "scheduler", *shown, "--host", "127.0.0.1", "--port", str(port))
    nannies = start(log, "worker", address, *shown, "--secret", str(secret), "--cores", str(workers))
    try:
        yield RunningCluster(Cluster(address, certificates), scheduler, nannies, log)
    finally:
        below = [child for process in (nannies, scheduler) for child in children_of(process)]
        for process in (nannies, scheduler, *below):
            with suppress(psutil.Error):
                process.kill()
        for process in (nannies, scheduler):
            process.wait()


def children_of(process: psutil.Process) -> list[psutil.Process]:
    with suppress(psutil.Error):
        return [*process.children(recursive=True)]
    return []


def start(log: Path, *arguments: str) -> psutil.Popen:
    """Run a command of `autograder cluster` in the background."""
    command = [sys.executable, "-m", "autograder", "cluster", *arguments]
    with log.open("ab") as output:
        return psutil.Popen(command, cwd=REPOSITORY, stdout=output, stderr=subprocess.STDOUT)


def wait_until(holds: Callable[[], object], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)
