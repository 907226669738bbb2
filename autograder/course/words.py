"""Words of this package that people read."""

from collections.abc import Iterable


def no_course(folder: str) -> str:
    """No course folder where a command was started."""
    return f"No course at {folder}: there is no nbgrader_config.py. Go to the course folder, or name it with --course."


def no_assignment(assignment: str, known: Iterable[str]) -> str:
    """An assignment that the course does not have."""
    names = ", ".join(known) or "none"
    return f"No assignment {assignment!r} in source/. The course has: {names}."


def bad_secret(path: str) -> str:
    """The file of the course secret holds something else."""
    return f"{path} is not a course secret. Put it back from a backup, or delete it and grade everybody again."


def bad_config(path: str, error: Exception) -> str:
    """A configuration that does not run."""
    return f"{path} cannot be used: {type(error).__name__}: {error}"


def release_failed(assignment: str, reason: str) -> str:
    """A step of nbgrader's generate_assignment refused."""
    return f"{assignment} cannot be released: {reason}"


def no_dataset(name: str) -> str:
    """A data file that an assignment names and the course does not have."""
    return f"datasets/{name} is missing; the assignment's notebook reads it."
