"""A made-up class of forty as each platform would hand it out: its download, its lists of people, and what is right.

Names are odd and hostile; students hand in late, twice, in zips, broken, something else, nothing; files are named after
other students.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import yaml

from tests.helpers import small_course as small
from tests.helpers.downloads import make_zip

NAMES = """
    Ada Example|Bo Sample|Jürgen Böhm|Zoe\u0301 O'Neil-Smith|三 张|四 李|Li Wei|Anna Maria de la Cruz|van der Berg Jan|Ada-Lou X
    Quote "Q" Quentin|a_b under_score|Mal =1+1|Robert'); DROP|Пётр Иванов|محمد علي|Σωκράτης Π|Ngọc Nguyễn|İlker Şahin|Ô Ô
    Max (Maxi) Moritz|Late Late|File Submission|Attempt Attempt|Version Two|Numbers Numbers|Test Untitled|Nul Con|Ann Ox|Annie Ox
    Xu X|Yi Y|D'Arcy M|Jean-Luc P|Mary Ann L|Su Kim|Bob Bob|Eve Mallory|Zed Zed|Last Last
""".strip()  # noqa: E501

START = datetime(2026, 3, 1, 10, 0, 0)


@dataclass(frozen=True)
class Student:
    """A student of the made-up class, with all that platforms call them."""

    index: int
    first: str
    last: str

    @property
    def number(self) -> str:
        return f"00250{self.index:05}"

    @property
    def login(self) -> str:
        return f"u-{self.index}x"

    @property
    def email(self) -> str:
        return f"{self.login}@example.org"

    @property
    def canvas(self) -> int:
        return 1000 + self.index

    @property
    def moodle(self) -> int:
        return 70 + self.index

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"

    @property
    def group(self) -> str:
        return f"Team {self.index // 4}"


@dataclass(frozen=True)
class Attempt:
    """What was handed in at once."""

    time: datetime
    files: dict[str, bytes]
    late: bool = False


def work(student: Student, attempt: int = 0) -> bytes:
    """A notebook with work in it, of nobody else."""
    notebook = small.filled()
    small.cell(notebook, "conclusions")["source"] = f"Words of {student.number}, {attempt}."
    return small.to_bytes(notebook)


@dataclass(frozen=True)
class Made:
    """A made-up class: what each student handed in, and what of it counts."""

    attempts: dict[Student, list[Attempt]]
    counts: dict[str, tuple[bytes, datetime]]
    """Of each student number with a usable notebook, the notebook and its time."""
    useless: list[str]
    nothing: list[str]


def make_class() -> Made:
    """Make the class, the same each time."""
    names = [name.strip().rpartition(" ") for line in NAMES.splitlines() for name in line.split("|")]
    students = [Student(index, first, last) for index, (first, _, last) in enumerate(names)]
    made = Made({}, {}, [], [])
    for student in students:
        other = students[(student.index + 1) % len(students)]
        time = START + timedelta(minutes=2 * student.index)
        data, kind = work(student), student.index % 10
        counts: tuple[bytes, datetime] | None = (data, time)
        attempts = [Attempt(time, {"numbers.ipynb": data})]
        if kind == 1:
            attempts = [Attempt(time, {"numbers.ipynb": data}, late=True)]
        elif kind == 2:
            attempts.append(Attempt(time + timedelta(days=1), {"numbers.ipynb": work(student, 2)}))
            counts = work(student, 2), time + timedelta(days=1)
        elif kind == 3:
            attempts = [Attempt(time, {"hw.zip": make_zip({f"{other.number}/x.ipynb": data}, (2020, 1, 1, 0, 0, 0))})]
        elif kind == 4:
            attempts = [Attempt(time, {"numbers.ipynb": b"{", "my work (1).ipynb.json": data})]
        elif kind == 5:
            attempts, counts = [Attempt(time, {"report.pdf": b"%PDF"})], None
            made.useless.append(student.number)
        elif kind == 6:
            attempts, counts = [], None
            made.nothing.append(student.number)
        elif kind == 7:
            attempts = [Attempt(time, {f"x_{other.canvas}_5_numbers-9.ipynb": data})]
        made.attempts[student] = attempts
        if counts:
            made.counts[student.number] = counts
    return made


Entries = Iterator[tuple[str, bytes, datetime]]
"""Path, content and date of the files in a download."""


def moodle(made: Made, form: str = "{name}_{number}_assignsubmission_file/{file}", name: str = "") -> Entries:
    for student, attempts in made.attempts.items():
        for file, data in attempts[-1].files.items() if attempts else ():
            shown = name or student.name.replace("_", " ")
            yield form.format(name=shown, number=student.moodle, file=file), data, attempts[-1].time


def moodle_teams(made: Made) -> Entries:
    """A team's file is the first member's."""
    for student, attempts in made.attempts.items():
        if student.index % 4 == 0:
            for file, data in attempts[-1].files.items() if attempts else ():
                yield f"{student.group}_{17 + student.index}_assignsubmission_file/{file}", data, attempts[-1].time


def canvas(made: Made) -> Entries:
    for student, attempts in made.attempts.items():
        shown = re.sub(r"\W", "", f"{student.last}{student.first}".lower())
        for file, data in attempts[-1].files.items() if attempts else ():
            late = "_LATE" if attempts[-1].late else ""
            stem, dot, ending = file.partition(".")
            again = f"-{len(attempts) - 1}" if len(attempts) > 1 else ""
            yield f"{shown}{late}_{student.canvas}_9{student.index}_{stem}{again}{dot}{ending}", data, attempts[-1].time


def blackboard(made: Made) -> Entries:
    for student, attempts in made.attempts.items():
        for attempt in attempts:
            start = f"Lab_1 a_{student.login}_attempt_{attempt.time:%Y-%m-%d-%H-%M-%S}"
            yield f"{start}.txt", f"Name: {student.name} ({student.login})".encode(), START
            for file, data in attempt.files.items():
                yield f"{start}_{file}", data, START


def brightspace(made: Made) -> Entries:
    yield "index.html", b"<html>", START
    for student, attempts in made.attempts.items():
        for place, attempt in enumerate(attempts):
            date = f"{attempt.time:%b} {attempt.time.day}, {attempt.time:%Y %I%M %p}"
            for file, data in attempt.files.items():
                yield f"{39 + place}{student.index}-2557 - {student.name} - {date}/{file}", data, START


def gradescope(made: Made) -> Entries:
    listed = {}
    for student, attempts in made.attempts.items():
        if attempts:
            person = {":name": student.name, ":sid": student.number, ":email": student.email}
            created = f"{attempts[-1].time:%Y-%m-%d %H:%M:%S.345} Z"
            listed[f"submission_{student.index}"] = {
                ":submitters": [person], ":created_at": created, ":score": None, ":history": [],
            }  # fmt: skip
            for file, data in attempts[-1].files.items():
                yield f"assignment_9100_export/submission_{student.index}/{file}", data, START
    text = yaml.safe_dump(listed, allow_unicode=True).replace("':", ":").replace("':", ":")
    yield "assignment_9100_export/submission_metadata.yml", re.sub(r"(:\w+)':", r"\1:", text).encode(), START


def sakai(made: Made, form: str = "{name}({login})/Submission attachment(s)/{file}") -> Entries:
    yield "Lab 1/grades.csv", b"", START
    for student, attempts in made.attempts.items():
        name = f"{student.last}, {student.first}"
        for file, data in attempts[-1].files.items() if attempts else ():
            yield f"Lab 1/{form.format(name=name, login=student.login, file=file)}", data, attempts[-1].time
        if attempts and "/" in form:
            stamp = f"{attempts[-1].time:%Y%m%d%H%M%S}000".encode()
            yield f"Lab 1/{name}({student.login})/timestamp.txt", stamp, START
            yield f"Lab 1/{name}({student.login})/comments.txt", b"", START


def teams(made: Made) -> Entries:
    for student, attempts in made.attempts.items():
        top = "Class 1A - Student Work"
        yield f"{top}/Working files/{student.name}/Lab 1/numbers.ipynb", work(student, 99), START
        for version, attempt in enumerate(attempts, 9):
            for file, data in attempt.files.items():
                path = f"{top}/Submitted files/{student.name}/Lab 1/Version {version}/{file}"
                yield path, data, attempt.time


def github(made: Made) -> Entries:
    for student, attempts in made.attempts.items():
        for file, data in attempts[-1].files.items() if attempts else ():
            yield f"lab-1-submissions/lab-1-{student.login.upper()}/{file}", data, attempts[-1].time


def chaoxing(made: Made, form: str = "{number}-{name}") -> Entries:
    for student, attempts in made.attempts.items():
        if attempts:
            files = {f"作业/{file}": data for file, data in attempts[-1].files.items()}
            name = form.format(number=student.number, name=student.name)
            yield f"{name}.zip", make_zip(files, (2020, 1, 1, 0, 0, 0)), attempts[-1].time


def folders(made: Made, by: Callable[[Student], str] = lambda student: student.number) -> Entries:
    for student, attempts in made.attempts.items():
        for file, data in attempts[-1].files.items() if attempts else ():
            yield f"class/{by(student)}/{file}", data, attempts[-1].time


def nbgrader(made: Made) -> Entries:
    for student, attempts in made.attempts.items():
        for file, data in attempts[-1].files.items() if attempts else ():
            yield f"submitted/{student.number}/numbers/{file}", data, START
        if attempts:
            stamp = f"{attempts[-1].time:%Y-%m-%d %H:%M:%S} UTC".encode()
            yield f"submitted/{student.number}/numbers/timestamp.txt", stamp, START


def people(made: Made, *columns: str, rows: Callable[[Student], tuple[object, ...]]) -> bytes:
    """Write a list of the class as csv."""
    lines = [columns, *(rows(student) for student in made.attempts)]
    quoted = (",".join('"' + str(cell).replace('"', '""') + '"' for cell in line) for line in lines)
    return ("\n".join(quoted) + "\n").encode()


def own_list(made: Made) -> bytes:
    """All that our own columns hold; the number is Canvas's."""
    return people(
        made, "student_id", "lms_id", "username", "first_name", "last_name", "email", "section",
        rows=lambda one: (one.number, one.canvas, one.login, one.first, one.last, one.email, one.group),
    )  # fmt: skip


def worksheet(made: Made) -> bytes:
    """Moodle's list of an assignment."""
    return people(
        made, "Identifier", "Full name", "Email address", "Grade",
        rows=lambda one: (f"Participant {one.moodle}", one.name, one.email, ""),
    )  # fmt: skip


def as_zip(entries: Entries) -> bytes:
    """Pack a download as a platform does: each file with its date."""
    import io
    import zipfile

    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data, time in entries:
            moment = (time.year, time.month, time.day, time.hour, time.minute, time.second)
            archive.writestr(zipfile.ZipInfo(name, moment), data, zipfile.ZIP_DEFLATED)
    return file.getvalue()
