"""Try what this machine offers: each layer of the sandbox, with what it gives; the limits of a submission."""

from __future__ import annotations

import platform
import sys
import time
from dataclasses import asdict
from pathlib import Path

from autograder.engines.sandbox import cgroup, words
from autograder.engines.sandbox.layers import LAYERS, Layer
from autograder.engines.sandbox.limits import Limits
from autograder.engines.sandbox.zygote_client import Zygote
from autograder.errors import SandboxError
from autograder.notebook.cleaning.guarded import SCRUBBER


def examine() -> tuple[list[str], bool]:
    """Start a sandbox and report.

    Returns:
        Lines to print, and whether every layer is there.
    """
    lines = [words.machine(platform.system(), platform.release(), platform.machine(), platform.python_version())]
    if sys.platform != "linux":
        return [*lines, words.no_linux()], False
    began = time.monotonic()
    try:
        with Zygote(Path.cwd(), demanding=False) as zygote:
            present, refused = zygote.layers, zygote.refused
    except SandboxError as error:
        return [*lines, str(error)], False
    lines.append(words.started(time.monotonic() - began))
    for layer in LAYERS:
        is_present = present[layer.name]
        lines.append(f"  {layer.name:<13}{_state(layer, is_present, refused.get(layer.name, ''))}: {layer.gives}")
        if not is_present:
            lines.append(f"  {'':<13}{words.remedy(layer.how)}")
    lines.append(f"  {'cgroup':<13}{_group()}")
    lines.append(f"  {'scrub':<13}{_reading_apart()}")
    lines.append(words.limits())
    for name, value in asdict(Limits()).items():
        lines.append(f"  {name:<16}{value:>9,} {words.limit_unit(name):<11}{words.limit_promise(name)}")
    return lines, all(present.values())


def _group() -> str:
    """Whether there is a control group for each sandbox, or why there is none."""
    try:
        cgroup.make_group().close()
    except cgroup.NoGroupError as error:
        return words.no_group(error.reason)
    return words.has_group()


def _reading_apart() -> str:
    """Which layers the process has that reads markup and pictures, or why it does not start."""
    try:
        present = SCRUBBER.start()
    except SandboxError as error:
        return str(error)
    return words.reads_apart(
        [layer.name for layer in LAYERS if present.get(layer.name)],
        [layer.name for layer in LAYERS if not present.get(layer.name)],
    )


def _state(layer: Layer, present: bool, why: str) -> str:
    """Whether a layer is there, with its version, or why it is missing."""
    if not present:
        state = words.layer_refuses() if layer.needed else words.layer_less()
        return f"{state} ({why})" if why else state
    if layer.name == "landlock":
        from autograder.engines.sandbox.inside import landlock

        return f"{words.layer_present()} ({words.landlock_version(landlock.version())})"
    return words.layer_present()
