"""Judge dropout masks: are the entries independent coin tosses that keep a unit with probability keep_prob?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from autograder.assignments.regularization import words
from autograder.assignments.regularization.probes import CACHE, EDGE
from autograder.checking.chance import is_improbable
from autograder.checking.check import Criterion, Evidence, Finding, Trial
from autograder.checking.criteria import raised
from labkit.calls.call import Call
from labkit.calls.differences import Difference, as_numbers, unlike
from labkit.calls.plain import Opaque, Plain
from labkit.calls.random_outputs import CERTAIN, DEFAULT, PROFILE
from labkit.calls.words import a_shape, an_array, some_values

MASKS = "masks"
"""Group of the forward calls with enough entries to judge the masks by."""
WIDE = "wide"
"""Group of the forward calls with a layer so wide that its mask can be judged for each example on its own."""
OUTPUTS = ("A3", *(name if name != "A3" else "A3 in the cache" for name in CACHE))

ALPHA = 1e-11
"""Accepted probability that one test of a mask fails a right mask."""
SHARES = 24
"""Tests of a share: two masks in each of four calls of MASKS, one of PROFILE and DEFAULT; each example of WIDE."""
PAIRINGS = 36
"""Tests of independence: two masks in each of four calls, four pairings each; and one of the masks with each other."""

EXACT = 1e-10
"""Bound of the probability that all eight large masks of right answers keep within one entry of the expected number.

A binomial count with variance n·p·q takes its likeliest value with probability at most 1/√(2π·n·p·q), less than 0.028
for n >= 2400 and p in [0.2, 0.9]; two values for each of eight masks: 0.056⁸ < 1e-10.
"""
EXACT_LINES = 1e-12
"""The same for all rows of one of these masks, or all its columns: at most (2/√(2π·9))²⁴ < 2e-14 each, of 16."""


def masks_criterion(points: float) -> Criterion:
    """Require that each mask holds a 0 or 1 for each unit and example, and that the share of ones could be chance."""
    return Criterion("masks", points, _judge_masks, false_fail=SHARES * ALPHA)


def independence_criterion(points: float) -> Criterion:
    """Require that the entries of the masks do not depend on each other."""
    false_fail = PAIRINGS * ALPHA + EXACT + EXACT_LINES
    return Criterion("independent entries", points, _judge_independence, requires="masks", false_fail=false_fail)


def masks_of(trial: Trial) -> tuple[np.ndarray, np.ndarray] | Finding:
    """Take D1 and D2 from the student's cache as float64, or say why they cannot be judged; once for all criteria."""
    return trial.noted("masks", lambda: _find_masks(trial))


def _find_masks(trial: Trial) -> tuple[np.ndarray, np.ndarray] | Finding:
    """Take D1 and D2 from an untrusted value, of shapes that broadcast to A1 and A2, or say what is wrong."""
    if trial.actual.error:
        return raised(trial)
    entries = flat(trial.actual.value)
    if isinstance(entries, Difference):
        return Finding.of(entries, trial.call.label)
    masks = []
    for name, shape in _mask_shapes(trial).items():
        entry = entries[OUTPUTS.index(name)]
        mask = as_numbers(entry)
        if mask is None:
            return Finding.of(unlike(name, an_array(shape), entry), trial.call.label)
        fits = mask.ndim == 2 and all(n in (1, full) for n, full in zip(mask.shape, shape, strict=True))
        if not fits:
            difference = Difference(name, "size", a_shape(shape), a_shape(mask.shape))
            return Finding.of(difference, trial.call.label)
        masks.append(mask.astype(np.float64))
    return masks[0], masks[1]


