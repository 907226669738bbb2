"""Run the command line as in a container that refuses namespaces: `python -m tests.helpers.without_namespaces grade …`.

A filter of system calls refuses `unshare`, as Docker's own does; it holds for every process that is started from here.
"""

from __future__ import annotations

import ctypes
import errno
import sys

from autograder.cli.commands import main
from autograder.engines.sandbox.inside import seccomp, system


def refuse_namespaces() -> None:
    """Refuse `unshare` to this process and its children."""
    number = system.NUMBERS["unshare"][system.machine()]
    steps = (
        seccomp._step(seccomp._LOAD, seccomp._NUMBER),
        seccomp._step(seccomp._JUMP_IF_EQUAL, number, 0, 1),
        seccomp._refuse(errno.EPERM),
        seccomp._ALLOWED_END,
    )
    program = seccomp._Program(len(steps), b"".join(steps))
    system.prctl(system.PR_SET_NO_NEW_PRIVS, 1)
    system.prctl(system.PR_SET_SECCOMP, system.SECCOMP_MODE_FILTER, ctypes.byref(program))


if __name__ == "__main__":
    refuse_namespaces()
    main(sys.argv[1:])
