"""The zygote: imports what notebooks need once, moves into the sandbox, and forks a worker for each submission.

Started fresh by the grader with nothing but paths, so that no answer was ever in its memory. It runs no student's code.
"""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from . import landlock, namespaces, seccomp, system


def main(config: Mapping[str, Any]) -> None:
    """Serve the grader until it hangs up.

    Args:
        config: from `autograder.engines.sandbox.layers.settings`.
    """
    layers, refused = probe_layers(config)
    _set_paths(config)
    from . import serving, warming

    notebook = warming.warm_shell(quick="own_run_cell" not in config["off"])
    system.freeze_memory()
    system.collapse_memory()
    home = namespaces.HOME if layers["namespaces"] else config["box"]
    rules = _confine(config, layers, Path(home, namespaces.WORK))
    serving.Server(config, layers, home, rules, notebook).serve(refused)


def probe_layers(config: Mapping[str, Any]) -> tuple[dict[str, bool], dict[str, str]]:
    """Try what this machine offers.

    Returns:
        Which layers there are, and why some are not.
    """
    layers = {
        name: name not in config["off"] for name in ("seccomp", "rlimits", "capabilities", "landlock", "namespaces")
    }
    refused = {}
    if layers["namespaces"]:
        refused["namespaces"] = namespaces.available(config)
        layers["namespaces"] = not refused["namespaces"]
    version = landlock.version()
    if not version:
        refused["landlock"] = "Landlock is not there"
    elif version < landlock.TRUNCATE_VERSION and not layers["namespaces"]:
        refused["landlock"] = f"version {version}; without namespaces it takes {landlock.TRUNCATE_VERSION}"
    layers["landlock"] = layers["landlock"] and "landlock" not in refused
    return layers, refused


def _confine(config: Mapping[str, Any], layers: Mapping[str, bool], work: Path) -> landlock.Ruleset | None:
    """Move into the sandbox, as far as it is the same for all workers; each takes on the rest in `worker.confine`.

    Returns:
        Landlock's rules for all workers; None where each needs its own, see `serving`.
    """
    if layers["namespaces"]:
        namespaces.enter(config)
    else:
        _leave_root(config, layers["capabilities"])
        work.mkdir()
    rules = landlock.rules_for(config, namespaces.HOME) if layers["landlock"] and layers["namespaces"] else None
    system.prctl(system.PR_SET_NO_NEW_PRIVS, 1)
    system.prctl(system.PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # for the workers; nobody interrupts this process
    if layers["seccomp"]:
        seccomp.program(1, True)
    os.environ.clear()
    os.environ.update(config["environment"], HOME=str(work), TMPDIR=str(work))
    return rules


def _leave_root(config: Mapping[str, Any], capabilities: bool) -> None:
    """Become nobody where there are no namespaces and root grades; give up all capabilities, whoever grades.

    One remains where nobody may not read the Python installation, as it lies below /root, say: to read what Landlock
    allows.

    Raises:
        OSError: the kernel refuses.
    """
    kept = 0
    if os.geteuid() == 0:
        os.chown(config["box"], namespaces.NOBODY, namespaces.NOBODY)
        system.empty_bounding_set()
        system.prctl(system.PR_SET_KEEPCAPS, 1)
        namespaces.become_nobody()
        if not all(os.access(path, os.R_OK) for path in (*config["rules"], *config["listable"])):
            kept = system.CAP_DAC_READ_SEARCH
    if capabilities:
        system.drop_capabilities(kept)


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


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
