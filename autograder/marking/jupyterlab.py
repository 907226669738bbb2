"""Put the pages of marking into the menu of the JupyterLab of this environment: files where Jupyter looks for them."""

import shutil
import sys
from pathlib import Path

NAME = "autograder-marking"
SERVER = "autograder_marking.json"
"""Enables the server's part; the rest of the folder is JupyterLab's part."""

_FILES = Path(__file__).parent / "labextension"


def add_to_jupyterlab(prefix: Path | None = None) -> Path:
    """Add the entry, or bring it up to date.

    Args:
        prefix: the environment; by default the one that runs.

    Returns:
        The folder of JupyterLab's part.

    Raises:
        OSError: the environment cannot be written to.
    """
    prefix = prefix or Path(sys.prefix)
    enabled = prefix / "etc" / "jupyter" / "jupyter_server_config.d"
    enabled.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(_FILES / SERVER, enabled / SERVER)
    entry = prefix / "share" / "jupyter" / "labextensions" / NAME
    shutil.copytree(_FILES, entry, ignore=shutil.ignore_patterns(SERVER), dirs_exist_ok=True)
    return entry
