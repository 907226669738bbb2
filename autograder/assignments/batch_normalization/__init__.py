"""The answer key of the batch-normalization lab.

One file a check, with its probes, criteria and reference: `forward_train` and `forward_test` (both of the function in
`forward`), `backward`, `backward_alt`. A backward pass is judged against the right result or, where the student's own
forward is wrong, against that: `follow_through`. Shared by all: `probes`. Then `mistakes/`, `right_answers`,
`equivalent_mutants`, `shares`;
for people: `hints`, `words`.
"""

from __future__ import annotations

from autograder.assignments.batch_normalization import (
    backward,
    backward_alt,
    forward_test,
    forward_train,
    mistakes,
    planting,
    right_answers,
)
from autograder.assignments.batch_normalization.equivalent_mutants import EQUIVALENT_MUTANTS
from autograder.assignments.batch_normalization.hints import IDEAS
from autograder.assignments.batch_normalization.shares import SHARES
from autograder.checking.check import AnswerKey

ANSWER_KEY = AnswerKey(
    assignment="batch_normalization",
    checks=(forward_train.CHECK, forward_test.CHECK, backward.CHECK, backward_alt.CHECK),
    mistakes=mistakes.MISTAKES,
    right_answers=right_answers.CATALOGUE.right_answers,
    equivalent_mutants=EQUIVALENT_MUTANTS,
    slips=planting.SLIPS,
    guises=planting.GUISES,
    datasets=("digits.csv",),
    shares=SHARES,
    ideas=IDEAS,
)
