"""Measure how long a function takes: the best of many calls, because whatever else a computer does only adds time."""

from collections.abc import Callable
from time import perf_counter

TICKS = 20
"""A block of calls takes at least so many steps of the clock, so that reading the clock costs little precision."""

BLOCKS = 10
"""Measured at least: on a busy computer some of them are interrupted."""


def best_time(function: Callable[[], object], seconds: float = 0.1) -> float:
    """Return the shortest time that one call of the function took, in seconds.

    Calls are measured in blocks: the clock of a browser is so coarse that a single call seems to take no time. The
    function is called for about the given time, at least BLOCKS blocks, after one call that warms up.

    Args:
        function: Takes no argument.
        seconds: How long to measure.
    """
    function()
    shortest, calls = TICKS * _tick(), 1
    while (time := _time_of(function, calls)) < shortest:
        calls *= 2
    best, blocks, end = time, 1, perf_counter() + seconds
    while blocks < BLOCKS or perf_counter() < end:
        best = min(best, _time_of(function, calls))
        blocks += 1
    return best / calls


def _time_of(function: Callable[[], object], calls: int) -> float:
    start = perf_counter()
    for _ in range(calls):
        function()
    return perf_counter() - start


def _tick() -> float:
    """Return the smallest step that the clock shows; of several, as the computer may have been busy in between."""
    steps = []
    for _ in range(5):
        start = perf_counter()
        while (now := perf_counter()) == start:
            pass
        steps.append(now - start)
    return min(steps)
