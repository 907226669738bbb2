"""The side inside: prepare what is called, give up everything else, answer until nobody asks any more."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from importlib import import_module
from typing import Any, NoReturn

from autograder.scrub.process import LENGTH


def main(
    confine: Callable[[int, str], dict[str, bool]], fd: int, entry: str, memory: int, wall: int, box: str
) -> NoReturn:
    """Serve whoever holds the other end of a socket.

    Args:
        confine: gives up everything but computing, see `autograder/engines/sandbox/inside/computing.py`.
        fd: the socket.
        entry: what is called, as "module:function".
        memory: bytes of address space.
        wall: seconds after which a call that nobody ends any more ends this process.
        box: a folder that exists, to build an empty root on.
    """
    module_name, _, name = entry.partition(":")
    module: Any = import_module(module_name)
    function: Callable[..., Any] = getattr(module, name)
    for arguments in module.WARM_UP:  # what is imported late, and what the first call makes
        json.dumps([function(*arguments)])
    _send(fd, confine(memory, box))
    while True:
        request = _receive(fd)
        signal.setitimer(signal.ITIMER_REAL, wall)
        try:
            answer = [function(*json.loads(request))]
        except MemoryError:
            os._exit(1)
        except BaseException:  # a panic of Rust code is none of Python's exceptions
            answer = []
        _send(fd, answer)
        signal.setitimer(signal.ITIMER_REAL, 0)


def _send(fd: int, value: Any) -> None:
    try:
        text = json.dumps(value).encode()
    except (ValueError, RecursionError):
        text = b"[]"
    rest = memoryview(LENGTH.pack(len(text)) + text)
    while len(rest):
        rest = rest[os.write(fd, rest) :]


def _receive(fd: int) -> bytes:
    (length,) = LENGTH.unpack(_read(fd, LENGTH.size))
    return _read(fd, length)


def _read(fd: int, length: int) -> bytes:
    data = bytearray()
    while len(data) < length:
        part = os.read(fd, min(length - len(data), 2**20))
        if not part:
            os._exit(0)
        data += part
    return bytes(data)
