"""The answer key of the assignment `regularization`."""

from __future__ import annotations

from autograder.assignments.regularization import dropout_forward as dropout
from autograder.assignments.regularization import l2_cost as l2
from autograder.assignments.regularization import right_answers
from autograder.assignments.regularization.equivalent_mutants import EQUIVALENT_MUTANTS
from autograder.assignments.regularization.mistakes import dropout as dropout_mistakes
from autograder.assignments.regularization.mistakes import l2 as l2_mistakes
from autograder.checking.check import AnswerKey

ANSWER_KEY = AnswerKey(
    assignment="regularization",
    checks=(l2.COST_CHECK, l2.BACKWARD_CHECK, dropout.FORWARD_CHECK, dropout.BACKWARD_CHECK),
    mistakes=(*l2_mistakes.CATALOGUE.mistakes, *dropout_mistakes.CATALOGUE.mistakes),
    right_answers=right_answers.CATALOGUE.right_answers,
    datasets=("planar_train.csv", "planar_test.csv"),
    equivalent_mutants=EQUIVALENT_MUTANTS,
)
