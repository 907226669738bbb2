"""Where no known mistake fits, a verdict says what the numbers say, and only what they say."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder.assignments import answer_key, names
from autograder.checking import criteria
from autograder.checking.catalogue import Catalogue
from autograder.checking.check import AnswerKey, Check, Function, Terms
from autograder.checking.judging import PreparedCheck, run_here
from autograder.checking.verdict import Verdict
from benchmarks.relations import RandomFunction
from labkit.calls.call import Call
from tests.helpers.answer_keys import prepared

pytestmark = pytest.mark.slow

Array = NDArray[np.float64]
Outputs = dict[str, Any]
SECRET = b"a secret for relations, 32 bytes"


def fit(X: Array, w: Array, lambd: float) -> Outputs:
    n = len(X)
    Z = X * w
    b = Z.sum(axis=0) / n
    s = b + lambd * w
    return {"Z": Z, "b": b, "s": s, "cost": float(np.sum(Z**2) / n + lambd * np.sum(w**2))}


def _probes(rng: np.random.Generator) -> list[Call]:
    cases = ((5, 3, 0.4, "value"), (4, 6, 1.7, "value"), (7, 4, 2.9, "value"), (6, 4, 0.0, "edge"), (3, 5, 0.0, "edge"))
    return [
        Call("fit", (rng.normal(size=(n, d)), rng.normal(size=d) * 2, lambd), group) for n, d, lambd, group in cases
    ]


def _sums(X: Array, w: Array, lambd: float) -> dict[str, dict[str, Any]]:
    Z = X * w
    return {
        "Z": {"tanh Z": np.tanh(Z), "Z − tanh Z": Z - np.tanh(Z)},
        "cost": {
            "Σ Z²/n": np.sum(Z**2) / len(X),
            "λ·w₀²": lambd * w[0] ** 2,
            "λ·Σ wᵢ²": lambd * np.sum(w[1:] ** 2),
        },
    }


TERMS = Terms(
    quantities=lambda calls, call: {"n": len(call.args[0]), "λ": call.args[2]},
    arrays=lambda calls, call: {"X": call.args[0], "w": call.args[1]},
    sums=lambda calls, call: _sums(*call.args),
    neutral={("λ", "0"): lambda call: Call("fit", (*call.args[:2], 0.0), call.group)},
    cases=lambda calls, call: {"λ = 0": call.args[2] == 0},
    reduced=("λ = 0",),
    in_order=True,
)
CHECK = Check(
    name="fit",
    function="fit",
    reference={"fit": fit},
    probes=_probes,
    public=lambda: _probes(np.random.default_rng(0)),
    criteria=(criteria.value(4, "value"), criteria.value(2, "edge", name="edge"), criteria.shape(1)),
    parameters=("X", "w", "lambd"),
    terms=TERMS,
)
CATALOGUE = Catalogue({"cost-halved": "Is there a half?"})


@CATALOGUE.mistake("fit", "cost-halved", "plausible")
def _halved(X: Array, w: Array, lambd: float) -> Outputs:
    right = fit(X, w, lambd)
    return {**right, "cost": right["cost"] / 2}


KEY = AnswerKey("made-up", (CHECK,), tuple(CATALOGUE.mistakes))


TOY = PreparedCheck(KEY, CHECK, SECRET)


def judge(function: Function, by: PreparedCheck = TOY) -> Verdict:
    return by.judge(run_here({**by.check.reference, by.check.function: function}))


def with_output(**changes: Callable[..., Any]) -> Function:
    """Make `fit` with other outputs, each computed from the right outputs and the arguments."""

    def wrong(X: Array, w: Array, lambd: float) -> Outputs:
        right = fit(X, w, lambd)
        return {name: changes[name](right, X, w, lambd) if name in changes else right[name] for name in right}

    return wrong


def _noise(values: Array) -> Array:
    return np.asarray(values) + np.sin(1 + 3 * np.arange(np.size(values))).reshape(np.shape(values))


def _previous() -> Function:
    kept: list[Any] = [1.25]

    def wrong(X: Array, w: Array, lambd: float) -> Outputs:
        right = fit(X, w, lambd)
        kept.append(right["cost"])
        return {**right, "cost": kept[-2]}

    return wrong


PLANTED: dict[str, tuple[Function, str, str]] = {
    "a factor": (with_output(s=lambda r, X, w, lambd: r["s"] * len(X)), "factor-s", "times n"),
    "a missing factor": (with_output(s=lambda r, X, w, lambd: r["s"] / len(X)), "factor-s", "times 1/n"),
    "a squared factor": (with_output(cost=lambda r, X, w, lambd: r["cost"] * len(X) ** 2), "factor-cost", "times n²"),
    "two": (with_output(b=lambda r, *a: 2 * r["b"]), "factor-b", "times 2"),
    "a half": (with_output(b=lambda r, *a: r["b"] / 2), "factor-b", "times ½"),
    "the strength": (with_output(Z=lambda r, X, w, lambd: lambd * r["Z"]), "factor-Z", "times λ"),
    "a sign": (with_output(Z=lambda r, *a: -r["Z"]), "sign-Z", "wrong sign"),
    "a factor without a name": (with_output(b=lambda r, *a: 0.371 * r["b"]), "proportional-b", "up to a factor"),
    "a shift": (with_output(Z=lambda r, *a: r["Z"] + 0.123), "shifted-Z", "same amount"),
    "an argument left out": (
        with_output(cost=lambda r, X, w, lambd: np.sum(r["Z"] ** 2) / len(X)),
        "without-cost",
        "λ = 0",
    ),
    "a factor of a part": (
        with_output(s=lambda r, X, w, lambd: r["b"] + 2 * lambd * w),
        "part-factor-s",
        "λ brings in",
    ),
    "the sign of a part": (with_output(s=lambda r, X, w, lambd: r["b"] - lambd * w), "part-sign-s", "λ brings in"),
    "a part alone": (with_output(s=lambda r, X, w, lambd: lambd * w), "part-only-s", "only the part that λ"),
    "a factor of the rest": (
        with_output(s=lambda r, X, w, lambd: len(X) * r["b"] + lambd * w),
        "rest-factor-s",
        "the rest is what it should be, times n",
    ),
    "an array too often": (with_output(Z=lambda r, X, w, lambd: r["Z"] * w), "times-Z", "multiplied by w"),
    "an array missing": (with_output(Z=lambda r, X, w, lambd: X), "over-Z", "divided by w"),
    "a term too many": (with_output(s=lambda r, X, w, lambd: r["s"] + w), "more-s", "too large by w"),
    "a term missing": (with_output(cost=lambda r, X, w, lambd: r["cost"] - lambd), "less-cost", "too small by λ"),
    "an input": (with_output(b=lambda r, X, w, lambd: w), "input-b", "b is w"),
    "another output": (with_output(b=lambda r, *a: r["s"]), "output-b", "what s should be"),
    "two outputs swapped": (
        with_output(b=lambda r, *a: r["s"], s=lambda r, *a: r["b"]),
        "swapped-b-s-b-s",
        "place of the other",
    ),
    "a transposition": (with_output(Z=lambda r, *a: r["Z"].T), "transposed-Z", "transposed"),
    "another order": (with_output(Z=lambda r, *a: r["Z"][::-1]), "reordered-Z", "another order"),
    "a sum along the other axis": (with_output(b=lambda r, X, *a: r["Z"].sum(axis=1) / len(X)), "axis-b", "wrong axis"),
    "a sum missing": (with_output(b=lambda r, X, *a: r["Z"] / len(X)), "not-summed-b", "sum is missing"),
    "a sum over all": (
        with_output(b=lambda r, X, *a: np.full(X.shape[1], r["Z"].sum() / len(X))),
        "summed-over-all-b",
        "all entries",
    ),
    "a sum added": (with_output(Z=lambda r, *a: r["Z"].sum(axis=1)), "reduced-Z", "added up"),
    "absolute values": (with_output(Z=lambda r, *a: np.abs(r["Z"])), "absolute-Z", "signs"),
    "a square": (with_output(Z=lambda r, *a: r["Z"] ** 2), "square-Z", "square"),
    "a root": (with_output(cost=lambda r, *a: np.sqrt(r["cost"])), "root-cost", "square root"),
    "a reciprocal": (with_output(Z=lambda r, *a: 1 / r["Z"]), "reciprocal-Z", "upside down"),
    "clipped below": (with_output(Z=lambda r, *a: np.maximum(r["Z"], 0)), "not-negative-Z", "cut off at zero"),
    "whole numbers": (with_output(Z=lambda r, *a: np.trunc(r["Z"])), "cut-Z", "fractions"),
    "zeros": (with_output(Z=lambda r, *a: 0 * r["Z"]), "constant-Z", "zero"),
    "a constant": (with_output(b=lambda r, *a: 0 * r["b"] + 3.3), "constant-b", "same number"),
    "nan": (with_output(b=lambda r, *a: np.log(-1 + 0 * r["b"])), "not-finite-b", "not finite"),
    "the call before": (_previous(), "earlier-call-cost", "call before"),
    "the first row alone": (
        with_output(Z=lambda r, *a: np.vstack([r["Z"][:1], 0 * r["Z"][1:]])),
        "only-first-0-Z",
        "first row",
    ),
    "the last column alone": (
        with_output(Z=lambda r, *a: np.hstack([0 * r["Z"][:, :-1], r["Z"][:, -1:]])),
        "only-last-1-Z",
        "last column",
    ),
    "the last row left out": (
        with_output(Z=lambda r, *a: np.vstack([r["Z"][:-1], 0 * r["Z"][:1]])),
        "all-but-last-0-Z",
        "Only the last row of Z is wrong",
    ),
    "the first column left out": (
        with_output(Z=lambda r, *a: np.hstack([0 * r["Z"][:, :1], r["Z"][:, 1:]])),
        "all-but-first-1-Z",
        "Only the first column of Z is wrong",
    ),
    "a number for an argument": (
        with_output(s=lambda r, X, w, lambd: r["b"] + 0.7 * w),
        "fixed-s",
        "as if λ were always 0.7",
    ),
    "a term missing from a sum": (
        with_output(cost=lambda r, X, w, lambd: np.sum(r["Z"] ** 2) / len(X) + lambd * np.sum(w[1:] ** 2)),
        "term-missing-cost",
        "the term λ·w₀² is missing",
    ),
    "a term with the wrong sign": (
        with_output(cost=lambda r, X, w, lambd: r["cost"] - 2 * lambd * w[0] ** 2),
        "term-sign-cost",
        "the term λ·w₀² has the wrong sign",
    ),
    "two terms wrong": (
        with_output(cost=lambda r, X, w, lambd: r["cost"] + lambd * (w[0] ** 2 - np.sum(w[1:] ** 2))),
        "terms-cost",
        "the terms λ·w₀², λ·Σ wᵢ² are wrong",
    ),
    "a term of an array times a quantity": (
        with_output(Z=lambda r, X, w, lambd: r["Z"] + (len(X) - 1) * (X * w - np.tanh(X * w))),
        "term-factor-Z",
        "the term Z − tanh Z is what it should be, times n",
    ),
    "off by the same in all rows": (
        with_output(Z=lambda r, X, w, lambd: r["Z"] + np.sin(np.arange(1, X.shape[1] + 1))),
        "off-0-Z",
        "every row is off by the same numbers",
    ),
    "off by a share of an array": (
        with_output(Z=lambda r, X, w, lambd: r["Z"] + X * np.sin(np.arange(1, X.shape[1] + 1))),
        "off-array-0-Z",
        "proportional to X",
    ),
    "an entry with another name": (
        lambda *a: {{"s": "S"}.get(k, k): v for k, v in fit(*a).items()},
        "entries",
        "no entry s, but S",
    ),
    "a tuple for a dict": (lambda *a: tuple(fit(*a).values()), "form", "not made of Z, b, s, cost"),
    "right where a part does nothing": (
        with_output(s=lambda r, X, w, lambd: r["b"] + lambd * w**3),
        "right-where-s",
        "where λ = 0, and only there",
    ),
    "wrong in a special case": (
        with_output(b=lambda r, X, w, lambd: r["b"] + (lambd == 0)),
        "wrong-where-b",
        "only where λ = 0",
    ),
    "a kept axis": (with_output(s=lambda r, *a: r["s"][None]), "shape-s", "wrong shape"),
    "an array for a number": (with_output(cost=lambda r, X, w, lambd: np.ones(3)), "constant-cost", "same number"),
    "an array for a sum": (with_output(cost=lambda r, X, w, lambd: _noise(w)), "size-cost", "single number"),
    "another size": (with_output(Z=lambda r, *a: _noise(np.ones((2, 2)))), "size-Z", "number of entries"),
    "one output": (with_output(s=lambda r, *a: _noise(r["s"])), "only-wrong-s", "Only s is wrong"),
    "the first of several": (
        with_output(
            b=lambda r, *a: _noise(r["b"]), s=lambda r, *a: _noise(r["s"]), cost=lambda r, *a: 1.7 + np.cos(r["cost"])
        ),
        "first-wrong-b",
        "Z is right; b is the first that is not",
    ),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_relation_is_said_and_nothing_else(name: str) -> None:
    function, id, words = PLANTED[name]
    (hint,) = judge(function).mistakes
    assert hint.id == f"relation-{id}"
    assert words in hint.hint


def test_outputs_with_the_same_relation_share_a_sentence() -> None:
    (hint,) = judge(with_output(b=lambda r, *a: -r["b"], s=lambda r, *a: -r["s"])).mistakes
    assert hint.hint.startswith("b, s have the wrong sign")


def test_no_more_than_two_relations_are_said() -> None:
    wrong = with_output(
        Z=lambda r, *a: -r["Z"],
        b=lambda r, *a: 2 * r["b"],
        s=lambda r, X, w, lambd: r["s"] + w,
        cost=lambda r, X, *a: r["cost"] * len(X),
    )
    assert [hint.id for hint in judge(wrong).mistakes] == ["relation-sign-Z", "relation-factor-b"]


def test_what_a_known_mistake_explains_has_no_relation_and_the_rest_has() -> None:
    assert [hint.id for hint in judge(_halved).mistakes] == ["cost-halved"]
    both = with_output(b=lambda r, *a: -r["b"], cost=lambda r, *a: r["cost"] / 2)
    assert [hint.id for hint in judge(both).mistakes] == ["cost-halved", "relation-sign-b"]


def test_a_relation_must_hold_in_every_usual_call() -> None:
    sometimes = with_output(Z=lambda r, X, *a: -r["Z"] if len(X) == 5 else _noise(r["Z"]))
    assert "sign" not in str([hint.id for hint in judge(sometimes).mistakes])


def test_a_hint_holds_no_number_of_a_probe() -> None:
    for function, *_ in PLANTED.values():
        for hint in judge(function).mistakes:
            text = hint.hint.replace("always 0.7", "")  # the student's own number
            assert not re.search(r"\d[.,]?\d", text)


def test_an_exception_without_a_known_mistake_says_what_it_usually_means() -> None:
    def wrong(X: Array, w: Array, lambd: float) -> Outputs:
        return fit(X, w, lamda)  # type: ignore[name-defined]  # noqa: F821

    (hint,) = judge(wrong).mistakes
    assert hint.id == "error"
    assert "lambd" in hint.hint


def test_what_a_mistake_has_in_common_by_chance_with_later_entries_is_not_said() -> None:
    """Who scales dA2 and goes on with what was not scaled has a dA1 that a slip in the first layer alone also gives."""
    by = prepared(BACKWARD, SECRET)

    def stale(X: Array, Y: Array, cache: tuple[Any, ...], keep_prob: float) -> Outputs:
        _, D1, A1, _, _, _, D2, A2, W2, _, _, A3, W3, _ = cache
        m, grads = X.shape[1], {"dZ3": A3 - Y}
        below = W3.T @ grads["dZ3"]
        grads |= {"dW3": grads["dZ3"] @ A2.T / m, "db3": grads["dZ3"].mean(axis=1, keepdims=True)}
        grads |= {"dA2": below * D2 / keep_prob, "dZ2": below * (A2 > 0)}
        below = W2.T @ grads["dZ2"]
        grads |= {"dW2": grads["dZ2"] @ A1.T / m, "db2": grads["dZ2"].mean(axis=1, keepdims=True)}
        grads |= {"dA1": below * D1 / keep_prob, "dZ1": below * (A1 > 0)}
        return grads | {"dW1": grads["dZ1"] @ X.T / m, "db1": grads["dZ1"].mean(axis=1, keepdims=True)}

    hints = judge(stale, by).mistakes
    assert [hint.id.split("-")[1] for hint in hints] == ["without", "factor"]


def test_a_result_without_its_second_part_is_not_taken_for_an_empty_branch() -> None:
    by = prepared("batchnorm_forward_test", SECRET)
    (hint,) = judge(lambda *args: by.check.reference["batchnorm_forward"](*args)[0], by).mistakes
    assert hint.id == "relation-form"


def test_what_is_not_filled_in_is_no_relation() -> None:
    unfinished: tuple[Function, ...] = (lambda *a: None, lambda X, *a: X * None, lambda *a: dict.fromkeys(("Z", "b")))
    for function in unfinished:
        assert judge(function).mistakes == ()


class InLab:
    """A relation planted into a function of a lab: changes what the reference returns."""

    def __init__(self, check: str, change: Callable[..., Any], words: str) -> None:
        self.check, self.change, self.words = check, change, words

    @property
    def by(self) -> PreparedCheck:
        return prepared(self.check, SECRET)

    def __call__(self, *args: Any) -> Any:
        return self.change(self.by.check.reference[self.by.check.function](*args), *args)


def _entry(name: str, change: Callable[..., Any]) -> Callable[..., Any]:
    return lambda value, *args: {**value, name: change(value, *args)}


def _moved(name: str, change: Callable[..., Any]) -> Callable[..., Any]:
    def moved(value: Any, x: Array, gamma: Array, beta: Array, bn_param: dict[str, Any]) -> Any:
        bn_param[name] = change(bn_param[name])
        return value

    return moved


def _scaled_after_mask(value: Any, X: Array, parameters: Any, keep_prob: float = 0.5) -> Any:
    A3, (Z1, D1, A1, *rest) = value
    return A3, (Z1, D1, A1 / keep_prob**2, *rest)


COST, L2 = "compute_cost_with_regularization", "backward_propagation_with_regularization"
FORWARD, BACKWARD = "forward_propagation_with_dropout", "backward_propagation_with_dropout"
IN_LABS = {
    "cost": InLab(COST, lambda v, A3, Y, p, lambd: v * Y.shape[1] ** 2, "times m²"),
    "db2": InLab(L2, _entry("db2", lambda v, X, Y, cache, lambd: v["db2"] * (lambd + (lambd == 0))), "times λ"),
    "dW1": InLab(L2, _entry("dW1", lambda v, *a: v["dW1"].T), "transposed"),
    "dA1": InLab(
        BACKWARD,
        _entry("dA1", lambda v, X, Y, cache, k: v["dA1"] / (1 - k + 1e-300) ** 2),
        "times 1/(1 − keep_prob)²",
    ),
    "A1 of its own mask": InLab(FORWARD, _scaled_after_mask, "A1 is what it should be, times 1/keep_prob²"),
    "out": InLab("batchnorm_forward_train", lambda v, x, *a: (v[0] * len(x), v[1]), "times N"),
    "running_mean": InLab("batchnorm_forward_train", _moved("running_mean", lambda mean: -mean), "wrong sign"),
    "out in test mode": InLab("batchnorm_forward_test", lambda v, x, *a: (v[0][::-1], v[1]), "another order"),
    "dx": InLab("batchnorm_backward", lambda v, dout, cache: (v[0] * len(dout), *v[1:]), "times N"),
    "a term of dx": InLab(
        "batchnorm_backward_alt",
        lambda v, dout, cache: (v[0] - dout.mean(axis=0) * cache[4] / np.sqrt(cache[2] + cache[5]), *v[1:]),
        "the term ∂μ/N is what it should be, times 2",
    ),
    "a term of the cost": InLab(
        COST,
        lambda v, A3, Y, p, lambd: v + lambd / (2 * Y.shape[1]) * (np.sum(p["W1"] ** 2) - np.sum(p["W2"] ** 2)),
        "the terms λ/(2m) · ‖W1‖², λ/(2m) · ‖W2‖² are wrong",
    ),
    "keep_prob fixed": InLab(
        BACKWARD, _entry("dA2", lambda v, X, Y, cache, k: v["dA2"] * k / 0.4), "as if keep_prob were always 0.4"
    ),
    "more than the cost": InLab(COST, lambda v, *a: (v, v / 2), "Several values come back where a single number"),
    "dbeta": InLab("batchnorm_backward", lambda v, *a: (*v[:2], v[2] ** 2), "square"),
    "dgamma": InLab("batchnorm_backward_alt", lambda v, *a: (v[0], np.abs(v[1]), v[2]), "absolute value"),
}


@pytest.mark.parametrize("name", IN_LABS)
def test_a_relation_planted_into_a_function_of_a_lab_is_said(name: str) -> None:
    planted = IN_LABS[name]
    hints = [hint.hint for hint in judge(planted, planted.by).mistakes]
    assert any(planted.words in hint for hint in hints)


LAB_CHECKS = [check.name for assignment in names() for check in answer_key(assignment).checks]


@pytest.mark.parametrize("name", LAB_CHECKS)
def test_no_quantity_of_a_lab_is_the_same_in_all_usual_calls(name: str) -> None:
    """It would be named wherever a number of the student's own happens to equal a power of it."""
    by = prepared(name, SECRET)
    terms = by.check.terms
    usual = [call for call in by.calls if call.function == by.check.function and call.group in terms.groups]
    of_calls = [terms.quantities(by.calls, call) for call in usual]
    assert all(len({quantities[key] for quantities in of_calls}) > 1 for key in of_calls[0])


