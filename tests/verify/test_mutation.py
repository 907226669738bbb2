"""The mutation operators make the mistakes that people make."""

import ast

import pytest

from autograder.verify.mutation import mutants

pytestmark = pytest.mark.slow

SOURCE = '''
def f(A1, A2, W, n):
    """Text that is no code."""
    total = np.sum(A1 * W["W1"] + 0.5, axis=0, keepdims=True) / (2 * n)
    if n < 3:
        total = -total
    return total, np.sqrt(A2.T)
'''


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("operator", "A1 / W['W1']"),
        ("dropped term", "np.sum(A1 * W['W1'], axis"),
        ("dropped factor", "/ n"),
        ("constant", "3 * n"),
        ("axis", "axis=1"),
        ("keepdims", "keepdims=False"),
        ("dropped keyword", "0.5, keepdims=True)"),
        ("swapped name", "A2 * W"),
        ("comparison", "n <= 3"),
        ("negated condition", "if not n < 3"),
        ("sign", "total = total"),
        ("missing statement", "pass"),
        ("missing root", "(A2.T)"),
        ("missing transpose", "np.sqrt(A2)"),
        ("swapped results", "(np.sqrt(A2.T), total)"),
        ("other reduction", "np.mean("),
    ],
)
def test_each_kind_of_mistake_is_made(kind: str, wrong: str) -> None:
    assert any(wrong in mutant.source for mutant in mutants(SOURCE)), kind


def test_mutants_differ_from_the_source_and_from_each_other_and_have_unique_names() -> None:
    found = mutants(SOURCE)
    sources = {mutant.source for mutant in found}
    assert len(sources) == len(found) == len({mutant.name for mutant in found})
    assert ast.unparse(ast.parse(SOURCE)) not in sources


def test_docstrings_are_left_alone() -> None:
    assert all("Text that is no code." in mutant.source for mutant in mutants(SOURCE))


def test_an_augmented_assignment_can_be_mutated_too() -> None:
    names = [mutant.name for mutant in mutants("def f(x):\n    y = x\n    y += 2 * x\n    return y\n")]
    assert "line 3: `y += 2 * x` → `y = 2 * x`" in names
