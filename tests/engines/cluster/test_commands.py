"""A scheduler listens where it is told to, or says in one line why it cannot."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.engines.cluster.certificates import make_certificates
from autograder.engines.cluster.commands import run_scheduler
from autograder.errors import ClusterError
from tests.helpers.free_port import free_port


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What Dask's scheduler is started with."""
    calls: list[list[str]] = []
    monkeypatch.setattr("distributed.cli.dask_scheduler.main", calls.append)
    monkeypatch.setattr(os, "environ", os.environ.copy())
    return calls


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("127.0.0.1", "Address already in use"),
        ("0.0.0.0", "Address already in use"),
        ("192.0.2.1", "Cannot assign requested address"),
        ("2001:db8::1", "Cannot assign requested address"),
        ("nowhere.invalid", ""),
        ("a..b", ""),
        ("", ""),
    ],
)
def test_a_place_that_cannot_be_had_is_one_line(
    host: str, reason: str, taken: int, tmp_path: Path, started: list[list[str]]
) -> None:
    make_certificates(tmp_path, [])
    with pytest.raises(ClusterError) as error:
        run_scheduler(tmp_path, host, taken)
    place = f"[{host}]:{taken}" if ":" in host else f"{host}:{taken}"
    said = f"The scheduler cannot listen at {place}: "
    assert str(error.value).startswith(said)
    assert not reason or str(error.value) == said + reason
    assert not started


@pytest.mark.parametrize(
    ("host", "as_dask"), [("::1", "[::1]"), ("[::1]", "[::1]"), ("127.0.0.1", "127.0.0.1"), ("localhost", "localhost")]
)
def test_a_host_goes_to_dask_as_dask_reads_it(
    host: str, as_dask: str, tmp_path: Path, started: list[list[str]]
) -> None:
    make_certificates(tmp_path, [])
    port = free_port()
    run_scheduler(tmp_path, host, port)
    assert started[0][2:6] == ["--host", as_dask, "--port", str(port)]
