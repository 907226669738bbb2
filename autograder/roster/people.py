"""Read what a list says of each person, and refuse a list that does not say it clearly."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple
from unicodedata import normalize

from autograder.course.course import folder_key
from autograder.course.ids import as_id, is_usable
from autograder.course.roster import Identity, parted, without_overrides
from autograder.errors import CourseError
from autograder.roster import words
from autograder.roster.columns import Field, Header, find_header, plain
from autograder.roster.tables import Rows, read_tables

_EMPTY = {"", "-", "–", "—", "n/a", "none", "null", "nan", "无", "暂无"}
"""What stands in a cell that says nothing."""

_NOBODY = {"points possible", "muted", "manual posting", "student, test", "test student"}
"""Who is no student: rows with settings, and the student that Canvas makes for a teacher to try."""

_FOOT = re.compile(r"(?:合计|总计|小计|平均|人数|共|制表|打印|签|备注|说明|(?:total|sum|average|mean|count)\b|[^:]+:)")
"""How rows below a list begin: sums, remarks, signatures."""

_STAFF = re.compile(
    r"teach|instruct|\bta\b|assistant|manager|reader|grader|lehr|tutor|trainer|enseign|profes|docente|doc[eè]n"
    r"|教师|老师|助教|преподав|教員|교사|öğretmen"
)
"""The words in a role for who is no student."""

_LOST_DIGITS = re.compile(r"\d([.,]\d+)?e\+?\d+", re.IGNORECASE)
"""What a spreadsheet makes of a long number."""

_OWN_NUMBER = re.compile(r"(?P<word>[^\W\d][^\d]*?)\s*(?P<number>\d+)")
"""Moodle's name for a person in an assignment: "Participant 1234", in the language of the site."""


class Listed(NamedTuple):
    """What a list says of a person; empty where it says nothing.

    Attributes:
        row: the row in the file, from 1.
        id: what is taken for the student's id where the course does not know the person.
        identity: what names the person; `lms_id` may hold for an assignment only.
        first_name: empty if the list does not part names.
        last_name: the rest of the name.
        section: the group or section.
    """

    row: int
    id: str
    identity: Identity
    first_name: str
    last_name: str
    section: str


class Listing(NamedTuple):
    """A list of people.

    Attributes:
        people: the students.
        header: the header that was recognised.
        id_column: the title of the column from which ids are taken.
        per_assignment: whether the platform's numbers hold for an assignment only.
        staff: how many rows are of people who are no students.
        table: its place among what the file can be read as: which sheet of a spreadsheet.
    """

    people: list[Listed]
    header: Header
    id_column: str
    per_assignment: bool
    staff: int
    table: int


def read_people(path: Path) -> Listing:
    """Read a list of people.

    Raises:
        CourseError: it cannot be read, has no header that is known, or does not say clearly who is who.
    """
    tables = [(header, rows, table) for table, rows in enumerate(read_tables(path)) if (header := find_header(rows))]
    if not tables:
        raise CourseError(words.no_header(str(path)))
    most = max(len(header.columns) for header, *_ in tables)
    best = [one for one in tables if len(one[0].columns) == most]
    if len(best) > 1:
        raise CourseError(words.several_lists(str(path)))
    header, rows, table = best[0]
    for field, places in header.columns.items():
        if field != "section" and len({tuple(_cell(row, place) for row in rows) for place in places}) > 1:
            raise CourseError(words.column_twice(str(path), header.titles[places[0]], header.titles[places[-1]]))
    return _Reader(path, header, table).read(rows)


