"""Inverted dropout, forward and backward (Srivastava et al. 2014, JMLR 15, sections 4 and 10).

The forward pass is random and its random stream is the student's choice. So nothing is compared with a recorded
stream: all values are recomputed from the masks that the student's own cache holds, and the masks are judged as what
they should be, independent coin tosses that come up 1 with probability keep_prob.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.assignments.regularization import words
from autograder.assignments.regularization.probes import (
    GRADIENTS,
    MARGIN,
    NUMERIC,
    draw,
    draw_smooth,
    numeric_criterion,
    thinned_forward,
)
from autograder.checking import criteria
from autograder.checking.chance import is_improbable
from autograder.checking.check import Check, Criterion, Evidence, Finding, FollowUp, Trial
from labkit.calls.call import Call
from labkit.calls.differences import Difference, differences, unlike
from labkit.calls.plain import Opaque, Plain
from labkit.calls.random_outputs import CERTAIN, PROFILE, RandomOutputs
from labkit.calls.words import describe, describe_error

FORWARD = "forward_propagation_with_dropout"
BACKWARD = "backward_propagation_with_dropout"

VALUE = "value"
EDGE = "edge"
MASKS = "masks"
"""Group of the forward calls with enough entries to judge the masks by."""
WIDE = "wide"
"""Group of the forward calls with a layer so wide that its mask can be judged for each example on its own."""

CACHE = ("Z1", "D1", "A1", "W1", "b1", "Z2", "D2", "A2", "W2", "b2", "Z3", "A3", "W3", "b3")
OUTPUTS = ("A3", *(name if name != "A3" else "A3 in the cache" for name in CACHE))
RANDOM = RandomOutputs(
    {**{name: (1, CACHE.index(name)) for name in ("Z1", "D1", "A1", "Z2", "D2", "A2", "Z3")}, "A3": (0,)},
    masks=("D1", "D2"),
)
"""Where the random outputs stand in (A3, cache)."""

ALPHA = 1e-11
"""Accepted probability that one test of a mask fails a right one."""
SHARES = 22
"""Tests of a share: two masks in each of four calls of MASKS and one of PROFILE, and for each example of WIDE."""
PAIRINGS = 36
"""Tests of independence: two masks in each of four calls, four pairings each; and one of the masks with each other."""

EXACT = 1e-10
"""Bound of the probability that all eight large masks of right answers keep within one entry of the expected number.

