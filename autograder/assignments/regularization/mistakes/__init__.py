"""Known wrong functions, one file a function of the lab: a right `SOURCE`, a `CATALOGUE` of mistakes in it."""

from __future__ import annotations

from autograder.assignments.regularization.mistakes import dropout_backward, dropout_forward, l2_backward, l2_cost

MISTAKES = tuple(
    mistake
    for function in (l2_cost, l2_backward, dropout_forward, dropout_backward)
    for mistake in function.CATALOGUE.mistakes
)