class _Reader:
    """Reads the rows of one list."""

    def __init__(self, path: Path, header: Header, table: int) -> None:
        self._path, self._header, self._table, self._staff = str(path), header, table, 0

    def read(self, rows: Rows) -> Listing:
        """Read the rows below the header."""
        below = enumerate(rows[self._header.row + 1 :], self._header.row + 2)
        people = {number: values for number, row in below if (values := self._values(row))}
        per_assignment = self._take_own_numbers(people.values())
        self._refuse_lost_digits(people)
        if not people:
            raise CourseError(words.nobody(self._path, self._header.row + 1))
        ids, column = self._ids(people, per_assignment)
        listed = [
            Listed(
                number,
                ids[number],
                Identity(
                    values["lms_id"],
                    as_id(values["student"]),
                    values["login"],
                    values["email"],
                    " ".join(filter(None, (values["first_name"], values["last_name"]))),
                ),
                values["first_name"],
                values["last_name"],
                values["section"],
            )
            for number, values in people.items()
        ]
        return Listing(self._once(listed), self._header, column, per_assignment, self._staff, self._table)

    def _values(self, row: list[str]) -> dict[Field, str] | None:
        """Read a row; None if it is not a student's."""
        values: dict[Field, str] = dict.fromkeys(_FIELDS, "")
        for field, places in self._header.columns.items():
            cells = [_clean(_cell(row, place)) for place in places]
            values[field] = ", ".join(dict.fromkeys(filter(None, cells))) if field == "section" else cells[0]
        cells = [_cell(row, place) for place in range(len(self._header.titles))]
        repeated = [cell.strip() for cell in cells] == self._header.titles
        said = [values[field] for field in _FIELDS if field not in ("section", "role")]
        if repeated or not any(said) or any(text.casefold() in _NOBODY for text in said):
            return None
        if values["name"]:
            values["first_name"], values["last_name"] = parted(values["name"])
        if sum(map(bool, said)) < 2 and any(_FOOT.match(plain(cell)) for cell in row):
            return None
        if _STAFF.search(values["role"].casefold()):
            self._staff += 1
            return None
        for field in ("student", "login", "lms_id"):
            values[field] = values[field].removeprefix("#").strip()
        return values

    def _take_own_numbers(self, people: Iterable[dict[Field, str]]) -> bool:
        """Take the numbers out of Moodle's names for people; tell whether the list has them."""
        people = list(people)
        matches = [_OWN_NUMBER.fullmatch(values["lms_id"]) for values in people]
        prefixes = {match["word"] for match in matches if match}
        if not people or not all(matches) or len(prefixes) != 1:
            return False
        for values, match in zip(people, matches, strict=True):
            values["lms_id"] = match["number"] if match else ""
        return True

    def _refuse_lost_digits(self, people: dict[int, dict[Field, str]]) -> None:
        for number, values in people.items():
            for field in ("student", "lms_id", "login"):
                if _LOST_DIGITS.fullmatch(values[field]):
                    raise CourseError(words.lost_digits(self._path, number, values[field]))

    def _ids(self, people: dict[int, dict[Field, str]], per_assignment: bool) -> tuple[dict[int, str], str]:
        """Choose the column of ids: the first that is filled in for everybody."""
        for field in _ID_FIELDS:
            if field not in self._header.columns and not (field == "last_name" and "name" in self._header.columns):
                continue
            if field == "lms_id" and per_assignment:
                continue
            raw = {number: _raw_id(values, field) for number, values in people.items()}
            missing = [number for number, text in raw.items() if not text]
            title = self._header.titles[self._header.columns.get(field, self._header.columns.get("name", [0]))[0]]
            if field == "student" and 0 < 2 * len(missing) < len(people):
                raise CourseError(words.no_id(self._path, missing[0], title))
            if not missing:
                return {number: self._id(number, text) for number, text in raw.items()}, title
        raise CourseError(words.no_ids(self._path))

    def _id(self, number: int, text: str) -> str:
        id = as_id(text)
        if not is_usable(id):
            raise CourseError(words.unusable_id(self._path, number, text))
        return id

    def _once(self, listed: list[Listed]) -> list[Listed]:
        """Join rows that differ in their section only, and refuse two people of one id, number, login or address."""
        persons: dict[tuple[object, ...], Listed] = {}
        for one in listed:
            person = one._replace(row=0, section="")
            before = persons.get(person)
            sections = ", ".join(dict.fromkeys(filter(None, (before.section if before else "", one.section))))
            persons[person] = (before or one)._replace(section=sections)
        people = list(persons.values())
        keys: list[Callable[[Listed], str]] = [
            lambda one: folder_key(one.id),
            lambda one: one.identity.lms_id,
            lambda one: folder_key(one.identity.login),
            lambda one: folder_key(one.identity.email),
        ]
        for key_of in keys:
            counts = Counter(key_of(one) for one in people)
            for first in people:
                if (key := key_of(first)) and counts[key] > 1:
                    second = next(one for one in people if one is not first and key_of(one) == key)
                    raise CourseError(words.same_id(self._path, key, first.row, second.row))
        return people


_FIELDS: tuple[Field, ...] = (
    "student", "lms_id", "login", "email", "name", "first_name", "last_name", "section", "role",
)  # fmt: skip
_ID_FIELDS: tuple[Field, ...] = ("student", "login", "email", "lms_id", "last_name")
"""From which column ids are taken, the best first."""


def _raw_id(values: dict[Field, str], field: Field) -> str:
    if field == "last_name":
        return " ".join(filter(None, (values["first_name"], values["last_name"])))
    return values[field]


def _cell(row: list[str], place: int) -> str:
    return row[place] if place < len(row) else ""


def _clean(cell: str) -> str:
    """Take away what keeps a spreadsheet from reading a number, and signs that nobody sees."""
    text = without_overrides(normalize("NFC", cell)).strip(" \t\r\n\xa0\u3000\ufeff\u200b")
    if text.startswith('="') and text.endswith('"'):
        text = text[2:-1]
    text = text.removeprefix("'").strip()
    return "" if text.casefold() in _EMPTY else " ".join(text.split())
