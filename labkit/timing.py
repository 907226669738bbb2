"""Measure how long a function takes: the best of many calls, because whatever else a computer does only adds time."""

from collections.abc import Callable
from time import perf_counter


def best_time(function: Callable[[], object], seconds: float = 0.1) -> float:
    """Return the shortest time that one call of the function took, in seconds.

    The function is called for about the given time, at least five times, after one call that warms up.

    Args:
        function: Takes no argument.
        seconds: How long to measure.
    """
    function()
    best, calls, end = float("inf"), 0, perf_counter() + seconds
    while calls < 5 or perf_counter() < end:
        start = perf_counter()
        function()
        best = min(best, perf_counter() - start)
        calls += 1
    return best
