"""Small notebooks run through the real sandbox, for tests of what it does with cells."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from autograder.engines.sandbox.limits import Limits
from autograder.engines.sandbox.plan import Step
from autograder.engines.sandbox.running import CellRun, run_steps
from autograder.engines.sandbox.zygote_client import Zygote

SHORT = Limits().with_values(["wall_cell=3", "cpu_cell=1", "wall_submission=30", "memory=1024"])


@contextmanager
def sandbox(off: tuple[str, ...] = (), files: dict[str, bytes] | None = None) -> Iterator[Zygote]:
    with Zygote(Path(__file__).parents[2], off) as zygote:
        zygote.load_files(files or {})
        yield zygote


def run(zygote: Zygote, *cells: str, **limits: int) -> list[CellRun]:
    """Run cells in order."""

    def judge(*_: Any) -> Any:
        raise AssertionError("there are no checks here")

    values = Limits(**{**asdict(SHORT), **limits})
    return run_steps(zygote, [Step(index, source) for index, source in enumerate(cells)], values, judge)


def texts(cell: CellRun) -> str:
    """All that a cell showed, as one text."""
    parts: list[str] = []
    for output in cell.outputs:
        if output["output_type"] == "stream":
            parts.append(output["text"])
        elif output["output_type"] == "error":
            parts += [output["ename"], output["evalue"]]
        else:
            parts.append(output["data"].get("text/plain", ""))
    return "\n".join(part for part in parts if part)


def printed(cell: CellRun) -> str:
    return "".join(output["text"] for output in cell.outputs if output["output_type"] == "stream")


def kinds(cell: CellRun) -> list[str]:
    return [output["output_type"] for output in cell.outputs]