A binomial count with variance n·p·q takes its likeliest value with probability at most 1/√(2π·n·p·q), less than 0.028
for n >= 2400 and p in [0.2, 0.9]; two values for each of eight masks: 0.056⁸ < 1e-10.
"""
EXACT_LINES = 1e-12
"""The same for all rows of one of these masks, or all its columns: at most (2/√(2π·9))²⁴ < 2e-14 each, of 16."""


def forward_propagation_with_dropout(
    X: np.ndarray, parameters: Mapping[str, np.ndarray], keep_prob: float = 0.5
) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
    """Reference: a fresh mask for both hidden layers, an entry for each unit and example."""
    m = X.shape[1]
    masks = [np.random.rand(len(parameters[bias]), m) < keep_prob for bias in ("b1", "b2")]
    cache = thinned_forward(X, parameters, masks, keep_prob)
    return cache[11], cache


def backward_propagation_with_dropout(
    X: np.ndarray, Y: np.ndarray, cache: tuple[np.ndarray, ...], keep_prob: float
) -> dict[str, np.ndarray]:
    """Reference: what went through a mask on the way there goes through it on the way back, dA_l · D_l / keep_prob."""
    m = X.shape[1]
    Z1, D1, A1, _, _, Z2, D2, A2, W2, _, _, A3, W3, _ = cache
    dZ3 = A3 - Y
    dW3 = dZ3 @ A2.T / m
    db3 = np.sum(dZ3, axis=1, keepdims=True) / m
    dA2 = W3.T @ dZ3 * D2 / keep_prob
    dZ2 = dA2 * (Z2 > 0)
    dW2 = dZ2 @ A1.T / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dA1 = W2.T @ dZ2 * D1 / keep_prob
    dZ1 = dA1 * (Z1 > 0)
    dW1 = dZ1 @ X.T / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    values = (dZ3, dW3, db3, dA2, dZ2, dW2, db2, dA1, dZ1, dW1, db1)
    return dict(zip(GRADIENTS, values, strict=True))


# The forward pass: calls.


def _forward_call(
    rng: np.random.Generator, widths: list[int], m: int, keep_prob: float | None, group: str, label: str
) -> Call:
    """A forward call; keep_prob None leaves the argument out."""
    example = draw(rng, widths, m)
    numbers = (example.X, example.parameters)
    args = numbers if keep_prob is None else (*numbers, keep_prob)
    return Call(FORWARD, args, group, label, seed=int(rng.integers(2**31)))


def _profile_call(rng: np.random.Generator, decimals: int = 16) -> Call:
    """All columns equal, two units and one, all alive whatever the masks: 8 kinds of columns, each to be seen.

    The rarest kind has probability 0.35³ = 0.043; that one of 8 stays away from 2000 columns has 8·e^(−86) < 1e-36.
    At keep_prob 0.65 the usual wrong shares, 0.35, 0.5 and 0.742 (normal draws), lie far apart.
    """
    parameters = {
        name: np.round(rng.uniform(0.2, 0.9, shape), decimals)
        for name, shape in {"W1": (2, 1), "b1": (2, 1), "W2": (1, 2), "b2": (1, 1), "W3": (1, 1), "b3": (1, 1)}.items()
    }
    X = np.full((1, 2000), np.round(rng.uniform(0.5, 1.5), decimals))
    return Call(FORWARD, (X, parameters, 0.65), PROFILE, "2000 equal examples, keep_prob = 0.65", seed=5)


def forward_probes(rng: np.random.Generator) -> list[Call]:
    """Four calls whose masks are large, the profile, what is not random, and the edges."""
    return [
        _forward_call(rng, [3, 28, 24, 1], 100, float(rng.uniform(0.7, 0.9)), MASKS, "a high keep_prob"),
        _forward_call(rng, [3, 24, 24, 1], 100, 0.5, MASKS, "two layers of equal width"),
        _forward_call(rng, [2, 24, 28, 1], 100, float(rng.uniform(0.2, 0.28)), MASKS, "a low keep_prob"),
        _forward_call(rng, [3, 24, 30, 1], 100, None, MASKS, "keep_prob left at its default"),
        _profile_call(rng),
        _forward_call(rng, [3, 4, 3, 1], 5, 1.0, CERTAIN, "keep_prob = 1"),
        _forward_call(rng, [2, 3, 5, 1], 1, 1.0, CERTAIN, "one example, keep_prob = 1"),
        _forward_call(rng, [3, 5, 4, 1], 1, 0.8, EDGE, "one example"),
        _forward_call(rng, [2, 200, 2, 1], 3, 0.5, WIDE, "a wide first layer"),
        _forward_call(rng, [2, 2, 100, 1], 3, 0.5, WIDE, "a wide second layer"),
    ]


def forward_public() -> list[Call]:
    """The profile, and a call that is not random."""
    rng = np.random.default_rng(15)
    certain = _forward_call(rng, [2, 3, 2, 1], 4, 1.0, CERTAIN, "keep_prob = 1")
    short = {name: np.round(value, 2) for name, value in certain.args[1].items()}
    return [_profile_call(rng, 1), replace(certain, args=(np.round(certain.args[0], 2), short, 1.0))]


# The forward pass: criteria.


def _masks_of(trial: Trial) -> tuple[np.ndarray, np.ndarray] | Finding:
    return trial.noted("masks", lambda: _find_masks(trial))


def _find_masks(trial: Trial) -> tuple[np.ndarray, np.ndarray] | Finding:
    """D1 and D2 as float64, of a shape that broadcasts to A1 and A2, or why there are none; the value is untrusted."""
    if trial.actual.error:
        return Finding(describe_error(trial.actual.error, trial.call.label))
    flat = _flat(trial.actual.value)
    if isinstance(flat, Difference):
        return Finding(describe(flat, trial.call.label))
    masks = []
    for name, shape in _mask_shapes(trial).items():
        mask = flat[OUTPUTS.index(name)]
        if not isinstance(mask, np.ndarray) or mask.dtype.kind not in "biuf":
            return Finding(describe(unlike(name, f"an array of shape {shape}", mask), trial.call.label))
        fits = mask.ndim == 2 and all(n in (1, wanted) for n, wanted in zip(mask.shape, shape, strict=True))
        if not fits:
            difference = Difference(name, "size", f"shape {shape}", f"shape {mask.shape}")
            return Finding(describe(difference, trial.call.label))
        masks.append(mask.astype(np.float64))
    return masks[0], masks[1]


def _flat(value: Plain) -> tuple[Any, ...] | Difference:
    """(A3, cache) as A3 and the 14 entries of the cache, or what is wrong with its form."""
    if value is None or isinstance(value, Opaque):
        return unlike("", "A3 and the cache", value)
    if not isinstance(value, tuple | list) or len(value) != 2:
        kind = f"{len(value)} values" if isinstance(value, tuple | list) else "one value"
        return Difference("", "type", "A3 and the cache", kind)
    A3, cache = value
    if not isinstance(cache, tuple | list):
        return unlike("the cache", f"a tuple of {len(CACHE)} values", cache)
    if len(cache) != len(CACHE):
        return Difference("the cache", "size", f"{len(CACHE)} values", f"{len(cache)}")
    return (A3, *cache)


def _mask_shapes(trial: Trial) -> dict[str, tuple[int, int]]:
    X, parameters = trial.call.args[:2]
    return {"D1": (len(parameters["b1"]), X.shape[1]), "D2": (len(parameters["b2"]), X.shape[1])}


def _keep_prob(trial: Trial) -> float:
    return float(trial.call.args[2]) if len(trial.call.args) > 2 else 0.5


def _judge_masks(evidence: Evidence) -> Finding | None:
    """An entry of 0 or 1 for each unit and example, in the cache; the share of ones could be chance."""
    for trial in evidence.of():
        if trial.actual.error and trial.call.group in (CERTAIN, EDGE):
            continue  # costs the edge cases
        masks = _masks_of(trial)
        if isinstance(masks, Finding):
            return masks
        for (name, shape), mask in zip(_mask_shapes(trial).items(), masks, strict=True):
            if mask.shape != shape:
                difference = Difference(name, "size", f"shape {shape}", f"shape {mask.shape}")
                return Finding(describe(difference, trial.call.label))
            if not ((mask == 0) | (mask == 1)).all():
                return Finding(words.not_zero_or_one(name, trial.call.label))
            keep_prob = _keep_prob(trial)
            along = _repeated_along(mask) if trial.call.group == MASKS else ""
            if along:
                return Finding(words.repeated(name, along, trial.call.label))
            if trial.call.group in (MASKS, PROFILE) and _has_wrong_share(trial, name, mask):
                return Finding(words.share(name, trial.call.label, float(mask.mean()), keep_prob))
            for example, column in enumerate(mask.T if trial.call.group == WIDE else ()):
                if is_improbable(int(column.sum()), column.size, keep_prob, ALPHA):
                    where = f"{name}[:, {example}]"
                    return Finding(words.share(where, trial.call.label, float(column.mean()), keep_prob))
    return None


def _has_wrong_share(trial: Trial, name: str, mask: np.ndarray) -> bool:
    """Whether a mask keeps more or fewer than chance explains; tested once for all criteria."""
    kept = int(np.count_nonzero(mask))
    return trial.noted(f"wrong share of {name}", lambda: is_improbable(kept, mask.size, _keep_prob(trial), ALPHA))


def _repeated_along(mask: np.ndarray) -> str:
    """What a mask is the same for all of, "units" or "examples", though it keeps some and drops some; else "".

    A right mask of MASKS is so with probability below 1e-100: 24 units at least, 100 examples, keep_prob <= 0.9, so
    0.9^2400, nearly.
    """
    if (mask == mask.flat[0]).all():
        return ""
    if mask.shape[1] > 1 and (mask == mask[:, :1]).all():
        return words.EXAMPLES
    return words.UNITS if mask.shape[0] > 1 and (mask == mask[:1]).all() else ""


def _judge_independence(evidence: Evidence) -> Finding | None:
    """Two entries agree as often as independent ones do, along the units, the examples, the layers.

    And the number of ones is not the expected one each time, nor in all rows or columns: independent entries vary.
    Independent entries that are kept with probability p agree with probability p² + (1 − p)². Where a share of ones
    is not keep_prob's, p is the share itself: a wrong share says nothing about independence. Such an answer has lost
    'masks', and with it this criterion, so this test decides about the message only.
    """
    trials = []
    for trial in evidence.of(MASKS):
        masks = _masks_of(trial)
        if isinstance(masks, Finding):
            return masks
        trials.append((trial, [mask != 0 for mask in masks]))
    wrong = any(_has_wrong_share(trial, name, D) for trial, kept in trials for name, D in _named(kept))
    exact = []
    for trial, kept in trials:
        found = _dependence(trial, kept, by_share=wrong)
        if found:
            return found
        exact += [abs(D.sum() - _keep_prob(trial) * D.size) < 1 for D in kept]
    return Finding(words.ALWAYS_EXACT) if all(exact) else None


def _named(masks: Sequence[np.ndarray]) -> Iterator[tuple[str, np.ndarray]]:
    return zip(("D1", "D2"), masks, strict=True)


def _dependence(trial: Trial, masks: Sequence[np.ndarray], *, by_share: bool) -> Finding | None:
    """What is not independent in the masks of one call; of several pairings, the one that is farthest off.

    Args:
        trial: the call.
        masks: D1 and D2 as bool.
        by_share: take the probability of keeping from the masks, not from keep_prob.
    """
    case, keep_prob = trial.call.label, _keep_prob(trial)
    for name, mask in _named(masks):
        if _repeated_along(mask):
            return Finding(words.repeated(name, _repeated_along(mask), case))
    off: dict[str, float] = {}
    for where, first, second in _pairings(*masks):
        p, q = (first.mean(), second.mean()) if by_share and first.size else (keep_prob, keep_prob)
        agree = float(p * q + (1 - p) * (1 - q))
        agreeing = int(np.count_nonzero(first == second))
        if is_improbable(agreeing, first.size, agree, ALPHA):
            off[where] = max(off.get(where, 0.0), abs(agreeing / first.size - agree))
    if off:
        return Finding(words.dependent(max(off, key=lambda where: off[where]), case))
    for name, mask in _named(masks):
        if any((np.abs(mask.sum(axis) - keep_prob * mask.shape[axis]) < 1).all() for axis in (0, 1)):
            return Finding(words.exact_lines(name, case))
    return None


def _pairings(D1: np.ndarray, D2: np.ndarray) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Disjoint pairs of entries: neighbours and halves, along both axes; the two masks entry by entry."""
    for name, mask in (("D1", D1), ("D2", D2)):
        for along, rows in ((words.UNITS, mask), (words.EXAMPLES, mask.T)):
            half = len(rows) // 2
            yield words.entries_of(name, along), rows[0 : 2 * half : 2], rows[1 : 2 * half : 2]
            yield words.entries_of(name, along), rows[:half], rows[half : 2 * half]
    shorter = min(D1.size, D2.size)
    yield words.LAYERS, D1.ravel()[:shorter], D2.ravel()[:shorter]


