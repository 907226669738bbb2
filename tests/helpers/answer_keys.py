"""The checks of the answer keys, prepared once for all tests of a process, and the public cases of the students."""

from functools import cache
from pathlib import Path
from typing import Any

from autograder.assignments import find_check
from autograder.checking.judging import PreparedCheck
from labkit.selfcheck import public_cases

SOURCE = Path(__file__).parents[2] / "source"


@cache
def prepared(name: str, secret: bytes) -> PreparedCheck:
    """Draw the probes of a check and run the reference, as for a class."""
    key, check = find_check(name)
    return PreparedCheck(key, check, secret)


@cache
def public_case(name: str) -> dict[str, Any]:
    """Read the numbers that the self-check of a function compares with; `verify` proves that they are up to date."""
    key, _ = find_check(name)
    case: dict[str, Any] = public_cases.read(SOURCE / key.assignment / public_cases.FILE_NAME)["checks"][name]
    return case
