"""The staged backward pass, and what the checks of both backward passes share: all but the reference and the points.

They are judged against the right result or, where the student's own forward has lost its points for wrong numbers,
against that: `follow_through`. Where it gives no cache, with the cache that its docstring recommends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from autograder.assignments.batch_normalization import words
from autograder.assignments.batch_normalization.follow_through import NOTHING, Allowed, OwnForward
from autograder.assignments.batch_normalization.forward import FUNCTION as FORWARD
from autograder.assignments.batch_normalization.forward import batchnorm_forward, out_of, rtol_of
from autograder.assignments.batch_normalization.forward_train import NAME as FORWARD_CHECK
from autograder.assignments.batch_normalization.probes import (
    BN_PARAM,
    CACHE,
    LARGE_EPS,
    LOW_SPREAD,
    LOW_VARIANCE,
    SECOND_CALL,
    USUAL,
    Array,
    Cache,
    Case,
    draw,
    edges,
)
from autograder.assignments.batch_normalization.terms import BACKWARD
from autograder.checking import words as checking_words
from autograder.checking.check import Check, Criterion, Evidence, Finding, FollowUp, Function, Trial
from autograder.checking.criteria import agree, raised, shape, value_finding
from autograder.checking.gradient import numeric_gradient
from autograder.checking.verdict import Picture
from labkit.calls.call import (
    Argument,
    Call,
    CallError,
    NeededResultError,
    Outcome,
    Result,
    has_stand_in,
)
from labkit.calls.differences import as_numbers, differences

NAME = "batchnorm_backward"
OUTPUTS = ("dx", "dgamma", "dbeta")
STEP = 1e-3
"""h of the numeric gradient for features of spread 1."""
COMPARED = ("value", "again", "edge")
UNCHANGED = "inputs and cache unchanged"


def batchnorm_backward(dout: Array, cache: Cache) -> tuple[Array, Array, Array]:
    """Go back along the computational graph x → μ → σ² → x̂ → y, a node a line (Ioffe & Szegedy 2015, section 3).

    Args:
        dout: (N, D), ∂l/∂y.
        cache: what `batchnorm_forward` returned.

    Returns:
        dx (N, D), dgamma (D,), dbeta (D,).
    """
    x, mean, var, x_hat, gamma, eps = cache
    n = x.shape[0]
    dbeta = dout.sum(axis=0)  # ∂β = Σ ∂y
    dgamma = (dout * x_hat).sum(axis=0)  # ∂γ = Σ ∂y x̂
    dx_hat = dout * gamma  # ∂x̂ = ∂y γ
    dvar = (dx_hat * (x - mean) * -0.5 * (var + eps) ** -1.5).sum(axis=0)  # ∂σ² = Σ ∂x̂ (x−μ) (−½)(σ²+ε)^(−3/2)
    dmean = -(dx_hat / np.sqrt(var + eps)).sum(axis=0)  # ∂μ = −Σ ∂x̂ / √(σ²+ε); the σ² path adds −2/N Σ(x−μ) = 0
    dx = dx_hat / np.sqrt(var + eps) + dvar * 2 * (x - mean) / n + dmean / n
    return dx, dgamma, dbeta


def _probes(function: str, rng: np.random.Generator) -> list[Call]:
    large = draw(rng, 5, 3, LARGE_EPS, eps=0.5, momentum=0.5)
    flat = draw(rng, 3, 4, LOW_VARIANCE, spread=LOW_SPREAD)
    calls = [_forward(large), _forward(flat)]
    calls += [_backward(function, rng, large, 0), _backward(function, rng, flat, 1)]
    calls.append(replace(calls[2], group="again", label=SECOND_CALL))
    given = tuple(Argument(0, position) for position in range(BN_PARAM))
    calls.append(replace(calls[0], args=(*given, large.bn_param), group="forward again"))
    for case in edges(rng):
        calls += [_forward(case), _backward(function, rng, case, len(calls))]
    return calls


def _forward(case: Case) -> Call:
    return replace(case.forward(), group="forward")


def _backward(function: str, rng: np.random.Generator, case: Case, forward: int) -> Call:
    """Make a backward call on the cache of an earlier call, with an upstream gradient whose columns have a mean."""
    dout = rng.standard_normal(case.x.shape) + rng.uniform(0.5, 1.5, case.x.shape[1])
    return Call(function, (dout.astype(case.x.dtype), _cache_of(case, forward)), case.group, case.label)


def _cache_of(case: Case, forward: int) -> Result:
    """Refer to the cache of an earlier call of the own forward; where there is none, the recommended one stands in."""
    _, cache = batchnorm_forward(case.x, case.gamma, case.beta, dict(case.bn_param))
    return Result(forward, (CACHE,), cache)


def _public(function: str) -> list[Call]:
    x = np.array([[1.0, 2.0], [3.0, -1.0], [2.0, 0.5], [6.0, 0.5]])
    gamma, beta = np.array([2.0, -1.0]), np.array([0.5, 3.0])
    start = {"running_mean": np.array([1.0, -2.0]), "running_var": np.array([4.0, 0.25])}
    dout = np.array([[1.0, 0.5], [-2.0, 1.0], [0.5, 2.0], [1.5, -1.0]])
    calls: list[Call] = []
    for eps, label in ((1e-5, USUAL), (0.5, LARGE_EPS)):
        momentum = 0.9 if eps < 0.1 else 0.5
        case = Case("value", label, x, gamma, beta, {"mode": "train", "eps": eps, "momentum": momentum, **start})
        calls += [_forward(case), Call(function, (dout, _cache_of(case, len(calls))), "value", label)]
    calls.append(replace(calls[1], group="again", label=SECOND_CALL))
    return calls


def _own_forwards(probes: Sequence[Call]) -> list[OwnForward]:
    """Plan the calls around each case that is judged against the student's own forward."""
    own_forwards = []
    for call in probes:
        if call.group == "value":
            forward = probes[call.args[1].call]
            x = forward.args[0]
            case = Case("own forward", str(call.args[1].call), *forward.args)
            own_forwards.append(OwnForward(case, call.args[0], STEP * float(x.std(axis=0).max())))
    return own_forwards


