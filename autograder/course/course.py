"""Find the course folder, where everything of a course lies, and the secret that its hidden tests are drawn from."""

import os
import re
import secrets
import stat
import tomllib
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from autograder.course import words
from autograder.course.own_settings import language_of
from autograder.course.settings import gradebook_url, is_server, refuse_other_places
from autograder.course.toolkit import labkit_folder
from autograder.errors import CourseError, SubmissionError
from autograder.language import ENGLISH, language

CONFIG_NAME = "nbgrader_config.py"
ENVIRONMENT_NAME = "AUTOGRADER_COURSE"
"""Environment variable that names the course folder for kernels, which run in a folder of their own."""

SECRET_BYTES = 32
SHARES_NAME = "shares.toml"
"""File of the course folder that says what known mistakes keep of their points, where not what the answer key says."""


@dataclass(frozen=True)
class Course:
    """A course folder with nbgrader's layout.

    Attributes:
        root: the absolute path of the folder that holds `nbgrader_config.py`.
    """

    root: Path

    @classmethod
    def at(cls, folder: Path | str) -> "Course":
        """Take the course in `folder` itself.

        Raises:
            CourseError: the folder holds no `nbgrader_config.py`, or one that puts things where they cannot be.
        """
        root = Path(folder).resolve()
        if not (root / CONFIG_NAME).is_file():
            raise CourseError(words.no_course(str(folder)))
        course = cls(root)
        refuse_other_places(root / CONFIG_NAME, course.gradebook)
        return course

    @classmethod
    def find(cls, start: Path | str | None = None) -> "Course":
        """Find the course around `start`; without it, the one that AUTOGRADER_COURSE names, else the one around here.

        Raises:
            CourseError: neither the folder nor one above it is a course.
        """
        named = os.environ.get(ENVIRONMENT_NAME)
        if start is None and named:
            return cls(Path(named).resolve())
        here = Path(start or ".").resolve()
        for folder in (here, *here.parents):
            if (folder / CONFIG_NAME).is_file():
                return cls(folder)
        raise CourseError(words.no_course(str(start or ".")))

    @property
    def gradebook(self) -> Path:
        """The file of nbgrader's database, where it is not on a server."""
        return self.root / "gradebook.db"

    @cached_property
    def gradebook_url(self) -> str:
        """The database as nbgrader names it."""
        return gradebook_url(self.root / CONFIG_NAME, self.gradebook)

    @property
    def has_server(self) -> bool:
        """Whether the database is on a server."""
        return is_server(self.gradebook_url)

    @cached_property
    def private(self) -> Path:
        """The tool's own folder: the secret and work in progress. Never in git, never in a sandbox."""
        return self.root / ".autograder"

    def source(self, assignment: str) -> Path:
        """The instructor's folder of an assignment."""
        return self.root / "source" / assignment

    def release(self, assignment: str, language: str = ENGLISH) -> Path:
        """The folder of what students get; that of another language lies in a folder of the language."""
        return self.root / "notebooks" / ("" if language == ENGLISH else language) / assignment

    def class_zip(self, assignment: str, language: str = ENGLISH) -> Path:
        """The archive that goes to the class."""
        return self.root / "dist" / f"{assignment}{'' if language == ENGLISH else '-' + language}.zip"

    def submitted(self, student: str, assignment: str) -> Path:
        """The folder of what a student handed in."""
        return self.root.joinpath("submitted", student, assignment)

    def refuse_link(self, folder: Path) -> None:
        """Refuse a submission folder that is, or lies in, a link: it may lead anywhere.

        Raises:
            SubmissionError: it is one.
        """
        for place in (folder.parent, folder):
            if os.path.islink(place):  # noqa: PTH114  # half the time, for each student of a class
                raise SubmissionError(words.folder_is_link(place.relative_to(self.root).as_posix()))

    def autograded(self, student: str, assignment: str) -> Path:
        """The folder of a student's graded notebook."""
        return self.root.joinpath("autograded", student, assignment)

    def feedback(self, student: str, assignment: str) -> Path:
        """The folder of what goes back to a student."""
        return self.root.joinpath("feedback", student, assignment)

    def reports(self) -> Path:
        """The folder of the pages for instructors."""
        return self.root / "reports"

    def assignments(self) -> list[str]:
        """List the assignments that have a source notebook, in order."""
        return sorted({path.parent.name for path in (self.root / "source").glob("*/*.ipynb")})

    def notebooks(self, assignment: str) -> list[Path]:
        """List the source notebooks of an assignment, in order. Our own have one, of the assignment's name.

        Raises:
            CourseError: there is no such assignment.
        """
        notebooks = sorted(self.source(assignment).glob("*.ipynb")) if is_plain_name(assignment) else []
        if not notebooks:
            raise CourseError(words.no_assignment(assignment, self.assignments()))
        return notebooks

    def students(self, assignment: str) -> list[str]:
        """List the ids of the students who have a submission folder for an assignment, in order.

        A folder that this machine cannot look into counts: what reads it says what is wrong.

        Raises:
            CourseError: `submitted/` cannot be read.
        """
        folder = self.root / "submitted"
        try:
            names = os.listdir(folder)  # noqa: PTH208
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise CourseError(words.folder_not_read(str(folder), error.strerror or "")) from None
        return sorted(name for name in names if is_plain_name(name) and _may_be_folder(f"{folder}/{name}/{assignment}"))

    @property
    def secret_file(self) -> Path:
        """The file that holds the course secret."""
        return self.private / "secret"

    def secret(self) -> bytes:
        """Read the course secret: 32 random bytes, made once. Hidden tests draw their numbers from it.

        Two processes that ask at once get the same bytes: the file is written aside and then linked into place, which
        succeeds only once.

        Raises:
            CourseError: the file is there and holds something else.
        """
        path = self.secret_file
        if not path.exists():
            self.private.mkdir(mode=0o700, exist_ok=True)
            draft = path.with_name(f"secret-{secrets.token_hex(8)}")
            with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="ascii") as file:
                file.write(secrets.token_hex(SECRET_BYTES) + "\n")
            with suppress(FileExistsError):
                os.link(draft, path)
            draft.unlink()
        return read_secret(path)

    def shares(self) -> dict[str, dict[str, float]]:
        """Read the course's own shares of points for known mistakes: mistake → criterion → share; none without a file.

        Raises:
            CourseError: the file cannot be read, or holds something else.
        """
        path = self.root / SHARES_NAME
        if not path.exists():
            return {}
        try:
            tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except (OSError, ValueError) as error:
            raise CourseError(words.bad_shares_file(str(path), str(error))) from error
        for mistake, table in tables.items():
            if not isinstance(table, dict):
                raise CourseError(words.no_share_table(str(path), mistake))
            for criterion, share in table.items():
                if isinstance(share, bool) or not isinstance(share, int | float):
                    raise CourseError(words.no_share(str(path), mistake, criterion))
        return tables

    def inputs(self, assignment: str) -> Iterator[Path]:
        """Yield the files beside the source notebooks, which a student's notebook may read."""
        folder = self.source(assignment)
        for path in sorted(folder.rglob("*")):
            hidden = any(part.startswith((".", "__")) for part in path.relative_to(folder).parts)
            if path.is_file() and path.suffix != ".ipynb" and not hidden:
                yield path

    def dataset(self, name: str) -> Path:
        """Find a data file in `datasets/` of the course, else beside labkit.

        Raises:
            CourseError: it is in neither place.
        """
        return self._own_or_ours(f"datasets/{name}", words.no_dataset(name))

    def language(self) -> str:
        """Return the language of the pages for instructors, and for students of whom nothing could be read.

        It is the course's (`c.Autograder.language`), else that of the terminal.

        Raises:
            CourseError: there is no such language.
        """
        return language_of(self.root / CONFIG_NAME) or language()

    def student_page(self, language: str = ENGLISH) -> Path:
        """Find the page for students, which the class zip holds as its README, in the course, else beside labkit.

        Raises:
            CourseError: it is in neither place.
        """
        name = "docs/student.md" if language == ENGLISH else f"docs/{language}/student.md"
        return self._own_or_ours(name, words.no_student_page(name))

    def _own_or_ours(self, name: str, missing: str) -> Path:
        for folder in (self.root, labkit_folder().parent):
            path = folder / name
            if path.is_file():
                return path
        raise CourseError(missing)


def _may_be_folder(path: str) -> bool:
    try:
        return stat.S_ISDIR(os.stat(path).st_mode)  # noqa: PTH116
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True


def read_secret(path: Path) -> bytes:
    """Read a file that holds a course secret.

    Raises:
        CourseError: it holds something else.
    """
    try:
        value = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError:
        value = b""
    if len(value) != SECRET_BYTES:
        raise CourseError(words.bad_secret(str(path)))
    return value


_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in "123456789¹²³")}
"""What Windows takes for devices, whatever stands behind a full stop."""
_NOT_PLAIN = re.compile(r'^\.|[/\\:*?\[\]<>|"\0]|[. ]\Z|^\Z')


def is_plain_name(name: str) -> bool:
    """Tell whether a name can be one folder of a path and a pattern that matches itself only."""
    return not _NOT_PLAIN.search(name) and name.split(".")[0].strip().casefold() not in _DEVICES


def folder_key(name: str) -> str:
    """Return what Windows and macOS tell folders apart by: neither case nor how an accent is written."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
