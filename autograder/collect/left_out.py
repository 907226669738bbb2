"""Keep what of a download was left out, and tell it by kind, so that 300 class zips do not bury a broken notebook."""

from collections.abc import Collection, Sequence
from pathlib import PurePosixPath
from typing import Literal, NamedTuple

from autograder.collect import words

MAX_LISTED = 100
"""Lines of a kind; after them stands how many more there are."""

Kind = Literal["notebook", "refused", "other", "given", "draft"]
"""A notebook that does not count; what is damaged or unsafe; no notebook; what the class was given; not handed in."""


class LeftOut(NamedTuple):
    """A file that was left out; `line` says why, unless its kind says all."""

    path: PurePosixPath
    kind: Kind
    line: str = ""


def tell(left_out: Sequence[LeftOut], given: Collection[str]) -> list[str]:
    """Put what was left out into lines: one each for notebooks and what was refused, one in all for other kinds.

    Args:
        left_out: the files.
        given: the paths of the files in the class's own zip.
    """
    lines = []
    for kind in ("notebook", "refused"):
        own = [file.line for file in left_out if file.kind == kind]
        lines += own[:MAX_LISTED]
        if len(own) > MAX_LISTED:
            lines.append(words.and_more(len(own) - MAX_LISTED))
    others = [file for file in left_out if file.kind in ("other", "given")]
    foreign = [str(file.path) for file in others if file.kind == "other" and not _is_given(file.path, given)]
    if foreign:
        lines.append(words.no_notebooks(foreign))
    if drafts := sum(file.kind == "draft" for file in left_out):
        lines.append(words.drafts(drafts))
    if len(others) > len(foreign):
        lines.append(words.as_given(len(others) - len(foreign)))
    return lines


def _is_given(path: PurePosixPath, given: Collection[str]) -> bool:
    """Whether a path ends like one in the class's zip, wherever that was unpacked."""
    return any("/".join(path.parts[start:]) in given for start in range(len(path.parts)))
