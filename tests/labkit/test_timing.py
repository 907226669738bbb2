"""The clock takes the best of many calls, in blocks that last long enough to be measured."""

import pytest

from labkit.timing import best_time


class Clock:
    """A clock that goes on a little whenever it is read, and shows whole ticks only."""

    def __init__(self, tick: float) -> None:
        self.now, self.tick = 0.0, tick

    def __call__(self) -> float:
        self.now += self.tick / 7
        return self.now // self.tick * self.tick


def test_best_time_is_the_shortest_of_at_least_ten_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(1e-6)
    lengths = iter(
        [9.0, 3.0, 4.0, 2.0, 5.0, 6.0, 7.0, 8.0, 3.0, 4.0, 5.0, 1.0]
    )  # the first is the warm-up, the last is too late

    def function() -> None:
        clock.now += next(lengths)

    monkeypatch.setattr("labkit.timing.perf_counter", clock)
    assert best_time(function, seconds=0.5) == pytest.approx(2.0, abs=1e-4)


@pytest.mark.parametrize("tick", [1e-7, 1e-3, 16e-3])
def test_a_call_shorter_than_a_tick_of_the_clock_has_a_time(monkeypatch: pytest.MonkeyPatch, tick: float) -> None:
    clock = Clock(tick)

    def function() -> None:
        clock.now += 3e-5

    monkeypatch.setattr("labkit.timing.perf_counter", clock)
    assert best_time(function) == pytest.approx(3e-5, rel=0.1)