def _forward_of(evidence: Evidence, trial: Trial) -> Trial:
    cache: Result = trial.call.args[1]
    return evidence.trials[cache.call]


def _forward_is_right(evidence: Evidence, trial: Trial) -> bool:
    """Whether the own forward returned the right `out` for the case of a backward call, in whatever shape."""
    forward = _forward_of(evidence, trial)
    right = out_of(forward.expected.value)
    rtol = rtol_of(trial)
    return all(d.is_form_only for d in differences(right, out_of(forward.actual.value), rtol=rtol))


def _has_stand_in(evidence: Evidence, trial: Trial) -> bool:
    """Whether the own forward gave no cache for a backward call."""
    return has_stand_in(trial.call, [item.actual for item in evidence.trials])


def _around_own_forwards(probes: Sequence[Call]) -> list[Call]:
    """Make the calls that show what the own forward does around each case."""
    return [call for own in _own_forwards(probes) for call in own.calls()]


def _needs_own_forward(evidence: Evidence) -> bool:
    """Whether the backward pass is wrong beside a wrong forward, so that it matters what the own forward allows."""
    return any(
        not _has_stand_in(evidence, trial)
        and not _forward_is_right(evidence, trial)
        and out_of(_forward_of(evidence, trial).actual.value) is not None
        and _right_finding(evidence, trial)
        for trial in evidence.of("value", "edge")
    )


def _follows_own_forward(evidence: Evidence) -> bool:
    """Whether the own forward, as its check judged it, has lost its points for its numbers, and is wrong here, too."""
    return _lost_in_forward(evidence, "value") and any(
        not _forward_is_right(evidence, trial) for trial in evidence.of("value")
    )


