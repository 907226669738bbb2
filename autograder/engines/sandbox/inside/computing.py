"""Confine a process that only computes: it keeps the one socket that is open, and reaches nothing else.

The process is that of `autograder.scrub`. Each layer that is there is put on; it does without those that are not.
"""

from __future__ import annotations

import contextlib
import os
import resource
import sys

from . import landlock, namespaces, seccomp, system


def confine(memory: int, box: str) -> dict[str, bool]:
    """Give up everything but memory and time.

    Args:
        memory: bytes of address space.
        box: a folder that exists, to build an empty root on.

    Returns:
        Which layers are on.
    """
    layers = {"rlimits": True, **dict.fromkeys(("namespaces", "capabilities", "landlock", "seccomp"), False)}
    if sys.platform == "linux":
        empty = {"readable": [], "links": {}, "hidden": [], "box": box}
        if not namespaces.available(empty):
            namespaces.enter(empty)
            layers["namespaces"] = True
        for name, put_on in (("capabilities", _drop), ("landlock", _allow_no_file)):
            with contextlib.suppress(OSError):
                put_on()
                layers[name] = True
    _limit_resources(memory)
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            seccomp.put_on(seccomp.program_to_compute())
            layers["seccomp"] = True
    return layers


def _drop() -> None:
    system.prctl(system.PR_SET_NO_NEW_PRIVS, 1)
    if os.geteuid() == 0:
        namespaces.become_nobody()
    system.drop_capabilities()


def _allow_no_file() -> None:
    rules = landlock.Ruleset()
    rules.restrict_self()
    os.close(rules.fd)


def _limit_resources(memory: int) -> None:
    """Limit memory; let no file be opened or written, and no process begin."""
    values = dict.fromkeys((resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE, resource.RLIMIT_NPROC), 0)
    for name, value in (values | {resource.RLIMIT_CORE: 0, resource.RLIMIT_AS: memory}).items():
        with contextlib.suppress(OSError, ValueError):  # macOS refuses some
            resource.setrlimit(name, (value, value))
