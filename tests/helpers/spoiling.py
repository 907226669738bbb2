"""Spoils JSON and bytes at random places: fast enough for thousands of mutants, and the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

JUNK: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    2**31,
    2**63,
    10**400,
    0.5,
    float("nan"),
    float("inf"),
    "",
    "x",
    "../..",
    "\ud800",
    "\0\x1b",
    "x" * 5000,
    [],
    [[]],
    {},
    {"a": 1},
    [None] * 2000,
)


def spoiled(source: random.Random, form: Any, words: tuple[Any, ...] = ()) -> Any:
    """A JSON value with something inside replaced, taken out, doubled, renamed or wrapped up."""
    if isinstance(form, dict) and form and source.randrange(7):
        key = source.choice(sorted(form, key=str))
        action = source.randrange(8)
        if action == 0:
            return {k: v for k, v in form.items() if k != key}
        if action == 1:
            return {(str(source.choice(words or ("x",))) if k == key else k): v for k, v in form.items()}
        return {**form, key: spoiled(source, form[key], words)}
    if isinstance(form, list) and form and source.randrange(7):
        at = source.randrange(len(form))
        action = source.randrange(6)
        middle = [[], [form[at], form[at]], [[form[at]]]][action] if action < 3 else [spoiled(source, form[at], words)]
        return form[:at] + middle + form[at + 1 :]
    return source.choice(JUNK + words)


def spoiled_bytes(source: random.Random, data: bytes) -> bytes:
    """Bytes with a few changed, cut off, taken out or put in."""
    changed = bytearray(data)
    actions: tuple[Callable[[int], Any], ...] = (
        lambda at: changed.__setitem__(at, source.randrange(256)),
        lambda at: changed.__setitem__(at, changed[at] ^ (1 << source.randrange(8))),
        lambda at: changed.__delitem__(slice(at, at + source.randrange(9))),
        lambda at: changed.__setitem__(slice(at, at), source.randbytes(source.randrange(9))),
        lambda at: changed.__delitem__(slice(at, None)),
    )
    for _ in range(source.randrange(4)):
        if changed:
            source.choices(actions, (4, 4, 2, 2, 1))[0](source.randrange(len(changed)))
    return bytes(changed)
