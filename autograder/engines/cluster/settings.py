"""Where a cluster is, and how Dask is set up for student work; imports nothing of Dask."""

from __future__ import annotations

import math
import os
import re
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from autograder.engines.cluster import words
from autograder.errors import ClusterError

PORT = 8786
"""Where the scheduler listens, as Dask's own does."""
SECRET_FILE = "AUTOGRADER_SECRET_FILE"
"""Environment variable of a worker that names the file with the course secret on its machine."""
PINNED = "AUTOGRADER_PINNED"
"""Environment variable of workers that have a core each: they keep to it, as processes of the pool do."""
SILENCE = "AUTOGRADER_CLUSTER_SILENCE"
"""Environment variable: seconds without scheduler, or without a worker, after which a run ends."""

DASK = {
    "ADMIN__LOW_LEVEL_LOG_LENGTH": "0",  # else client and scheduler keep messages with the student work in them
    "DIAGNOSTICS__COMPUTATIONS__MAX_HISTORY": "1",
    "SCHEDULER__HTTP__ROUTES": "[]",  # no pages: they show what is under way, to everybody
    "WORKER__HTTP__ROUTES": "[]",
    "SCHEDULER__ALLOWED_FAILURES": "1",  # a chunk that ended two workers is judged a submission at a time
    "WORKER__PROFILE__ENABLED": "False",
    "COMM__REQUIRE_ENCRYPTION": "True",
    "ADMIN__LARGE_GRAPH_WARNING_THRESHOLD": "1GB",  # a submission may be large
}
"""Settings of all processes of a cluster; see docs/cluster.md. They must be there before Dask is imported."""


@dataclass(frozen=True)
class Cluster:
    """A cluster that grades.

    Attributes:
        address: of the scheduler, "tls://HOST:PORT"; kept as Dask reads it.
        certificates: the folder with those of the coordinator, or of a worker.

    Raises:
        ClusterError: the address is none.
    """

    address: str
    certificates: Path

    def __post_init__(self) -> None:
        host, port = host_and_port(self.address)
        object.__setattr__(self, "address", f"tls://{in_brackets(host)}:{port}")

    @property
    def silence(self) -> float:
        """Seconds that scheduler or workers may be away.

        Raises:
            ClusterError: the environment names no such time.
        """
        text = os.environ.get(SILENCE, "60")
        with suppress(ValueError):
            if 0 < (seconds := float(text)) < math.inf:
                return seconds
        raise ClusterError(words.bad_silence(SILENCE, text))


def host_and_port(address: str) -> tuple[str, int]:
    """Take an address apart.

    Raises:
        ClusterError: it is none.
    """
    match = re.fullmatch(r"tls://(?:\[([0-9a-fA-F:]+)\]|([^\s:/\[\]]+)):(\d{1,5})/?", address)
    if not match or not 0 < int(match[3]) < 65536:
        raise ClusterError(words.bad_address(address))
    return match[1] or match[2], int(match[3])


def in_brackets(host: str) -> str:
    """Write a host as it stands before a port: IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host


def need_extra() -> None:
    """Refuse to go on without the packages of the extra "cluster".

    Raises:
        ClusterError: one is missing.
    """
    if missing := [name for name in ("distributed", "cryptography") if find_spec(name) is None]:
        raise ClusterError(words.no_extra(missing))


def need_private(path: Path) -> None:
    """Refuse a file that others than its owner may read, or that is not there.

    Raises:
        ClusterError: it is such a file.
    """
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise ClusterError(words.file_not_read(str(path), error.strerror or "")) from None
    if os.name == "posix" and (not stat.S_ISREG(mode) or mode & 0o077):
        raise ClusterError(words.not_private(str(path)))


def settings(files: Mapping[str, Path]) -> dict[str, str]:
    """Return the environment of a process of the cluster.

    Args:
        files: "ca", "certificate" and "key", which it shows to the others.
    """
    ca, certificate, key = (str(files[name].resolve()) for name in ("ca", "certificate", "key"))
    tls = {"COMM__TLS__CA_FILE": ca}
    for role in ("COMM__TLS__SCHEDULER", "COMM__TLS__WORKER", "COMM__TLS__CLIENT", "SCHEDULER__DASHBOARD__TLS"):
        tls |= {f"{role}__CERT": certificate, f"{role}__KEY": key}
    return {f"DASK_DISTRIBUTED__{name}": value for name, value in (DASK | tls).items()}
