"""Know which pages are as they would be written again, so that only the others are rendered.

A page depends on the graded notebook, the marks, and this program; a hash of all stands beside a checksum of the page
that came of it in `.autograder/feedback/`. A page that somebody changed or removed is written again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from autograder.course.course import Course
from autograder.files import deflate, hash_of, write_whole

_PARTS = {".py", ".j2", ".css", ".mo"}
"""Suffixes of the files that decide how a page looks."""


@dataclass
class KeptPages:
    """The pages of an assignment that were written.

    Attributes:
        path: the file that keeps it.
        pages: page → hash of what it was made from, checksum of the page.
    """

    path: Path
    pages: dict[str, tuple[str, str]] = field(default_factory=dict)

    @classmethod
    def read(cls, course: Course, assignment: str) -> KeptPages:
        """Read what is kept; nothing where that is damaged: then all pages are written."""
        path = course.private / "feedback" / f"{assignment}.json"
        try:
            data = json.loads(path.read_bytes())
            return cls(path, {str(page): (str(made_from), str(of)) for page, (made_from, of) in data.items()})
        except (OSError, ValueError, TypeError, AttributeError):
            return cls(path)

    def is_current(self, page: Path, name: str, made_from: str) -> bool:
        """Tell whether a page is there and would come out the same.

        Args:
            page: the page.
            name: its name here.
            made_from: hash of what it would be made from.
        """
        before, of = self.pages.get(name, ("", ""))
        try:
            return before == made_from and checksum(page.read_bytes()) == of
        except OSError:
            return False

    def keep(self, written: Mapping[str, tuple[str, str]]) -> None:
        """Add pages that were written.

        Raises:
            OSError: the file cannot be written.
        """
        if written:
            self.pages |= written
            write_whole(self.path, json.dumps(self.pages, separators=(",", ":")).encode())


def checksum(page: bytes) -> str:
    """Sum up a page that this program wrote: CRC-32 tells that it was changed, in a tenth of the time of a hash."""
    return f"{deflate.crc32(page):08x}"


@cache
def program_hash() -> bytes:
    """Hash this program, its templates and translations included."""
    package = Path(__file__).parents[1]
    files = sorted(path for path in package.rglob("*") if path.suffix in _PARTS)
    return hash_of(*(part for path in files for part in (path.name.encode(), path.read_bytes()))).encode()
