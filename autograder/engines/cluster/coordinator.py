"""Lead a class on a cluster: hand out chunks of submissions, take results, and lose none of them.

A submission may be judged twice, where a worker or the scheduler is lost; its result is given out once. No more is
under way than the workers need, so that memory does not grow with the class.
"""

from __future__ import annotations

import logging
import os
import queue
import secrets
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any

import dask
from distributed import Client, Future
from distributed.scheduler import KilledWorker
from distributed.security import Security

from autograder.course.course import read_secret
from autograder.engines import words as engines_words
from autograder.engines.cluster import words
from autograder.engines.cluster.certificates import find_certificates, probe
from autograder.engines.cluster.judging import (
    BETWEEN,
    FAILED,
    NAME,
    TAKEN_OVER,
    TOPIC,
    Judging,
    judge_in_worker,
    proof_of,
    resource_of,
    versions,
)
from autograder.engines.cluster.scheduling import end_run
from autograder.engines.cluster.settings import Cluster, settings
from autograder.engines.result import Judged
from autograder.engines.result_json import read_result
from autograder.engines.sandbox.limits import Limits
from autograder.engines.sandbox.shared import Shared, with_shared
from autograder.engines.task import Task
from autograder.errors import ClusterError, SandboxError

CHUNK, CHUNK_SECONDS, CHUNK_BYTES = 8, 0.3, 4_000_000
"""Submissions that are sent together, unless reading them takes so long, or they are so large."""
IN_FLIGHT = 2
"""Chunks that are under way for each worker: it begins the next while the result of the last travels."""
PREPARING = 5
"""How many times as long workers that are there may take until they can judge: they start a sandbox."""
POLL_SECONDS, LOOK_SECONDS = 0.2, 2.0
"""How often results are waited for, and how often the scheduler is asked who works."""

MOST_DEATHS = 2
"""How often all workers may be lost over a chunk until its submissions are judged alone, and one alone is named."""


@dataclass(eq=False)
class Chunk:
    """Submissions that are sent together.

    Attributes:
        tasks: the submissions.
        deaths: how often all workers were lost while it was under way.
    """

    tasks: list[Task]
    deaths: int = 0


class _LostError(Exception):
    """The connection to the scheduler broke."""


def judge_all(
    tasks: Iterable[Task], cluster: Cluster, limits: Sequence[str] = (), fewer_layers: bool = False
) -> Iterator[tuple[Task, Judged]]:
    """Judge tasks on a cluster and yield each when its result has come.

    Args:
        tasks: what to judge; taken as they are needed.
        cluster: where.
        limits: limits that differ from the defaults, "NAME=VALUE".
        fewer_layers: whether workers may go on where layers are missing that can be done without.

    Raises:
        CourseError: there is no such limit.
        ClusterError: the cluster cannot be used, or is gone.
        SandboxError: the sandbox of a worker broke.
    """
    works = with_shared(tasks, Limits().with_values(limits), fewer_layers)
    for _, works_of_class in groupby(works, key=lambda work: id(work[1])):
        first, shared = next(works_of_class)
        others = (task for task, _ in works_of_class)  # noqa: B031  # the first is off, the rest follows
        yield from _Class(cluster, shared).judge(_chunks(first, others))


class _Class:
    """A class on its way, over as many connections as it takes."""

    def __init__(self, cluster: Cluster, shared: Shared) -> None:
        self._cluster = cluster
        self._shared = shared
        self._again: deque[Chunk] = deque()
        self._alone: deque[Chunk] = deque()

    def judge(self, chunks: Iterator[Chunk]) -> Iterator[tuple[Task, Judged]]:
        while True:
            session = _Session(self._cluster, self._shared)
            try:
                session.begin()
                for chunk, answer in session.answers(partial(self._next, chunks, session.running)):
                    yield from self._results(chunk, answer)
                return
            except _LostError:
                self._again.extend(session.running.values())
            finally:
                session.close()

    def _next(self, chunks: Iterator[Chunk], running: dict[Future[bytes], Chunk]) -> Chunk | None:
        """Choose what is sent next; None if nothing is, now.

        A submission that may have ended its worker goes alone through the whole cluster, so that none is blamed that
        only waited in the same worker.
        """
        if self._alone:
            return None if running else self._alone.popleft()
        return self._again.popleft() if self._again else next(chunks, None)

    def _results(self, chunk: Chunk, answer: bytes | BaseException | None) -> Iterator[tuple[Task, Judged]]:
        """Read what came back for a chunk, or send its submissions again."""
        results = answer.split(BETWEEN) if isinstance(answer, bytes) else []
        if isinstance(answer, bytes) and answer[:1] == FAILED:
            raise SandboxError(answer[1:].decode(errors="replace"))
        if answer == TAKEN_OVER:
            raise ClusterError(words.taken_over())
        first, *others = chunk.tasks
        if len(results) == len(chunk.tasks):
            for task, result in zip(chunk.tasks, results, strict=True):
                yield task, read_result(result, self._shared.material.sources)
        elif answer is None and chunk.deaths < MOST_DEATHS:
            (self._alone if chunk.deaths and not others else self._again).append(chunk)
        elif others:
            self._alone.extend(Chunk([task]) for task in chunk.tasks)
        elif answer is None or isinstance(answer, KilledWorker):
            yield first, Judged(problem=engines_words.grader_killed())
        elif isinstance(answer, BaseException):
            yield first, Judged(problem=words.chunk_failed(type(answer).__name__, str(answer).split("\n")[0]))
        else:
            yield first, Judged(problem=engines_words.no_result(repr(results[0][:80])))


