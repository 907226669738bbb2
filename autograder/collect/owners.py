"""Tell who the owners of files are: by the roster where there is one, else by the ids that the platform wrote."""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath
from unicodedata import normalize

from autograder.collect import words
from autograder.collect.archives import Download, Entry
from autograder.collect.layouts import LAYOUTS, Owner, is_candidate
from autograder.collect.left_out import LeftOut
from autograder.collect.recognise import Recognised
from autograder.course.course import Course, folder_key
from autograder.course.ids import as_id, is_usable
from autograder.course.roster import Identity, Roster, squash

_COPY = re.compile(r"(?P<original>.*\S)\s*[(（]\d+[)）]")
"""How browsers and systems name a second file of a name."""


class Student:
    """A student's files in a download.

    Attributes:
        entries: files that can be read, each with what its name says.
        refused: places of files that are not read.
    """

    def __init__(self) -> None:
        self.entries: list[tuple[Entry, Owner]] = []
        self.refused: list[str] = []


def submitted_ids(course: Course) -> dict[str, str]:
    """Return the ids that the course has, by what systems tell folders apart by."""
    submitted = course.root / "submitted"
    return {folder_key(folder.name): folder.name for folder in submitted.iterdir()} if submitted.is_dir() else {}


def by_student(course: Course, download: Download, recognised: Recognised, roster: Roster) -> dict[str, Student]:
    """Group files by their students' ids; say of what nobody owns why, and leave it out."""
    places = [*(entry.path for entry in download.entries), *(file.path for file in download.left_out)]
    owners = {place: recognised.owners(place) for place in places}
    whose = _Whose(course, recognised, roster, [found[0] for found in owners.values() if len(found) == 1])
    students: dict[str, Student] = {}
    for file in download.left_out:
        for student in whose.students(owners[file.path]):
            students.setdefault(student, Student()).refused.append(str(file.path))
    for entry in download.entries:
        found = owners[entry.path]
        ids = whose.students(found)
        for student in ids:
            students.setdefault(student, Student()).entries.append((entry, found[0]))
        if recognised.is_draft(entry.path):
            download.left_out.append(LeftOut(entry.path, "draft"))
        elif not ids:
            kind = "notebook" if is_candidate(entry.path) else "other"
            line = whose.fault(entry.path, found) if kind == "notebook" else ""
            download.left_out.append(LeftOut(entry.path, "notebook" if line else "other", line))
    return students


