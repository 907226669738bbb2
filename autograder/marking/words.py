"""What people read while they mark by hand."""

from autograder.language import _, ngettext


def no_item(place: str, line: int, text: str) -> str:
    return _(
        "{place}, line {line}: “{text}” is no rubric item. Write points, a colon and words: “- 2: the cause is named”.",
        place=place,
        line=line,
        text=text,
    )


def too_few_points(cell: str, total: float, most: float) -> str:
    return _(
        "{cell}: the items of the rubric add up to {total:g} of {most:g} points; full marks need an adjustment.",
        cell=cell,
        total=total,
        most=most,
    )


def nothing_written(assignment: str) -> str:
    return _("{assignment} has no question that is graded by hand.", assignment=assignment)


def nobody_graded(assignment: str) -> str:
    return _(
        "Nobody's {assignment} is in the gradebook yet. Run `autograder grade {assignment}` first.",
        assignment=assignment,
    )


def no_question(key: str, assignment: str) -> str:
    return _("{assignment} has no question {key!r} that is graded by hand.", assignment=assignment, key=key)


def no_answer_of_key() -> str:
    return _("This answer is not there any more. Load the page again.")


def no_answer() -> str:
    return _("Nothing was filled in here.")


def item_without_words() -> str:
    return _("A rubric item needs words that say what it is for.")


def no_points() -> str:
    return _("Points are a number, such as 2 or -0.5.")


def no_op() -> str:
    return _("The page sent something that is no mark. Load it again.")


def no_part(part: int, parts: int) -> str:
    return _("There is no part {part} of {parts}.", part=part, parts=parts)


def claimed_by(marker: str) -> str:
    return _("{marker} has claimed this already.", marker=marker)


def elsewhere() -> str:
    return _("formgrader")


def not_as_root() -> str:
    return _("Jupyter does not run as root. Mark as another user, or put `-- --allow-root` behind the command.")


def failed(code: int) -> str:
    if code == 404:
        return _("There is no such page.")
    if code == 403:
        return _("This page is not open to you. Log in again.")
    return _("Something went wrong on the server. The traceback is in .autograder/errors.log.")


def somebody() -> str:
    return _("somebody")


def settled_empty(count: int) -> str:
    return ngettext("{count} empty answer has 0 points now.", "{count} empty answers have 0 points now.", count)


def menu() -> dict[str, str]:
    """Return what the entry in JupyterLab says; until it knows, and in English, what its script has."""
    return {
        "label": _("Mark Written Answers"),
        "caption": _("Mark one question across the class, by rubric"),
        "category": _("Grading"),
    }


def shortcuts() -> list[tuple[tuple[str, ...], str]]:
    """Return what each key of the page does."""
    return [
        (("1", "…", "9"), _("give or take back an item of the rubric")),
        (("0",), _("no points")),
        (("f",), _("all items that add points")),
        (("Enter",), _("next answer that is not marked")),
        (("→", "j"), _("next answer")),
        (("←", "k"), _("previous answer")),
        (("c",), _("write a comment; Esc goes back")),
        (("p",), _("points beside the items; Esc goes back")),
        (("u",), _("take back the last that you did")),
        (("l",), _("show alike answers")),
        (("g",), _("give this mark to the alike answers")),
        (("e",), _("show what the experiments show")),
        (("a",), _("add an item to the rubric")),
        (("m",), _("show or hide the mark scheme")),
        (("s",), _("show or hide names")),
        (("?",), _("this list")),
    ]


def for_page() -> dict[str, str]:
    """Return what the page's script says; it fills the places in."""
    return {
        "place": _("Answer {number} of {count}"),
        "progress": _("{marked} of {count} marked"),
        "not_marked": _("not marked yet"),
        "marked": _("{score} of {most} points"),
        "look_again": _("{score} of {most} points; the work changed since, look again"),
        "saving": _("saving"),
        "by": _("{marker}, {time}"),
        "elsewhere": _("points or comment were set outside this page"),
        "set_elsewhere": _("Set outside this page, perhaps in formgrader: {score} points. Marking here asks first."),
        "conflict_elsewhere": _("Not saved: {score} points were set outside this page, perhaps in formgrader."),
        "conflict": _("Not saved: {marker} marked this answer meanwhile, at {time}: {score} points."),
        "keep_theirs": _("Keep that mark"),
        "replace": _("Replace it with mine"),
        "refused": _("Answers that somebody else has marked meanwhile stay as they are: {count}."),
        "waiting": _("Marks that wait to be saved: {count}. They are kept in this browser."),
        "offline": _("The server does not answer; trying again."),
        "server": _("The server could not do that (error {code}); trying again."),
        "login": _("Log in again in another tab; then this goes on."),
        "nothing_to_undo": _("There is nothing of yours to take back."),
        "undone": _("Taken back: {count}"),
        "mark_first": _("Mark this answer first."),
        "given_to": _("Given to {count} alike answers"),
        "give_to": _("Give this mark to {count} of them"),
        "alike": _("Alike answers: {count} more"),
        "first": _("This is the first answer."),
        "last": _("This is the last answer."),
        "all_marked": _("All answers are marked."),
        "no_answers": _("There are no answers here."),
        "no_sample": _("Nobody else has marked an answer of the sample yet."),
        "empty": _("Nothing was filled in here."),
        "choose": _("Choose one to add it"),
        "edit": _("Change the item: {words}"),
        "reading": _("Reading the notebook …"),
        "log_mark": _("{time}: {marker}, {score} points"),
        "log_group": _("{time}: {marker}, {score} points, with a group"),
        "log_empty": _("{time}: {marker}, {score} points, with all empty answers"),
        "log_undo": _("{time}: {marker} took it back, {score} points"),
    }
