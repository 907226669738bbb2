"""Grading on a machine without namespaces: a choice, never silent, never as root; and what notebooks can still do."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from autograder.engines.sandbox.cgroup import Group
from autograder.engines.sandbox.inside import landlock, namespaces, zygote
from autograder.engines.sandbox.limits import Limits
from autograder.engines.sandbox.worker_client import Usage, Worker
from autograder.engines.sandbox.zygote_client import Zygote
from tests.helpers import small_course as small
from tests.helpers.outputs import raised
from tests.helpers.sandbox import run, sandbox, texts

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("fewer_layers")]

PROJECT = Path(__file__).parents[3]


@pytest.fixture(scope="module", params=[(), ("namespaces",)], ids=["all layers", "without namespaces"])
def either(request: pytest.FixtureRequest) -> Iterator[Zygote]:
    with sandbox(request.param, files={"given.csv": b"1,2\n"}) as started:
        yield started


WORK = {
    "shutil.copy": "shutil.copy('given.csv', 'a.csv'); open('a.csv').read()",
    "shutil.copy2": "shutil.copy2('given.csv', 'b.csv'); open('b.csv').read()",
    "copytree": "os.makedirs('one/two'); open('one/two/x', 'w').close(); shutil.copytree('one', 'other')",
    "move and remove": "shutil.copy('given.csv', 'd.csv'); shutil.move('d.csv', 'e.csv'); os.remove('e.csv')",
    "touch": "pathlib.Path('t').touch(); pathlib.Path('t').touch()",
    "rewrite and append": "open('w', 'w').write('x'); open('w', 'a').write('y'); open('w', 'w').write('z')",
    "truncate an open file": "f = open('f', 'w+'); f.write('long'); f.truncate(1); f.close()",
    "numpy": "x = np.eye(2); np.save('n.npy', x); np.savez('n.npz', a=x); np.savetxt('n.txt', x); np.load('n.npy')",
    "memmap": "m = np.memmap('m', mode='w+', shape=3); m[:] = 1; m.flush()",
    "savefig": "plt.plot([1, 2]); plt.savefig('p.png'); plt.savefig('p.pdf'); plt.savefig('p.svg'); plt.close()",
    "fonts": "plt.title('$x^2$', family='serif'); plt.savefig('q.png'); plt.close()",
    "pickle and json": "import json, pickle; pickle.dump([1], open('k', 'wb')); json.dump([1], open('j', 'w'))",
    "sqlite": "import sqlite3; c = sqlite3.connect('d.db'); c.execute('create table t (x)'); c.commit(); c.close()",
    "temporary": "import tempfile; d = tempfile.TemporaryDirectory(); open(d.name + '/x', 'w').close(); d.cleanup()",
    "zip": "shutil.make_archive('z', 'zip', '.', 'given.csv'); shutil.unpack_archive('z.zip', 'unzipped')",
    "tar": "shutil.make_archive('z', 'gztar', '.', 'given.csv'); shutil.unpack_archive('z.tar.gz', 'untarred')",
    "asyncio": "import asyncio; await asyncio.sleep(0)",
    "a new loop": "import asyncio, threading; asyncio.new_event_loop().close()",
    "sockets within": "import socket; a, b = socket.socketpair(); a.sendall(b'x'); b.recv(1)",
    "%store": "get_ipython().run_line_magic('load_ext', 'storemagic'); x = 1",
    "%%writefile": "get_ipython().run_cell_magic('writefile', 'own.py', 'X = 1'); import own",
}
"""What notebooks do with files, as it must work in a worker."""


def test_what_notebooks_do_with_files_works_though_modes_and_times_are_refused(either: Zygote) -> None:
    given = "import os, pathlib, shutil\nimport numpy as np\nimport matplotlib.pyplot as plt\n%matplotlib inline"
    first, *runs = run(either, given, *WORK.values(), wall_cell=20, cpu_cell=20)
    assert not texts(first)
    failed = {
        what: texts(cell)
        for what, cell in zip(WORK, runs, strict=True)
        if any(output["output_type"] == "error" for output in cell.outputs)
    }
    assert not failed


def test_a_worker_is_never_root(either: Zygote) -> None:
    (seen,) = run(either, "import os\nos.getuid() * os.geteuid() * os.getgid() * os.getegid() > 0")
    assert texts(seen) == "True"


def test_modes_and_times_are_refused_on_own_files_too(either: Zygote) -> None:
    cells = ["import os; os.chmod('given.csv', 0o777)", "os.utime('given.csv')", "os.truncate('given.csv', 0)"]
    assert [raised(cell.outputs[-1]) for cell in run(either, *cells)] == ["PermissionError"] * 3


def test_a_worker_that_closes_its_channel_costs_its_cell_and_is_not_judged_twice(either: Zygote) -> None:
    """`run` asks for a first attempt: one that something outside killed would raise."""
    for end in ("os.close(3)", "os.dup2(0, 3)", "os.close(3)\nwhile True: pass"):
        lost, after = run(either, f"import os\n{end}", "1 + 1")
        assert "ended the notebook's process" in texts(lost)
        assert texts(after) == "2"


def test_a_worker_cannot_look_as_if_something_else_had_killed_it(either: Zygote) -> None:
    refused, after = run(either, "import os\nos.kill(os.getpid(), 9)", "1 + 1")
    assert raised(refused.outputs[-1]) == "PermissionError"
    assert texts(after) == "2"


@pytest.mark.parametrize("count", [-7, 10**6, 10**4200, True, "3", None])
def test_an_execution_count_that_no_reader_takes_is_left_out(count: object, either: Zygote) -> None:
    forged = (
        "import json, os, struct\n"
        f'text = json.dumps({{"id": 0, "outputs": [], "count": {count!r}, "error": None}}).encode()\n'
        "os.write(3, struct.pack('<IQ', len(text), 0) + text)\nwhile True: pass"
    )
    (seen,) = run(either, forged)
    assert seen.count is None


@pytest.mark.parametrize(
    ("version", "whole", "less"), [(0, False, False), (1, True, False), (2, True, False), (3, True, True)]
)
def test_without_namespaces_landlock_must_know_truncation(
    monkeypatch: pytest.MonkeyPatch, version: int, whole: bool, less: bool
) -> None:
    monkeypatch.setattr(landlock, "version", lambda: version)
    monkeypatch.setattr(namespaces, "available", lambda config: "")
    assert zygote.probe_layers({"off": []})[0]["landlock"] == whole
    assert zygote.probe_layers({"off": ["namespaces"]})[0]["landlock"] == less
    monkeypatch.setattr(namespaces, "available", lambda config: "refused here")
    layers, refused = zygote.probe_layers({"off": []})
    assert not layers["namespaces"] and layers["landlock"] == less
    assert less or ("takes 3" in refused["landlock"]) == (version > 0)


def autograder(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line where namespaces are refused."""
    command = [sys.executable, "-m", "tests.helpers.without_namespaces", *arguments]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)