class _Whose:
    """Knows the people of a download, all names of which are needed to tell those that share a name."""

    def __init__(self, course: Course, recognised: Recognised, roster: Roster, owners: Iterable[Owner]) -> None:
        self._roster, self._recognised = roster, recognised
        self._submitted = submitted_ids(course)
        self._teams: dict[str, list[str]] = {}
        for person in roster.people.values():
            for part in filter(None, map(squash, person.section.split(","))):
                self._teams.setdefault(part, []).append(person.student)
        self._named: dict[str, set[str]] = {}  # what the platform calls each student
        self._called: dict[str, set[str]] = {}  # the names of people by the platform's id
        names: set[str] = set()
        owners = set(owners)
        self._names_differ = len({owner.identity.name for owner in owners}) > 1
        for owner in owners:
            for name in (match[0] for match in self._matches(owner) if len(match) == 1):
                names.add(name)
                self._named.setdefault(name, set()).add(normalize("NFC", owner.student) if owner.student else "")
            if owner.student and owner.identity.name:
                self._called.setdefault(owner.student, set()).add(squash(owner.identity.name))
        self._copies = self._copies_among(names)
        self._ids = _ids(self._submitted, names - self._copies.keys())

    def students(self, owners: list[Owner]) -> list[str]:
        """Return the ids of the students whose file it is; none if that is not clear."""
        if len(owners) != 1 or self._shared(owners[0]):
            return []
        names = [match[0] for match in self._matches(owners[0]) if len(match) == 1]
        return [self._ids[name] for name in names if name in self._ids and not self._twice(name)]

    def fault(self, place: PurePosixPath, owners: list[Owner]) -> str:
        """Say why a file is nobody's."""
        path = str(place)
        if len(owners) > 1:
            return words.two_owners(path, [owner.student for owner in owners])
        if not owners:
            return words.no_student(path)
        owner, matches = owners[0], self._matches(owners[0])
        if self._shared(owner):
            return words.several_called(path, owner.student)
        for match in matches:
            if len(match) > 1:
                return words.several_match(path, match)
            if match and self._twice(match[0]):
                return words.one_for_several(path, match[0], sorted(self._named[match[0]] - {""}))
            if match and match[0] in self._copies:
                return words.renamed_copy(path, self._copies[match[0]])
            if match and is_usable(as_id(match[0])):
                return words.same_folder(path, match[0])
        if self._roster.people and not any(matches):
            return words.not_in_roster(path, owner.team or owner.identity.name or owner.student)
        return words.no_student(path)

    def _shared(self, owner: Owner) -> bool:
        """Whether one id of the platform stands beside several names."""
        return len(self._called.get(owner.student, ())) > 1

    def _twice(self, name: str) -> bool:
        """Whether several ids of the platform lead to one student of the roster."""
        return bool(self._roster.people) and len(self._named[name] - {""}) > 1

    def _copies_among(self, names: Iterable[str]) -> dict[str, str]:
        """Return the names that are another's with a number, and that other; none of a platform, or that is known."""
        if LAYOUTS[self._recognised.name].particular:
            return {}
        known = {*self._submitted, *(folder_key(as_id(name)) for name in self._roster.people)}
        there = known | {folder_key(as_id(name)) for name in names}
        matches = {name: match["original"] for name in names if (match := _COPY.fullmatch(name))}
        return {
            name: original
            for name, original in matches.items()
            if folder_key(as_id(original)) in there and folder_key(as_id(name)) not in known
        }

    def _matches(self, owner: Owner) -> list[list[str]]:
        """Return for each member whom the file is of, who that can be."""
        if owner.members:
            return [self._match(one, one.student or one.email or one.name) for one in owner.members]
        team = self._team(owner.team) if owner.team and not self._roster.find(Identity(name=owner.team)) else []
        match = [] if team else self._match(owner.identity, owner.student)
        if len(match) == 1 and owner.team and self._is_other(match[0], owner.identity.name):
            return [[*match, owner.team]]
        return [[student] for student in team] or [match]

    def _is_other(self, student: str, name: str) -> bool:
        """Whether a platform's number is of a person, and the name beside it of something else: a team, as on Moodle.

        In an anonymous download all have the same name.
        """
        person = self._roster.people.get(student)
        return bool(name and self._names_differ and person and person.name and not person.is_called(name))

    def _match(self, identity: Identity, student: str) -> list[str]:
        if not self._roster.people or not any(identity):  # an anonymous download may say nothing to look for
            return [student] if student else []
        match = self._roster.find(identity, self._recognised.context.assignment)
        general = not LAYOUTS[self._recognised.name].particular
        if not match and general and (known := self._submitted.get(folder_key(as_id(student)))):
            return [known]
        return match

    def _team(self, name: str) -> list[str]:
        """Return the students whose section or group in the roster has the name of the team."""
        return self._teams.get(squash(name), [])


def _ids(known: dict[str, str], names: Iterable[str]) -> dict[str, str]:
    """Return the id for each name of a student, as the course has it already where it does; none for who has none.

    Names that differ only in how accents are written are one student. Of names that differ in case the one that the
    course has is taken, and no other: on Windows and macOS they would share a folder. Neither is taken of two that
    differ only in signs that no folder can have.
    """
    spellings: dict[str, set[str]] = {}
    for name in names:
        if is_usable(as_id(name)):
            spellings.setdefault(folder_key(as_id(name)), set()).add(name)
    ids: dict[str, str] = {}
    for key, group in spellings.items():
        plain = {normalize("NFC", name) for name in group}
        id_of_all = known.get(key) or (as_id(min(plain)) if len(plain) == 1 else "")
        same = [name for name in group if as_id(name) == normalize("NFC", id_of_all)]
        if len({normalize("NFC", name) for name in same}) == 1:
            ids |= dict.fromkeys(same, id_of_all)
    return ids
