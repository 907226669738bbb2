"""Read the name of a file: whether it is a notebook, which copy it is, and which assignment it names."""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

CHECKPOINTS = ".ipynb_checkpoints"
"""Where Jupyter keeps the state of a notebook when it was last saved by hand."""

_CHECKPOINT = "-checkpoint"

MAX_NAME = 255
"""Characters of a name, as on disk."""

_MARK = r"(?:[^.a-z0-9][^.]*)?"  # " (1)", "-2", "~"
_ENDING = re.compile(rf"\.ipynb{_MARK}(?:\.(?:ipynb|json|txt){_MARK})*$", re.IGNORECASE)
"""The ending of a notebook, with what browsers and systems put behind it: `.ipynb.json`, `.ipynb (1)`."""

_RESUBMISSION = re.compile(r"-(\d{1,9})$")
"""What Canvas puts after the name of a file that was handed in again."""


def has_notebook_name(path: PurePosixPath) -> bool:
    """Tell whether a file is a notebook by its name."""
    return len(path.name) <= MAX_NAME and bool(_ENDING.search(path.name, 1))


def is_zip(path: PurePosixPath) -> bool:
    """Tell whether a file is an archive by its name."""
    return path.suffix.lower() == ".zip"


def stem_of(path: PurePosixPath) -> str:
    """Return the name of a notebook without its ending and Jupyter's mark; of any other file, without its suffix."""
    stem = _ENDING.sub("", path.name) if has_notebook_name(path) else path.stem
    return stem.removesuffix(_CHECKPOINT)


def is_checkpoint(path: PurePosixPath) -> bool:
    """Tell whether Jupyter made this copy, at an earlier save."""
    return CHECKPOINTS in path.parts or f"{_CHECKPOINT}." in path.name


def resubmission(stem: str) -> int:
    """Return how often a platform says that a file was handed in again."""
    match = _RESUBMISSION.search(stem)
    return int(match[1]) if match else 0


def numbers(stem: str) -> list[int]:
    """Return the numbers in a name, which order its copies: "(2)" before "(10)", "final" before "final2"."""
    return [int(digits) for digits in re.findall(r"\d{1,18}", stem)]


def assignment_named(path: PurePosixPath, stem: str, names: Iterable[str]) -> str:
    """Return which of the names a notebook bears, else its folder; the longest, so that lab10 is not lab1."""
    folders = {folder.lower() for folder in path.parts[:-1]}
    by_length = sorted(names, key=len, reverse=True)
    in_stem = (name for name in by_length if name.lower() in stem.lower())
    return next(in_stem, next((name for name in by_length if name.lower() in folders), ""))
