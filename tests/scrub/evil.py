"""What hostile markup might do, if a parser had a hole: called in the process of `autograder.scrub`."""

import mmap
import os
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def run(kind: str, value: Any = None) -> Any:
    """Try something, and tell what came of it."""
    try:
        return _ACTIONS[kind](value)
    except OSError as error:
        return f"refused: {type(error).__name__}"


def _forever(_: Any) -> None:
    while True:
        pass


def _busy(seconds: float) -> bool:
    began = time.process_time()
    while time.process_time() - began < seconds:
        pass
    return True


def _map(size: int) -> int:
    mmap.mmap(-1, size)
    return size


def _panic(_: Any) -> None:
    raise BaseException("as a library in Rust does")


_ACTIONS: dict[str, Callable[[Any], Any]] = {
    "return": lambda value: value,
    "read": lambda path: Path(path).read_bytes().decode(),
    "list": lambda path: sorted(os.listdir(path)),  # noqa: PTH208
    "write": lambda path: Path(path).write_text("x", encoding="utf-8"),
    "fork": lambda _: os.fork(),
    "run": lambda _: os.execv("/bin/true", ["true"]),
    "socket": lambda _: socket.socket().fileno(),
    "signal": lambda _: os.kill(os.getppid() or 1, 0),
    "environment": lambda _: sorted(os.environ),
    "forever": _forever,
    "busy": _busy,
    "map": _map,
    "panic": _panic,
    "end": lambda _: os._exit(3),
    "memory": lambda _: len([bytearray(10**8) for _ in range(50)]),
    "much": lambda _: "x" * 100_000_000,
    "no JSON": lambda _: {1, 2},
}
WARM_UP = (("return", 1), ("socket", None))
