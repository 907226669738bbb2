"""What functions written mostly without a look at the answer key got past the grader, and hints that misled."""

from __future__ import annotations

import pytest

from autograder.assignments.regularization import dropout_backward, dropout_forward, l2_backward, l2_cost
from autograder.assignments.regularization.hints import HINTS
from autograder.assignments.regularization.mistakes.dropout_backward import SOURCE as DROPOUT_BACKWARD
from autograder.assignments.regularization.mistakes.dropout_forward import SOURCE as FORWARD
from autograder.assignments.regularization.mistakes.l2_backward import SOURCE as L2_BACKWARD
from autograder.checking.judging import run_here
from autograder.checking.verdict import Verdict
from autograder.checking.words import same_as
from labkit.regularization import network
from labkit.selfcheck import check as selfcheck
from tests.helpers.answer_keys import prepared, public_case

pytestmark = pytest.mark.slow

SECRETS = [b"trial one", b"trial two"]

COST = """
memory = {}

def compute_cost_with_regularization(A3, Y, parameters, lambd):
    m = Y.shape[1]
    penalty = lambd / (2 * m) * sum(np.sum(parameters[name] ** 2) for name in ("W1", "W2", "W3"))
    return compute_cost(A3, Y) + penalty
"""


def judge(name: str, source: str, right: str = "", wrong: str = "", secret: bytes = SECRETS[0]) -> Verdict:
    """The verdict on a function with `right` replaced by `wrong`."""
    assert right in source
    namespace = {"np": __import__("numpy"), **vars(network)}
    exec(source.replace(right, wrong) if right else source, namespace)
    return prepared(name, secret).judge(run_here({name: namespace[name]}))


def missed(verdict: Verdict) -> list[str]:
    return [result.name for result in verdict.criteria if not result.passed]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        pytest.param("m = ", "A3 = np.clip(A3, 0.01, 0.99); m = ", id="answers clipped far from 0 and 1"),
        pytest.param("+ penalty", "+ penalty * (lambd > 0.05)", id="a very small λ left out"),
        pytest.param("+ penalty", "+ memory.setdefault(lambd, penalty)", id="the first penalty with this λ kept"),
    ],
)
def test_a_cost_that_is_right_in_common_cases_only_loses_the_edge(right: str, wrong: str, secret: bytes) -> None:
    assert missed(judge(l2_cost.NAME, COST, right, wrong, secret)) == ["edge cases"]


@pytest.mark.parametrize("secret", SECRETS)
def test_a_cost_that_writes_clipped_answers_back_changes_its_inputs(secret: bytes) -> None:
    clipped = judge(l2_cost.NAME, COST, "m = ", "np.clip(A3, 0.001, 0.999, out=A3); m = ", secret)
    assert "inputs unchanged" in missed(clipped)


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("small", ["1e-15", "1e-12", "1e-8"])
def test_a_cost_that_keeps_its_logarithms_finite_by_a_small_number_is_right(small: str, secret: bytes) -> None:
    own = f"-np.mean(Y * np.log(A3 + {small}) + (1 - Y) * np.log(1 - A3 + {small}))"
    assert missed(judge(l2_cost.NAME, COST, "compute_cost(A3, Y)", own, secret)) == []


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param("(lambd if lambd > 0.05 else 0)", id="a very small λ left out"),
        pytest.param("min(lambd, 5)", id="a large λ cut"),
        pytest.param("(lambd if MEMORY.setdefault(lambd, m) == m else 0)", id="a λ known from another batch"),
    ],
)
def test_l2_gradients_that_are_right_for_common_λ_only_lose_the_edge(wrong: str, secret: bytes) -> None:
    source = "MEMORY = {}\n" + L2_BACKWARD.replace("lambd /", f"{wrong} /")
    assert missed(judge(l2_backward.NAME, source, secret=secret)) == ["edge cases"]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        pytest.param("m = ", "keep_prob = max(keep_prob, 0.3); m = ", id="a small keep_prob cut"),
        pytest.param("* D2", "* MASKS.setdefault(D2.shape, D2)", id="the first mask of this shape kept"),
    ],
)
def test_dropout_gradients_that_are_right_in_common_cases_only_lose_the_edge(
    right: str, wrong: str, secret: bytes
) -> None:
    source = "MASKS = {}\n" + DROPOUT_BACKWARD
    assert missed(judge(dropout_backward.NAME, source, right, wrong, secret)) == ["edge cases"]


