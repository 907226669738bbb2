"""The temporary folder of each sandbox, named after the process that made it, so that left ones can be removed."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from pathlib import Path

from autograder.engines.sandbox.inside.namespaces import NOBODY

_PREFIX = "autograder-"
"""Beginning of the name; the process id comes next."""
STALE_SECONDS = 3600.0
"""Age from which a folder whose process is not there is taken for left over, not for another container's."""


def make_box() -> str:
    """Make an empty folder for a sandbox."""
    return tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-")


def remove_stale_boxes() -> None:
    """Remove the folders of graders that were killed before they could."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*"):
        owner = folder.name.removeprefix(_PREFIX).partition("-")[0]
        with contextlib.suppress(OSError):
            status = folder.stat()
            stale = status.st_mtime < time.time() - STALE_SECONDS
            own = status.st_uid in {os.getuid(), NOBODY if os.getuid() == 0 else os.getuid()}
            if stale and own and not Path("/proc", owner).exists():
                shutil.rmtree(folder, ignore_errors=True)


def size_of(folder: Path) -> int:
    """Measure the bytes in a folder, for where no mount can limit its size."""
    total = 0
    waiting = [str(folder)]
    while waiting:
        with contextlib.suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    else:
                        total += entry.stat(follow_symlinks=False).st_blocks * 512
    return total
