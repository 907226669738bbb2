"""Read the notebooks of a download, in folders and in archives, within limits.

Nothing is unpacked: each notebook is read by itself. So modules beside a notebook, links, and names that point
elsewhere never reach the course.
"""

import os
import re
import stat
import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from pathlib import Path, PurePosixPath
from tempfile import SpooledTemporaryFile
from typing import IO, NamedTuple, Self

from autograder.collect import words
from autograder.collect.budget import Budget, OverBudgetError
from autograder.collect.inflate import DAMAGED, inflated
from autograder.collect.left_out import Kind, LeftOut
from autograder.collect.names import has_notebook_name, is_zip
from autograder.course.timestamp import MAX_TIMESTAMP_BYTES, TIMESTAMP
from autograder.errors import ArchiveError, MachineError, SubmissionError
from autograder.notebook.read import MAX_BYTES, read_submission

MAX_LIST_BYTES = 100_000_000
"""Size of a platform's own list of submissions."""

MAX_DEPTH = 3
"""Archives inside archives."""

_CHUNK = 1_000_000
_IN_MEMORY = 10_000_000
"""Size of an inner archive that is not laid on disk."""
_ENTRY_MARK = b"PK\x01\x02"
"""Begins each entry in the list of an archive, which is all read as soon as the archive is opened."""

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


class Entry(NamedTuple):
    """A file as the platform put it into the download, not yet read.

    Attributes:
        path: the path in the download.
        time: when it was handed in, by the platform's word; empty if it does not say.
        source: the file on disk, or the entry of the download's own archive.
    """

    path: PurePosixPath
    time: str
    source: Path | zipfile.ZipInfo