@pytest.mark.parametrize("secret", SECRETS)
def test_a_forward_pass_that_cuts_a_small_keep_prob_is_noticed(secret: bytes) -> None:
    source = FORWARD.replace("    W1 = ", "    keep_prob = max(keep_prob, 0.3)\n    W1 = ", 1)
    assert "values follow from the masks" in missed(judge(dropout_forward.NAME, source, secret=secret))


def masks(drawn: str) -> list[tuple[str, str]]:
    return [(f"np.random.rand(A{n}.shape[0], A{n}.shape[1])", drawn.replace("AX", f"A{n}")) for n in "12"]


def with_masks(drawn: str) -> str:
    source = FORWARD
    for right, wrong in masks(drawn):
        assert right in source
        source = source.replace(right, wrong)
    return source


@pytest.mark.parametrize(
    "mask",
    [
        "np.floor(np.random.rand(*AX.shape) + keep_prob)",
        "np.random.geometric(keep_prob, AX.shape) == 1",
        "np.random.exponential(size=AX.shape) >= -np.log(keep_prob)",
        "(np.random.rand(AX.shape[1], AX.shape[0]) < keep_prob).T",
        "np.vstack([np.random.rand(AX.shape[1]) <= keep_prob for _ in AX])",
        "np.frombuffer(__import__('os').urandom(AX.size * 8), np.uint64).reshape(AX.shape) / 2.0**64 < keep_prob",
        "np.vectorize(lambda _: np.random.random() < keep_prob)(AX)",
        "np.ones_like(AX) if keep_prob == 1 else np.random.rand(*AX.shape) < keep_prob",
    ],
)
def test_masks_of_independent_coins_are_right_wherever_they_come_from(mask: str) -> None:
    source = FORWARD
    for n in "12":
        right = f"(D{n} < keep_prob).astype(int)"
        assert right in source
        source = source.replace(right, mask.replace("AX", f"A{n}"))
    for secret in SECRETS:
        assert missed(judge(dropout_forward.NAME, source, secret=secret)) == []


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("kept", ["-1", "0"])
def test_a_mask_that_never_drops_the_last_or_first_example_is_noticed(kept: str, secret: bytes) -> None:
    source = FORWARD.replace("A1 = A1 * D1", f"D1[:, {kept}] = 1; A1 = A1 * D1")
    source = source.replace("A2 = A2 * D2", f"D2[:, {kept}] = 1; A2 = A2 * D2")
    assert "masks" in missed(judge(dropout_forward.NAME, source, secret=secret))


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("axis", ["0", "1"])
def test_a_fixed_number_kept_in_every_row_or_column_is_not_independent(axis: str, secret: bytes) -> None:
    ranks = f"((np.argsort(np.argsort(np.random.rand(*AX.shape), axis={axis}), axis={axis}) + 0.5) / AX.shape[{axis}])"
    assert "independent entries" in missed(judge(dropout_forward.NAME, with_masks(ranks), secret=secret))


@pytest.mark.parametrize("second", ["np.resize(D1, A2.shape)", "np.random.RandomState(1).rand(*A2.shape) < keep_prob"])
def test_a_second_mask_that_repeats_the_first_gets_a_hint_that_fits_both_causes(second: str) -> None:
    source = FORWARD.replace("np.random.rand(A1.shape[0], A1.shape[1])", "np.random.RandomState(1).rand(*A1.shape)")
    source = source.replace("D2 = (D2 < keep_prob).astype(int)", f"D2 = ({second}).astype(int)")
    (hint,) = judge(dropout_forward.NAME, source).mistakes
    assert hint.hint == HINTS["dropout-forward-seeded-twice"]
    assert "used for both" in hint.hint


def test_whole_numbers_for_draws_are_not_said_to_come_from_a_bell_curve_only() -> None:
    tenths = judge(dropout_forward.NAME, with_masks("(np.random.randint(0, 10, AX.shape) / 10 - 1e-9)"))
    assert "from a bell curve." not in " ".join(hint.hint for hint in tenths.mistakes)


# Masks with a wrong share, masks that are repeated, and what a verdict says of them.

DRAWN = "np.random.rand(AX.shape[0], AX.shape[1])"
CACHE = "cache = (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3)"


def with_comparison(comparison: str, drawn: str = DRAWN) -> str:
    """The forward pass with other masks: DX stands for what is drawn for AX."""
    source = with_masks(drawn)
    for n in "12":
        right = f"(D{n} < keep_prob)"
        assert right in source
        source = source.replace(right, f"({comparison.replace('DX', f'D{n}')})")
    return source


