"""The limits of a submission: each has a name, a unit, a default, and a promise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields

from autograder.engines.sandbox import words
from autograder.errors import CourseError


def _limit(default: int, unit: str, promise: str) -> int:
    value: int = field(default=default, metadata={"unit": unit, "promise": promise})
    return value


@dataclass(frozen=True)
class Limits:
    """What one submission may take; what is over a limit costs the cell that went over it."""

    wall_cell: int = _limit(30, "s", "time from start to end of a cell")
    cpu_cell: int = _limit(20, "s", "processor time of a cell")
    wall_submission: int = _limit(300, "s", "time from start to end of a submission")
    cpu_submission: int = _limit(120, "s", "processor time of a submission")
    memory: int = _limit(2048, "MB", "address space of the process, Python and its libraries included")
    output_cell: int = _limit(1_000_000, "characters", "what one cell prints and displays")
    output_total: int = _limit(8_000_000, "characters", "what all cells print and display")
    result: int = _limit(64, "MB", "numbers that one test asks a function for")
    file_size: int = _limit(16, "MB", "one file")
    disk: int = _limit(64, "MB", "all files in the working folder")
    processes: int = _limit(16, "threads", "threads at a time; there are no other processes")
    open_files: int = _limit(64, "files", "files open at a time")

    def with_values(self, values: Iterable[str]) -> Limits:
        """These limits with some changed.

        Args:
            values: "NAME=VALUE", as on the command line.

        Raises:
            CourseError: a name is not known, or a value is not a number above zero.
        """
        changed = asdict(self)
        for text in values:
            name, _, value = text.partition("=")
            if name not in changed or not value.isdecimal() or int(value) < 1:
                raise CourseError(words.bad_limit(text, list(changed)))
            changed[name] = int(value)
        return Limits(**changed)


def unit_of(name: str) -> str:
    """The unit of a limit."""
    return next(str(f.metadata["unit"]) for f in fields(Limits) if f.name == name)


def promises() -> list[tuple[str, int, str, str]]:
    """Name, default, unit and promise of each limit."""
    return [(f.name, int(str(f.default)), f.metadata["unit"], f.metadata["promise"]) for f in fields(Limits)]
