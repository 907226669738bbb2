"""Class 7: reaching out: network, other processes, what stays behind. All sockets are the harness's own."""

from tests.engines.sandbox.attacks.attack import Attack, function

FILE_CALLS = """
import ctypes, os, platform
libc = ctypes.CDLL(None, use_errno=True)
outside, own, fd = b"@PRECIOUS@", b"own.txt", os.open("own.txt", os.O_RDWR | os.O_CREAT)
times = (ctypes.c_uint64 * 4)(1, 0, 1, 0)
numbers = {  # on x86_64, on aarch64, arguments after the file
    "chmod": (90, None, "path", 0o4777),
    "fchmod": (91, 52, "fd", 0o4777),
    "fchmodat": (268, 53, "at", 0o4777),
    "fchmodat2": (452, 452, "at", 0o4777, 0),
    "chown": (92, None, "path", os.getuid(), os.getgid()),
    "lchown": (94, None, "path", os.getuid(), os.getgid()),
    "fchown": (93, 55, "fd", os.getuid(), os.getgid()),
    "fchownat": (260, 54, "at", os.getuid(), os.getgid(), 0),
    "utime": (132, None, "path", times),
    "utimes": (235, None, "path", times),
    "futimesat": (261, None, "at", times),
    "utimensat": (280, 88, "at", times, 0),
    "futimens": (280, 88, "fd", None, times, 0),
    "setxattr": (188, 5, "path", b"user.mark", b"x", ctypes.c_size_t(1), 0),
    "lsetxattr": (189, 6, "path", b"user.mark", b"x", ctypes.c_size_t(1), 0),
    "fsetxattr": (190, 7, "fd", b"user.mark", b"x", ctypes.c_size_t(1), 0),
    "truncate": (76, 45, "path", ctypes.c_long(0)),
}
for name in CALLS:
    on_x86, on_arm, kind, *more = numbers[name]
    number = on_arm if platform.machine() == "aarch64" else on_x86
    for path in (outside, own) if number else ():
        first = {"path": (path,), "at": (-100, path), "fd": (fd,)}[kind]
        if libc.syscall(ctypes.c_long(number), *first, *more) >= 0:
            breached(name + " of " + path.decode().rpartition("/")[2])
        elif path == own and ctypes.get_errno() != 1:
            breached(name + ": refused by chance: " + os.strerror(ctypes.get_errno()))
"""
"""Makes the calls that are named in CALLS, on a file outside and on one of its own, which no other layer protects."""