class _Session:
    """A connection to the scheduler, and the workers that may judge in this run.

    Attributes:
        running: what is under way.
    """

    def __init__(self, cluster: Cluster, shared: Shared) -> None:
        self.running: dict[Future[bytes], Chunk] = {}
        self._cluster = cluster
        self._run = secrets.token_hex(8)
        self._workers: frozenset[str] = frozenset()
        self._refused: dict[str, str] = {}
        self._said: set[str] = set()
        self._hears = threading.Event()
        self._looked = 0.0
        self._busy = time.monotonic()
        self._answers: queue.SimpleQueue[Future[bytes]] = queue.SimpleQueue()
        self._shared = shared
        self._client = self._connect()

    def begin(self) -> None:
        """Ask all workers, those that come later too, to get ready for this run."""
        secret = read_secret(self._shared.home.secret)
        plugin = Judging(self._run, proof_of(secret, self._run), versions(), self._shared.material)
        self._client.subscribe_topic(TOPIC, self._hear)
        with suppress(OSError):
            deadline = time.monotonic() + self._cluster.silence
            while not self._hears.wait(POLL_SECONDS) and time.monotonic() < deadline:
                self._client.log_event(TOPIC, {"run": self._run, "worker": "", "reason": ""})
        register = self._client._register_worker_plugin
        with suppress(OSError):  # a worker is slow, or ends just now; if it is the scheduler, `_look` sees it
            self._client.sync(
                register, plugin=plugin, name=NAME, idempotent=False, callback_timeout=self._cluster.silence
            )

    def _connect(self) -> Any:
        """Connect, as soon as the scheduler answers.

        Raises:
            ClusterError: it refuses us, or does not answer.
        """
        files = find_certificates(self._cluster.certificates, "coordinator")
        own = {key: value for key, value in settings(files).items() if key not in os.environ}
        dask.config.update(dask.config.config, dask.config.collect_env(own))
        security = Security(
            tls_ca_file=str(files["ca"]),
            tls_client_cert=str(files["certificate"]),
            tls_client_key=str(files["key"]),
            require_encryption=True,
        )
        logging.getLogger("distributed.client").setLevel(logging.CRITICAL)  # tracebacks of what is said here in words
        deadline = time.monotonic() + self._cluster.silence
        while True:
            try:
                probe(self._cluster.address, files)
                return Client(self._cluster.address, security=security, timeout=10, set_as_default=False)
            except OSError:
                if time.monotonic() > deadline:
                    raise ClusterError(words.no_scheduler(self._cluster.address, self._cluster.silence)) from None
                time.sleep(POLL_SECONDS)

    def answers(self, next_chunk: Callable[[], Chunk | None]) -> Iterator[tuple[Chunk, bytes | BaseException | None]]:
        """Send chunks, and yield what becomes of each: results, an error, or None if it got lost.

        Raises:
            ClusterError: nobody can judge.
            _LostError: the scheduler is gone.
        """
        while True:
            yield from self._look()
            while len(self.running) < IN_FLIGHT * len(self._workers) and (chunk := next_chunk()) is not None:
                self.running[self._submit(chunk)] = chunk
            if not self.running and self._workers:
                return
            done: list[Future[bytes]] = []
            with suppress(queue.Empty):
                done.append(self._answers.get(timeout=POLL_SECONDS))
                while True:
                    done.append(self._answers.get_nowait())
            done = [future for future in done if future in self.running]
            for future, answer in zip(done, self._fetch(done), strict=True):
                if not isinstance(answer, bytes):
                    self._looked = 0.0  # workers may be gone: nothing is sent before a look
                yield self.running.pop(future), answer

    def _submit(self, chunk: Chunk) -> Future[bytes]:
        future: Future[bytes] = self._client.submit(
            judge_in_worker,
            self._run,
            [tuple(handed.to_travel() for handed in task.submission) for task in chunk.tasks],
            pure=False,  # equal submissions are not one task
            resources={resource_of(self._run): 1},
        )
        future.add_done_callback(self._answers.put)
        return future

    def _fetch(self, done: list[Future[bytes]]) -> list[bytes | BaseException | None]:
        """Fetch what became of chunks: all results at once, where nothing is wrong."""
        if len(done) > 1 and all(future.status == "finished" for future in done):
            try:
                fetch: Any = self._client._gather
                results = self._client.sync(fetch, done, callback_timeout=self._cluster.silence)
            except Exception:  # one of them got lost on the way; which, is seen one by one
                pass
            else:
                for future in done:
                    future.release()
                return [result if isinstance(result, bytes) else b"" for result in results]
        return [self._answer(future) for future in done]

    def _answer(self, future: Future[bytes]) -> bytes | BaseException | None:
        try:
            if future.status == "finished":
                result = future.result(timeout=self._cluster.silence)
                return result if isinstance(result, bytes) else b""
            if future.status == "error":
                return future.exception(timeout=self._cluster.silence) or RuntimeError()
        except (OSError, TimeoutError):
            raise _LostError from None
        except Exception as error:  # an answer that cannot be read
            return error
        finally:
            future.release()
        return None

    def _hear(self, event: tuple[float, dict[str, str]]) -> None:
        """Take in that a worker refuses; called in Dask's own thread."""
        _, said = event
        if said["run"] != self._run:
            return
        self._hears.set()
        if said["worker"]:
            self._refused[said["worker"]] = said["reason"]

    def _look(self) -> Iterator[tuple[Chunk, None]]:
        """Ask the scheduler who works, now and then; that it answers is its sign of life.

        Yields the chunks that are lost with all workers: to a worker that comes later Dask would never give them.
        """
        now = time.monotonic()
        if now - self._looked < (LOOK_SECONDS if self._workers else POLL_SECONDS):
            return
        self._looked = now
        if self._client.status != "running":
            raise _LostError
        try:
            info: Any = self._client.sync(
                self._client.scheduler.identity, n_workers=-1, callback_timeout=self._cluster.silence
            )
        except (OSError, TimeoutError):
            raise _LostError from None
        workers = info["workers"]
        resource = resource_of(self._run)
        before = self._workers
        self._workers = frozenset(name for name, worker in workers.items() if worker["resources"].get(resource))
        if not before & self._workers:
            lost = list(self.running.items())
            self.running.clear()
            for future, chunk in lost:
                future.release()
                chunk.deaths += 1
                yield chunk, None
        for reason in sorted(set(self._refused.values()) - self._said):
            self._said.add(reason)
            print(f"autograder: {reason}", file=sys.stderr)
        if self._workers:
            self._busy = time.monotonic()
        elif workers and workers.keys() <= self._refused.keys():
            raise ClusterError(words.all_refused())
        elif time.monotonic() - self._busy > self._cluster.silence * (PREPARING if workers else 1):
            raise ClusterError(words.no_workers(self._cluster.address, self._cluster.silence))

    def close(self) -> None:
        """End the run in the workers, and the connection; whatever does not answer is left."""
        with suppress(Exception):
            if self._client.status == "running":
                on_scheduler = self._client._run_on_scheduler
                self._client.sync(on_scheduler, end_run, self._run, NAME, callback_timeout=POLL_SECONDS * 50)
        with suppress(Exception):
            self._client.close(timeout=2)


def _chunks(first: Task, tasks: Iterator[Task]) -> Iterator[Chunk]:
    """Group submissions that are sent together."""
    together, size, began = [first], _size(first), time.monotonic()
    for task in tasks:
        if len(together) >= CHUNK or size + _size(task) > CHUNK_BYTES or time.monotonic() - began > CHUNK_SECONDS:
            yield Chunk(together)
            together, size, began = [], 0, time.monotonic()
        together.append(task)
        size += _size(task)
    yield Chunk(together)


def _size(task: Task) -> int:
    return sum(len(handed.content or b"") for handed in task.submission)
