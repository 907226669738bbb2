"""Sentences that people read while they export."""

from collections.abc import Sequence

from autograder.language import _, in_a_row, ngettext


def not_writable(path: str, reason: str) -> str:
    return _("{path} cannot be written: {reason}.", path=path, reason=reason)


def column_of(notebook: str, question: str) -> str:
    """Title a column where an assignment has several notebooks."""
    return _("{notebook}: {question}", notebook=notebook, question=question)


def moodle_file() -> str:
    """Say where Moodle gives its file."""
    return _("The assignment's grading worksheet (Submissions → Download grading worksheet) is the file to give.")


def canvas_file() -> str:
    """Say where Canvas gives its file."""
    return _("The gradebook as Canvas exports it (Gradebook → Export) is the file to give.")


def blackboard_file() -> str:
    """Say where Blackboard gives its file."""
    return _("The gradebook as Blackboard exports it (Work Offline → Download) is the file to give.")


def brightspace_file() -> str:
    """Say where Brightspace gives its file."""
    return _("The grades as Brightspace exports them (Grades → Export, with points grade) is the file to give.")


def sakai_file() -> str:
    """Say where Sakai gives its file."""
    return _("The grades.csv in the assignment's download (Download All) is the file to give.")


def table_file() -> str:
    """Say which other tables can be filled."""
    return _("A table of the class (csv or xlsx) with a column for grades is the file to give.")


def no_spreadsheet(path: str, source: str) -> str:
    return _("{path} is a spreadsheet, which the platform does not take back. {source}", path=path, source=source)


def no_xlsx(path: str) -> str:
    return _(
        "{path} cannot be filled: only an xlsx file can. Open it in a spreadsheet program, save it as xlsx, and give "
        "that; if the platform wants xls, save the filled one as xls.",
        path=path,
    )


def formula(path: str, cell: str) -> str:
    return _("{path}: {cell} is computed by a formula. Name another column with --column.", path=path, cell=cell)


def has_formulas() -> str:
    return _(
        "The file has formulas, whose results are from before: open it in a spreadsheet program and save it, so that "
        "they are computed anew."
    )


def needs_file(platform: str, source: str) -> str:
    return _(
        "--to {platform} fills the platform's own file: name it with --into. {source}", platform=platform, source=source
    )


def takes_no_file(to: str) -> str:
    return _("--to {to} writes a file of its own: name it with --output, without --into.", to=to)


def needs_output(to: str) -> str:
    return _("--to {to} writes a file of its own: name it with --output.", to=to)


def no_table(path: str) -> str:
    return _("{path} is no table: its rows part at no known sign, or have more cells than the header.", path=path)


def not_of_platform(path: str, platform: str, source: str) -> str:
    return _(
        "{path} is not the file of {platform}: no column in it takes grades. {source}",
        path=path,
        platform=platform,
        source=source,
    )


def which_column(path: str, assignment: str, titles: Sequence[str]) -> str:
    return _(
        "No single column of {path} is called {assignment}. Name one of them with --column: {titles}",
        path=path,
        assignment=assignment,
        titles=in_a_row(titles),
    )


def column_locked(path: str, title: str) -> str:
    return _("The column {title} of {path} is read only on the platform.", path=path, title=title)


def other_maximum(path: str, title: str, theirs: float, ours: float) -> str:
    return _(
        "{title} is out of {theirs:g} in {path}, and out of {ours:g} here. Change it on the platform and export again, "
        "or turn points into its maximum with --scale.",
        path=path,
        title=title,
        theirs=theirs,
        ours=ours,
    )


def nobody_known(path: str, assignment: str) -> str:
    return _(
        "Nobody in {path} has marks for {assignment}. Say who is who with `autograder roster`, and try again.",
        path=path,
        assignment=assignment,
    )


def filled(path: str, column: str, count: int) -> str:
    return ngettext(
        "{count} grade in the column {column} of {path}",
        "{count} grades in the column {column} of {path}",
        count,
        path=path,
        column=column,
    )


def left_open(students: Sequence[str]) -> str:
    return ngettext(
        "{count} student has answers that are still to be graded by hand and got no grade: {students}",
        "{count} students have answers that are still to be graded by hand and got no grade: {students}",
        len(students),
        students=in_a_row(students),
    )


def left_as_it_is(students: Sequence[str]) -> str:
    return ngettext(
        "The cell of {count} student says something else than a grade (excused, ill …) and stays as it is: {students}",
        "The cells of {count} students say something else than a grade (excused, ill …) and stay as they are: "
        "{students}",
        len(students),
        students=in_a_row(students),
    )


def not_graded(names: Sequence[str]) -> str:
    return ngettext(
        "{count} person in the file has no marks here: {names}",
        "{count} people in the file have no marks here: {names}",
        len(names),
        names=in_a_row(names),
    )


def not_listed(names: Sequence[str]) -> str:
    return ngettext(
        "{count} student with marks is not in the file: {names}",
        "{count} students with marks are not in the file: {names}",
        len(names),
        names=in_a_row(names),
    )


def above_maximum(students: Sequence[str]) -> str:
    return ngettext(
        "{count} student has more points than the maximum, and the platform skips such a grade: {students}",
        "{count} students have more points than the maximum, and the platform skips such grades: {students}",
        len(students),
        students=in_a_row(students),
    )
