"""Read the notebooks of a download, in folders and in archives, within limits.

Nothing is unpacked: each notebook is read by itself. So modules beside a notebook, links, and names that point
elsewhere never reach the course.
"""

import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple

from autograder.collect import words
from autograder.collect.left_out import Kind, LeftOut
from autograder.collect.names import has_notebook_name
from autograder.course.timestamp import MAX_TIMESTAMP_BYTES, TIMESTAMP
from autograder.errors import ArchiveError, SubmissionError
from autograder.files import read_plain
from autograder.notebook.read import MAX_BYTES, read_submission

MAX_ARCHIVE_BYTES = 500_000_000
"""Size of an archive inside an archive."""
MAX_TOTAL_BYTES = 2_000_000_000
"""What all notebooks and inner archives together may unpack to."""
MAX_ENTRIES = 200_000
MAX_DEPTH = 3
"""Archives inside archives."""

_IGNORED_FOLDERS = ("__MACOSX", "__pycache__", ".git")
_APPLE_DOUBLE = "._"
"""How macOS names what it keeps beside a file on other disks."""

_TEXT = (".json", ".txt")
"""What browsers make of a notebook's suffix."""


class File(NamedTuple):
    """A notebook in a download: its path there, its content, and when it was handed in (empty if unknown)."""

    path: PurePosixPath
    data: bytes
    time: str


