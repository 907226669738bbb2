"""Sentences of feedback and report pages that come from code. The fixed text of the pages stands in `templates/`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from autograder.language import _, in_a_row, ngettext

Part = Literal["purpose", "environment", "principle", "steps", "results", "conclusions", "questions"]
"""A part of the lab report."""


def error() -> str:
    """Name an exception that has no name."""
    return _("Error")


def written_question(label: str) -> str:
    """Say the name of a question that is answered in words, where it has one of the usual names."""
    if number := re.fullmatch(r"Conclusion (\d+)", label):
        return _("Conclusion {number}", number=number[1])
    return {"Conclusions": _("Conclusions"), "Questions": _("Own questions")}.get(label, label)


def whole_percent(percent: int) -> str:
    return _("{percent}\u00a0%", percent=percent)


def not_filled_in() -> str:
    """Say kindly that a function is as it was handed out."""
    return _("This function is not filled in yet.")


def cell_failed_above(question: str) -> str:
    """Say that the cell of a function stopped with an error that stands with another question."""
    return _("The cell of this function stopped with the error that is shown at {question}.", question=question)


def student_picture() -> str:
    """Describe a picture of which we know nothing else."""
    return _("Picture from the notebook")


def picture_broken() -> str:
    return _("A picture is not shown: it is damaged, too large, or of an unknown type.")


def output_too_large() -> str:
    return _("An output is not shown: it is too large.")


def output_left_out() -> str:
    """Stand in for a script or a widget."""
    return _("An interactive output is not shown.")


def left_out_characters(count: int) -> str:
    """Stand in for the middle of a long text."""
    return ngettext("[… {count:,} character left out …]", "[… {count:,} characters left out …]", count)


def not_graded() -> str:
    return _("There is no graded notebook. Grade the assignment first.")


def graded_broken() -> str:
    return _("The graded notebook is damaged. Grade this student again.")


def graded_too_large() -> str:
    return _("The graded notebook is too large to be shown.")


def page_failed(kind: str, file: str) -> str:
    """Say that writing a page failed, and name the file that holds the traceback, if it could be written."""
    if not file:
        return _("The page could not be written: {kind}.", kind=kind)
    return _("The page could not be written: {kind} (traceback in {file}).", kind=kind, file=file)


def no_marks() -> str:
    return _("There are no marks in the gradebook. Grade this student first.")


def expected_panel() -> str:
    """Head the array that is right."""
    return _("numeric gradient")


def actual_panel() -> str:
    """Head the student's array."""
    return _("your gradient")


def difference_panel() -> str:
    return _("difference")


def picture_description(title: str, entries: int, wrong: int) -> str:
    """Describe a picture to readers who do not see it."""
    return _(
        "{title}: the numeric gradient, yours, and the difference, as colours. {wrong} of {entries} entries differ.",
        title=title,
        wrong=wrong,
        entries=entries,
    )


def picture_caption(title: str, entries: int, wrong: int) -> str:
    """Explain the colours under a picture."""
    return _(
        "{title}, in a few steps. Orange is positive, blue is negative. {wrong} of {entries} entries differ (framed).",
        title=title,
        wrong=wrong,
        entries=entries,
    )


def histogram_description(label: str, bins: list[int], maximum: float) -> str:
    """Describe a histogram to readers who do not see it."""
    steps = [
        _("{low:g} to {high:g}: {count}", low=maximum * at / 10, high=maximum * (at + 1) / 10, count=count)
        for at, count in enumerate(bins)
        if count
    ]
    if not steps:
        return _("{label}. Number of students by points: none.", label=label)
    return _("{label}. Number of students by points: {steps}.", label=label, steps=in_a_row(steps))


def and_more(note: str, more: int) -> str:
    """Show the first of several notes of the same kind."""
    return ngettext(
        "{note} (And {more} more of this kind.)", "{note} (And {more} more of this kind.)", more, note=note, more=more
    )


def machine_points() -> str:
    return _("Points by machine")


def all_points() -> str:
    return _("Points in all")


def not_submitted(students: Sequence[str]) -> str:
    return ngettext(
        "{count} student handed in nothing: {names}.",
        "{count} students handed in nothing: {names}.",
        len(students),
        names=_names(students),
    )


def gone(students: Sequence[str]) -> str:
    return ngettext(
        "{count} student has marks and no folder in submitted/ any more: {names}.",
        "{count} students have marks and no folder in submitted/ any more: {names}.",
        len(students),
        names=_names(students),
    )


def ungraded(students: Sequence[str]) -> str:
    return ngettext(
        "{count} submission is not graded: {names}.",
        "{count} submissions are not graded: {names}.",
        len(students),
        names=_names(students),
    )


def notes_on_page(count: int) -> str:
    return ngettext(
        "{count} note on submissions stands on the page.", "{count} notes on submissions stand on the page.", count
    )


def still_open(students: Sequence[str]) -> str:
    return ngettext(
        "{count} student with answers to grade by hand: {names}.",
        "{count} students with answers to grade by hand: {names}.",
        len(students),
        names=_names(students),
    )


def question_of(notebook: str, question: str) -> str:
    """Name a question where an assignment has several notebooks."""
    return _("{notebook}: {question}", notebook=notebook, question=question)


