"""A verdict depends on outcomes only; points follow the criteria; a mistake is known by what it does."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder.checking import criteria, words
from autograder.checking.catalogue import Catalogue
from autograder.checking.check import AnswerKey, Check, Criterion, Evidence, Finding, FollowUp, Shares
from autograder.checking.judging import PreparedCheck, behaviour_of, run_here
from autograder.checking.verdict import LEVELS, CriterionResult, Hint, Picture, Verdict
from labkit.calls.behaviour import Behaviour
from labkit.calls.call import Call, CallError, Outcome, perform

Array = NDArray[np.float64]

SECRET = b"a secret of the course"


def shares(x: Array, scale: float) -> Array:
    return scale * x / np.sum(x)


def probes(rng: np.random.Generator) -> list[Call]:
    return [
        Call("shares", (rng.random(3) + 0.1, 1.0), "value", "scale 1"),
        Call("shares", (rng.random(4) + 0.1, 2.5), "value", "scale 2.5"),
        Call("shares", (rng.random(1) + 0.1, 2.5), "edge", "one entry"),
    ]


CHECK = Check(
    name="shares",
    function="shares",
    reference={"shares": shares},
    probes=probes,
    public=lambda: probes(np.random.default_rng(0)),
    criteria=(
        criteria.value(4, "value"),
        criteria.shape(1, requires="value"),
        criteria.inputs_unchanged(1),
        criteria.value(2, "edge", name="edge", requires="value"),
    ),
    parameters=("x", "scale"),
)
CATALOGUE = Catalogue(
    {"scale-lost": "What is scale for?", "mean": "A mean is no sum.", "mean-too": "A mean is no sum."}
)


@CATALOGUE.mistake("shares", "scale-lost", "plausible")
def _scale_lost(x: Array, scale: float) -> Array:
    return x / np.sum(x)


@CATALOGUE.mistake("shares", "mean", "plausible")
def _mean(x: Array, scale: float) -> Array:
    return scale * x / np.mean(x)


@CATALOGUE.mistake("shares", "mean-too", "plausible")
def _mean_too(x: Array, scale: float) -> Array:
    return scale * x / (np.sum(x) / len(x))


KEY = AnswerKey("made-up", (CHECK,), tuple(CATALOGUE.mistakes))


def judge(function: Any, check: Check = CHECK, secret: bytes = SECRET) -> Verdict:
    return PreparedCheck(KEY, check, secret).judge(run_here({"shares": function}))


def test_a_right_function_gets_all_points_and_no_hint() -> None:
    verdict = judge(lambda x, scale: np.array([scale * v / sum(x) for v in x]))
    assert (verdict.score, verdict.max_score, verdict.mistakes) == (8.0, 8.0, ())


def test_the_probes_are_a_function_of_the_secret_and_the_name_alone() -> None:
    first, again = (PreparedCheck(KEY, CHECK, SECRET).calls for _ in range(2))
    other = PreparedCheck(KEY, CHECK, b"another secret").calls
    renamed = PreparedCheck(KEY, replace(CHECK, name="renamed"), SECRET).calls
    assert all(np.array_equal(a.args[0], b.args[0]) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0].args[0], other[0].args[0])
    assert not np.array_equal(first[0].args[0], renamed[0].args[0])


def test_a_verdict_depends_on_the_outcomes_and_not_on_earlier_verdicts() -> None:
    prepared = PreparedCheck(KEY, CHECK, SECRET)
    runs = [run_here({"shares": f}) for f in (shares, _scale_lost, lambda x, scale: None, shares)]
    once = [prepared.judge(run) for run in runs]
    again = [prepared.judge(run) for run in reversed(runs)]
    assert once == again[::-1]


def test_what_requires_a_missed_criterion_earns_nothing_and_says_so() -> None:
    verdict = judge(_scale_lost)
    assert verdict.score == 0.0
    unchanged = next(result for result in verdict.criteria if result.name == "inputs unchanged")
    assert not unchanged.passed
    assert "value" in unchanged.message


def test_the_wrong_shape_loses_the_shape_and_nothing_else() -> None:
    verdict = judge(lambda x, scale: shares(x, scale)[None])
    assert [result.name for result in verdict.criteria if not result.passed] == ["shape"]


def test_a_changed_argument_loses_its_criterion_and_is_named() -> None:
    def change(x: Array, scale: float) -> Array:
        x *= scale / x.sum()
        return x

    verdict = judge(change)
    (missed,) = (result for result in verdict.criteria if not result.passed)
    assert missed.name == "inputs unchanged"
    assert "argument x" in missed.message


def test_an_error_is_shown_and_leaves_no_criterion_fulfilled() -> None:
    verdict = judge(lambda x, scale: 1 / 0)
    assert verdict.score == 0.0
    assert verdict.error is not None
    assert verdict.error.kind == "ZeroDivisionError"


def test_an_edge_that_fails_costs_its_own_points_only() -> None:
    def fails_alone(x: Array, scale: float) -> Array:
        if len(x) == 1:
            raise ValueError("too short")
        return shares(x, scale)

    verdict = judge(fails_alone)
    assert [result.name for result in verdict.criteria if not result.passed] == ["edge"]


def test_a_mistake_is_named_and_one_hint_stands_for_two_that_behave_alike() -> None:
    assert [hint.id for hint in judge(_scale_lost).mistakes] == ["scale-lost"]
    assert [hint.hint for hint in judge(_mean).mistakes] == ["A mean is no sum."]


def kept(function: Any, shares_of: Shares) -> tuple[float, str]:
    """The points for `value`, and its message, with these shares."""
    prepared = PreparedCheck(replace(KEY, shares=shares_of), CHECK, SECRET)
    verdict = prepared.judge(run_here({"shares": function}))
    assert not verdict.criteria[0].passed
    assert verdict.score < verdict.max_score
    return verdict.criteria[0].points, verdict.criteria[0].message


def test_a_known_mistake_keeps_its_share_and_the_message_says_so() -> None:
    points, message = kept(_scale_lost, {"scale-lost": {"value": 0.75}})
    assert points == 3.0
    assert message.startswith("3 of 4 points: known mistake, see the hint. scale 2.5: the result[0] is off by about")
    assert kept(_scale_lost, {"mean": {"value": 0.75}})[0] == 0.0
    assert kept(_scale_lost, {"scale-lost": {"edge": 0.5}})[0] == 0.0


def test_of_two_mistakes_that_fit_the_smaller_share_counts_and_none_is_the_smallest() -> None:
    assert kept(_mean, {"mean": {"value": 0.75}, "mean-too": {"value": 0.25}})[0] == 1.0
    assert kept(_mean, {"mean": {"value": 0.75}})[0] == 0.0
    assert kept(_mean, {"mean": {"value": 0.75}, "mean-too": {"edge": 0.5}})[0] == 0.0


def test_a_mistake_that_differs_on_one_probe_or_in_one_criterion_keeps_nothing() -> None:
    def now_and_then(x: Array, scale: float) -> Array:
        return _scale_lost(x, scale) if len(x) > 1 else 2 * x

    def changing(x: Array, scale: float) -> Array:
        x /= np.sum(x)
        return x

    for function in (now_and_then, changing):
        assert kept(function, {"scale-lost": {"value": 0.75}})[0] == 0.0


def test_points_of_shares_are_hundredths_so_that_what_is_shown_adds_up() -> None:
    verdict = PreparedCheck(replace(KEY, shares={"scale-lost": {"value": 1 / 3, "edge": 1 / 3}}), CHECK, SECRET).judge(
        run_here({"shares": _scale_lost})
    )
    assert [result.points for result in verdict.criteria] == [1.33, 0.0, 0.0, 0.67]
    assert verdict.score == 2.0


def test_a_course_replaces_the_shares_of_a_mistake_whole_and_leaves_the_others() -> None:
    key = replace(KEY, shares={"mean": {"value": 0.5, "edge": 0.5}, "scale-lost": {"value": 0.75}})
    own = key.with_shares({"mean": {"value": 0.25}, "of-another-assignment": {"value": 0.5}})
    assert own.shares == {"mean": {"value": 0.25}, "scale-lost": {"value": 0.75}}
    assert key.with_shares({"mean": {}}).shares["mean"] == {}


def test_an_unknown_mistake_says_where_it_first_differs() -> None:
    verdict = judge(lambda x, scale: shares(x, scale) + 1e-3 * np.arange(len(x)))
    assert verdict.mistakes == ()
    assert verdict.criteria[0].message.startswith("scale 1: the result[1] is off by less than 10 %")


def test_outcomes_that_lie_about_their_number_are_refused() -> None:
    def short(calls: Sequence[Call]) -> list[Outcome]:
        return perform(calls, {"shares": shares})[:-1]

    with pytest.raises(ValueError, match="zip"):
        PreparedCheck(KEY, CHECK, SECRET).judge(short)


def test_two_errors_are_alike_by_kind_and_text_but_for_names_and_numbers() -> None:
    calls = CHECK.public()

    def behaviour(function: Any) -> Behaviour:
        return behaviour_of(CHECK, calls, perform(calls, {"shares": function}))

    def more(x: Any, scale: Any, weights: Any) -> None: ...
    def others(x: Any, scale: Any, axis: Any) -> None: ...

    assert behaviour(more).fits(behaviour(others))
    assert not behaviour(more).fits(behaviour(lambda x, scale: x + None))
    assert not behaviour(more).fits(behaviour(shares))


def test_follow_up_calls_are_made_when_asked_for_and_seen_by_criteria() -> None:
    seen: list[int] = []

    def look(evidence: Evidence) -> Finding | None:
        seen.append(len(evidence.follow_up))
        return None

    made: list[int] = []

    def first(probes: Sequence[Call]) -> list[Call]:
        made.append(1)
        return [probes[0]]

    follow_up = FollowUp(first, lambda evidence: bool(evidence.trials[0].differences))
    check = PreparedCheck(KEY, replace(CHECK, criteria=(Criterion("look", 1, look),), follow_up=follow_up), SECRET)
    for function in (shares, _mean, _mean):
        check.judge(run_here({"shares": function}))
    assert seen == [0, 1, 1]
    assert made == [1], "they are the same for a whole class"


def test_a_value_that_depends_on_the_probes_alone_is_computed_once_for_a_class() -> None:
    computed: list[int] = []

    def remember(evidence: Evidence) -> Finding | None:
        evidence.once("slow", lambda: computed.append(1))
        return None

    prepared = PreparedCheck(KEY, replace(CHECK, criteria=(Criterion("look", 1, remember),)), SECRET)
    for _ in range(3):
        prepared.judge(run_here({"shares": shares}))
    assert computed == [1]


def test_a_verdict_as_json_holds_all_that_it_says() -> None:
    picture = Picture("dW1", [[3]], [[-1]], [[True]])
    check = replace(CHECK, criteria=(Criterion("look", 1, lambda _: Finding("no", picture)),))
    for verdict in (judge(_scale_lost), judge(lambda x, scale: 1 / 0), judge(shares, check), judge(shares)):
        data = json.loads(json.dumps(verdict.to_json()))
        assert (data["check"], data["function"]) == (verdict.check, verdict.function)
        assert (data["score"], data["max_score"]) == (verdict.score, verdict.max_score)
        assert tuple(CriterionResult(**result) for result in data["criteria"]) == verdict.criteria
        assert tuple(Hint(**hint) for hint in data["mistakes"]) == verdict.mistakes
        error = data["error"]
        assert (error and CallError(error["kind"], error["message"], tuple(error["lines"]))) == verdict.error
        assert (data["picture"] and Picture(**data["picture"])) == verdict.picture
    assert judge(shares, check).picture == picture


def test_the_printed_verdict_shows_points_marks_messages_and_hints() -> None:
    text = str(judge(_scale_lost))
    assert text.splitlines()[0] == "shares: 0 of 8 points"
    assert "✗ value" in text
    assert text.endswith("Hint: What is scale for?")


def test_one_exception_is_told_once_and_nothing_counts_as_judged() -> None:
    verdict = judge(lambda x, scale: 1 / 0)
    assert sum("ZeroDivisionError" in result.message for result in verdict.criteria) == 1
    assert [result.mark for result in verdict.criteria] == ["–"] * 4
    text = str(verdict).splitlines()
    assert "ZeroDivisionError: division by zero" in text[1]


def test_an_exception_at_the_edge_costs_the_edge_and_is_a_miss() -> None:
    def fails_alone(x: Array, scale: float) -> Array:
        if len(x) == 1:
            raise ValueError("too short")
        return shares(x, scale)

    assert [result.mark for result in judge(fails_alone).criteria] == ["✓", "✓", "✓", "✗"]


def test_what_waits_for_another_criterion_is_not_judged() -> None:
    marks = {result.name: result.mark for result in judge(_scale_lost).criteria}
    assert marks == {"value": "✗", "shape": "–", "inputs unchanged": "–", "edge": "✗"}


@pytest.mark.parametrize(
    ("function", "cause"),
    [
        (lambda x, scale: None, words.returns_none()),
        (lambda x, scale: x * None, words.computes_with_none()),
        (lambda x, scale: print(x), words.returns_none()),
    ],
)
def test_a_function_that_is_not_filled_in_has_one_cause_that_stands_first(function: Any, cause: str) -> None:
    verdict = judge(function)
    assert verdict.cause == cause
    assert str(verdict).splitlines()[1].strip() == cause
    assert all(result.mark == "–" for result in verdict.criteria)
    assert verdict.score == 0.0


def test_a_function_that_is_not_there_is_said_to_be_missing_and_not_to_raise() -> None:
    verdict = PreparedCheck(KEY, CHECK, SECRET).judge(run_here({}))
    assert verdict.cause == words.not_defined("shares")
    assert verdict.error is None
    assert all(result.mark == "–" for result in verdict.criteria)


def test_a_helper_that_is_not_there_is_the_functions_own_error() -> None:
    def calls_helper(x: Array, scale: float) -> Array:
        return helper(x)  # type: ignore[name-defined, no-any-return]  # noqa: F821

    verdict = judge(calls_helper)
    assert verdict.error is not None and "helper" in verdict.error.message
    assert verdict.cause == ""


def numbers_in(text: str) -> set[str]:
    return set(re.findall(r"\d+\.\d+(?:e-?\d+)?|\d{4,}", text))


def test_a_verdict_holds_no_number_of_a_hidden_probe() -> None:
    def off(x: Array, scale: float) -> Array:
        return shares(x, scale) + 0.01 * np.arange(len(x))

    for function in (off, _scale_lost, _mean, lambda x, scale: np.full(len(x), np.nan), lambda x, scale: 1e30 * x):
        verdict = judge(function)
        told = [verdict.cause, *verdict.notes, *(result.message for result in verdict.criteria)]
        assert numbers_in(" ".join(told)) <= {"2.5"}, "only the label of the case has one"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (5e-6, "less than 0.1 %"), (9e-4, "less than 0.1 %"), (0.002, "less than 10 %"), (0.0949, "less than 10 %"),
        (0.1, "about 10 %"), (0.4321, "about 40 %"), (0.96, "about 100 %"), (2.7, "about 300 %"),
        (9.6, "more than ten times"), (float("inf"), "more than ten times"), (float("nan"), "more than ten times"),
    ],
)  # fmt: skip
def test_how_far_off_is_said_in_one_digit_at_most(error: float, said: str) -> None:
    assert words.amount(error).startswith(said)


def test_a_picture_holds_few_levels_of_what_is_expected() -> None:
    rng = np.random.default_rng(3)
    expected = rng.standard_normal((5, 6))
    actual = expected.copy()
    actual[1, 2] += 1e-4
    picture = Picture.of("dW", expected, actual)
    levels = np.array(picture.expected)
    assert set(np.unique(levels)) <= set(range(-LEVELS, LEVELS + 1))
    assert picture.actual == picture.expected
    assert np.argwhere(picture.wrong).tolist() == [[1, 2]]
    assert np.array_equal(levels, Picture.of("dW", expected, 1e9 * actual).expected)
    assert Picture.of("dW", np.zeros((1, 1)), np.ones((1, 1))).wrong == [[True]]
