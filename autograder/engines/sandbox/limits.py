"""The limits of a submission, by name, with their defaults."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from autograder.engines.sandbox import words
from autograder.errors import CourseError


@dataclass(frozen=True)
class Limits:
    """What one submission may take; going over a limit costs the cell that did.

    Attributes:
        wall_cell, wall_submission: seconds from start to end.
        cpu_cell, cpu_submission: seconds of processor time.
        cpu_test: seconds of processor time of the calls that one test makes. They take milliseconds, so a function that
            never ends need not cost as much as hundreds of submissions.
        memory: MB of address space, Python and its libraries included.
        output_cell, output_total: characters that are printed and displayed.
        result: MB of numbers that one test asks a function for.
        file_size, disk: MB of one file, and of all files in the working folder.
        processes: threads at a time; there are no other processes.
        open_files: files open at a time.
    """

    wall_cell: int = 30
    cpu_cell: int = 20
    cpu_test: int = 5
    wall_submission: int = 300
    cpu_submission: int = 120
    memory: int = 2048
    output_cell: int = 1_000_000
    output_total: int = 8_000_000
    result: int = 64
    file_size: int = 16
    disk: int = 64
    processes: int = 16
    open_files: int = 64

    def with_values(self, values: Iterable[str]) -> Limits:
        """Change some of these limits.

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
