"""The forward pass in test mode."""

from __future__ import annotations

import numpy as np

from autograder.assignments.batch_normalization import words
from autograder.assignments.batch_normalization.forward import (
    FUNCTION,
    OUTPUTS,
    PARAMETERS,
    STATISTICS,
    batchnorm_forward,
    edge_criterion,
    first_finding,
    inputs_finding,
    once_normalising,
    public_case,
    public_statistics,
)
from autograder.assignments.batch_normalization.forward_train import NAME as TRAIN
from autograder.assignments.batch_normalization.forward_train import UNCHANGED
from autograder.assignments.batch_normalization.probes import (
    BN_PARAM,
    DEFAULTS,
    LARGE_EPS,
    LOW_SPREAD,
    LOW_VARIANCE,
    SECOND_CALL,
    USUAL,
    draw,
    edges,
)
from autograder.assignments.batch_normalization.terms import forward_terms
from autograder.checking.check import Check, Criterion, Evidence, Finding, Trial
from autograder.checking.criteria import shape, value
from labkit.calls.call import Call
from labkit.calls.differences import differences

NAME = "batchnorm_forward_test"
OTHER_MODES = ("eval", "training", "Train", "", "infer")


def _probes(rng: np.random.Generator) -> list[Call]:
    usual = draw(rng, 6, 4, USUAL, mode="test").forward()
    default = draw(rng, 5, 3, DEFAULTS, group="defaults", spread=LOW_SPREAD)
    default.bn_param.clear()
    default.bn_param["mode"] = "test"
    others = [draw(rng, 5, 3, "", group="invalid mode", mode=mode) for mode in OTHER_MODES]
    return [
        usual,
        draw(rng, 3, 6, LARGE_EPS, mode="test", eps=0.5, momentum=0.5).forward(),
        draw(rng, 5, 3, LOW_VARIANCE, mode="test", spread=LOW_SPREAD).forward(),
        Call(usual.function, usual.args, "value", SECOND_CALL, private=usual.private),
        default.forward(),
        *(case.forward() for case in edges(rng, "test")),
        *(case.forward() for case in others),
    ]


def _public() -> list[Call]:
    return [
        public_case("test", USUAL, eps=1e-5, momentum=0.9, **public_statistics()).forward(),
        public_case("test", LARGE_EPS, eps=0.5, momentum=0.5, **public_statistics()).forward(),
        public_case("guess", "mode = 'guess'", **public_statistics()).forward(),
    ]


def _unchanged_finding(trial: Trial) -> Finding | None:
    """Find a changed input or running statistic; defaults written into an empty `bn_param` are no change."""
    given = trial.call.args[BN_PARAM]
    after = trial.actual.changed.get(BN_PARAM, given)
    zeros = np.zeros(trial.call.args[0].shape[1])
    for name in STATISTICS:
        before = given.get(name, zeros)
        now = after.get(name, None if name in given else zeros) if isinstance(after, dict) else None
        if now is None or differences(before, now):
            return Finding(words.statistics_changed(trial.call.label, name))
    return inputs_finding(trial)


def _nothing_changed(points: float) -> Criterion:
    """Require that test mode reads the running statistics and writes nothing."""
    groups = ("value", "defaults", "edge")

    def judge(evidence: Evidence) -> Finding | None:
        return first_finding(evidence, _unchanged_finding, *groups)

    return Criterion("nothing changed", points, judge, charged_in=(TRAIN, UNCHANGED))


def _invalid_mode_finding(trial: Trial) -> Finding | None:
    error = trial.actual.error
    if error and error.is_a("ValueError"):
        return None
    mode = trial.call.args[BN_PARAM]["mode"]
    return Finding(words.wrong_error(mode, error.kind) if error else words.no_error(mode))


def _invalid_mode(points: float) -> Criterion:
    """Require a ValueError for a mode that is neither "train" nor "test"."""

    def judge(evidence: Evidence) -> Finding | None:
        return first_finding(evidence, _invalid_mode_finding, "invalid mode")

    return Criterion("invalid mode", points, judge)


CHECK = Check(
    name=NAME,
    function=FUNCTION,
    reference={FUNCTION: batchnorm_forward},
    probes=_probes,
    public=_public,
    criteria=(
        value(4, "value", outputs=("out",)),
        once_normalising(_nothing_changed(2)),
        value(1, "defaults", name="defaults", outputs=("out",)),
        edge_criterion(1),
        once_normalising(shape(1, "value", "defaults", "edge")),
        once_normalising(_invalid_mode(1)),
    ),
    outputs=OUTPUTS,
    parameters=PARAMETERS,
    terms=forward_terms("train"),
)
