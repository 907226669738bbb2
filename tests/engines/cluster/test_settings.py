"""Addresses, and what is said where the packages of a cluster are missing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from autograder.cli.commands import main
from autograder.engines.cluster import settings
from autograder.engines.cluster.settings import SILENCE, Cluster, host_and_port
from autograder.errors import ClusterError


@pytest.mark.parametrize(
    ("address", "place"),
    [("tls://h:1", ("h", 1)), ("tls://10.0.0.1:8786/", ("10.0.0.1", 8786)), ("tls://[::1]:65535", ("::1", 65535))],
)
def test_an_address_is_taken_apart(address: str, place: tuple[str, int]) -> None:
    assert host_and_port(address) == place


@pytest.mark.parametrize(
    "address",
    ["", "h:1", "tcp://h:1", "tls://h", "tls://h:0", "tls://h:99999", "tls://:1", "tls://::1:1", "tls://h:1/x"],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ClusterError, match=r"It looks like this: tls://HOST:8786"):
        host_and_port(address)


@pytest.mark.parametrize("place", ["h:1", "10.0.0.1:8786", "[::1]:65535"])
def test_a_cluster_names_its_scheduler_as_dask_does(place: str) -> None:
    for address in (f"tls://{place}", f"tls://{place}/"):
        assert Cluster(address, Path()).address == f"tls://{place}"


@pytest.mark.parametrize("seconds", ["abc", "", "nan", "inf", "-1", "0"])
def test_seconds_of_silence_that_are_no_time_are_refused(seconds: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SILENCE, seconds)
    with pytest.raises(ClusterError, match=rf"{SILENCE} is '{seconds}'; it must be a number of seconds above 0"):
        _ = Cluster("tls://h:1", Path()).silence


COMMANDS = [
    ["grade", "numbers", "--cluster", "tls://h:1", "--certificates", "c"],
    ["cluster", "certificates", "c"],
    ["cluster", "scheduler", "--certificates", "c"],
    ["cluster", "worker", "tls://h:1", "--certificates", "c", "--secret", "s"],
]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_missing_package_is_one_line_with_the_remedy(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(settings, "find_spec", lambda name: None)
    monkeypatch.chdir(Path(__file__).parents[3])
    with pytest.raises(SystemExit) as end:
        main(command)
    assert end.value.code == 2
    assert capsys.readouterr().err == (
        "autograder: Grading on a cluster needs distributed, cryptography. Install it with: "
        'pip install "deep-learning-lab[cluster]"\n'
    )


WRONG = {
    "--cluster and --certificates go together": ["--cluster", "tls://h:1"],
    "leave --engine and --jobs out": ["--cluster", "tls://h:1", "--certificates", "c", "--jobs", "2"],
    "is not the address of a scheduler": ["--cluster", "h:1", "--certificates", "c"],
}


@pytest.mark.parametrize("line", WRONG)
def test_options_that_contradict_each_other_are_refused(
    line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(Path(__file__).parents[3])
    with pytest.raises(SystemExit) as end:
        main(["grade", "numbers", *WRONG[line]])
    assert end.value.code == 2
    assert line in capsys.readouterr().err


def test_dask_is_imported_only_by_who_asks_for_it() -> None:
    code = (
        "import sys; import autograder.cli.commands, autograder.engines.sandbox.pool, autograder.grading.grade_class;"
        "sys.exit(bool({'dask', 'distributed', 'cryptography'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
