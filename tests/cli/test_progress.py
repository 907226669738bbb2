"""Progress without a terminal: plain lines, with an estimate as soon as there is something to estimate from."""

import re

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


@pytest.mark.parametrize("burst", [1, 40])
def test_the_time_left_is_right_a_second_after_the_first_results(
    clock: list[float], capsys: pytest.CaptureFixture[str], burst: int
) -> None:
    """Forty a second, one by one or in batches, after a start of 2.9 seconds."""
    with Progress("grading") as progress:
        progress.start(400)
        clock[0] = 2.9
        for _ in range(400 // burst):
            clock[0] += burst / 40
            for _ in range(burst):
                progress.step()
    said = capsys.readouterr().err.splitlines()[0]
    count, left = (int(number) for number in re.findall(r"(\d+) of 400, about (\d+) s left", said)[0])
    assert count <= 90 and abs(left - (400 - count) / 40) <= 1


def test_a_bar_shows_the_same_pace(
    clock: list[float], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    with Progress("grading") as progress:
        progress.start(100)
        for _ in range(4):
            clock[0] += 1.0
            for _ in range(20):
                progress.step()
    shown = capsys.readouterr().err
    assert "80/100" in shown and "19.7/s" in shown and "0:00:01" in shown


def test_quick_work_says_nothing(clock: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    with Progress("grading") as progress:
        progress.start(3)
        for _ in range(3):
            clock[0] += 1.0
            progress.step()
    assert capsys.readouterr().err == ""
