"""Sentences of this package that people read. A line about a file begins with its path in the download."""

from collections.abc import Sequence

from autograder.language import _, in_a_row, ngettext

MAX_PLACES = 5
"""Files that a line names, of any number."""
MAX_STUDENTS = 100
"""Students that a line names, of any number."""


def _printable(text: str) -> str:
    """Shorten a name from outside, without the signs that move a terminal's cursor."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text)[:200]


def is_link(place: str) -> str:
    return _("{place}: skipped; it is a link.", place=_printable(place))


def points_outside(place: str) -> str:
    return _("{place}: skipped; its name points outside the archive.", place=_printable(place))


def no_student(place: str) -> str:
    """Skip a notebook whose path fits no layout, or gives no usable id."""
    return _(
        "{place}: skipped; its path does not tell whose it is. Put it into a folder with the student's id, name the "
        "platform (--layout), or read a list of the class first (autograder roster FILE).",
        place=_printable(place),
    )


def same_folder(place: str, student: str) -> str:
    """Skip a notebook of a student whose id another has but for case or signs that no folder can have."""
    return _(
        "{place}: skipped; the id {student} differs from another id only in upper and lower case or in signs. "
        "Rename one of them in the download.",
        place=_printable(place),
        student=_printable(student),
    )


def not_in_roster(place: str, name: str) -> str:
    """Skip a notebook of somebody whom the roster does not have."""
    return _(
        "{place}: skipped; {name} is not in the roster. Read a list that has this person or team (autograder roster "
        "FILE), or collect the file by itself (--student ID).",
        place=_printable(place),
        name=_printable(name),
    )


def several_match(place: str, names: Sequence[str]) -> str:
    """Skip a notebook whose owner the roster cannot tell."""
    return _(
        "{place}: skipped; by the roster it can be of any of these: {names}. Read a list with the platform's numbers "
        "(autograder roster FILE), or collect the file by itself (--student ID).",
        place=_printable(place),
        names=_listed(names),
    )


def one_for_several(place: str, student: str, names: Sequence[str]) -> str:
    """Skip the files of several people of the platform whom the roster takes for one."""
    return _(
        "{place}: skipped; by the roster all of these are {student}: {names}. Read a list that tells them apart "
        "(autograder roster FILE), or collect the file by itself (--student ID).",
        place=_printable(place),
        student=_printable(student),
        names=_listed(names),
    )


def renamed_copy(place: str, student: str) -> str:
    """Skip a file that is called as a student's with a number behind it."""
    return _(
        "{place}: skipped; by its name it is a renamed copy of a file of {student}. If it is the one that counts, or "
        "somebody else's, collect it by itself (--student ID).",
        place=_printable(place),
        student=_printable(student),
    )


def several_called(place: str, id: str) -> str:
    """Skip a file of an id beside which several names stand."""
    return _(
        "{place}: skipped; in this download {id} stands beside several names. Rename the files of one of them.",
        place=_printable(place),
        id=_printable(id),
    )


def no_such_student(student: str, matches: Sequence[str]) -> str:
    """Refuse a student whom the instructor named."""
    if matches:
        return _("{student} can be any of these: {students}.", student=_printable(student), students=_listed(matches))
    return _(
        "There is no student {student} in the roster. Read a list that has this person: autograder roster FILE",
        student=_printable(student),
    )


def nothing_at_all(students: Sequence[str]) -> str:
    return ngettext(
        "{count} student handed in nothing at all: {students}",
        "{count} students handed in nothing at all: {students}",
        len(students),
        students=_listed(students, MAX_STUDENTS),
    )


def changed(student: str, before: str, now: str, score: float | None) -> str:
    """Name a student whose submission was replaced."""
    times = {"student": _printable(student), "before": _printable(before) or "?", "now": _printable(now) or "?"}
    if score is None:
        return _("{student}: replaced; handed in {before}, now {now}", **times)
    return _("{student}: replaced; handed in {before}, now {now}; was graded {score:g}", score=score, **times)


def older_left(place: str, student: str, before: str, now: str) -> str:
    """Leave what the course has, because the download is older."""
    return _(
        "{place}: skipped; the course has a newer notebook of {student} (handed in {before}; this one: {now}). To take "
        "it all the same: --take-older",
        place=_printable(place),
        student=_printable(student),
        before=_printable(before) or "?",
        now=_printable(now) or "?",
    )


def not_written(folder: str, reason: str) -> str:
    return _(
        "{folder} cannot be written ({reason}). Make room or give the right to write, and collect again: what is there "
        "is whole.",
        folder=folder,
        reason=reason,
    )


def drafts(count: int) -> str:
    return ngettext(
        "{count} draft left out, which was not handed in", "{count} drafts left out, which were not handed in", count
    )