def graded_anew(question: str) -> str:
    """Ask for a look at a manual score from before the submission was graded again."""
    return _(
        "{question} was graded by hand before this submission was graded again. Check that the points still hold.",
        question=question,
    )


def check_failed(question: str, kind: str, message: str) -> str:
    if not message:
        return _("The check of {question} did not finish ({kind}).", question=question, kind=kind)
    return _(
        "The check of {question} did not finish ({kind}: {message}).", question=question, kind=kind, message=message
    )


def disagreement(question: str, verdict: float, score: float) -> str:
    """Report a verdict in a notebook that does not add up to the points in the gradebook."""
    return _(
        "The verdict on {question} says {verdict:g} points, the gradebook {score:g}. Grade this student again.",
        question=question,
        verdict=verdict,
        score=score,
    )


def _names(students: Sequence[str]) -> str:
    names, more = in_a_row(students[:8]), len(students) - 8
    return _("{names} and {more} more", names=names, more=more) if more > 0 else names


def more_lines(count: int) -> str:
    return ngettext("[… {count} more line …]", "[… {count} more lines …]", count)


def idea_in(function: str) -> str:
    """Name a known mistake that belongs to no idea with others."""
    return _("In {function}", function=function)


def group_of(function: str) -> str:
    """Name a group of wrong functions that are in no catalogue."""
    return _("Not in the catalogue, in {function}", function=function)


def no_section() -> str:
    return _("in no section")


def by_other_program() -> str:
    """Stand for those who gave points in formgrader, which keeps no names."""
    return _("in formgrader")


def more_than_days_before(days: int) -> str:
    return ngettext("more than {count} day before", "more than {count} days before", days)


def days_before(days: int, most: int) -> str:
    return _("{days} to {most} days before", days=days, most=most)


def last_day() -> str:
    return _("on the last day")


def late() -> str:
    return _("late")


def days_tick(days: int) -> str:
    """Name a day on an axis that counts from the due date."""
    return _("{days} d", days=f"{days:+d}".replace("-", "\N{MINUS SIGN}")) if days else _("due")


def day_after(days: int) -> str:
    """Name a day on an axis that counts from the first submission."""
    return _("day {number}", number=days + 1)


def times_description(count: int, late: int) -> str:
    """Describe the picture of times and points to readers who do not see it."""
    return _(
        "A dot for each of {count} submissions: to the right the time, upwards the share of the points by machine. "
        "{late} were late; theirs are open squares.",
        count=count,
        late=late,
    )


def no_group(id: str, assignment: str) -> str:
    return _(
        "There is no group {id}. `autograder mistakes {assignment}` lists the groups of wrong functions.",
        id=repr(id),
        assignment=assignment,
    )


def no_hint(id: str, assignment: str, ids: Sequence[str]) -> str:
    if not ids:
        return _("Group {id} has no hint of yours, nor has any of {assignment}.", id=repr(id), assignment=assignment)
    return _("Group {id} has no hint of yours. These have: {ids}.", id=repr(id), ids=in_a_row(ids))


def empty_hint(id: str) -> str:
    return _("The hint for group {id} is empty. To take a hint away use --remove {id}.", id=id)


def long_hint(length: int, limit: int) -> str:
    return _(
        "The hint has {length} characters; {limit} are the most. Shorten it to what helps to see the mistake.",
        length=length,
        limit=limit,
    )


def no_names_for_zip(assignment: str, platform: str) -> str:
    return _(
        "No page can be named for {platform}: collect {assignment} from the platform's download, which has the names "
        "(Moodle: or give the grading worksheet with `autograder roster FILE --assignment {assignment}`).",
        assignment=assignment,
        platform=platform,
    )


def not_written(path: str, reason: str) -> str:
    return _("{path} cannot be written: {reason}.", path=path, reason=reason)


def zip_written(path: str, pages: int) -> str:
    return ngettext("{count} page in {path}", "{count} pages in {path}", pages, path=path)


def not_in_zip(students: Sequence[str]) -> str:
    return ngettext(
        "{count} student is not in the zip, for no name of a download, or the same one as somebody else's, is known: "
        "{names}.",
        "{count} students are not in the zip, for no name of a download, or the same one as somebody else's, is known: "
        "{names}.",
        len(students),
        names=_names(students),
    )


def lab_report() -> str:
    """Name what is printed; titles of notebooks begin with it, too."""
    return _("Lab report")


def part_title(part: Part) -> str:
    """Head a part of the lab report."""
    titles: dict[Part, str] = {
        "purpose": _("Purpose"),
        "environment": _("Software and hardware"),
        "principle": _("Principle and method"),
        "steps": _("Steps"),
        "results": _("Results"),
        "conclusions": _("Conclusions and reflections"),
        "questions": _("Questions and answers"),
    }
    return titles[part]


def part_empty(part: Part) -> str:
    """Say why nothing stands in a part of the lab report."""
    if part in ("environment", "results"):
        return _("The notebook was handed in without outputs of these cells.")
    return _("Nothing was written here.")


def no_answer() -> str:
    """Stand where one of several questions is not answered."""
    return _("No answer.")


def other_number(student: str, written: str) -> str:
    return _("{student} (in the notebook: {written})", student=student, written=written)


def not_printed(page: str) -> str:
    return _("The browser made no PDF of {page}.", page=page)
