"""Read what a worker answers for one cell: outputs that are safe to keep, and why the cell failed.

The worker says it, and all that it says is the student's.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from autograder.engines.remainder import Remainder, read_remainder
from autograder.engines.sandbox import words
from autograder.engines.sandbox.limits import Limits
from autograder.notebook.cleaning.clean import execution_count
from autograder.notebook.format import Output
from autograder.notebook.outputs import clean_outputs, error, stream
from autograder.scrub.process import Allowance

OVER_LIMIT = "OverLimit"
HIDDEN = "HiddenError"
_LIMIT_BY_ERRNO = {
    errno.EFBIG: "file_size",
    errno.ENOSPC: "disk",
    errno.EMFILE: "open_files",
    errno.EAGAIN: "processes",
    errno.ENOMEM: "memory",
}


@dataclass(frozen=True)
class Answer:
    """What a worker says about one cell, checked.

    Attributes:
        outputs: as nbformat has them.
        count: the execution count.
        cut: why a part of the outputs was left out; empty where none was.
        remainder: what became of the rest of a cell that failed.
    """

    outputs: list[Output]
    count: int | None
    cut: str = ""
    remainder: Remainder | None = None


def read_answer(answer: Mapping[str, Any], limits: Limits, allowance: Allowance | None = None) -> Answer:
    """Read an answer.

    An exception that comes from a limit is followed by a line for the student. One that the notebook keeps the shell
    from showing counts as shown, as in nbgrader.
    """
    outputs = clean_outputs(answer.get("outputs"), allowance=allowance)
    failure = answer.get("error")
    limit = _limit_met(failure)
    if limit:
        outputs.append(over_limit(limit, limits))
    elif failure is not None and not any(output["output_type"] == "error" for output in outputs):
        outputs.append(error(HIDDEN, words.not_shown()))
    cut = answer.get("cut")
    told = words.output_cut(getattr(limits, cut), cut) if cut in ("output_cell", "output_total") else ""
    if told:
        outputs.append(stream(f"\n{told}\n"))
    return Answer(outputs, execution_count(answer.get("count")), told, read_remainder(answer.get("remainder")))


def over_limit(limit: str, limits: Limits) -> Output:
    """Say that a cell went over a limit."""
    return error(OVER_LIMIT, words.over(limit, getattr(limits, limit)))


def size_of(outputs: list[Output]) -> int:
    """Count the characters of outputs; the worker counts as well, but what it says is the student's."""
    return sum(len(text) for output in outputs for text in _texts(output))


def _limit_met(failure: Any) -> str | None:
    """The limit that an exception of a cell comes from."""
    if not (isinstance(failure, list) and len(failure) == 3 and isinstance(failure[0], list)):
        return None
    kinds, number, text = failure
    if text == "can't start new thread":
        return "processes"
    if "MemoryError" in kinds:
        return "memory"
    return _LIMIT_BY_ERRNO.get(number) if type(number) is int else None


def _texts(output: Output) -> list[str]:
    if output["output_type"] == "stream":
        return [output["text"]]
    if output["output_type"] == "error":
        return [output["evalue"], *output["traceback"]]
    return list(output["data"].values())
