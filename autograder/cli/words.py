"""Sentences of the command line. Help texts stand with the commands."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from autograder.language import _, ngettext


def stopped() -> str:
    """Say what Ctrl-C leaves behind."""
    return _("stopped; what was graded so far is recorded")


def unexpected(kind: str, message: str, file: Path | None) -> str:
    """Report an error of this program, and name the file that holds its traceback, if it could be written."""
    if file is None:
        return _("unexpected {kind}: {message}", kind=kind, message=message)
    return _("unexpected {kind}: {message} (traceback in {file})", kind=kind, message=message, file=file)


def grading() -> str:
    """Label the progress of grading."""
    return _("grading")


def feedback() -> str:
    """Label the progress of writing feedback."""
    return _("feedback")


def progress(label: str, count: int, total: int, seconds: float) -> str:
    """Say how far long work is, where there is no bar."""
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


def released(assignment: str, folder: str, archive: str) -> str:
    return _(
        "{assignment}: released to {folder}; the class gets {archive}",
        assignment=assignment,
        folder=folder,
        archive=archive,
    )


def simulated(assignment: str, kinds: Sequence[str]) -> str:
    """Count what the students of a made-up class do."""
    counts = [_("{count} {kind}", count=kinds.count(kind), kind=kind) for kind in dict.fromkeys(kinds)]
    return ngettext(
        "{assignment}: {count} made-up submission ({kinds})",
        "{assignment}: {count} made-up submissions ({kinds})",
        len(kinds),
        assignment=assignment,
        kinds=", ".join(counts),
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


def report_written(path: str) -> str:
    return _("report: {path}", path=path)


def exported(rows: int, path: str) -> str:
    return ngettext("{count} student in {path}", "{count} students in {path}", rows, path=path)


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
        for criterion in cell["criteria"]:
            if criterion["passed"]:
                yield _("  passed  {name}: {points:g}", **criterion)
            else:
                yield _("  failed  {name}: {points:g}  {message}", **criterion).rstrip()
        for mistake in cell["mistakes"]:
            yield _("  hint: {hint}", hint=mistake["hint"])
        if cell["error"]:
            yield f"  {cell['error']}"
    if result["needs_manual_grade"]:
        yield _("graded by hand: {questions}", questions=", ".join(result["needs_manual_grade"]))
