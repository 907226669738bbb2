"""Take Ctrl-C when it can be taken: not while a process is being started, and again where Python would lose it."""

from __future__ import annotations

import os
import signal
import sys
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


@contextmanager
def no_interrupt_lost() -> Iterator[None]:
    """Have a Ctrl-C come again that came while Python called a destructor or a callback of a weak reference.

    What such a call raises is printed and forgotten, so the command would go on as if nobody had pressed anything.
    Without effect on Windows, which has no such timer.
    """
    if not hasattr(signal, "setitimer"):
        yield
        return
    report = sys.unraisablehook

    def call_again(lost: sys.UnraisableHookArgs) -> None:
        if issubclass(lost.exc_type, KeyboardInterrupt):
            signal.setitimer(signal.ITIMER_REAL, 0.01)
        else:
            report(lost)

    before = signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGINT))
    sys.unraisablehook = call_again
    try:
        yield
    finally:
        sys.unraisablehook = report
        signal.setitimer(signal.ITIMER_REAL, 0)  # one that still runs would end the process
        signal.signal(signal.SIGALRM, before)
