"""What the answer key does with right, wrong, empty and dishonest functions, over several secrets."""

import json
from typing import Any

import numpy as np
import pytest

from autograder.assignments import answer_key
from autograder.assignments.batch_normalization.backward import batchnorm_backward
from autograder.assignments.batch_normalization.backward_alt import batchnorm_backward_alt
from autograder.assignments.batch_normalization.forward import batchnorm_forward
from autograder.assignments.batch_normalization.hints import HINTS
from autograder.assignments.batch_normalization.right_answers import CATALOGUE
from autograder.checking import words
from autograder.checking.check import Function, Mistake
from autograder.checking.judging import run_here
from autograder.checking.verdict import Picture, Verdict
from labkit.calls.plain import Opaque
from tests.helpers.answer_keys import prepared

KEY = answer_key("batch_normalization")
NAMES = ("batchnorm_forward", "batchnorm_backward", "batchnorm_backward_alt")
SOLUTION: dict[str, Function] = dict(
    zip(NAMES, (batchnorm_forward, batchnorm_backward, batchnorm_backward_alt), strict=True)
)
SECRETS = (b"spring", b"autumn")
EACH_SECRET = pytest.mark.parametrize("secret", [SECRETS[0], pytest.param(SECRETS[1], marks=pytest.mark.slow)])
STYLES = [
    pytest.param(function, style, id=f"{function}: {style}")
    for function, styles in CATALOGUE.right_functions.items()
    for style in styles
]
FORWARD_MISTAKES = [m for m in KEY.mistakes if m.of[0] == "batchnorm_forward"]
BACKWARD_MISTAKES = [m for m in KEY.mistakes if m.of[0] != "batchnorm_forward"]
AXIS_MISTAKES = {
    "bn-axis-of-features": ["numeric gradient"],
    "bn-no-axis": ["numeric gradient"],
    "bn-axis-not-examples": ["shape"],
}
"""What a right backward pass loses beside a forward pass whose statistics are not those of a feature."""
OTHER_CACHES = (*AXIS_MISTAKES, "bn-keepdims")


def verdicts(functions: dict[str, Any], secret: bytes = SECRETS[0]) -> dict[str, Verdict]:
    return {check.name: prepared(check.name, secret).judge(run_here(functions)) for check in KEY.checks}


def scores(functions: dict[str, Any], secret: bytes = SECRETS[0]) -> dict[str, float]:
    return {name: verdict.score for name, verdict in verdicts(functions, secret).items()}


def passed(verdict: Verdict) -> dict[str, bool]:
    return {result.name: result.passed for result in verdict.criteria}


FULL = {check.name: check.points for check in KEY.checks}


def test_the_points_are_those_of_the_notebook() -> None:
    assert FULL == {
        "batchnorm_forward_train": 15,
        "batchnorm_forward_test": 10,
        "batchnorm_backward": 20,
        "batchnorm_backward_alt": 15,
    }


@EACH_SECRET
def test_the_references_earn_every_point(secret: bytes) -> None:
    assert scores(SOLUTION, secret) == FULL


@EACH_SECRET
@pytest.mark.parametrize(("function", "style"), STYLES)
def test_a_right_answer_in_another_style_earns_every_point(function: str, style: str, secret: bytes) -> None:
    assert scores({**SOLUTION, function: CATALOGUE.right_functions[function][style]}, secret) == FULL


def test_each_function_has_at_least_six_right_styles() -> None:
    assert all(len(CATALOGUE.right_functions[name]) >= 6 for name in NAMES)


def test_a_cache_of_any_kind_is_accepted() -> None:
    class Notes:
        pass

    def forward(x: Any, gamma: Any, beta: Any, bn_param: Any) -> Any:
        notes = Notes()
        out, notes.kept = batchnorm_forward(x, gamma, beta, bn_param)  # type: ignore[attr-defined]
        return out, {"a lambda": lambda: notes, 3: notes}

    def backward(dout: Any, cache: Any) -> Any:
        return batchnorm_backward(dout, cache["a lambda"]().kept)

    def alt(dout: Any, cache: Any) -> Any:
        return batchnorm_backward_alt(dout, cache[3].kept)

    assert scores(dict(zip(NAMES, (forward, backward, alt), strict=True))) == FULL


def test_the_cache_never_leaves_the_process_of_the_student() -> None:
    for check in KEY.checks:
        calls = prepared(check.name, SECRETS[0]).calls
        for call, outcome in zip(calls, run_here(SOLUTION)(calls), strict=True):
            if call.function == "batchnorm_forward" and outcome.error is None:
                assert isinstance(outcome.value, tuple)
                assert isinstance(outcome.value[1], Opaque)


