"""Sentences that a cell of a student shows while it runs in the sandbox."""

from labkit.language import _


def no_commands(command: str) -> str:
    """Say that a command of the operating system is not run."""
    return _("Commands are not run while grading: {command}", command=command)
