"""The words of nbgrader's own commands that students and instructors read."""

from autograder.language import _


def solution_outside(index: int) -> str:
    return _(
        "Cell {index} holds a solution region but is not a solution cell; it would be given to students.", index=index
    )


def time_over() -> str:
    return _("This cell reached its time limit. Look for an endless loop.")


def kernel_died() -> str:
    return _("This cell ended the Python process. It earns nothing; the other cells were run without it.")


def kernel_kept() -> str:
    """Say that a cell went on after its timeout."""
    return _("This cell did not stop at its time limit. It earns nothing; the other cells were run without it.")


def kernels_used_up(limit: int) -> str:
    return _("Not run: cells before this one ended the Python process {limit} times.", limit=limit)


def max_kernels_help() -> str:
    """Describe the setting `ExecuteSubmission.max_kernels`."""
    return _("Kernels that one notebook may use up before its remaining cells fail.")
