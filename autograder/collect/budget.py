"""What is read of a student's files at most, so that a hostile zip is that student's trouble and nobody else's."""

import time

MAX_STUDENT_BYTES = 300_000_000
"""What a student's notebooks and inner archives together may unpack to."""
MAX_STUDENT_ENTRIES = 50_000
"""Files in a student's archives."""
MAX_STUDENT_SECONDS = 60.0
"""Time for reading a student's files."""


class OverBudgetError(Exception):
    """A student's files are more than is read."""


class Budget:
    """Counts what is read of a student's files."""

    def __init__(self) -> None:
        self._bytes = self._entries = 0
        self._end = time.monotonic() + MAX_STUDENT_SECONDS

    def spend(self, size: int = 0, entries: int = 0) -> None:
        """Count bytes and entries.

        Raises:
            OverBudgetError: there is nothing left, or the time is over.
        """
        self._bytes += size
        self._entries += entries
        if self._bytes > MAX_STUDENT_BYTES or self._entries > MAX_STUDENT_ENTRIES or time.monotonic() > self._end:
            raise OverBudgetError