def _lost_in_forward(evidence: Evidence, *names: str) -> bool:
    criteria = evidence.confirmed.criteria if evidence.confirmed else ()
    return any(not result.passed for result in criteria if result.name in names)


def _allowed(evidence: Evidence, trial: Trial) -> Allowed:
    """Find out what the own forward allows in the case of a backward call."""
    label = str(trial.call.args[1].call)
    return evidence.noted(f"allowed in case {label}", lambda: _allowed_in(evidence, label))


def _allowed_in(evidence: Evidence, label: str) -> Allowed:
    trials = [item for item in evidence.follow_up if item.call.label == label]
    if not (trials and _follows_own_forward(evidence)):
        return NOTHING
    own = next(o for o in _own_forwards([t.call for t in evidence.trials]) if o.case.label == label)
    return own.allows(trials)


def _right_finding(evidence: Evidence, trial: Trial, outputs: tuple[str, ...] = ()) -> Finding | None:
    """Compare a backward call with the right gradients."""
    finding = value_finding(evidence, trial, outputs=outputs, rtol=rtol_of(trial))
    if finding and _has_stand_in(evidence, trial):
        hindered = CallError(NeededResultError.__name__, FORWARD) if finding.error else None
        return Finding(words.wrong_with_stand_in(finding.message), error=hindered, empty=finding.empty)
    return finding


def _output_finding(evidence: Evidence, trial: Trial, name: str) -> Finding | None:
    """Compare one output with the right output and with what the own forward allows."""
    finding = _right_finding(evidence, trial, (name,))
    if finding is None or trial.actual.error:
        return finding
    actual = _part(trial.actual, name)
    allowed = _allowed(evidence, trial)
    for accepted in allowed.accepted.get(name, []):
        if all(d.is_form_only for d in differences(accepted, actual)):
            return None
    if allowed is NOTHING or actual is None:
        return finding
    if allowed.own_gradient or name != "dx":
        return Finding(words.neither_gradient(finding.message))
    return Finding(words.not_normalised(finding.message))


def _part(outcome: Outcome, name: str) -> np.ndarray | None:
    returned = outcome.value
    part = returned[OUTPUTS.index(name)] if isinstance(returned, tuple | list) and len(returned) == 3 else None
    return as_numbers(part)


def _output(name: str, points: float) -> Criterion:
    """Require one of the three gradients to be right."""

    def judge(evidence: Evidence) -> Finding | None:
        return next((f for trial in evidence.of("value") if (f := _output_finding(evidence, trial, name))), None)

    return Criterion(name, points, judge)


def _numeric_gradient(points: float) -> Criterion:
    """∂x of the first case against the numeric gradient of the forward pass, shown side by side."""

    def judge(evidence: Evidence) -> Finding | None:
        trial = next(evidence.of("value"))
        if trial.actual.error:
            return raised(trial)
        numeric = evidence.once("numeric gradient", lambda: _reference_gradient(evidence, trial))
        allowed = _allowed(evidence, trial)
        actual = _part(trial.actual, "dx")
        for gradient in (numeric, *allowed.numeric):
            if all(d.is_form_only for d in differences(gradient, actual)):
                return None
        if actual is None or actual.size != numeric.size:
            return value_finding(evidence, trial, outputs=("dx",))
        shown = allowed.numeric[0] if allowed.own_gradient else numeric
        yours = actual.reshape(numeric.shape)
        error = float(np.abs(yours - shown).max() / np.abs(shown).max())
        finite = bool(np.isfinite(yours).all())
        title = checking_words.picture_title("dx", trial.call.label)
        picture = Picture.of(title, shown, yours.astype(float)) if finite else None
        return Finding(checking_words.numeric("dx", trial.call.label, error), picture)

    return Criterion("numeric gradient", points, judge)


