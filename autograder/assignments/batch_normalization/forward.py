"""The forward pass: what `batchnorm_forward` is asked in train and in test mode, and what earns points."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from autograder.assignments.batch_normalization import words
from autograder.assignments.batch_normalization.probes import BN_PARAM, FLAT, Case, draw, edges
from autograder.assignments.batch_normalization.reference import batchnorm_forward
from autograder.checking import words as shared_messages
from autograder.checking.check import Check, Criterion, Evidence, Finding, Trial
from autograder.checking.criteria import shape, value, value_finding
from labkit.calls.call import Call
from labkit.calls.differences import (
    RTOL,
    Difference,
    as_numbers,
    differences,
)
from labkit.calls.plain import same
from labkit.calls.words import describe, describe_error

STATISTICS = ("running_mean", "running_var")
PARAMETERS = ("x", "gamma", "beta", "bn_param")
OUTPUTS = ("out", "cache")
OTHER_MODES = ("eval", "training", "Train", "", "infer")
FLOAT32_RTOL = 1e-4
"""A float32 has seven digits; the mean of features a few deviations from zero costs one or two of them."""
ROUGHLY = 0.9
"""Correlation with the right `out` from which the small criteria count. Stubs and constants are below it."""


def _train_probes(rng: np.random.Generator) -> list[Call]:
    usual = draw(rng, 7, 4, words.USUAL).forward()
    default = draw(rng, 6, 4, words.DEFAULTS, group="defaults", spread=FLAT)
    default.bn_param.clear()
    default.bn_param["mode"] = "train"
    return [
        usual,
        draw(rng, 4, 6, words.LARGE_EPS, eps=0.5, momentum=0.5).forward(),
        draw(rng, 5, 3, words.LOW_VARIANCE, spread=FLAT, momentum=0.99).forward(),
        Call(usual.function, usual.args, "value", words.SECOND_CALL, private=usual.private),
        default.forward(),
        *(case.forward() for case in edges(rng)),
    ]


def _test_probes(rng: np.random.Generator) -> list[Call]:
    usual = draw(rng, 6, 4, words.USUAL, mode="test").forward()
    default = draw(rng, 5, 3, words.DEFAULTS, group="defaults", spread=FLAT)
    default.bn_param.clear()
    default.bn_param["mode"] = "test"
    others = [draw(rng, 5, 3, "", group="invalid mode", mode=mode) for mode in OTHER_MODES]
    return [
        usual,
        draw(rng, 3, 6, words.LARGE_EPS, mode="test", eps=0.5, momentum=0.5).forward(),
        draw(rng, 5, 3, words.LOW_VARIANCE, mode="test", spread=FLAT).forward(),
        Call(usual.function, usual.args, "value", words.SECOND_CALL, private=usual.private),
        default.forward(),
        *(case.forward() for case in edges(rng, "test")),
        *(case.forward() for case in others),
    ]


def _public_case(mode: str, label: str, **settings: object) -> Case:
    x = np.array([[1.0, 2.0], [3.0, -1.0], [2.0, 0.5], [6.0, 0.5]])
    gamma, beta = np.array([2.0, -1.0]), np.array([0.5, 3.0])
    return Case("value", label, x, gamma, beta, {"mode": mode, **settings})


def _public_statistics() -> dict[str, np.ndarray]:
    return {"running_mean": np.array([1.0, -2.0]), "running_var": np.array([4.0, 0.25])}


def _train_public() -> list[Call]:
    flat = _public_case("train", words.DEFAULTS)
    flat.x[:] *= FLAT
    return [
        _public_case("train", words.USUAL, eps=1e-5, momentum=0.9, **_public_statistics()).forward(),
        _public_case("train", words.LARGE_EPS, eps=0.5, momentum=0.5, **_public_statistics()).forward(),
        flat.forward(),
    ]


def _test_public() -> list[Call]:
    return [
        _public_case("test", words.USUAL, eps=1e-5, momentum=0.9, **_public_statistics()).forward(),
        _public_case("test", words.LARGE_EPS, eps=0.5, momentum=0.5, **_public_statistics()).forward(),
        _public_case("guess", words.WRONG_MODE.format(mode="guess"), **_public_statistics()).forward(),
    ]


def _rtol(trial: Trial) -> float:
    return FLOAT32_RTOL if trial.call.args[0].dtype == np.float32 else RTOL


def is_roughly_right(trial: Trial) -> bool:
    """Whether `out` of one call goes up and down with the right one."""
    right, actual = out_of(trial.expected.value), out_of(trial.actual.value)
    if right is None or actual is None or right.size != actual.size:
        return False
    first, second = (out.ravel() - out.mean() for out in (right, actual))
    with np.errstate(all="ignore"):
        return bool(first @ second > ROUGHLY * np.sqrt((first @ first) * (second @ second)))


def out_of(returned: object) -> np.ndarray | None:
    """The numbers of `out` in what a forward pass returned, None if there are none."""
    if not isinstance(returned, tuple | list) or not returned:
        return None
    out = as_numbers(returned[0])
    return None if out is None else out.astype(np.float64)


def _statistics_differences(trial: Trial) -> Iterator[tuple[str, Difference | None]]:
    """Each running statistic that is not the right one after a call in train mode; None if it is not there at all."""
    right = trial.expected.changed[BN_PARAM]
    after = trial.actual.changed.get(BN_PARAM, trial.call.args[BN_PARAM])
    assert isinstance(right, dict)
    for name in STATISTICS:
        if not isinstance(after, dict) or after.get(name) is None:
            yield name, None
            continue
        for found in differences(right[name], after[name], where=name, rtol=_rtol(trial)):
            yield name, found


def _statistics_finding(trial: Trial) -> Finding | None:
    if trial.actual.error:
        return Finding(describe_error(trial.actual.error, trial.call.label))
    for name, found in _statistics_differences(trial):
        if found is None:
            return Finding(words.NOT_STORED.format(case=trial.call.label, name=name))
        if not found.is_form_only:
            return Finding(describe(found, trial.call.label))
    return None


def _running_statistics(points: float) -> Criterion:
    """Running ← momentum · running + (1 − momentum) · batch, stored in `bn_param`."""
    return Criterion("running statistics", points, lambda evidence: _first(evidence, _statistics_finding, "value"))


def _defaults_in_train_mode(points: float) -> Criterion:
    """Both `out` and the running statistics right where `bn_param` holds the mode only."""

    def judge(evidence: Evidence) -> Finding | None:
        def finding(trial: Trial) -> Finding | None:
            return value_finding(evidence, trial) or _statistics_finding(trial)

        return _first(evidence, finding, "defaults")

    return Criterion("defaults", points, judge)


def _edge_cases(points: float) -> Criterion:
    """The array `out` right with one example, a constant feature, a large offset, float32.

    What train mode stores too, unless it is wrong in the usual cases: that has cost its points.
    """

    def judge(evidence: Evidence) -> Finding | None:
        stores = next(evidence.of("value")).call.args[BN_PARAM]["mode"] == "train"
        stores = stores and _first(evidence, _statistics_finding, "value") is None

        def finding(trial: Trial) -> Finding | None:
            found = value_finding(evidence, trial, rtol=_rtol(trial))
            return found or (_statistics_finding(trial) if stores else None)

        return _first(evidence, finding, "edge")

    return Criterion("edge cases", points, judge)


def _first(evidence: Evidence, finding: Callable[[Trial], Finding | None], *groups: str) -> Finding | None:
    return next((found for trial in evidence.of(*groups) if (found := finding(trial))), None)


def _once_roughly_right(criterion: Criterion) -> Criterion:
    """A criterion that a function earns only if it computes something like the right `out`."""

    def judge(evidence: Evidence) -> Finding | None:
        found = criterion.judge(evidence)
        if found is None and not is_roughly_right(next(evidence.of("value"))):
            return Finding(words.FAR_FROM_RIGHT)
        return found

    return Criterion(criterion.name, criterion.points, judge)


def _shape_in_train_mode(points: float) -> Criterion:
    """Shapes of `out` and of the running statistics."""
    of_out = shape(points, "value", "defaults", "edge")

    def judge(evidence: Evidence) -> Finding | None:
        found = of_out.judge(evidence)
        for trial in evidence.of("value"):
            for _, difference in _statistics_differences(trial):
                if not found and difference and difference.is_form_only:
                    found = Finding(describe(difference, trial.call.label))
        return found

    return Criterion("shape", points, judge)


def _inputs_finding(trial: Trial) -> Finding | None:
    """x, gamma, beta and the settings in `bn_param` as they were."""
    for position, name in enumerate(PARAMETERS[:BN_PARAM]):
        if position in trial.actual.changed:
            return Finding(shared_messages.changed(name))
    given = trial.call.args[BN_PARAM]
    after = trial.actual.changed.get(BN_PARAM, given)
    for name in given:
        if name not in STATISTICS and not (isinstance(after, dict) and same(given[name], after.get(name))):
            return Finding(words.SETTING_CHANGED.format(name=name))
    return None


def _inputs_unchanged(points: float) -> Criterion:
    """Nothing written to but the running statistics."""
    groups = ("value", "defaults", "edge")
    return Criterion("inputs unchanged", points, lambda evidence: _first(evidence, _inputs_finding, *groups))


def _unchanged_finding(trial: Trial) -> Finding | None:
    """As `_inputs_finding`, and the running statistics too; defaults written into an empty `bn_param` are no change."""
    given = trial.call.args[BN_PARAM]
    after = trial.actual.changed.get(BN_PARAM, given)
    zeros = np.zeros(trial.call.args[0].shape[1])
    for name in STATISTICS:
        before = given.get(name, zeros)
        now = after.get(name, None if name in given else zeros) if isinstance(after, dict) else None
        if now is None or differences(before, now):
            return Finding(words.STATISTICS_CHANGED.format(case=trial.call.label, name=name))
    return _inputs_finding(trial)


def _nothing_changed(points: float) -> Criterion:
    """Test mode reads the running statistics and writes nothing."""
    groups = ("value", "defaults", "edge")

    def judge(evidence: Evidence) -> Finding | None:
        return _first(evidence, _unchanged_finding, *groups)

    return Criterion("nothing changed", points, judge)


def _invalid_mode_finding(trial: Trial) -> Finding | None:
    error = trial.actual.error
    if error and error.is_a("ValueError"):
        return None
    mode = trial.call.args[BN_PARAM]["mode"]
    actual = error.kind if error else words.NO_ERROR
    return Finding(words.EXPECTED_ERROR.format(mode=mode, actual=actual))


def _invalid_mode(points: float) -> Criterion:
    """A mode that is neither "train" nor "test" is a ValueError."""

    def judge(evidence: Evidence) -> Finding | None:
        return _first(evidence, _invalid_mode_finding, "invalid mode")

    return Criterion("invalid mode", points, judge)


TRAIN = Check(
    name="batchnorm_forward_train",
    function="batchnorm_forward",
    reference={"batchnorm_forward": batchnorm_forward},
    probes=_train_probes,
    public=_train_public,
    criteria=(
        value(5, "value", outputs=("out",)),
        _running_statistics(4),
        _defaults_in_train_mode(2),
        _edge_cases(2),
        _once_roughly_right(_shape_in_train_mode(1)),
        _once_roughly_right(_inputs_unchanged(1)),
    ),
    outputs=OUTPUTS,
    parameters=PARAMETERS,
)

TEST = Check(
    name="batchnorm_forward_test",
    function="batchnorm_forward",
    reference={"batchnorm_forward": batchnorm_forward},
    probes=_test_probes,
    public=_test_public,
    criteria=(
        value(4, "value", outputs=("out",)),
        _once_roughly_right(_nothing_changed(2)),
        value(1, "defaults", name="defaults", outputs=("out",)),
        _edge_cases(1),
        _once_roughly_right(shape(1, "value", "defaults", "edge")),
        _once_roughly_right(_invalid_mode(1)),
    ),
    outputs=OUTPUTS,
    parameters=PARAMETERS,
)
