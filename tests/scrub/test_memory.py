"""A process that reads notebook after notebook is not handed the same memory anew each time."""

import subprocess
import sys

import pytest


@pytest.mark.skipif(sys.platform != "linux", reason="the option is glibc's")
def test_memory_of_a_notebook_is_used_again_for_the_next() -> None:
    code = (
        "import resource\n"
        "from autograder.scrub.memory import keep_freed_memory\n"
        "keep_freed_memory()\n"
        "for _ in range(3):\n"
        "    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt\n"
        "    [bytearray(b'x') * 4_000_000 for _ in range(4)]\n"
        "    taken = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before\n"
        "assert taken < 100, taken"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
