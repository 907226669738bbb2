"""Attacks on criteria: functions that are right but for what one criterion asks, or that one leniency would pay.

Each is judged as in a notebook, with a right function beside it. What it deserves is written beside it: any point more
is a reward.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from autograder.assignments import answer_key, names
from autograder.checking.check import AnswerKey, Check, Criterion, Function
from autograder.checking.judging import PreparedCheck, run_here
from autograder.checking.verdict import Verdict
from labkit.regularization import network
from tests.defences.defence import Defence, patched

SECRET = b"of the defences"

COST, L2_BACKWARD = "compute_cost_with_regularization", "backward_propagation_with_regularization"
FORWARD, BACKWARD = "forward_propagation_with_dropout", "backward_propagation_with_dropout"
TRAIN, TEST = "batchnorm_forward_train", "batchnorm_forward_test"
STAGED, SIMPLE = "batchnorm_backward", "batchnorm_backward_alt"


@dataclass(frozen=True)
class Attempt:
    """A hostile function.

    Attributes:
        check: what judges it.
        target: the criterion that stands in its way; of a leniency, its name.
        about: in words.
        code: the body of the function; `right` is the right one, `masked` a pass of dropout with given masks.
        deserves: the points that it may have.
        companion: the body of another hostile function that it comes with.
        replaced: whether a right companion was judged before the hostile one took its place.
    """

    check: str
    target: str
    about: str
    code: str
    deserves: float
    companion: str = ""
    replaced: bool = False


SIGNATURES = {
    COST: "A3, Y, parameters, lambd",
    L2_BACKWARD: "X, Y, cache, lambd",
    FORWARD: "X, parameters, keep_prob=0.5",
    BACKWARD: "X, Y, cache, keep_prob",
    "batchnorm_forward": "x, gamma, beta, bn_param",
    STAGED: "dout, cache",
    SIMPLE: "dout, cache",
}

MASKED = '''
def masked(X, parameters, keep_prob, D1, D2, shown=()):
    """A forward pass with given masks; others may be shown in the cache."""
    W1, b1, W2, b2, W3, b3 = (parameters[name] for name in ("W1", "b1", "W2", "b2", "W3", "b3"))
    Z1 = W1 @ X + b1
    A1 = np.maximum(Z1, 0) * D1 / keep_prob
    Z2 = W2 @ A1 + b2
    A2 = np.maximum(Z2, 0) * D2 / keep_prob
    Z3 = W3 @ A2 + b3
    A3 = 1 / (1 + np.exp(-Z3))
    D1, D2 = shown or (D1, D2)
    return A3, (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3)

def draw(X, parameters, keep_prob):
    return [np.random.rand(len(parameters[bias]), X.shape[1]) < keep_prob for bias in ("b1", "b2")]
'''

_G = "g = right(X, Y, cache, {0})\n{1}\nreturn g"


def _gradients(last: str, change: str) -> str:
    return _G.format(last, change)


_OUT = "out, cache = right(x, gamma, beta, bn_param)\n"
_TRAIN = 'if bn_param["mode"] != "train":\n    return right(x, gamma, beta, bn_param)\n'
_TEST = 'if bn_param["mode"] != "test":\n    return right(x, gamma, beta, bn_param)\n'
_D = "dx, dgamma, dbeta = right(dout, cache)\n"


def _both(target: str, about: str, code: str, staged: float, simple: float) -> list[Attempt]:
    """The same attack on both backward passes of batch norm."""
    return [Attempt(STAGED, target, about, code, staged), Attempt(SIMPLE, target, about, code, simple)]


ON_CRITERIA = [
    Attempt(COST, "value", "a constant", "return 0.0", 0),
    Attempt(COST, "scalar", "an array around the number", "return np.array([[right(A3, Y, parameters, lambd)]])", 9),
    Attempt(
        COST,
        "inputs unchanged",
        "weights overwritten after they were used",
        'cost = right(A3, Y, parameters, lambd)\nparameters["W1"] *= 2\nreturn cost',
        9,
    ),
    Attempt(
        COST,
        "edge cases",
        "a constant where λ = 0 or for one example",
        "return 1.0 if lambd == 0 or Y.shape[1] == 1 else right(A3, Y, parameters, lambd)",
        8,
    ),
    Attempt(L2_BACKWARD, "dW3", "one gradient is zero", _gradients("lambd", 'g["dW3"] = 0 * g["dW3"]'), 8),
    Attempt(L2_BACKWARD, "dW2 and dW1", "gradients doubled", _gradients("lambd", 'g["dW1"] = 2 * g["dW1"]'), 3),
    Attempt(
        L2_BACKWARD, "all other gradients", "what goes back is zero", _gradients("lambd", 'g["dA1"] = 0 * g["dA1"]'), 11
    ),
    Attempt(
        L2_BACKWARD,
        "numeric gradient",
        "a gradient that is none",
        _gradients("lambd", 'g["db1"] = np.cos(g["db1"])'),
        9,
    ),
    Attempt(
        L2_BACKWARD,
        "edge cases",
        "zeros where λ = 0",
        _gradients("lambd", "if lambd == 0:\n    g = {name: 0 * value for name, value in g.items()}"),
        13,
    ),
    Attempt(L2_BACKWARD, "shape", "a flat bias", _gradients("lambd", 'g["db1"] = g["db1"].ravel()'), 14),
    Attempt(
        L2_BACKWARD, "inputs unchanged", "the cache emptied behind itself", _gradients("lambd", "cache[1][:] = 0"), 14
    ),
    Attempt(
        FORWARD,
        "masks",
        "masks that keep nearly all, whatever keep_prob is",
        "D1, D2 = draw(X, parameters, keep_prob if keep_prob == 1 else 0.97)\n"
        "return masked(X, parameters, keep_prob, D1, D2)",
        9,
    ),
    Attempt(
        FORWARD,
        "independent entries",
        "every draw used for two units",
        "D1, D2 = (np.repeat(D[: (len(D) + 1) // 2], 2, axis=0)[: len(D)] for D in draw(X, parameters, keep_prob))\n"
        "return masked(X, parameters, keep_prob, D1, D2)",
        17,
    ),
    Attempt(
        FORWARD,
        "values follow from the masks",
        "masks shown in the cache, and not applied",
        "D1, D2 = draw(X, parameters, keep_prob)\n"
        "return masked(X, parameters, 1, np.ones(D1.shape), np.ones(D2.shape), (D1, D2))",
        9,
    ),
    Attempt(
        FORWARD,
        "edge cases",
        "zeros where keep_prob = 1",
        "A3, cache = right(X, parameters, keep_prob)\nreturn (0 * A3 if keep_prob == 1 else A3), cache",
        18,
    ),
    Attempt(
        FORWARD, "shape", "a flat output", "A3, cache = right(X, parameters, keep_prob)\nreturn A3.ravel(), cache", 19
    ),
    Attempt(
        FORWARD,
        "inputs unchanged",
        "the input overwritten behind itself",
        "result = right(X, parameters, keep_prob)\nX[:] = 0\nreturn result",
        19,
    ),
    Attempt(
        BACKWARD, "second hidden layer", "one gradient is zero", _gradients("keep_prob", 'g["dA2"] = 0 * g["dA2"]'), 7
    ),
    Attempt(
        BACKWARD, "first hidden layer", "one gradient is zero", _gradients("keep_prob", 'g["dA1"] = 0 * g["dA1"]'), 8
    ),
    Attempt(BACKWARD, "output layer", "one gradient is zero", _gradients("keep_prob", 'g["dZ3"] = 0 * g["dZ3"]'), 12),
    Attempt(
        BACKWARD,
        "numeric gradient",
        "a gradient that is none",
        _gradients("keep_prob", 'g["db3"] = np.cos(g["db3"])'),
        10,
    ),
    Attempt(
        BACKWARD,
        "edge cases",
        "zeros where keep_prob = 1",
        _gradients("keep_prob", "if keep_prob == 1:\n    g = {name: 0 * value for name, value in g.items()}"),
        13,
    ),
    Attempt(BACKWARD, "shape", "a flat bias", _gradients("keep_prob", 'g["db1"] = g["db1"].ravel()'), 14),
    Attempt(
        BACKWARD, "inputs unchanged", "the cache emptied behind itself", _gradients("keep_prob", "cache[2][:] = 0"), 14
    ),
    Attempt(TRAIN, "value", "half of the right output", _TRAIN + _OUT + "return out / 2, cache", 6),
    Attempt(
        TRAIN,
        "running statistics",
        "statistics that are not stored",
        _TRAIN + "return right(x, gamma, beta, dict(bn_param))",
        9,
    ),
    Attempt(
        TRAIN,
        "defaults",
        "another ε where none is given",
        _TRAIN + 'given = {"eps": 0.5, **bn_param}\nresult = right(x, gamma, beta, given)\n'
        'bn_param.update({k: given[k] for k in ("running_mean", "running_var")})\nreturn result',
        13,
    ),
    Attempt(
        TRAIN,
        "edge cases",
        "zeros for one example",
        _TRAIN + _OUT + "return (0 * out if len(x) == 1 else out), cache",
        13,
    ),
    Attempt(TRAIN, "shape", "one axis more", _TRAIN + _OUT + "return out[None], cache", 14),
    Attempt(
        TRAIN,
        "inputs unchanged",
        "the input overwritten behind itself",
        _TRAIN + _OUT + "x[:] = 0\nreturn out, cache",
        14,
    ),
    Attempt(TEST, "value", "half of the right output", _TEST + _OUT + "return out / 2, cache", 4),
    Attempt(
        TEST,
        "nothing changed",
        "running statistics that move in test mode",
        _TEST + _OUT + 'bn_param["running_mean"] = x.mean(axis=0)\nreturn out, cache',
        8,
    ),
    Attempt(
        TEST,
        "defaults",
        "another ε where none is given",
        _TEST + 'return right(x, gamma, beta, {"eps": 0.5, **bn_param})',
        9,
    ),
    Attempt(
        TEST, "edge cases", "zeros for one example", _TEST + _OUT + "return (0 * out if len(x) == 1 else out), cache", 9
    ),
    Attempt(TEST, "shape", "one axis more", _TEST + _OUT + "return out[None], cache", 9),
    Attempt(
        TEST,
        "invalid mode",
        "any mode will do",
        'if bn_param["mode"] not in ("train", "test"):\n    return x, None\nreturn right(x, gamma, beta, bn_param)',
        9,
    ),
    *_both("dbeta", "a gradient is zero", _D + "return dx, dgamma, 0 * dbeta", 13, 9),
    *_both("dgamma", "a gradient is doubled", _D + "return dx, 2 * dgamma, dbeta", 15, 11),
    *_both("dx", "∂x is zero", _D + "return 0 * dx, dgamma, dbeta", 10, 8),
    *_both("numeric gradient", "∂x is no gradient", _D + "return np.cos(dx), dgamma, dbeta", 10, 8),
    *_both("edge cases", "zeros for one example", _D + "return (dx + (len(dx) == 1), dgamma, dbeta)", 19, 14),
    *_both("shape", "one axis more", _D + "return dx, dgamma, dbeta[None]", 18, 13),
    *_both(
        "inputs and cache unchanged",
        "what comes in overwritten behind itself",
        _D + "dout[:] = 0\nreturn dx, dgamma, dbeta",
        19,
        14,
    ),
]
"""At least one for each criterion of each check."""

_EASY = "return gamma * (1e6 * x**2 + 1e3 * x.mean(axis=0)) + beta, (x, gamma)"
_EASY_BACKWARD = (
    "x, gamma = cache\nd = dout * gamma\nreturn 2e6 * x * d + 1e3 * d.mean(axis=0), "
    "(dout * (1e6 * x**2 + 1e3 * x.mean(axis=0))).sum(axis=0), dout.sum(axis=0)"
)
_CENTRED = "mean = x.mean(axis=0)\nreturn gamma * (x - mean) + beta, (x - mean, gamma)"
_CENTRED_BACKWARD = (
    "centred, gamma = cache\nd = dout * gamma\n"
    "return d - d.mean(axis=0), (dout * centred).sum(axis=0), dout.sum(axis=0)"
)
_WITHOUT_ROOT = (
    "centred = x - x.mean(axis=0)\nvar = x.var(axis=0) + bn_param['eps']\n"
    "return gamma * centred / var + beta, (centred, var, gamma)"
)
_WITHOUT_ROOT_BACKWARD = (
    "centred, var, gamma = cache\nd = dout * gamma\n"
    "dc = d / var - 2 * centred * (d * centred).mean(axis=0) / var**2\n"
    "return dc - dc.mean(axis=0), (dout * centred / var).sum(axis=0), dout.sum(axis=0)"
)


@contextmanager
def never_finding(criterion: Criterion) -> Iterator[None]:
    """Let a criterion find nothing."""
    judge = criterion.judge
    object.__setattr__(criterion, "judge", lambda evidence: None)
    try:
        yield
    finally:
        object.__setattr__(criterion, "judge", judge)


def _switch(where: str, value: Any) -> Callable[[], AbstractContextManager[None]]:
    return lambda: patched(where, value)


_KEY = "autograder.assignments"

LENIENCIES: list[tuple[Attempt, Callable[[], AbstractContextManager[None]]]] = [
    (
        Attempt(
            FORWARD,
            "any mask: with its scale",
            "masks that hold 1/keep_prob: no more than the share of that known mistake",
            "D1, D2 = (D / keep_prob for D in draw(X, parameters, keep_prob))\nreturn masked(X, parameters, 1, D1, D2)",
            6.5,
        ),
        lambda: never_finding(_criterion(FORWARD, "masks")),
    ),
    (
        Attempt(
            FORWARD,
            "any mask: of ones",
            "no dropout at all",
            "D1, D2 = draw(X, parameters, 1.1)\nreturn masked(X, parameters, keep_prob, D1, D2)",
            0,
        ),
        _switch(f"{_KEY}.regularization.dropout_forward:_constant", lambda evidence, trial: None),
    ),
    (
        Attempt(
            FORWARD,
            "any mask: of one number",
            "one draw for a whole layer, spread by broadcasting",
            "D1, D2 = (D[:1, :1] for D in draw(X, parameters, keep_prob))\n"
            "return masked(X, parameters, keep_prob, D1, D2)",
            0,
        ),
        _switch(f"{_KEY}.regularization.dropout_forward:_constant", lambda evidence, trial: None),
    ),
    (
        Attempt(
            FORWARD,
            "any generator",
            "masks without chance: exactly the share of ones in every call",
            "masks = []\nfor D in draw(X, parameters, keep_prob):\n"
            "    whole = np.zeros(D.size)\n    whole[: round(keep_prob * D.size)] = 1\n"
            "    masks.append(np.random.permutation(whole).reshape(D.shape))\n"
            "return masked(X, parameters, keep_prob, *masks)",
            17,
        ),
        lambda: never_finding(_criterion(FORWARD, "independent entries")),
    ),
    (
        Attempt(
            BACKWARD,
            "own caches",
            "an own cache in which all units are off, so that gradients of zero are right",
            "return {name: 0 * value for name, value in right(X, Y, cache[:14], keep_prob).items()}",
            0,
            companion="D1, D2 = draw(X, parameters, keep_prob)\n"
            "A3, cache = masked(X, parameters, keep_prob, 0 * D1, 0 * D2)\nreturn A3, (*cache, 1)",
        ),
        _switch(f"{_KEY}.regularization.dropout_backward:_is_telling", lambda cache, margin: True),
    ),
    (
        Attempt(
            STAGED,
            "follow-through: an easy gradient",
            "a forward pass out = γ (10⁶ x² + 10³ μ) + β, and its gradient",
            _EASY_BACKWARD,
            6,
            _EASY,
        ),
        _switch(f"{_KEY}.batch_normalization.follow_through:slopes", lambda x, out, axis: np.ones_like(x)),
    ),
    (
        Attempt(
            STAGED,
            "follow-through: no normalisation",
            "a forward pass out = γ (x − μ) + β, and its gradient",
            _CENTRED_BACKWARD,
            10,
            _CENTRED,
        ),
        _switch(f"{_KEY}.batch_normalization.follow_through:_normalises", lambda here, moved: True),
    ),
    (
        Attempt(
            STAGED,
            "follow-through: of another function",
            "a right forward pass is judged, and then replaced by one with a slip, whose gradient comes with it",
            _WITHOUT_ROOT_BACKWARD,
            6,
            _WITHOUT_ROOT,
            replaced=True,
        ),
        _switch(f"{_KEY}.batch_normalization.backward:_follows_own_forward", lambda evidence: True),
    ),
]
"""Each place where a judge accepts more than one result, an attack that wants points from it, and what stops it."""


@cache
def key_of(check: str) -> AnswerKey:
    """The answer key that a check belongs to."""
    return next(key for key in map(answer_key, names()) if any(check == other.name for other in key.checks))


def check_of(name: str) -> Check:
    return next(check for check in key_of(name).checks if check.name == name)


def all_criteria() -> Iterator[tuple[str, Criterion]]:
    """Check and criterion, of both labs."""
    for key in map(answer_key, names()):
        for check in key.checks:
            yield from ((check.name, criterion) for criterion in check.criteria)


def right_source(key: AnswerKey, function: str) -> str:
    """A right answer, as a student writes it."""
    return next(iter(key.right_answers[function].values()))


def hostile(attempt: Attempt, function: str) -> str:
    """The code of a stub that holds the attack: the right function, and the hostile one in its place."""
    body = attempt.code if function == check_of(attempt.check).function else attempt.companion
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    right = f"right_{function}"
    own = f"def {function}({SIGNATURES[function]}):\n    right = {right}\n{lines}\n"
    return "\n\n".join((right_source(key_of(attempt.check), function), f"{right} = {function}", own))


def source_of(attempt: Attempt) -> str:
    """The code of all functions that an attack needs, of companions first."""
    check = check_of(attempt.check)
    return "\n\n".join(
        hostile(attempt, function)
        if function == check.function or attempt.companion
        else right_source(key_of(attempt.check), function)
        for function in reversed(check.functions)
    )


@cache
def prepared(check: str) -> PreparedCheck:
    return PreparedCheck(key_of(check), check_of(check), SECRET)


def judged(attempt: Attempt) -> Verdict:
    """Judge an attack in this process."""
    check = check_of(attempt.check)
    namespace: dict[str, Any] = {"np": np, **vars(network)}
    exec(MASKED + source_of(attempt), namespace)
    functions: dict[str, Function] = {name: namespace[name] for name in check.functions}
    np.random.seed(1)
    earlier = {}
    if check.follow_up and check.follow_up.relies_on:
        relied = check.follow_up.relies_on
        first = check_of(relied).reference if attempt.replaced else functions
        earlier[relied] = prepared(relied).judge(run_here(first))
    return prepared(attempt.check).judge(run_here(functions), earlier)


def reward(attempt: Attempt) -> str:
    """Say what an attack got beyond what it deserves."""
    score = judged(attempt).score
    return f"{score:g} points, not {attempt.deserves:g}" if score > attempt.deserves else ""


def _criterion(check: str, name: str) -> Criterion:
    return next(criterion for criterion in check_of(check).criteria if criterion.name == name)


def _on_criterion(attempt: Attempt) -> Defence:
    name = f"{attempt.check}: {attempt.target}"
    criterion = _criterion(attempt.check, attempt.target)
    return Defence("criterion", name, attempt.about, lambda: reward(attempt), lambda: never_finding(criterion))


def _on_leniency(attempt: Attempt, off: Callable[[], AbstractContextManager[None]]) -> Defence:
    return Defence("leniency", f"{attempt.check}: {attempt.target}", attempt.about, lambda: reward(attempt), off)


DEFENCES = [*map(_on_criterion, ON_CRITERIA), *(_on_leniency(*pair) for pair in LENIENCIES)]
