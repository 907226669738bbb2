"""Words of this package that people read."""


def gradebook_unusable(path: str, reason: str) -> str:
    """The database fails."""
    return f"The gradebook {path} cannot be used: {reason}"
