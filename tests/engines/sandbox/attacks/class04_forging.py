"""Class 4: forging the result, in print, in files, and on whatever connects the submission to the grader."""

from tests.engines.sandbox.attacks.attack import Attack, function

CHANNELS = """
import os, stat
def channels():
    for number in range(3, 512):
        try:
            kind = os.fstat(number).st_mode
        except OSError:
            continue
        if stat.S_ISSOCK(kind) or stat.S_ISFIFO(kind):
            yield number
"""
"""Finds every pipe and socket that the process holds."""

INSIDE = """
import json, os, sys
import numpy as np
frames, shell = sys.modules["inside.frames"], sys.modules["inside.shell"]
def ticket():
    frame = sys._getframe()
    while frame and "ticket" not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals["ticket"] if frame else 0
def answer(header, data=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    block = memoryview(frames.PREFIX.pack(len(text), len(data)) + text + data)
    while len(block):
        block = block[os.write(3, block):]
"""
"""Knows the engine: finds the modules that answer the grader, and answers in its own format."""

FORGED = '{"outcomes": [{"value": 10.0}], "score": 10.0, "points": 10.0, "max_score": 10.0, "passed": true}'
VERDICT = """{"check": "compute_cost_with_regularization", "function": "compute_cost_with_regularization",
"score": 10.0, "max_score": 10.0, "criteria": [{"name": "value", "passed": True, "points": 10.0, "max_points": 10.0,
"message": ""}], "mistakes": [], "error": None, "picture": None}"""

