"""Sentences of the command line. Help texts stand with the commands."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.language import _, in_a_row, ngettext, translated, ungettext

if TYPE_CHECKING:
    from autograder.pages.mistakes import WrongGroup


def stopped() -> str:
    """Say what Ctrl-C leaves behind."""
    return _("stopped; what was finished so far is kept")


def unexpected(kind: str, message: str, file: Path | None) -> str:
    """Report an error of this program, and name the file that holds its traceback, if it could be written."""
    if file is None:
        return _("unexpected {kind}: {message}", kind=kind, message=message)
    return _("unexpected {kind}: {message} (traceback in {file})", kind=kind, message=message, file=file)


def machine_refused(reason: str) -> str:
    """Say what the machine refused. Files are written aside and renamed, so what is there is whole."""
    return _("{reason}. Make room or give the right, and do it again: what is there is whole.", reason=reason)


def grading() -> str:
    """Label the progress of grading."""
    return _("grading")


def feedback() -> str:
    """Label the progress of writing feedback."""
    return _("feedback")


def progress(label: str, count: int, total: int, seconds: float | None) -> str:
    """Say how far long work is, where there is no bar, and how long it will take, if that is known."""
    if seconds is None:
        return _("{label}: {count} of {total}", label=label, count=count, total=total)
    return _(
        "{label}: {count} of {total}, about {seconds:.0f} s left",
        label=label,
        count=count,
        total=total,
        seconds=seconds,
    )


def rate(per_second: float) -> str:
    return _("{rate:.1f}/s", rate=per_second)


def student_note(student: str, note: str) -> str:
    return _("{student}: {note}", student=student, note=note)


def no_such_language(language: str, there_are: Sequence[str]) -> str:
    return _(
        "There is no catalogue for {language}; there are: {languages}.",
        language=language,
        languages=in_a_row(there_are),
    )


def click_says() -> tuple[str, ...]:
    """List what click says itself, so that catalogues hold it; click asks gettext for each by its English."""
    return (
        _("Usage:"),
        _("Options"),
        _("Commands"),
        _("Show this message and exit."),
        _("default: {default}"),
        _("required"),
        _("Error: {message}"),
        _("Try '{command} {option}' for help."),
        _("Invalid value: {message}"),
        _("Invalid value for {param_hint}: {message}"),
        _("Missing argument"),
        _("Missing option"),
        _("Missing command."),
        _("Choose from:\n\t{choices}"),
        _("No such option {name!r}."),
        _("No such command {name!r}."),
        ungettext("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)", 1),
        ungettext("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})", 1),
        ungettext("Takes {nargs} values but 1 was given.", "Takes {nargs} values but {len} were given.", 1),
        ungettext("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments.", 1),
        _("Option {name!r} does not take a value."),
        ungettext("{value!r} is not {choice}.", "{value!r} is not one of {choices}.", 1),
        _("{value!r} is not a valid {number_type}."),
        _("{value} is not in the range {range}."),
    )


def released(assignment: str, folder: str, archive: str) -> str:
    return _(
        "{assignment}: released to {folder}; the class gets {archive}",
        assignment=assignment,
        folder=folder,
        archive=archive,
    )


def simulated(assignment: str, kinds: Sequence[str]) -> str:
    """Count what the students of a made-up class do."""
    names = {
        "right": _("right"),
        "mistake": _("with a mistake"),
        "two mistakes": _("with two mistakes"),
        "unfinished": _("unfinished"),
        "untouched": _("untouched"),
        "syntax error": _("with a syntax error"),
        "endless loop": _("with an endless loop"),
        "broken file": _("broken"),
    }
    counts = [_("{count} {kind}", count=kinds.count(kind), kind=names[kind]) for kind in dict.fromkeys(kinds)]
    return ngettext(
        "{assignment}: {count} made-up submission ({kinds})",
        "{assignment}: {count} made-up submissions ({kinds})",
        len(kinds),
        assignment=assignment,
        kinds=in_a_row(counts),
    )


def students_or_remove() -> str:
    """Say that a made-up class is either made, of some size, or removed."""
    return _("Say how many students to make up (--students), or that the class is to be removed (--remove).")


def class_removed(assignment: str, count: int) -> str:
    return ngettext(
        "{assignment}: {count} made-up submission removed",
        "{assignment}: {count} made-up submissions removed",
        count,
        assignment=assignment,
    )


def made_up_changed(folder: str) -> str:
    """Say that a made-up submission was left."""
    return _("{folder} was made up and has been changed since; it was left. Delete it by hand.", folder=folder)


def people_read(count: int, new: int) -> str:
    return ngettext("{count} student read, {new} new", "{count} students read, {new} new", count, new=new)


def renamed(old: str, new: str) -> str:
    return _("{old} is {new} now", old=old, new=new)


def collected(assignment: str, written: int, unchanged: int) -> str:
    if unchanged:
        return ngettext(
            "{assignment}: {count} submission collected, {unchanged} already there",
            "{assignment}: {count} submissions collected, {unchanged} already there",
            written,
            assignment=assignment,
            unchanged=unchanged,
        )
    return ngettext(
        "{assignment}: {count} submission collected",
        "{assignment}: {count} submissions collected",
        written,
        assignment=assignment,
    )


def check_result(result: dict[str, Any]) -> str:
    return "\n".join(_result_lines(result))


def feedback_written(pages: int, folder: str) -> str:
    return ngettext("{count} page in {folder}", "{count} pages in {folder}", pages, folder=folder)


def lab_reports() -> str:
    """Name what a progress bar counts."""
    return _("lab reports")


def printing() -> str:
    """Name what a progress bar counts."""
    return _("printing")


def lab_reports_written(count: int, folder: str) -> str:
    return ngettext("{count} lab report → {folder}", "{count} lab reports → {folder}", count, folder=folder)


def no_browser() -> str:
    return _(
        "No PDF was made: there is no Chromium, Chrome or Edge on this machine (Debian, Ubuntu: apt install chromium). "
        "Or open a page in any browser and print it."
    )


def report_written(path: str) -> str:
    return _("report: {path}", path=path)


def exported(rows: int, path: str) -> str:
    return ngettext("{count} student in {path}", "{count} students in {path}", rows, path=path)


MAX_NAMES = 10
"""Students of a group who are named."""


def mistake_groups(assignment: str, groups: Sequence["WrongGroup"]) -> str:
    return "\n".join(_group_lines(assignment, groups))


def _group_lines(assignment: str, groups: Sequence["WrongGroup"]) -> Iterator[str]:
    if not groups:
        yield _(
            "{assignment}: no wrong functions. They are kept by `autograder grade {assignment}`.", assignment=assignment
        )
        return
    yield ngettext(
        "{assignment}: {functions} wrong functions in {count} group",
        "{assignment}: {functions} wrong functions in {count} groups",
        len(groups),
        assignment=assignment,
        functions=sum(len(group.students) for group in groups),
    )
    for group in groups:
        count = len(group.students)
        yield ""
        yield ngettext(
            "{id}  {check}: {count} student", "{id}  {check}: {count} students", count, id=group.id, check=group.check
        )
        names = in_a_row(group.students[:MAX_NAMES])
        yield f"  {and_more(names, count - MAX_NAMES) if count > MAX_NAMES else names}"
        missed = [
            name if missing == count else _("{name} ({missing} of {count})", name=name, missing=missing, count=count)
            for name, missing in group.criteria.items()
        ]
        yield _("  not met: {criteria}", criteria=in_a_row(missed))
        for hint in group.known:
            yield _("  known mistake: {hint}", hint=hint)
        if group.hint:
            yield _("  your hint: {hint}", hint=group.hint)
        if group.code:
            yield _("  the function of {student}:", student=group.example)
            yield from (f"    {line}".rstrip() for line in group.code.split("\n"))
    yield ""
    yield _('To give a group a hint: autograder mistakes {assignment} --hint GROUP "…"', assignment=assignment)


def and_more(names: str, count: int) -> str:
    return ngettext("{names} and {count} more", "{names} and {count} more", count, names=names)


def hint_given(assignment: str, group: str, count: int) -> str:
    return ngettext(
        "Group {group}: {count} student gets the hint with the next `autograder feedback {assignment}`.",
        "Group {group}: {count} students get the hint with the next `autograder feedback {assignment}`.",
        count,
        group=group,
        assignment=assignment,
    )


def hint_waiting(group: str, check: str, hint: str) -> str:
    """Show a hint that nobody gets now, so that it can be changed or taken away."""
    return _(
        "Group {group} of {check} is empty now; your hint waits for whoever does the same: {hint}",
        group=group,
        check=check,
        hint=hint,
    )


def hint_removed(group: str) -> str:
    return _("Group {group}: the hint is removed.", group=group)


def hints_outdated(assignment: str, groups: Sequence[str]) -> str:
    """Say that hints cannot be compared with what students do now."""
    return ngettext(
        "The hint for group {groups} was given for other hidden numbers (another secret, or another version) and "
        "fits nobody now: give it again to a group that `autograder mistakes {assignment}` lists, then --remove it.",
        "The hints for groups {groups} were given for other hidden numbers (another secret, or another version) and "
        "fit nobody now: give them again to groups that `autograder mistakes {assignment}` lists, then --remove them.",
        len(groups),
        groups=in_a_row(groups),
        assignment=assignment,
    )


def _result_lines(result: dict[str, Any]) -> Iterator[str]:
    from autograder.notebook.roles import TEST_PREFIX

    yield _("{assignment}: {score:g} of {max_score:g} points by machine", **result)
    for cell in result["cells"]:
        yield _(
            "{question}: {score:g} of {max_score:g}",
            question=cell["grade_id"].removeprefix(TEST_PREFIX),
            score=cell["score"],
            max_score=cell["max_score"],
        )
        if cell["error"]:
            yield f"  {cell['error']}"
        for criterion in ({**one, "name": translated(one["name"])} for one in cell["criteria"]):
            if criterion["passed"]:
                yield _("  passed  {name}: {points:g}", **criterion)
            elif not criterion["judged"]:
                yield _("  not judged  {name}: {points:g}  {message}", **criterion).rstrip()
            else:
                yield _("  failed  {name}: {points:g}  {message}", **criterion).rstrip()
        for mistake in cell["mistakes"]:
            yield _("  hint: {hint}", hint=translated(mistake["hint"]))
    if result["needs_manual_grade"]:
        yield _("graded by hand: {questions}", questions=in_a_row(result["needs_manual_grade"]))


def due_or_none() -> str:
    return _("Give either a time, or --none.")


def how_to_extend() -> str:
    return _("Say how much longer (--by 2d), until when (--until TIME), or that the extension ends (--none).")


def reading_answers() -> str:
    return _("reading answers")


def marking(assignment: str, url: str) -> str:
    return _(
        "Marking {assignment}: {url}\nCtrl-C ends the server; what was marked is in the gradebook.",
        assignment=assignment,
        url=url,
    )


def added_to_jupyterlab(path: str) -> str:
    return _("JupyterLab's launcher and View menu have “Mark Written Answers” from its next start ({path}).", path=path)


def mark_what() -> str:
    return _("Name the assignment to mark.")
