"""Check that the student's batch-norm functions run before an experiment uses them; print one sentence if not."""

from collections.abc import Callable
from typing import Any

import numpy as np

from labkit.batch_norm import words
from labkit.selfcheck import words as selfcheck_words
from labkit.selfcheck.check import unproven


def batch_norm_ready(forward: Callable[..., Any], *backwards: Callable[..., Any]) -> bool:
    """Tell whether the functions run on a tiny batch and return arrays of the right form; print why not.

    Their numbers do not stop an experiment; one line says which function fails its self-check.

    Args:
        forward: the student's `batchnorm_forward`.
        backwards: backward functions that take the cache of `forward`.
    """
    x = np.arange(12.0).reshape(4, 3) ** 2
    result = _run(forward, x, np.ones(3), np.zeros(3), {"mode": "train"})
    if result is None:
        return False
    if not (isinstance(result, tuple) and len(result) == 2 and np.shape(result[0]) == x.shape):
        print(words.odd_forward(forward.__name__))
        return False
    for backward in backwards:
        gradients = _run(backward, np.cos(x), result[1])
        if gradients is None:
            return False
        sizes = [np.size(value) for value in gradients] if isinstance(gradients, tuple) else []
        if sizes != [x.size, 3, 3] or np.shape(gradients[0]) != x.shape:
            print(words.odd_backward(backward.__name__))
            return False
    for name in unproven({function.__name__: function for function in (forward, *backwards)}):
        print(selfcheck_words.unproven(name))
    return True


def _run(function: Callable[..., Any], *arguments: Any) -> Any:
    """Return what the function returns; print a sentence and return None if it returns nothing or raises."""
    try:
        result = function(*arguments)
    except Exception as error:
        print(words.failing_stub(name=function.__name__, kind=type(error).__name__, message=error))
        return None
    if result is None or (isinstance(result, tuple) and any(part is None for part in result[:1])):
        print(words.empty_stub(name=function.__name__))
        return None
    return result
