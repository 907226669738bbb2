"""Sentences of this package that people read."""

from collections.abc import Sequence

from autograder.language import _, in_a_row, ngettext

MAX_NAMES = 10
"""Students whom a line names."""


def unreadable(path: str, reason: str) -> str:
    return _("{path} cannot be read as a list of people: {reason}", path=path, reason=reason)


def too_large(path: str, limit: int) -> str:
    return _("{path} has more than {limit:.0f} MB: it is no list of people.", path=path, limit=limit / 1e6)


def web_page(path: str) -> str:
    """Refuse what some offices call a spreadsheet."""
    return _("{path} holds a web page. Open it in a spreadsheet and save it as xlsx.", path=path)


def unknown_encoding(path: str) -> str:
    return _(
        "{path}: its encoding cannot be told, so names would be written wrong. Save it as CSV in UTF-8, or as xlsx.",
        path=path,
    )


def no_header(path: str) -> str:
    return _(
        "{path}: no row names a student's id, login, address or name beside another column. Give the columns titles, "
        "as in: student_id, lms_id, first_name, last_name, email, section",
        path=path,
    )


def several_lists(path: str) -> str:
    return _("{path} holds several lists. Keep the sheet that is meant, and delete the others.", path=path)


def column_twice(path: str, first: str, second: str) -> str:
    return _(
        "{path}: two columns, {first!r} and {second!r}, say the same of a person and differ. Delete one of them.",
        path=path,
        first=first,
        second=second,
    )


def nobody(path: str, row: int) -> str:
    return _("{path}: there is nobody below the header in row {row}.", path=path, row=row)


def lost_digits(path: str, row: int, text: str) -> str:
    return _(
        "{path}, row {row}: {text} is what a spreadsheet makes of a long number. Get the list again and format the "
        "column of ids as text.",
        path=path,
        row=row,
        text=text,
    )


def no_id(path: str, row: int, column: str) -> str:
    return _(
        "{path}, row {row}: {column!r} is empty. Fill it in, or delete the row.", path=path, row=row, column=column
    )


def no_ids(path: str) -> str:
    return _("{path}: no column of ids, logins, addresses or names is filled in for everybody.", path=path)


def unusable_id(path: str, row: int, text: str) -> str:
    return _(
        "{path}, row {row}: {text!r} cannot be a student's id, for no folder can have that name.",
        path=path,
        row=row,
        text=text,
    )


def same_id(path: str, id: str, first: int, second: int) -> str:
    return _(
        "{path}: rows {first} and {second} are both {id!r}. Correct or delete one.",
        path=path,
        id=id,
        first=first,
        second=second,
    )


def same_person(path: str, student: str, first: int, second: int) -> str:
    return _(
        "{path}: rows {first} and {second} are both {student} of the course. Correct or delete one.",
        path=path,
        student=student,
        first=first,
        second=second,
    )


def several_people(path: str, row: int, students: Sequence[str]) -> str:
    """Refuse a row that names several students of the course at once."""
    return _(
        "{path}, row {row}: its id, login, address and name are of several students of the course: {students}. "
        "Correct the row, or join them first: autograder rename OLD NEW --merge",
        path=path,
        row=row,
        students=in_a_row(students),
    )


def needs_assignment(path: str) -> str:
    return _(
        "{path}: its numbers of people hold for one assignment only. Say which: --assignment NAME",
        path=path,
    )


def no_numbers(path: str, assignment: str) -> str:
    return _(
        "{path} has no numbers of people for {assignment}. Leave --assignment out, or give the list of the assignment.",
        path=path,
        assignment=assignment,
    )


def header(row: int, titles: Sequence[str], id_column: str) -> str:
    """Say how a list was read."""
    return _(
        "Header in row {row}: {titles}; ids from {id_column!r}", row=row, titles=in_a_row(titles), id_column=id_column
    )


def staff(count: int) -> str:
    return ngettext(
        "{count} person left out who is no student by the list",
        "{count} people left out who are no students by the list",
        count,
    )


def not_listed(students: Sequence[str]) -> str:
    return ngettext(
        "{count} student of the course is not in this list: {students}",
        "{count} students of the course are not in this list: {students}",
        len(students),
        students=some(students),
    )


def same_name(name: str, students: Sequence[str]) -> str:
    return _(
        "{name}: the name of several students: {students}. A download that holds names only cannot tell them apart.",
        name=name,
        students=some(students),
    )


def short_ids(students: Sequence[str]) -> str:
    return ngettext(
        "{count} id is shorter than the others: {students}. Has a spreadsheet dropped zeros at its front?",
        "{count} ids are shorter than the others: {students}. Has a spreadsheet dropped zeros at their front?",
        len(students),
        students=some(students),
    )


def other_id(old: str, student: str) -> str:
    """Say that the course has a student under what the list has for a number or a login."""
    return _(
        "{old} is {student} in this list. To join them: autograder rename {old} {student}", old=old, student=student
    )


def no_new_id(new: str) -> str:
    return _("{new!r} cannot be a student's id, for no folder can have that name.", new=new)


def no_student_to_rename(old: str) -> str:
    return _("There is no student {old} to rename.", old=old)


def is_student_already(old: str, new: str) -> str:
    return _("{new} is a student already, who has handed in. If {old} is the same person: --merge", old=old, new=new)


def both_handed_in(old: str, new: str, assignments: Sequence[str]) -> str:
    return _(
        "{old} and {new} have both handed in {assignments}. Say whose submission counts: --keep {old} or --keep {new}",
        old=old,
        new=new,
        assignments=in_a_row(assignments),
    )


def dropped(student: str, assignment: str, points: float | None) -> str:
    """Name a submission that no longer counts."""
    if points is None:
        return _("{assignment}: the submission of {student} no longer counts", assignment=assignment, student=student)
    return _(
        "{assignment}: the submission of {student} no longer counts; it was graded {points:g}",
        assignment=assignment,
        student=student,
        points=points,
    )


def not_renamed(old: str, reason: str) -> str:
    return _("{old} was not renamed ({reason}); everything is as it was.", old=old, reason=reason)


def some(students: Sequence[str]) -> str:
    """Name some students, and say how many more there are."""
    more = len(students) - MAX_NAMES
    shown = in_a_row(students[:MAX_NAMES])
    return ngettext("{shown} and {count} more", "{shown} and {count} more", more, shown=shown) if more > 0 else shown
