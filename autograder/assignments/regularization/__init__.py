"""The answer key of the assignment `regularization`."""

from __future__ import annotations

from autograder.assignments.regularization import dropout, l2
from autograder.checking.check import AnswerKey

ANSWER_KEY = AnswerKey(
    assignment="regularization",
    checks=(l2.COST_CHECK, l2.BACKWARD_CHECK, dropout.FORWARD_CHECK, dropout.BACKWARD_CHECK),
    datasets=("planar_train.csv", "planar_test.csv"),
)
