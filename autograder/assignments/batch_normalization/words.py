"""What the verdicts of the batch-normalization lab say, besides `autograder.checking.words`."""

from __future__ import annotations

from autograder.language import _, translated


def far_from_right() -> str:
    """Say why a small criterion earns nothing: `out` is far from right."""
    return _("counts once out is roughly right.")


def not_stored(case: str, name: str) -> str:
    """Say that train mode does not store a running statistic."""
    return _("{case}: {name} is not in bn_param after the call.", case=translated(case), name=name)


def statistics_changed(case: str, name: str) -> str:
    """Say that test mode changes a running statistic."""
    return _(
        "{case}: {name} in bn_param has changed after the call; test mode should only read it.", case=case, name=name
    )


def setting_changed(name: str) -> str:
    """Say that the function changes a setting."""
    return _(
        "the function changes {name!r} in bn_param; it should store the running statistics there, nothing else.",
        name=name,
    )


def wrong_error(mode: str, error: str) -> str:
    """Say that an unknown mode raises another error than the docstring asks for."""
    return _("mode = {mode!r}: expected a ValueError, got {error}.", mode=mode, error=error)


def no_error(mode: str) -> str:
    """Say that an unknown mode raises no error."""
    return _("mode = {mode!r}: expected a ValueError, got no error.", mode=mode)


def second_backward_differs() -> str:
    """Say that the backward pass uses up its cache."""
    return _(
        "a second call with the same cache gives another result. Does your backward pass write into an array of the "
        "cache?"
    )


def forward_differs_after_backward() -> str:
    """Say that the backward pass writes into what the cache shares with the forward pass."""
    return _("your backward pass changed x, gamma or beta. Does it write into an array of the cache?")


def neither_gradient(finding: str) -> str:
    """Say that a gradient is wrong beside a wrong forward pass, by its standard, too."""
    return _("neither right nor the gradient of your own forward pass. {finding}", finding=finding)


def not_normalised(finding: str) -> str:
    """Say that a gradient is wrong, and why the own forward pass is no excuse."""
    return _(
        "not right, and your forward pass does not normalise x, so its own gradient does not count. {finding}",
        finding=finding,
    )
