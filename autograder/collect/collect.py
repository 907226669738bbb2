"""An LMS download, a folder or an archive → submitted/STUDENT/ASSIGNMENT/. Only notebooks are taken out of it.

Nothing is unpacked: each notebook is read by itself, within limits, and written under a name of our own. So modules
beside a notebook, links, and names that point elsewhere never reach the course.
"""

import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO

from autograder.collect import words
from autograder.course.course import Course, is_plain_name
from autograder.course.files import write_whole
from autograder.course.timestamp import TIMESTAMP
from autograder.errors import ArchiveError, SubmissionError
from autograder.notebook.read import MAX_BYTES, read_submission

MAX_ARCHIVE_BYTES = 500_000_000
"""Size of an archive inside an archive."""
MAX_TOTAL_BYTES = 2_000_000_000
"""What all notebooks and inner archives together may unpack to."""
MAX_ENTRIES = 200_000
MAX_DEPTH = 3
"""Archives inside archives."""
MAX_ID = 100

_MOODLE = re.compile(r".*_(?P<id>[^_]+)_assignsubmission_file(?:_(?P<file>.*))?", re.DOTALL)
_CANVAS = re.compile(r"[^_]+(?:_LATE)?_(?P<id>\d+)_\d+_(?P<file>.+)", re.DOTALL)
_COPY = re.compile(r"(?:-| ?\()(\d+)\)?$")
_NO_PART_OF_IT = ("__MACOSX", ".ipynb_checkpoints")


@dataclass(frozen=True)
class Collected:
    """What `collect` did.

    Attributes:
        students: ids whose submission was written.
        unchanged: ids whose submission was there already, the same byte for byte.
        ignored: what was not taken, and why, one line each.
    """

    students: tuple[str, ...]
    unchanged: tuple[str, ...]
    ignored: tuple[str, ...]


@dataclass(frozen=True)
class _Found:
    """A notebook in the download: `place` is its path there, `stem` its name without suffix and LMS prefix."""

    place: str
    student: str
    stem: str
    data: bytes
    time: str


@dataclass
class _Walk:
    """State of the walk through a download."""

    ignored: list[str] = field(default_factory=list)
    read: int = 0
    entries: int = 0

    def ignore(self, place: str, reason: str) -> None:
        self.ignored.append(words.ignored(place, reason))

    def count(self, size: int) -> None:
        self.read += size
        if self.read > MAX_TOTAL_BYTES or self.entries > MAX_ENTRIES:
            raise ArchiveError(words.archive_too_large())


def collect(course: Course, assignment: str, path: Path) -> Collected:
    """Sort a download into the course.

    Args:
        course: the course.
        assignment: name of the assignment.
        path: a folder or a zip archive: Moodle's or Canvas's download, a folder a student, or a file a student.

    Raises:
        ArchiveError: it is neither, cannot be read, or unpacks to more than is reasonable.
        CourseError: there is no such assignment.
    """
    names = [source.stem for source in course.notebooks(assignment)]
    walk = _Walk()
    if path.is_dir():
        files = _in_folder(path, walk)
    elif path.is_file():
        files = _in_archive_file(path, walk)
    else:
        raise ArchiveError(words.nothing_there(str(path)))
    found = _whose(sorted(files, key=lambda file: file[0]), assignment, walk)
    by_student: dict[str, list[_Found]] = {}
    for notebook in found:
        by_student.setdefault(notebook.student, []).append(notebook)
    written: list[str] = []
    unchanged: list[str] = []
    for student, notebooks in sorted(by_student.items()):
        chosen = _choose(notebooks, names, walk)
        if not chosen:
            continue
        changed = [_write(course, assignment, student, name, notebook) for name, notebook in chosen.items()]
        (written if any(changed) else unchanged).append(student)
    return Collected(tuple(written), tuple(unchanged), tuple(walk.ignored))


_File = tuple[PurePosixPath, bytes, str]
"""Path in the download, content, time handed in or empty."""


def _in_folder(folder: Path, walk: _Walk) -> Iterator[_File]:
    for root, folders, files in os.walk(folder):
        here = Path(root)
        for name in sorted(folders):
            if (here / name).is_symlink():  # os.walk does not go in
                walk.ignore((here / name).relative_to(folder).as_posix(), words.A_LINK)
        folders[:] = sorted(name for name in folders if name not in _NO_PART_OF_IT)
        for name in sorted(files):
            file = here / name
            place = PurePosixPath(file.relative_to(folder).as_posix())
            walk.entries += 1
            try:
                if file.suffix.lower() == ".ipynb":
                    data = read_submission(file)
                    walk.count(len(data))
                    yield place, data, _time_beside(file)
                elif file.suffix.lower() == ".zip" and not file.is_symlink():
                    with file.open("rb") as stream:
                        yield from _in_archive(stream, place.with_suffix(""), walk, depth=1)
                elif name != TIMESTAMP:
                    walk.ignore(str(place), words.NOT_A_NOTEBOOK)
            except SubmissionError as error:
                walk.ignore(str(place), str(error))


def _in_archive_file(path: Path, walk: _Walk) -> Iterator[_File]:
    if not zipfile.is_zipfile(path):
        raise ArchiveError(words.not_an_archive(str(path)))
    with path.open("rb") as stream:
        yield from _in_archive(stream, PurePosixPath(), walk, depth=0)


