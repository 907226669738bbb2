"""Progress without a terminal: plain lines, with an estimate as soon as there is something to estimate from."""

import pytest

from autograder.cli.progress import Progress


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that have passed, in a list of one."""
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    monkeypatch.setattr("sys.stderr.isatty", lambda: False, raising=False)
    return now


def test_the_time_left_does_not_count_the_start(clock: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    with Progress("grading") as progress:
        progress.start(100)
        clock[0] = 8.0  # the engine starts
        for _ in range(92):
            clock[0] += 1.0
            progress.step()
    first, second, *_ = capsys.readouterr().err.splitlines()
    assert first == "grading: 1 of 100"
    assert second == "grading: 7 of 100, about 93 s left"


def test_quick_work_says_nothing(clock: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    with Progress("grading") as progress:
        progress.start(3)
        for _ in range(3):
            clock[0] += 1.0
            progress.step()
    assert capsys.readouterr().err == ""
