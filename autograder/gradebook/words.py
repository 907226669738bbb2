"""Sentences of this package that people read."""

from autograder.language import _


def no_gradebook(path: str) -> str:
    return _("There is no gradebook at {path}. Grade the assignment first.", path=path)


def bad_gradebook(path: str, reason: str) -> str:
    return _(
        "The gradebook at {path} cannot be read ({reason}). Put it back from a backup, or grade again.",
        path=path,
        reason=reason,
    )
