"""Check that the student's batch-norm functions run before an experiment uses them; print one sentence if not."""

from collections.abc import Callable
from typing import Any

import numpy as np

from labkit.batch_norm import words
from labkit.batch_norm.practice import hidden_layer as hidden_layer_report
from labkit.say import say
from labkit.selfcheck import words as selfcheck_words
from labkit.selfcheck.check import unproven


def batch_norm_ready(
    forward: Callable[..., Any], *backwards: Callable[..., Any], layer: Callable[..., Any] | None = None
) -> bool:
    """Tell whether the functions run on a tiny batch and return arrays of the right form; print why not.

    Their numbers do not stop an experiment; one line says which function fails its self-check.

    Args:
        forward: the student's `batchnorm_forward`, or a normalization in its place.
        backwards: backward functions that take the cache of `forward`.
        layer: the student's `hidden_layer`, if the experiment has a network.
    """
    x = np.arange(12.0).reshape(4, 3) ** 2
    result = _run(forward, x, np.ones(3), np.zeros(3), {"mode": "train"})
    if result is None:
        return False
    if not (isinstance(result, tuple) and len(result) == 2 and np.shape(result[0]) == x.shape):
        say(words.odd_forward(forward.__name__))
        return False
    for backward in backwards:
        gradients = _run(backward, np.cos(x), result[1])
        if gradients is None:
            return False
        sizes = [np.size(value) for value in gradients] if isinstance(gradients, tuple) else []
        if sizes != [x.size, 3, 3] or np.shape(gradients[0]) != x.shape:
            say(words.odd_backward(backward.__name__))
            return False
    if layer is not None and not _layer_ready(layer, forward):
        return False
    for name in unproven({function.__name__: function for function in (forward, *backwards)}):
        say(selfcheck_words.unproven(name))
    return True


def _layer_ready(layer: Callable[..., Any], forward: Callable[..., Any]) -> bool:
    """Tell whether a hidden layer runs; say, too, if it is not what it should be, which does not stop an experiment."""
    x = np.arange(12.0).reshape(4, 3) ** 2
    parameters = {"W1": np.eye(3, 2), "b1": np.zeros(2), "gamma1": np.ones(2), "beta1": np.zeros(2)}
    result = _run(layer, x, 1, parameters, [{"mode": "train"}], forward)
    if result is None:
        return False
    if not (isinstance(result, tuple) and len(result) == 2 and np.ndim(result[0]) == 2 and len(result[0]) == len(x)):
        say(words.odd_layer(layer.__name__))
        return False
    if not hidden_layer_report(layer).passed:
        say(selfcheck_words.unproven(layer.__name__))
    return True


def _run(function: Callable[..., Any], *arguments: Any) -> Any:
    """Return what the function returns; print a sentence and return None if it returns nothing or raises."""
    try:
        result = function(*arguments)
    except Exception as error:
        say(words.failing_stub(name=function.__name__, kind=type(error).__name__, message=error))
        return None
    if result is None or (isinstance(result, tuple) and any(part is None for part in result[:1])):
        say(words.empty_stub(name=function.__name__))
        return None
    return result
