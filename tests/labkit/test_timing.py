"""The clock takes the best of many calls."""

import pytest

from labkit.timing import best_time


def test_best_time_is_the_shortest_of_at_least_five_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = 0.0
    lengths = iter([9.0, 3.0, 4.0, 2.0, 5.0, 6.0, 1.0])  # the first is the warm-up, the last is too late

    def function() -> None:
        nonlocal clock
        clock += next(lengths)

    monkeypatch.setattr("labkit.timing.perf_counter", lambda: clock)
    assert best_time(function, seconds=0.5) == 2.0
