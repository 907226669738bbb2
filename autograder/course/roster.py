"""Know the people of a course by what platforms call them: `.autograder/roster.json`, filled by `autograder roster`."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import NamedTuple
from unicodedata import normalize

from autograder.course import words
from autograder.course.course import Course, folder_key
from autograder.errors import CourseError
from autograder.files import write_whole


class Identity(NamedTuple):
    """What a platform says of a person; empty where it says nothing. From the surest to the least sure.

    Attributes:
        lms_id: the platform's own number of the person.
        student: the student number, or whatever is the student's id here.
        login: the name with which the person signs in.
        email: the address.
        name: first and last name, in any order.
    """

    lms_id: str = ""
    student: str = ""
    login: str = ""
    email: str = ""
    name: str = ""


@dataclass(frozen=True)
class Person:
    """A student of the course.

    Attributes:
        student: the id, which names the student's folders.
        first_name: empty if the list does not part names.
        last_name: the rest of the name.
        email: the address.
        section: the group or section.
        logins: the names with which the student signs in, on all platforms.
        lms_id: the number on a platform where it is the same for the whole course.
        lms_ids: the numbers that hold for an assignment only, by its name, as on Moodle.
    """

    student: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    section: str = ""
    logins: tuple[str, ...] = ()
    lms_id: str = ""
    lms_ids: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """First and last name."""
        return " ".join(part for part in (self.first_name, self.last_name) if part)

    def is_called(self, name: str) -> bool:
        """Tell whether a name is this person's, in whatever order its parts stand."""
        return bool(name_keys(name) & {*_names(self, "name", "")})


class Roster:
    """The people of a course.

    Attributes:
        people: the students by id.
    """

    def __init__(self, people: Iterable[Person] = ()) -> None:
        self.people = {person.student: person for person in people}
        self._indexes: dict[tuple[str, str], dict[str, set[str]]] = {}

    @classmethod
    def read(cls, course: Course) -> "Roster":
        """Read the roster of a course; it is empty if there is none.

        Raises:
            CourseError: the file is damaged.
        """
        path = roster_file(course)
        try:
            rows = json.loads(path.read_bytes())
            return cls(Person(**{**row, "logins": tuple(row["logins"])}) for row in rows)
        except FileNotFoundError:
            return cls()
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CourseError(words.bad_roster(str(path), str(error))) from error

    def write(self, course: Course) -> None:
        """Write the roster, a line a student.

        Raises:
            CourseError: the file cannot be written.
        """
        path = roster_file(course)
        lines = [json.dumps(asdict(person), ensure_ascii=False) for _, person in sorted(self.people.items())]
        try:
            course.private.mkdir(mode=0o700, exist_ok=True)
            write_whole(path, ("[\n" + ",\n".join(lines) + "\n]\n").encode())
        except OSError as error:
            raise CourseError(words.roster_not_written(str(path), str(error))) from error

    def find(self, identity: Identity, assignment: str = "") -> list[str]:
        """Tell who a person can be: nobody, a student, or several if what is said does not fit together.

        A name counts only where the roster holds nothing surer to look for: people choose and share their names.

        Args:
            identity: what a platform says of the person.
            assignment: the assignment for which the platform's number may have been made.
        """
        sure = {kind: said for kind in _SURE if (said := getattr(identity, kind))}
        known = {kind: self._index(kind, assignment) for kind in sure}
        if known.get("lms_id"):
            return sorted(known["lms_id"].get(identity.lms_id, ()))
        found = {student for kind in sure for student in known[kind].get(_key(kind, sure[kind]), ())}
        names_only = not any(known[kind] for kind, said in sure.items() if said != identity.name)
        if not found and names_only and identity.name:
            index = self._index("name", assignment)
            found = {student for key in name_keys(identity.name) for student in index.get(key, ())}
        return sorted(found)

    def _index(self, kind: str, assignment: str) -> dict[str, set[str]]:
        """Index the people by what one kind of name calls them."""
        index = self._indexes.get((kind, assignment))
        if index is None:
            index = self._indexes[kind, assignment] = {}
            for person in self.people.values():
                for name in _names(person, kind, assignment):
                    index.setdefault(_key(kind, name), set()).add(person.student)
        return index


def roster_file(course: Course) -> Path:
    """Name the file of the roster."""
    return course.private / "roster.json"


_SURE = ("lms_id", "student", "login", "email")
"""The kinds of names that a person cannot choose."""


_OVERRIDES = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""The signs that turn round the direction of all that follows."""


def without_overrides(name: str) -> str:
    """Take the signs out of a name that would turn round what stands behind it, in a terminal and on a page."""
    return name.translate(_OVERRIDES)


def squash(name: str) -> str:
    """Reduce a name to what is the same however it is written: letters and digits of one case."""
    return "".join(sign for sign in normalize("NFKC", name).casefold() if sign.isalnum())


def name_keys(name: str) -> set[str]:
    """Return what a name is looked up by: as it stands, and with its words in order."""
    words = sorted(filter(None, map(squash, name.replace(",", " ").split())))
    return {squash(name), " ".join(words)} - {""}


def parted(name: str) -> tuple[str, str]:
    """Part a whole name into first and last: at the comma, else at the last blank; Chinese names are not parted."""
    last, comma, first = name.partition(",")
    if comma:
        return first.strip(), last.strip()
    first, _, last = name.rpartition(" ")
    return first, last


def _key(kind: str, name: str) -> str:
    return name if kind in ("lms_id", "name") else folder_key(name)


def _names(person: Person, kind: str, assignment: str) -> Iterator[str]:
    if kind == "lms_id":
        yield from filter(None, (person.lms_ids.get(assignment, ""), person.lms_id))
    elif kind == "login":
        yield from person.logins
    elif kind == "name":
        if person.name:
            yield from name_keys(f"{person.first_name} {person.last_name}")
            yield squash(person.last_name + person.first_name)
    else:
        yield from filter(None, (person.student if kind == "student" else person.email,))
