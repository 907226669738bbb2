"""Show the progress of long work on stderr: a bar with rate and time left on a terminal, plain lines otherwise."""

import sys
import time
from datetime import timedelta
from types import TracebackType
from typing import Any

from autograder.cli import words

PLAIN_SECONDS = 5.0
"""Seconds between two plain lines."""


class _Pace:
    """The pace of work that is done after a start, and is reported in bursts: a batch of results comes at once."""

    SETTLES = 0.5
    """Seconds of which only the last moment counts: what is reported in them may have been done before."""

    def __init__(self) -> None:
        self._began = self._since = self._now = self._last = 0.0
        self._before = self._count = 0

    def step(self) -> None:
        """Count one more."""
        self._last, self._now = self._now, time.monotonic()
        if not self._count:
            self._began = self._now
        self._count += 1
        if self._now - self._began < self.SETTLES:
            self._since, self._before = self._now, self._count

    def rate(self) -> float | None:
        """How much is done in a second; None as long as that cannot be known.

        The step before is the last that counts: this one may be the first of a burst.
        """
        done, seconds = self._count - 1 - self._before, self._last - self._since
        return done / seconds if done > 0 and seconds > 0 else None


class Progress:
    """Count work and show it; nothing is shown before `start`.

    Args:
        label: what is done, e.g. "grading".
    """

    def __init__(self, label: str) -> None:
        self._label = label
        self._total = self._count = 0
        self._shown = time.monotonic()
        self._pace = _Pace()
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> "Progress":
        return self

    def start(self, total: int) -> None:
        """Say how much there is to do; a second call begins the next work."""
        self._stop()
        self._total, self._count = total, 0
        self._shown = time.monotonic()
        self._pace = pace = _Pace()
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, TextColumn
            from rich.progress import Progress as Bar
            from rich.text import Text

            class Rate(ProgressColumn):
                def render(self, task: Any) -> Text:
                    rate = pace.rate()
                    return Text(words.rate(rate) if rate else "")

            class Left(ProgressColumn):
                def render(self, task: Any) -> Text:
                    rate = pace.rate()
                    return Text(str(timedelta(seconds=round(task.remaining / rate))) if rate else "-:--:--")

            self._bar = Bar(
                TextColumn(self._label),
                BarColumn(),
                MofNCompleteColumn(),
                Rate(),
                Left(),
                console=Console(stderr=True),
            )
            self._bar.start()
            self._task = self._bar.add_task(self._label, total=total)

    def step(self, *_: object) -> None:
        """Count one more."""
        self._count += 1
        self._pace.step()
        if self._bar is not None:
            self._bar.advance(self._task)
        elif time.monotonic() - self._shown > PLAIN_SECONDS:
            self._shown = time.monotonic()
            rate = self._pace.rate()
            left = (self._total - self._count) / rate if rate else None
            print(words.progress(self._label, self._count, self._total, left), file=sys.stderr)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _stop(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
