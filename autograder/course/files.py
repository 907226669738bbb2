"""Write a file so that a reader, or a run after a crash, never meets half of it."""

import os
from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Write a file aside and rename it into place; make its folder if there is none.

    Raises:
        OSError: the folder cannot be written to.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(data)
    draft.replace(path)
