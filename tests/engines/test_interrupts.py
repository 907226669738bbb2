"""Ctrl-C at a moment when Python would forget it."""

import subprocess
import sys

import pytest

LOST = """
import gc, os, signal, sys, time, weakref
from autograder.engines.interrupts import no_interrupt_lost, signals_blocked

class Thing:
    pass

def press(_=None):
    os.kill(os.getpid(), signal.SIGINT)
    for _ in range(1000):
        pass

class Last(Thing):
    def __del__(self):
        press()

def lose():
    thing = {"weak": Thing, "del": Last}[sys.argv[1]]()
    reference = weakref.ref(thing, press) if sys.argv[1] == "weak" else None
    del thing

signal.signal(signal.SIGINT, signal.default_int_handler)
try:
    with no_interrupt_lost():
        lose()
        if sys.argv[2] == "blocked":
            with signals_blocked():
                time.sleep(0.1)
                print("blocked")
        time.sleep(60)
        print("went on")
except KeyboardInterrupt:
    print("stopped")
"""


@pytest.mark.parametrize(
    ("where", "then", "out"), [("weak", "", "stopped"), ("del", "", "stopped"), ("del", "blocked", "blocked stopped")]
)
def test_ctrl_c_in_a_callback_of_python_stops_the_command_all_the_same(where: str, then: str, out: str) -> None:
    run = subprocess.run([sys.executable, "-c", LOST, where, then], capture_output=True, text=True, timeout=50)
    assert (run.stdout.split(), run.stderr) == (out.split(), "")