def flat(value: Plain) -> tuple[Any, ...] | Difference:
    """(A3, cache) as A3 and the 14 entries of the cache, or what is wrong with its form.

    Entries behind the 14 are the student's own; see `longer_cache`.
    """
    if value is None or isinstance(value, Opaque):
        return unlike("", words.a3_and_cache(), value)
    if not isinstance(value, tuple | list) or len(value) != 2:
        kind = some_values(len(value) if isinstance(value, tuple | list) else 1)
        return Difference("", "type", words.a3_and_cache(), kind)
    A3, cache = value
    if not isinstance(cache, tuple | list):
        return unlike(words.the_cache(), words.tuple_of(len(CACHE)), cache)
    if len(cache) < len(CACHE):
        return Difference(words.the_cache(), "size", some_values(len(CACHE)), str(len(cache)))
    return (A3, *cache[: len(CACHE)])


def longer_cache(value: Any) -> Difference | None:
    """Describe a cache with more than the 14 entries; only for a value that `flat` takes apart."""
    count = len(value[1])
    longer = Difference(words.the_cache(), "size", some_values(len(CACHE)), str(count))
    return longer if count > len(CACHE) else None


def _mask_shapes(trial: Trial) -> dict[str, tuple[int, int]]:
    X, parameters = trial.call.args[:2]
    return {"D1": (len(parameters["b1"]), X.shape[1]), "D2": (len(parameters["b2"]), X.shape[1])}


def keep_prob_of(call: Call) -> float:
    """Read the keep_prob of a forward call, 0.5 where the argument is left out."""
    return float(call.args[2]) if len(call.args) > 2 else 0.5


def _judge_masks(evidence: Evidence) -> Finding | None:
    """Look for entries other than 0 and 1, repeated draws, and shares of ones that cannot be chance."""
    for trial in evidence.of():
        if trial.actual.error and trial.call.group in (CERTAIN, EDGE):
            continue  # costs the edge cases
        if trial.call.group == DEFAULT:
            continue  # judged by the edge cases
        masks = masks_of(trial)
        if isinstance(masks, Finding):
            return masks
        for (name, shape), mask in zip(_mask_shapes(trial).items(), masks, strict=True):
            if mask.shape != shape:
                along: words.Along = "examples" if mask.shape[1] < shape[1] else "units"
                return Finding(words.repeated(name, along, trial.call.label))
            if not holds_bits(mask):
                return Finding(words.not_zero_or_one(name, trial.call.label))
            keep_prob = keep_prob_of(trial.call)
            repeated = _repeated_along(mask) if trial.call.group == MASKS else None
            if repeated:
                return Finding(words.repeated(name, repeated, trial.call.label))
            if trial.call.group in (MASKS, PROFILE) and _has_wrong_share(trial, name, mask):
                return Finding(words.share(name, trial.call.label, float(mask.mean()), keep_prob))
            for example, column in enumerate(mask.T if trial.call.group == WIDE else ()):
                if is_improbable(int(column.sum()), column.size, keep_prob, ALPHA):
                    where = f"{name}[:, {example}]"
                    return Finding(words.share(where, trial.call.label, float(column.mean()), keep_prob))
    return None


def holds_bits(mask: np.ndarray) -> bool:
    """Tell whether a mask holds nothing but 0 and 1."""
    return bool(((mask == 0) | (mask == 1)).all())


def _has_wrong_share(trial: Trial, name: str, mask: np.ndarray) -> bool:
    """Whether a mask keeps more or fewer than chance explains; tested once for all criteria."""
    kept = int(np.count_nonzero(mask))
    return trial.noted(
        f"wrong share of {name}", lambda: is_improbable(kept, mask.size, keep_prob_of(trial.call), ALPHA)
    )


def share_finding(trial: Trial) -> Finding | None:
    """Say which mask of a call keeps more or fewer than chance explains.

    A mask that repeats its few draws has a share by luck, and one with other entries than 0 and 1 has none; they have
    lost 'masks' for that.
    """
    masks = masks_of(trial)
    if isinstance(masks, Finding):
        return masks
    for name, mask in _named(masks):
        if holds_bits(mask) and not _repeated_along(mask) and _has_wrong_share(trial, name, mask):
            return Finding(
                words.share(name, trial.call.label, np.count_nonzero(mask) / mask.size, keep_prob_of(trial.call))
            )
    return None