def test_without_namespaces_grading_is_refused_unless_the_instructor_chooses_less(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    course = small.make_course(tmp_path)
    for student in ("ann", "bob"):
        small.hand_in(course, student, small.filled())
    grade = ("grade", small.ASSIGNMENT, "--course", str(course), "--jobs", "2")
    refused = autograder(*grade)
    assert refused.returncode == 2
    (line,) = refused.stderr.strip().split("\n")
    for words in ("namespaces", "Operation not permitted", "--allow-fewer-layers", "sysctl", "docs/security.md"):
        assert words in line
    assert not (course / "autograded").exists()
    graded = autograder(*grade, "--allow-fewer-layers")
    assert (graded.returncode, "2 graded" in graded.stdout) == (0, True), graded
    assert graded.stderr.count("one layer less") == 1
    file = str(course / "submitted" / "ann" / small.ASSIGNMENT / f"{small.ASSIGNMENT}.ipynb")
    check = ("check", file, "--assignment", small.ASSIGNMENT, "--course", str(course))
    assert autograder(*check).returncode == 2
    seen = autograder("doctor")
    assert seen.returncode == 1
    assert "NO, grading is refused without --allow-fewer-layers" in seen.stdout


def test_a_process_that_cannot_have_namespaces_later_refuses_too() -> None:
    """The machine may run out of them between the first look and the start."""
    code = (
        "from tests.helpers.without_namespaces import refuse_namespaces; refuse_namespaces()\n"
        "from autograder.engines.sandbox.zygote_client import Zygote\nfrom autograder.errors import SandboxError\n"
        "try: Zygote().start()\nexcept SandboxError as error: print(error)"
    )
    seen = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert "lacks a layer of the sandbox: namespaces" in seen.stdout, seen


class _FullGroup:
    """Stands for a control group whose memory is used up."""

    def limit(self, limits: Limits) -> None:
        """Take any limits."""

    def was_over_memory(self) -> bool:
        return True

    def close(self) -> None:
        """Nothing to end."""


def test_a_worker_that_the_kernel_kills_for_its_memory_went_over_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    with sandbox() as zygote:
        zygote._group = cast(Group, _FullGroup())
        start = zygote.start_worker

        def start_and_kill(limits: Limits, used: Usage) -> Worker:
            worker = start(limits, used)
            if not used.wall:
                threading.Timer(0.5, os.kill, (worker._pid, signal.SIGKILL)).start()
            return worker

        monkeypatch.setattr(zygote, "start_worker", start_and_kill)
        killed, after = run(zygote, "import time; time.sleep(20)", "1 + 1", wall_cell=20)
    assert "(limit: memory)" in texts(killed)
    assert texts(after) == "2"
