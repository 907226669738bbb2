"""The warm parent: imports what notebooks need once, moves into the sandbox, and forks a worker for each submission.

Started fresh by the grader with nothing but paths, so that no answer was ever in its memory. It runs no student's code.
"""

from __future__ import annotations

import contextlib
import gc
import importlib.util
import json
import linecache
import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from . import landlock, namespaces, seccomp, system

CONTROL = 3
"""The descriptor that leads to the grader."""
_MOMENTS = 500
WORKER_CHANNEL = 3
"""The descriptor of a worker's own channel."""


def main(config: Mapping[str, Any]) -> None:
    """Serve the grader until it hangs up.

    Args:
        config: from `autograder.engines.sandbox.layers.settings`.
    """
    refused = {}
    layers = {name: name not in config["off"] for name in ("seccomp", "rlimits", "capabilities", "landlock")}
    layers["namespaces"] = "namespaces" not in config["off"]
    if layers["namespaces"]:
        refused["namespaces"] = namespaces.available(config)
    if not landlock.version():
        refused["landlock"] = "Landlock is not there"
    for name, why in refused.items():
        layers[name] = layers[name] and not why
    with fork_hooks_run_once():
        _set_paths(config)
        from labkit.selfcheck import check as selfcheck
        from labkit.selfcheck import public_cases as recorded

        from . import frames, shell, worker

        recorder = shell.Recorder(lambda limit: None)
        recorder.limit(2**31, 2**31)
        notebook = shell.new_shell(recorder)
        _warm(notebook)
    home = namespaces.HOME if layers["namespaces"] else config["box"]
    work = Path(home, namespaces.WORK)
    _freeze()
    system.collapse_memory()
    if layers["namespaces"]:
        namespaces.enter(config)
    else:
        work.mkdir()
    rules = _rules(config, home) if layers["landlock"] and layers["namespaces"] else None
    system.prctl(system.PR_SET_NO_NEW_PRIVS, 1)
    system.prctl(system.PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # for the workers; nobody interrupts this process
    if layers["seccomp"]:
        seccomp.program(1, True)
    os.environ.clear()
    os.environ.update(config["environment"], HOME=str(work), TMPDIR=str(work))

    control = socket.socket(fileno=os.dup(CONTROL))
    channel = worker.Channel(CONTROL)
    channel.send(frames.Writer().pieces({"layers": layers, "refused": refused}))
    files: dict[str, bytes] = {}
    statuses: dict[int, int | None] = {}
    while True:
        request = channel.receive()
        if request is None:
            return
        header = request.header
        if "files" in header:
            files = {name: request.value(form).tobytes() for name, form in header["files"].items()}
            if recorded.FILE_NAME in files:
                with contextlib.suppress(Exception):  # a file that is no good is for the self-check to say
                    for case in recorded.parse(files[recorded.FILE_NAME])["checks"].values():
                        selfcheck.prepare(case)  # so that the forks find it ready
            _freeze()
        elif "start" in header:
            _, (fd, *_), _, _ = socket.recv_fds(control, 1, 1)
            _reap(statuses)
            pid = system.fork(namespaces.FOR_FORK if layers["namespaces"] else 0)
            if pid == 0:
                try:
                    if layers["landlock"] and not layers["namespaces"]:
                        rules = _rules(config, str(work))  # this very folder, not the next submission's
                    _become_worker(fd, layers, header["start"], home, rules, files)
                    worker.serve(worker.Channel(WORKER_CHANNEL), notebook, header["start"])
                finally:
                    os._exit(1)
            os.close(fd)
            statuses[pid] = None
            channel.send(frames.Writer().pieces({"pid": pid}))
        else:
            status = _end(header["end"], header["died"], layers["namespaces"], statuses)
            if not layers["namespaces"]:
                _empty(work)
            if header["died"]:
                channel.send(frames.Writer().pieces({"status": status}))


def _become_worker(
    fd: int,
    layers: Mapping[str, bool],
    limits: Mapping[str, int],
    home: str,
    rules: landlock.Ruleset | None,
    files: Mapping[str, bytes],
) -> None:
    from . import worker

    os.dup2(fd, WORKER_CHANNEL)
    worker.confine(layers, limits, home, rules)
    os.closerange(WORKER_CHANNEL + 1, 2**16)
    worker.redirect_output()
    worker.write_files(files)


def _end(pid: int, died: bool, alone: bool, statuses: dict[int, int | None]) -> int:
    """End a worker. Where it died by itself its own status counts, which may be a moment away.

    Nobody waits for one that is killed in namespaces: the kernel takes those apart while the next one runs.

    Args:
        pid: its process.
        died: whether it seems to have ended by itself.
        alone: whether it has a process-id namespace of its own.
        statuses: worker that nobody has ended yet → its wait status, once `_reap` has seen it.
    """
    seen = statuses.pop(pid, None)
    if seen is not None:
        return seen
    for _ in range(_MOMENTS if died else 0):
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return status
        time.sleep(0.001)
    os.kill(pid, signal.SIGKILL)
    return 0 if alone and not died else os.waitpid(pid, 0)[1]


def _reap(statuses: dict[int, int | None]) -> None:
    """Let go of the workers that have ended by now; keep the status of those that the grader has yet to ask about."""
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            if pid in statuses:
                statuses[pid] = status


def _empty(work: Path) -> None:
    """Clear a working folder that does not vanish by itself, whatever a notebook put into it."""
    aside = work.with_name("gone")
    work.rename(aside)
    work.mkdir()
    shutil.rmtree(aside, ignore_errors=True)


@contextlib.contextmanager
def fork_hooks_run_once() -> Iterator[None]:
    """Run once, at the end, what the libraries that are imported meanwhile would have run in each fork.

    The hooks let go of what a fork must not share: locks of other threads, open fonts, a random state. With one thread
    and nothing used between the forks, once is enough; doing it in each fork costs as much as the fork itself.
    """
    hooks: list[Callable[[], object]] = []

    def keep(*, after_in_child: Callable[[], object] | None = None, **others: object) -> None:
        if after_in_child is not None:
            hooks.append(after_in_child)

    register, os.register_at_fork = os.register_at_fork, keep
    yield
    os.register_at_fork = register
    for hook in hooks:
        hook()


def _set_paths(config: Mapping[str, Any]) -> None:
    """Give this Python (started without `site`) the paths of the grader's, and `labkit` from its own folder alone."""
    sys.path[:] = config["path"]
    sys.prefix, sys.exec_prefix = config["prefixes"]
    sys.argv[:] = [""]
    sys.orig_argv[:] = []
    sys.dont_write_bytecode = True
    folder = config["labkit"]
    spec = importlib.util.spec_from_file_location(
        "labkit", f"{folder}/__init__.py", submodule_search_locations=[folder]
    )
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["labkit"] = module
    spec.loader.exec_module(module)


_WARM_UP = (
    "import numpy as np\nimport matplotlib.pyplot as plt\n%matplotlib inline\nimport IPython.extensions.autoreload",
    "def f(x):\n    '''Text.'''\n    return g(x)\ndef g(x):\n    return 1 / x\nprint(f(1), np.random.rand(2))\nf(2)",
    "f(0)",
    "1 +",
    "fig, ax = plt.subplots(); ax.plot([1, 2], label='$x^2$'); ax.scatter([1], [2], c=[1]); ax.imshow(np.eye(2))\n"
    "ax.contourf(np.eye(2)); ax.set_title('t'); ax.legend(); ax.grid(); plt.show()",
    "from IPython.display import HTML, Markdown, Image\ndisplay(HTML('<b>x</b>'), Markdown('x'))\nnp.eye(2)",
    "%timeit -n 1 -r 1 f(1)\n%time f(1)\nassert f(1) == 2, 'text'",
    "import asyncio, json, math, os, random, sys, time, warnings\nwarnings.warn('text')",
)


def _warm(notebook: Any) -> None:
    """Use once whatever is slow the first time, then forget that it was used."""
    import pkgutil

    import labkit
    from labkit.calls.call import Call, perform

    from . import shell

    for module in pkgutil.walk_packages(labkit.__path__, "labkit."):
        importlib.import_module(module.name)
    notebook.run_definitions("import math\ndef f():\n    return 1")
    for source in _WARM_UP:
        sys.stdout = sys.stderr = shell.Stream(notebook.recorder, 1)
        notebook.run_cell(source, store_history=True)
    perform([Call("f", (1.0,)), Call("f", (0.0,))], {"f": notebook.user_ns["f"]})
    sys.modules["matplotlib.pyplot"].close("all")
    notebook.reset(new_session=True)
    notebook.execution_count = 1
    notebook.recorder.clear()
    linecache.clearcache()
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__


def _rules(config: Mapping[str, Any], own: str) -> landlock.Ruleset:
    rules = landlock.Ruleset()
    rules.allow_reading(config["rules"])
    rules.allow_listing(config["listable"])
    rules.allow_all(own)
    for device in namespaces.DEVICES:
        rules.allow_device(device)
    return rules


def _freeze() -> None:
    """Leave what is in memory out of garbage collection, so that the forks share it."""
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
