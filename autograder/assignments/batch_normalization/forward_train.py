"""The forward pass in train mode."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from autograder.assignments.batch_normalization.forward import (
    FUNCTION,
    OUTPUTS,
    PARAMETERS,
    batchnorm_forward,
    edge_criterion,
    first_finding,
    inputs_finding,
    once_normalising,
    public_case,
    public_statistics,
    statistics_differences,
    statistics_finding,
)
from autograder.assignments.batch_normalization.probes import (
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
from autograder.checking.criteria import shape, value, value_finding
from labkit.calls.call import Call

NAME = "batchnorm_forward_train"
UNCHANGED = "inputs unchanged"


def _probes(rng: np.random.Generator) -> list[Call]:
    usual = draw(rng, 7, 4, USUAL).forward()
    default = draw(rng, 6, 4, DEFAULTS, group="defaults", spread=LOW_SPREAD)
    default.bn_param.clear()
    default.bn_param["mode"] = "train"
    return [
        usual,
        draw(rng, 4, 6, LARGE_EPS, eps=0.5, momentum=0.5).forward(),
        draw(rng, 5, 3, LOW_VARIANCE, spread=LOW_SPREAD, momentum=0.99).forward(),
        Call(usual.function, usual.args, "value", SECOND_CALL, private=usual.private),
        default.forward(),
        *(case.forward() for case in edges(rng)),
    ]


def _public() -> list[Call]:
    flat = replace(public_case("train", DEFAULTS), group="defaults")
    flat.x[:] *= LOW_SPREAD
    return [
        public_case("train", USUAL, eps=1e-5, momentum=0.9, **public_statistics()).forward(),
        public_case("train", LARGE_EPS, eps=0.5, momentum=0.5, **public_statistics()).forward(),
        flat.forward(),
    ]


def _running_statistics(points: float) -> Criterion:
    """Require running ← momentum · running + (1 − momentum) · batch, stored in `bn_param`."""
    return Criterion(
        "running statistics", points, lambda evidence: first_finding(evidence, statistics_finding, "value")
    )


def _defaults_in_train_mode(points: float) -> Criterion:
    """Require `out` and the running statistics to be right where `bn_param` holds the mode only."""

    def judge(evidence: Evidence) -> Finding | None:
        def finding(trial: Trial) -> Finding | None:
            return value_finding(evidence, trial) or statistics_finding(trial)

        return first_finding(evidence, finding, "defaults")

    return Criterion("defaults", points, judge)


def _shape_in_train_mode(points: float) -> Criterion:
    """Require the right shapes of `out` and of the running statistics."""
    of_out = shape(points, "value", "defaults", "edge")

    def judge(evidence: Evidence) -> Finding | None:
        finding = of_out.judge(evidence)
        for trial in evidence.of("value"):
            for _, difference in statistics_differences(trial):
                if not finding and difference and difference.is_form_only:
                    finding = Finding.of(difference, trial.call.label)
        return finding

    return Criterion("shape", points, judge)


def _inputs_unchanged(points: float) -> Criterion:
    """Require that the function writes to the running statistics only."""
    groups = ("value", "defaults", "edge")
    return Criterion(UNCHANGED, points, lambda evidence: first_finding(evidence, inputs_finding, *groups))


CHECK = Check(
    name=NAME,
    function=FUNCTION,
    reference={FUNCTION: batchnorm_forward},
    probes=_probes,
    public=_public,
    criteria=(
        value(5, "value", outputs=("out",)),
        _running_statistics(4),
        _defaults_in_train_mode(2),
        edge_criterion(2),
        once_normalising(_shape_in_train_mode(1)),
        once_normalising(_inputs_unchanged(1)),
    ),
    outputs=OUTPUTS,
    parameters=PARAMETERS,
    terms=forward_terms("test"),
)