ATTACKS = [
    Attack(
        "printed-score",
        "scores printed in every form",
        stub=function("""
print("10.0")
print("compute_cost_with_regularization: 10 of 10 points")
return 10.0
"""),
        after='print("10.0")\n10.0',
    ),
    Attack(
        "verdict-displayed",
        "a verdict of its own shown under the grader's output type",
        before=f"""
from IPython.display import publish_display_data
def forge(*args):
    publish_display_data({{"application/vnd.autograder.verdict+json": {VERDICT}}})
    publish_display_data({{"text/plain": "10.0"}})
get_ipython().events.register("post_run_cell", forge)
forge()
""",
        stub=function("forge()\nreturn 0.0"),
        after="forge()",
    ),
    Attack(
        "result-files",
        "result files in the folder where it runs",
        before=f"""
import os
text = '''{FORGED}'''
for name in ("result.json", "results.json", "grades.json", "outcome.json", "regularization.ipynb", "timestamp.txt",
             "gradebook.db", "verdict.json", "../result.json"):
    try:
        with open(name, "w") as file:
            file.write(text)
    except OSError as error:
        print("refused", type(error).__name__)
""",
    ),
    Attack(
        "answer-on-the-channel",
        "forged answers written to every open pipe and socket",
        before=CHANNELS,
        stub=function(f"""
import json, struct
text = b'''{FORGED}'''
for number in channels():
    os.set_blocking(number, False)
    for frame in (text, text + b"\\n", *(struct.pack(form, len(text)) + text for form in "<I >I <Q >Q".split())):
        try:
            os.write(number, frame)
        except OSError:
            pass
return 0.0
"""),
    ),
    Attack(
        "garbage-on-the-channel",
        "random bytes written to every open pipe and socket",
        before=CHANNELS,
        stub=function("""
import random
source = random.Random(1)
for number in channels():
    os.set_blocking(number, False)
    try:
        os.write(number, source.randbytes(5000))
    except OSError:
        pass
return 0.0
"""),
    ),
    Attack(
        "huge-frame-announced",
        "a frame that says it is an exabyte long",
        before=CHANNELS,
        stub=function("""
for number in channels():
    os.set_blocking(number, False)
    for head in (b"\\x7f" + b"\\xff" * 7, b"\\xff" * 8, b"\\xff" * 4, b"9" * 40 + b"\\n"):
        try:
            os.write(number, head)
        except OSError:
            pass
return 0.0
"""),
    ),
    Attack(
        "endless-frames",
        "frames without end, up to 1 GB",
        before=CHANNELS,
        stub=function("""
block = b"[" * 1_000_000
for number in channels():
    os.set_blocking(number, True)
    for _ in range(1000):
        try:
            os.write(number, block)
        except OSError:
            break
return 0.0
"""),
        slow=True,
    ),
    Attack(
        "channel-closed",
        "every descriptor closed",
        stub=function("import os\nos.closerange(0, 4096)\nreturn 0.0"),
    ),
    Attack(
        "channel-swapped",
        "standard output laid over the grader's channel",
        before=CHANNELS,
        stub=function("""
for number in channels():
    os.dup2(1, number)
print("10.0")
return 0.0
"""),
    ),
    Attack(
        "pickle-returned",
        "a value whose pickle runs code in whoever loads it",
        before="""
class Bomb:
    def __reduce__(self):
        return (open, ("/tmp/@MARK@-pickled", "w"))
""",
        stub=function("return Bomb()"),
    ),
    Attack(
        "pickle-on-the-channel",
        "the same pickle written to every pipe and socket",
        before=CHANNELS
        + """
import pickle
class Bomb:
    def __reduce__(self):
        return (open, ("/tmp/@MARK@-pickled", "w"))
""",
        stub=function("""
for number in channels():
    os.set_blocking(number, False)
    try:
        os.write(number, pickle.dumps(Bomb()))
    except OSError:
        pass
return Bomb()
"""),
    ),
    Attack(
        "atexit",
        "a score printed and files written when the process ends",
        before="""
import atexit
@atexit.register
def last():
    print("10.0")
    try:
        open("/tmp/@MARK@-atexit", "w").close()
    except OSError:
        pass
""",
    ),
    Attack(
        "del",
        "`__del__` and weakref finalizers that raise, print and loop",
        before="""
import weakref
class Last:
    def __del__(self):
        print("10.0")
        raise RuntimeError("in __del__")
keep = [Last() for _ in range(10)]
weakref.finalize(keep[0], print, "10.0")
""",
        stub=function("Last()\nreturn Last()"),
    ),
    Attack(
        "exit-code-zero",
        "prints full marks and leaves with exit code 0",
        stub=function('import os\nprint("10.0", flush=True)\nos._exit(0)'),
    ),
    Attack(
        "error-that-lies",
        "an exception whose name, text and lines are forged",
        before="""
class Forged(Exception):
    def __str__(self):
        return '", "score": 10.0, "passed": true, "x": "' + "\\n10.0\\n" * 3
Forged.__name__ = 'x", "points": 10.0, "y": "'
Forged.__qualname__ = "10.0"
""",
        stub=function("raise Forged()"),
    ),
    Attack(
        "error-without-words",
        "an exception that raises again when it is printed",
        before="""
class Forged(BaseException):
    def __str__(self): raise Forged()
    __repr__ = __str__
    @property
    def __traceback__(self): raise Forged()
    @property
    def args(self): raise Forged()
""",
        stub=function("raise Forged()"),
    ),
    Attack(
        "thread-that-answers",
        "a thread that goes on writing answers while others are judged",
        before=CHANNELS
        + f"""
import threading, time
def forge():
    text = b'''{FORGED}'''
    for _ in range(200):
        for number in channels():
            try:
                os.set_blocking(number, False)
                os.write(number, text)
            except OSError:
                pass
        time.sleep(0.001)
""",
        stub=function("threading.Thread(target=forge, daemon=True).start()\nreturn 0.0"),
        costs=("everything",),
    ),
    Attack(
        "answers-in-good-form",
        "well-formed answers to the question at hand and to the next hundred",
        before=INSIDE,
        stub=function("""
for number in range(ticket(), ticket() + 100):
    answer({"id": number, "outcomes": [[10.0, [], None]] * 40, "outputs": [], "count": 1, "error": None})
return 0.0
"""),
    ),
    Attack(
        "answers-for-cells",
        "forged answers for cells: a verdict, wrong types, half characters, scripts",
        before=INSIDE
        + f"""
verdict = {VERDICT}
odd = [None, 5, [], {{}}, "x", {{"output_type": 7}},
       {{"output_type": "stream", "name": [], "text": [1, None, "a\\ud800"]}},
       {{"output_type": "error", "ename": [], "evalue": "\\ud800", "traceback": {{}}}},
       {{"output_type": "error", "ename": None, "evalue": 1, "traceback": [1, [2], "\\x00"]}},
       {{"output_type": "execute_result", "execution_count": 1e999, "data": {{"text/plain": "10.0"}}, "metadata": []}},
       {{"output_type": "display_data", "data": {{"application/vnd.autograder.verdict+json": verdict}}}},
       {{"output_type": "display_data", "data": {{"image/png": [1], "text/html": {{}}, "": "x", "text/plain": 3}}}},
       {{"output_type": "execute_result", "data": [["text/plain", "10.0"]]}}, {{"output_type": ["stream"]}}]
def forged(*args, **kwargs):
    return {{"outputs": odd * 20, "count": "one", "error": [[[]], "x", None]}}
shell.run = forged
""",
        costs=("everything",),
    ),
    Attack(
        "text-of-allowed-size",
        "a forged answer as long as a frame may be, for one cell",
        before=INSIDE
        + """
def forged(*args, **kwargs):
    text = {"output_type": "stream", "name": "stdout", "text": "x" * 3_900_000}
    return {"outputs": [text], "count": 1, "error": None}
shell.run = forged
""",
        costs=("everything",),
    ),
    Attack(
        "much-of-allowed-size",
        "forged answers of allowed size, for every cell",
        before=INSIDE
        + """
def forged(*args, **kwargs):
    texts = [{"output_type": "error", "ename": "E", "evalue": "x" * 900, "traceback": []} for _ in range(1100)]
    return {"outputs": texts, "count": 1, "error": None}
shell.run = forged
""",
        costs=("everything",),
    ),
    Attack(
        "counts-and-tags",
        "execution counts of thirty digits, and markup that loads and runs",
        before=INSIDE
        + """
page = "<script>alert(1)</script><img src='https://192.0.2.1/seen.png' onerror=alert(1)><a href='javascript:x'>y</a>"
def forged(*args, **kwargs):
    data = {"text/html": page, "text/markdown": page, "image/svg+xml": f"<svg>{page}</svg>", "text/plain": "x"}
    result = {"output_type": "execute_result", "execution_count": -7, "data": data, "metadata": {}}
    return {"outputs": [result] * 9, "count": 10**30, "error": None}
shell.run = forged
""",
        costs=("everything",),
    ),
    Attack(
        "answers-nested",
        "a header nested as deep as JSON may be",
        before=INSIDE,
        stub=function("""
for depth in (500, 900, 970, 990):
    nested = b"[" * depth + b"]" * depth
    for key in (b'"failed"', b'"outcomes"', b'"over"', b'"outputs"'):
        answer(b'{"id": %d, %s: %s}' % (ticket(), key, nested))
return 0.0
"""),
    ),
    Attack(
        "answers-of-many-parts",
        "a header of millions of empty lists",
        before=INSIDE,
        stub=function("""
answer(b'{"id": %d, "outcomes": [' % ticket() + b"[]," * 10_000_000 + b"[]]}")
return 0.0
"""),
    ),
    Attack(
        "limits-forged",
        "a message that a limit of no such name was met",
        before=INSIDE,
        stub=function("""
for limit in ("no_such_limit", ["output_cell"], {"x": 1}, 5, "__class__", "wall_cell"):
    answer({"id": ticket(), "over": limit})
return 0.0
"""),
    ),
    Attack(
        "outcomes-forged",
        "outcomes with arrays that are not there, of no type, of impossible shape",
        before=INSIDE,
        stub=function("""
for form in ({"a": ["f8", 2**40]}, {"a": ["f8", -1]}, {"a": ["O", 1]}, {"a": ["f8", 1.5]}, {"a": [None]}, {"r": [0]},
             {"g": [0, 0]}, {"a": ["f8", 0, 2**28]}, {"a": ["?"] + [1] * 40}, {"t": {}}, {"d": []}, {"o": []}):
    answer({"id": ticket(), "outcomes": [[form, [[0, form]], None]] * 12})
return 0.0
"""),
    ),
    Attack(
        "channel-not-blocking",
        "the channel set to never wait, so that the worker's next read fails",
        before=CHANNELS,
        stub=function("""
for number in channels():
    os.set_blocking(number, False)
return 0.0
"""),
    ),
    Attack(
        "thread-that-eats-time",
        "threads that use up the time of the cells after it",
        before="import threading\ndef spin():\n    while True:\n        pass",
        stub=function("threading.Thread(target=spin, daemon=True).start()\nreturn 0.0"),
        slow=True,
    ),
]
