"""The few calls of the Linux kernel that Python has no function for, through ctypes."""

from __future__ import annotations

import ctypes
import gc
import os
import platform
import signal
from functools import cache
from pathlib import Path
from typing import Any

CLONE_NEWNS = 0x0002_0000
CLONE_NEWUTS = 0x0400_0000
CLONE_NEWIPC = 0x0800_0000
CLONE_NEWUSER = 0x1000_0000
CLONE_NEWPID = 0x2000_0000
CLONE_NEWNET = 0x4000_0000

MS_NOSUID = 0x2
MS_NODEV = 0x4
MS_NOEXEC = 0x8
MS_BIND = 0x1000
MS_REC = 0x4000
MS_PRIVATE = 0x4_0000
MNT_DETACH = 2

MOUNT_ATTR_RDONLY = 0x1
MOUNT_ATTR_NOSUID = 0x2
AT_RECURSIVE = 0x8000
AT_FDCWD = -100

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_KEEPCAPS = 8
PR_SET_SECCOMP = 22
PR_CAPBSET_DROP = 24
PR_SET_NO_NEW_PRIVS = 38
SECCOMP_MODE_FILTER = 2

CAP_DAC_READ_SEARCH = 1 << 2

_MADV_COLLAPSE = 25
_HUGE = 2**21

MACHINES = ("x86_64", "aarch64")
NUMBERS = {
    "clone": (56, 220),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "unshare": (272, 97),
    "capset": (126, 91),
    "mount_setattr": (442, 442),
    "landlock_create_ruleset": (444, 444),
    "landlock_add_rule": (445, 445),
    "landlock_restrict_self": (446, 446),
}
"""System-call numbers on each of `MACHINES`."""

_libc = ctypes.PyDLL(None, use_errno=True)  # PyDLL keeps the interpreter's lock, which a fork needs
_libc.syscall.restype = ctypes.c_long


@cache
def machine() -> int:
    """Which of `MACHINES` this is.

    Raises:
        OSError: it is none of them.
    """
    name = platform.machine()
    if name not in MACHINES:
        raise OSError(f"the sandbox knows {' and '.join(MACHINES)}, not {name}")
    return MACHINES.index(name)


def syscall(name: str, *args: Any) -> int:
    """Make a system call of `NUMBERS`.

    Raises:
        OSError: as the kernel says.
    """
    number = NUMBERS[name][machine()]
    result: int = _libc.syscall(ctypes.c_long(number), *(_word(arg) for arg in args))
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{name}: {os.strerror(error)}")
    return result


def _word(arg: Any) -> Any:
    return ctypes.c_long(arg) if isinstance(arg, int) else arg


def prctl(option: int, value: int = 0, pointer: Any = 0) -> None:
    """Change what the kernel keeps about this process.

    Raises:
        OSError: as the kernel says.
    """
    if _libc.prctl(ctypes.c_int(option), ctypes.c_ulong(value), _word(pointer), ctypes.c_ulong(0), ctypes.c_ulong(0)):
        error = ctypes.get_errno()
        raise OSError(error, f"prctl {option}: {os.strerror(error)}")


def mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    """Mount something.

    Raises:
        OSError: as the kernel says.
    """
    syscall("mount", source.encode(), target.encode(), kind.encode(), flags, data.encode() or None)


def make_read_only(path: str) -> None:
    """Make a mount and all below it read-only and blind to set-user-id bits.

    Raises:
        OSError: as the kernel says.
    """

    class MountAttr(ctypes.Structure):
        _fields_ = [(name, ctypes.c_uint64) for name in ("set", "clear", "propagation", "userns_fd")]

    attr = MountAttr(MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID, 0, 0, 0)
    syscall("mount_setattr", AT_FDCWD, path.encode(), AT_RECURSIVE, ctypes.byref(attr), ctypes.sizeof(attr))


def empty_bounding_set() -> None:
    """Let no program that is started from here on have a capability.

    Raises:
        OSError: as the kernel says.
    """
    for capability in range(41):
        prctl(PR_CAPBSET_DROP, capability)


def drop_capabilities(kept: int = 0) -> None:
    """Give up the capabilities of this process for good.

    Args:
        kept: those that remain, as bits; it must have them.

    Raises:
        OSError: as the kernel says.
    """
    capabilities = (ctypes.c_uint32 * 6)(kept, kept)
    syscall("capset", ctypes.byref(_THIS_PROCESS), ctypes.byref(capabilities))


_THIS_PROCESS = (ctypes.c_uint32 * 2)(0x2008_0522, 0)
"""`struct __user_cap_header_struct`, version 3."""


def freeze_memory() -> None:
    """Leave what is in memory out of garbage collection, so that the forks share it."""
    gc.collect()
    gc.freeze()


def collapse_memory() -> None:
    """Put this process's memory into huge pages where the kernel can: a fork then copies one entry for each 512.

    Kernels before 6.1 refuse; nothing depends on it.
    """
    try:
        lines = [line.split() for line in Path("/proc/self/maps").read_text(encoding="ascii").splitlines()]
    except OSError:
        return
    for fields in lines:
        anonymous = len(fields) == 5 or fields[5] == "[heap]"
        if anonymous and fields[1] == "rw-p" and fields[4] == "0":
            start, end = (int(address, 16) for address in fields[0].split("-"))
            first, last = -(-start // _HUGE) * _HUGE, end // _HUGE * _HUGE
            if last > first:
                _libc.madvise(ctypes.c_void_p(first), ctypes.c_size_t(last - first), _MADV_COLLAPSE)


def fork(namespaces: int) -> int:
    """Fork into new namespaces with one system call; with none, as `os.fork`.

    `os.fork` cannot make a process the first one of a namespace of process ids, and the usual way around costs a
    second fork. This process must have one thread. What Python and its libraries do after a fork is done as well:
    matplotlib, say, forgets its open fonts.

    Args:
        namespaces: CLONE_NEW… flags.

    Returns:
        0 in the child, the child's id in the parent.

    Raises:
        OSError: as the kernel says.
    """
    if not namespaces:
        return os.fork()
    python = ctypes.pythonapi
    python.PyOS_BeforeFork()
    try:
        pid = syscall("clone", namespaces | signal.SIGCHLD, 0, 0, 0, 0)
    except OSError:
        python.PyOS_AfterFork_Parent()
        raise
    if pid == 0:
        python.PyOS_AfterFork_Child()
    else:
        python.PyOS_AfterFork_Parent()
    return pid
