"""Start the processes of a cluster, set up as student work needs it."""

from __future__ import annotations

import os
import socket
import sys
import time
from pathlib import Path

from autograder.course.course import read_secret
from autograder.engines.cluster import words
from autograder.engines.cluster.certificates import find_certificates, probe
from autograder.engines.cluster.settings import (
    PINNED,
    SECRET_FILE,
    Cluster,
    in_brackets,
    need_private,
    settings,
)
from autograder.errors import ClusterError

_NO_PAGES = ("--no-dashboard", "--dashboard-address", "127.0.0.1:0")
"""Dask's web server cannot be switched off: it listens for this machine only, speaks TLS and has no pages."""


def run_scheduler(certificates: Path, host: str, port: int) -> None:
    """Run a scheduler until it is stopped.

    Raises:
        ClusterError: the certificates are not right, or nobody can listen there.
    """
    host = host.removeprefix("[").removesuffix("]")
    place = f"{in_brackets(host)}:{port}"
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        socket.create_server(address, family=family).close()  # Dask would hide the reason
    except (OSError, UnicodeError) as error:
        reason = error.strerror or "" if isinstance(error, OSError) else str(error)
        raise ClusterError(words.cannot_listen(place, reason.partition(" (while")[0])) from None  # Python repeats it
    os.environ.update(settings(find_certificates(certificates, "scheduler")))
    from distributed.cli.dask_scheduler import main

    main(["--protocol", "tls", "--host", in_brackets(host), "--port", str(port), *_NO_PAGES])


def run_workers(address: str, certificates: Path, secret: Path, cores: int | None) -> None:
    """Run a worker for each core until they are stopped, or the scheduler is gone.

    Args:
        address: of the scheduler.
        certificates: the folder with those of a worker.
        secret: the file with the course secret on this machine.
        cores: how many workers; as many as there are cores, if none is given.

    Raises:
        ClusterError: the certificates are not right, others may read the secret, or the scheduler refuses us.
        CourseError: the file holds no secret.
    """
    if sys.platform != "linux":
        raise ClusterError(words.worker_needs_linux())
    cluster = Cluster(address, certificates)
    files = find_certificates(certificates, "worker")
    need_private(secret)
    read_secret(secret)
    _wait_for(cluster, files)
    here = len(os.sched_getaffinity(0))
    os.environ |= settings(files) | {SECRET_FILE: str(secret.resolve())}
    if (cores or here) >= here:
        os.environ[PINNED] = "1"
    from distributed.cli.dask_worker import main

    name = f"{socket.gethostname()}-{os.getpid()}"
    setup = ["--nworkers", str(cores or here), "--nthreads", "1", "--memory-limit", "0", "--name", name]
    main([cluster.address, *setup, "--protocol", "tls", "--nanny", *_NO_PAGES])


def _wait_for(cluster: Cluster, files: dict[str, Path]) -> None:
    """Wait until the scheduler answers: machines of a cluster start in any order."""
    deadline = time.monotonic() + cluster.silence
    while True:
        try:
            probe(cluster.address, files)
            return
        except OSError:
            if time.monotonic() > deadline:
                raise ClusterError(words.no_scheduler(cluster.address, cluster.silence)) from None
            time.sleep(0.5)
