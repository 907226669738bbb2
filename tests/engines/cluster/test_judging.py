"""A worker proves secret and code before it judges, and says in one line why it may not."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.engines.cluster import judging
from autograder.engines.cluster.judging import Judging, proof_of, versions
from autograder.engines.cluster.settings import SECRET_FILE
from autograder.engines.sandbox.limits import Limits
from autograder.engines.sandbox.shared import Material

SECRET = bytes(range(32))
NOTHING = Material({}, {}, {}, "en", Limits(), False)


@pytest.fixture
def secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "secret"
    file.write_text(SECRET.hex())
    file.chmod(0o600)
    monkeypatch.setenv(SECRET_FILE, str(file))
    monkeypatch.setattr(judging, "limit_memory", lambda: None)
    return file


REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "another secret": (lambda file: file.write_text(SECRET[::-1].hex()), "has the secret of another course"),
    "no secret": (lambda file: file.write_text("?"), "is not a course secret"),
    "no file": (lambda file: file.unlink(), "cannot be read"),
    "open file": (lambda file: file.chmod(0o604), "Other users may read"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_worker_with_the_wrong_secret_is_refused(secret: Path, case: str) -> None:
    change, line = REFUSED[case]
    change(secret)
    reason = Judging("run", proof_of(SECRET, "run"), versions(), NOTHING)._prepare("worker")
    assert reason.startswith(socket.gethostname())
    assert line in reason
    assert SECRET.hex() not in reason


def test_a_worker_without_the_setting_is_refused(secret: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SECRET_FILE)
    assert SECRET_FILE in Judging("run", proof_of(SECRET, "run"), versions(), NOTHING)._prepare("worker")


def test_a_worker_with_other_code_is_refused_and_both_are_named(secret: Path) -> None:
    needed = "autograder 0123, Python 3.99, numpy 9"
    reason = Judging("run", proof_of(SECRET, "run"), needed, NOTHING)._prepare("worker")
    assert "has other versions" in reason
    assert versions() in reason
    assert needed in reason


def test_a_proof_holds_for_one_run_and_shows_nothing_of_the_secret() -> None:
    assert proof_of(SECRET, "run") == proof_of(SECRET, "run") != proof_of(SECRET, "next")
    assert SECRET.hex() not in proof_of(SECRET, "run")
