"""Sentences that people read while they export."""

from autograder.language import _


def not_writable(path: str, reason: str) -> str:
    return _("{path} cannot be written: {reason}.", path=path, reason=reason)


def column_of(notebook: str, question: str) -> str:
    """Title a column where an assignment has several notebooks."""
    return _("{notebook}: {question}", notebook=notebook, question=question)
