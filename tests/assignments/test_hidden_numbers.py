"""No verdict holds a number that is expected of a hidden probe, whichever mistake a function makes."""

import re

import pytest

from autograder.assignments import answer_key
from autograder.checking.check import Check
from autograder.checking.judging import PreparedCheck, run_here
from autograder.checking.verdict import LEVELS

CHECKS = [(name, check) for name in ("regularization", "batch_normalization") for check in answer_key(name).checks]

ALLOWED = re.compile(r"less than 0\.1 %|keeps [\d.]+% of the entries, expected about [\d.]+%|[\d.]+ of [\d.]+ points")
"""Steps of how far off a result is, shares of masks (which follow from an argument), and points."""


@pytest.mark.slow
@pytest.mark.parametrize(("assignment", "check"), CHECKS, ids=lambda value: getattr(value, "name", value))
def test_the_words_on_a_known_mistake_hold_no_number_of_a_hidden_probe(assignment: str, check: Check) -> None:
    key = answer_key(assignment)
    prepared = PreparedCheck(key, check, b"s" * 32)
    labels = sorted({call.label for call in prepared.calls} - {""}, key=len, reverse=True)
    for mistake in key.mistakes_in(check):
        verdict = prepared.judge(run_here({**check.reference, **mistake.functions}))
        told = " ".join([verdict.cause, *verdict.notes, *(result.message for result in verdict.criteria)])
        for label in labels:
            told = told.replace(label, "")
        assert not re.findall(r"\d\.\d|\d{4,}", ALLOWED.sub("", told)), mistake.id
        if verdict.picture:
            held = [*verdict.picture.expected, *verdict.picture.actual]
            assert all(type(level) is int and abs(level) <= LEVELS for row in held for level in row), mistake.id
