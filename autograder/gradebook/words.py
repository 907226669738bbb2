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


def bad_hints(path: str, reason: str) -> str:
    return _(
        "The hints in {path} cannot be read ({reason}). Put the file back from a backup, or delete it and give the "
        "hints again.",
        path=path,
        reason=reason,
    )


def hints_not_written(path: str, reason: str) -> str:
    return _("The hints cannot be written to {path}: {reason}", path=path, reason=reason)
