"""Join a list of people with the students whom the course knows."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from autograder.course.course import Course, folder_key
from autograder.course.roster import Identity, Person, Roster
from autograder.errors import CourseError
from autograder.gradebook.students import keep_people, students_known
from autograder.roster import words
from autograder.roster.people import Listed, Listing, read_people


class Joined(NamedTuple):
    """What reading a list did.

    Attributes:
        students: ids of the people in the list.
        new: how many of them the roster did not know.
        lines: how the list was read.
        look: what needs a look, a line each.
    """

    students: list[str]
    new: int
    lines: list[str]
    look: list[str]


def read_list(course: Course, path: Path, assignment: str | None = None) -> Joined:
    """Read a list of people into the course: its roster and the gradebook's table of students, or nothing at all.

    Args:
        course: the course.
        path: a csv, xls or xlsx file of a platform, or one of our own.
        assignment: the assignment for which the platform's numbers in the list were made.

    Raises:
        CourseError: there is no such assignment, or the list is not clear; then nothing was written.
    """
    if assignment is not None:
        course.notebooks(assignment)
    listing = read_people(path)
    if listing.per_assignment and assignment is None:
        raise CourseError(words.needs_assignment(str(path)))
    if assignment is not None and not any(one.identity.lms_id for one in listing.people):
        raise CourseError(words.no_numbers(str(path), assignment))
    before = Roster.read(course)
    known = students_known(course)
    after = Roster(before.people.values())
    students = match_people(path, listing, _with_bare_students(before, known), assignment or "")
    for one, student in zip(listing.people, students, strict=True):
        after.people[student] = _joined(before.people.get(student, Person(student)), one, assignment)
    keep_people(course, after)
    listed = set(students)
    return Joined(
        students,
        len(listed - before.people.keys()),
        list(_lines(listing, sorted({*before.people, *known} - listed))),
        list(_look(after, known, students)),
    )


def _with_bare_students(roster: Roster, known: Iterable[str]) -> Roster:
    """Add the students of whom the gradebook has the id only."""
    return Roster([*(Person(student) for student in known), *roster.people.values()])


def match_people(path: Path, listing: Listing, roster: Roster, assignment: str) -> list[str]:
    """Return the id of each person: the course's own where it knows the person, else the list's.

    Raises:
        CourseError: a row is of several students, or several rows are of one.
    """
    taken: dict[str, Listed] = {}
    names = Counter(one.identity.name for one in listing.people)
    for one in listing.people:
        identity = one.identity if names[one.identity.name] == 1 else one.identity._replace(name="")
        by_id = Identity(student=one.id, login=one.id, email=one.id, name=one.id)  # teachers choose what ids are
        tries = (identity, identity._replace(lms_id=""), by_id)
        matches = next(filter(None, (roster.find(tried, assignment) for tried in tries)), [])
        if len(matches) > 1:
            raise CourseError(words.several_people(str(path), one.row, matches))
        student = matches[0] if matches else one.id
        if student in taken:
            raise CourseError(words.same_person(str(path), student, taken[student].row, one.row))
        taken[student] = one
    return list(taken)


def _joined(person: Person, one: Listed, assignment: str | None) -> Person:
    """Add what a list says to what is known of a person; what it does not say stays."""
    number = one.identity.lms_id
    named = bool(one.first_name or one.last_name)
    return replace(
        person,
        first_name=one.first_name if named else person.first_name,
        last_name=one.last_name if named else person.last_name,
        email=one.identity.email or person.email,
        section=one.section or person.section,
        logins=tuple(dict.fromkeys(filter(None, (*person.logins, one.identity.login)))),
        lms_id=number if number and assignment is None else person.lms_id,
        lms_ids={**person.lms_ids, assignment: number} if number and assignment else person.lms_ids,
    )


def _lines(listing: Listing, not_listed: list[str]) -> Iterator[str]:
    header = listing.header
    titles = [header.titles[place] for places in header.columns.values() for place in places]
    yield words.header(header.row + 1, titles, listing.id_column)
    if listing.staff:
        yield words.staff(listing.staff)
    if not_listed:
        yield words.not_listed(not_listed)


def _look(roster: Roster, known: Iterable[str], students: list[str]) -> Iterator[str]:
    """Say what may be wrong though nothing is unclear."""
    ids = {folder_key(student) for student in roster.people}
    called = {
        folder_key(name): person.student
        for person in roster.people.values()
        for name in (person.lms_id, person.email, person.name, *person.logins, *person.lms_ids.values())
    }
    for old in sorted(known):
        if folder_key(old) in called and folder_key(old) not in ids:
            yield words.other_id(old, called[folder_key(old)])
    names: dict[str, list[str]] = {}
    for student in students:
        names.setdefault(roster.people[student].name, []).append(student)
    for name, several in sorted(names.items()):
        if name and len(several) > 1:
            yield words.same_name(name, several)
    lengths = Counter(len(student) for student in students if student.isdecimal())
    usual, count = lengths.most_common(1)[0] if lengths else (0, 0)
    short = [student for student in students if student.isdecimal() and len(student) < usual]
    if short and 5 * count >= 4 * len(students):
        yield words.short_ids(short)
