"""Show the progress of long work on stderr: a bar with rate and time left on a terminal, plain lines otherwise."""

import sys
import time
from types import TracebackType
from typing import Any

from autograder.cli import words

PLAIN_SECONDS = 5.0
"""Seconds between two plain lines."""


class Progress:
    """Count work and show it; nothing is shown before `start`.

    Args:
        label: what is done, e.g. "grading".
    """

    def __init__(self, label: str) -> None:
        self._label = label
        self._total = self._count = 0
        self._shown = time.monotonic()
        self._first: tuple[float, int] | None = None
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> "Progress":
        return self

    def start(self, total: int) -> None:
        """Say how much there is to do; a second call begins the next work."""
        self._stop()
        self._total, self._count = total, 0
        self._shown = time.monotonic()
        self._first = None
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, TextColumn, TimeRemainingColumn
            from rich.progress import Progress as Bar
            from rich.text import Text

            class Rate(ProgressColumn):
                def render(self, task: Any) -> Text:
                    return Text(words.rate(task.speed) if task.speed else "")

            self._bar = Bar(
                TextColumn(self._label),
                BarColumn(),
                MofNCompleteColumn(),
                Rate(),
                TimeRemainingColumn(),
                console=Console(stderr=True),
            )
            self._bar.start()
            self._task = self._bar.add_task(self._label, total=total)

    def step(self, *_: object) -> None:
        """Count one more."""
        self._count += 1
        if self._bar is not None:
            self._bar.advance(self._task)
        elif time.monotonic() - self._shown > PLAIN_SECONDS:
            self._shown = time.monotonic()
            print(words.progress(self._label, self._count, self._total, self._seconds_left()), file=sys.stderr)

    def _seconds_left(self) -> float | None:
        """Estimate from what was done since the first line; until then it is the start that takes the time."""
        if self._first is None:
            self._first = self._shown, self._count
            return None
        began, count = self._first
        return (self._shown - began) / (self._count - count) * (self._total - self._count)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _stop(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
