"""Pack feedback pages under the names that a platform's download had: it gives each page to whom the file was from.

To add a platform, write how it calls a student's page and list it in ZIPS.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from autograder.course.course import Course
from autograder.course.downloads import Downloaded, downloaded
from autograder.course.roster import Person, Roster
from autograder.errors import CourseError
from autograder.files import deflate, write_whole
from autograder.pages import words
from autograder.spread import cores

_DATE = (1980, 1, 1, 0, 0, 0)
"""The date of all entries, so that the same pages give the same bytes."""
_ATTRIBUTES = 0o600 << 16
_AT_A_TIME = 8
"""Pages that are packed ahead for each core."""
_LONG = 10_000
"""Bytes of a picture that is compressed apart."""
_LEAST_WBITS = 9
"""The smallest window that zlib has: 512 bytes."""


@dataclass(frozen=True)
class FeedbackZip:
    """A zip that was written.

    Attributes:
        path: the zip.
        pages: how many pages are in it.
        missing: the students whose pages have no name in it.
    """

    path: Path
    pages: int
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Addressee:
    """A student, and what is known of how platforms call them.

    Attributes:
        student: the id.
        person: what the roster knows.
        names: what the download called their files; None if it is not known.
        of_download: whether ids were taken from the download, for want of a roster and of names that were kept.
    """

    student: str
    person: Person
    names: Downloaded | None
    of_download: bool


_MOODLE = re.compile(r"(?P<name>.*?)_(?P<number>\d+)_assignsubmission_file(?:_|$)")
_CANVAS = re.compile(r"(?P<head>.+?_\d+_\d+)_.+", re.DOTALL)


def _moodle(to: Addressee, assignment: str, page: str) -> str:
    """Name a page as Moodle takes it: `NAME_NUMBER_assignsubmission_file/PAGE`, with the number of the person.

    A team's download has the number of the group, which Moodle does not take back: the worksheet has the persons'.
    """
    match = _MOODLE.match(to.names.name) if to.names and to.names.layout == "moodle" else None
    number = to.person.lms_ids.get(assignment, "") or (match["number"] if match else "")
    if not number and to.of_download and to.student.isdecimal():
        number = to.student
    name = match["name"] if match else to.person.name or to.student
    plain = re.sub(r"[_/\\:]", " ", name).strip(" .~") or to.student
    return f"{plain}_{number}_assignsubmission_file/{page}" if number else ""


def _canvas(to: Addressee, assignment: str, page: str) -> str:
    """Name a page as Canvas's download named the file: `NAME_USER_ATTACHMENT_PAGE`."""
    match = _CANVAS.fullmatch(to.names.name) if to.names and to.names.layout == "canvas" else None
    return f"{match['head']}_{page}" if match else ""


ZIPS: dict[str, Callable[[Addressee, str, str], str]] = {"moodle": _moodle, "canvas": _canvas}
"""Platform → the name of a page, from addressee, assignment and the page's own name; empty where there is none."""


def write_feedback_zip(
    course: Course, assignment: str, pages: Mapping[str, tuple[Path, ...]], platform: str
) -> FeedbackZip:
    """Write `exports/ASSIGNMENT-feedback-PLATFORM.zip`, whole or not at all.

    Args:
        course: the course.
        assignment: name of the assignment.
        pages: student → pages.
        platform: one of ZIPS.

    Raises:
        CourseError: no page has a name, what is kept of downloads is damaged, or the zip cannot be written.
    """
    people, names = Roster.read(course).people, downloaded(course, assignment)
    places: dict[str, list[tuple[str, Path]]] = {}
    for student, own in pages.items():
        to = Addressee(
            student, people.get(student, Person(student)), names.get(student), not names and student not in people
        )
        named = [(ZIPS[platform](to, assignment, page.name), page) for page in own]
        places[student] = [(name, page) for name, page in named if name]
    owners = Counter(name for own in places.values() for name, _ in own)
    shared = {student for student, own in places.items() if any(owners[name] > 1 for name, _ in own)}
    missing = tuple(sorted(student for student, own in places.items() if not own or student in shared))
    entries = sorted(entry for student, own in places.items() if student not in missing for entry in own)
    if not entries:
        raise CourseError(words.no_names_for_zip(assignment, platform))
    target = course.root / "exports" / f"{assignment}-feedback-{platform}.zip"
    draft = target.with_name(f".{target.name}")
    try:
        write_whole(draft, b"")
        with zipfile.ZipFile(draft, "w") as archive:
            for info, packed in _packed_pages(entries):
                _add(archive, info, packed)
        draft.replace(target)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise CourseError(words.not_written(str(target), error.strerror or "")) from None
    return FeedbackZip(target, len(entries), missing)


def _packed_pages(entries: Sequence[tuple[str, Path]]) -> Iterator[tuple[zipfile.ZipInfo, bytes]]:
    """Pack pages on all cores: compressing lets other threads run meanwhile."""
    step = _AT_A_TIME * cores()
    with ThreadPoolExecutor(cores()) as pool:
        for start in range(0, len(entries), step):
            yield from pool.map(_packed, entries[start : start + step])


def _packed(entry: tuple[str, Path]) -> tuple[zipfile.ZipInfo, bytes]:
    name, path = entry
    page = path.read_bytes()
    info = zipfile.ZipInfo(name, _DATE)
    info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, _ATTRIBUTES
    packed = _deflated(page)
    info.CRC, info.file_size, info.compress_size = deflate.crc32(page), len(page), len(packed)
    return info, packed


def _deflated(page: bytes) -> bytes:
    """Compress a page, its long pictures apart: hardly anything is twice in base64, so nothing is looked for far back.

    A full flush parts the pieces: none refers to another, so that they are one stream together.
    """
    text, picture = (deflate.compressobj(1, zlib.DEFLATED, -bits) for bits in (zlib.MAX_WBITS, _LEAST_WBITS))
    parts: list[bytes] = []
    done = end = 0
    while (begin := page.find(b"base64,", end)) >= 0 and (end := page.find(b'"', begin)) >= 0:
        if end - begin >= _LONG:
            for stream, piece in ((text, page[done:begin]), (picture, page[begin:end])):
                parts += (stream.compress(piece), stream.flush(zlib.Z_FULL_FLUSH))
            done = end
    return b"".join((*parts, text.compress(page[done:]), text.flush()))


def _add(archive: zipfile.ZipFile, info: zipfile.ZipInfo, packed: bytes) -> None:
    """Add a file that is compressed already; `ZipFile` itself takes only those that are not."""
    assert archive.fp
    info.header_offset = archive.start_dir
    archive.fp.seek(archive.start_dir)
    archive.fp.write(info.FileHeader() + packed)
    archive.start_dir = archive.fp.tell()
    archive.filelist.append(info)
    archive.NameToInfo[info.filename] = info