@EACH_SECRET
@pytest.mark.parametrize("mistake", KEY.mistakes, ids=lambda m: m.id)
def test_a_known_mistake_loses_marks_in_its_own_function_and_gets_its_hint(mistake: Mistake, secret: bytes) -> None:
    own = {check.name for check in KEY.checks if mistake in KEY.mistakes_in(check)}
    assert own
    for name, verdict in verdicts({**SOLUTION, **mistake.functions}, secret).items():
        if name in own:
            assert verdict.score < verdict.max_score
            assert [hint.hint for hint in verdict.mistakes] == [mistake.hint]
        else:
            assert verdict.score == verdict.max_score


def test_every_hint_belongs_to_a_mistake_and_shows_no_code() -> None:
    assert set(HINTS) == {mistake.id for mistake in KEY.mistakes}
    assert len(KEY.mistakes) == len(HINTS) >= 60
    for hint in HINTS.values():
        assert not any(sign in hint for sign in ("np.", "axis=", "**", "()", "[", "* "))


MIXED_STYLES = {
    "batchnorm_backward": ("step by step", "in place on own copies"),
    "batchnorm_backward_alt": ("the sums are dbeta and dgamma", "means"),
}
"""Styles that take the mean, the deviation and the normalised values from different places."""


@pytest.mark.slow
@pytest.mark.parametrize("mistake", FORWARD_MISTAKES, ids=lambda m: m.id)
def test_a_slip_in_the_forward_pass_costs_no_right_backward_pass_a_mark(mistake: Mistake) -> None:
    for name, styles in MIXED_STYLES.items():
        functions = [SOLUTION[name]]
        if mistake.id not in OTHER_CACHES:  # the other styles need one mean and variance a feature in the cache
            functions += [CATALOGUE.right_functions[name][style] for style in styles]
        for function in functions:
            verdict = prepared(name, SECRETS[1]).judge(run_here({**SOLUTION, **mistake.functions, name: function}))
            lost = [criterion for criterion, met in passed(verdict).items() if not met]
            assert lost == AXIS_MISTAKES.get(mistake.id, [])


SAME_SLIP_TWICE = {
    ("bn-eps-missing", "bnb-eps-missing"),
    ("bn-eps-missing", "bnb-eps-missing-in-deviation"),
    ("bn-eps-missing", "bnb-eps-missing-in-power"),
    ("bn-eps-missing", "bnb-eps-missing-beside-x-hat"),
    ("bn-eps-missing", "bna-eps-missing"),
    ("bn-eps-missing", "bna-eps-missing-in-x-hat"),
}


@pytest.mark.slow
@pytest.mark.parametrize("forward", ["bn-eps-missing", "bn-unbiased-variance"])
def test_a_slip_in_the_forward_pass_excuses_no_other_slip_in_a_backward_pass(forward: str) -> None:
    wrong = next(m for m in FORWARD_MISTAKES if m.id == forward)
    for mistake in BACKWARD_MISTAKES:
        run = run_here({**SOLUTION, **wrong.functions, **mistake.functions})
        verdict = prepared(mistake.of[0], SECRETS[0]).judge(run)
        assert (verdict.score == verdict.max_score) == ((forward, mistake.id) in SAME_SLIP_TWICE), mistake.id


def test_a_wrong_backward_beside_a_wrong_forward_is_told_that_it_matches_neither() -> None:
    forward = next(m for m in FORWARD_MISTAKES if m.id == "bn-eps-missing")
    backward = next(m for m in BACKWARD_MISTAKES if m.id == "bnb-mean-path-missing")
    verdict = verdicts({**SOLUTION, **forward.functions, **backward.functions})["batchnorm_backward"]
    (found,) = [result for result in verdict.criteria if result.name == "dx"]
    assert found.message.startswith("neither")


def test_an_empty_backward_beside_a_wrong_forward_is_only_said_to_be_empty() -> None:
    forward = next(m for m in FORWARD_MISTAKES if m.id == "bn-eps-missing")
    for empty in (lambda dout, cache: None, lambda dout, cache: (None, None, None)):
        functions = {**SOLUTION, **forward.functions, "batchnorm_backward": empty}
        verdict = verdicts(functions)["batchnorm_backward"]
        assert verdict.cause == words.returns_none()
        assert not any("neither" in result.message for result in verdict.criteria)


