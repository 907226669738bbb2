"""Class 6: taking too much. Every attempt is bounded, so that a machine without limits would survive it."""

from tests.engines.sandbox.attacks.attack import Attack, Notebook, function


def _many_cells(notebook: Notebook) -> bytes | None:
    notebook["cells"] += [
        {"cell_type": "code", "source": "1", "metadata": {}, "outputs": [], "id": f"x{i}"} for i in range(3000)
    ]
    return None


def _huge_file(notebook: Notebook) -> bytes | None:
    notebook["metadata"]["ballast"] = "x" * 40_000_000
    return None


def _deep_json(notebook: Notebook) -> bytes | None:
    return b'{"cells": ' + b"[" * 500_000 + b"]" * 500_000 + b"}"


def _huge_outputs(notebook: Notebook) -> bytes | None:
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["line\n"] * 2000}] * 40
    return None


ATTACKS = [
    Attack(
        "memory-array",
        "4 GB in arrays",
        stub=function("kept = [np.ones(2**24) for _ in range(32)]\nreturn float(len(kept))"),
        says="MemoryError|limit: ",
    ),
    Attack(
        "memory-list",
        "a list that grows to 4 GB",
        stub=function("kept = []\nfor _ in range(4096):\n    kept.append(bytearray(b'x') * 2**20)\nreturn 0.0"),
        says="MemoryError|limit: ",
    ),
    Attack(
        "memory-in-a-cell",
        "4 GB in a cell, errors caught",
        before="""
kept = []
for _ in range(4096):
    try:
        kept.append(bytearray(b"x") * 2**20)
    except MemoryError:
        break
del kept[100:]
""",
    ),
    Attack(
        "shared-memory",
        "1 GB in memfd and shared mappings",
        before="""
import mmap, os
def take():
    number = os.memfd_create("x")
    for _ in range(1024):
        os.write(number, b"x" * 2**20)
attempt("memfd", take)
def share():
    kept = []
    for _ in range(64):
        block = mmap.mmap(-1, 2**26)
        block.write(b"x" * 2**26)
        kept.append(block)
attempt("4 GB shared", share)
""",
    ),
    Attack(
        "disk",
        "a file of 1 GB",
        before="""
def fill():
    with open("big", "wb") as file:
        for _ in range(1024):
            file.write(b"x" * 2**20)
attempt("1 GB on disk", fill)
""",
    ),
    Attack(
        "disk-many-files",
        "1 GB in files that are each small enough",
        before="""
def fill():
    for index in range(256):
        with open(f"part{index}", "wb") as file:
            file.write(b"x" * 2**22)
attempt("1 GB in 256 files", fill)
""",
        slow=True,
    ),
    Attack(
        "sparse-file",
        "a file of a terabyte with nothing in it",
        before='attempt("sparse terabyte", lambda: open("sparse", "wb").truncate(1 << 40))',
    ),
    Attack(
        "many-files",
        "20,000 empty files",
        before="""
def fill():
    for index in range(20_000):
        open(f"f{index}", "w").close()
try:
    fill()
except OSError as error:
    print("refused", type(error).__name__)
""",
    ),
    Attack("output-one-line", "one line of 100 MB", before='print("x" * 100_000_000)'),
    Attack(
        "output-many-lines",
        "two million lines",
        before="for index in range(2_000_000):\n    print(index)",
        slow=True,
    ),
    Attack(
        "output-past-python",
        "200 MB written to descriptors 1 and 2",
        before="""
import os
for _ in range(200):
    for number in (1, 2):
        try:
            os.write(number, b"y" * 2**20)
        except OSError as error:
            print("refused", type(error).__name__)
            break
""",
        slow=True,
    ),
    Attack(
        "figures",
        "300 figures",
        before="""
import matplotlib.pyplot as plt
for index in range(300):
    plt.figure()
    plt.plot([0, index])
""",
        slow=True,
        costs=("everything",),
    ),
    Attack(
        "displays",
        "20,000 displayed objects",
        before="from IPython.display import display\nfor index in range(20_000):\n    display(index)",
    ),
    Attack(
        "forks",
        "200 child processes",
        before="""
import os, time
count = 0
for _ in range(200):
    try:
        pid = os.fork()
    except OSError:
        break
    if pid == 0:
        time.sleep(20)
        os._exit(0)
    count += 1
print(count, "children")
if count:
    breached("forks")
""",
    ),
    Attack(
        "threads",
        "1,000 threads",
        before="""
import threading, time
started = []
try:
    for _ in range(1000):
        thread = threading.Thread(target=time.sleep, args=(20,), daemon=True)
        thread.start()
        started.append(thread)
except (RuntimeError, MemoryError) as error:
    print("refused", type(error).__name__)
else:
    breached("1000 threads")
""",
    ),
    Attack(
        "descriptors-used-up",
        "5,000 open files",
        before="""
import os
kept = []
try:
    for _ in range(5000):
        kept.append(os.open("/dev/null", os.O_RDONLY))
except OSError as error:
    print("refused", type(error).__name__)
else:
    breached("5000 descriptors")
for number in kept[1:]:
    os.close(number)
""",
    ),
    Attack(
        "huge-array-returned",
        "a result of 400 MB",
        stub=function("return np.zeros((7000, 7000))"),
    ),
    Attack(
        "virtual-array-returned",
        "a result of 8 TB that takes no memory",
        stub=function("return np.broadcast_to(np.float64(0), (10**6, 10**6))"),
    ),
    Attack(
        "many-arrays-returned",
        "a thousand results of 8 MB",
        stub=function("one = np.zeros((1000, 1000))\nreturn [one] * 999"),
    ),
    Attack(
        "deep-list-returned",
        "a list a hundred thousand deep, and one that holds itself",
        stub=function("""
deep = []
for _ in range(100_000):
    deep = [deep]
deep.append(deep)
return deep
"""),
    ),
    Attack(
        "laughing-lists-returned",
        "lists of lists of one list: a billion parts in a few bytes",
        stub=function("part = [0.0] * 100\nfor _ in range(7):\n    part = [part] * 100\nreturn part"),
    ),
    Attack(
        "names-without-end",
        "a class, a key and an exception with names of 10 MB",
        before='Long = type("x" * 10_000_000, (Exception,), {})',
        stub=function("if lambd:\n    raise Long('y' * 100_000_000)\nreturn {'k' * 10_000_000: Long()}"),
    ),
    Attack("enormous-notebook", "3,000 further cells", change=_many_cells, unreadable=True),
    Attack("enormous-file", "a notebook of 40 MB", change=_huge_file, unreadable=True),
    Attack("deep-json", "JSON half a million levels deep", change=_deep_json, unreadable=True),
    Attack("old-outputs", "thousands of old outputs in every cell", change=_huge_outputs),
]
