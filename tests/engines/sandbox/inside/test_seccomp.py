"""The filter of system calls, run as the kernel runs it."""

import errno
import struct
from collections.abc import Sequence

import pytest

from autograder.engines.sandbox.inside import seccomp

ARCHITECTURES = 0xC000_003E, 0xC000_00B7  # AUDIT_ARCH_X86_64, AUDIT_ARCH_AARCH64
ALLOW, REFUSE, KILL = 0x7FFF_0000, 0x0005_0000 | errno.EPERM, 0x8000_0000


def run_filter(code: bytes, architecture: int, number: int, arguments: Sequence[int] = (0,) * 6) -> int:
    """What a program of classic BPF answers to a system call."""
    steps: list[tuple[int, int, int, int]] = list(struct.iter_unpack("=HBBI", code))
    seen = {0: number, 4: architecture, **{16 + 8 * i: value for i, value in enumerate(arguments)}}
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
    answers = {
        ("kill", (7, 9)): ALLOW,
        ("kill", (1, 9)): REFUSE,
        ("socketpair", (1, 1)): ALLOW,
        ("socketpair", (2, 1)): REFUSE,
        ("clone", (0x0001_0000, 0)): ALLOW,
        ("clone", (0x0001_0000 | 0x1000_0000, 0)): REFUSE,
        ("clone", (17, 0)): REFUSE,
        ("clone3", (0, 0)): 0x0005_0000 | errno.ENOSYS,
        ("fcntl", (0, 1)): ALLOW,
        ("fcntl", (0, 8)): REFUSE,
        ("prctl", (22, 2)): REFUSE,
    }
    for (name, arguments), answer in answers.items():
        (number,) = [number for number, other in asked.items() if other == name]
        assert run_filter(code, ARCHITECTURES[machine], number, [*arguments, 0, 0, 0, 0]) == answer, name