def test_empty_stubs_earn_nothing() -> None:
    def forward(x: Any, gamma: Any, beta: Any, bn_param: Any) -> Any:
        out, cache = None, None
        return out, cache

    def backward(dout: Any, cache: Any) -> Any:
        dx, dgamma, dbeta = None, None, None
        return dx, dgamma, dbeta

    stubs = dict(zip(NAMES, (forward, backward, backward), strict=True))
    assert set(scores(stubs).values()) == {0.0}

    def needs_own_cache(dout: Any, cache: Any) -> Any:
        return batchnorm_backward(dout, cache["all"])

    beside = verdicts({"batchnorm_forward": forward, "batchnorm_backward": needs_own_cache})["batchnorm_backward"]
    assert beside.score == 0.0
    assert beside.error is None
    assert "batchnorm_forward did not return" in beside.criteria[0].message


def test_a_missing_function_and_one_that_raises_earn_nothing() -> None:
    def fails(*_: Any) -> Any:
        raise ValueError("not yet")

    assert set(scores({}).values()) == {0.0}
    assert set(scores(dict.fromkeys(NAMES, fails)).values()) == {0.0}


def test_the_numbers_of_the_public_cases_earn_nothing() -> None:
    constants = {}
    for check in KEY.checks:
        outcomes = run_here(SOLUTION)(check.public())
        value = next(o.value for c, o in zip(check.public(), outcomes, strict=True) if c.function == check.function)
        constants[check.function] = lambda *_, value=value: value
    assert set(scores(constants).values()) == {0.0}


@pytest.mark.parametrize("keeps", ["the input", "zeros", "a scaled input", "a centred input"])
def test_a_forward_that_does_not_normalise_earns_its_own_backward_nothing_for_dx(keeps: str) -> None:
    def forward(x: Any, gamma: Any, beta: Any, bn_param: Any) -> Any:
        out = {
            "the input": x,
            "zeros": 0 * x,
            "a scaled input": gamma * x + beta,
            "a centred input": gamma * (x - x.mean(axis=0)) + beta,
        }[keeps]
        return out, (x, gamma)

    def backward(dout: Any, cache: Any) -> Any:
        x, gamma = cache
        dx, inside = {
            "the input": (dout, 0 * x),
            "zeros": (0 * x, 0 * x),
            "a scaled input": (gamma * dout, x),
            "a centred input": (gamma * (dout - dout.mean(axis=0)), x - x.mean(axis=0)),
        }[keeps]
        dbeta = dout.sum(axis=0) if "ed" in keeps else 0 * gamma
        return dx, (dout * inside).sum(axis=0), dbeta

    found = verdicts(dict(zip(NAMES, (forward, backward, backward), strict=True)))
    for name in NAMES[1:]:
        met = passed(found[name])
        assert not (met["dx"] or met["numeric gradient"])
        assert met["dgamma"] == ("ed" in keeps)
    assert found["batchnorm_forward_train"].score <= 2


def test_the_same_numbers_in_another_shape_lose_the_shape_criterion_only() -> None:
    def forward(x: Any, gamma: Any, beta: Any, bn_param: Any) -> Any:
        out, cache = batchnorm_forward(x, gamma, beta, bn_param)
        if bn_param["mode"] == "train":
            for name in ("running_mean", "running_var"):
                bn_param[name] = bn_param[name][None, :]
        return out, cache

    def backward(dout: Any, cache: Any) -> Any:
        dx, dgamma, dbeta = batchnorm_backward(dout, cache)
        return dx, dgamma[None, :], dbeta[:, None].T

    found = verdicts({**SOLUTION, "batchnorm_forward": forward, "batchnorm_backward": backward})
    for name in ("batchnorm_forward_train", "batchnorm_backward"):
        assert [criterion for criterion, met in passed(found[name]).items() if not met] == ["shape"]


def test_statistics_kept_in_a_global_are_noticed() -> None:
    kept: list[Any] = []

    def forward(x: Any, gamma: Any, beta: Any, bn_param: Any) -> Any:
        out, cache = batchnorm_forward(x, gamma, beta, bn_param)
        kept[:] = [cache]
        return out, "nothing"

    def backward(dout: Any, cache: Any) -> Any:
        return batchnorm_backward(dout, kept[0])

    functions = {**SOLUTION, "batchnorm_forward": forward, "batchnorm_backward": backward}
    assert scores(functions)["batchnorm_backward"] < FULL["batchnorm_backward"]