def _judge_values(*groups: str) -> Callable[[Evidence], Finding | None]:
    """All that the cache holds follows from its own masks: A_l = ReLU(Z_l) · D_l / keep_prob."""

    def judge(evidence: Evidence) -> Finding | None:
        for trial in evidence.of(*groups):
            finding = _value_finding(trial)
            if finding:
                return finding
        return None

    return judge


def _value_finding(trial: Trial) -> Finding | None:
    masks = _masks_of(trial)
    if isinstance(masks, Finding):
        return masks
    case, keep_prob = trial.call.label, _keep_prob(trial)
    for name, mask in zip(("D1", "D2"), masks, strict=True):
        # A mask without a 0 or without a 1 shows nothing. By chance, with 2000 entries at keep_prob <= 0.9: 1e-91.
        if trial.call.group == MASKS and (mask == mask.flat[0]).all():
            return Finding(words.constant(name, case))
        if not ((mask == 0) | (mask == 1)).all():
            return Finding(words.not_zero_or_one(name, case))
    X, parameters = trial.call.args[:2]
    cache = thinned_forward(X, parameters, masks, keep_prob)
    wanted = tuple(None if name in ("D1", "D2") else value for name, value in zip(CACHE, cache, strict=True))
    found = differences((cache[11], *wanted), _flat(trial.actual.value), names=OUTPUTS)  # type: ignore[arg-type]
    wrong = sorted((d for d in found if not d.is_form_only), key=lambda d: (OUTPUTS.index(d.where) - 1) % len(OUTPUTS))
    return Finding(describe(wrong[0], case)) if wrong else None


