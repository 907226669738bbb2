"""What the verdicts of the batch-normalization lab say, besides `autograder.checking.words`."""

from __future__ import annotations

from autograder.language import _, translated


def does_not_normalise() -> str:
    """Say why a small criterion earns nothing: `out` is not x shifted and scaled."""
    return _("counts once out is x, shifted and scaled feature by feature.")


def not_stored(case: str, name: str) -> str:
    """Say that train mode does not store a running statistic."""
    return _("{case}: {name} is not in bn_param after the call.", case=translated(case), name=name)


def statistics_changed(case: str, name: str) -> str:
    """Say that test mode changes a running statistic."""
    return _(
        "{case}: {name} in bn_param has changed after the call; test mode should only read it.",
        case=translated(case),
        name=name,
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


def cache_changed() -> str:
    """Say that the backward pass writes into its cache, which shows in a second call or in what the cache shares."""
    return _("your backward pass changes its cache: a second call goes wrong. Does it write into an array there?")


def neither_gradient(finding: str) -> str:
    """Say that a gradient is wrong beside a wrong forward pass, by its standard, too."""
    return _("neither right nor the gradient of your own forward pass. {finding}", finding=finding)


def not_normalised(finding: str) -> str:
    """Say that a gradient is wrong, and why the own forward pass is no excuse."""
    return _(
        "not right, and your forward pass does not normalise x, so its own gradient does not count. {finding}",
        finding=finding,
    )


def judged_by_own_forward() -> str:
    """Say that a backward pass was judged by the student's own, wrong forward pass."""
    return _(
        "batchnorm_forward has lost its points above, so this was also judged by what your own forward pass computes; "
        "the same slip costs nothing twice."
    )


def other_forward() -> str:
    """Say that the forward pass is no longer the function that was judged."""
    return _(
        "batchnorm_forward is wrong here and does not behave as it did when it was judged, so this was judged by the "
        "right gradients only. Is it defined twice?"
    )


def stand_in_cache() -> str:
    """Say that a backward pass was judged with the recommended cache."""
    return _(
        "batchnorm_forward gave no cache here, so this was judged with the cache that its docstring recommends, "
        "(x, mu, var, x_hat, gamma, eps)."
    )


def wrong_with_stand_in(finding: str) -> str:
    """Say what is wrong where the backward pass was given the recommended cache."""
    return _(
        "cannot be judged with your own cache, because batchnorm_forward did not return what is needed here; with the "
        "cache that its docstring recommends: {finding}",
        finding=finding,
    )