class Download:
    """A folder or zip archive from a platform; first it lists names only, then it reads a student's files at a time.

    Attributes:
        entries: the files, in order of their paths.
        stamps: the files called `timestamp.txt`, by path.
        left_out: what was not read, and why.
    """

    def __init__(self, path: Path, *, single: bool = False, listed: bool = True) -> None:
        """Open a download.

        Args:
            path: a folder or a zip archive.
            single: whether it may be a notebook, too.
            listed: whether to list the files; not to read those that another process has listed.

        Raises:
            ArchiveError: there is neither folder nor archive.
        """
        self.entries: list[Entry] = []
        self.stamps: dict[PurePosixPath, Entry] = {}
        self.left_out: list[LeftOut] = []
        self._path = path.absolute()
        self._archive: zipfile.ZipFile | None = None
        if path.is_dir():
            if listed:
                self._list_folder()
        elif not path.is_file():
            raise ArchiveError(words.nothing_there(str(path)))
        elif single and has_notebook_name(PurePosixPath(path.name)):
            self._list(Entry(PurePosixPath(path.name), "", self._path))
        else:
            try:
                self._archive = zipfile.ZipFile(path)
            except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
                raise ArchiveError(words.not_an_archive(str(path))) from None
            for info in self._archive.infolist() if listed else ():
                if place := self._place_in(info, PurePosixPath()):
                    self._list(Entry(place, _entry_time(info), info))
        self.entries.sort(key=lambda entry: entry.path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._archive:
            self._archive.close()

    def read(self, entry: Entry, budget: Budget) -> Iterator[File]:
        """Yield the notebooks of a file: itself, or what is in it if it is an archive.

        Raises:
            OverBudgetError: the student's files are more than is read.
        """
        place = entry.path
        if _may_be_notebook(place):
            data = self._read(entry, MAX_BYTES, budget)
            if data is not None:
                yield from self._notebook(place, data, entry.time)
        elif is_zip(place):
            with self._open(entry) as stream:
                yield from self._in_stream(stream, place, entry.time, 1, budget)
        else:
            self._leave_out(place, "other")

    def content(self, place: PurePosixPath) -> bytes:
        """Read a file that the platform put there; nothing if there is none."""
        entry = next((entry for entry in self.entries if entry.path == place), None)
        try:
            return (self._read(entry, MAX_LIST_BYTES, Budget()) if entry else None) or b""
        except OverBudgetError:
            return b""

    def time_in(self, stamp: Entry | None) -> str:
        """Read nbgrader's file with the time of handing in; empty if there is none."""
        try:
            data = self._read(stamp, MAX_TIMESTAMP_BYTES, Budget()) if stamp else None
        except OverBudgetError:
            data = None
        return (data or b"")[:100].decode("ascii", "replace").strip()

    def _leave_out(self, place: PurePosixPath, kind: Kind, line: str = "") -> None:
        self.left_out.append(LeftOut(place, kind, line))

    def _list(self, entry: Entry) -> None:
        if entry.path.name == TIMESTAMP:
            self.stamps[entry.path] = entry
        else:
            self.entries.append(entry)

    def _list_folder(self) -> None:
        for root, folders, files in os.walk(self._path):
            here = Path(root)
            for name in sorted(folders):
                if (here / name).is_symlink():  # os.walk does not go in
                    place = self._place(here / name)
                    self._leave_out(place, "refused", words.is_link(str(place)))
            folders[:] = sorted(name for name in folders if name not in _IGNORED_FOLDERS)
            for name in sorted(files):
                if not name.startswith(_APPLE_DOUBLE):
                    self._list(Entry(self._place(here / name), "", here / name))

    def _place(self, path: Path) -> PurePosixPath:
        return PurePosixPath(path.relative_to(self._path).as_posix())

    def _place_in(self, info: zipfile.ZipInfo, prefix: PurePosixPath) -> PurePosixPath | None:
        """Return the path of an archive's entry; None if it is not read."""
        name = _entry_name(info)
        place = prefix / name.replace("\\", "/")
        if not name or info.is_dir() or place.name.startswith(_APPLE_DOUBLE) or _is_ignored(place):
            return None
        if not _is_inside(name):
            self._leave_out(prefix, "refused", words.points_outside(name))
        elif stat.S_ISLNK(info.external_attr >> 16):
            self._leave_out(place, "refused", words.is_link(str(place)))
        else:
            return place
        return None

    def _notebook(self, place: PurePosixPath, data: bytes, time: str) -> Iterator[File]:
        """Yield what is a notebook by its name; of texts, what has the words of a notebook in it."""
        if has_notebook_name(place) or (b'"cells"' in data and b'"nbformat"' in data):
            yield File(place, data, time)
        else:
            self._leave_out(place, "other")

    def _read(self, entry: Entry, limit: int, budget: Budget) -> bytes | None:
        if not isinstance(entry.source, Path):
            assert self._archive
            return self._read_in(self._archive, entry.source, entry.path, limit, budget)
        try:
            data = read_submission(entry.source)
        except (SubmissionError, MachineError) as error:
            self._leave_out(entry.path, "refused", words.skipped(str(entry.path), str(error)))
            return None
        budget.spend(len(data))
        return data

    def _open(self, entry: Entry) -> AbstractContextManager[IO[bytes] | None]:
        if not isinstance(entry.source, Path):
            assert self._archive
            return self._open_in(self._archive, entry.source, entry.path)
        if entry.source.is_symlink():
            self._leave_out(entry.path, "refused", words.is_link(str(entry.path)))
            return nullcontext()
        if not entry.source.is_file():  # opening a pipe waits for ever
            self._leave_out(entry.path, "other")
            return nullcontext()
        try:
            return entry.source.open("rb")
        except OSError as error:
            self._leave_out(entry.path, "refused", words.bad_archive(str(entry.path), error))
            return nullcontext()

    def _open_in(
        self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, place: PurePosixPath
    ) -> AbstractContextManager[IO[bytes] | None]:
        try:
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise NotImplementedError("a compression that cannot be read in limits")
            return archive.open(info)
        except DAMAGED as error:
            self._leave_out(place, "refused", words.bad_archive(str(place), error))
            return nullcontext()

    def _read_in(
        self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, place: PurePosixPath, limit: int, budget: Budget
    ) -> bytes | None:
        """Read a file in an archive, never more of it than the limit, whatever size the archive claims."""
        data = inflated(archive, info, limit)
        if data is None:
            try:
                with self._open_in(archive, info, place) as stream:
                    data = stream.read(limit + 1) if stream else None
            except DAMAGED as error:
                self._leave_out(place, "refused", words.bad_archive(str(place), error))
                return None
        budget.spend(len(data or b""))
        if data and len(data) > limit:
            self._leave_out(place, "refused", words.entry_too_large(str(place), limit))
            return None
        return data

    def _in_stream(
        self, stream: IO[bytes] | None, place: PurePosixPath, time: str, depth: int, budget: Budget
    ) -> Iterator[File]:
        """Yield the notebooks of an archive inside the download; all have the time of its outermost entry."""
        if stream is None:
            return
        prefix = place.with_suffix("")
        with SpooledTemporaryFile(_IN_MEMORY) as kept:
            try:
                _copy(stream, kept, budget)
                archive = zipfile.ZipFile(kept)
            except DAMAGED as error:
                self._leave_out(place, "refused", words.bad_archive(str(place), error))
                return
            with archive:
                for info in archive.infolist():
                    budget.spend()
                    inner = self._place_in(info, prefix)
                    if inner is None or inner.name == TIMESTAMP:
                        continue
                    if _may_be_notebook(inner):
                        data = self._read_in(archive, info, inner, MAX_BYTES, budget)
                        if data is not None:
                            yield from self._notebook(inner, data, time)
                    elif is_zip(inner) and depth <= MAX_DEPTH:
                        with self._open_in(archive, info, inner) as opened:
                            yield from self._in_stream(opened, inner, time, depth + 1, budget)
                    else:
                        self._leave_out(inner, "other")


def _copy(stream: IO[bytes], copy: IO[bytes], budget: Budget) -> None:
    """Copy an archive, counting its entries before anything holds a list of them."""
    tail = b""
    while chunk := stream.read(_CHUNK):
        budget.spend(len(chunk), (tail + chunk).count(_ENTRY_MARK))
        copy.write(chunk)
        tail = chunk[-len(_ENTRY_MARK) + 1 :]


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


_DRIVE = re.compile("[A-Za-z]:.*", re.DOTALL)


def _is_inside(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return not (name.startswith(("/", "\\")) or ".." in parts or _DRIVE.fullmatch(parts[0]) or "\0" in name)


def _entry_time(entry: zipfile.ZipInfo) -> str:
    """Read when the file was handed in, as a platform writes it into its archive: local time, no zone."""
    try:
        local = datetime(*entry.date_time)
    except ValueError:
        return ""
    return local.astimezone().isoformat(sep=" ") if local.year > 1980 else ""