def _judge_certain(evidence: Evidence) -> Finding | None:
    """What is not random is as the reference has it, masks included; else the values follow from the masks."""
    for trial in evidence.of(CERTAIN, EDGE, WIDE):
        finding = _value_finding(trial)
        if finding:
            return finding
        if trial.call.group == CERTAIN:
            expected, actual = _flat(trial.expected.value), _flat(trial.actual.value)
            found = differences(expected, actual, names=OUTPUTS)  # type: ignore[arg-type]
            wrong = [d for d in found if not d.is_form_only]
            if wrong:
                return Finding(describe(wrong[0], trial.call.label))
    return None


def _judge_shapes(evidence: Evidence) -> Finding | None:
    """All of the shape that the contract names."""
    for trial in evidence.of():
        if trial.actual.error:
            continue
        actual = _flat(trial.actual.value)
        if isinstance(actual, Difference):
            return Finding(describe(actual, trial.call.label))
        for name, wanted, value in zip(OUTPUTS, _flat(trial.expected.value), actual, strict=True):  # type: ignore[arg-type]
            if not isinstance(value, np.ndarray):
                form = unlike(name, f"an array of shape {wanted.shape}", value)
                return Finding(describe(form, trial.call.label))
            if value.shape != wanted.shape:
                form = Difference(name, "size", f"shape {wanted.shape}", f"shape {value.shape}")
                return Finding(describe(form, trial.call.label))
    return None


