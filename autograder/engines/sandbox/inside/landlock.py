"""Landlock: which files a process may touch, and that it reaches no TCP port and no process outside.

The rules are made once, by the zygote; each fork takes them on. https://docs.kernel.org/userspace-api/landlock.html
"""

from __future__ import annotations

import ctypes
import os
import stat
from collections.abc import Iterable, Mapping
from typing import Any

from .namespaces import DEVICES
from .system import syscall

EXECUTE = 1 << 0
WRITE_FILE = 1 << 1
READ_FILE = 1 << 2
READ_DIR = 1 << 3
MAKE_AND_REMOVE = 1 << 4 | 1 << 5 | 1 << 7 | 1 << 8 | 1 << 12
"""Remove folders and files; make folders, files, symbolic links. No devices, sockets or pipes."""
REFER = 1 << 13
TRUNCATE = 1 << 14
IOCTL_DEV = 1 << 15
_BY_VERSION = (1 << 13) - 1, REFER, TRUNCATE, 0, IOCTL_DEV
"""File rights that each version of Landlock added."""

TRUNCATE_VERSION = 3
"""Before it, a file that may be read may also be emptied, where no mount is read-only."""
TCP = 0b11
TCP_VERSION = 4
SCOPES = 0b11
"""No abstract Unix sockets and no signals to processes outside."""
SCOPES_VERSION = 6

_FILE_RIGHTS = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
_READ = READ_FILE | READ_DIR | EXECUTE  # the right to execute is also the one to map shared libraries
_OWN = _READ | WRITE_FILE | TRUNCATE | REFER | MAKE_AND_REMOVE


def version() -> int:
    """The version of Landlock that this kernel has; 0 without it."""
    try:
        return syscall("landlock_create_ruleset", 0, 0, 1)
    except OSError:
        return 0


class Ruleset:
    """What the forks will be allowed; everything else that Landlock knows is refused."""

    def __init__(self) -> None:
        abi = version()
        self._files = sum(_BY_VERSION[: min(abi, len(_BY_VERSION))])
        attr = (ctypes.c_uint64 * 3)(
            self._files, TCP if abi >= TCP_VERSION else 0, SCOPES if abi >= SCOPES_VERSION else 0
        )
        size = 24 if abi >= SCOPES_VERSION else 16 if abi >= TCP_VERSION else 8
        self.fd = syscall("landlock_create_ruleset", ctypes.byref(attr), size, 0)

    def allow_reading(self, paths: Iterable[str]) -> None:
        """Allow to read these files, and folders with all below them; names that do not exist are passed over."""
        for path in paths:
            self._allow(path, _READ)

    def allow_listing(self, paths: Iterable[str]) -> None:
        """Allow to list these folders and all below them."""
        for path in paths:
            self._allow(path, READ_DIR)

    def allow_all(self, path: str) -> None:
        """Allow to read, write, make and remove files below a folder; no devices, sockets or pipes."""
        self._allow(path, _OWN)

    def allow_device(self, path: str) -> None:
        """Allow to read and write a device file, such as /dev/null."""
        self._allow(path, READ_FILE | WRITE_FILE)

    def _allow(self, path: str, rights: int) -> None:
        try:
            fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except FileNotFoundError:
            return
        try:
            if not stat.S_ISDIR(os.fstat(fd).st_mode):
                rights &= _FILE_RIGHTS
            attr = (ctypes.c_uint32 * 3)(rights & self._files, 0, fd)
            syscall("landlock_add_rule", self.fd, 1, ctypes.byref(attr), 0)
        finally:
            os.close(fd)

    def restrict_self(self) -> None:
        """Confine this process for good.

        Raises:
            OSError: as the kernel says.
        """
        syscall("landlock_restrict_self", self.fd, 0)


def rules_for(config: Mapping[str, Any], own: str) -> Ruleset:
    """Make the rules of a worker.

    Args:
        config: from `autograder.engines.sandbox.layers.settings`.
        own: the folder that it may write to.
    """
    rules = Ruleset()
    rules.allow_reading(config["rules"])
    rules.allow_listing(config["listable"])
    rules.allow_all(own)
    for device in DEVICES:
        rules.allow_device(device)
    return rules
