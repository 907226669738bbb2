"""Judge in a worker of Dask, after a proof that it has the course's secret and the code of the coordinator.

Nothing of a submission is raised or logged here: results, refusals included, go back as bytes. The secret stays in its
file on each machine; what travels is a hash that is keyed with it, of a number that is new in each run.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import os
import platform
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from distributed import Worker, WorkerPlugin, get_worker

from autograder.course.course import read_secret
from autograder.engines.cluster import words
from autograder.engines.cluster.settings import PINNED, SECRET_FILE, need_private
from autograder.engines.sandbox import chunk
from autograder.engines.sandbox.shared import Home, Material, Shared
from autograder.engines.task import Submission, code_version
from autograder.errors import AutograderError
from autograder.scrub.memory import limit_memory

NAME = "autograder"
"""Of the plugin in each worker: a cluster works for one run at a time, and the newest counts."""
TOPIC = "autograder"
"""Of the events that say why a worker is not used."""
FAILED = b"!"
"""What stands before a sentence that comes in place of results; they begin with a brace."""
TAKEN_OVER = b"?"
BETWEEN = b"\n\n"
"""Stands between results; there is no empty line in them."""
TEARDOWN_SECONDS = 5.0


def versions() -> str:
    """Name all that a result depends on besides submission, material and secret."""
    python = ".".join(platform.python_version_tuple()[:2])
    return f"autograder {code_version()[:12]}, Python {python}, numpy {np.__version__}"


def proof_of(secret: bytes, run: str) -> str:
    """Prove in a run that one has the secret."""
    return hmac.new(secret, f"cluster {run}".encode(), hashlib.sha256).hexdigest()


class Judging(WorkerPlugin):
    """What a worker keeps for a run: the material of the class, and its warm sandbox.

    A worker may judge when it has the resource that is named after the run: Dask sends tasks only to those.

    Args:
        run: a name that no earlier run had.
        proof: what the coordinator's secret gives for it.
        needed: the coordinator's versions.
        material: what the class shares.
    """

    def __init__(self, run: str, proof: str, needed: str, material: Material) -> None:
        self.run = run
        self._proof = proof
        self._needed = needed
        self._material = material
        self._shared: Shared | None = None

    async def setup(self, worker: Worker) -> None:
        """Prove, start the sandbox, and take part; else say why not, here and to the coordinator."""
        reason = await self._in_thread(worker, self._prepare, str(worker.name))
        if reason:
            print(f"autograder: {reason}", file=sys.stderr, flush=True)
            worker.log_event(TOPIC, {"run": self.run, "worker": worker.address, "reason": reason})
        else:
            await worker.set_resources(**{resource_of(self.run): 1})

    async def teardown(self, worker: Worker) -> None:
        """End the sandbox, where nothing is being judged in it any more."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._in_thread(worker, chunk.close), TEARDOWN_SECONDS)

    def judge(self, submissions: Sequence[Submission]) -> bytes:
        """Judge submissions: their results, an empty line between them, or why there are none."""
        assert self._shared is not None
        try:
            return BETWEEN.join(chunk.judge_chunk(self._shared, submissions))
        except AutograderError as error:
            return FAILED + words.worker_failed(socket.gethostname(), str(error)).encode()

    @staticmethod
    async def _in_thread(worker: Worker, work: Any, *arguments: Any) -> Any:
        """Call something where tasks run: the sandbox ends with the thread that started it."""
        return await asyncio.get_running_loop().run_in_executor(worker.executors["default"], work, *arguments)

    def _prepare(self, name: str) -> str:
        """Get ready to judge; return why this is not possible, or nothing."""
        host = socket.gethostname()
        try:
            own = os.environ.get(SECRET_FILE)
            if not own:
                return words.worker_failed(host, words.no_secret_file(SECRET_FILE))
            file = Path(own).resolve()
            need_private(file)
            if not hmac.compare_digest(proof_of(read_secret(file), self.run), self._proof):
                return words.other_secret(host)
            if versions() != self._needed:
                return words.other_code(host, versions(), self._needed)
            _keep_to_core(name)
            limit_memory()
            self._shared = Shared(self._material, Home(file, file.parent, file.parent))
            chunk.grader_for(self._shared).start()
        except (AutograderError, OSError) as error:
            return words.worker_failed(host, str(error))
        return ""


def resource_of(run: str) -> str:
    """Name what a worker has that may judge in a run."""
    return f"{NAME}-{run}"


def judge_in_worker(run: str, submissions: Sequence[Submission]) -> bytes:
    """Judge a chunk in the worker that this task came to."""
    plugin = get_worker().plugins.get(NAME)
    if not isinstance(plugin, Judging) or plugin.run != run:
        return TAKEN_OVER
    return plugin.judge(submissions)


def _keep_to_core(name: str) -> None:
    """Keep to one core where there is a worker for each; see the pool, which does the same."""
    number = name.rpartition("-")[2]
    if os.environ.get(PINNED) and number.isdecimal():
        cores = sorted(os.sched_getaffinity(0))
        if len(cores) > 1:
            with contextlib.suppress(OSError):
                os.sched_setaffinity(0, {cores[int(number) % len(cores)]})