def _in_archive(stream: IO[bytes], prefix: PurePosixPath, walk: _Walk, depth: int) -> Iterator[_File]:
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        if depth == 0:
            raise ArchiveError(words.not_an_archive(stream.name)) from None
        walk.ignore(str(prefix), words.bad_archive(error))
        return
    with archive:
        times: dict[PurePosixPath, str] = {}
        for entry in archive.infolist():
            walk.entries += 1
            walk.count(0)
            name = _entry_name(entry)
            place = prefix / name.replace("\\", "/")
            if entry.is_dir() or any(part in _NO_PART_OF_IT for part in place.parts):
                continue
            if not _is_inside(name):
                walk.ignore(name, words.POINTS_OUTSIDE)
            elif stat.S_ISLNK(entry.external_attr >> 16):
                walk.ignore(str(place), words.A_LINK)
            elif place.suffix.lower() == ".ipynb":
                data = _read_entry(archive, entry, MAX_BYTES, place, walk)
                if data is not None:
                    yield place, data, times.get(place.parent, "") or _entry_time(entry)
            elif place.name == TIMESTAMP:
                data = _read_entry(archive, entry, 1_000, place, walk)
                times[place.parent] = (data or b"").decode("ascii", "replace").strip()
            elif place.suffix.lower() == ".zip" and depth < MAX_DEPTH:
                data = _read_entry(archive, entry, MAX_ARCHIVE_BYTES, place, walk)
                if data is not None:
                    yield from _in_archive(BytesIO(data), place.with_suffix(""), walk, depth + 1)
            else:
                walk.ignore(str(place), words.NOT_A_NOTEBOOK)


def _read_entry(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int, place: PurePosixPath, walk: _Walk
) -> bytes | None:
    """One entry, never more of it than the limit, whatever size the archive claims."""
    try:
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise NotImplementedError("a compression that cannot be read in limits")
        with archive.open(entry) as stream:
            data = stream.read(limit + 1)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, OSError, ValueError, EOFError) as error:
        walk.ignore(str(place), words.bad_archive(error))
        return None
    walk.count(len(data))
    if len(data) > limit:
        walk.ignore(str(place), words.entry_too_large(limit))
        return None
    return data


def _entry_name(entry: zipfile.ZipInfo) -> str:
    """The name of an entry; Windows in China writes it in GBK and says nothing about it."""
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
    """When the file was handed in, as an LMS writes it into its archive: local time, no zone."""
    try:
        local = datetime(*entry.date_time)
    except ValueError:
        return ""
    return local.astimezone().isoformat(sep=" ") if local.year > 1980 else ""


def _time_beside(file: Path) -> str:
    """The time in nbgrader's own layout; that of a file on disk is when it was downloaded."""
    beside = file.parent / TIMESTAMP
    if beside.is_symlink() or not beside.is_file():
        return ""
    return beside.read_bytes()[:100].decode("ascii", "replace").strip()


def _whose(files: Sequence[_File], assignment: str, walk: _Walk) -> Iterator[_Found]:
    """Tell from each path whose notebook it is."""
    common = os.path.commonpath([place.parent for place, _, _ in files]) if files else ""
    depth = len(PurePosixPath(common).parts)
    for place, data, time in files:
        student, stem = _student_and_stem(place, depth, assignment)
        if not is_plain_name(student) or len(student) > MAX_ID or not student.isprintable():
            walk.ignore(str(place), words.NO_STUDENT)
        else:
            yield _Found(str(place), student, stem, data, time)


def _student_and_stem(place: PurePosixPath, depth: int, assignment: str) -> tuple[str, str]:
    """The student's id (empty if there is none to be seen) and the notebook's own name."""
    stem = place.stem
    for part in place.parts[:-1]:
        if match := _MOODLE.fullmatch(part):
            return match["id"].strip(), stem
    if match := _MOODLE.fullmatch(stem) or _CANVAS.fullmatch(stem):
        return match["id"].strip(), match["file"] or ""
    folders = place.parts[:-1]
    for folder in (*folders[depth:], *reversed(folders[:depth])):
        if folder.lower() != assignment.lower():
            return folder.strip(), stem
    return ("", stem) if stem.lower() == assignment.lower() else (stem.strip(), assignment)


def _choose(notebooks: list[_Found], names: list[str], walk: _Walk) -> dict[str, _Found]:
    """One notebook a name: of that name, else the only one there can be; of several, the latest version."""

    def version(found: _Found) -> tuple[int, str, str]:
        copy = _COPY.search(found.stem)
        return int(copy[1][:9]) if copy else 0, found.time, found.place

    chosen: dict[str, _Found] = {}
    for name in names:
        own = [found for found in notebooks if _COPY.sub("", found.stem).lower() == name.lower()]
        candidates = own or (notebooks if len(names) == 1 else [])
        if candidates:
            chosen[name] = max(candidates, key=version)
    for found in notebooks:
        if not any(found is taken for taken in chosen.values()):
            walk.ignore(found.place, words.another_version(found.student))
    return chosen


def _write(course: Course, assignment: str, student: str, name: str, found: _Found) -> bool:
    """Put a notebook into the course; False if it was there already."""
    folder = course.submitted(student, assignment)
    target = folder / f"{name}.ipynb"
    if target.is_file() and not target.is_symlink() and target.read_bytes() == found.data:
        return False
    write_whole(target, found.data)
    if found.time:
        (folder / TIMESTAMP).write_text(found.time + "\n", encoding="utf-8")
    else:
        (folder / TIMESTAMP).unlink(missing_ok=True)
    return True
