"""The engines by name. An engine is a module with `judge_all`; it is imported when it judges."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast

from autograder.engines import words
from autograder.engines.cluster.settings import Cluster
from autograder.errors import CourseError

if TYPE_CHECKING:
    from autograder.engines.result import Judged
    from autograder.engines.task import Task

ENGINES = {"nbgrader": "autograder.engines.kernel.engine", "sandbox": "autograder.engines.sandbox.pool"}
"""Name → module. To add an engine, write its module and list it here."""

DEFAULT_ENGINE = "sandbox" if sys.platform == "linux" else "nbgrader"


class EngineModule(Protocol):
    """What an engine module offers."""

    def judge_all(
        self, tasks: Iterable[Task], jobs: int, limits: Sequence[str] = (), fewer_layers: bool = False
    ) -> Iterator[tuple[Task, Judged]]:
        """Judge tasks, in any order, on so many processes, with some limits ("NAME=VALUE") other than usual.

        With `fewer_layers`, also where this machine lacks a layer of protection that can be done without.
        """


@dataclass(frozen=True)
class Engine:
    """An engine and how to run it.

    Attributes:
        name: a key of ENGINES.
        jobs: processes to use.
        limits: limits of a submission that are not the usual ones, "NAME=VALUE"; for the sandbox engine.
        fewer_layers: whether to grade also without the layers of the sandbox that can be done without.
        cluster: the machines that judge, with the sandbox; this one if none is given.

    Raises:
        CourseError: there is no engine of that name, or not on this system.
    """

    name: str = DEFAULT_ENGINE
    jobs: int = 1
    limits: Sequence[str] = ()
    fewer_layers: bool = False
    cluster: Cluster | None = None

    def __post_init__(self) -> None:
        if self.name not in ENGINES:
            raise CourseError(words.no_engine(self.name, ENGINES))
        if self.name == "sandbox" and sys.platform != "linux" and self.cluster is None:
            raise CourseError(words.sandbox_needs_linux())

    def judge_all(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Judged]]:
        """Judge tasks and yield each with its result, in any order."""
        if self.cluster is not None:
            from autograder.engines.cluster import coordinator

            return coordinator.judge_all(tasks, self.cluster, self.limits, self.fewer_layers)
        module = cast(EngineModule, importlib.import_module(ENGINES[self.name]))
        return module.judge_all(tasks, self.jobs, self.limits, self.fewer_layers)

    def causes(self, task: Task, secret: bytes) -> dict[str, str]:
        """Hash everything that the result of a task depends on, by what may change."""
        return task.causes(self.name, secret, self.limits)
