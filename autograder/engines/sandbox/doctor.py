"""What this machine offers: each layer of the sandbox, tried out, with what it gives; the limits of a submission."""

from __future__ import annotations

import platform
import sys
import time
from pathlib import Path

from autograder.engines.sandbox import words
from autograder.engines.sandbox.layers import LAYERS
from autograder.engines.sandbox.limits import promises
from autograder.engines.sandbox.workers import Zygote
from autograder.errors import SandboxError


def examine() -> tuple[list[str], bool]:
    """Start a sandbox and report.

    Returns:
        Lines to print, and whether every layer is there.
    """
    lines = [words.machine(platform.system(), platform.release(), platform.machine(), platform.python_version())]
    if sys.platform != "linux":
        return [*lines, words.no_linux()], False
    from autograder.engines.sandbox.inside import landlock

    began = time.monotonic()
    try:
        with Zygote(Path.cwd(), demanding=False) as zygote:
            present, refused = zygote.layers, zygote.refused
    except SandboxError as error:
        return [*lines, str(error)], False
    lines.append(words.started(time.monotonic() - began))
    for layer in LAYERS:
        there = present[layer.name]
        note = f"version {landlock.version()}" if layer.name == "landlock" and there else refused.get(layer.name, "")
        lines.append(words.layer(layer.name, there, layer.needed, layer.gives, note))
        if not there:
            lines.append(words.remedy(layer.how))
    lines.append(words.LIMITS)
    lines += [words.limit(*promise) for promise in promises()]
    return lines, all(present.values())
