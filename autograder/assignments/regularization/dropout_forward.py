"""The forward pass of inverted dropout (Srivastava et al. 2014, JMLR 15, sections 4 and 10).

It is random, and the random stream is the student's choice. So nothing is compared with a recorded stream: all values
are recomputed from the masks in the student's own cache, and the masks are judged on their own, see `masks`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from autograder.assignments.regularization import terms, words
from autograder.assignments.regularization.masks import (
    MASKS,
    OUTPUTS,
    WIDE,
    flat,
    holds_bits,
    independence_criterion,
    keep_prob_of,
    longer_cache,
    masks_criterion,
    masks_of,
    share_finding,
)
from autograder.assignments.regularization.probes import CACHE, EDGE, draw, thinned_forward
from autograder.checking import criteria
from autograder.checking.check import Check, Criterion, Evidence, Finding, Trial
from labkit.calls.call import Call
from labkit.calls.differences import Difference, differences, list_kind, listed, unlike
from labkit.calls.random_outputs import CERTAIN, DEFAULT, PROFILE, RandomOutputs
from labkit.calls.words import a_shape, an_array

NAME = "forward_propagation_with_dropout"
RANDOM = RandomOutputs(
    {**{name: (1, CACHE.index(name)) for name in ("Z1", "D1", "A1", "Z2", "D2", "A2", "Z3")}, "A3": (0,)},
    masks=("D1", "D2"),
)
"""Where the random outputs stand in (A3, cache)."""


def forward_propagation_with_dropout(
    X: np.ndarray, parameters: Mapping[str, np.ndarray], keep_prob: float = 0.5
) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
    """Reference: a fresh mask for both hidden layers, an entry for each unit and example."""
    m = X.shape[1]
    masks = [np.random.rand(len(parameters[bias]), m) < keep_prob for bias in ("b1", "b2")]
    cache = thinned_forward(X, parameters, masks, keep_prob)
    return cache[11], cache


def _call(rng: np.random.Generator, widths: list[int], m: int, keep_prob: float | None, group: str, label: str) -> Call:
    """A forward call; keep_prob None leaves the argument out."""
    example = draw(rng, widths, m)
    numbers = (example.X, example.parameters)
    args = numbers if keep_prob is None else (*numbers, keep_prob)
    return Call(NAME, args, group, label, seed=int(rng.integers(2**31)))


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
    return Call(NAME, (X, parameters, 0.65), PROFILE, "2000 equal examples, keep_prob = 0.65", seed=5)


def _probes(rng: np.random.Generator) -> list[Call]:
    """Four calls whose masks are large, each of its own size, the profile, what is not random, and the edges."""
    return [
        _call(rng, [3, 28, 24, 1], 100, float(rng.uniform(0.7, 0.9)), MASKS, "a high keep_prob"),
        _call(rng, [3, 24, 24, 1], 110, 0.5, MASKS, "two layers of equal width"),
        _call(rng, [2, 24, 28, 1], 120, float(rng.uniform(0.2, 0.28)), MASKS, "a low keep_prob"),
        _call(rng, [3, 24, 30, 1], 130, 0.6, MASKS, "keep_prob = 0.6"),
        _call(rng, [3, 24, 30, 1], 100, None, DEFAULT, "keep_prob left at its default"),
        _profile_call(rng),
        _call(rng, [3, 16, 12, 1], 20, 1.0, CERTAIN, "keep_prob = 1"),
        _call(rng, [2, 3, 5, 1], 1, 1.0, CERTAIN, "one example, keep_prob = 1"),
        _call(rng, [3, 5, 4, 1], 1, 0.8, EDGE, "one example"),
        _call(rng, [2, 200, 2, 1], 3, 0.5, WIDE, "a wide first layer"),
        _call(rng, [2, 2, 100, 1], 3, 0.5, WIDE, "a wide second layer"),
    ]


def _public() -> list[Call]:
    """The profile, a call that is not random, and one without keep_prob."""
    rng = np.random.default_rng(15)
    certain = _call(rng, [2, 3, 2, 1], 4, 1.0, CERTAIN, "keep_prob = 1")
    short = {name: np.round(value, 2) for name, value in certain.args[1].items()}
    profile = _profile_call(rng, 1)
    default = replace(profile, args=profile.args[:2], group=DEFAULT, label="keep_prob left at its default")
    # From this seed both small masks draw a number below 0.01: whoever drops all there does so at any time.
    certain = replace(certain, args=(np.round(certain.args[0], 2), short, 1.0), seed=4)
    return [profile, certain, default]


def _judge_values(*groups: str) -> Callable[[Evidence], Finding | None]:
    """All that the cache holds follows from its own masks: A_l = ReLU(Z_l) · D_l / keep_prob."""

    def judge(evidence: Evidence) -> Finding | None:
        for trial in evidence.of(*groups):
            finding = value_finding(trial) or _constant(evidence, trial)
            if finding:
                return finding
        return None

    return judge


def _constant(evidence: Evidence, trial: Trial) -> Finding | None:
    """Find a mask that keeps all, or none, in every large call: what follows from it shows no dropout.

    A mask that draws an entry for a unit only does so in one call by luck, but not in all of them.
    """
    masks = [found for large in evidence.of(MASKS) if not isinstance(found := masks_of(large), Finding)]
    for name, drawn in zip(("D1", "D2"), zip(*masks, strict=True), strict=False):
        if all((mask == mask.flat[0]).all() for mask in drawn):
            return Finding(words.constant(name, trial.call.label))
    return None


def value_finding(trial: Trial) -> Finding | None:
    """Say what in the value of a call does not follow from its masks."""
    masks = masks_of(trial)
    if isinstance(masks, Finding):
        return masks
    case, keep_prob = trial.call.label, keep_prob_of(trial.call)
    for name, mask in zip(("D1", "D2"), masks, strict=True):
        if not holds_bits(mask):
            return Finding(words.not_zero_or_one(name, case))
    X, parameters = trial.call.args[:2]
    cache = thinned_forward(X, parameters, masks, keep_prob)
    expected = tuple(None if name in ("D1", "D2") else value for name, value in zip(CACHE, cache, strict=True))
    all_differences = differences((cache[11], *expected), flat(trial.actual.value), names=OUTPUTS)  # type: ignore[arg-type]
    wrong = sorted(
        (d for d in all_differences if not d.is_form_only), key=lambda d: (OUTPUTS.index(d.where) - 1) % len(OUTPUTS)
    )
    return Finding.of(wrong[0], case) if wrong else None


def _judge_certain(evidence: Evidence) -> Finding | None:
    """What is not random is as the reference has it, masks included; else the values follow from the masks.

    Without its keep_prob the function keeps half of the units.
    """
    for trial in evidence.of(CERTAIN, EDGE, WIDE, DEFAULT):
        finding = (share_finding(trial) if trial.call.group == DEFAULT else None) or value_finding(trial)
        if finding:
            return finding
        if trial.call.group == CERTAIN:
            expected, actual = flat(trial.expected.value), flat(trial.actual.value)
            all_differences = differences(expected, actual, names=OUTPUTS)  # type: ignore[arg-type]
            wrong = [d for d in all_differences if not d.is_form_only]
            if wrong:
                return Finding.of(wrong[0], trial.call.label)
    return None


def _judge_shapes(evidence: Evidence) -> Finding | None:
    """All of the shape that the contract names."""
    for trial in evidence.of():
        if trial.actual.error:
            continue
        actual = flat(trial.actual.value)
        if isinstance(actual, Difference):
            return Finding.of(actual, trial.call.label)
        if longer := longer_cache(trial.actual.value):
            return Finding.of(longer, trial.call.label)
        for name, expected, value in zip(OUTPUTS, flat(trial.expected.value), actual, strict=True):  # type: ignore[arg-type]
            if not isinstance(value, np.ndarray):
                kind = list_kind(value)
                form = listed(name, expected.shape, kind) if kind else unlike(name, an_array(expected.shape), value)
                return Finding.of(form, trial.call.label)
            if value.shape != expected.shape:
                form = Difference(name, "size", a_shape(expected.shape), a_shape(value.shape))
                return Finding.of(form, trial.call.label)
    return None


CHECK = Check(
    name=NAME,
    function=NAME,
    reference={NAME: forward_propagation_with_dropout},
    probes=_probes,
    public=_public,
    criteria=(
        masks_criterion(6),
        independence_criterion(3),
        Criterion("values follow from the masks", 7, _judge_values(MASKS, PROFILE)),
        Criterion("edge cases", 2, _judge_certain, requires="values follow from the masks"),
        Criterion("shape", 1, _judge_shapes, requires="values follow from the masks"),
        criteria.inputs_unchanged(1, requires="values follow from the masks"),
    ),
    outputs=("A3", ("cache", OUTPUTS[1:])),
    parameters=("X", "parameters", "keep_prob"),
    terms=terms.DROPOUT_FORWARD,
    random=RANDOM,
)
