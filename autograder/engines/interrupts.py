"""Hold signals back while a process is being started: Ctrl-C reaches every process of the terminal."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def signals_blocked(*others: int) -> Iterator[None]:
    """Block Ctrl-C and other signals; a process that is started here inherits that, see `unblock_interrupts`.

    Another thread may take the Ctrl-C that is blocked in this one, and Python then calls the handler here all the
    same; so the handler waits as well. Without effect on Windows, where signals cannot be blocked.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    came: list[int] = []
    handler = signal.getsignal(signal.SIGINT)
    waits = callable(handler) and threading.current_thread() is threading.main_thread()
    if waits:
        signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, *others))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        if waits:
            signal.signal(signal.SIGINT, handler)
        if came and callable(handler):
            handler(came[0], None)


def unblock_interrupts() -> None:
    """Let Ctrl-C through again in a process that was started while it was blocked."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGINT,))