def test_a_cache_used_up_by_the_first_call_is_noticed() -> None:
    def forward(x: Any, gamma: Any, beta: Any, bn_param: Any) -> Any:
        out, cache = batchnorm_forward(x, gamma, beta, bn_param)
        return out, list(cache)

    def backward(dout: Any, cache: Any) -> Any:
        gradients = batchnorm_backward(dout, tuple(cache))
        cache[4] = cache[4] * 2
        return gradients

    found = verdicts({**SOLUTION, "batchnorm_forward": forward, "batchnorm_backward": backward})["batchnorm_backward"]
    assert not passed(found)["inputs and cache unchanged"]
    assert found.score == found.max_score - 1


def test_defaults_written_into_bn_param_in_test_mode_are_no_change() -> None:
    def forward(x: Any, gamma: Any, beta: Any, bn_param: Any) -> Any:
        for name in ("running_mean", "running_var"):
            bn_param.setdefault(name, np.zeros(x.shape[1]))
        return batchnorm_forward(x, gamma, beta, bn_param)

    assert scores({**SOLUTION, "batchnorm_forward": forward}) == FULL


def test_a_setting_that_is_overwritten_costs_the_inputs_criterion_only() -> None:
    def forward(x: Any, gamma: Any, beta: Any, bn_param: Any) -> Any:
        returned = batchnorm_forward(x, gamma, beta, bn_param)
        bn_param["mode"] = "test"
        return returned

    found = verdicts({**SOLUTION, "batchnorm_forward": forward})["batchnorm_forward_train"]
    assert [criterion for criterion, met in passed(found).items() if not met] == ["inputs unchanged"]


@pytest.mark.parametrize("name", NAMES[1:])
def test_a_backward_pass_that_returns_one_array_is_told_so_in_every_criterion(name: str) -> None:
    verdict = verdicts({**SOLUTION, name: lambda dout, cache: SOLUTION[name](dout, cache)[0]})[name]
    told = [result.message for result in verdict.criteria if not result.passed and result.judged]
    assert "expected 3 values" in told[0]
    assert not any("dx is None" in message for message in told)


def test_a_wrong_gradient_is_shown_beside_the_numeric_one() -> None:
    mistake = next(m for m in BACKWARD_MISTAKES if m.id == "bnb-mean-path-missing")
    verdict = verdicts({**SOLUTION, **mistake.functions})["batchnorm_backward"]
    assert verdict.picture is not None
    trial = prepared("batchnorm_backward", SECRETS[0]).expected[2]
    assert isinstance(trial.value, tuple)
    assert isinstance(trial.value[0], np.ndarray)
    right = Picture.of("", trial.value[0], trial.value[0])
    assert verdict.picture.expected == right.expected
    assert np.any(verdict.picture.wrong)
    assert json.loads(json.dumps(verdict.to_json()))["score"] == verdict.score


@pytest.mark.parametrize("value", [None, 3, "out", [], {}, (1,), (None, None, None), [[1, 2], [3]], np.array("x")])
def test_whatever_is_returned_gets_a_verdict(value: Any) -> None:
    for functions in ({**SOLUTION, name: lambda *_: value} for name in NAMES):
        for name, verdict in verdicts(functions).items():
            assert 0 <= verdict.score <= FULL[name]


def test_the_public_cases_hold_no_number_of_the_hidden_ones() -> None:
    for check in KEY.checks:
        public = {arg.tobytes() for call in check.public() for arg in call.args if isinstance(arg, np.ndarray)}
        for secret in SECRETS:
            hidden = prepared(check.name, secret).calls
            assert not public & {arg.tobytes() for call in hidden for arg in call.args if isinstance(arg, np.ndarray)}


@pytest.mark.parametrize("id", KEY.shares)
def test_a_mistake_with_a_share_keeps_it_and_loses_the_rest(id: str) -> None:
    (mistake,) = (mistake for mistake in KEY.mistakes if mistake.id == id)
    for check in KEY.checks:
        if mistake not in KEY.mistakes_in(check):
            continue
        verdict = verdicts({**SOLUTION, **mistake.functions})[check.name]
        lost = {result.name: result for result in verdict.criteria if not result.passed}
        assert {name: r.points for name, r in lost.items() if r.points} == {
            name: round(share * lost[name].max_points, 2) for name, share in KEY.shares[id].items() if name in lost
        }
        assert any(r.points for r in lost.values())
        assert verdict.score < verdict.max_score - 1
