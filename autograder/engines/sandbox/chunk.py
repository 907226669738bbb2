"""Judge some submissions in this process: the one function that the pool, a cluster and tests call."""

from __future__ import annotations

from collections.abc import Sequence

from autograder.engines.result_json import result_to_json
from autograder.engines.sandbox.grader import Grader
from autograder.engines.sandbox.shared import Shared
from autograder.engines.task import PutAside, Submission

_graders: list[tuple[Shared, Grader]] = []
"""The grader of the class that was judged last, kept warm for its next submissions."""


def judge_chunk(shared: Shared, submissions: Sequence[Submission], put_aside: PutAside | None = None) -> list[bytes]:
    """Judge submissions and write each result as JSON; a pure function of its arguments and the secret they name.

    It needs no course folder. What the graders of a class need is kept until `close`, or until another class comes.

    Args:
        shared: what the class shares.
        submissions: what was handed in.
        put_aside: as `Task.put_aside`, where there is a disk to write to.

    Raises:
        SandboxError: a layer is missing on this machine.
    """
    grader = grader_for(shared)
    results = map(grader.judge, submissions)
    return [result_to_json(put_aside(judged) if put_aside else judged) for judged in results]


def grader_for(shared: Shared) -> Grader:
    """Return the grader of a class, in this process."""
    if not _graders or _graders[0][0] != shared:
        close()
        _graders.append((shared, Grader(shared)))
    return _graders[0][1]


def close() -> None:
    """End the sandbox of this process, if it has one."""
    while _graders:
        _graders.pop()[1].close()
