"""The filter of system calls, run as the kernel runs it."""

import errno
import struct
from collections.abc import Sequence

import pytest

from autograder.engines.sandbox.inside import seccomp

ARCHITECTURES = 0xC000_003E, 0xC000_00B7  # AUDIT_ARCH_X86_64, AUDIT_ARCH_AARCH64
ALLOW, REFUSE, KILL = 0x7FFF_0000, 0x0005_0000 | errno.EPERM, 0x8000_0000

_NONE = 2**31
"""The number of a system call that aarch64 does not have."""
REFUSED = {
    "truncate": (76, 45),
    "chmod": (90, _NONE),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, _NONE),
    "fchown": (93, 55),
    "lchown": (94, _NONE),
    "fchownat": (260, 54),
    "utime": (132, _NONE),
    "utimes": (235, _NONE),
    "futimesat": (261, _NONE),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "setxattrat": (463, 463),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "removexattrat": (466, 466),
    "file_setattr": (469, 469),
    "sendmsg": (46, 211),
    "sendmmsg": (307, 269),
    "socket": (41, 198),
    "connect": (42, 203),
    "bind": (49, 200),
}
"""Calls that no layer but this one covers where there are no namespaces."""


def run_filter(code: bytes, architecture: int, number: int, arguments: Sequence[int] = (0,) * 6) -> int:
    """What a program of classic BPF answers to a system call."""
    steps: list[tuple[int, int, int, int]] = list(struct.iter_unpack("=HBBI", code))
    seen = {0: number, 4: architecture}
    for index, value in enumerate(arguments):
        seen |= {16 + 8 * index: value % 2**32, 20 + 8 * index: value // 2**32}
    at = register = 0
    while True:
        operation, if_true, if_false, value = steps[at]
        at += 1
        if operation == 0x06:
            return value
        if operation == 0x20:
            register = seen[value]
            continue
        holds = {0x15: register == value, 0x35: register >= value, 0x45: bool(register & value)}[operation]
        at += if_true if holds else if_false


@pytest.mark.parametrize("machine", [0, 1])
def test_the_filter_allows_the_listed_system_calls_and_no_other(machine: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seccomp, "machine", lambda: machine)
    seccomp.program.cache_clear()
    code = seccomp.program(7, True)
    seccomp.program.cache_clear()
    allowed = {pair[machine] for pair in seccomp._ALLOWED.values()}
    asked = {pair[machine]: name for name, pair in seccomp._WITH_CONDITIONS.items()}
    for number in (*range(700), 2**30, 2**30 + 59, 2**32 - 1):  # the last ones: x32 calls, and none
        if number not in asked:
            assert run_filter(code, ARCHITECTURES[machine], number) == (ALLOW if number in allowed else REFUSE), number
        assert run_filter(code, ARCHITECTURES[1 - machine], number) == KILL
    answers: dict[tuple[str, tuple[int, ...]], int] = {
        ("kill", (7, 15)): ALLOW,
        ("kill", (7, 9)): REFUSE,
        ("kill", (1, 15)): REFUSE,
        ("tgkill", (7, 8, 15)): ALLOW,
        ("tgkill", (7, 8, 9)): REFUSE,
        ("tgkill", (1, 8, 15)): REFUSE,
        ("socketpair", (1, 1)): ALLOW,
        ("socketpair", (1, 1 | 0x8_0000)): ALLOW,
        ("socketpair", (1, 1 | 0x8_0800)): ALLOW,
        ("socketpair", (1, 2 | 0x8_0000)): REFUSE,
        ("socketpair", (1, 5)): REFUSE,
        ("socketpair", (2, 1)): REFUSE,
        ("sendto", (3, 1000, 8, 0, 0, 0)): ALLOW,
        ("sendto", (3, 1000, 8, 0, 2000, 110)): REFUSE,
        ("sendto", (3, 1000, 8, 0, 5 << 32, 110)): REFUSE,
        ("ioctl", (1, 0x5413)): ALLOW,
        ("ioctl", (1, 0x5412)): REFUSE,
        ("prlimit64", (0, 7)): ALLOW,
        ("prlimit64", (7, 7)): ALLOW,
        ("prlimit64", (1, 7)): REFUSE,
        ("clone", (0x0001_0000, 0)): ALLOW,
        ("clone", (0x0001_0000 | 0x1000_0000, 0)): REFUSE,
        ("clone", (17, 0)): REFUSE,
        ("clone3", (0, 0)): 0x0005_0000 | errno.ENOSYS,
        ("fcntl", (0, 1)): ALLOW,
        **{("fcntl", (0, command)): REFUSE for command in (8, 10, 15, 1024, 1026)},
        ("prctl", (22, 2)): REFUSE,
    }
    for (name, arguments), answer in answers.items():
        (number,) = [number for number, other in asked.items() if other == name]
        padded = [*arguments, *(0,) * (6 - len(arguments))]
        assert run_filter(code, ARCHITECTURES[machine], number, padded) == answer, (name, arguments)
    assert set(asked.values()) == {name for name, _ in answers}
    for name, pair in REFUSED.items():
        assert run_filter(code, ARCHITECTURES[machine], pair[machine]) == REFUSE, name