# The backward pass: calls.


def _backward_call(
    rng: np.random.Generator,
    widths: list[int],
    m: int,
    keep_prob: float,
    group: str,
    label: str,
    off: Callable[[np.ndarray, np.ndarray], None] = lambda D1, D2: None,
) -> Call:
    """A call of the backward pass, with masks of bool.

    Args:
        rng: where the draws come from.
        widths: units of each layer.
        m: number of examples.
        keep_prob: probability that a unit is kept.
        group: group of the call; in NUMERIC no ReLU input lies near its kink.
        label: the case in words.
        off: switches entries of the masks off, in place.
    """
    while True:
        example = draw_smooth(rng, widths, m) if group == NUMERIC else draw(rng, widths, m)
        D1, D2 = (rng.random((width, m)) < keep_prob for width in widths[1:3])
        off(D1, D2)
        cache = thinned_forward(example.X, example.parameters, (D1, D2), keep_prob)
        if group == EDGE or _is_telling(cache, MARGIN if group == NUMERIC else 0.0):
            break
    seed = int(rng.integers(2**31))
    return Call(BACKWARD, (example.X, example.Y, cache, keep_prob), group, label, seed=seed)


def _is_telling(cache: tuple[np.ndarray, ...], margin: float) -> bool:
    """Whether no ReLU input is within the margin, and each mask drops an active entry and keeps another."""
    Z1, D1, _, _, _, Z2, D2 = cache[:7]
    far = min(np.abs(Z1).min(), np.abs(Z2).min()) > margin
    return far and all(len(np.unique(D[Z > 0])) == 2 for Z, D in ((Z1, D1), (Z2, D2)))


def _rows_off(D1: np.ndarray, D2: np.ndarray) -> None:
    """A unit of each layer dropped for all examples."""
    D1[0] = False
    D2[-1] = False


def _columns_off(D1: np.ndarray, D2: np.ndarray) -> None:
    """All units dropped for an example."""
    D1[:, 0] = False
    D2[:, -1] = False


def backward_probes(rng: np.random.Generator) -> list[Call]:
    """A network small enough for the numeric gradient, two of general form, then the edges."""
    return [
        _backward_call(rng, [2, 4, 3, 1], 4, 0.8, NUMERIC, "keep_prob = 0.8"),
        _backward_call(rng, [3, 5, 5, 1], 6, float(rng.uniform(0.55, 0.7)), VALUE, "two layers of equal width"),
        _backward_call(rng, [4, 6, 4, 1], 8, 0.5, VALUE, "keep_prob = 0.5"),
        _backward_call(rng, [3, 4, 3, 1], 5, 1.0, EDGE, "keep_prob = 1"),
        _backward_call(rng, [2, 5, 4, 1], 5, 0.7, EDGE, "a unit dropped for all examples", _rows_off),
        _backward_call(rng, [2, 5, 4, 1], 5, 0.7, EDGE, "an example without any unit", _columns_off),
        _backward_call(rng, [3, 5, 4, 1], 1, 0.8, EDGE, "one example"),
        _backward_call(rng, [5, 40, 30, 1], 4, 0.2, EDGE, "wide layers, keep_prob = 0.2"),
    ]


