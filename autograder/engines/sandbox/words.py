"""The words of the engine that students and instructors read, in one place: another language replaces this file."""

from __future__ import annotations

from collections.abc import Iterable

OVER = {
    "wall_cell": "This cell was stopped after {value} s. Is there an endless loop?",
    "cpu_cell": "This cell was stopped after {value} s of computing. Is there an endless loop?",
    "wall_submission": "The notebook took more than {value} s in all; this cell was not finished.",
    "cpu_submission": "The notebook computed for more than {value} s in all; this cell was not finished.",
    "memory": "This cell needs more than the {value} MB of memory that a notebook may use.",
    "output_cell": "This cell was stopped: it shows more than {value} characters.",
    "output_total": "This cell was stopped: the notebook shows more than {value} characters in all.",
    "result": "This cell was stopped: the function returns more than {value} MB.",
    "file_size": "This cell writes a file of more than {value} MB.",
    "disk": "This cell writes more than {value} MB of files.",
    "processes": "This cell starts more than {value} threads.",
    "open_files": "This cell has more than {value} files open.",
}
"""What a student reads for each limit."""

BAD_ANSWER = "This cell could not be judged: the notebook answered the grader in a form that makes no sense."
NOT_SHOWN = "This cell raised an exception that the notebook kept from being shown."
DIED = "This cell ended the notebook's process ({how})."


def over(limit: str, value: int) -> str:
    """A limit that a cell went over."""
    return OVER[limit].format(value=f"{value:,}") + f" (limit: {limit})"


def bad_limit(text: str, names: Iterable[str]) -> str:
    """A --limit that is not known."""
    return f"--limit {text}: write NAME=VALUE with a whole number above zero. Names: {', '.join(names)}."


def layer_missing(name: str, how: str) -> str:
    """A layer that grading needs and this machine does not have."""
    return f"This machine lacks a layer that the sandbox needs: {name}. {how} (Or grade with --engine nbgrader.)"


def unknown_check(cell: str, check: str) -> str:
    """A test cell that names a check of no answer key."""
    return f"The test cell {cell!r} calls autograder.grade({check!r}), and no answer key has that check."


def wrong_points(cell: str, points: float, check: float) -> str:
    """A test cell whose points are not those of its check."""
    return f"The test cell {cell!r} has {points:g} points and its check gives {check:g}; they must be equal."


def no_start(why: str) -> str:
    """The sandbox's warm parent does not start, or is gone."""
    return f"The sandbox does not work here: {why or 'its process ended'}. `autograder doctor` says more."


def died(how: str) -> str:
    """A cell after which the notebook's process was gone."""
    return DIED.format(how=how)


def killed_twice() -> str:
    """A submission whose workers are killed by something outside."""
    return (
        "Something outside killed the notebook's process twice. Grade this submission again when the machine is idle."
    )


def broken_grader(reason: str) -> str:
    """An error of the engine on one submission."""
    return f"The engine failed on this submission: {reason}"


def machine(system: str, release: str, hardware: str, python: str) -> str:
    """The first line of `doctor`."""
    return f"{system} {release}, {hardware}, Python {python}"


def no_linux() -> str:
    """Another system than Linux."""
    return "The sandbox needs Linux. Here, grade with --engine nbgrader, and only notebooks that you trust."


def started(seconds: float) -> str:
    """The sandbox works."""
    return f"The sandbox starts (in {seconds:.1f} s). Its layers:"


def layer(name: str, there: bool, needed: bool, gives: str, note: str) -> str:
    """A layer of the sandbox."""
    state = "yes" if there else "NO, grading is refused" if needed else "NO, grading goes on with one layer less"
    return f"  {name:<13}{state}{f' ({note})' if note else ''}: {gives}"


def remedy(how: str) -> str:
    """How to get a layer that is missing."""
    return f"  {'':<13}How to get it: {how}"


LIMITS = "Limits of a submission (another one: --limit NAME=VALUE):"


def limit(name: str, default: int, unit: str, promise: str) -> str:
    """A limit."""
    return f"  {name:<16}{default:>9,} {unit:<11}{promise}"


def no_namespaces(why: str) -> str:
    """Grading with one layer less: said each time."""
    return f"The sandbox has no namespaces here ({why}): one layer less. `autograder doctor` says what that means."
