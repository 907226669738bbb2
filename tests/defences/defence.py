"""A defence, the attack on it, and how it is switched off."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

import pytest

Kind = Literal["criterion", "leniency", "cleaner", "counter"]


@dataclass(frozen=True)
class Defence:
    """Something that stands in an attack's way.

    Attributes:
        kind: what it is.
        name: unique.
        attack: the attack, in words.
        gets: makes the attack, and says what it got; empty if it got nothing.
        off: switches the defence off for a while.
        slow: whether the attack takes seconds, or a process of its own.
    """

    kind: Kind
    name: str
    attack: str
    gets: Callable[[], str]
    off: Callable[[], AbstractContextManager[Any]]
    slow: bool = False


@contextmanager
def patched(where: str, value: Any) -> Iterator[None]:
    """Put something in the place of what "module:name" or "module:Class.name" is, for a while."""
    module, _, path = where.partition(":")
    *outer, name = path.split(".")
    place: Any = import_module(module)
    for part in outer:
        place = getattr(place, part)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(place, name, value)
        yield


@contextmanager
def without_limit(where: str, value: Any = 10**12) -> Iterator[None]:
    """Raise a constant beyond reach, in its module and in all that have imported it."""
    module, _, name = where.partition(":")
    limit = getattr(import_module(module), name)
    users = [
        other
        for key, other in sys.modules.items()
        if key.startswith(("autograder", "labkit")) and getattr(other, name, None) is limit
    ]
    with pytest.MonkeyPatch.context() as patch:
        for user in users:
            patch.setattr(user, name, value)
        yield


def squared(work: Callable[[int], object]) -> str:
    """Say that work grows as the square of its input, where it does; the processor's time is compared with itself."""

    def seconds(size: int) -> float:
        began = time.process_time()
        work(size)
        return time.process_time() - began

    small, large = (min(seconds(size) for _ in range(2)) for size in (100, 800))
    return f"{large / small:.0f} times the work for 8 times the input" if large > 24 * small + 0.01 else ""


@contextmanager
def all_of(*switches: AbstractContextManager[Any]) -> Iterator[None]:
    """Switch several things off at once."""
    with contextlib.ExitStack() as stack:
        for switch in switches:
            stack.enter_context(switch)
        yield
