"""Class 3: reading what a submission may not see. Each cell says BREACH if it got there, or shows what it read."""

from tests.engines.sandbox.attacks.attack import Attack, function

READ = """
def show(path, size=4000):
    with open(path, "rb") as file:
        print(file.read(size))
"""

ATTACKS = [
    Attack(
        "frames",
        "the variables of all callers",
        before="import sys\nseen = []",
        stub=function("""
frame = sys._getframe()
while frame:
    for space in (frame.f_locals, frame.f_globals):
        for name, value in list(space.items()):
            if name in ("expected", "reference", "secret", "prepared", "verdict", "trials") and value:
                seen.append(name)
            if "autograder.checking" in str(type(value)) or "autograder.assignments" in str(type(value)):
                seen.append(str(type(value)))
    frame = frame.f_back
return 0.0
"""),
        after="for name in seen:\n    breached(name)",
    ),
    Attack(
        "constants-of-code",
        "co_consts and closures of every function in memory",
        before="""
import gc, types
for value in gc.get_objects():
    if isinstance(value, types.FunctionType) and str(value.__module__).startswith("autograder"):
        breached(value.__module__)
        print(value.__code__.co_consts)
""",
    ),
    Attack(
        "gc",
        "every object in memory",
        before="""
import gc
for value in gc.get_objects():
    kind = type(value)
    if kind.__module__.startswith("autograder") or kind.__name__ in ("AnswerKey", "PreparedCheck", "Criterion"):
        breached(kind.__name__)
for module in list(sys.modules) if "sys" in globals() else list(__import__("sys").modules):
    if module == "autograder" or module.startswith("autograder."):
        breached(module)
""",
    ),
    Attack(
        "linecache",
        "source text that Python keeps for tracebacks",
        before="""
import linecache
for name, entry in linecache.cache.items():
    text = "".join(entry[2]) if len(entry) > 2 else ""
    if "autograder" in str(name) or "HIDDEN " + "TESTS" in text or "autograder" + ".grade" in text:
        breached(name)
""",
    ),
    Attack(
        "hidden-tests-in-history",
        "the text of hidden tests in the shell's history and namespace",
        after="""
for text in list(globals().get("In", [])) + [str(value) for value in list(globals().values())]:
    if "autograder" + ".grade" in text or "HIDDEN " + "TESTS" in text:
        breached("history")
""",
    ),
    Attack(
        "own-memory",
        "all of its own process's memory, for the secret and the hidden tests",
        before="""
import hashlib
# Of each text: its first half, and a digest of the rest, so that the whole is in memory only if it leaked.
texts = [part.split(":") for part in "@TOKENS@".split()]
def scan():
    budget = 1 << 29
    with open("/proc/self/maps") as maps:
        areas = [line.split()[:2] for line in maps if "[v" not in line]
    with open("/proc/self/mem", "rb", 0) as memory:
        for area, rights in areas:
            start, end = (int(part, 16) for part in area.split("-"))
            if "w" not in rights or end - start > budget:
                continue
            budget -= end - start
            try:
                memory.seek(start)
                content = memory.read(end - start)
            except OSError:
                continue
            for index, (half, digest, length) in enumerate(texts):
                half = bytes.fromhex(half)
                at = content.find(half)
                while at >= 0:
                    rest = content[at + len(half) : at + len(half) + int(length)]
                    if hashlib.sha256(rest).hexdigest() == digest:
                        breached(f"text {index} is in memory")
                        break
                    at = content.find(half, at + 1)
try:
    scan()
    print("scanned")
except OSError as error:
    print("refused", type(error).__name__)
""",
    ),
    Attack(
        "proc-environ",
        "environment, memory and files of other processes through /proc",
        before=READ
        + """
import os
for pid in {"self", "1", str(os.getppid()), "@VICTIM@", "@GRADER@"}:
    for part in ("environ", "cmdline", "maps"):
        try:
            show(f"/proc/{pid}/{part}")
        except OSError:
            pass
    try:
        for name in os.listdir(f"/proc/{pid}/fd"):
            print(os.readlink(f"/proc/{pid}/fd/{name}"))
    except OSError:
        pass
for pid in ("@VICTIM@", "@GRADER@"):
    attempt("mem of " + pid, lambda: open(f"/proc/{pid}/mem", "rb").close())
    attempt("environ of " + pid, lambda: show(f"/proc/{pid}/environ"))
    attempt("root of " + pid, lambda: show(f"/proc/{pid}/root@CANARY_FILE@"))
""",
    ),
    Attack(
        "source-notebook",
        "the instructor's notebook",
        before=READ
        + """
attempt("source", lambda: show("@COURSE@/source/regularization/regularization.ipynb", 10**7))
attempt("project source", lambda: show("@PROJECT@/source/regularization/regularization.ipynb"))
for path in ("..", "../..", "../../..", "../../../source"):
    try:
        import os
        if {"source", "submitted", "gradebook.db"} & set(os.listdir(path)):
            breached("listing of " + path)
    except OSError:
        pass
""",
    ),
    Attack(
        "answer-key",
        "the answer key's files in the checkout",
        before=READ
        + """
attempt("key", lambda: show("@PROJECT@/autograder/assignments/regularization/__init__.py"))
attempt("checking", lambda: show("@PROJECT@/autograder/checking/judging.py"))
attempt("project", lambda: show("@PROJECT@/pyproject.toml"))
attempt("history", lambda: show("@PROJECT@/.git/HEAD"))
""",
    ),
    Attack(
        "gradebook-read-and-write",
        "the gradebook, to read and to write",
        before="""
import sqlite3
def change():
    connection = sqlite3.connect("@COURSE@/gradebook.db")
    connection.execute("update grade set auto_score = 297")
    connection.commit()
attempt("gradebook written", change)
attempt("gradebook read", lambda: open("@COURSE@/gradebook.db", "rb").close())
attempt("gradebook replaced", lambda: open("@COURSE@/gradebook.db-journal", "ab").close())
""",
    ),
    Attack(
        "other-submissions",
        "what others handed in and what they got",
        before=READ
        + """
attempt("submission", lambda: show("@OTHER@", 10**7))
import glob, os
for folder in ("submitted", "autograded", "feedback"):
    attempt(folder, lambda: os.listdir("@COURSE@/" + folder))
print(glob.glob("@COURSE@/**", recursive=True)[:5])
""",
    ),
    Attack(
        "environment",
        "environment variables, of Python's copy and of the C library's",
        before="""
import ctypes, os
print(dict(os.environ))
block = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), "environ")
index = 0
while block and block[index]:
    print(block[index])
    index += 1
""",
    ),
    Attack(
        "course-secret",
        "the course secret and private files of the user",
        before=READ
        + """
attempt("secret", lambda: show("@COURSE@/.autograder/secret"))
attempt("project secret", lambda: show("@PROJECT@/.autograder/secret"))
attempt("home", lambda: show("@HOME@/private.txt"))
attempt("canary", lambda: show("@CANARY_FILE@"))
""",
    ),
    Attack(
        "descriptors",
        "file descriptors that were left open",
        before="""
import os, stat
for number in range(3, 512):
    try:
        kind = os.fstat(number).st_mode
        link = os.readlink(f"/proc/self/fd/{number}")
    except OSError:
        continue
    print(number, stat.filemode(kind))
    if stat.S_ISREG(kind) and ("@COURSE@" in link or "@PROJECT@" in link or "secret" in link):
        breached(link)
    if stat.S_ISDIR(kind):
        try:
            os.open("../../../../../../../../@CANARY_FILE@", os.O_RDONLY, dir_fd=number)
            breached("escape through a directory")
        except OSError:
            pass
    if stat.S_ISREG(kind):
        try:
            print(os.pread(number, 4000, 0))
        except OSError:
            pass
""",
    ),
    Attack(
        "shell-escapes",
        "shell commands and magics that read files",
        before="""
import subprocess
shell = get_ipython()
for command in ("cat @CANARY_FILE@", "env", "ls @COURSE@"):
    for use in (
        lambda: print(subprocess.run(command, shell=True, capture_output=True, timeout=5).stdout),
        lambda: shell.system(command),
        lambda: print(shell.getoutput(command)),
        lambda: shell.run_cell_magic("bash", "", command),
        lambda: __import__("os").system(command),
    ):
        try:
            use()
        except BaseException as error:
            print("refused", type(error).__name__)
try:
    shell.run_line_magic("load", "@CANARY_FILE@")
except BaseException as error:
    print("refused", type(error).__name__)
""",
    ),
    Attack(
        "links",
        "links from its own folder to the secret",
        before=READ
        + """
import os
for make in (os.symlink, os.link):
    for index, path in enumerate(("@CANARY_FILE@", "@COURSE@/.autograder/secret", "@OTHER@")):
        name = f"link-{make.__name__}-{index}.png"
        try:
            make(path, name)
        except OSError as error:
            print("refused", type(error).__name__)
            continue
        attempt(name, lambda: show(name))
        from IPython.display import Image, display
        try:
            display(Image(filename=name))
        except BaseException as error:
            print("refused", type(error).__name__)
""",
    ),
    Attack(
        "system-calls",
        "bare system calls instead of Python's functions",
        before="""
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
AT_FDCWD, OPEN, OPENAT, OPENAT2, CHROOT = -100, 2, 257, 437, 161
path = b"@CANARY_FILE@"
how = (ctypes.c_uint64 * 3)(0, 0, 0)
for name, number in (
    ("open", libc.syscall(OPEN, path, 0)),
    ("openat", libc.syscall(OPENAT, AT_FDCWD, path, 0, 0)),
    ("openat2", libc.syscall(OPENAT2, AT_FDCWD, path, how, ctypes.sizeof(how))),
):
    if number >= 0:
        breached(name)
if libc.syscall(CHROOT, b".") == 0:
    breached("chroot")
ring = (ctypes.c_char * 120)()
if libc.syscall(425, 4, ring) >= 0:
    breached("io_uring")
handle = (ctypes.c_char * 136)()
ctypes.c_uint32.from_buffer(handle).value = 128
mount = ctypes.c_int()
if libc.syscall(303, AT_FDCWD, path, handle, ctypes.byref(mount), 0) == 0:
    if libc.syscall(304, AT_FDCWD, handle, 0) >= 0:
        breached("open_by_handle_at")
""",
    ),
]
