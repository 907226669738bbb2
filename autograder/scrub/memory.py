"""The limit on memory of a process that holds what students handed in."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

HEADROOM = 4 * 2**30
"""Bytes of address space beyond what the process has when it begins: the largest notebook takes a quarter of it."""

KEPT = 128 * 2**20
"""Bytes of freed memory that a process keeps at most."""
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8


def limit_memory() -> None:
    """Limit the memory of this process for good, so that hostile data end in a MemoryError.

    Only on Linux, where a process can tell what it has. Processes that it starts may set a limit of their own.
    """
    if sys.platform != "linux":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    limit = pages * resource.getpagesize() + HEADROOM
    if soft == resource.RLIM_INFINITY or limit < soft:
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def keep_freed_memory() -> None:
    """Let this process use the memory of one notebook again for the next, instead of giving it back in between.

    The kernel clears each page that it hands out: a quarter of the time that reading a notebook takes. Only where the C
    library is glibc, whose options these are (`mallopt(3)`).
    """
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(AttributeError):
            mallopt = ctypes.CDLL(None).mallopt
            mallopt(_M_MMAP_THRESHOLD, 32 * 2**20)
            mallopt(_M_TRIM_THRESHOLD, KEPT)
            mallopt(_M_ARENA_MAX, 1)  # threads, too, use what others have freed


@contextlib.contextmanager
def limited_memory() -> Iterator[None]:
    """Limit the memory of this process for a while; as `limit_memory`."""
    if sys.platform != "linux":
        yield
        return
    import resource

    before = resource.getrlimit(resource.RLIMIT_AS)
    limit_memory()
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