@pytest.mark.parametrize(
    "cross_entropy",
    [lambda A3, Y: -np.mean(Y * np.log(A3)), lambda A3, Y: -np.mean(np.log(A3))],
    ids=["a term forgotten", "log A3 twice"],
)
def test_a_cross_entropy_that_is_right_for_one_label_is_not_said_to_be_right_for_one_example(
    cross_entropy: Callable[..., Any],
) -> None:
    by = prepared(COST, SECRET)

    def wrong(A3: Array, Y: Array, parameters: dict[str, Array], lambd: float) -> Any:
        right = by.check.reference[COST]
        return right(A3, Y, parameters, lambd) - right(A3, Y, parameters, 0.0) + cross_entropy(A3, Y)

    assert not judge(wrong, by).mistakes


@pytest.mark.slow
@pytest.mark.parametrize("name", LAB_CHECKS)
def test_random_functions_are_told_nothing(name: str) -> None:
    by = prepared(name, SECRET)
    for seed in range(3):
        assert judge(RandomFunction(by.check, seed), by).mistakes == ()


def test_a_backward_pass_after_a_wrong_forward_pass_has_no_relation() -> None:
    planted = IN_LABS["dx"]

    def forward(*args: Any) -> Any:
        out, kept = planted.by.check.reference["batchnorm_forward"](*args)
        return 3 * out, kept

    run = run_here({"batchnorm_forward": forward, "batchnorm_backward": planted.__call__})
    verdict = planted.by.judge(run)
    assert not any(hint.id.startswith("relation") for hint in verdict.mistakes)
