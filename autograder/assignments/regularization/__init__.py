"""The answer key of the regularization lab.

One file a function of the lab, with its reference, probes, criteria and check: `l2_cost`, `l2_backward`,
`dropout_forward` (its masks are judged by `masks`), `dropout_backward`. Shared by them: `probes`. Then `mistakes/`,
`right_answers`, `equivalent_mutants`, `shares`; for people: `hints`, `words`.
"""

from __future__ import annotations

from autograder.assignments.regularization import (
    dropout_backward,
    dropout_forward,
    l2_backward,
    l2_cost,
    mistakes,
    planting,
    right_answers,
)
from autograder.assignments.regularization.equivalent_mutants import EQUIVALENT_MUTANTS
from autograder.assignments.regularization.hints import IDEAS
from autograder.assignments.regularization.shares import SHARES
from autograder.checking.check import AnswerKey

ANSWER_KEY = AnswerKey(
    assignment="regularization",
    checks=(l2_cost.CHECK, l2_backward.CHECK, dropout_forward.CHECK, dropout_backward.CHECK),
    mistakes=mistakes.MISTAKES,
    right_answers=right_answers.CATALOGUE.right_answers,
    slips=planting.SLIPS,
    guises=planting.GUISES,
    datasets=("planar_train.csv", "planar_validation.csv", "planar_test.csv"),
    equivalent_mutants=EQUIVALENT_MUTANTS,
    shares=SHARES,
    ideas=IDEAS,
)
