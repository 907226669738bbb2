"""Read what the untrusted side sends: bounded in length before memory is taken, and in time by the caller's limits."""

from __future__ import annotations

import select
import socket
from collections.abc import Callable

from autograder.engines.sandbox.inside import frames

POLL_SECONDS = 0.05
"""Seconds between two checks of the limits while the other side is busy."""
MAX_ANSWER = 2**20
"""Bytes of a header beside what the answer is asked for."""
_PIECE = 2**16
"""Bytes to receive at once: little enough that the memory is used again, not fetched anew."""


class WorkerDiedError(Exception):
    """The process on the other side is gone, or does not answer."""


def receive(channel: socket.socket, check: Callable[[], None], max_arrays: int, max_header: int) -> frames.Reader:
    """Receive a frame.

    Args:
        channel: where it comes from.
        check: called while nothing comes; raises if a limit is reached.
        max_arrays: bytes that the arrays may have.
        max_header: bytes that the header may have.

    Raises:
        FrameError: it is not a frame, or too large.
        WorkerDiedError: the other side is gone.
    """
    prefix = bytes(_read(channel, frames.PREFIX.size, check))
    header, arrays = frames.lengths(prefix, max_header, max_arrays)
    return frames.Reader(frames.parse_header(bytes(_read(channel, header, check))), _read(channel, arrays, check))


def send(channel: socket.socket, frame: bytes, check: Callable[[], None]) -> None:
    """Send a frame, and check the limits while the other side does not read.

    Raises:
        WorkerDiedError: the other side is gone.
    """
    view = memoryview(frame)
    while len(view):
        try:
            view = view[channel.send(view) :]
        except BlockingIOError:
            _wait(channel, select.POLLOUT)
            check()
        except OSError:
            raise WorkerDiedError from None


def _read(channel: socket.socket, length: int, check: Callable[[], None]) -> bytearray:
    """Read exactly so many bytes; memory grows with what really comes, not with what was announced."""
    data = bytearray()
    while len(data) < length:
        try:
            part = channel.recv(min(length - len(data), _PIECE), socket.MSG_DONTWAIT)
        except BlockingIOError:
            _wait(channel, select.POLLIN)
            check()
            continue
        except OSError:
            part = b""
        if not part:
            raise WorkerDiedError
        data += part
    return data


def _wait(channel: socket.socket, event: int) -> None:
    poll = select.poll()
    poll.register(channel, event)
    poll.poll(POLL_SECONDS * 1000)
