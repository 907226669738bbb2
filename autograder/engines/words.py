"""The words of both engines that students and instructors read."""

from collections.abc import Iterable, Sequence

from autograder.language import _, in_a_row


def grade_stays(problem: str) -> str:
    """Say what a problem of the machine means for the grade."""
    return _("{problem} Not graded; an earlier grade stays.", problem=problem)


def unknown_check(cell: str, check: str) -> str:
    return _(
        "The test cell {cell!r} calls autograder.grade({check!r}), and no answer key has that check. Nothing was "
        "written.",
        cell=cell,
        check=check,
    )


def wrong_points(cell: str, points: float, check: float) -> str:
    return _(
        "The test cell {cell!r} has {points:g} points and its check gives {check:g}; they must be equal. Change the "
        "cell's points in source/, or the check's in the answer key. Nothing was written.",
        cell=cell,
        points=points,
        check=check,
    )


def too_many_points(value: float, points: float) -> str:
    return _("The test gave {value:g} points and is worth {points:g}.", value=value, points=points)


def bad_verdict(points: float) -> str:
    """Say that the verdict in an output cannot be the grader's."""
    return _("The verdict is not a score between 0 and {points:g}.", points=points)


def no_verdict() -> str:
    """Say that a test that calls the grader ended before it did."""
    return _("The test ended without a verdict.")


def guessed_score(cell: str) -> str:
    """Say that nbgrader takes a result that is no score for full marks."""
    return _("{cell}: its result is not a score between 0 and its points; nbgrader counts it as full marks.", cell=cell)


def cell_failed(name: str, line: int, left_out: Sequence[int]) -> str:
    """Say that a cell failed before its end, and which lines below did not run."""
    if not left_out:
        return _(
            "In the cell {name}, line {line} failed while grading. The definitions, imports and assignments below it "
            "were run all the same.",
            name=name,
            line=line,
        )
    lines = in_a_row(map(str, left_out))
    return _(
        "In the cell {name}, line {line} failed while grading. The definitions, imports and assignments below it were "
        "run all the same; what begins in these lines was left out: {lines}.",
        name=name,
        line=line,
        lines=lines,
    )


def cell_lost(name: str) -> str:
    """Say that a cell was stopped, and what of it is kept."""
    return _(
        "The cell {name} was stopped, or ended the notebook's process. What it defines was kept as far as that is "
        "known to be harmless; values that it computes below the place may be missing.",
        name=name,
    )


def output_cut(name: str, reason: str) -> str:
    """Say that a part of a cell's output is not kept."""
    return _("The cell {name} shows very much. {reason}", name=name, reason=reason)


def no_limits() -> str:
    return _("--limit is for the sandbox engine; with nbgrader, set ExecuteSubmission.timeout in nbgrader_config.py.")


def nothing_protects() -> str:
    """Say each time that this engine holds nothing back."""
    return _(
        "The nbgrader engine protects nothing: notebooks run as you, and may read, change and send what you can. "
        "Grade only notebooks that you trust, or use the sandbox, on Linux."
    )


def grader_killed() -> str:
    """Say that judging a submission ended the process that judged it."""
    return _("The submission ended the process that graded it. It was not graded; read it before grading it again.")


def no_result(reason: str) -> str:
    """Say that another process sent something that is no result."""
    return _("What came back in place of a result is none, and was not recorded: {reason}", reason=reason)


def no_engine(name: str, known: Iterable[str]) -> str:
    return _("No engine {name!r}. There are: {names}.", name=name, names=in_a_row(known))


def sandbox_needs_linux() -> str:
    return _("The sandbox needs Linux. Grade with --engine nbgrader here; it does not hold hostile notebooks back.")


def engine_failed(kind: str, message: str, file: str) -> str:
    """Say that an engine failed on a submission, and name the file that holds the traceback, if it could be written."""
    if not file:
        return _("The engine failed on this submission: {kind}: {message}", kind=kind, message=message)
    return _(
        "The engine failed on this submission: {kind}: {message} (traceback in {file})",
        kind=kind,
        message=message,
        file=file,
    )


def unknown_mistake(path: str, mistake: str) -> str:
    """Say that the file of shares names a mistake that no answer key has."""
    return _(
        "{path}: there is no known mistake {mistake!r}. `autograder check --json` shows the names.",
        path=path,
        mistake=mistake,
    )


def unknown_criterion(path: str, mistake: str, criterion: str, known: Iterable[str]) -> str:
    """Say that the file of shares names a criterion that a mistake is not judged by."""
    return _(
        "{path}: {mistake} has no criterion {criterion!r}. It has: {names}.",
        path=path,
        mistake=mistake,
        criterion=criterion,
        names=in_a_row(known),
    )


def bad_share(path: str, mistake: str, criterion: str, share: float, most: float) -> str:
    """Say that a share is out of its bounds."""
    return _(
        "{path}: the share of {criterion!r} under {mistake} is {share:g}; it must be from 0 to {most:g}, "
        "so that no wrong answer gets full marks.",
        path=path,
        mistake=mistake,
        criterion=criterion,
        share=share,
        most=most,
    )