class Download:
    """A folder or zip archive from a platform.

    Attributes:
        left_out: what was not read, and why; complete when `notebooks` is exhausted.
    """

    def __init__(self, path: Path) -> None:
        self.left_out: list[LeftOut] = []
        self._path = path
        self._bytes = self._entries = 0

    def notebooks(self) -> Iterator[File]:
        """Yield every notebook.

        Raises:
            ArchiveError: there is neither folder nor archive, or it unpacks to more than a class can hand in.
        """
        if self._path.is_dir():
            yield from self._in_folder()
        elif not self._path.is_file():
            raise ArchiveError(words.nothing_there(str(self._path)))
        elif not zipfile.is_zipfile(self._path):
            raise ArchiveError(words.not_an_archive(str(self._path)))
        else:
            with self._path.open("rb") as stream:
                yield from self._in_archive(stream, PurePosixPath(), depth=0)

    def _leave_out(self, place: PurePosixPath, kind: Kind, line: str = "") -> None:
        self.left_out.append(LeftOut(place, kind, line))

    def _count(self, size: int) -> None:
        self._bytes += size
        if self._bytes > MAX_TOTAL_BYTES or self._entries > MAX_ENTRIES:
            raise ArchiveError(words.archive_too_large())

    def _in_folder(self) -> Iterator[File]:
        for root, folders, files in os.walk(self._path):
            here = Path(root)
            for name in sorted(folders):
                if (here / name).is_symlink():  # os.walk does not go in
                    self._leave_out(self._place(here / name), "refused", words.is_link(str(self._place(here / name))))
            folders[:] = sorted(name for name in folders if name not in _IGNORED_FOLDERS)
            for name in sorted(files):
                self._entries += 1
                yield from self._in_file(here / name)

    def _place(self, path: Path) -> PurePosixPath:
        return PurePosixPath(path.relative_to(self._path).as_posix())

    def _in_file(self, file: Path) -> Iterator[File]:
        place = self._place(file)
        if file.name == TIMESTAMP or file.name.startswith(_APPLE_DOUBLE):
            return
        if _may_be_notebook(place):
            try:
                data = read_submission(file)
            except SubmissionError as error:
                self._leave_out(place, "refused", words.skipped(str(place), str(error)))
                return
            self._count(len(data))
            yield from self._notebook(place, data, _time_beside(file))
        elif file.suffix.lower() == ".zip" and not file.is_symlink():
            with file.open("rb") as stream:
                yield from self._in_archive(stream, place.with_suffix(""), depth=1)
        else:
            self._leave_out(place, "other")

    def _notebook(self, place: PurePosixPath, data: bytes, time: str) -> Iterator[File]:
        """Yield what is a notebook by its name; of texts, what has the words of a notebook in it."""
        if has_notebook_name(place) or (b'"cells"' in data and b'"nbformat"' in data):
            yield File(place, data, time)
        else:
            self._leave_out(place, "other")

    def _in_archive(self, stream: IO[bytes], prefix: PurePosixPath, depth: int) -> Iterator[File]:
        try:
            archive = zipfile.ZipFile(stream)
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            if depth == 0:
                raise ArchiveError(words.not_an_archive(stream.name)) from None
            self._leave_out(prefix, "refused", words.bad_archive(str(prefix), error))
            return
        with archive:
            times: dict[PurePosixPath, str] = {}
            for entry in archive.infolist():
                self._entries += 1
                self._count(0)
                name = _entry_name(entry)
                place = prefix / name.replace("\\", "/")
                if entry.is_dir() or place.name.startswith(_APPLE_DOUBLE) or _is_ignored(place):
                    continue
                if not _is_inside(name):
                    self._leave_out(prefix, "refused", words.points_outside(name))
                elif stat.S_ISLNK(entry.external_attr >> 16):
                    self._leave_out(place, "refused", words.is_link(str(place)))
                elif place.name == TIMESTAMP:
                    data = self._read_entry(archive, entry, MAX_TIMESTAMP_BYTES, place)
                    times[place.parent] = (data or b"").decode("ascii", "replace").strip()
                elif _may_be_notebook(place):
                    data = self._read_entry(archive, entry, MAX_BYTES, place)
                    if data is not None:
                        yield from self._notebook(place, data, times.get(place.parent, "") or _entry_time(entry))
                elif place.suffix.lower() == ".zip" and depth < MAX_DEPTH:
                    data = self._read_entry(archive, entry, MAX_ARCHIVE_BYTES, place)
                    if data is not None:
                        yield from self._in_archive(BytesIO(data), place.with_suffix(""), depth + 1)
                else:
                    self._leave_out(place, "other")

    def _read_entry(
        self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int, place: PurePosixPath
    ) -> bytes | None:
        """Read an entry, never more of it than the limit, whatever size the archive claims."""
        try:
            if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise NotImplementedError("a compression that cannot be read in limits")
            with archive.open(entry) as stream:
                data = stream.read(limit + 1)
        except (zipfile.BadZipFile, zlib.error, RuntimeError, OSError, ValueError, EOFError) as error:
            self._leave_out(place, "refused", words.bad_archive(str(place), error))
            return None
        self._count(len(data))
        if len(data) > limit:
            self._leave_out(place, "refused", words.entry_too_large(str(place), limit))
            return None
        return data


def _may_be_notebook(place: PurePosixPath) -> bool:
    return has_notebook_name(place) or place.suffix.lower() in _TEXT


def _is_ignored(place: PurePosixPath) -> bool:
    return any(part in _IGNORED_FOLDERS for part in place.parts)


def _entry_name(entry: zipfile.ZipInfo) -> str:
    """Decode the name of an entry; Windows in China writes it in GBK and says nothing about it."""
    if entry.flag_bits & 0x800 or entry.filename.isascii():
        return entry.filename
    raw = entry.filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return entry.filename


def _is_inside(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return not (name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or "\0" in name)


def _entry_time(entry: zipfile.ZipInfo) -> str:
    """Read when the file was handed in, as a platform writes it into its archive: local time, no zone."""
    try:
        local = datetime(*entry.date_time)
    except ValueError:
        return ""
    return local.astimezone().isoformat(sep=" ") if local.year > 1980 else ""


def _time_beside(file: Path) -> str:
    """Read nbgrader's file beside a notebook; the time of a file on disk is when it was downloaded."""
    beside = file.parent / TIMESTAMP
    try:
        return read_plain(beside, MAX_TIMESTAMP_BYTES)[:100].decode("ascii", "replace").strip()
    except OSError:
        return ""
