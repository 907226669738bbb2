"""Words of this package that people read."""


def gradebook_unusable(path: str, reason: str) -> str:
    """The database fails."""
    return f"The gradebook {path} cannot be used: {reason}"


def no_gradebook(path: str) -> str:
    """Pages are wanted before anything was graded."""
    return f"There is no gradebook at {path}. Grade the assignment first."


def bad_gradebook(path: str, reason: str) -> str:
    """The gradebook cannot be read."""
    return f"The gradebook at {path} cannot be read ({reason}). Put it back from a backup, or grade again."
