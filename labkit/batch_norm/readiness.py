"""Check that the student's batch-norm functions run before an experiment uses them; print one sentence if not."""

from collections.abc import Callable
from typing import Any

import numpy as np

from labkit.batch_norm import words


def batch_norm_ready(forward: Callable[..., Any], *backwards: Callable[..., Any]) -> bool:
    """Tell whether the functions run on a tiny batch and return arrays of the right form; print why not.

    Whether their numbers are right is for `check` to say.

    Args:
        forward: the student's `batchnorm_forward`.
        backwards: backward functions that take the cache of `forward`.
    """
    x = np.arange(12.0).reshape(4, 3) ** 2
    made = _run(forward, x, np.ones(3), np.zeros(3), {"mode": "train"})
    if made is None:
        return False
    if not (isinstance(made, tuple) and len(made) == 2 and np.shape(made[0]) == x.shape):
        print(words.odd_forward(forward.__name__))
        return False
    for backward in backwards:
        found = _run(backward, np.cos(x), made[1])
        if found is None:
            return False
        sizes = [np.size(value) for value in found] if isinstance(found, tuple) else []
        if sizes != [x.size, 3, 3] or np.shape(found[0]) != x.shape:
            print(words.odd_backward(backward.__name__))
            return False
    return True


def _run(function: Callable[..., Any], *arguments: Any) -> Any:
    """Return what the function returns; None, after a sentence, if that is nothing or an exception."""
    try:
        result = function(*arguments)
    except Exception as error:
        print(words.failing_stub(name=function.__name__, kind=type(error).__name__, message=error))
        return None
    if result is None or (isinstance(result, tuple) and any(part is None for part in result[:1])):
        print(words.empty_stub(name=function.__name__))
        return None
    return result
