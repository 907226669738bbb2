"""Words of this package that people read."""


def solution_outside(index: int) -> str:
    """An instructor's cell with a solution that would be released."""
    return f"Cell {index} holds a solution region but is not a solution cell; it would be given to students."


TIME_OVER = "The time for this cell was over. Look for a loop that does not end."


def kernel_lost(died: bool) -> str:
    """A cell after which there was no kernel any more."""
    if died:
        return "This cell ended the Python process. It earns nothing; the other cells were run without it."
    return "This cell did not stop when its time was over. It earns nothing; the other cells were run without it."


def kernels_used_up(limit: int) -> str:
    """A notebook that kills one kernel after the other."""
    return f"Not run: cells before this one ended the Python process {limit} times."


def bad_verdict(points: float) -> str:
    """A verdict that the grader did not write."""
    return f"The verdict is not a score between 0 and {points:g}."


def no_verdict() -> str:
    """A test cell that ended without the grader's word."""
    return "The test ended without a verdict."


def guessed_full_marks(name: str) -> str:
    """A test cell whose result is no score: nbgrader gives full marks."""
    return f"The result of {name} is not a score between 0 and its points; nbgrader counts it as full marks."
