"""The system-call filter: what a notebook needs is allowed, everything else fails with EPERM.

No new processes or programs, no sockets (but pairs of streams within the process), no tracing, no mounts, no signals to
others. No change of modes, owners, times or attributes of files, and no truncation by path: Landlock covers none of
these, or not in all its versions. The filter is a program of classic BPF, put together here so that no system library
is needed.
https://docs.kernel.org/userspace-api/seccomp_filter.html
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from collections.abc import Mapping, Sequence
from functools import cache

from .system import PR_SET_SECCOMP, SECCOMP_MODE_FILTER, machine, prctl

_ALLOWED: dict[str, tuple[int, int | None]] = {
    "read": (0, 63),
    "write": (1, 64),
    "readv": (19, 65),
    "writev": (20, 66),
    "pread64": (17, 67),
    "pwrite64": (18, 68),
    "preadv": (295, 69),
    "pwritev": (296, 70),
    "close": (3, 57),
    "close_range": (436, 436),
    "fstat": (5, 80),
    "newfstatat": (262, 79),
    "lstat": (6, None),
    "stat": (4, None),
    "statx": (332, 291),
    "statfs": (137, 43),
    "fstatfs": (138, 44),
    "lseek": (8, 62),
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "munmap": (11, 215),
    "brk": (12, 214),
    "mremap": (25, 216),
    "madvise": (28, 233),
    "msync": (26, 227),
    "mincore": (27, 232),
    "mlock": (149, 228),
    "munlock": (150, 229),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "rt_sigtimedwait": (128, 137),
    "rt_sigpending": (127, 136),
    "rt_sigsuspend": (130, 133),
    "sigaltstack": (131, 132),
    "restart_syscall": (219, 128),
    "pause": (34, None),
    "access": (21, None),
    "faccessat": (269, 48),
    "faccessat2": (439, 439),
    "open": (2, None),
    "openat": (257, 56),
    "creat": (85, None),
    "flock": (73, 32),
    "fsync": (74, 82),
    "fdatasync": (75, 83),
    "fadvise64": (221, 223),
    "fallocate": (285, 47),
    "ftruncate": (77, 46),
    "getdents64": (217, 61),
    "getcwd": (79, 17),
    "chdir": (80, 49),
    "fchdir": (81, 50),
    "rename": (82, None),
    "renameat": (264, 38),
    "renameat2": (316, 276),
    "mkdir": (83, None),
    "mkdirat": (258, 34),
    "rmdir": (84, None),
    "link": (86, None),
    "linkat": (265, 37),
    "unlink": (87, None),
    "unlinkat": (263, 35),
    "symlink": (88, None),
    "symlinkat": (266, 36),
    "readlink": (89, None),
    "readlinkat": (267, 78),
    "umask": (95, 166),
    "getxattr": (191, 8),
    "lgetxattr": (192, 9),
    "fgetxattr": (193, 10),
    "listxattr": (194, 11),
    "copy_file_range": (326, 285),
    "sendfile": (40, 71),
    "pipe": (22, None),
    "pipe2": (293, 59),
    "dup": (32, 23),
    "dup2": (33, None),
    "dup3": (292, 24),
    "select": (23, None),
    "pselect6": (270, 72),
    "poll": (7, None),
    "ppoll": (271, 73),
    "epoll_create": (213, None),
    "epoll_create1": (291, 20),
    "epoll_ctl": (233, 21),
    "epoll_wait": (232, None),
    "epoll_pwait": (281, 22),
    "eventfd": (284, None),
    "eventfd2": (290, 19),
    "recvfrom": (45, 207),
    "nanosleep": (35, 101),
    "clock_nanosleep": (230, 115),
    "time": (201, None),
    "gettimeofday": (96, 169),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "times": (100, 153),
    "alarm": (37, None),
    "getitimer": (36, 102),
    "setitimer": (38, 103),
    "timer_create": (222, 107),
    "timer_settime": (223, 110),
    "timer_delete": (226, 111),
    "getpid": (39, 172),
    "gettid": (186, 178),
    "getppid": (110, 173),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
    "getgroups": (115, 158),
    "getpgrp": (111, None),
    "getpgid": (121, 155),
    "getsid": (124, 156),
    "getpriority": (140, 141),
    "getrlimit": (97, 163),
    "getrusage": (98, 165),
    "capget": (125, 90),
    "uname": (63, 160),
    "sysinfo": (99, 179),
    "getcpu": (309, 168),
    "getrandom": (318, 278),
    "futex": (202, 98),
    "get_robust_list": (274, 100),
    "set_robust_list": (273, 99),
    "set_tid_address": (218, 96),
    "rseq": (334, 293),
    "membarrier": (324, 283),
    "arch_prctl": (158, None),
    "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123),
    "sched_getparam": (143, 121),
    "sched_getscheduler": (145, 120),
    "wait4": (61, 260),
    "waitid": (247, 95),
    "exit": (60, 93),
    "exit_group": (231, 94),
}
_COMPUTING = (
    *("read", "write", "poll", "ppoll", "close", "fstat", "lseek", "mmap", "mprotect", "munmap", "mremap"),
    *("brk", "madvise", "futex", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "restart_syscall"),
    *("setitimer", "clock_gettime", "clock_getres", "gettimeofday", "getrandom", "getpid", "gettid", "sched_yield"),
    *("rseq", "exit", "exit_group"),
)
"""What a process needs that only computes."""
_WITH_CONDITIONS: dict[str, tuple[int, int]] = {
    "clone": (56, 220),
    "clone3": (435, 435),
    "socketpair": (53, 199),
    "sendto": (44, 206),
    "ioctl": (16, 29),
    "kill": (62, 129),
    "tgkill": (234, 131),
    "prctl": (157, 167),
    "prlimit64": (302, 261),
    "fcntl": (72, 25),
}
"""Name → number on each of `system.MACHINES`."""

_ARCHITECTURES = (0xC000_003E, 0xC000_00B7)

_CLONE_THREAD = 0x0001_0000
_CLONE_NAMESPACES = 0x7E02_0080
"""CLONE_NEWTIME, NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET."""
_AF_UNIX = 1
_STREAMS = (1, 1 | 0x8_0000, 1 | 0x800, 1 | 0x8_0800)
"""SOCK_STREAM, also with SOCK_CLOEXEC and SOCK_NONBLOCK. A datagram reaches every socket that it names."""
_IOCTLS = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
"""TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX: what Python asks of a file."""
_PR_SET_NAME, _PR_GET_NAME = 15, 16
_REFUSED_BY_FCNTL = (8, 10, 15, 1024, 1026)
"""F_SETOWN, F_SETSIG, F_SETOWN_EX: a signal to another process when a file is ready. F_SETLEASE, F_NOTIFY: others wait
for, or are watched by, whoever holds it."""
_SIGKILL = 9

_ALLOW = 0x7FFF_0000
_KILL = 0x8000_0000
_REFUSE = 0x0005_0000

_LOAD = 0x20  # BPF_LD | BPF_W | BPF_ABS
_JUMP_IF_EQUAL = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
_JUMP_IF_GREATER_OR_EQUAL = 0x35  # BPF_JMP | BPF_JGE | BPF_K
_JUMP_IF_ANY_BIT = 0x45  # BPF_JMP | BPF_JSET | BPF_K
_RETURN = 0x06  # BPF_RET | BPF_K
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
"""Offsets in `struct seccomp_data`."""
_STEP = 8
"""Bytes of one instruction."""


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)


def _argument(index: int, high: bool = False) -> bytes:
    """Load one half of an argument (both machines are little-endian); the kernel reads most as 32 bits."""
    return _step(_LOAD, _ARGUMENTS + 8 * index + 4 * high)


def _refuse(error: int) -> bytes:
    return _step(_RETURN, _REFUSE | error)


_ALLOWED_END = _step(_RETURN, _ALLOW)


def _only(index: int, *values: int, high: bool = False) -> bytes:
    """Go on with a call where an argument is one of these values; else refuse it."""
    tests = [_step(_JUMP_IF_EQUAL, value, len(values) - at) for at, value in enumerate(values)]
    return _argument(index, high) + b"".join(tests) + _refuse(errno.EPERM)


def _not(index: int, *values: int) -> bytes:
    """Go on with a call where an argument is none of these values; else refuse it."""
    tests = [_step(_JUMP_IF_EQUAL, value, len(values) - 1 - at) for at, value in enumerate(values[:-1])]
    last = _step(_JUMP_IF_EQUAL, values[-1], 0, 1)
    return _argument(index) + b"".join(tests) + last + _refuse(errno.EPERM)


def _decide(starts: Sequence[tuple[int, bytes]]) -> bytes:
    """Find what holds for the number of the call, by halves.

    The kernel runs the program once for each of its hundreds of calls when it is put on, to know which ones it need not
    ask about again; one test after the other would take ten times as long.

    Args:
        starts: ascending numbers, each with the instructions that hold from there on to the next one; the first is 0.
    """
    if len(starts) == 1:
        return starts[0][1]
    middle = len(starts) // 2
    low, high = _decide(starts[:middle]), _decide(starts[middle:])
    return _step(_JUMP_IF_GREATER_OR_EQUAL, starts[middle][0], len(low) // _STEP) + low + high


@cache
def program(pid: int, threads: bool) -> bytes:
    """The filter for one process.

    Args:
        pid: the process's own id, the only one that it may send signals to.
        threads: whether it may start threads.

    Returns:
        Instructions of classic BPF.
    """
    on = machine()
    refuse, allow = _refuse(errno.EPERM), _ALLOWED_END
    thread = (
        _argument(0)
        + _step(_JUMP_IF_ANY_BIT, _CLONE_NAMESPACES, 2)
        + _step(_JUMP_IF_ANY_BIT, _CLONE_THREAD, 0, 1)
        + allow
        + refuse
    )
    conditions = {
        "clone": thread if threads else refuse,
        "clone3": _refuse(errno.ENOSYS),  # its flags are out of a filter's sight; libc then takes clone
        "socketpair": _only(0, _AF_UNIX) + _only(1, *_STREAMS) + allow,
        "sendto": _only(4, 0) + _only(4, 0, high=True) + allow,  # `send`: no address
        "ioctl": _only(1, *_IOCTLS) + allow,
        "kill": _only(0, pid) + _not(1, _SIGKILL) + allow,  # a worker that was killed was killed from outside
        "tgkill": _only(0, pid) + _not(2, _SIGKILL) + allow,
        "prctl": _only(0, _PR_SET_NAME, _PR_GET_NAME) + allow,
        "prlimit64": _only(0, 0, pid) + allow,
        "fcntl": _not(1, *_REFUSED_BY_FCNTL) + allow,
    }
    actions = {pair[on]: allow for pair in _ALLOWED.values()}
    actions |= {_WITH_CONDITIONS[name][on]: condition for name, condition in conditions.items()}
    return _put_together(actions)


def program_to_compute() -> bytes:
    """The filter for a process that has all that it needs, and reads and writes what is open: no file, no process."""
    on = machine()
    return _put_together({_ALLOWED[name][on]: _ALLOWED_END for name in _COMPUTING})


def _put_together(actions: Mapping[int | None, bytes]) -> bytes:
    """Make the filter that refuses all calls but those with these numbers, which it treats as they say."""
    on, refuse = machine(), _refuse(errno.EPERM)
    starts: list[tuple[int, bytes]] = []
    for number in range(max(number for number in actions if number is not None) + 2):
        action = actions.get(number, refuse)
        if not starts or starts[-1][1] != action:
            starts.append((number, action))
    return (
        _step(_LOAD, _ARCHITECTURE)
        + _step(_JUMP_IF_EQUAL, _ARCHITECTURES[on], 1)
        + _step(_RETURN, _KILL)
        + _step(_LOAD, _NUMBER)
        + _decide(starts)
    )


def restrict_self(threads: bool) -> None:
    """Put this process under the filter for good; it must have `no_new_privs` set.

    Raises:
        OSError: as the kernel says.
    """
    put_on(program(os.getpid(), threads))


def put_on(code: bytes) -> None:
    """Put this process under a filter for good; as `restrict_self`."""
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(_Program(len(code) // _STEP, code)))


class _Program(ctypes.Structure):
    """`struct sock_fprog`."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))