def said(verdict: Verdict) -> dict[str, str]:
    return {result.name: result.message for result in verdict.criteria if not result.passed}


WRONG_SHARES = ["DX < 0.5", "DX < 0.6", "DX < keep_prob / 2", "DX < keep_prob + 0.1", "DX > keep_prob", "DX < 2"]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("comparison", WRONG_SHARES)
def test_entries_that_are_kept_too_often_or_too_rarely_are_not_said_to_depend_on_each_other(
    comparison: str, secret: bytes
) -> None:
    messages = said(judge(dropout_forward.NAME, with_comparison(comparison), secret=secret))
    assert "keeps" in messages["masks"]
    assert messages["independent entries"] == "counts once 'masks' is met."


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("comparison", ["DX < keep_prob", "DX < 0.5"])
@pytest.mark.parametrize(
    ("drawn", "along"),
    [
        ("np.repeat(np.random.rand(AX.shape[0], 10), 10, axis=1)[:, : AX.shape[1]]", "examples"),
        ("np.repeat(np.random.rand(5, AX.shape[1]), 7, axis=0)[: AX.shape[0]]", "units"),
    ],
)
def test_entries_that_do_depend_are_told_so_along_the_right_axis_whatever_their_share(
    drawn: str, along: str, comparison: str, secret: bytes
) -> None:
    # The profile and the wide calls have other sizes: there every entry has its own draw.
    own = f"({drawn} if AX.shape[1] == 100 else {DRAWN})"
    message = said(judge(dropout_forward.NAME, with_comparison(comparison, own), secret=secret))["independent entries"]
    assert f"for different {along} are not independent" in message


def test_one_mask_used_twice_is_told_so_though_its_share_is_wrong_as_well() -> None:
    source = with_comparison("DX < 0.5").replace("D2 = (D2 < 0.5)", "D2 = np.resize(D1, A2.shape)")
    assert "D1 and D2 are not independent" in said(judge(dropout_forward.NAME, source))["independent entries"]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("comparison", ["DX < keep_prob", "DX < 0.5"])
@pytest.mark.parametrize(
    ("drawn", "along"),
    [
        ("np.repeat(np.random.rand(AX.shape[0], 1), AX.shape[1], axis=1)", "examples"),
        ("np.repeat(np.random.rand(1, AX.shape[1]), AX.shape[0], axis=0)", "units"),
    ],
)
def test_a_mask_that_repeats_one_draw_is_named_as_that_and_not_as_a_wrong_share(
    drawn: str, along: str, comparison: str, secret: bytes
) -> None:
    messages = said(judge(dropout_forward.NAME, with_comparison(comparison, drawn), secret=secret))
    assert f"D1 is the same for all {along}" in messages["masks"]
    assert messages["independent entries"] == same_as("masks")


def failing_if(condition: str) -> str:
    source = FORWARD.replace("    W1 = ", f"    assert not ({condition})\n    W1 = ", 1)
    assert source != FORWARD
    return source


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("condition", ["keep_prob == 1", "X.shape[1] == 1", "keep_prob == 1 or X.shape[1] == 1"])
def test_an_exception_in_the_calls_at_the_edge_costs_the_edge_only(condition: str, secret: bytes) -> None:
    assert missed(judge(dropout_forward.NAME, failing_if(condition), secret=secret)) == ["edge cases"]


@pytest.mark.parametrize("condition", ["True", "keep_prob < 1", "X.shape[1] > 1", "X.shape[1] == 2000"])
def test_a_forward_pass_that_fails_elsewhere_gets_nothing(condition: str) -> None:
    assert judge(dropout_forward.NAME, failing_if(condition)).score == 0.0


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        ("[[None] * 100] * 30", "more parts than can be looked at (lists in place of arrays, perhaps)"),
        ("DX.astype(object)", "D1: expected an array of shape (28, 100), got an array of objects"),
        ("DX.astype(str)", "D1: expected an array of shape (28, 100), got an array of strings"),
        ("DX.astype(complex)", "D1: expected an array of shape (28, 100), got an array of complex numbers"),
        ("None", "D1 is None; expected an array of shape (28, 100)"),
    ],
)
def test_masks_that_cannot_be_read_are_named_as_what_they_are(stored: str, words: str) -> None:
    cached = CACHE
    for n in "12":
        cached = cached.replace(f"D{n}", stored.replace("X", n))
    messages = said(judge(dropout_forward.NAME, FORWARD, CACHE, cached))
    assert words in messages["masks"]
    for name in ("independent entries", "values follow from the masks", "shape"):
        assert messages[name] == same_as("masks") or words in messages[name]
    assert "Opaque" not in " ".join(messages.values())