def backward_public() -> list[Call]:
    """Two tiny networks."""
    rng = np.random.default_rng(10)
    return [
        _backward_call(rng, [2, 3, 3, 1], 4, 0.7, NUMERIC, "4 examples, keep_prob = 0.7"),
        _backward_call(rng, [2, 2, 1, 1], 2, 1.0, EDGE, "2 examples, keep_prob = 1"),
    ]


def integer_masks(probes: Sequence[Call]) -> list[Call]:
    """The same calls with masks of integers, for those whom something goes wrong with bool.

    The type of a mask is the student's choice: `dA2[~D2] = 0` is right for bool only, `dA2[D2 - 1 == -1] = 0` for
    numbers only.
    """
    return [replace(call, args=_with_integer_masks(call.args)) for call in probes]


def _goes_wrong(evidence: Evidence) -> bool:
    return any(_finding(criterion, evidence) is not None for criterion in _BACKWARD_CRITERIA)


def _with_integer_masks(args: tuple[Any, ...]) -> tuple[Any, ...]:
    X, Y, cache, keep_prob = args
    names = zip(CACHE, cache, strict=True)
    return X, Y, tuple(value.astype(np.int64) if name in ("D1", "D2") else value for name, value in names), keep_prob


def _either(criterion: Criterion) -> Criterion:
    """Judged with masks of the type that the function does better with, the same type for all criteria."""
    return replace(
        criterion, judge=lambda evidence: _finding(criterion, evidence.noted("better", lambda: _better(evidence)))
    )


def _finding(criterion: Criterion, evidence: Evidence) -> Finding | None:
    return evidence.noted(f"finding of {criterion.name!r}", lambda: criterion.judge(evidence))


def _better(evidence: Evidence) -> Evidence:
    with_integers = replace(evidence, trials=evidence.follow_up)
    return with_integers if evidence.follow_up and _met(with_integers) > _met(evidence) else evidence


def _met(evidence: Evidence) -> float:
    return sum(criterion.points for criterion in _BACKWARD_CRITERIA if _finding(criterion, evidence) is None)


# The checks.

FORWARD_CHECK = Check(
    name=FORWARD,
    function=FORWARD,
    reference={FORWARD: forward_propagation_with_dropout},
    probes=forward_probes,
    public=forward_public,
    criteria=(
        Criterion("masks", 6, _judge_masks, false_fail=SHARES * ALPHA),
        Criterion("independent entries", 3, _judge_independence, "masks", PAIRINGS * ALPHA + EXACT + EXACT_LINES),
        Criterion("values follow from the masks", 7, _judge_values(MASKS, PROFILE)),
        Criterion("edge cases", 2, _judge_certain, requires="values follow from the masks"),
        Criterion("shape", 1, _judge_shapes, requires="values follow from the masks"),
        criteria.inputs_unchanged(1, requires="values follow from the masks"),
    ),
    outputs=("A3", "cache"),
    parameters=("X", "parameters", "keep_prob"),
    random=RANDOM,
)

_SECOND = ("dA2", "dZ2", "dW2", "db2")
_FIRST = ("dA1", "dZ1", "dW1", "db1")
_THIRD = ("dZ3", "dW3", "db3")
_BACKWARD_CRITERIA = (
    criteria.value(5, NUMERIC, VALUE, name="second hidden layer", outputs=_SECOND),
    criteria.value(3, NUMERIC, VALUE, name="first hidden layer", outputs=_FIRST),
    criteria.value(1, NUMERIC, VALUE, name="output layer", outputs=_THIRD, requires="second hidden layer"),
    numeric_criterion(2),
    criteria.value(2, EDGE, name="edge cases", requires="first hidden layer"),
    criteria.shape(1, requires="first hidden layer"),
    criteria.inputs_unchanged(1, requires="first hidden layer"),
)

BACKWARD_CHECK = Check(
    name=BACKWARD,
    function=BACKWARD,
    reference={BACKWARD: backward_propagation_with_dropout},
    probes=backward_probes,
    public=backward_public,
    criteria=tuple(map(_either, _BACKWARD_CRITERIA)),
    parameters=("X", "Y", "cache", "keep_prob"),
    follow_up=FollowUp(integer_masks, _goes_wrong),
)