def _repeated_along(mask: np.ndarray) -> words.Along | None:
    """Find out whether a mask that keeps some and drops some is the same for all units, or for all examples.

    A right mask of MASKS is, with probability below 1e-100: 24 units at least, 100 examples, keep_prob <= 0.9, so
    0.9^2400, nearly.
    """
    if (mask == mask.flat[0]).all():
        return None
    if (mask == mask[:, :1]).all():
        return "examples"
    return "units" if (mask == mask[:1]).all() else None


def _judge_independence(evidence: Evidence) -> Finding | None:
    """Test whether entries agree as often as independent entries do, along the units, the examples, the layers.

    And whether the number of ones varies, over masks, rows and columns, as it does for independent entries.
    Independent entries that are kept with probability p agree with probability p² + (1 − p)². Where a share of ones
    is not keep_prob's, p is the share itself: a wrong share says nothing about independence. Such an answer has lost
    'masks', and with it this criterion, so this test decides about the message only.
    """
    trials = []
    for trial in evidence.of(MASKS):
        masks = masks_of(trial)
        if isinstance(masks, Finding):
            return masks
        shapes = _mask_shapes(trial).values()
        whole = [np.broadcast_to(mask != 0, shape) for mask, shape in zip(masks, shapes, strict=True)]
        trials.append((trial, whole))
    wrong = any(_has_wrong_share(trial, name, D) for trial, kept in trials for name, D in _named(kept))
    exact = []
    for trial, kept in trials:
        finding = _dependence(trial, kept, by_share=wrong)
        if finding:
            return finding
        exact += [abs(D.sum() - keep_prob_of(trial.call) * D.size) < 1 for D in kept]
    return Finding(words.always_exact()) if all(exact) else None


def _named(masks: Sequence[np.ndarray]) -> Iterator[tuple[str, np.ndarray]]:
    return zip(("D1", "D2"), masks, strict=True)


def _dependence(trial: Trial, masks: Sequence[np.ndarray], *, by_share: bool) -> Finding | None:
    """Say what is not independent in the masks of one call; of several pairings, the one that is farthest off.

    Args:
        trial: the call.
        masks: D1 and D2 as bool.
        by_share: take the probability of keeping from the masks, not from keep_prob.
    """
    case, keep_prob = trial.call.label, keep_prob_of(trial.call)
    for name, mask in _named(masks):
        along = _repeated_along(mask)
        if along:
            return Finding(words.repeated(name, along, case))
    off: dict[str, float] = {}
    for sentence, first, second in _pairings(case, *masks):
        p, q = (first.mean(), second.mean()) if by_share and first.size else (keep_prob, keep_prob)
        agree = float(p * q + (1 - p) * (1 - q))
        agreeing = int(np.count_nonzero(first == second))
        if is_improbable(agreeing, first.size, agree, ALPHA):
            off[sentence] = max(off.get(sentence, 0.0), abs(agreeing / first.size - agree))
    if off:
        return Finding(max(off, key=lambda sentence: off[sentence]))
    for name, mask in _named(masks):
        if any((np.abs(mask.sum(axis) - keep_prob * mask.shape[axis]) < 1).all() for axis in (0, 1)):
            return Finding(words.exact_lines(name, case))
    return None


def _pairings(case: str, D1: np.ndarray, D2: np.ndarray) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Pair disjoint entries: neighbours and halves, along both axes; the two masks entry by entry.

    Yields:
        What to say if the pairs are not independent, the first entries, the second entries.
    """
    lines: tuple[tuple[words.Along, bool], ...] = (("units", False), ("examples", True))
    for name, mask in (("D1", D1), ("D2", D2)):
        for along, transposed in lines:
            rows = mask.T if transposed else mask
            half = len(rows) // 2
            sentence = words.dependent(name, along, case)
            yield sentence, rows[0 : 2 * half : 2], rows[1 : 2 * half : 2]
            yield sentence, rows[:half], rows[half : 2 * half]
    shorter = min(D1.size, D2.size)
    yield words.dependent_masks(case), D1.ravel()[:shorter], D2.ravel()[:shorter]
