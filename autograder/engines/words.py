"""Words of this package that people read."""


def too_many_points(value: float, points: float) -> str:
    """A test cell of an instructor that prints more than it is worth."""
    return f"The test gave {value:g} points and is worth {points:g}."


def no_limits() -> str:
    """Limits for the engine that does not have them."""
    return "--limit is for the sandbox engine; with nbgrader, set ExecuteSubmission.timeout in nbgrader_config.py."


def grader_killed() -> str:
    """A submission that took the grading process with it."""
    return "The submission ended the process that graded it. It was not graded; read it before grading it again."


def not_judged(reason: str) -> str:
    """The engine failed on a submission."""
    return f"The notebook could not be run: {reason}"
