"""Class 5: code that does not stop, or stops in a way that nobody expects. All of it is bounded to a minute."""

from tests.engines.sandbox.attacks.attack import Attack, function

MINUTE = "import time\nend = time.monotonic() + 60\n"

ATTACKS = [
    Attack(
        "endless-loop",
        "an endless loop in the function",
        stub=function(MINUTE + "while time.monotonic() < end:\n    pass\nreturn 0.0"),
        says="limit: (wall|cpu)",
        slow=True,
    ),
    Attack(
        "endless-loop-in-c",
        "one call into C that takes an hour",
        stub=function("return float(sum(range(10**10)))"),
        says="limit: (wall|cpu)",
        slow=True,
    ),
    Attack(
        "endless-regular-expression",
        "a regular expression that backtracks for ever",
        stub=function("import re\nre.match('(a+)+$', 'a' * 34 + 'b')\nreturn 0.0"),
        says="limit: (wall|cpu)",
        slow=True,
    ),
    Attack(
        "catches-everything",
        "except BaseException around an endless loop",
        stub=function(
            MINUTE
            + """
while time.monotonic() < end:
    try:
        while time.monotonic() < end:
            pass
    except BaseException:
        pass
return 0.0
"""
        ),
        says="limit: (wall|cpu)",
        slow=True,
    ),
    Attack(
        "ignores-signals",
        "every signal ignored or blocked, then a loop",
        before="""
import signal
for number in signal.valid_signals():
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
signal.setitimer(signal.ITIMER_REAL, 0)
""",
        stub=function(MINUTE + "while time.monotonic() < end:\n    pass\nreturn 0.0"),
        says="limit: (wall|cpu)",
        slow=True,
    ),
    Attack(
        "loop-in-a-cell",
        "an endless loop in a cell of its own",
        before=MINUTE + "while time.monotonic() < end:\n    pass",
        slow=True,
    ),
    Attack("sys-exit", "sys.exit(0) in the function", stub=function("import sys\nsys.exit(0)")),
    Attack("sys-exit-in-a-cell", "sys.exit(0) and quit() in a cell", before="import sys\nsys.exit(0)", after="quit()"),
    Attack(
        "os-exit",
        "os._exit(0) in the function",
        stub=function("import os\nos._exit(0)"),
        says="ended the notebook's process",
    ),
    Attack(
        "os-exit-in-a-cell",
        "os._exit(0) in a cell of its own",
        before="import os\nos._exit(0)",
    ),
    Attack(
        "recursion",
        "recursion until the stack is full",
        before="import sys\nsys.setrecursionlimit(10**9)\ndef deeper(n):\n    return [deeper(n + 1)]",
        stub=function("return deeper(0)"),
    ),
    Attack(
        "segfault",
        "a read of address 0",
        stub=function("import ctypes\nctypes.string_at(0)\nreturn 0.0"),
        says="ended the notebook's process .*SIGSEGV",
    ),
    Attack(
        "segfault-in-a-cell",
        "a read of address 0 in a cell",
        before="import ctypes\nctypes.string_at(0)",
    ),
    Attack(
        "deadlock",
        "a lock that is never released",
        stub=function(
            "import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire(timeout=60)\nreturn 0.0"
        ),
        says="limit: (wall|cpu)",
        slow=True,
    ),
    Attack(
        "sleep",
        "sleeping for a minute",
        stub=function("import time\ntime.sleep(60)\nreturn 0.0"),
        says="limit: (wall|cpu)",
        slow=True,
    ),
    Attack(
        "stops-itself",
        "SIGSTOP to itself",
        stub=function("import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)\nreturn 0.0"),
        slow=True,
    ),
    Attack(
        "kills-itself", "SIGKILL to itself", stub=function("import os, signal\nos.kill(os.getpid(), 9)\nreturn 0.0")
    ),
    Attack(
        "waits-for-input",
        "input() in the function and in a cell",
        before="input('score? ')",
        stub=function("input()\nimport sys\nsys.stdin.read()\nreturn 0.0"),
    ),
    Attack(
        "never-leaves",
        "atexit, threads and __del__ that never end",
        before="""
import atexit, threading, time
threading.Thread(target=time.sleep, args=(60,)).start()
atexit.register(time.sleep, 60)
class Last:
    def __del__(self): time.sleep(60)
keep = Last()
""",
        slow=True,
    ),
    Attack(
        "slow-printing",
        "an exception whose text takes a minute",
        before="import time\nclass Slow(Exception):\n    def __str__(self):\n        time.sleep(60)\n        return ''",
        stub=function("raise Slow()"),
        says="limit: (wall|cpu)",
        slow=True,
    ),
]
