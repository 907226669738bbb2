"""Half a class in each edition: equal work earns equal points, and each student reads their own language."""

from pathlib import Path

import pytest

from autograder.assignments import names
from tests.helpers.two_editions import is_english, proven


@pytest.mark.slow
@pytest.mark.xdist_group("chinese")
@pytest.mark.parametrize("assignment", names())
def test_equal_work_earns_equal_points_and_is_answered_in_its_language(assignment: str, tmp_path: Path) -> None:
    """`python -m tests.helpers.two_editions --students 100` looks at a whole class."""
    found = proven(assignment, 6, tmp_path, seed=1)
    assert not found.unequal and not found.other_language
    assert len(set(found.points)) > 2 and found.texts > 100 and found.pages == 12


def test_a_sentence_in_the_other_language_is_seen() -> None:
    assert is_english("This function is not filled in.") and is_english("dW1: Look at the sign.")
    assert not is_english("dW1 的符号错了。") and not is_english("ValueError: Unable to broadcast these shapes")
