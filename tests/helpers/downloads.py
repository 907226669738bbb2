"""Downloads of platforms, and what collecting them put into a course."""

import io
import zipfile
from pathlib import Path

from autograder.course.course import Course
from tests.helpers import small_course as small

NOTEBOOK = small.to_bytes(small.filled())


NOON = (2026, 3, 1, 12, 0, 0)


def make_zip(entries: dict[str, bytes], time: tuple[int, int, int, int, int, int] = NOON) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(zipfile.ZipInfo(name, time), data, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def save(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def submitted(course: Course) -> dict[str, bytes]:
    files = sorted((course.root / "submitted").rglob("*.ipynb"))
    return {path.relative_to(course.root / "submitted").as_posix(): path.read_bytes() for path in files}


def everything(course: Course) -> set[str]:
    return {path.name for path in (course.root / "submitted").rglob("*") if path.is_file()}