def nothing_usable(student: str, places: Sequence[str]) -> str:
    """Name a student whose files hold no notebook for the assignment."""
    return _("{student}: handed in nothing usable: {places}", student=_printable(student), places=_listed(places))


def no_work(student: str, place: str, fault: str) -> str:
    """Name a student whose best notebook has no work in it; it is collected, so that grading tells the student why."""
    return _(
        "{student}: handed in no work. {place}: {fault}",
        student=_printable(student),
        place=_printable(place),
        fault=_printable(fault),
    )


def newer_was_used(place: str, student: str) -> str:
    return _(
        "{place}: skipped; a newer notebook of {student} was used.",
        place=_printable(place),
        student=_printable(student),
    )


def better_was_used(place: str, student: str, fault: str) -> str:
    """Skip a notebook without work beside one that has some."""
    return _(
        "{place}: skipped; a better notebook of {student} was used. {fault}",
        place=_printable(place),
        student=_printable(student),
        fault=_printable(fault),
    )


def foreign(assignment: str) -> str:
    return _("It has none of the graded cells of {assignment}.", assignment=assignment)


def untouched() -> str:
    return _("Nothing in it is filled in.")


def fragment() -> str:
    return _("It has fewer than half of the cells to fill in.")


def no_notebooks(places: Sequence[str]) -> str:
    return ngettext(
        "{count} file skipped; it is not a notebook: {places}",
        "{count} files skipped; they are not notebooks: {places}",
        len(places),
        places=_listed(places),
    )


def as_given(count: int) -> str:
    """Count what students handed back as they got it."""
    return ngettext(
        "{count} file of the class's own zip left out", "{count} files of the class's own zip left out", count
    )


def and_more(count: int) -> str:
    return ngettext("… and {count} more", "… and {count} more", count)


def _listed(places: Sequence[str], most: int = MAX_PLACES) -> str:
    shown = in_a_row(_printable(place) for place in places[:most])
    more = len(places) - most
    return f"{shown}, {and_more(more)}" if more > 0 else shown


def entry_too_large(place: str, limit: int) -> str:
    return _("{place}: skipped; it unpacks to more than {limit:.0f} MB.", place=_printable(place), limit=limit / 1e6)


def bad_archive(place: str, error: Exception) -> str:
    return _(
        "{place}: skipped; it cannot be unpacked ({reason}).",
        place=_printable(place),
        reason=_printable(str(error)) or type(error).__name__,
    )


def skipped(place: str, reason: str) -> str:
    """Skip a file for a reason that is a sentence of its own."""
    return _("{place}: skipped. {reason}", place=_printable(place), reason=_printable(reason))


def over_budget(place: str) -> str:
    """Stop reading a student's files; what was read before counts."""
    return _(
        "{place}: not read to its end; it holds more than a student can hand in. Look at it by hand.",
        place=_printable(place),
    )


def two_owners(place: str, students: Sequence[str]) -> str:
    """Skip a file whose name has a platform's mark twice."""
    return _(
        "{place}: skipped; its name names several students: {students}. Rename it in the download.",
        place=_printable(place),
        students=_listed(students),
    )


def two_levels(folder: str, inside: str, assignment: str) -> str:
    """Refuse a download with one folder, of which it is not clear whether it is the class's or a student's."""
    return _(
        "{folder}/{inside}: either name can be the student's. If it is {inside}, give the folder {folder} itself; "
        "if it is {folder}, put the notebook into {folder}/{assignment}.",
        folder=_printable(folder),
        inside=_printable(inside),
        assignment=assignment,
    )


def no_layout(name: str, names: Sequence[str]) -> str:
    return _("There is no layout {name}. Known are: {names}", name=_printable(name), names=in_a_row(names))


def numbers_of_assignment() -> str:
    """Say what ids are worth that Moodle made, before anybody grades by them."""
    return _(
        "Without a list of the class, people are called by Moodle's numbers, which are others in each assignment: see "
        "`autograder roster`."
    )


def layout(name: str, around: str) -> str:
    """Say how the download was read."""
    titles = {
        "moodle": _("Moodle"),
        "blackboard": _("Blackboard"),
        "canvas": _("Canvas"),
        "brightspace": _("Brightspace"),
        "gradescope": _("Gradescope"),
        "sakai": _("Sakai"),
        "teams": _("Teams"),
        "github": _("GitHub Classroom"),
        "chaoxing": _("number and name (学号-姓名)"),
        "nbgrader": _("nbgrader's folders"),
        "folders": _("a folder or a zip a student"),
        "flat": _("a file a student"),
    }
    if around == ".":
        return _("Read as: {layout}", layout=titles[name])
    return _("Read as: {layout}, in the folder {folder}", layout=titles[name], folder=_printable(around))


def not_an_archive(path: str) -> str:
    return _("{path} is not a zip archive. Give the folder or the archive that the LMS made.", path=path)


def nothing_there(path: str) -> str:
    return _("There is no {path}.", path=path)
