"""The grader of the regularization lab is right: right answers in, wrong ones out, each mistake by its name."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from autograder.assignments import answer_key
from autograder.assignments.regularization import dropout_backward, dropout_forward, l2_backward, l2_cost, masks
from autograder.assignments.regularization.hints import HINTS
from autograder.assignments.regularization.mistakes import dropout_backward as wrong_dropout_backward
from autograder.assignments.regularization.mistakes import dropout_forward as wrong_dropout_forward
from autograder.assignments.regularization.mistakes import l2_backward as wrong_l2_backward
from autograder.checking.check import Check, Function
from autograder.checking.judging import PreparedCheck, behaviour_of, run_here
from autograder.checking.verdict import Verdict
from labkit.calls.call import Call, perform
from labkit.regularization import network
from labkit.selfcheck import check as selfcheck
from labkit.selfcheck import public_cases as recorded
from tests.helpers.answer_keys import prepared, public_case

KEY = answer_key("regularization")
CHECKS = {check.name: check for check in KEY.checks}
SECRETS = [b"spring", b"summer"]
EACH_SECRET = pytest.mark.parametrize("secret", [SECRETS[0], pytest.param(SECRETS[1], marks=pytest.mark.slow)])
RIGHT = [(name, style) for name in CHECKS for style in KEY.right_answers[name]]
MISTAKES = {mistake.id: mistake for mistake in KEY.mistakes}


def right(name: str, style: str) -> Function:
    """A right answer as a student has it: text, run among the names that the notebook gives."""
    namespace = {"np": np, **vars(network)}
    exec(KEY.right_answers[name][style], namespace)
    function: Function = namespace[name]
    return function


def judge(name: str, function: Function, secret: bytes = SECRETS[0]) -> Verdict:
    return prepared(name, secret).judge(run_here({name: function}))


def missed(verdict: Verdict) -> list[str]:
    return [result.name for result in verdict.criteria if not result.passed]


def test_the_four_checks_have_the_points_of_the_notebook() -> None:
    assert {name: check.points for name, check in CHECKS.items()} == {
        "compute_cost_with_regularization": 10,
        "backward_propagation_with_regularization": 15,
        "forward_propagation_with_dropout": 20,
        "backward_propagation_with_dropout": 15,
    }


@EACH_SECRET
@pytest.mark.parametrize(("name", "style"), RIGHT)
def test_a_right_answer_in_any_style_gets_full_marks(name: str, style: str, secret: bytes) -> None:
    verdict = judge(name, right(name, style), secret)
    assert missed(verdict) == []
    assert verdict.score == CHECKS[name].points


@pytest.mark.parametrize(("name", "style"), RIGHT)
def test_a_right_answer_in_any_style_passes_the_self_check(name: str, style: str) -> None:
    rows, hints = selfcheck.judge(public_case(name), {name: right(name, style)})
    assert [row for row in rows if row.problem] == []
    assert hints == []


def test_there_are_at_least_six_styles_of_each_function() -> None:
    assert all(len(KEY.right_answers[name]) >= 6 for name in CHECKS)


@pytest.mark.parametrize("name", CHECKS)
def test_an_empty_stub_gets_nothing(name: str) -> None:
    assert judge(name, lambda *_: None).score == 0.0


@pytest.mark.parametrize("name", CHECKS)
def test_the_numbers_of_the_public_cases_as_constants_get_nothing(name: str) -> None:
    check = CHECKS[name]
    for outcome in perform(check.public(), check.reference):
        assert judge(name, lambda *_, outcome=outcome: outcome.value).score == 0.0


@pytest.mark.parametrize("name", CHECKS)
@pytest.mark.parametrize(
    "value", [0.0, np.nan, "text", (), {}, np.zeros((1, 1)), (None, None), (0.0, (0.0,) * 14)], ids=str
)
def test_what_is_no_answer_at_all_gets_nothing_and_breaks_nothing(name: str, value: object) -> None:
    assert judge(name, lambda *_: value).score == 0.0


@EACH_SECRET
@pytest.mark.parametrize("id", MISTAKES)
def test_a_known_mistake_loses_points_and_gets_its_own_hint(id: str, secret: bytes) -> None:
    mistake = MISTAKES[id]
    verdict = judge(mistake.of[0], mistake.functions[mistake.of[0]], secret)
    assert verdict.score < verdict.max_score
    assert [hint.hint for hint in verdict.mistakes] == [mistake.hint]


@pytest.mark.parametrize("id", MISTAKES)
def test_a_known_mistake_is_named_by_the_self_check(id: str) -> None:
    mistake = MISTAKES[id]
    rows, hints = selfcheck.judge(public_case(mistake.of[0]), dict(mistake.functions))
    assert [row for row in rows if row.problem]
    assert hints == [mistake.hint]


@pytest.mark.parametrize("id", MISTAKES)
def test_a_known_mistake_in_the_text_of_a_cell_is_the_mistake_in_the_catalogue(id: str) -> None:
    mistake = MISTAKES[id]
    name = mistake.of[0]
    namespace = {"np": np, **vars(network)}
    exec(mistake.source, namespace)
    check, calls = CHECKS[name], prepared(name, SECRETS[0]).calls
    written, known = (
        behaviour_of(check, calls, perform(calls, {name: function}))
        for function in (namespace[name], mistake.functions[name])
    )
    assert written.fits(known)


def test_every_mistake_is_of_one_function_and_loses_points_in_its_check_only() -> None:
    for mistake in KEY.mistakes:
        assert mistake.of == tuple(mistake.functions)
        losing = [check.name for check in KEY.checks if mistake in KEY.mistakes_in(check)]
        assert losing == list(mistake.of)


def test_there_are_at_least_thirty_mistakes_each_with_a_hint_and_no_hint_without() -> None:
    assert len(MISTAKES) == len(KEY.mistakes) >= 30
    assert MISTAKES.keys() == HINTS.keys()
    assert {mistake.origin for mistake in KEY.mistakes} == {"seen", "reported", "plausible"}


def test_no_hint_gives_code_away() -> None:
    code = ("np.", "keepdims", "==", "* ", " / ", "shape[", "lambd", "axis=", "rand(", "**", "D1 *", "cache[")
    assert [(id, piece) for id, hint in HINTS.items() for piece in code if piece in hint] == []


@pytest.mark.parametrize("name", CHECKS)
def test_an_error_that_no_known_mistake_raises_gets_no_hint(name: str) -> None:
    def unfinished(*_: object) -> object:
        return {"dW3": None + np.ones(1)}  # type: ignore[operator]

    assert judge(name, unfinished).mistakes == ()
    rows, hints = selfcheck.judge(public_case(name), {name: unfinished})
    assert [row for row in rows if row.problem]
    assert hints == []


# What a right answer may do, and what costs which criterion.


def variant(name: str, *changes: tuple[str, str]) -> Function:
    """The right answer with a name for each step, with pieces of its text replaced."""
    source = KEY.right_answers[name]["a name for each step"]
    for old, new in changes:
        assert old in source
        source = source.replace(old, new)
    namespace = {"np": np, **vars(network)}
    exec(source, namespace)
    function: Function = namespace[name]
    return function


@pytest.mark.parametrize("kind", ["float({})", "np.float64({})", "np.array({})", "np.float32({})"])
def test_a_cost_of_any_scalar_type_is_accepted(kind: str) -> None:
    whole = "cross_entropy_cost + L2_regularization_cost"
    assert missed(judge(l2_cost.NAME, variant(l2_cost.NAME, (whole, kind.format(whole))))) == []


@pytest.mark.parametrize("box", ["np.array([[{}]])", "[{}]", "np.array([{}])"])
def test_a_cost_in_a_box_loses_the_scalar_criterion_only(box: str) -> None:
    whole = "cross_entropy_cost + L2_regularization_cost"
    assert missed(judge(l2_cost.NAME, variant(l2_cost.NAME, (whole, box.format(whole))))) == ["scalar"]


@pytest.mark.parametrize("kind", ["bool", "int", "float", "np.uint8", "np.float32"])
def test_masks_of_any_type_of_number_are_accepted(kind: str) -> None:
    assert (
        missed(judge(dropout_forward.NAME, variant(dropout_forward.NAME, (".astype(int)", f".astype({kind})")))) == []
    )


def test_a_cache_as_a_list_is_accepted() -> None:
    cache = "(Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3)"
    assert missed(judge(dropout_forward.NAME, variant(dropout_forward.NAME, (cache, f"[{cache[1:-1]}]")))) == []


def test_a_backward_pass_that_knows_masks_of_one_type_only_is_right() -> None:
    name = dropout_backward.NAME
    for wrong_place in ("dA#[~D#] = 0", "dA#[D# == 0] = 0", "dA#[D# == False] = 0", "dA# = dA# * (1 - (1 - D#))"):
        changes = [(f"dA{n} = dA{n} * D{n}", wrong_place.replace("#", n)) for n in "12"]
        assert missed(judge(name, variant(name, *changes))) == []


def test_a_wrong_backward_pass_does_not_pass_with_masks_of_another_type() -> None:
    name = dropout_backward.NAME
    for slip in ("dA# = dA# * (2 * D# - 1)", "dA#[D#] = 0", "D# *= 2; dA# = dA# * D# / 2"):
        changes = [(f"dA{n} = dA{n} * D{n}", slip.replace("#", n)) for n in "12"]
        assert missed(judge(name, variant(name, *changes))) != []


def test_each_criterion_of_the_dropout_masks_is_lost_by_what_it_is_for() -> None:
    name = dropout_forward.NAME

    def lost(*changes: tuple[str, str]) -> list[str]:
        return missed(judge(name, variant(name, *changes)))

    same_for_ten = "np.repeat(np.random.rand(A1.shape[0], A1.shape[1]), 10, axis=1)[:, : A1.shape[1]]"
    assert "independent entries" in lost(("np.random.rand(A1.shape[0], A1.shape[1])", same_for_ten))
    assert lost(("(D1 < keep_prob)", "(D1 < keep_prob + 0.1)"))[0] == "masks"
    assert (
        lost(("D1 = (D1 < keep_prob).astype(int)", "D1 = 2 * (D1 < keep_prob)"), ("A1 * D1", "A1 * D1 / 2"))[0]
        == "masks"
    )
    assert lost(("A1 = relu(Z1)", "A1 = Z1"))[0] == "values follow from the masks"
    for default in ("=0.6", "=0.8", "=1.0", "=None", ""):
        assert lost(("keep_prob=0.5", f"keep_prob{default}")) == ["edge cases"]
    assert lost(("cache = (Z1,", "cache = (Z1[:1],"))[0] == "values follow from the masks"
    assert lost(("W1 = ", 'parameters["b1"] = parameters["b1"] * 1.5\n    W1 = ')) != []


def test_a_shape_that_is_wrong_loses_the_shape_only() -> None:
    for name in (l2_backward.NAME, dropout_backward.NAME):
        flat = variant(
            name, ("db2 = 1.0 / m * np.sum(dZ2, axis=1, keepdims=True)", "db2 = 1.0 / m * np.sum(dZ2, axis=1)")
        )
        assert missed(judge(name, flat)) == ["shape"]


def test_a_wrong_gradient_is_shown_beside_the_numeric_one() -> None:
    verdict = judge(l2_backward.NAME, MISTAKES["l2-backward-half-left"].functions[l2_backward.NAME])
    assert verdict.picture is not None
    assert np.shape(verdict.picture.expected) == np.shape(verdict.picture.actual)


# The probability of failing a right answer.


def test_each_check_states_a_false_fail_probability_of_at_most_one_in_a_billion() -> None:
    for check in KEY.checks:
        assert sum(criterion.false_fail for criterion in check.criteria) <= 1e-9
    assert sum(criterion.false_fail for criterion in CHECKS[dropout_forward.NAME].criteria) > 0


def test_the_stated_number_counts_every_test_that_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[float] = []

    def count(count: int, draws: int, probability: float, alpha: float) -> bool:
        made.append(alpha)
        return False

    monkeypatch.setattr(masks, "is_improbable", count)
    judge(dropout_forward.NAME, right(dropout_forward.NAME, "a name for each step"))
    stated = sum(criterion.false_fail for criterion in CHECKS[dropout_forward.NAME].criteria)
    assert sum(made) + masks.EXACT + masks.EXACT_LINES == pytest.approx(stated, rel=1e-9, abs=0)


@pytest.mark.slow
def test_no_right_dropout_fails_over_two_hundred_secrets() -> None:
    check = CHECKS[dropout_forward.NAME]
    functions = [right(check.name, style) for style in KEY.right_answers[check.name] if "loops" not in style]
    for number in range(200):
        run = run_here({check.name: functions[number % len(functions)]})
        assert missed(PreparedCheck(KEY, check, str(number).encode()).judge(run)) == []


def test_the_bound_for_exact_numbers_holds_for_every_mask_that_is_probed() -> None:
    for seed in range(20):
        likeliest = 1.0
        for call in CHECKS[dropout_forward.NAME].probes(np.random.default_rng(seed)):
            if call.group == masks.MASKS:
                keep_prob = call.args[2] if len(call.args) > 2 else 0.5
                for bias in ("b1", "b2"):
                    entries = len(call.args[1][bias]) * call.args[0].shape[1]
                    likeliest *= 2 / np.sqrt(2 * np.pi * entries * keep_prob * (1 - keep_prob))
        assert likeliest < masks.EXACT


def test_masks_that_always_keep_the_same_number_are_not_independent() -> None:
    draw = "np.random.rand(A{0}.shape[0], A{0}.shape[1])"
    ranks = "(np.random.permutation(A{0}.size).reshape(A{0}.shape) / A{0}.size)"
    changes = [(draw.format(n), ranks.format(n)) for n in "12"]
    assert missed(judge(dropout_forward.NAME, variant(dropout_forward.NAME, *changes))) == ["independent entries"]


def test_no_right_dropout_is_taken_for_a_known_mistake() -> None:
    check = CHECKS[dropout_forward.NAME]
    for style in KEY.right_answers[check.name]:
        calls = prepared(check.name, SECRETS[1]).calls
        outcomes = perform(calls, {check.name: right(check.name, style)})
        assert prepared(check.name, SECRETS[1]).diagnose(outcomes) == ()


@pytest.mark.slow
@pytest.mark.parametrize(
    "generator", ["np.random.default_rng().random(({0}, {1}))", "np.random.uniform(size=({0}, {1}))"]
)
@pytest.mark.parametrize("id", [id for id in MISTAKES if id.startswith("dropout-forward-")])
def test_a_random_mistake_is_named_whatever_generator_it_draws_from(id: str, generator: str) -> None:
    mistake = MISTAKES[id]
    source = mistake.source
    for n in "12":
        rows, columns = f"A{n}.shape[0]", f"A{n}.shape[1]"
        for shape in ((rows, columns), (rows, "1"), ("1", columns)):
            source = source.replace(f"np.random.rand({', '.join(shape)})", generator.format(*shape))
    if id != "dropout-forward-seeded-twice":
        namespace = {"np": np, **vars(network)}
        exec(source, namespace)
        # One draw a unit for all examples: three entries in all, which are all 1, or all 0, in 32 of 100 runs.
        runs = 40 if id == "dropout-forward-repeated-over-examples" else 1
        hints = [
            [h.hint for h in judge(dropout_forward.NAME, namespace[dropout_forward.NAME]).mistakes] for _ in range(runs)
        ]
        assert [mistake.hint] in hints
        assert all(hint in ([], [mistake.hint]) for hint in hints)


def probes_of(check: Check, seed: int) -> list[Call]:
    return check.probes(np.random.default_rng(seed))


@pytest.mark.parametrize("name", CHECKS)
def test_the_reference_answers_every_probe_and_changes_none(name: str) -> None:
    for seed in range(20):
        calls = probes_of(CHECKS[name], seed)
        for call, outcome in zip(calls, perform(calls, CHECKS[name].reference), strict=True):
            assert outcome.error is None, call.label
            assert outcome.changed == {}


@pytest.mark.slow
@pytest.mark.parametrize("name", [l2_cost.NAME, l2_backward.NAME, dropout_backward.NAME])
def test_every_mistake_is_told_from_right_over_many_secrets(name: str) -> None:
    check = CHECKS[name]
    for seed in range(10):
        calls = probes_of(check, seed)
        right = behaviour_of(check, calls, perform(calls, check.reference))
        for mistake in KEY.mistakes_in(check):
            assert not right.fits(behaviour_of(check, calls, perform(calls, mistake.functions))), (mistake.id, seed)


def test_the_public_cases_are_small_and_survive_the_file() -> None:
    for name, check in CHECKS.items():
        calls = check.public()
        assert 2 <= len([call for call in calls if call.function == name]) <= 4
        for call in calls:
            again = recorded.decode_call(recorded.encode_call(call))
            assert again.function == call.function
            assert (again.label, again.group, again.seed) == (call.label, call.group, call.seed)


@EACH_SECRET
@pytest.mark.parametrize("id", KEY.shares)
def test_a_mistake_with_a_share_keeps_it_and_loses_the_rest(id: str, secret: bytes) -> None:
    mistake = MISTAKES[id]
    verdict = judge(mistake.of[0], mistake.functions[mistake.of[0]], secret)
    lost = {result.name: result for result in verdict.criteria if not result.passed}
    assert {name: r.points for name, r in lost.items() if r.points} == {
        name: round(share * lost[name].max_points, 2) for name, share in KEY.shares[id].items()
    }
    assert all(("known mistake" in r.message) == bool(r.points) for r in lost.values())
    assert verdict.score <= 0.75 * verdict.max_score


# Slips of form cost form.

MASKS = ("(D1 < keep_prob).astype(int)", "(D2 < keep_prob).astype(int)")
LONGER = ("W3, b3)\n    return", "W3, b3, keep_prob)\n    return")
OWN_UNPACKING = ("W3, b3) = cache", "W3, b3, kept) = cache")
IN_PLACE = ("dZ3 = A3 - Y", "dZ3 = A3\n    dZ3 -= Y")


def from_source(source: str, name: str, *changes: tuple[str, str]) -> Function:
    """A right answer of the catalogue with pieces of its text changed, as a function."""
    for piece, other in changes:
        assert source.count(piece) == 1
        source = source.replace(piece, other)
    namespace = {"np": np, **vars(network)}
    exec(source, namespace)
    function: Function = namespace[name]
    return function


def forward(*changes: tuple[str, str]) -> Function:
    return from_source(wrong_dropout_forward.SOURCE, dropout_forward.NAME, *changes)


def backward_verdict(
    *changes: tuple[str, str], secret: bytes = SECRETS[0], beside: Mapping[str, Function] | None = None
) -> Verdict:
    """Judge a backward pass of dropout beside other functions of the same notebook."""
    function = from_source(wrong_dropout_backward.SOURCE, dropout_backward.NAME, *changes)
    run = run_here({**(beside or {}), dropout_backward.NAME: function})
    return prepared(dropout_backward.NAME, secret).judge(run)


@pytest.mark.parametrize("listed", ["(D#f).tolist()", "list(D#f)", "[list(row) for row in D#f]"])
def test_masks_as_lists_lose_the_shape_only_in_the_same_words_here_and_in_the_self_check(listed: str) -> None:
    changes = [(right, listed.replace("D#f", right.removesuffix(".astype(int)"))) for right in MASKS]
    verdict = judge(dropout_forward.NAME, forward(*changes))
    assert missed(verdict) == ["shape"]
    assert "D1 is a list, expected an array of shape (28, 100)" in verdict.criteria[4].message
    rows, _ = selfcheck.judge(public_case(dropout_forward.NAME), {dropout_forward.NAME: forward(*changes)})
    assert [(row.name, row.problem) for row in rows if row.problem] == [
        ("shapes", "D1 is a list, expected an array of shape (3, 4)")
    ]


def test_a_mask_in_the_cache_is_called_by_its_name_in_the_self_check() -> None:
    function = forward((LONGER[0], "W3, b3)\n    cache = (Z1, D1[:1], *cache[2:])\n    return"))
    rows, _ = selfcheck.judge(public_case(dropout_forward.NAME), {dropout_forward.NAME: function})
    assert any("D1: expected shape (3, 4)" in row.problem for row in rows)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("(D1 < keep_prob).astype(int)", "D1"), "D1 holds other numbers than 0 and 1, such as 0."),
        (("(D2 < keep_prob).astype(int)", "D2 - 1"), "D2 holds other numbers than 0 and 1, such as -0."),
        (("(D1 < keep_prob).astype(int)", "(D1 < keep_prob) * 3"), "D1 holds other numbers than 0 and 1, such as 3;"),
        (("    A1 = A1 / keep_prob\n", ""), "A1[0, :] holds 1; possible there: 0, 1.538"),
        (("A1 = A1 * D1", "A1 = A1 + D1"), "A1[0, :] holds "),
    ],
)
def test_the_self_check_names_the_number_that_never_belongs_to_an_output(change: tuple[str, str], says: str) -> None:
    rows, _ = selfcheck.judge(public_case(dropout_forward.NAME), {dropout_forward.NAME: forward(change)})
    assert rows[0].problem.startswith(says)


@pytest.mark.parametrize("product", ["np.dot(A1, D1)", "A1 @ D1", "np.matmul(D1, A1)"])
def test_a_mask_multiplied_as_a_matrix_is_not_said_to_be_the_other_layer_s(product: str) -> None:
    function = forward(("A1 = A1 * D1", f"A1 = {product}"))
    _, hints = selfcheck.judge(public_case(dropout_forward.NAME), {dropout_forward.NAME: function})
    for hint in (*hints, *(mistake.hint for mistake in judge(dropout_forward.NAME, function).mistakes)):
        assert "same mask" not in hint and "(1, m)" not in hint
    assert len(hints) == 1


def test_a_missing_default_of_keep_prob_loses_what_needs_it_and_the_self_check_shows_it() -> None:
    function = forward(("keep_prob=0.5", "keep_prob"))
    verdict = judge(dropout_forward.NAME, function)
    assert missed(verdict) == ["edge cases"]
    assert [hint.id for hint in verdict.mistakes] == ["dropout-forward-no-default"]
    rows, hints = selfcheck.judge(public_case(dropout_forward.NAME), {dropout_forward.NAME: function})
    assert [row.name for row in rows if row.problem] == ["keep_prob left at its default"]
    assert hints == [HINTS["dropout-forward-no-default"]]


def test_a_missing_default_does_not_hide_the_hint_for_another_mistake() -> None:
    verdict = judge(
        dropout_forward.NAME, forward(("keep_prob=0.5", "keep_prob"), ("(D1 <", "(D1 >"), ("(D2 <", "(D2 >"))
    )
    assert [hint.id for hint in verdict.mistakes] == ["dropout-forward-greater-than"]


def test_another_default_loses_what_needs_it_and_the_share_is_named() -> None:
    verdict = judge(dropout_forward.NAME, forward(("keep_prob=0.5", "keep_prob=0.8")))
    assert missed(verdict) == ["edge cases"]
    assert "expected about 50.0%" in verdict.criteria[3].message


@pytest.mark.parametrize(
    ("shape", "alike", "points"),
    [("(len(Z#), 1)", "examples", 8.0), ("(1, Z#.shape[1])", "units", 8.0), ("(1, 1)", "examples", 0.0)],
)
def test_a_mask_of_too_few_entries_is_said_to_be_the_same(shape: str, alike: str, points: float) -> None:
    draw = "np.random.rand(A#.shape[0], A#.shape[1])"
    changes = [(draw.replace("#", n), f"np.random.random({shape})".replace("#", n)) for n in "12"]
    for secret in SECRETS:
        verdict = judge(dropout_forward.NAME, forward(*changes), secret)
        assert verdict.score == points
        assert f"D1 is the same for all {alike}" in verdict.criteria[0].message
        assert "exactly" not in verdict.criteria[1].message


@pytest.mark.parametrize("more", ["keep_prob", "X", "parameters, keep_prob", "relu(Z1), 'note'"])
def test_parts_behind_the_fourteen_lose_the_shape_in_the_forward_pass_only(more: str) -> None:
    longer = forward((LONGER[0], f"W3, b3, {more})\n    return"))
    verdict = judge(dropout_forward.NAME, longer)
    assert missed(verdict) == ["shape"]
    assert "the cache: expected 14 values, got 1" in verdict.criteria[4].message
    for secret in SECRETS:
        own = backward_verdict(("W3, b3) = cache", "W3, b3, *_) = cache"), secret=secret)
        assert own.score == own.max_score


@EACH_SECRET
def test_a_backward_pass_that_unpacks_its_own_longer_cache_is_right(secret: bytes) -> None:
    verdict = backward_verdict(OWN_UNPACKING, secret=secret, beside={dropout_forward.NAME: forward(LONGER)})
    assert (missed(verdict), verdict.score, verdict.error) == ([], 15.0, None)


@pytest.mark.parametrize(
    ("behind", "taken", "is_sure"),
    [
        ("keep_prob", "_", True),
        ("keep_prob, X.shape[1], 'relu'", "*_", True),
        ("D1 / keep_prob", "scaled", False),
    ],
)
def test_the_self_check_gives_a_backward_pass_its_own_longer_cache(behind: str, taken: str, is_sure: bool) -> None:
    changes = [("W3, b3) = cache", f"W3, b3, {taken}) = cache")]
    if not is_sure:
        changes.append(("    dA1 = dA1 * D1\n    dA1 = dA1 / keep_prob\n", "    dA1 = dA1 * scaled\n"))
    backward = from_source(wrong_dropout_backward.SOURCE, dropout_backward.NAME, *changes)
    longer = forward((LONGER[0], f"W3, b3, {behind})\n    return"))
    case = public_case(dropout_backward.NAME)
    report = selfcheck.examine(case, {dropout_backward.NAME: backward, dropout_forward.NAME: longer})
    assert not any(row.problem for row in report.rows)
    assert [row.judged for row in report.rows[:2]] == [is_sure, True]
    assert bool(report.hints) == (not is_sure)
    alone = selfcheck.examine(case, {dropout_backward.NAME: backward, dropout_forward.NAME: forward()})
    assert any(row.problem for row in alone.rows) == (taken != "*_")


@pytest.mark.parametrize(
    ("wrong", "points"),
    [
        (("    dA1 = dA1 / keep_prob\n", ""), 6.0),
        (("    dA2 = dA2 * D2\n", ""), 7.0),
        (("dA2 / keep_prob", "dA2 / D2.mean()"), 0.0),
        (IN_PLACE, 14.0),
        (("dZ1, axis=1, keepdims=True", "dZ1, axis=1"), 14.0),
    ],
)
def test_a_wrong_backward_pass_on_its_own_longer_cache_loses_what_it_does_wrong(
    wrong: tuple[str, str], points: float
) -> None:
    verdict = backward_verdict(OWN_UNPACKING, wrong, beside={dropout_forward.NAME: forward(LONGER)})
    assert verdict.score == points


@pytest.mark.parametrize(
    "wrong",
    [
        ("(D1 < keep_prob)", "(D1 < 2)"),
        ("(D2 < keep_prob)", "(D2 < 0)"),
        ("A1 = A1 / keep_prob", "A1 = A1"),
        ("relu(Z2)", "Z2"),
    ],
)
def test_a_cache_of_a_wrong_forward_pass_makes_no_backward_pass_right(wrong: tuple[str, str]) -> None:
    verdict = backward_verdict(OWN_UNPACKING, beside={dropout_forward.NAME: forward(LONGER, wrong)})
    assert verdict.score == 0.0


def test_a_backward_pass_without_its_forward_pass_is_judged_as_ever() -> None:
    assert backward_verdict().score == 15.0
    assert backward_verdict(OWN_UNPACKING).score == 0.0


def test_the_same_slip_in_place_in_both_backward_passes_is_charged_once() -> None:
    def l2(*changes: tuple[str, str]) -> dict[str, Verdict | None]:
        function = from_source(wrong_l2_backward.SOURCE, l2_backward.NAME, *changes)
        return {l2_backward.NAME: judge(l2_backward.NAME, function)}

    function = from_source(wrong_dropout_backward.SOURCE, dropout_backward.NAME, IN_PLACE)
    check, run = prepared(dropout_backward.NAME, SECRETS[0]), run_here({dropout_backward.NAME: function})
    both = check.judge(run, l2(IN_PLACE))
    assert both.score == 15.0
    assert "has cost its points above" in both.notes[0]
    for verdict in (check.judge(run, l2()), check.judge(run)):
        assert (verdict.score, missed(verdict)) == (14.0, ["inputs unchanged"])