ATTACKS = [
    Attack(
        "tcp",
        "a TCP connection to this machine",
        before="""
import socket
attempt("tcp", lambda: socket.create_connection(("127.0.0.1", @PORT@), timeout=2).send(b"@MARK@"))
attempt("tcp6", lambda: socket.create_connection(("::1", @PORT@), timeout=2).send(b"@MARK@"))
""",
    ),
    Attack(
        "tcp-in-the-function",
        "the same from inside the graded function",
        before="reached = []",
        stub=function("""
import socket
try:
    socket.create_connection(("127.0.0.1", @PORT@), timeout=2).send(b"@MARK@")
    reached.append("tcp")
except OSError:
    pass
return 0.0
"""),
        after="if reached:\n    breached('tcp')",
    ),
    Attack(
        "udp",
        "a UDP datagram to this machine",
        before="""
import socket
def send():
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"@MARK@", ("127.0.0.1", @UDP@))
attempt("udp", send)
""",
    ),
    Attack(
        "abstract-socket",
        "an abstract socket of this machine",
        before="""
import socket
def connect():
    one = socket.socket(socket.AF_UNIX)
    one.connect("\\0@ABSTRACT@")
    one.send(b"@MARK@")
attempt("abstract socket", connect)
""",
    ),
    Attack(
        "path-socket",
        "a socket that lies in a folder",
        before="""
import socket
def connect():
    one = socket.socket(socket.AF_UNIX)
    one.connect("@UNIX@")
    one.send(b"@MARK@")
attempt("path socket", connect)
""",
    ),
    Attack(
        "datagrams",
        "datagrams from a pair of sockets to one that lies in a folder",
        before="""
import ctypes, platform, socket
kinds = (socket.SOCK_DGRAM, socket.SOCK_SEQPACKET, socket.SOCK_RAW)
def pair(kind):
    one, _ = socket.socketpair(socket.AF_UNIX, kind)
    one.sendto(b"@MARK@", "@LOG@")
for kind in kinds:
    attempt(f"a pair of {kind!r}", lambda: pair(kind))
one, other = socket.socketpair()
attempt("sendto", lambda: one.sendto(b"@MARK@", "@LOG@"))
attempt("sendmsg", lambda: one.sendmsg([b"@MARK@"], [], 0, "@LOG@"))
libc = ctypes.CDLL(None)
number = 269 if platform.machine() == "aarch64" else 307
if libc.syscall(number, one.fileno(), (ctypes.c_uint64 * 16)(), 1, 0) >= 0:
    breached("sendmmsg")
if one.send(b"within") != 6 or other.recv(6) != b"within":
    breached("a pair of streams does not work")
""",
    ),
    *(
        Attack(
            f"changes-{what}",
            f"{about} of a file, by every system call that does it",
            before=FILE_CALLS.replace("CALLS", repr(calls)),
        )
        for what, about, calls in (
            ("modes", "the mode", ("chmod", "fchmod", "fchmodat", "fchmodat2")),
            ("owners", "the owner", ("chown", "lchown", "fchown", "fchownat")),
            ("times", "the times", ("utime", "utimes", "futimesat", "utimensat", "futimens")),
            ("attributes", "the attributes", ("setxattr", "lsetxattr", "fsetxattr")),
            ("length", "the length by its path", ("truncate",)),
        )
    ),
    Attack(
        "listen",
        "a server that others could talk to",
        before="""
import socket
def listen():
    one = socket.socket()
    one.bind(("127.0.0.1", 0))
    one.listen()
attempt("listening", listen)
def abstract():
    one = socket.socket(socket.AF_UNIX)
    one.bind("\\0@MARK@")
    one.listen()
attempt("abstract listening", abstract)
""",
    ),
    Attack(
        "socket-families",
        "sockets of every family: packet, netlink, vsock, crypto, Bluetooth",
        before="""
import socket
for family in range(46):
    if family in (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6):
        continue  # these have attacks of their own
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
        attempt(f"family {family}", lambda: socket.socket(family, kind))
""",
    ),
    Attack(
        "url",
        "urllib and name look-up",
        before="""
import socket, urllib.request
attempt("url", lambda: urllib.request.urlopen("http://127.0.0.1:@PORT@/@MARK@", timeout=2))
""",
    ),
    Attack(
        "signals",
        "harmless signals to the grader and to another process",
        before="""
import ctypes, os, signal
for name, pid in (("victim", @VICTIM@), ("grader", @GRADER@)):
    attempt("signal 0 to the " + name, lambda: os.kill(pid, 0))
    attempt("SIGCONT to the " + name, lambda: os.kill(pid, signal.SIGCONT))
libc = ctypes.CDLL(None)
number = libc.syscall(434, @VICTIM@, 0)
if number >= 0 and libc.syscall(424, number, 0, None, 0) == 0:
    breached("pidfd_send_signal")
for who in (0, 1, 2):
    try:
        os.setpriority(who, @VICTIM@, 5)
        breached("setpriority")
    except OSError:
        pass
try:
    os.sched_setaffinity(@VICTIM@, {0})
    breached("sched_setaffinity")
except OSError:
    pass
""",
    ),
    Attack(
        "ptrace",
        "ptrace and the memory of another process",
        before="""
import ctypes
libc = ctypes.CDLL(None)
libc.ptrace.restype = ctypes.c_long
for pid in (@VICTIM@, @GRADER@):
    if libc.ptrace(0x4206, ctypes.c_long(pid), None, None) == 0:  # PTRACE_SEIZE, which does not stop it
        libc.ptrace(17, ctypes.c_long(pid), None, None)
        breached("ptrace")
    block = ctypes.create_string_buffer(8)
    vector = (ctypes.c_void_p * 2)(ctypes.addressof(block), 8)
    there = (ctypes.c_void_p * 2)(0x400000, 8)
    if libc.syscall(310, pid, vector, 1, there, 1, 0) > 0:
        breached("process_vm_readv")
""",
    ),
    Attack(
        "daemon",
        "a daemon that outlives the grading",
        before="""
import os, time
try:
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(20)
            open("/tmp/@MARK@-daemon", "w").close()
        os._exit(0)
    breached("fork")
except OSError as error:
    print("refused", type(error).__name__)
""",
    ),
    Attack(
        "new-programs",
        "programs started in every way there is",
        before="""
import ctypes, multiprocessing, os, subprocess, sys
attempt("subprocess", lambda: subprocess.run(["/bin/true"], check=True, timeout=5))
attempt("posix_spawn", lambda: os.posix_spawn("/bin/true", ["true"], {}))
attempt("python", lambda: subprocess.run([sys.executable, "-c", "0"], check=True, timeout=5))
def pool():
    with multiprocessing.get_context("fork").Pool(1) as workers:
        workers.apply(abs, (1,))
attempt("multiprocessing", pool)
libc = ctypes.CDLL(None)
for name in ("fork", "vfork_by_number"):
    number = libc.fork() if name == "fork" else libc.syscall(57)
    if number == 0:
        os._exit(0)
    if number > 0:
        breached(name)
arguments = (ctypes.c_uint64 * 11)()
arguments[4] = 17
number = libc.syscall(435, arguments, ctypes.sizeof(arguments))
if number == 0:
    os._exit(0)
if number > 0:
    breached("clone3")
""",
    ),
    Attack(
        "exec",
        "another program in its own place",
        before='import os\nos.execv("/bin/echo", ["echo", "BRE" + "ACH"])',
    ),
    Attack(
        "files-left",
        "files left for the next submission",
        before="""
import os
for folder in ("/tmp", "/dev/shm", "/var/tmp", "/run", "/run/lock", "/var/lock", "/", "/dev", "/dev/mqueue", "@HOME@",
               "@COURSE@", "@COURSE@/submitted", "@COURSE@/autograded", "@PROJECT@", os.path.expanduser("~"),
               "/proc/self/cwd/../..", os.path.dirname(os.getcwd())):
    try:
        with open(folder + "/@MARK@-left", "w") as file:
            file.write("left")
    except OSError as error:
        print("refused", type(error).__name__)
""",
    ),
    Attack(
        "shared-objects-left",
        "shared memory, semaphores and queues left behind",
        before="""
import ctypes
from multiprocessing import shared_memory
libc = ctypes.CDLL(None)
key = @KEY@
attempt("posix shared memory", lambda: shared_memory.SharedMemory("@MARK@-shm", create=True, size=4096))
libc.shmget(key, 4096, 0o1666)
libc.semget(key, 1, 0o1666)
libc.msgget(key, 0o1666)
""",
    ),
    Attack(
        "libraries-poisoned",
        "Python's own files, caches and start-up files changed",
        before="""
import os, site, sys
import labkit, numpy
places = [*site.getsitepackages(), os.path.dirname(labkit.__file__), os.path.dirname(numpy.__file__), sys.prefix,
          os.path.dirname(os.__file__), site.getusersitepackages(), os.path.expanduser("~/.ipython"),
          os.path.expanduser("~/.config/matplotlib")]
def write(path, mode):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    open(path, mode).close()
for place in places:
    attempt_here = place.startswith(os.getcwd())
    try:
        write(place + "/@MARK@.pth", "w")
    except OSError as error:
        print("refused", type(error).__name__)
        continue
    if not attempt_here:
        breached(place)
attempt("labkit opened for writing", lambda: open(labkit.__file__, "r+b").close())
attempt("numpy opened for writing", lambda: open(numpy.__file__, "r+b").close())
""",
    ),
    Attack(
        "new-namespaces",
        "namespaces and mounts of its own, to get out of the walls",
        before="""
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
for name, flag in (("user", 0x10000000), ("mount", 0x20000), ("net", 0x40000000)):
    if libc.unshare(flag) == 0:
        breached("unshare " + name)
if libc.mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0:
    breached("mount")
if libc.pivot_root(b".", b".") == 0 if hasattr(libc, "pivot_root") else libc.syscall(155, b".", b".") == 0:
    breached("pivot_root")
if libc.syscall(321, 0, ctypes.create_string_buffer(128), 128) >= 0:
    breached("bpf")
if libc.syscall(323, 0) >= 0:
    breached("userfaultfd")
if libc.syscall(298, ctypes.create_string_buffer(128), 0, -1, -1, 0) >= 0:
    breached("perf_event_open")
if libc.syscall(248, b"user", b"@MARK@", b"x", 1, -4) >= 0:
    breached("add_key")
""",
    ),
    Attack(
        "state-for-the-next",
        "variables and patches that a later submission would see",
        before="""
import builtins, numpy as np, sys, labkit
builtins.LEFT_BEHIND = "@MARK@"
np.LEFT_BEHIND = labkit.LEFT_BEHIND = sys.LEFT_BEHIND = "@MARK@"
np.sum = np.log = np.dot = lambda *args, **kwargs: 0.0
np.random.seed(0)
import os
os.environ["LEFT_BEHIND"] = "@MARK@"
os.umask(0)
""",
        costs=("everything",),
    ),
]