def test_a_cache_of_another_type_is_named_as_what_it_is() -> None:
    for cached, words in (("cache = object()", "got object"), ("cache = None", "the cache is None")):
        assert words in said(judge(dropout_forward.NAME, FORWARD, CACHE, cached))["masks"]


def test_a_gradient_that_is_missing_is_told_in_a_sentence() -> None:
    messages = said(judge(dropout_backward.NAME, DROPOUT_BACKWARD, ', "db1": db1', ""))
    assert "expected an entry 'db1', there is none" in messages["first hidden layer"]
    assert "no such entry" not in " ".join(messages.values())


# Hints: masks that repeat one draw, and thresholds whose share at one keep_prob is nearly that of another mistake.


def test_one_draw_a_unit_for_all_examples_gets_its_own_hint() -> None:
    drawn = "np.repeat(np.random.rand(AX.shape[0], 1), AX.shape[1], axis=1)"
    (hint,) = judge(dropout_forward.NAME, with_masks(drawn)).mistakes
    assert hint.hint == HINTS["dropout-forward-repeated-over-examples"]


def test_a_forward_pass_that_drops_nothing_or_all_is_not_said_to_repeat_one_draw() -> None:
    for all_or_nothing in ("DX < 2", "DX > 2"):
        verdict = judge(dropout_forward.NAME, with_comparison(all_or_nothing))
        assert "the same for all" not in " ".join(said(verdict).values())
        assert HINTS["dropout-forward-repeated-over-examples"] not in [hint.hint for hint in verdict.mistakes]


GREATER = HINTS["dropout-forward-greater-than"]


def hints_of(source: str) -> tuple[list[str], list[str]]:
    """The hints of the verdict, and those of the self-check."""
    namespace = {"np": __import__("numpy"), **vars(network)}
    exec(source, namespace)
    functions = {dropout_forward.NAME: namespace[dropout_forward.NAME]}
    verdict = prepared(dropout_forward.NAME, SECRETS[0]).judge(run_here(functions))
    return [hint.hint for hint in verdict.mistakes], selfcheck.judge(public_case(dropout_forward.NAME), functions)[1]


@pytest.mark.parametrize(
    "comparison", ["DX < keep_prob / 2", "2 * DX < keep_prob", "DX < keep_prob**2", "DX < 0.35", "DX < 0.4"]
)
def test_a_threshold_that_is_too_low_is_not_said_to_keep_what_it_should_drop(comparison: str) -> None:
    assert all(GREATER not in hints for hints in hints_of(with_comparison(comparison)))


@pytest.mark.parametrize("comparison", ["DX > keep_prob", "DX >= keep_prob", "DX < 1 - keep_prob", "~(DX < keep_prob)"])
def test_what_keeps_what_it_should_drop_is_told_so_however_it_is_written(comparison: str) -> None:
    assert hints_of(with_comparison(comparison)) == ([GREATER], [GREATER])


def test_what_keeps_what_it_should_drop_is_told_so_though_it_fails_at_the_edge() -> None:
    source = with_comparison("DX > keep_prob").replace("    W1 = ", "    assert keep_prob < 1\n    W1 = ", 1)
    assert hints_of(source) == ([GREATER], [GREATER])


@pytest.mark.parametrize(
    "drawn", ["np.random.rand(AX.shape[0], 1)", "np.random.rand(1, AX.shape[1])", "np.random.rand(1, 1)"]
)
@pytest.mark.parametrize(
    "slip", [("", ""), ("(dA2, np.int64(A2 > 0))", "(dA2, np.int64(A2 != 0)) * 0.5"), ("/ keep_prob", "")]
)
def test_masks_of_one_row_or_column_cost_the_forward_pass_and_not_the_backward_pass(
    drawn: str, slip: tuple[str, str]
) -> None:
    """The backward pass is also judged on the caches of the student's own forward pass."""

    def verdict(forward: str) -> Verdict:
        namespace = {"np": __import__("numpy"), **vars(network)}
        exec(forward + DROPOUT_BACKWARD.replace(*slip), namespace)
        names = (dropout_forward.NAME, dropout_backward.NAME)
        return prepared(dropout_backward.NAME, SECRETS[0]).judge(run_here({name: namespace[name] for name in names}))

    assert verdict(with_masks(drawn)).score == verdict(FORWARD).score
