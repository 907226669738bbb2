"""The sentences of this package that people read."""

from autograder.language import _


def no_start(reason: str) -> str:
    return _("The process that reads markup and pictures of notebooks does not start: {reason}.", reason=reason)


def no_answer() -> str:
    return _("it ended before it was ready")
