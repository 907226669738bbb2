"""Sentences of this package that people read."""

from collections.abc import Iterable, Sequence

from autograder.language import _, in_a_row


def no_course(folder: str) -> str:
    return _(
        "No course at {folder}: there is no nbgrader_config.py. Go to the course folder, or name it with --course.",
        folder=folder,
    )


def no_assignment(assignment: str, known: Iterable[str]) -> str:
    names = in_a_row(known)
    if not names:
        return _("No assignment {assignment!r} in source/. The course has none.", assignment=assignment)
    return _("No assignment {assignment!r} in source/. The course has: {names}.", assignment=assignment, names=names)


def bad_secret(path: str) -> str:
    return _(
        "{path} is not a course secret. Put it back from a backup, or delete it and grade everybody again.", path=path
    )


def bad_shares_file(path: str, error: str) -> str:
    """Say that the file of shares cannot be read."""
    return _("{path} cannot be read as TOML: {error}", path=path, error=error)


def no_share_table(path: str, mistake: str) -> str:
    """Say that an entry of the file of shares is no table of a mistake."""
    return _(
        "{path}: {mistake} must be the name of a known mistake in square brackets, "
        "with lines 'criterion = share' below.",
        path=path,
        mistake=mistake,
    )


def no_share(path: str, mistake: str, criterion: str) -> str:
    """Say that a share is no number."""
    return _(
        "{path}: the share of {criterion!r} under {mistake} is not a number; write 0.5 for half of its points.",
        path=path,
        mistake=mistake,
        criterion=criterion,
    )


def bad_config(path: str, error: Exception) -> str:
    return _("{path} cannot be used: {kind}: {error}", path=path, kind=type(error).__name__, error=error)


def gradebook_unusable(path: str, reason: str) -> str:
    """Say that the database cannot be written, or is none."""
    return _("The gradebook {path} cannot be used: {reason}", path=path, reason=reason)


def release_failed(assignment: str, reason: str) -> str:
    """Say why nbgrader's generate_assignment refused."""
    return _("{assignment} cannot be released: {reason}", assignment=assignment, reason=reason)


def cells_are_graded(assignment: str) -> str:
    """Say that the graded cells of a source are others than those that students have marks for."""
    return _(
        "Graded cells were added to source/{assignment} or taken out, and students have marks for it. Put the cells "
        "back; or keep a copy of the gradebook, take the assignment out of it with all its marks, those by hand too "
        "(`nbgrader db assignment remove {assignment} --force`), and grade again. Nothing was written.",
        assignment=assignment,
    )


def no_dataset(name: str) -> str:
    return _("datasets/{name} is missing; the assignment's notebook reads it.", name=name)


def no_student_page(name: str) -> str:
    return _(
        "{name} is missing; the class zip holds it as its README. Copy it from the project; for a new language, write "
        "it.",
        name=name,
    )


def folder_not_read(folder: str, reason: str) -> str:
    return _("{folder} cannot be read on this machine: {reason}.", folder=folder, reason=reason)


def folder_is_link(folder: str) -> str:
    return _("{folder} is a link, and links are not followed: put a folder there.", folder=folder)


def bad_roster(path: str, reason: str) -> str:
    return _(
        "The roster in {path} cannot be read ({reason}). Put the file back from a backup, or delete it and read the "
        "lists again.",
        path=path,
        reason=reason,
    )


def roster_not_written(path: str, reason: str) -> str:
    return _("The roster cannot be written to {path}: {reason}", path=path, reason=reason)


def no_moment(text: str) -> str:
    return _(
        "{text!r} is no time: write it as 2026-03-02 23:59, if need be with a zone (+08:00, Asia/Shanghai) behind it.",
        text=text,
    )


def no_span(text: str) -> str:
    return _("{text!r} is no length of time: write 15m, 2h or 1d.", text=text)


def also_in_utc(local: str, utc: str) -> str:
    return _("{local} ({utc} UTC)", local=local, utc=utc)


def bad_downloads(path: str, reason: str) -> str:
    return _(
        "The names of the last download in {path} cannot be read ({reason}). Delete the file and collect again.",
        path=path,
        reason=reason,
    )


def no_gradebook(name: str) -> str:
    return _("There is no gradebook at {name}. Grade the assignment first.", name=name)


def bad_gradebook(path: str, reason: str) -> str:
    return _(
        "The gradebook at {path} cannot be read ({reason}). Put it back from a backup, or grade again.",
        path=path,
        reason=reason,
    )


def already_graded_into(name: str) -> str:
    return _(
        "Another `autograder grade` is running on the gradebook {name}. Wait until it has ended, then start again.",
        name=name,
    )


def other_database(config: str) -> str:
    """Refuse a kind of database; the URL may hold a password, so it is not shown."""
    return _(
        "{config} sets CourseDirectory.db_url to a database of another kind than SQLite and PostgreSQL. Take the line "
        "out for SQLite, or write it as postgresql+psycopg://USER@HOST/DATABASE.",
        config=config,
    )


def no_course_id(config: str) -> str:
    return _(
        "{config} names a PostgreSQL database and no course, which nbgrader needs there. Add a line such as "
        'c.CourseDirectory.course_id = "dl".',
        config=config,
    )


def bad_url() -> str:
    """Say that a URL cannot be read, without showing it: a password may stand anywhere in it."""
    return _(
        "CourseDirectory.db_url in nbgrader_config.py is no URL of a database. Write it as "
        "postgresql+psycopg://USER@HOST/DATABASE, and keep the password in ~/.pgpass."
    )


def no_driver() -> str:
    return _(
        "The gradebook is on a PostgreSQL server, and its driver is not installed: "
        'pip install "deep-learning-lab[postgresql]"'
    )


def other_place(config: str, name: str, value: str, ours: str) -> str:
    return _(
        "{config} sets CourseDirectory.{name} to {value!r}, and this program works with {ours!r} only. Take the line "
        "out, and move what is in the other place.",
        config=config,
        name=name,
        value=value,
        ours=ours,
    )


def no_such_language(config: str, language: str, there_are: Sequence[str]) -> str:
    return _(
        "{config} sets Autograder.language to {language!r}; there are: {languages}.",
        config=config,
        language=language,
        languages=in_a_row(there_are),
    )