def _reference_gradient(evidence: Evidence, trial: Trial) -> Array:
    x, gamma, beta, bn_param = _forward_of(evidence, trial).call.args

    def loss(moved: Array) -> float:
        out, _ = batchnorm_forward(moved, gamma, beta, dict(bn_param))
        return float((trial.call.args[0] * out).sum())

    return numeric_gradient(loss, x, STEP)


def _edge_cases(points: float) -> Criterion:
    """Require right gradients at the edges; an edge at which the own forward lost its points does not count."""

    def judge(evidence: Evidence) -> Finding | None:
        follows = _follows_own_forward(evidence)
        excused = follows or _lost_in_forward(evidence, "edge cases")
        for trial in evidence.of("edge"):
            if trial.actual.error or not excused or (_forward_is_right(evidence, trial) and not follows):
                finding = _right_finding(evidence, trial)
                if finding:
                    return finding
        return None

    return Criterion("edge cases", points, judge, requires="dx")


def _notes(evidence: Evidence) -> list[str]:
    """Say by what the backward pass was judged, where it was not its own right forward."""
    notes = []
    if any(_has_stand_in(evidence, trial) for trial in evidence.of("value")):
        notes.append(words.stand_in_cache())
    if evidence.follow_up and evidence.confirmed is None:
        notes.append(words.other_forward())
    elif evidence.follow_up and _follows_own_forward(evidence):
        notes.append(words.judged_by_own_forward())
    return notes


def _unchanged(points: float, earlier: str) -> Criterion:
    """Require dout and the cache unchanged: a second call with the same cache gives the same gradients.

    The arrays x, gamma and beta, which a cache may hold, too: a second forward gives the same output.
    """

    def judge(evidence: Evidence) -> Finding | None:
        for trial in evidence.of(*COMPARED):
            if 0 in trial.actual.changed:
                return Finding(checking_words.changed("dout"), once=True)
        first, second = next(evidence.of("value")), next(evidence.of("again"))
        if first.actual.error:
            return raised(first)
        if not agree(first.actual, second.actual):
            return Finding(words.cache_changed(), once=True)
        before, after = evidence.trials[0].actual, next(evidence.of("forward again")).actual
        if before.error is None and not before.changed.keys() - {BN_PARAM} and not agree(before, after):
            return Finding(words.cache_changed(), once=True)
        return None

    charged_in = (earlier, UNCHANGED) if earlier else None
    return Criterion(UNCHANGED, points, judge, requires="dbeta", charged_in=charged_in)


def backward_check(name: str, function: Function, points: dict[str, float], earlier: str = "") -> Check:
    """Make the check of a backward pass.

    Args:
        name: of the function and of the check.
        function: the reference.
        points: criterion → points.
        earlier: the check of the other backward pass, if it comes before: what both change costs once.
    """
    return Check(
        name=name,
        function=name,
        companions=(FORWARD,),
        reference={name: function, FORWARD: batchnorm_forward},
        probes=lambda rng: _probes(name, rng),
        public=lambda: _public(name),
        criteria=(
            _output("dbeta", points["dbeta"]),
            _output("dgamma", points["dgamma"]),
            _output("dx", points["dx"]),
            _numeric_gradient(points["numeric gradient"]),
            _edge_cases(points["edge cases"]),
            shape(points["shape"], *COMPARED, requires="dbeta"),
            _unchanged(points["unchanged"], earlier),
        ),
        outputs=OUTPUTS,
        parameters=("dout", "cache"),
        follow_up=FollowUp(_around_own_forwards, _needs_own_forward, FORWARD_CHECK),
        notes=_notes,
        terms=BACKWARD,
    )


CHECK = backward_check(
    NAME,
    batchnorm_backward,
    {"dbeta": 3, "dgamma": 4, "dx": 6, "numeric gradient": 3, "edge cases": 1, "shape": 2, "unchanged": 1},
)
