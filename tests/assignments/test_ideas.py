"""The ideas under which the class report puts mistakes together."""

from collections import Counter
from fnmatch import fnmatchcase

import pytest

from autograder.assignments import answer_key, ideas_of, names


@pytest.mark.parametrize("assignment", names())
def test_each_pattern_fits_a_mistake_and_no_mistake_has_two_ideas(assignment: str) -> None:
    ids = [mistake.id for mistake in answer_key(assignment).mistakes]
    patterns = [(idea, pattern) for idea, fitting in ideas_of(assignment).items() for pattern in fitting]
    assert patterns and [pattern for _, pattern in patterns if not any(fnmatchcase(id, pattern) for id in ids)] == []
    pairs = {(id, idea) for id in ids for idea, pattern in patterns if fnmatchcase(id, pattern)}
    assert [id for id, count in Counter(id for id, _ in pairs).items() if count > 1] == []


@pytest.mark.parametrize("assignment", names())
def test_hardly_any_mistake_is_without_an_idea(assignment: str) -> None:
    ids = {mistake.id for mistake in answer_key(assignment).mistakes}
    patterns = [pattern for fitting in ideas_of(assignment).values() for pattern in fitting]
    without = {id for id in ids if not any(fnmatchcase(id, pattern) for pattern in patterns)}
    assert len(without) < 0.1 * len(ids), sorted(without)


def test_an_assignment_without_an_answer_key_has_no_ideas() -> None:
    assert ideas_of("essay") == {}
